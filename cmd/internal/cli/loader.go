package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// loader reads zones.
type loader struct {
	options masterfile.Options
	source  source // of all targets; sourceAuto if each tells its own
	plans   planOptions
	cwd     workdir
	// tree is the folder that $INCLUDE may read from, root the same opened. A
	// file that is not below it includes from its own folder alone, unless the
	// user named the tree.
	tree  string
	root  *os.Root
	named bool
	// past reads the files below pastDir, as they were at an earlier commit; nil
	// if there are none.
	past    *loader
	pastDir string
	others  *trees // that zones of octoDNS are read from; nil for none
	// octoFolders says of folders whether zones of octoDNS are in them.
	octoFolders sync.Map

	stdin     io.Reader
	stdinOnce sync.Once
	stdinDone chan struct{} // closed once the rest is there
	stdinText []byte
	stdinErr  error
}

// workdir is the current folder as a run begins; asking for it again for each
// of many files takes its time.
type workdir string

func currentDir() workdir {
	dir, err := os.Getwd()
	if err != nil {
		return "" // then paths stay relative
	}
	return workdir(dir)
}

// abs returns the clean absolute path of a file.
func (w workdir) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(string(w), path)
}

// newLoader opens the folder that $INCLUDE may read from; "" is the current
// one.
func newLoader(includeRoot string, options masterfile.Options, stdin io.Reader) (*loader, error) {
	l := &loader{options: options, stdin: stdin, cwd: currentDir(), tree: ".", named: includeRoot != "", others: &trees{}}
	if l.named {
		l.tree = includeRoot
	}
	root, err := os.OpenRoot(l.tree)
	if err != nil {
		return nil, usagef("name a folder that can be read", "--include-root %s: %v", l.tree, cause(err))
	}
	l.root = root
	l.tree = l.cwd.abs(l.tree)
	return l, nil
}

// loaderOf is newLoader with what the flags of readingFlags say of sources.
func (a *app) loaderOf(c *urfave.Context, options masterfile.Options) (*loader, error) {
	from, err := sourceOf(c)
	if err != nil {
		return nil, err
	}
	plans, err := planOptionsOf(c)
	if err != nil {
		return nil, err
	}
	l, err := newLoader(c.String("include-root"), options, a.In)
	if err != nil {
		return nil, err
	}
	l.source, l.plans = from, plans
	return l, nil
}

// further returns a loader for zones beside those that are checked, whose
// origin is not that of --origin. It is closed with l.
func (l *loader) further() *loader {
	o := l.options
	o.Origin = ""
	return &loader{options: o, source: l.source, plans: l.plans, cwd: l.cwd, tree: l.tree, root: l.root, named: l.named, others: l.others}
}

func (l *loader) close() {
	l.root.Close()
	if l.others != nil {
		for _, t := range l.others.list {
			t.root.Close()
		}
	}
}

// optionsFor returns how to read a file by its path or, for standard input, by
// the name that was given to it.
func (l *loader) optionsFor(path string) masterfile.Options {
	o := l.options
	dir, err := filepath.Rel(l.tree, filepath.Dir(l.cwd.abs(path)))
	if err == nil && filepath.IsLocal(dir) {
		o.Root, o.Dir = l.root, dir
	} else if l.named {
		o.Root, o.Dir = l.root, "."
	}
	return o
}

// sourceOf returns the source of a target: that of --source counts before that
// of its configuration.
func (l *loader) sourceOf(t target) source { return cmp.Or(l.source, t.source) }

// originOf returns the origin at the beginning of a target: that of --origin
// counts before that of its configuration; "" if neither is given.
func (l *loader) originOf(t target) zone.Name { return cmp.Or(l.options.Origin, t.start) }

// masterOptions returns how to read a target that is a master file.
func (l *loader) masterOptions(t target) masterfile.Options {
	o := l.optionsFor(cmp.Or(t.path, t.name))
	o.Origin = l.originOf(t)
	return o
}

// readStdin reads standard input, once.
func (l *loader) readStdin(ctx context.Context) ([]byte, error) {
	l.stdinOnce.Do(func() {
		limit := l.options.Limits.FileSize
		if limit <= 0 {
			limit = masterfile.DefaultLimits.FileSize
		}
		l.stdinDone = make(chan struct{})
		go func() {
			defer close(l.stdinDone)
			l.stdinText, l.stdinErr = io.ReadAll(io.LimitReader(l.stdin, limit+1))
		}()
	})
	select {
	case <-ctx.Done(): // the read may never return
		return nil, ctx.Err()
	case <-l.stdinDone:
		return l.stdinText, l.stdinErr
	}
}

// included returns the absolute paths of the files that a zone includes.
func (l *loader) included(z *zone.Zone) []string {
	src, ok := z.Source.(zone.Editor)
	if !ok {
		return nil
	}
	files := src.Files()
	if len(files) < 2 {
		return nil
	}
	var out []string
	for _, f := range files[1:] {
		out = append(out, l.cwd.abs(f))
	}
	return out
}

// partOnly reports whether what a file gave may be no zone of its own but part
// of one that includes it.
func partOnly(z *zone.Zone, err error) bool {
	if err != nil {
		return errors.Is(err, masterfile.ErrNoOrigin)
	}
	if !masterfile.Is(z) {
		return false // others do not include each other as zones
	}
	for range z.OfType(zone.TypeSOA) {
		return false
	}
	return true
}
