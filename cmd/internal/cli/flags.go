package cli

import (
	"errors"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/pack/domainconnect"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/rules/transport"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// The groups of flags in the help of a command.
const (
	groupNew      = "Only what is new"
	groupOutput   = "Output"
	groupProvider = "Zones at a DNS provider"
	groupRules    = "Rules"
	groupReading  = "Reading"
	groupPlans    = "Terraform plans and states"
	groupWorld    = "Names outside of the zone"
	groupConfig   = "Configuration"
	groupLimits   = "Limits on what one zone may cost"
)

// defaultStdinName is what standard input is called if nothing else is said.
const defaultStdinName = "<stdin>"

// ruleFlags choose what is looked for.
func ruleFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringSliceFlag{Name: "pack", Category: groupRules, Usage: "`PACK`: check what this mail host asks for; an id, a .yaml file or a Domain Connect template (.json); repeatable; a folder of .yaml files adds packs to those that are recognised; without it the host is recognised by MX, SPF and autoconfig"},
		&urfave.StringSliceFlag{Name: "var", Category: groupRules, Usage: "`NAME=VALUE`: give a variable of a pack its value (\"zonelint packs show\" tells them) or of a Domain Connect template; repeatable"},
		groupFlag(),
		&urfave.BoolFlag{Name: "client-srv", Category: groupRules, Usage: "look for the SRV records too by which some mail programs find the servers of the mail host (pack-client-srv)"},
		&urfave.StringSliceFlag{Name: "mta-sts-policy", Category: groupRules, Usage: "`FILE`: check this MTA-STS policy (mta-sts.txt) with the domains that have MTA-STS; DOMAIN=FILE for one domain; repeatable"},
		&urfave.StringSliceFlag{Name: "select", Category: groupRules, Usage: "`RULES`: look for these rules only; ids with commas between, \"spf-*\" for a family; repeatable"},
		&urfave.StringSliceFlag{Name: "ignore", Category: groupRules, Usage: "`RULES`: leave these rules out; as --select"},
		&urfave.StringSliceFlag{Name: "severity", Category: groupRules, Usage: "`RULE=LEVEL`: give findings of a rule another severity; error, warning or info; repeatable"},
	}
}

// readingFlags say how zones are read.
func readingFlags() []urfave.Flag {
	d := masterfile.DefaultLimits
	return []urfave.Flag{
		&urfave.StringFlag{Name: "source", Category: groupReading, Usage: "`KIND`: what kind of file the zones stand in: " + strings.Join(sourceNames(), ", ") + "; auto tells it by the content (default: auto)"},
		&urfave.StringFlag{Name: "origin", Category: groupReading, Usage: "`NAME`: the name of the zone, where neither $ORIGIN, the SOA record nor the file name tells it"},
		&urfave.StringFlag{Name: "stdin-filename", Category: groupReading, Value: defaultStdinName, Usage: "`NAME`: what to call standard input (-) in findings; a name like example.com.zone tells the origin"},
		&urfave.StringFlag{Name: "include-root", Category: groupReading, Usage: "`DIR`: let $INCLUDE read files of this folder; without it those of the current folder, or of the zone's own if that lies elsewhere"},
		&urfave.IntFlag{Name: "jobs", Category: groupReading, Usage: "`N`: read so many files at a time (default: one for each processor)"},
		&urfave.StringFlag{Name: "max-file-size", Category: groupLimits, Usage: "`SIZE`: octets of a file, or with K, M or G (default: 1G)"},
		&urfave.IntFlag{Name: "max-records", Category: groupLimits, Usage: "`N`: records (default: " + strconv.Itoa(d.Records) + ")"},
		&urfave.IntFlag{Name: "max-generate", Category: groupLimits, Usage: "`N`: records made by $GENERATE (default: " + strconv.Itoa(d.Generate) + ")"},
		&urfave.IntFlag{Name: "max-include-depth", Category: groupLimits, Usage: "`N`: files that include each other (default: " + strconv.Itoa(d.IncludeDepth) + ")"},
		&urfave.IntFlag{Name: "max-include-files", Category: groupLimits, Usage: "`N`: files in all (default: " + strconv.Itoa(d.IncludeFiles) + ")"},
	}
}

