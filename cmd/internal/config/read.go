package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/zonelint/zonelint/rules/strictyaml"
)

// MaxFile bounds a configuration file, in octets.
const MaxFile = 256 << 10

var (
	// ErrTooLarge is what reading says of a file over 256 KiB.
	ErrTooLarge = errors.New("larger than 256 KiB, which no configuration is")
	// ErrTooMany is what a Finder says once it has read 64 MiB of configurations.
	ErrTooMany = errors.New("there are more than 64 MiB of configurations")
	// ErrNotFile is what reading says of what is no regular file.
	ErrNotFile = errors.New("not a regular file")
	// ErrOutside is what reading says of a path that leads out of the repository.
	ErrOutside = errors.New("it leads out of the repository")
)

// Load reads a configuration that lies below the folder root, both absolute.
// name is what to call it. What is wrong with its content is an *Error.
func Load(name, path, root string) (*Config, error) {
	src, err := ReadWithin(root, path, MaxFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return Parse(name, path, root, src)
}

// Parse is Load for a text.
func Parse(name, path, root string, src []byte) (*Config, error) {
	c := &Config{file: name, dir: filepath.Dir(path), root: root, text: src, places: map[any]Place{}, keys: map[any]Place{}}
	d := newDecoder(c)
	if !onlyComments(src) {
		if doc, ok := d.Document(src, "this is no YAML: "); ok {
			d.Decode(doc, reflect.ValueOf(c).Elem(), "the configuration")
		}
	}
	if len(d.Problems) == 0 {
		d.validate(c)
	}
	if len(d.Problems) > 0 {
		slices.SortStableFunc(d.Problems, func(a, b strictyaml.Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		e := &Error{make([]Problem, len(d.Problems))}
		for i, p := range d.Problems {
			e.Problems[i] = Problem{Place{name, p.Line, p.Column}, p.Message}
		}
		return nil, e
	}
	c.index = indexOf(c.Zones)
	return c, nil
}

// validate finds mistakes that single values do not show.
func (d *decoder) validate(c *Config) {
	for i := range c.Sources {
		if s := &c.Sources[i]; s.Source == "" && s.Origin == "" {
			d.failAt(c.Place(s), "sources: this entry says nothing of its files; it has source or origin")
		}
	}
	for i := range c.Zones {
		if z := &c.Zones[i]; len(z.Packs)+len(z.Vars)+len(z.Severity)+len(z.Ignore) == 0 {
			d.failAt(c.Place(z), "zones: this entry says nothing of its zones; it has packs, vars, severity or ignore")
		}
	}
	taken := map[string]bool{}
	for i := range c.Format {
		_, file := c.Format[i].Split()
		if taken[file] {
			d.failAt(c.Place(&c.Format[i]), "format: two formats go to the same place; give all but one a file, FORMAT:FILE")
		}
		taken[file] = true
	}
}

// ReadWithin reads a regular file below the folder root, both absolute, of at
// most limit octets. Symbolic links are followed as long as they do not lead
// out of root.
func ReadWithin(root, path string, limit int64) ([]byte, error) {
	rel, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, ErrOutside
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	info, err := r.Stat(rel)
	switch {
	case err != nil && leadsOut(root, path):
		return nil, ErrOutside
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // opening a pipe would wait
		return nil, ErrNotFile
	}
	f, err := r.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(src)) > limit {
		return nil, ErrTooLarge
	}
	return src, nil
}

// leadsOut reports whether symbolic links lead from a path out of root.
func leadsOut(root, path string) bool {
	realRoot, err := filepath.EvalSymlinks(root)
	if err != nil {
		return false
	}
	// What it leads to need not be there, nor be readable.
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		link, err := os.Readlink(path)
		if err != nil {
			return false
		}
		if real = link; !filepath.IsAbs(real) {
			real = filepath.Join(filepath.Dir(path), link)
		}
	}
	rel, err := filepath.Rel(realRoot, real)
	return err != nil || !filepath.IsLocal(rel)
}
