package masterfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// include reads another file in place of an $INCLUDE (RFC 1035, section 5.1).
// The file is found relative to the one that includes it, and only within
// Options.Root. The origin and the owner of the including file hold on behind
// it.
func (p *parser) include(e *entry) *fault {
	src := p.scan.src
	t := e.toks[1]
	origin := p.origin
	if p.originLost {
		p.complete = false
		return nil
	}
	if len(e.toks) > 2 {
		o := e.toks[2].bare(src)
		n, err := zone.ParseName(string(o), p.origin)
		if err != nil {
			return nameFault(e.toks[2], o, err)
		}
		origin = n
		if f := unquotedName(src, e.toks[2]); f != nil {
			p.fault(zone.ProblemSyntax, f)
		}
	}
	n := p.includes
	p.includes++
	f, why := p.load(string(t.bare(src)), n)
	if why != "" {
		p.complete = false
		p.fault(zone.ProblemInclude, faultAt(t, "%s", why))
		return nil
	}
	if p.source.included == nil {
		p.source.included = map[includeKey]int{}
	}
	p.source.included[includeKey{p.index, n}] = len(p.source.files)
	p.source.files = append(p.source.files, f)
	saved := *p
	p.file(len(p.source.files)-1, origin)
	p.index, p.scan, p.origin, p.includes = saved.index, saved.scan, saved.origin, saved.includes
	p.ownerLost, p.originLost = saved.ownerLost, false
	if p.hasOwner, p.ownerAt, p.ownerOrg = saved.hasOwner, saved.ownerAt, saved.ownerOrg; p.hasOwner {
		// A node of its own keeps the records of an owner in order.
		p.owner = p.builder.Node([]byte(p.builder.NodeName(saved.owner)))
	}
	return nil
}

// openInclude reads an included file, or says in a sentence why it does not.
func (p *parser) openInclude(target string, _ int) (f *file, why string) {
	shown := quote([]byte(target))
	limits := p.opts.Limits
	if p.opts.Root == nil {
		return nil, fmt.Sprintf("$INCLUDE %s was not followed, since this zone is not read from a file, so records may be missing from this check.", shown)
	}
	outside := fmt.Sprintf("$INCLUDE %s lies outside of the folder that zones may include from, so it was not read. If it is meant, name that folder with --include-root.", shown)
	from := p.source.files[p.index]
	rel := filepath.Join(from.dir, filepath.FromSlash(target))
	display := filepath.Join(filepath.Dir(from.name), filepath.FromSlash(target))
	if filepath.IsAbs(target) {
		r, err := filepath.Rel(p.opts.Root.Name(), target)
		if err != nil {
			return nil, outside
		}
		rel, display = r, target
	}
	if !filepath.IsLocal(rel) {
		return nil, outside
	}
	for _, i := range p.open {
		if p.source.files[i].path() == rel {
			return nil, fmt.Sprintf("$INCLUDE %s comes round to a file that is being read already. Remove one of the two.", shown)
		}
	}
	if len(p.open) >= limits.IncludeDepth {
		return nil, fmt.Sprintf("$INCLUDE %s was not followed: files include each other more than %d deep (--max-include-depth).", shown, limits.IncludeDepth)
	}
	if len(p.source.files) >= limits.IncludeFiles {
		return nil, fmt.Sprintf("$INCLUDE %s was not followed: this zone has more than %d files (--max-include-files).", shown, limits.IncludeFiles)
	}
	src, err := ReadIn(p.opts.Root, rel, limits.FileSize)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Sprintf("$INCLUDE %s: there is no such file; the name is taken relative to the file that includes it. Name servers refuse the zone without it.", shown)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Sprintf("$INCLUDE %s may not be read (permission denied).", shown)
	case strings.Contains(err.Error(), "escapes from parent"):
		return nil, outside
	case errors.Is(err, ErrNotFile), errors.Is(err, ErrTooLarge), errors.Is(err, ErrBinary):
		return nil, fmt.Sprintf("$INCLUDE %s was not read: %v.", shown, err)
	default:
		return nil, fmt.Sprintf("$INCLUDE %s could not be read: %v.", shown, unwrapPath(err))
	}
	return newFile(display, filepath.Dir(rel), src), ""
}

func unwrapPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// ReadIn reads a regular file of a tree within the limit on its size, in octets.
// It never leaves the tree, by symbolic links neither.
func ReadIn(root *os.Root, rel string, limit int64) ([]byte, error) {
	// Look before opening: opening a FIFO would wait for its other end.
	info, err := root.Stat(rel)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotFile
	}
	f, err := root.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, limit)
}

// Load reads a zone from a file. The file is checked to be a regular one
// within the limit before it is read. Errors are those of Parse, ErrNotFile,
// and those of the file system.
//
// With a nil Root, $INCLUDE is confined to the folder of the file.
func Load(name string, opts Options) (*zone.Zone, error) {
	src, err := ReadFile(name, opts.Limits)
	if err != nil {
		return nil, err
	}
	// Opening a root costs system calls, so it is done only for a file that
	// may need it.
	if opts.Root == nil && mentions(src, "$INCLUDE") {
		dir, err := filepath.Abs(filepath.Dir(name))
		if err != nil {
			return nil, err
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		opts.Root, opts.Dir = root, "."
	}
	return Parse(name, src, opts)
}

// ReadFile reads a regular file within the limit on its size.
func ReadFile(name string, limits Limits) ([]byte, error) {
	src, err := readRegular(name, limits.orDefault().FileSize)
	if err != nil {
		return nil, err
	}
	return src, checkText(src)
}

func tooLarge(size, limit int64) error {
	return fmt.Errorf("%w: %d octets, and the limit is %d (--max-file-size)", ErrTooLarge, size, limit)
}

// readAll reads an open file up to the limit, and refuses binary data.
func readAll(f *os.File, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	src, err := readUpTo(info.Size(), limit, func(p []byte) (int, error) {
		n, err := f.Read(p)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return n, err
	})
	if err != nil {
		return nil, err
	}
	return src, checkText(src)
}

// readUpTo reads a file that was of the given size when it was opened and may
// be growing still. read returns 0 at the end.
func readUpTo(size, limit int64, read func([]byte) (int, error)) ([]byte, error) {
	if size > limit {
		return nil, tooLarge(size, limit)
	}
	src := make([]byte, 0, size+1)
	for {
		n, err := read(src[len(src):cap(src)])
		if err != nil {
			return nil, err
		}
		src = src[:len(src)+n]
		switch {
		case int64(len(src)) > limit:
			return nil, tooLarge(int64(len(src)), limit)
		case n == 0 || int64(len(src)) == size:
			return src, nil
		case len(src) == cap(src):
			src = slices.Grow(src, 4096)
		}
	}
}
