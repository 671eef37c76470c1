package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone/octodns"
)

// tools are the places in a folder where other tools keep DNS.
type tools struct {
	octodns    []string // their configurations
	dnscontrol []string // dnsconfig.js
	terraform  []string // folders with .tf files
}

// maxLooked bounds how many files and folders are looked at.
const maxLooked = 100_000

// leftOut are folders of other people's files.
var leftOut = []string{"node_modules", "vendor", "testdata"}

// findTools looks for the files of tools below a folder. What cannot be read is
// left out; the paths are relative to the folder, with slashes.
func findTools(dir string) tools {
	var t tools
	looked := 0
	_ = fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if looked++; looked > maxLooked {
			return fs.SkipAll
		}
		switch {
		case err != nil:
			return nil
		case e.IsDir() && path != "." && (strings.HasPrefix(e.Name(), ".") || slices.Contains(leftOut, e.Name())):
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		switch ext := strings.ToLower(filepath.Ext(path)); {
		case e.Name() == mainScript:
			t.dnscontrol = append(t.dnscontrol, path)
		case ext == ".tf" && !slices.Contains(t.terraform, folder):
			t.terraform = append(t.terraform, folder)
		case ext == ".yaml" || ext == ".yml":
			if head, err := headOf(filepath.Join(dir, filepath.FromSlash(path))); err == nil && octodns.IsConfig(head) {
				t.octodns = append(t.octodns, path)
			}
		}
		return nil
	})
	return t
}
