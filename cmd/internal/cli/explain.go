package cli

import (
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
)

// builtinRules are the rules with the packs that come with zonelint.
func builtinRules() []*rules.Rule { return all.Rules(pack.Selector{All: pack.Builtin()}) }

func (a *app) explainCommand() *urfave.Command {
	return &urfave.Command{
		Name:        "explain",
		Usage:       "say what a rule looks for and why",
		ArgsUsage:   "RULE...",
		Description: "Prints what each rule looks for, why it matters for mail, a bad and a good example, and the sections that it rests on.",
		Flags:       []urfave.Flag{colorFlag()},
		Action: func(c *urfave.Context) error {
			color := c.String("color")
			if err := checkColor(color); err != nil {
				return err
			}
			ids := idList(c.Args().Slice())
			if len(ids) == 0 {
				return usagef("\"zonelint rules\" lists them", "explain needs the name of a rule")
			}
			list := builtinRules()
			var chosen []*rules.Rule
			for _, id := range ids {
				r := ruleNamed(list, id)
				if r == nil {
					return unknownRule(id, list)
				}
				chosen = append(chosen, r)
			}
			var b strings.Builder
			for i, r := range chosen {
				if i > 0 {
					b.WriteString("\n" + strings.Repeat("-", helpWidth) + "\n\n")
				}
				explain(&b, r, report.Painter(colors(color, a.Out)))
			}
			return a.print([]byte(b.String()))
		},
	}
}

func ruleNamed(list []*rules.Rule, id string) *rules.Rule {
	for _, r := range list {
		if strings.EqualFold(r.ID, id) {
			return r
		}
	}
	return nil
}

// fixWords says what a class of fix means.
func fixWords(s rules.Safety) string {
	switch s {
	case rules.Safe:
		return "\"zonelint fix\" mends it."
	case rules.Unsafe:
		return "\"zonelint fix --unsafe\" mends it: the fix replaces or removes something that is published."
	case rules.Manual:
		return "By hand: it needs a fact that the zone does not hold; the finding says which."
	}
	return "None: what is right depends on what is meant."
}

// explain writes the documentation of a rule.
func explain(b *strings.Builder, r *rules.Rule, p report.Painter) {
	b.WriteString(p.Bold(r.ID) + " (" + p.Severity(r.Severity, r.Severity.String()) + ")\n")
	b.WriteString(fill(sentence(r.Summary), "", helpWidth))
	section := func(title string) { b.WriteString("\n" + p.Bold(title) + "\n") }
	section("What it looks for")
	b.WriteString(fill(r.What, "  ", helpWidth))
	section("Why it matters")
	b.WriteString(fill(r.Why, "  ", helpWidth))
	section("Bad")
	b.WriteString(p.Removed(example(r.Bad)))
	section("Good")
	b.WriteString(p.Added(example(r.Good)))
	section("Fix")
	b.WriteString(fill(fixWords(r.Fix), "  ", helpWidth))
	if len(r.Packs) > 0 {
		section("Packs of the examples")
		b.WriteString("  " + strings.Join(r.Packs, ", ") + "\n")
	}
	section("References")
	for _, ref := range r.Refs {
		b.WriteString("  " + ref + "\n")
	}
}

// sentence makes a sentence of a summary.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// example indents the records of an example; they keep their lines.
func example(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(s, "\n")) {
		b.WriteString("  " + strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}
