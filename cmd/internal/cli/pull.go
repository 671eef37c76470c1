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
		Usage:     "print a zone of a DNS provider or name server as a master file",
		ArgsUsage: "[ZONE|axfr://SERVER/ZONE]",
		Description: "Prints all records of a zone at a provider as a master file. " +
			"It is read again before it is printed, and holds the same records. " +
			"axfr://SERVER[:PORT]/ZONE is a zone that the name server lets be transferred; the request is signed if RFC2136_TSIG_KEY and RFC2136_TSIG_SECRET are set.\n\n" +
			"Exits with 0 if the zone was printed, 2 on wrong usage, 3 if it could not be read wholly.",
		Flags:  []urfave.Flag{providerFlag()},
		Action: a.pull,
	}
}

func (a *app) pull(c *urfave.Context) error {
	args := c.Args().Slice()
	transfer := namesTransfer(args)
	switch {
	case c.IsSet("provider") && transfer:
		return usagef("leave one of them out", "--provider and axfr:// are two ways to read a zone")
	case c.String("provider") == "" && !transfer:
		return usagef("name one with --provider (\"zonelint providers\" lists them), or a name server with axfr://SERVER/ZONE", "pull needs a provider")
	case len(args) > 1:
		return usagef("", "pull prints one zone, but got %d names", len(args))
	}
	s, r, err := a.pulled(c, transfer)
	if err != nil {
		return err
	}
	text, err := masterText(s)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Apex, err)
	}
	if err := a.print(text); err != nil {
		return err
	}
	a.tellUnread(s, r)
	if slices.ContainsFunc(s.Unread, func(u providers.Unread) bool { return !u.Computed }) {
		return errReported
	}
	return nil
}

// pulled reads the zone that the arguments name.
func (a *app) pulled(c *urfave.Context, transfer bool) (*providers.Snapshot, *providers.Redactor, error) {
	args := c.Args().Slice()
	if transfer {
		targets, err := transferTargets(args)
		if err != nil {
			return nil, nil, err
		}
		s, err := a.transfer(c.Context, targets[0])
		return s, transferSecret(), err
	}
	acc, err := a.openAccount(c.String("provider"))
	if err != nil {
		return nil, nil, err
	}
	names, err := acc.names(c.Context, args, false)
	if err != nil {
		return nil, nil, err
	}
	s, err := acc.snapshot(c.Context, names[0])
	return s, acc.redactor, err
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
