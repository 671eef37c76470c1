package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/octodns"
)

// target is a file to check.
type target struct {
	name  string // as shown
	path  string // "" is standard input
	found bool   // met in a folder rather than named
	guess guess  // of a file that was found
	// format is that of a file which is known to be no master file; nil if its
	// content tells, or the format that was asked for.
	format *format
	// origin is the name of the zone where more than the file tells it; "" if
	// not.
	origin zone.Name
	files  []octodns.File // of a zone of octoDNS, where more than the path tells them
	part   bool           // they are not all of the zone
	within *tree          // that they are read from
	dir    string         // the folder argument that it was found in

	config *config.Config // nil if there is none for it
	// source and start are what the configuration says of the file, as --source
	// and --origin do of all.
	source source
	start  zone.Name
}

// targetError is an argument that gives nothing to check.
type targetError struct {
	name string
	err  error
}

func (e *targetError) Error() string { return fmt.Sprintf("%s: %s", e.name, describe(e.err)) }
func (e *targetError) Unwrap() error { return e.err }

// found is what the arguments name.
type found struct {
	targets []target // in the order of their names, each once
	dirs    []string // the folders that were walked, as they were named
	errs    []error  // arguments that cannot be read
}

// findTargets finds what the arguments name. Folders are walked, globs expanded
// ("**" is any number of folders).
func findTargets(cwd workdir, args []string, stdinName string) found {
	return findConfigured(nil, cwd, args, stdinName)
}

// findConfigured is findTargets with what configurations say of files in
// folders.
func findConfigured(k *configs, cwd workdir, args []string, stdinName string) found {
	f := finder{configs: k, cwd: cwd, seen: map[string]int{}, strays: newStrays(cwd)}
	for _, arg := range args {
		switch info, err := os.Stat(arg); {
		case arg == "-":
			f.add("-", target{name: stdinName})
		case err == nil && f.strays.leave(arg):
			f.fail(arg, errStray)
		case err == nil && info.IsDir():
			f.walk(arg)
		case err == nil:
			f.name(arg)
		case isGlob(arg):
			f.glob(arg)
		default:
			f.fail(arg, err)
		}
	}
	slices.SortFunc(f.targets, func(a, b target) int { return cmp.Compare(a.name, b.name) })
	return f.found
}

type finder struct {
	found
	configs *configs
	cwd     workdir
	seen    map[string]int // index of a target by its clean absolute path
	strays  *strays
}

func (f *finder) fail(name string, err error) {
	f.errs = append(f.errs, &targetError{name, err})
}

// name takes a file that an argument names.
func (f *finder) name(path string) { f.add(f.cwd.abs(path), target{name: path, path: path}) }

// add takes a file, whose clean absolute path is given, unless it is there
// already: the one that was named wins.
func (f *finder) add(key string, t target) {
	if i, ok := f.seen[key]; ok {
		if f.targets[i].found && !t.found {
			f.targets[i] = t
		}
		return
	}
	f.seen[key] = len(f.targets)
	f.targets = append(f.targets, t)
}

func isGlob(arg string) bool { return strings.ContainsAny(arg, "*?[{") }

var errNoMatch = errors.New("no file matches; check the pattern")

func (f *finder) glob(pattern string) {
	matches, err := doublestar.FilepathGlob(pattern, doublestar.WithNoFollow(), doublestar.WithNoHidden())
	if err != nil {
		f.fail(pattern, fmt.Errorf("%w; check the pattern", err))
		return
	}
	before := len(f.targets)
	for _, m := range matches {
		info, err := os.Stat(m)
		switch {
		case err != nil:
			f.fail(m, err)
		case f.strays.leave(m):
			f.fail(m, errStray)
		case !info.IsDir():
			f.name(m)
		case !strings.Contains(pattern, "**"): // which matches what lies below a folder too
			f.walk(m)
		}
	}
	if len(matches) == 0 || len(f.targets) == before && strings.Contains(pattern, "**") {
		f.fail(pattern, errNoMatch)
	}
}

// walk adds the files of a folder and of the folders below it that may be
// zones. Hidden files and folders are left out, and symbolic links that lead
// out of the folder.
func (f *finder) walk(root string) {
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		f.fail(root, err)
		return
	}
	f.dirs = append(f.dirs, root)
	var visit func(dir string)
	visit = func(dir string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			f.fail(dir, err)
			return
		}
		before, key := inFolder(filepath.Clean(dir)), inFolder(f.cwd.abs(dir))
		takes := f.configs.chooser(f.cwd.abs(dir))
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				continue
			}
			path := before + e.Name()
			switch {
			case e.IsDir():
				visit(path)
			case e.Type() == fs.ModeSymlink && !leadsInto(path, real):
			case e.Type().IsRegular() || e.Type() == fs.ModeSymlink:
				if g := takes(key+e.Name(), zoneName(e.Name())); g != noZone {
					f.add(key+e.Name(), target{name: path, path: path, found: true, guess: g, dir: root})
				}
			}
		}
	}
	visit(root)
}

// inFolder returns what makes the path of a file of its name, for a clean path
// of its folder: what filepath.Join would put before it.
func inFolder(dir string) string {
	if dir == "." {
		return ""
	}
	return strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator)
}

// leadsInto reports whether a symbolic link leads to a regular file below root,
// which has no symbolic links in it.
func leadsInto(path, root string) bool {
	to, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, to)
	if err != nil || !filepath.IsLocal(rel) {
		return false
	}
	info, err := os.Stat(to)
	return err == nil && info.Mode().IsRegular()
}