// failOnFlag is --fail-on of check.
func failOnFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "fail-on", Category: groupRules, Value: "error", Usage: "`LEVEL`: exit with 1 on findings of this severity or worse: error, warning or info; or never (default: error)"}
}

func colorFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "color", Category: groupOutput, Value: "auto", Usage: "`WHEN`: auto, always or never; auto is for terminals without NO_COLOR and TERM=dumb"}
}

// readingOptions reads the flags of readingFlags.
func readingOptions(c *urfave.Context) (o masterfile.Options, jobs int, err error) {
	if s := c.String("origin"); s != "" {
		if o.Origin, err = zone.ParseName(s, zone.Root); err != nil {
			return o, 0, usagef("give a domain name like example.com", "--origin %q: %v", s, err)
		}
	}
	if s := c.String("max-file-size"); s != "" {
		if o.Limits.FileSize, err = parseSize(s); err != nil {
			return o, 0, usagef("give a number of octets, or one with K, M or G, up to 4G", "--max-file-size %q: %v", s, err)
		}
	}
	for _, f := range []struct {
		name string
		dst  *int
	}{
		{"max-records", &o.Limits.Records},
		{"max-generate", &o.Limits.Generate},
		{"max-include-depth", &o.Limits.IncludeDepth},
		{"max-include-files", &o.Limits.IncludeFiles},
		{"jobs", &jobs},
	} {
		if !c.IsSet(f.name) {
			continue
		}
		if *f.dst = c.Int(f.name); *f.dst < 1 {
			return o, 0, usagef("give a number of at least 1", "--%s %d", f.name, *f.dst)
		}
	}
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	return o, jobs, nil
}

