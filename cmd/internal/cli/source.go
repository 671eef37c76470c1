package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/octodns"
)

// source is a kind of file that zones are read from.
type source string

const (
	sourceAuto   source = ""     // it is told by the content
	sourceMaster source = "zone" // a master file (RFC 1035, section 5)
)

// format is a source other than the master file.
type format struct {
	source source
	// ends are what the names of its files end in; in a folder and without
	// --source only such files are looked at.
	ends []string
	// is reports whether a text, of which only the beginning may be there, is of
	// this format.
	is func(head []byte) bool
	// many says that a file may hold more than one zone.
	many bool
	// parse reads the zones of a file. src is all of it; of standard input it may
	// be one octet more than the limit on the size of a file.
	parse func(l *loader, t target, src []byte) ([]*zone.Zone, error)
}

// formats are all sources beside master files.
var formats = []format{octoFormat, dnscontrolFormat, terraformFormat}

func sourceNames() []string {
	names := []string{"auto", string(sourceMaster)}
	for _, f := range formats {
		names = append(names, string(f.source))
	}
	return names
}

// sourceOf reads --source.
func sourceOf(c *urfave.Context) (source, error) {
	s := c.String("source")
	if s == "" || s == "auto" {
		return sourceAuto, nil
	}
	return source(s), oneOf("--source", s, sourceNames())
}

func formatOf(s source) *format {
	for i := range formats {
		if formats[i].source == s {
			return &formats[i]
		}
	}
	return nil
}

// detect returns the format of a text, of which only the beginning may be
// there; nil if it is none of them. only is the one that it may be.
func detect(name string, head []byte, only source) *format {
	for i := range formats {
		f := &formats[i]
		if (only == sourceAuto || only == f.source) && f.named(name) && f.is(head) {
			return f
		}
	}
	return nil
}

// named reports whether a file has a name that files of the format have.
// Standard input may be called anything.
func (f *format) named(name string) bool {
	end := strings.ToLower(filepath.Ext(name))
	return name == defaultStdinName || slices.Contains(f.ends, end)
}

// mayBeFormat reports whether a file is named as those of some format are.
func mayBeFormat(name string) bool {
	for i := range formats {
		if formats[i].named(name) {
			return true
		}
	}
	return false
}

// load reads the zones of a target: one of a master file, any number of
// others. ctx ends the wait for standard input.
func (l *loader) load(ctx context.Context, t target) ([]*zone.Zone, error) {
	if l.past != nil && t.path != "" && below(l.pastDir, t.path) {
		return l.past.load(ctx, t)
	}
	if t.files != nil {
		return l.loadOctoDNS(t)
	}
	if t.path != "" && !l.mayBeFormat(t) {
		return single(masterfile.Load(t.path, l.masterOptions(t)))
	}
	src, err := l.read(ctx, t)
	if err != nil {
		return nil, err
	}
	return l.parse(t, src)
}

// mayBeFormat reports whether a target may be something else than a master
// file.
func (l *loader) mayBeFormat(t target) bool {
	switch l.sourceOf(t) {
	case sourceAuto:
		return t.format != nil || mayBeFormat(t.name)
	case sourceMaster:
		return false
	}
	return true
}

// mayHoldMany reports whether a target may hold more than one zone.
func (l *loader) mayHoldMany(t target) bool {
	if f := formatOf(l.sourceOf(t)); f != nil {
		return f.many
	}
	if t.format != nil {
		return t.format.many
	}
	return l.mayBeFormat(t) && slices.ContainsFunc(formats, func(f format) bool { return f.many && f.named(t.name) })
}

// parse reads the zones of a target whose content is given.
func (l *loader) parse(t target, src []byte) ([]*zone.Zone, error) {
	f, from := t.format, l.sourceOf(t)
	switch {
	case f != nil:
	case from == sourceAuto:
		if f = detect(t.name, src, sourceAuto); f == nil && !t.found && octoNamed(t.name) {
			f = &octoFormat
		}
	default:
		f = formatOf(from)
	}
	if f == nil {
		return single(masterfile.Parse(t.name, src, l.masterOptions(t)))
	}
	return f.parse(l, t, src)
}

func single(z *zone.Zone, err error) ([]*zone.Zone, error) {
	if err != nil {
		return nil, err
	}
	return []*zone.Zone{z}, nil
}

// loadFound is load for a target that may turn out to be no zone, if it was met
// in a folder; there are no zones then.
func (l *loader) loadFound(ctx context.Context, t target) ([]*zone.Zone, error) {
	if t.found && t.format == nil {
		is, err := l.sniff(&t)
		if err != nil || !is {
			return nil, err
		}
	}
	zs, err := l.load(ctx, t)
	if t.found && errors.Is(err, masterfile.ErrBinary) {
		return nil, nil
	}
	return zs, err
}

// sniff looks into a file that was met in a folder where its name leaves a
// doubt, and notes its format if it is no master file.
func (l *loader) sniff(t *target) (bool, error) {
	from := l.sourceOf(*t)
	if t.guess == surelyZone {
		return from == sourceAuto || from == sourceMaster, nil
	}
	head, err := headOf(t.path)
	if err != nil || len(head) == 0 {
		return false, err
	}
	if from != sourceMaster {
		if t.format = detect(t.name, head, from); t.format != nil {
			return true, nil
		}
		if octodns.ZoneOfFile(t.name) != "" && from != octoFormat.source && l.amongOctoDNS(t.path) {
			t.format = &octoFormat // what is wrong with it must be told
			return true, nil
		}
	}
	switch {
	case from != sourceAuto && from != sourceMaster:
		return false, nil
	case t.guess == likeZone:
		return !looksLikeMarkup(head), nil
	}
	return looksLikeZone(head), nil
}

// headOf returns the beginning of a file; nothing of one that is empty or
// cannot be read.
func headOf(path string) ([]byte, error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, sniffSize)
	n, _ := io.ReadFull(f, head)
	return head[:n], nil
}

// read returns the content of a target, up to the limit on the size of a file.
func (l *loader) read(ctx context.Context, t target) ([]byte, error) {
	if t.path != "" {
		return masterfile.ReadFile(t.path, l.options.Limits)
	}
	return l.readStdin(ctx)
}
