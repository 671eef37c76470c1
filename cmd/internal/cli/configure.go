package cli

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/octodns"
)

// configure finds the files of a run and the configuration of each.
func (l *lint) configure(c *urfave.Context) error {
	var err error
	if l.configs, err = configsOf(c); err != nil {
		return err
	}
	if isLive(c) {
		l.config = l.configs.here()
		return l.configs.failure()
	}
	l.found = findConfigured(l.configs, l.configs.cwd, l.args, c.String("stdin-filename"))
	l.configs.settle(l.found.targets, !c.IsSet("source"))
	l.config = l.configs.ofRun(l.args)
	return l.configs.failure()
}

// settleZones gives the zones that the files were found to hold their
// configurations, and leaves out those that were met in a folder and whose files
// are excluded.
func (l *lint) settleZones(sources bool) error {
	l.configs.settle(l.found.targets, sources)
	l.found.targets = slices.DeleteFunc(l.found.targets, func(t target) bool {
		return t.found && t.config != nil && t.config.Excludes(l.configs.cwd.abs(t.path))
	})
	return l.configs.failure()
}

// take returns an error if --var gives a value that a pack of a configuration
// does not take.
func (k *configs) take(flags pack.Selector) error {
	if len(flags.Forced) > 0 {
		return nil // they are used in place of those
	}
	for _, cfg := range k.every() {
		for _, p := range slices.SortedFunc(maps.Values(cfg.packs), func(a, b *pack.Pack) int { return cmp.Compare(a.ID, b.ID) }) {
			if err := p.Takes(flags.Given); err != nil {
				return usagef("", "--var: %v", err)
			}
		}
	}
	return nil
}

// settle gives each target its configuration and, unless --source tells it, its
// kind of source.
func (k *configs) settle(targets []target, sources bool) {
	if k.none {
		return
	}
	last, cfg := "\x00", (*config.Config)(nil) // many files lie in one folder
	for i := range targets {
		t := &targets[i]
		path := t.path
		if path == "" {
			path = t.name // as if it stood there
		}
		if dir := filepath.Dir(path); dir != last {
			last, cfg = dir, k.forFile(path)
		}
		t.config = cfg
		if cfg == nil || len(cfg.Sources) == 0 {
			continue
		}
		from, origin := cfg.Reading(k.cwd.abs(path))
		t.start = origin.Value
		switch f := formatOf(source(from.Value)); {
		case !sources:
		case f != nil:
			t.source, t.format = f.source, f
		case source(from.Value) == sourceMaster:
			t.source, t.guess = sourceMaster, surelyZone
		}
	}
}

// chooser returns what a file in a folder, given by its absolute path, is
// guessed to be by its name and the configuration.
func (k *configs) chooser(dir string) func(path string, byName guess) guess {
	cfg := k.forDir(dir)
	if cfg == nil || len(cfg.Files.Include)+len(cfg.Files.Exclude) == 0 {
		return func(_ string, byName guess) guess { return byName }
	}
	return func(path string, byName guess) guess {
		switch takes, included := cfg.Takes(path); {
		case !takes:
			return noZone
		case included && byName == noZone:
			return maybeZone
		}
		return byName
	}
}

// failOn returns the severity from which on check fails; the flag was read.
func (l *lint) failOn(c *urfave.Context) rules.Severity {
	if l.config != nil && l.config.FailOn != 0 && !c.IsSet("fail-on") {
		return rules.Severity(l.config.FailOn)
	}
	s, _ := failLevel(c.String("fail-on"))
	return s
}

// formats returns what --format asks for, or the configuration of the run.
func (l *lint) formats(c *urfave.Context) ([]string, error) {
	if l.config == nil || c.IsSet("format") {
		return c.StringSlice("format"), nil
	}
	var out []string
	for i := range l.config.Format {
		name, file := l.config.Format[i].Split()
		if file == "" {
			out = append(out, name)
			continue
		}
		path, err := outputWithin(l.config, file)
		if err != nil {
			return nil, usagef("", "%s: format: %s: %v", l.config.Place(&l.config.Format[i]), file, err)
		}
		if l.reads(path) {
			return nil, usagef("name another", "%s: format: %s is a zone file, which is not replaced", l.config.Place(&l.config.Format[i]), file)
		}
		out = append(out, name+":"+l.configs.shown(path))
	}
	return out, nil
}

// spareZones returns an error if a report of --format would take the place of a
// zone that is checked.
func (l *lint) spareZones(formats []string) error {
	for _, spec := range formats {
		if _, file, ok := strings.Cut(spec, ":"); ok && file != "-" && l.reads(l.configs.cwd.abs(file)) {
			return usagef("name another", "--format %s: this is a zone file, which is not replaced", spec)
		}
	}
	return nil
}

