package bimi

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// label is the label of BIMI records in wire format.
const label = "\x05_bimi"

// Place is what readers take a TXT record for, by its owner.
type Place uint8

// The places of a record.
const (
	// AtSelector: readers find it: at a selector, at the target of a CNAME from
	// there, or at a wildcard.
	AtSelector Place = iota
	// Elsewhere: no reader is known to look there.
	Elsewhere
)

// Set is the TXT records of one owner that are meant as BIMI. It is valid only
// during the visit.
type Set struct {
	Name    zone.Name
	Place   Place
	Entries []Entry
	zone    *zone.Zone
}

// Entry is one record of a Set: the TXT record and what it says.
type Entry struct {
	RR zone.Record
	Record
}

// valid counts the records whose version readers accept.
func (s *Set) valid() int {
	n := 0
	for i := range s.Entries {
		if s.Entries[i].Version.Valid() {
			n++
		}
	}
	return n
}

// Domain returns the domain that the records at a selector are for; "" if the
// name is not that of a selector.
func Domain(owner zone.Name) zone.Name {
	if !strings.Contains(string(owner), label) {
		return ""
	}
	for n := owner.Parent(); len(n) > 1; n = n.Parent() {
		if strings.HasPrefix(string(n), label) {
			return n.Parent()
		}
	}
	return ""
}

// Sets is the subject of all records that are meant as BIMI, each visited once.
// What lies below a delegation is not visited, since the zone does not answer
// for it.
var Sets = &rules.Subject[*Set]{New: func() func(*rules.Pass, func(*Set)) { return new(room).each }}

// each binds a check to the records of all sets.
func each(f func(p *rules.Pass, s *Set, e *Entry)) rules.Runner {
	return rules.On(Sets, func(p *rules.Pass, s *Set) {
		for i := range s.Entries {
			f(p, s, &s.Entries[i])
		}
	})
}

// onTag binds a check to the first tag of a name in each record.
func onTag(name string, f func(p *rules.Pass, e *Entry, t *tagvalue.Tag)) rules.Runner {
	return each(func(p *rules.Pass, _ *Set, e *Entry) {
		if t := e.folded(name); t != nil {
			f(p, e, t)
		}
	})
}

// named reports whether a name has the label of BIMI records.
func named(n zone.Name) bool { return strings.Contains(string(n), label) }

// meant reports whether a TXT record is meant as BIMI, by its owner or its text.
func meant(r zone.Record) bool { return named(r.Name) || Meant(r.TextPrefix(40)) }

// room is what each set is made in.
type room struct {
	set   Set
	found []tagvalue.Tag
}

func (m *room) each(p *rules.Pass, visit func(*Set)) {
	var (
		z       = p.Zone
		set     = &m.set
		found   = m.found
		aliased map[zone.Name]bool
	)
	set.zone = z
	for n := range rules.Owners(z, zone.TypeTXT, meant) {
		name := n.Name()
		set.Name, set.Entries, found = name, set.Entries[:0], found[:0]
		for r := range n.Of(zone.TypeTXT) {
			d := Parse(r.Text(), named(name), found[len(found):])
			if d.Version.Form == tagvalue.NotMeant {
				continue
			}
			found = append(found, d.Tags...)
			d.Tags = found[len(found)-len(d.Tags):]
			set.Entries = append(set.Entries, Entry{r, d})
		}
		if len(set.Entries) == 0 {
			continue
		}
		set.Place = AtSelector
		if Domain(name) == "" && !name.IsWildcard() {
			if aliased == nil {
				aliased = aliases(p)
			}
			if !aliased[name] && !reached(p, name) {
				set.Place = Elsewhere
			}
		}
		visit(set)
	}
	m.found = found
}

// aliases returns the names that a CNAME at a selector of the zone leads to
// (section 6.3 recommends them).
func aliases(p *rules.Pass) map[zone.Name]bool {
	out := map[zone.Name]bool{}
	for r := range p.Zone.OfType(zone.TypeCNAME) {
		if Domain(r.Name) != "" {
			out[p.Lookup(r.Name, zone.TypeTXT).Name] = true
		}
	}
	return out
}

// reached reports whether the default record of the domain name is looked up at
// the name itself: a wildcard CNAME does that.
func reached(p *rules.Pass, name zone.Name) bool {
	selector, err := name.Child("default._bimi")
	return err == nil && p.Lookup(selector, zone.TypeTXT).Name == name
}
