package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/baseline"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func baselineFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "baseline", Category: groupNew, Usage: "`FILE`: count the findings that this file knows and do not show them; \"zonelint baseline write\" makes it"}
}

func (a *app) baselineCommand() *urfave.Command {
	return &urfave.Command{
		Name:  "baseline",
		Usage: "accept the findings of today, so that only new ones fail",
		Description: "\"check --baseline FILE\" counts the findings that the file knows and does not show them. A finding is known by its rule, zone, owner and type and the data of its record, " +
			"wherever that stands in the file: who changes the record sees it again.",
		Subcommands: []*urfave.Command{{
			Name:      "write",
			Usage:     "write the findings of zones into a baseline",
			ArgsUsage: "FILE [FILE|DIR|GLOB|-|ZONE]...",
			Description: "Checks zones as \"zonelint check\" does with the same arguments, and writes what it finds into FILE, one finding a line, in the place of what was there. " +
				"The files of the zones are named from the folder of FILE. If a zone cannot be read, nothing is written.",
			Flags:  slices.Concat(ruleFlags(), configFlags(), providerFlags(), worldFlags(), readingFlags(), planFlags()),
			Action: a.writeBaseline,
		}},
		Action: func(*urfave.Context) error {
			return usagef("run \"zonelint baseline write FILE\"", "baseline needs a command")
		},
	}
}

func (a *app) writeBaseline(c *urfave.Context) error {
	if !c.Args().Present() {
		return usagef("run \"zonelint baseline write FILE\" with the arguments of check", "baseline write needs the name of a file")
	}
	file := c.Args().First()
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		return usagef("name a file for the baseline, then the zones", "%s: not a regular file", file)
	}
	if err == nil && !isBaseline(file) {
		return usagef("remove it if it is not needed", "%s is there and no baseline, so it is not replaced", file)
	}
	l, err := a.newLint(withArguments(c, c.Args().Tail()...))
	if err != nil {
		return err
	}
	defer l.loader.close()
	b := baselineAt(file, l.loader.cwd)
	entries, t, err := l.collect(c, b)
	if err != nil {
		return err
	}
	if err := t.failure(); err != nil {
		a.complain("%s is left as it was, since not all zones were read", file)
		return err
	}
	if err := writeEntries(file, info, entries); err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	a.complain("%s knows %s of %s now", file, report.Count(t.Findings(), "finding"), report.Count(t.Zones, "zone"))
	return nil
}

// isBaseline reports whether a file is a baseline, as far as its beginning
// tells: one with a mistake in it may be replaced, another file may not.
func isBaseline(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return true // writing it will say what is wrong
	}
	defer f.Close()
	const begin = `{"version":`
	head := make([]byte, len(begin))
	n, _ := f.Read(head)
	return n == 0 || string(head[:n]) == begin
}

// collect checks the zones and returns their findings as entries.
func (l *lint) collect(c *urfave.Context, b *knownFindings) ([]baseline.Entry, totals, error) {
	var entries []baseline.Entry
	of := func(t target, r *report.Result) []baseline.Entry {
		var out []baseline.Entry
		prints := r.Fingerprints()
		for i, f := range r.Findings {
			out = append(out, baseline.EntryOf(b.name(t), f, prints[i]))
		}
		return out
	}
	if l.live != nil {
		t := totals{}
		t.Unread = l.live.failed
		for _, live := range l.live.zones {
			if err := c.Context.Err(); err != nil {
				return nil, t, err
			}
			ln, err := l.lanes.of(l.config, live.zone.Apex)
			if err != nil {
				return nil, t, err
			}
			entries = append(entries, of(target{}, l.findings(ln, target{}, live.zone, &t.Summary))...)
		}
		return baseline.Merge(entries), t, nil
	}
	l.window = 4096 // what waits are entries, not zones
	t, err := l.run(c.Context,
		func(z *zone.Zone, r *result) { r.entries = of(r.target, l.findings(r.lane, r.target, z, &r.summary)) },
		func(r *result) { entries = append(entries, r.entries...) })
	return baseline.Merge(entries), t, err
}

