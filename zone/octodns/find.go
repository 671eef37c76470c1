package octodns

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FindConfig looks for the configuration that has a folder for a directory of
// one of its providers: in that folder, and in those above it up to the root of
// the tree, and in folders "config" and "octodns" of these. It returns the
// path within the root.
func FindConfig(root *os.Root, dir string, limits Limits) (string, bool) {
	dir = filepath.Clean(dir)
	for base := dir; ; base = filepath.Dir(base) {
		for _, sub := range []string{"", "config", "octodns"} {
			folder := filepath.Join(base, sub)
			for _, name := range candidates(root, folder) {
				c, err := ReadConfig(name, ConfigOptions{Root: root, Dir: folder, Limits: limits})
				if err == nil && c.covers(dir) {
					return name, true
				}
			}
		}
		if base == "." || base == string(filepath.Separator) {
			return "", false
		}
	}
}

// covers reports whether the folder holds zones of the configuration, or is
// the folder of a split zone.
func (c *Config) covers(dir string) bool {
	for _, p := range c.providers {
		if p.dir != "" && (p.dir == dir || p.extension != "" && p.dir == filepath.Dir(dir)) {
			return true
		}
	}
	return false
}

// headSize is how much of a file is looked at to tell what it is.
const headSize = 64 << 10

// candidates returns the files of a folder that look like configurations.
func candidates(root *os.Root, folder string) []string {
	d, err := root.Open(folder)
	if err != nil {
		return nil
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if !e.Type().IsRegular() || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") || ZoneOfFile(name) != "" {
			continue
		}
		path := filepath.Join(folder, name)
		if IsConfig(head(root, path)) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// head returns the beginning of a file.
func head(root *os.Root, path string) []byte {
	f, err := root.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	buf := make([]byte, headSize)
	n, _ := io.ReadFull(f, buf)
	return buf[:n]
}
