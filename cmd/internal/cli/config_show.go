package cli

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func (a *app) configShowCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "show",
		Usage:     "show what holds for a zone, and where each value comes from",
		ArgsUsage: "FILE|ZONE",
		Description: "Shows the settings by which check and fix would judge the zones of FILE, or ZONE at a provider, and for each whether it comes from a place in the configuration, from a flag, from the records of the zone, or is the default. " +
			"The flags are those of check.\n\n" +
			"Exits with 0, 2 on wrong usage or a mistake in the configuration, 3 if the file could not be read.",
		Flags:  slices.Concat([]urfave.Flag{listFormatFlag(), colorFlag(), failOnFlag()}, ruleFlags(), configFlags(), readingFlags()),
		Action: a.showConfig,
	}
}

// shownSettings are the settings of a zone.
type shownSettings struct {
	Zone     string         `json:"zone"`
	File     string         `json:"file,omitempty"` // absent for a zone at a provider
	Config   string         `json:"config"`         // "" without one
	Settings []shownSetting `json:"settings"`
}

// shownSetting is a value and where it comes from.
type shownSetting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	// From is config, flag, zone or default; Flag is the flag, and File, Line and
	// Column are the place in the configuration.
	From   string `json:"from"`
	Flag   string `json:"flag,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

func (s *shownSettings) add(key, value string) { s.from("default", key, value) }
func (s *shownSettings) from(from, key, value string) {
	s.Settings = append(s.Settings, shownSetting{Key: key, Value: value, From: from})
}

func (s *shownSettings) flag(flag, key, value string) {
	s.Settings = append(s.Settings, shownSetting{Key: key, Value: value, From: "flag", Flag: flag})
}

func (s *shownSettings) at(p config.Place, key, value string) {
	s.Settings = append(s.Settings, shownSetting{Key: key, Value: value, From: "config", File: p.File, Line: p.Line, Column: p.Column})
}

func (a *app) showConfig(c *urfave.Context) error {
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	if _, err := failLevel(c.String("fail-on")); err != nil {
		return err
	}
	if c.NArg() != 1 {
		return usagef("give a zone file, or the name of a zone at a provider", "config show needs one argument")
	}
	arg := c.Args().First()
	info, statErr := os.Stat(arg)
	apex, nameErr := zone.ParseName(arg, zone.Root)
	isFile := arg == "-" || statErr == nil || nameErr != nil || strings.ContainsAny(arg, `/\`)
	switch {
	case statErr == nil && info.IsDir():
		return usagef("name a zone file, or the name of a zone at a provider", "config show: %s is a folder", arg)
	case arg != "-" && isFile && statErr != nil:
		return &targetError{arg, statErr}
	case !isFile: // standard input stands for the current folder, and is not read
		c = withArguments(c, "-")
	}
	l, err := a.newLint(c)
	if err != nil {
		return err
	}
	defer l.loader.close()
	out := []*shownSettings{}
	if isFile {
		out, err = l.settingsOfFiles(c)
	} else {
		var s *shownSettings
		s, err = l.settingsOf(c, target{config: l.config}, apex, nil)
		out = append(out, s)
	}
	if err != nil {
		return err
	}
	if json {
		return a.print(append(report.JSON(struct {
			Version int              `json:"version"`
			Zones   []*shownSettings `json:"zones"`
		}{1, out}), '\n'))
	}
	return a.print(settingsText(out, report.Painter(colors(color, a.Out))))
}

// withArguments returns the context with other arguments.
func withArguments(c *urfave.Context, args ...string) *urfave.Context {
	set := flag.NewFlagSet(c.Command.Name, flag.ContinueOnError)
	_ = set.Parse(append([]string{"--"}, args...)) // has no flags to get wrong
	sub := urfave.NewContext(c.App, set, c)
	sub.Command = c.Command
	return sub
}

// settingsOfFiles returns the settings of the zones that a file holds or, as a
// configuration of octoDNS, names.
func (l *lint) settingsOfFiles(c *urfave.Context) ([]*shownSettings, error) {
	out := []*shownSettings{}
	if len(l.found.errs) > 0 {
		return nil, l.found.errs[0]
	}
	for _, t := range l.found.targets {
		zones, err := l.loader.load(c.Context, t)
		if err != nil {
			return nil, &targetError{t.name, err}
		}
		for _, z := range zones {
			s, err := l.settingsOf(c, t, z.Apex, z)
			if err != nil {
				return nil, err
			}
			s.File = t.name
			out = append(out, s)
		}
	}
	return out, nil
}

// settingsOf returns the settings of a zone; z is nil if its records are not
// known.
func (l *lint) settingsOf(c *urfave.Context, t target, apex zone.Name, z *zone.Zone) (*shownSettings, error) {
	ln, err := l.lanes.of(t.config, apex)
	if err != nil {
		return nil, err
	}
	s := &shownSettings{Zone: apex.String()}
	if t.config != nil {
		s.Config = t.config.File()
	}
	if z != nil {
		l.addReading(s, c, t)
	}
	l.addPacks(s, c, ln, z)
	l.addRules(s, c, ln)
	if ln.settings != nil {
		for _, e := range ln.settings.Ignores {
			if e.Concerns(apex) {
				s.at(e.At, "ignore", e.String())
			}
		}
	}
	l.addRun(s, c)
	return s, nil
}

// addReading adds how a file is read.
func (l *lint) addReading(s *shownSettings, c *urfave.Context, t target) {
	var from config.Choice[string]
	var origin config.Choice[zone.Name]
	if t.config != nil {
		path := l.configs.cwd.abs(t.path)
		if takes, _ := t.config.Takes(path); !takes {
			s.at(t.config.Place(&t.config.Files), "files", "left out where its folder is checked")
		}
		from, origin = t.config.Reading(path)
	}
	switch {
	case c.IsSet("source"):
		s.flag("--source", "source", c.String("source"))
	case from.Value != "":
		s.at(from.At, "source", from.Value)
	default:
		s.add("source", "auto")
	}
	switch {
	case c.IsSet("origin"):
		s.flag("--origin", "origin", l.loader.options.Origin.String())
	case origin.Value != "":
		s.at(origin.At, "origin", origin.Value.String())
	}
}

// addPacks adds the packs and the values of their variables.
func (l *lint) addPacks(s *shownSettings, c *urfave.Context, ln *lane, z *zone.Zone) {
	set := ln.settings
	switch {
	case len(l.base.selector.Forced) > 0:
		for _, p := range l.base.selector.Forced {
			s.flag("--pack", "packs", p.ID)
		}
	case set != nil && len(set.Packs) > 0:
		for _, p := range set.Packs {
			s.at(p.At, "packs", string(p.Value))
		}
	case z == nil:
		s.add("packs", "those that the zone is recognised to need")
	default:
		ids := []string{}
		for _, d := range ln.detector.Detect(z) {
			ids = append(ids, d.Pack.ID)
		}
		for _, id := range ids {
			s.from("zone", "packs", id)
		}
		if len(ids) == 0 {
			s.add("packs", "none is recognised")
		}
	}
	if set != nil {
		for i := range set.Config.PackFolders {
			p := &set.Config.PackFolders[i]
			s.at(set.Config.Place(p), "pack-folders", string(*p))
		}
		for _, v := range set.Vars {
			if _, given := l.base.selector.Given[v.Value.Name]; !given {
				s.at(v.At, "vars", v.Value.Name+"="+v.Value.Value)
			}
		}
	}
	for _, arg := range c.StringSlice("var") {
		s.flag("--var", "vars", arg)
	}
}

// addRules adds which rules are looked for and how bad their findings are.
func (l *lint) addRules(s *shownSettings, c *urfave.Context, ln *lane) {
	set := ln.settings
	switch {
	case len(l.options.Select) > 0:
		for _, id := range l.options.Select {
			s.flag("--select", "select", id)
		}
	case set != nil && len(set.Select) > 0:
		for _, r := range set.Select {
			s.at(r.At, "select", string(r.Value))
		}
	default:
		s.add("select", "all rules")
	}
	for _, id := range l.options.Ignore {
		s.flag("--ignore", "severity", id+"=off")
	}
	if set != nil {
		for _, v := range effective(ln, l.options) {
			level := "off"
			if v.Value.Level != 0 {
				level = v.Value.Level.String()
			}
			s.at(v.At, "severity", string(v.Value.Rule)+"="+level)
		}
	}
	for _, v := range idList(c.StringSlice("severity")) {
		s.flag("--severity", "severity", v)
	}
}

// effective returns the severities of a configuration that decide about a rule.
func effective(ln *lane, flags rules.Options) []config.Choice[config.RuleLevel] {
	decides := map[int]bool{}
	for _, r := range ln.engine.Rules() {
		if slices.ContainsFunc(flags.Ignore, func(id string) bool { return config.RuleID(id).Matches(r.ID) }) {
			continue
		}
		for i, v := range slices.Backward(ln.settings.Levels) {
			if !v.Value.Rule.Matches(r.ID) {
				continue
			}
			if !flagged(flags, r.ID) && (v.Value.Level != 0 || !slices.Contains(flags.Select, r.ID)) {
				decides[i] = true
			}
			break
		}
	}
	var out []config.Choice[config.RuleLevel]
	for i, v := range ln.settings.Levels {
		if decides[i] {
			out = append(out, v)
		}
	}
	return out
}

// flagged reports whether --severity says something of a rule.
func flagged(flags rules.Options, id string) bool {
	for f := range flags.Severity {
		if config.RuleID(f).Matches(id) {
			return true
		}
	}
	return false
}

// addRun adds what is for a run as a whole.
func (l *lint) addRun(s *shownSettings, c *urfave.Context) {
	var cfg config.Config // of a run without one
	run := l.config
	if run == nil {
		run = &cfg
	}
	switch {
	case c.IsSet("fail-on"):
		s.flag("--fail-on", "fail-on", c.String("fail-on"))
	case run.FailOn != 0:
		s.at(run.Place(&run.FailOn), "fail-on", rules.Severity(run.FailOn).String())
	default:
		s.add("fail-on", c.String("fail-on"))
	}
	for i := range run.Format {
		s.at(run.Place(&run.Format[i]), "format", string(run.Format[i]))
	}
	if len(run.Format) == 0 {
		s.add("format", "text")
	}
	for _, limit := range []struct {
		key      string
		value    *uint16
		place    any
		standard int
	}{
		{"max-changes", run.MaxChanges, &run.MaxChanges, providers.DefaultMaxChanges},
		{"max-deletes", run.MaxDeletes, &run.MaxDeletes, providers.DefaultMaxDeletes},
	} {
		if limit.value != nil {
			s.at(run.Place(limit.place), limit.key, strconv.Itoa(int(*limit.value)))
		} else {
			s.add(limit.key, strconv.Itoa(limit.standard))
		}
	}
}

// settingsText is a table a zone.
func settingsText(list []*shownSettings, paint report.Painter) []byte {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		title := s.Zone
		if s.File != "" {
			title += " (" + s.File + ")"
		}
		b.WriteString(paint.Bold(report.EscapeLine(title)) + "\n")
		if s.Config == "" {
			b.WriteString("  no configuration\n")
		} else {
			fmt.Fprintf(&b, "  configuration %s\n", report.Escape(s.Config))
		}
		b.WriteByte('\n')
		key, value := 0, 0
		for _, v := range s.Settings {
			key, value = max(key, len(v.Key)), max(value, min(len(report.Escape(v.Value)), maxValueColumn))
		}
		last := ""
		for _, v := range s.Settings {
			shown := v.Key
			if shown == last {
				shown = ""
			}
			last = v.Key
			fmt.Fprintf(&b, "  %-*s  %-*s  %s\n", key, shown, value, report.Escape(v.Value), paint.Place(report.Escape(v.origin())))
		}
	}
	return []byte(b.String())
}

// maxValueColumn is how wide the column of the values becomes for long ones.
const maxValueColumn = 50

// origin says where a value comes from.
func (v shownSetting) origin() string {
	switch v.From {
	case "config":
		return config.Place{File: v.File, Line: v.Line, Column: v.Column}.String()
	case "flag":
		return v.Flag
	case "zone":
		return "recognised by the zone"
	}
	return v.From
}
