package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// maxFollowed bounds the terms that a tree follows, maxTreeTerms those that are
// shown: records of a hostile source may multiply.
const (
	maxFollowed  = 4096
	maxTreeTerms = 10_000
)

func (a *app) spfTreeCommand() *urfave.Command {
	reading := slices.DeleteFunc(readingFlags(), func(f urfave.Flag) bool { return slices.Contains(f.Names(), "jobs") })
	return &urfave.Command{
		Name:      "tree",
		Usage:     "show what an SPF record costs and where it leads",
		ArgsUsage: "FILE|-|ZONE [NAME]",
		Description: "Shows the SPF record of a zone, or of a NAME in it, with the records that it includes and redirects to: what each term costs in DNS lookups for a host that no term matches, the sum up to there, and what is wrong with it. " +
			"Everything is shown, over the limit of 10 too. A record that is in no zone is unknown; --zonedata and --live tell of such. ZONE is a domain in place of a file, for the DNS as it is with --live.\n\n" +
			"Exits with 0, with 1 if there is no SPF record or if its evaluation certainly ends in a permanent error for a host that no term matches, 2 on wrong usage, 3 if a file could not be read.",
		Flags:  slices.Concat([]urfave.Flag{listFormatFlag(), colorFlag()}, worldFlags(), reading),
		Action: a.spfTree,
	}
}

func (a *app) spfTree(c *urfave.Context) error {
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	options, _, err := readingOptions(c)
	if err != nil {
		return err
	}
	if n := c.NArg(); n < 1 || n > 2 {
		return usagef("name the file of one zone, or - for standard input, and a NAME in it if it is not the zone itself", "spf tree needs one zone, but got %d arguments", n)
	}
	l, err := a.loaderOf(c, options)
	if err != nil {
		return err
	}
	defer l.close()
	servers, err := a.serversOf(c, l, nil)
	if err != nil {
		return err
	}
	var z *zone.Zone
	first := c.Args().First()
	domain, isName := zoneArgument(first)
	if !isName || !asksOutside(c) {
		if z, err = a.oneZone(c, l, first); err != nil {
			if isName && errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%w; for a domain add --live, which asks the DNS, or --zonedata", err)
			}
			return err
		}
		domain = z.Apex
	}
	if c.NArg() == 2 {
		if domain, err = nameWithin(c.Args().Get(1), domain); err != nil {
			return usagef("give a name of the zone, such as _spf or mail.example.com", "%q: %v", c.Args().Get(1), err)
		}
	}
	t := spf.Grow(z, servers, domain, maxFollowed)
	if err := c.Context.Err(); err != nil {
		return err
	}
	out := spfTreeText(t, report.Painter(colors(color, a.Out)), !asksOutside(c))
	if json {
		out = append(report.JSON(spfTreeJSON(t)), '\n')
	}
	if err := a.print(out); err != nil {
		return err
	}
	if t.Fails() {
		return errFindings
	}
	return nil
}

// zoneArgument reads an argument that is a domain rather than a file: no file
// has the name, and it has a dot in it.
func zoneArgument(arg string) (zone.Name, bool) {
	if _, err := os.Stat(arg); err == nil || arg == "-" || strings.ContainsAny(arg, `/\`) || !strings.Contains(arg, ".") {
		return "", false
	}
	n, err := zone.ParseName(arg, zone.Root)
	return n, err == nil
}

// nameWithin reads a name of a zone: as in a master file, but that a name which
// ends in that of the zone is taken to be whole.
func nameWithin(s string, apex zone.Name) (zone.Name, error) {
	if whole, err := zone.ParseName(s, zone.Root); err == nil && whole.Within(apex) && s != "@" {
		return whole, nil
	}
	return zone.ParseName(s, apex)
}

// treeLine is a term as both formats show it.
type treeLine struct {
	branch *spf.Branch
	tree   *spf.Tree // that the term stands in
	depth  int
	sum    int // terms that query the DNS, up to this one
}

// walkTree calls visit with the terms of a tree in the order of evaluation;
// those below a term come behind it. It returns false if there are too many.
func walkTree(t *spf.Tree, visit func(l treeLine)) bool {
	sum, left := 0, maxTreeTerms
	var walk func(t *spf.Tree, depth int) bool
	walk = func(t *spf.Tree, depth int) bool {
		for i := range t.Branches {
			b := &t.Branches[i]
			if left--; left < 0 {
				return false
			}
			if b.Lookups > 0 {
				sum++
			}
			visit(treeLine{b, t, depth, sum})
			if b.Tree != nil && !walk(b.Tree, depth+1) {
				return false
			}
		}
		return true
	}
	return walk(t, 0) && !t.Cut()
}

// treeFault says what is wrong with a term for certain, "" if nothing.
func treeFault(b *spf.Branch) string {
	switch b.Stop {
	case spf.StopNone:
		return b.Target.String() + " has no SPF record: permanent error"
	case spf.StopSeveral:
		return b.Target.String() + " has several SPF records: permanent error"
	case spf.StopInvalid:
		return "its record has syntax errors: permanent error"
	case spf.StopLoop:
		return "leads back to " + b.Target.String() + ": permanent error"
	case spf.StopMX:
		return fmt.Sprintf("%d MX records, and %d are allowed: permanent error", b.MX, spf.MaxMX)
	}
	return ""
}

// treeNotes says what else there is to know of a term.
func treeNotes(b *spf.Branch) []string {
	var notes []string
	switch {
	case !b.Tested && b.Term.Kind.Mechanism() || !b.Tested && b.Term.Kind == spf.Redirect:
		return []string{"not tested"}
	case b.Term.Faulty:
		return []string{"syntax error"}
	case b.Null && b.MX == 1:
		notes = append(notes, "takes no mail, so that nobody passes")
	}
	switch b.Void {
	case spf.Both:
		notes = append(notes, "void: "+b.Target.String()+" has no such record")
	case spf.IPv4:
		notes = append(notes, "void for IPv4 hosts: no A record")
	case spf.IPv6:
		notes = append(notes, "void for IPv6 hosts: no AAAA record")
	}
	if b.Term.Kind != spf.Include && b.Term.Kind != spf.Redirect {
		return notes
	}
	switch {
	case b.Target == "":
		notes = append(notes, "unknown: the name depends on the message")
	case b.Tree == nil:
	case b.Tree.State == spf.Unasked && b.Tree.Err != nil:
		notes = append(notes, "unknown: "+b.Tree.Err.Error())
	case b.Tree.State == spf.Unasked:
		notes = append(notes, "unknown: may cost more")
	case b.Tree.Date != "":
		notes = append(notes, "as of "+b.Tree.Date)
	}
	return notes
}
