package cli

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/pack/domainconnect"
	"github.com/zonelint/zonelint/rules/spelling"
)

func groupFlag() urfave.Flag {
	return &urfave.StringSliceFlag{Name: "group", Category: groupRules, Usage: "`GROUP`: of a Domain Connect template take the records of this group and those of none; without it all; repeatable"}
}

// hostVariable is what --var calls the host below the domain that a template is
// for.
const hostVariable = "host"

// isTemplate reports whether an argument of --pack is a Domain Connect template.
func isTemplate(arg string) bool { return strings.EqualFold(filepath.Ext(arg), ".json") }

// templates reads packs, Domain Connect templates among them.
type templates struct {
	*app
	options domainconnect.Options
	groups  map[string]bool // of all templates read
	read    bool
	err     error
}

// templatesOf takes from --var and --group what templates use of them.
func (a *app) templatesOf(c *urfave.Context) *templates {
	t := &templates{app: a, groups: map[string]bool{}}
	now, err := clock()
	t.err = err
	t.options = domainconnect.Options{Groups: c.StringSlice("group"), Params: map[string]string{}, Checked: now.UTC()}
	for _, arg := range c.StringSlice("var") {
		if name, value, ok := strings.Cut(arg, "="); ok {
			t.options.Params[name] = value
		}
	}
	t.options.Host = t.options.Params[hostVariable]
	return t
}

// named returns the pack that an argument of --pack means. What a pack cannot
// say of a template is told. Its errors are those of pack.Named and of
// domainconnect.
func (t *templates) named(arg string) (*pack.Pack, error) {
	if !isTemplate(arg) {
		return pack.Named(arg)
	}
	k, err := t.convert(arg)
	if err != nil {
		return nil, err
	}
	for _, n := range k.Notes {
		t.complain("%s:%d:%d: note: %s", arg, n.Line, n.Column, n.Message)
	}
	return k.Pack, nil
}

// convert makes a pack of a template.
func (t *templates) convert(path string) (*domainconnect.Converted, error) {
	if t.err != nil {
		return nil, t.err
	}
	template, err := domainconnect.Load(path)
	if err != nil {
		return nil, err
	}
	t.read = true
	for _, g := range template.Groups() {
		t.groups[g] = true
	}
	return domainconnect.Convert(template, t.options)
}

// templateVariables returns the variables of the templates among the arguments
// of --pack. What is wrong with one is told where it is converted.
func templateVariables(args []string) map[string]bool {
	out := map[string]bool{}
	for _, arg := range args {
		if !isTemplate(arg) {
			continue
		}
		if t, err := domainconnect.Load(arg); err == nil {
			out[hostVariable] = true
			for _, name := range t.Variables(nil) {
				out[name] = true
			}
		}
	}
	return out
}

// checkGroups returns an error if --group names none of the templates' groups.
func (t *templates) checkGroups() error {
	groups := slices.Sorted(maps.Keys(t.groups))
	for _, g := range t.options.Groups {
		like := spelling.Near(g, groups)
		switch {
		case !t.read:
			return usagef("name one with --pack FILE.json", "--group chooses records of a Domain Connect template, and none is in use")
		case t.groups[g]:
		case len(groups) == 0:
			return usagef("leave --group out", "--group %s: the template has no groups", g)
		case len(like) > 0:
			return usagef(didYouMean(like), "no group of the template is called %q", g)
		default:
			return usagef("", "no group of the template is called %q; it has %s", g, strings.Join(groups, ", "))
		}
	}
	return nil
}