func writeEntries(file string, old os.FileInfo, entries []baseline.Entry) error {
	path := file
	if old != nil { // a link stays
		var err error
		if path, err = filepath.EvalSymlinks(file); err != nil {
			return err
		}
	}
	f, err := createAtomic(path, old)
	if err != nil {
		return err
	}
	if err := baseline.Write(f, entries); err != nil {
		f.discard()
		return err
	}
	return f.commit()
}

// knownFindings are those of a baseline.
type knownFindings struct {
	file  string // as it was named
	dir   string // absolute
	cwd   workdir
	known *baseline.Known

	mu      sync.Mutex
	checked map[string]bool // files and zones at a provider, by how entries name them
}

func baselineAt(file string, cwd workdir) *knownFindings {
	return &knownFindings{file: file, dir: filepath.Dir(cwd.abs(file)), cwd: cwd, checked: map[string]bool{}}
}

// readBaseline reads the file of --baseline; nil if none is given.
func (l *lint) readBaseline(c *urfave.Context) (*knownFindings, error) {
	if !c.IsSet("baseline") {
		return nil, nil
	}
	b := baselineAt(c.String("baseline"), l.loader.cwd)
	info, err := os.Stat(b.file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, usagef("write it with \"zonelint baseline write "+b.file+"\" and the arguments of this check", "--baseline %s: no such file", b.file)
	case err == nil && !info.Mode().IsRegular():
		return nil, usagef("name the file that \"zonelint baseline write\" wrote", "--baseline %s: not a regular file", b.file)
	}
	f, err := os.Open(b.file)
	if err != nil {
		return nil, usagef("", "--baseline %s: %s", b.file, describe(err))
	}
	defer f.Close()
	entries, err := baseline.Read(f)
	var format *baseline.FormatError
	if errors.As(err, &format) {
		return nil, usagef("mend it, or write it anew with \"zonelint baseline write\"", "--baseline: %s:%v", b.file, err)
	} else if err != nil {
		return nil, usagef("", "--baseline %s: %s", b.file, describe(err))
	}
	b.known = baseline.New(entries)
	return b, nil
}

// name is how entries name the file of a target; "" for a zone at a provider.
func (b *knownFindings) name(t target) string {
	if t.path == "" {
		return baseline.FileName(t.name) // of standard input, if any
	}
	path := b.cwd.abs(t.path)
	if rel, err := filepath.Rel(b.dir, path); err == nil {
		path = rel
	}
	return baseline.FileName(filepath.ToSlash(path))
}

// knows implements earlier.
func (b *knownFindings) knows(t target, _ *zone.Zone) func(rules.Finding, rules.Fingerprint) bool {
	name := b.name(t)
	return func(f rules.Finding, p rules.Fingerprint) bool { return b.known.Has(name, f, p) }
}

// done notes that the findings of a zone are in the output.
func (b *knownFindings) done(t target, z string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if name := b.name(t); name != "" {
		b.checked[name] = true
	} else {
		b.checked[z] = true
	}
}

// tellGone says how many findings of the baseline are gone, so that it can be
// made shorter: of the zones and rules of this run, and of files that are gone
// themselves.
func (b *knownFindings) tellGone(l *lint) {
	exists := map[string]bool{}
	for _, r := range l.base.engine.Rules() {
		exists[r.ID] = true
	}
	lost := map[string]bool{}
	missing := func(file string) bool {
		gone, seen := lost[file]
		if !seen {
			_, err := os.Lstat(filepath.Join(b.dir, filepath.FromSlash(file)))
			gone = errors.Is(err, os.ErrNotExist)
			lost[file] = gone
		}
		return gone
	}
	gone := 0
	for _, e := range b.known.Gone(func(e baseline.Entry) bool {
		if exists[e.Rule] && !l.base.engine.Shows(e.Rule) {
			return false
		}
		if e.File == "" {
			return b.checked[e.Zone]
		}
		return b.checked[e.File] || missing(e.File)
	}) {
		gone += e.Count
	}
	if gone > 0 {
		l.complain("%s of %s %s gone; \"zonelint baseline write %s\" with the arguments of this check leaves %s out", report.Count(gone, "known finding"), b.file, report.Verb(gone, "is", "are"), b.file, report.Verb(gone, "it", "them"))
	}
}