// reads reports whether a file, given by its absolute path, is one of those that
// the run reads zones from. The report of an earlier run in a folder is none.
func (l *lint) reads(path string) bool {
	return slices.ContainsFunc(l.found.targets, func(t target) bool {
		if slices.ContainsFunc(t.files, func(f octodns.File) bool { return l.configs.cwd.abs(f.Name) == path }) {
			return true
		}
		if t.path == "" || l.configs.cwd.abs(t.path) != path {
			return false
		}
		if t.found && t.files == nil {
			is, err := l.loader.sniff(&t)
			return is || err != nil
		}
		return true
	})
}

var (
	errOutputOutside = errors.New("it leads out of the folder of " + config.Name + ", or to a hidden file; name it with --format on the command line")
	errOutputTaken   = errors.New("there is something that is no regular file")
	errOutputFolder  = errors.New("its folder is not there; make it, or name another")
)

// outputWithin returns the path of a file that a configuration has written. No
// symbolic link may lead it elsewhere: the configuration may be a stranger's.
func outputWithin(cfg *config.Config, file string) (string, error) {
	path := cfg.Path(file)
	base, err := filepath.EvalSymlinks(cfg.Dir())
	if err != nil {
		return "", cause(err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", errOutputFolder
	}
	rel, err := filepath.Rel(base, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return "", errOutputOutside
	}
	for part := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		if part != "." && strings.HasPrefix(part, ".") {
			return "", errOutputOutside
		}
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return "", errOutputTaken
	}
	return path, nil
}

// reportUnused reports what configurations ignore in vain, behind all zones.
func (l *lint) reportUnused(t *totals, outs outputs) error {
	if l.live != nil && l.config == nil {
		return nil
	}
	for _, cfg := range l.configs.every() {
		whole := l.live == nil && l.since == nil && l.shard.whole() && t.Unread == 0 && l.configs.covered(cfg.Config, l.args)
		var fs []rules.Finding
		for _, e := range cfg.Unused(whole) {
			fs = append(fs, unusedIgnore(cfg.Config, e))
		}
		if len(fs) == 0 {
			continue
		}
		ln, err := l.lanes.with(cfg.Settings(""))
		if err != nil {
			return err
		}
		r := &report.Result{Zone: new(zone.Zone), Findings: ln.engine.Judge(fs)}
		s := report.Summary{}
		s.Add(r)
		s.Zones = 0
		t.Merge(s)
		outs.write(outs.render(r), len(r.Findings))
	}
	return nil
}

// unusedIgnore is the finding about an entry of ignore.
func unusedIgnore(cfg *config.Config, e *config.Excuse) rules.Finding {
	message := string(e.Rule) + " finds nothing that this entry is for, so it hides nothing. Remove it."
	if name := string(e.Name); name != "" && strings.Contains(name, ".") && !strings.HasSuffix(name, ".") {
		message = string(e.Rule) + " finds nothing that this entry is for, so it hides nothing. Remove it, or give the name a final dot if it is not relative to the zone."
	}
	start := position(cfg.Text(), e.At)
	end := position(cfg.Text(), config.Place{Line: e.At.Line, Column: e.At.Column + len(e.Rule)})
	return rules.Finding{
		Rule: rules.ConfigIgnoreUnused, Severity: rules.ConfigIgnoreUnused.Severity, Message: message,
		Span: zone.Span{File: cfg.File(), Start: start, End: end}, Loc: zone.Loc{Source: configSource{cfg}},
	}
}

// position returns where a place is in a text, whose columns count characters
// there and octets here.
func position(text []byte, at config.Place) zone.Position {
	p := zone.Position{Line: 1, Column: 1}
	for p.Line < at.Line {
		i := bytes.IndexByte(text[p.Offset:], '\n')
		if i < 0 {
			return p
		}
		p.Line++
		p.Offset += i + 1
	}
	for range at.Column - 1 {
		_, n := utf8.DecodeRune(text[p.Offset:])
		p.Offset += n
		p.Column += n
	}
	return p
}

// configSource shows the lines of a configuration.
type configSource struct{ config *config.Config }

// Span implements zone.Source.
func (configSource) Span(zone.Loc, zone.Part) zone.Span { return zone.Span{} }

// Comment implements zone.Source.
func (configSource) Comment(zone.Loc) string { return "" }

// Comments implements zone.Source.
func (configSource) Comments(string) []zone.Comment { return nil }

// Text implements zone.Source.
func (s configSource) Text(file string) []byte {
	if file != s.config.File() {
		return nil
	}
	return s.config.Text()
}
