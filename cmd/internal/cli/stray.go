package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// errStray is for a file that a repository seems to have and that lies
// elsewhere: who makes a pull request can make such links, and what they lead to
// would be shown in the log, or overwritten.
var errStray = errors.New("a symbolic link leads out of the repository; if what it leads to is meant, name that")

// strays finds paths in repositories that symbolic links lead out of them.
type strays struct {
	cwd      workdir
	dirs     map[string]strayDir
	projects []string // of a CI system, which may have no .git
}

// strayDir is what is known of a folder.
type strayDir struct {
	real string   // without symbolic links; "" if it is not there
	tops []string // of the repositories that its path is in, without symbolic links
}

func newStrays(cwd workdir) *strays {
	s := &strays{cwd: cwd, dirs: map[string]strayDir{}}
	for _, v := range projectVariables {
		if dir := os.Getenv(v); filepath.IsAbs(dir) {
			s.projects = append(s.projects, filepath.Clean(dir))
			if real, err := filepath.EvalSymlinks(dir); err == nil {
				s.projects = append(s.projects, real)
			}
		}
	}
	return s
}

// leave reports whether a file or folder lies outside of a repository that its
// path is in. What is not there does not.
func (s *strays) leave(path string) bool {
	abs := s.cwd.abs(path)
	dir, ok := s.dirs[filepath.Dir(abs)]
	if !ok {
		dir = s.look(filepath.Dir(abs))
		s.dirs[filepath.Dir(abs)] = dir
	}
	if len(dir.tops) == 0 || dir.real == "" {
		return false
	}
	real := filepath.Join(dir.real, filepath.Base(abs))
	if info, err := os.Lstat(abs); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if real, err = filepath.EvalSymlinks(abs); err != nil {
			return false
		}
	}
	for _, top := range dir.tops {
		if !below(top, real) {
			return true
		}
	}
	return false
}

// look finds the repositories of a folder: all, since a link may lead into
// another one. The current folder may be named by links that its user made.
func (s *strays) look(dir string) strayDir {
	if rel, err := filepath.Rel(string(s.cwd), dir); err == nil && filepath.IsLocal(rel) {
		if real, err := filepath.EvalSymlinks(string(s.cwd)); err == nil {
			dir = filepath.Join(real, rel)
		}
	}
	var d strayDir
	d.real, _ = filepath.EvalSymlinks(dir)
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || slices.Contains(s.projects, dir) {
			if top, err := filepath.EvalSymlinks(dir); err == nil {
				d.tops = append(d.tops, top)
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return d
		}
		dir = up
	}
}
