package octodns

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Finder finds configurations by the folders of their zones. It remembers what
// it has read, and is for one goroutine at a time.
type Finder struct {
	// Root is the tree that is looked through, Limits are those of reading.
	Root   *os.Root
	Limits Limits
	// Name returns what a file is called in messages and spans, by its path within
	// the root.
	Name func(path string) string

	folders map[string][]*Config
}

// Find looks for the configuration that has a folder for a directory of one of
// its providers: in that folder, and in those above it up to the root of the
// tree, and in folders "config" and "octodns" of these. It is nil if there is
// none.
func (f *Finder) Find(dir string) *Config {
	dir = filepath.Clean(dir)
	for base := dir; ; base = filepath.Dir(base) {
		for _, sub := range []string{"", "config", "octodns"} {
			for _, c := range f.in(filepath.Join(base, sub)) {
				if _, ok := c.ProviderOf(dir); ok {
					return c
				}
			}
		}
		if base == "." || base == string(filepath.Separator) {
			return nil
		}
	}
}

// in returns the configurations in a folder.
func (f *Finder) in(folder string) []*Config {
	if cs, ok := f.folders[folder]; ok {
		return cs
	}
	if f.folders == nil {
		f.folders = map[string][]*Config{}
	}
	var cs []*Config
	for _, path := range f.candidates(folder) {
		c, err := ReadConfig(f.Name(path), ConfigOptions{Root: f.Root, Dir: folder, Limits: f.Limits})
		if err == nil {
			cs = append(cs, c)
		}
	}
	f.folders[folder] = cs
	return cs
}

// headSize is how much of a file is looked at to tell what it is.
const headSize = 64 << 10

// candidates returns the files of a folder that look like configurations.
func (f *Finder) candidates(folder string) []string {
	d, err := f.Root.Open(folder)
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
		if IsConfig(f.head(path)) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// head returns the beginning of a file.
func (f *Finder) head(path string) []byte {
	file, err := f.Root.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	buf := make([]byte, headSize)
	n, _ := io.ReadFull(file, buf)
	return buf[:n]
}
