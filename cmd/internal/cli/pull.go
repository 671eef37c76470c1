package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func (a *app) pullCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "pull",
		Usage:     "print a zone of a DNS provider as a master file",
		ArgsUsage: "[ZONE]",
		Description: "Prints all records of a zone at a provider as a master file. " +
			"It is read again before it is printed, and holds the same records.\n\n" +
			"Exits with 0 if the zone was printed, 2 on wrong usage, 3 if it could not be read wholly.",
		Flags:  []urfave.Flag{providerFlag()},
		Action: a.pull,
	}
}

func (a *app) pull(c *urfave.Context) error {
	switch {
	case c.String("provider") == "":
		return usagef("name one with --provider (\"zonelint providers\" lists them)", "pull needs a provider")
	case c.NArg() > 1:
		return usagef("", "pull prints one zone, but got %d names", c.NArg())
	}
	acc, err := a.openAccount(c.String("provider"))
	if err != nil {
		return err
	}
	names, err := acc.names(c.Context, c.Args().Slice(), false)
	if err != nil {
		return err
	}
	s, err := acc.snapshot(c.Context, names[0])
	if err != nil {
		return err
	}
	text, err := masterText(s)
	if err != nil {
		return fmt.Errorf("%s: %w", acc.place(s.Apex), err)
	}
	if err := a.print(text); err != nil {
		return err
	}
	acc.tellUnread(s)
	if slices.ContainsFunc(s.Unread, func(u providers.Unread) bool { return !u.Computed }) {
		return errReported
	}
	return nil
}

// masterText writes a zone as a master file: the SOA and NS records of the apex
// first, then the rest by owner and type. What it returns was read again.
func masterText(s *providers.Snapshot) ([]byte, error) {
	items := slices.Clone(s.Items)
	slices.SortStableFunc(items, func(a, b providers.Item) int { return compareServed(s.Apex, a.Record, b.Record) })
	owners, ttls := 0, 0 // widths of the columns
	for _, it := range items {
		owners = max(owners, len(it.Record.Name.Relative(s.Apex)))
		ttls = max(ttls, len(fmt.Sprint(it.Record.TTL)))
	}
	owners = min(owners, 40)
	var b bytes.Buffer
	fmt.Fprintf(&b, "$ORIGIN %s\n", s.Apex)
	if !slices.ContainsFunc(items, func(it providers.Item) bool { return it.Record.Type == zone.TypeSOA }) {
		b.WriteString("; the provider does not tell the SOA record\n")
	}
	for _, it := range items {
		r := it.Record
		line := fmt.Sprintf("%-*s %*d %s %s %s", owners, r.Name.Relative(s.Apex), ttls, r.TTL, r.Class, r.Type, r.RData())
		if it.Comment != "" {
			line += " ; " + report.Escape(it.Comment)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	z, err := masterfile.Parse("zone", b.Bytes(), masterfile.Options{Origin: s.Apex})
	if err != nil {
		return nil, fmt.Errorf("the zone cannot be written as a master file: %w", err)
	}
	if z.Len() != len(items) {
		return nil, fmt.Errorf("the zone cannot be written as a master file: %d of its %d records are read from it", z.Len(), len(items))
	}
	if r, ok := firstLost(items, z); ok {
		return nil, fmt.Errorf("%s cannot be written into a master file", r)
	}
	return b.Bytes(), nil
}

// compareServed orders records for reading.
func compareServed(apex zone.Name, a, b zone.Record) int {
	rank := func(r zone.Record) int {
		switch {
		case r.Name == apex && r.Type == zone.TypeSOA:
			return 0
		case r.Name == apex && r.Type == zone.TypeNS:
			return 1
		}
		return 2
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	if d := zone.CompareNames(a.Name, b.Name); d != 0 {
		return d
	}
	return int(a.Type) - int(b.Type)
}

// firstLost returns a record that a zone has not.
func firstLost(items []providers.Item, z *zone.Zone) (zone.Record, bool) {
	for _, it := range items {
		r := it.Record
		if !slices.ContainsFunc(z.RRset(r.Name, r.Type), func(o zone.Record) bool { return o.Same(r) }) {
			return r, true
		}
	}
	return zone.Record{}, false
}
