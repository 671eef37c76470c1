package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Finder finds the configuration of files. Its methods may be called by several
// goroutines at once.
type Finder struct {
	cwd, home string // absolute; home may be ""
	shown     func(path string) string

	mu    sync.Mutex
	dirs  map[string]found
	roots map[string]string
	size  int // octets of what was read
}

type found struct {
	config *Config
	err    error
}

// NewFinder returns a Finder. cwd is the absolute path of the current folder,
// home that of the user's, whose configuration is never taken: one that lies
// there by chance would judge every zone below it. shown returns what to call a
// file of that absolute path.
func NewFinder(cwd, home string, shown func(path string) string) *Finder {
	return &Finder{cwd: cwd, home: home, shown: shown, dirs: map[string]found{}, roots: map[string]string{}}
}

// maxAll bounds the configurations of a run, in octets: a tree may have one in
// every folder, and all are held.
const maxAll = 64 << 20

// For returns the configuration for the files of a folder, of which the
// absolute path is given: the nearest one, from that folder up to the
// repository that it lies in (a folder with .git). Outside of a repository only
// folders below the current one have one, and it lies in that or below. It is
// nil if there is none.
func (f *Finder) For(dir string) (*Config, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir = filepath.Clean(dir)
	root := f.root(dir)
	if root == "" {
		return nil, nil
	}
	return f.nearest(dir, root)
}

// Nearest returns the absolute path of the configuration that For reads, which
// need not be a valid one; "" if there is none.
func (f *Finder) Nearest(dir string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir = filepath.Clean(dir)
	root := f.root(dir)
	if root == "" {
		return ""
	}
	for {
		if path := f.in(dir); path != "" {
			return path
		}
		if dir == root || filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// in returns the path of the configuration that a folder has, "" if it has
// none.
func (f *Finder) in(dir string) string {
	path := filepath.Join(dir, Name)
	if _, err := os.Lstat(path); err != nil || f.isHome(dir) {
		return ""
	}
	return path
}

// isHome reports whether a folder is the user's home, by whatever path.
func (f *Finder) isHome(dir string) bool {
	if f.home == "" {
		return false
	}
	a, errA := os.Stat(dir)
	b, errB := os.Stat(f.home)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// nearest looks from dir up to root.
func (f *Finder) nearest(dir, root string) (*Config, error) {
	if known, ok := f.dirs[dir]; ok {
		return known.config, known.err
	}
	var r found
	if path := f.in(dir); path != "" {
		r.config, r.err = Load(f.shown(path), path, root)
		if r.config != nil {
			f.size += len(r.config.text)
		}
		if f.size > maxAll {
			r.config, r.err = nil, fmt.Errorf("%s: %w", f.shown(path), ErrTooMany)
		}
	} else if dir != root && filepath.Dir(dir) != dir {
		r.config, r.err = f.nearest(filepath.Dir(dir), root)
	}
	f.dirs[dir] = r
	return r.config, r.err
}

// root returns the folder at which the search from dir ends; "" if there is
// nothing to search.
func (f *Finder) root(dir string) string {
	if r, ok := f.roots[dir]; ok {
		return r
	}
	r := ""
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		r = dir
	} else if up := filepath.Dir(dir); up != dir {
		r = f.root(up)
	}
	if (r == "" || !below(dir, r)) && below(dir, f.cwd) {
		r = f.cwd
	}
	f.roots[dir] = r
	return r
}

// Root returns the folder that a search from dir, an absolute path, would end
// at; dir itself if there is none.
func (f *Finder) Root(dir string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.root(filepath.Clean(dir)); r != "" {
		return r
	}
	return dir
}

// below reports whether a clean absolute path is that of a folder or lies below
// it.
func below(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}
