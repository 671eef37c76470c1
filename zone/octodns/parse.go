package octodns

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// File is one of the files that a zone is written in.
type File struct {
	// Name is what the file is called in spans; Path is where it is within
	// Options.Root, "" to read it by its name.
	Name, Path string
	Provider
	// Shared says that the file is part of other zones too (shared_filename), so
	// that it is not changed for one of them.
	Shared bool
	// Text is the content of the file where it is not to be read; nil if it is.
	Text []byte
}

// Parse reads a zone from the content of one file. The name is what the file is
// called in spans, and may tell the zone (see Options.Origin).
//
// Mistakes within the file are Problems of the zone and reading goes on behind
// them. An error means that nothing could be read: ErrNoOrigin, or ErrBinary or
// ErrTooLarge of package masterfile. Parse keeps src, which must not change any
// more.
func Parse(name string, src []byte, o Options) (*zone.Zone, error) {
	f := &file{name: name, path: filepath.Join(o.Dir, filepath.Base(name)), src: src, provider: o.Provider, from: -1}
	if err := check(src, o.Limits.orDefault()); err != nil {
		return nil, err
	}
	return read([]*file{f}, o)
}

// Load reads a zone from a file, or from all files of a folder, as octoDNS
// splits zones (example.com./). Errors are those of Parse, ErrNoFiles, ErrNotFile
// of package masterfile, and those of the file system.
func Load(path string, o Options) (*zone.Zone, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return LoadFiles([]File{{Name: path, Provider: o.Provider}}, o)
	}
	if o.Origin == "" {
		o.Origin = ZoneOfFolder(filepath.Base(path))
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") && !e.IsDir() {
			files = append(files, File{Name: filepath.Join(path, e.Name()), Provider: o.Provider})
		}
	}
	if len(files) == 0 {
		return nil, ErrNoFiles
	}
	return LoadFiles(files, o)
}

// LoadFiles reads a zone from several files, in the order given. Without a Root,
// !include is confined to the folder of the first.
func LoadFiles(files []File, o Options) (*zone.Zone, error) {
	limits := o.Limits.orDefault()
	var texts []*file
	includes := false
	for _, fl := range files {
		f := &file{name: fl.Name, path: fl.Path, provider: fl.Provider, shared: fl.Shared, from: -1}
		var err error
		switch {
		case fl.Text != nil:
			f.src, err = fl.Text, check(fl.Text, limits)
		case fl.Path != "" && o.Root != nil:
			f.src, err = masterfile.ReadIn(o.Root, fl.Path, limits.FileSize)
		default:
			f.src, err = masterfile.ReadFile(fl.Name, masterfile.Limits{FileSize: limits.FileSize})
		}
		if f.path == "" {
			f.path = filepath.Join(o.Dir, filepath.Base(fl.Name))
		}
		if err != nil {
			if len(files) > 1 {
				err = fmt.Errorf("%s: %w", fl.Name, reason(err))
			}
			return nil, err
		}
		includes = includes || bytes.Contains(f.src, []byte(includeTag))
		texts = append(texts, f)
	}
	if o.Root == nil && includes {
		dir, err := filepath.Abs(filepath.Dir(files[0].Name))
		if err != nil {
			return nil, err
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		o.Root, o.Dir = root, "."
		for _, f := range texts {
			f.path = filepath.Base(f.name)
		}
	}
	return read(texts, o)
}

// check refuses what is no text.
func check(src []byte, l Limits) error {
	switch {
	case int64(len(src)) > l.FileSize:
		return fmt.Errorf("%w: %d octets, and the limit is %d (--max-file-size)", masterfile.ErrTooLarge, len(src), l.FileSize)
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")), bytes.IndexByte(src, 0) >= 0:
		return masterfile.ErrBinary
	}
	return nil
}

// read makes the zone of files.
func read(files []*file, o Options) (*zone.Zone, error) {
	origin := o.Origin
	for _, f := range files {
		if origin == "" {
			origin = ZoneOfFile(f.name)
		}
	}
	if origin == "" {
		return nil, ErrNoOrigin
	}
	return readFiles(files, len(files), origin, o), nil
}

// readFiles makes a zone of files, of which the first are its own and the others
// are there to be included.
func readFiles(files []*file, named int, origin zone.Name, o Options) *zone.Zone {
	r := &reader{opts: o, limits: o.Limits.orDefault(), origin: origin, source: &source{files: files, named: named, origin: origin, opts: o}}
	r.left = r.limits.Nodes
	for i := range named {
		r.file(i)
	}
	return r.zone()
}
