package cli

import (
	"fmt"
	"io"
	"slices"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/pack/domainconnect"
	"github.com/zonelint/zonelint/zone/resolve"
)

func fromFlag() urfave.Flag {
	return &urfave.StringSliceFlag{Name: "from", Category: groupRules, Usage: "`PACK`: move the zone away from this mail host to that of --pack: remove what belongs to it, and only that; what then stops working is told first; an id or a file, as --pack; repeatable"}
}

// oldHosts returns the packs that --from names. What a pack cannot say of a
// template is not told: it is about records that are to come.
func oldHosts(c *urfave.Context, t *templates) ([]*pack.Pack, error) {
	var out []*pack.Pack
	for _, arg := range c.StringSlice("from") {
		var p *pack.Pack
		var err error
		if isTemplate(arg) {
			var k *domainconnect.Converted
			if k, err = t.convert(arg); err == nil {
				p = k.Pack
			}
		} else {
			p, err = pack.Named(arg)
		}
		if err != nil {
			return nil, packFailure("--from", arg, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// migrationOf returns the move that --from asks for, nil if it asks for none.
func (a *app) migrationOf(c *urfave.Context, s pack.Selector, servers []resolve.Server) (*pack.Migration, error) {
	from, err := oldHosts(c, a.templatesOf(c))
	if err != nil || len(from) == 0 {
		return nil, err
	}
	if len(s.Forced) == 0 {
		return nil, usagef("name the new mail host with --pack", "--from needs --pack")
	}
	m, err := pack.NewMigration(from, s, servers...)
	if err != nil {
		return nil, usagef("", "--from: %v", err)
	}
	return m, nil
}

// tellMove says on w what the move of a zone stops, and what it leaves to do,
// before the change itself is shown.
func (s *surgeon) tellMove(w io.Writer, p report.Painter, name string, r *repair) {
	if r.move == nil {
		return
	}
	say := func(word, what string) {
		paint := p.Bold
		if word == "stops" {
			paint = p.Removed
		}
		fmt.Fprintf(w, "  %s  %s\n", paint(fmt.Sprintf("%-5s", word)), report.Escape(what))
	}
	fmt.Fprintln(w, p.Bold(report.EscapeLine(name)))
	if len(r.move.Changes) == 0 {
		say("note", "the zone shows nothing of "+s.migration.From()+" to be removed")
	}
	for _, what := range r.move.Losses {
		say("stops", what)
	}
	for _, what := range r.move.Notes {
		say("note", what)
	}
}

// variablesBeside returns the names of variables that packs have and others
// have not.
func variablesBeside(p *pack.Pack, others []*pack.Pack) []string {
	var out []string
	for _, v := range p.Variables {
		if !slices.ContainsFunc(others, func(o *pack.Pack) bool {
			return slices.ContainsFunc(o.Variables, func(w pack.Variable) bool { return w.Name == v.Name })
		}) {
			out = append(out, v.Name)
		}
	}
	return out
}
