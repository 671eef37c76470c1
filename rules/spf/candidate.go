package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Candidate is a TXT record that is an SPF record or meant as one.
type Candidate struct {
	Record zone.Record
	SPF    *Record // its text, parsed; Form is not Other

	grower *grower // nil where what lies outside of the record is not asked for
	grown  *Tree   // made by tree
	room   *Tree   // that tree may use again; nil if none
	quiet  bool    // verdicts are only counted
}

// At returns a finding about the octets from to to of the record's text.
func (c *Candidate) At(from, to int, message string) rules.Finding {
	return rules.At(c.Record, zone.TextPart(from, to), message)
}

// maxFollowed bounds the terms that are followed for one record. Ten are too
// many for receivers, so that more than this tells nothing new.
const maxFollowed = 128

// tree returns what an evaluation of the record comes to; nil if it has no term
// that queries the DNS, or if nobody is to be asked.
func (c *Candidate) tree() *Tree {
	if c.grown == nil && c.grower != nil && c.SPF.Lookups() > 0 {
		t := c.room
		if t == nil {
			t = &Tree{}
		}
		*t = Tree{Domain: c.Record.Name, State: Published, Record: c.Record, SPF: c.SPF, Branches: t.Branches[:0], Voids: t.Voids[:0]}
		c.grown = t
		c.grower.left = maxFollowed
		c.grower.grow(c.grown)
	}
	return c.grown
}

// Candidates is the subject of every TXT record of the zone, at any owner,
// that is or is meant as SPF. What it hands out is good for that visit only.
var Candidates = &rules.Subject[*Candidate]{New: func() func(*rules.Pass, func(*Candidate)) {
	return (&Candidate{SPF: &Record{}, grower: &grower{}, room: &Tree{}}).each
}}

func (c *Candidate) each(p *rules.Pass, visit func(*Candidate)) {
	*c.grower = grower{zone: p.Zone, servers: p.Servers}
	for rec := range p.Zone.OfType(zone.TypeTXT) {
		if !mayBeSPF(rec) {
			continue
		}
		if c.SPF.read(rec.Text()); c.SPF.Form == Other || unquoted(rec, c.SPF) {
			continue
		}
		c.Record, c.grown = rec, nil
		visit(c)
	}
}

// unquoted reports whether a text was written without quotes, so that its
// blanks are lost ("v=spf1mx-all"). That is one mistake, and not one of SPF:
// nothing else can be said about such a record.
func unquoted(rec zone.Record, r *Record) bool {
	if rec.Notes&zone.Unquoted == 0 || r.Form != Meant {
		return false
	}
	written := rec.Strings()
	at, _ := leading(written[0])
	return len(written) > 1 && strings.EqualFold(written[0][at:], versionSection)
}

// At returns the TXT records of an owner that are or are meant as SPF, in the
// order of the source.
func At(z *zone.Zone, owner zone.Name) []Candidate {
	n, ok := z.Node(owner)
	if !ok || !n.Has(zone.TypeTXT) {
		return nil
	}
	return of(n)
}

func of(n zone.Node) []Candidate {
	var out []Candidate
	for rec := range n.Of(zone.TypeTXT) {
		if !mayBeSPF(rec) {
			continue
		}
		if r := Parse(rec.Text()); r.Form != Other {
			out = append(out, Candidate{Record: rec, SPF: r})
		}
	}
	return out
}

// mayBeSPF is the test that most TXT records fail.
func mayBeSPF(r zone.Record) bool {
	s := r.TextPrefix(12)
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case octets[c] != visible || strings.IndexByte("\"'`", c) >= 0:
		return true
	case c|0x20 == 'v' || c|0x20 == 's' || c == '=':
		return hasPrefixFold(s, versionSection) || mentionsSPF(s)
	}
	return false
}

// owner is a name at which not exactly one SPF record is to be found.
type owner struct {
	selected []Candidate // those of the form SPF
	meant    []Candidate // the others
}

// owners is the subject of every owner with several SPF records, or with a text
// that is only meant as one.
var owners = &rules.Subject[owner]{Each: func(p *rules.Pass, visit func(owner)) {
	for n := range p.Zone.NodesOf(zone.TypeTXT) {
		if !disputed(n) {
			continue
		}
		var o owner
		for _, c := range of(n) {
			switch {
			case c.SPF.Form == SPF:
				o.selected = append(o.selected, c)
			case !unquoted(c.Record, c.SPF):
				o.meant = append(o.meant, c)
			}
		}
		if len(o.selected) > 1 || len(o.meant) > 0 {
			visit(o)
		}
	}
}}

// disputed reports whether an owner may be one of owners, without parsing.
func disputed(n zone.Node) bool {
	records := 0
	for rec := range n.Of(zone.TypeTXT) {
		if !mayBeSPF(rec) {
			continue
		}
		if !selected(rec) {
			return true
		}
		records++
	}
	return records > 1
}

// selected reports whether receivers select a record (RFC 7208, section 4.5),
// without parsing.
func selected(rec zone.Record) bool {
	// One octet more than the version section tells its end too.
	s := rec.TextPrefix(len(versionSection) + 1)
	return hasPrefixFold(s, versionSection) && (len(s) == len(versionSection) || s[len(versionSection)] == ' ')
}