// parseSize reads a number of octets with an optional unit of 1024, 1024^2 or
// 1024^3.
func parseSize(s string) (int64, error) {
	shift := 0
	digits := strings.TrimSuffix(strings.ToUpper(s), "B")
	if n := len(digits) - 1; n >= 0 {
		if i := strings.IndexByte("KMG", digits[n]); i >= 0 {
			shift, digits = 10*(i+1), digits[:n]
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil:
		return 0, errors.New("not a size")
	case n < 1:
		return 0, errors.New("less than 1")
	case n > (math.MaxUint32-1)>>shift && n<<shift != 1<<32:
		return 0, errors.New("more than can be read")
	}
	return min(n<<shift, math.MaxUint32-1), nil
}

// selectorOf returns the packs that --pack chooses; the packs of a folder are
// added to those that a zone may be recognised to need.
// Variables may also be those of further packs, which a configuration chooses.
func (a *app) selectorOf(c *urfave.Context, further ...*pack.Pack) (pack.Selector, error) {
	s := pack.Selector{All: pack.Builtin(), ClientSRV: c.Bool("client-srv")}
	t := a.templatesOf(c)
	links := newStrays(currentDir())
	for _, arg := range c.StringSlice("pack") {
		if links.leave(arg) {
			return s, usagef("", "--pack %s: %v", arg, errStray)
		}
		if fi, err := os.Stat(arg); err == nil && fi.IsDir() {
			folder, err := pack.LoadFolder(arg)
			if err != nil {
				return s, packFailure("--pack", arg, err)
			}
			s.All = pack.Over(s.All, folder)
			continue
		}
		p, err := t.named(arg)
		if err != nil {
			return s, packFailure("--pack", arg, err)
		}
		s.Forced = append(s.Forced, p)
	}
	from, err := oldHosts(c, t)
	if err != nil {
		return s, err
	}
	if err := t.checkGroups(); err != nil {
		return s, err
	}
	s.Given, err = variablesOf(c, s, from, further)
	return s, err
}

// variablesOf returns the values that --var gives to variables of packs, those
// of --from among them.
func variablesOf(c *urfave.Context, s pack.Selector, from, further []*pack.Pack) (pack.Bindings, error) {
	packs := s.Forced
	if len(packs) == 0 {
		packs = slices.Concat(s.All, further)
	}
	known := templateVariables(slices.Concat(c.StringSlice("pack"), c.StringSlice("from")))
	for _, p := range slices.Concat(packs, from) {
		for _, v := range p.Variables {
			known[v.Name] = true
		}
	}
	given := pack.Bindings{}
	for _, arg := range c.StringSlice("var") {
		name, value, ok := strings.Cut(arg, "=")
		switch {
		case !ok || value == "":
			return nil, usagef("write --var NAME=VALUE", "--var %q has no value", arg)
		case !known[name]:
			return nil, unknownVariable(name, slices.Sorted(maps.Keys(known)))
		}
		if old, twice := given[name]; twice && old != value {
			return nil, usagef("give it once", "--var %s has the values %q and %q", name, old, value)
		}
		given[name] = value
	}
	for _, p := range s.Forced { // another pack may mean something else by the name
		if err := p.Takes(given); err != nil {
			return nil, usagef("", "--var: %v", err)
		}
	}
	for _, p := range from {
		own := pack.Bindings{}
		for _, name := range variablesBeside(p, s.Forced) {
			if value, ok := given[name]; ok {
				own[name] = value
			}
		}
		if err := p.Takes(own); err != nil {
			return nil, usagef("", "--var: %v", err)
		}
	}
	return given, nil
}

func unknownVariable(name string, known []string) error {
	if like := spelling.Near(name, known); len(like) > 0 {
		return usagef(didYouMean(like), "no pack in use has a variable %q", name)
	}
	return usagef("\"zonelint packs show ID\" tells the variables of a pack", "no pack in use has a variable %q", name)
}

// packFailure is an error about a pack as users see it: a mistake in usage.
func packFailure(flag, arg string, err error) error {
	var unknown *pack.UnknownError
	var format *pack.FormatError
	var template *domainconnect.Error
	switch {
	case errors.Is(err, domainconnect.ErrHostRequired):
		return usagef("--var host=NAME does", "%v", err)
	case errors.As(err, &unknown), errors.As(err, &format), errors.As(err, &template):
		return usagef("", "%v", err)
	}
	return usagef("", "%s %s: %s", flag, arg, describe(err))
}

// ruleOptions reads the flags of ruleFlags that choose rules.
func ruleOptions(c *urfave.Context) (rules.Options, error) {
	o := rules.Options{Select: idList(c.StringSlice("select")), Ignore: idList(c.StringSlice("ignore")), Severity: map[string]rules.Severity{}}
	for _, v := range idList(c.StringSlice("severity")) {
		id, level, ok := strings.Cut(v, "=")
		if !ok {
			return o, usagef("write --severity RULE=LEVEL", "--severity %q has no level", v)
		}
		sev, err := severityOf("--severity", level)
		if err != nil {
			return o, err
		}
		o.Severity[id] = sev
	}
	return o, nil
}

// engineOf makes the engine that flags ask for.
func engineOf(s pack.Selector, policies []*transport.Policy, o rules.Options) (*rules.Engine, error) {
	list := all.Rules(s, policies...)
	e, err := rules.NewEngine(list, o)
	var unknown *rules.UnknownRuleError
	if errors.As(err, &unknown) {
		return nil, unknownRule(unknown.ID, list)
	}
	return e, err
}

// idList splits lists with commas.
func idList(values []string) []string {
	var out []string
	for _, v := range values {
		for id := range strings.SplitSeq(v, ",") {
			if id = strings.TrimSpace(id); id != "" {
				out = append(out, id)
			}
		}
	}
	return out
}

func unknownRule(id string, list []*rules.Rule) error {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	if like := spelling.Near(id, ids); len(like) > 0 {
		return usagef(didYouMean(like), "no rule is called %q", id)
	}
	return usagef("\"zonelint rules\" lists them", "no rule is called %q", id)
}

// levels are the names of the severities, the worst first.
var levels = []string{"error", "warning", "info"}

// failLevels are the values of --fail-on of check.
var failLevels = append(slices.Clone(levels), "never")

// failLevel returns the severity from which on check fails.
func failLevel(value string) (rules.Severity, error) {
	if value == "never" {
		return report.Never, nil
	}
	if s, ok := rules.ParseSeverity(value); ok {
		return s, nil
	}
	return 0, oneOf("--fail-on", value, failLevels)
}

func severityOf(flag, value string) (rules.Severity, error) {
	s, ok := rules.ParseSeverity(value)
	if !ok {
		return 0, oneOf(flag, value, levels)
	}
	return s, nil
}
