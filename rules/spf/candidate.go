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
}

// At returns a finding about the octets from to to of the record's text.
func (c *Candidate) At(from, to int, message string) rules.Finding {
	return rules.At(c.Record, zone.TextPart(from, to), message)
}

// Candidates is the subject of every TXT record of the zone, at any owner,
// that is or is meant as SPF. What it hands out is good for that visit only.
var Candidates = &rules.Subject[*Candidate]{Each: func(p *rules.Pass, visit func(*Candidate)) {
	var c Candidate
	var r Record
	c.SPF = &r
	for rec := range p.Zone.OfType(zone.TypeTXT) {
		if !mayBeSPF(rec) {
			continue
		}
		if r.read(rec.Text()); r.Form == Other || unquoted(rec, &r) {
			continue
		}
		c.Record = rec
		visit(&c)
	}
}}

// unquoted reports whether a text was written without quotes, so that its
// blanks are lost ("v=spf1mx-all"). That is one mistake, and hygiene's: nothing
// else can be said about such a record.
func unquoted(rec zone.Record, r *Record) bool {
	return rec.Notes&zone.Unquoted != 0 && r.Form == Meant && len(rec.Data) > 1+len(versionSection) &&
		int(rec.Data[0]) == len(versionSection) && hasPrefixFold(r.Text, versionSection)
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
	for rec := range n.Records() {
		if rec.Type != zone.TypeTXT || !mayBeSPF(rec) {
			continue
		}
		if r := Parse(rec.Text()); r.Form != Other {
			out = append(out, Candidate{rec, r})
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

// shared is the subject of the records of every owner with more than one
// candidate.
var shared = &rules.Subject[[]Candidate]{Each: func(p *rules.Pass, visit func([]Candidate)) {
	for n := range p.Zone.NodesOf(zone.TypeTXT) {
		if !n.Multi() || !several(n) {
			continue
		}
		if cs := of(n); len(cs) > 1 {
			visit(cs)
		}
	}
}}

// several reports whether an owner has more than one record that may be SPF.
func several(n zone.Node) bool {
	count := 0
	for rec := range n.Records() {
		if rec.Type == zone.TypeTXT && mayBeSPF(rec) {
			count++
		}
	}
	return count > 1
}
