package transport

import (
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// Place is what senders take a TXT record for, by its owner.
type Place uint8

// The places of a record.
const (
	// AtPolicy: senders find it: at its own name, at the target of a CNAME from
	// there, or at a wildcard.
	AtPolicy Place = iota
	// AtOldName: where the drafts of TLS-RPT had it.
	AtOldName
	// Elsewhere: no sender is known to look there.
	Elsewhere
)

// Set is the TXT records of one owner that are meant as records of one
// standard. It is valid only during the visit.
type Set struct {
	Standard *Standard
	Name     zone.Name
	Place    Place
	Entries  []Entry
	zone     *zone.Zone
}

// Entry is one record of a Set: the TXT record and what it says.
type Entry struct {
	RR zone.Record
	Record
}

// valid counts the records whose version senders accept.
func (s *Set) valid() int {
	n := 0
	for i := range s.Entries {
		if s.Entries[i].Record.Version.Valid() {
			n++
		}
	}
	return n
}

// Sets is the subject of all records that are meant as MTA-STS or TLS-RPT, each
// visited once. What lies below a delegation is not visited, since the zone
// does not answer for it.
var Sets = &rules.Subject[*Set]{New: func() func(*rules.Pass, func(*Set)) { return new(room).each }}

// check binds a check to the sets of one standard.
func (s *Standard) check(f func(p *rules.Pass, s *Set)) rules.Runner {
	return rules.On(Sets, func(p *rules.Pass, set *Set) {
		if set.Standard == s {
			f(p, set)
		}
	})
}

// checkEach binds a check to the records of one standard.
func (s *Standard) checkEach(f func(p *rules.Pass, s *Set, e *Entry)) rules.Runner {
	return s.check(func(p *rules.Pass, set *Set) {
		for i := range set.Entries {
			f(p, set, &set.Entries[i])
		}
	})
}

// standardOf returns the standard that a TXT record is meant as by its text, or
// else by its owner; nil if by neither.
func standardOf(r zone.Record) *Standard {
	prefix := r.TextPrefix(40)
	for _, s := range standards {
		if s.Meant(prefix) {
			return s
		}
	}
	for _, s := range standards {
		if s.named(r.Name) {
			return s
		}
	}
	return nil
}

var standards = [...]*Standard{STS, TLSRPT}

// isMeant reports whether a TXT record is meant as one of a standard.
func isMeant(r zone.Record) bool { return standardOf(r) != nil }

// has reports whether some TXT record of an owner is meant as the standard's.
func (s *Standard) has(n zone.Node) bool {
	for r := range n.Of(zone.TypeTXT) {
		if standardOf(r) == s {
			return true
		}
	}
	return false
}

// room is what each set is made in.
type room struct {
	set     Set
	fields  []tagvalue.Tag
	aliases [len(standards)]map[zone.Name]bool // of the zone; nil if not asked for yet
}

func (m *room) each(p *rules.Pass, visit func(*Set)) {
	m.set.zone = p.Zone
	clear(m.aliases[:])
	for n := range rules.Owners(p.Zone, zone.TypeTXT, isMeant) {
		for i, s := range standards {
			if s.has(n) && m.fill(n, i) {
				visit(&m.set)
			}
		}
	}
}

// fill makes the set of an owner and of the standard with the index; it returns
// false if no record is meant as one after all.
func (m *room) fill(n zone.Node, i int) bool {
	s, set, name := standards[i], &m.set, n.Name()
	named := s.named(name)
	set.Standard, set.Name, set.Entries, m.fields = s, name, set.Entries[:0], m.fields[:0]
	for r := range n.Of(zone.TypeTXT) {
		d := s.Parse(r.Text(), named, m.fields[len(m.fields):])
		if d.Version.Form == tagvalue.NotMeant {
			continue
		}
		m.fields = append(m.fields, d.Fields...)
		d.Fields = m.fields[len(m.fields)-len(d.Fields):]
		set.Entries = append(set.Entries, Entry{r, d})
	}
	switch {
	case s.old(name):
		set.Place = AtOldName
	case named || name.IsWildcard():
		set.Place = AtPolicy
	default:
		set.Place = Elsewhere
		if m.aliases[i] == nil {
			m.aliases[i] = s.aliased(set.zone)
		}
		if m.aliases[i][name] || s.reaches(set.zone, name) {
			set.Place = AtPolicy
		}
	}
	return len(set.Entries) > 0
}

// maxChain is how many CNAME records are followed one after another.
const maxChain = 16

// resolve answers the question for TXT records at a name as the zone's servers
// would, and follows CNAME records within the zone (RFC 8461, section 3.1,
// allows them). It returns the name at the end.
func resolve(z *zone.Zone, name zone.Name) (end zone.Name, a zone.Answer) {
	for range maxChain {
		a = z.Lookup(name, zone.TypeTXT)
		if a.Status != zone.Aliased {
			break
		}
		name = a.Records()[0].Target()
	}
	return name, a
}

// reaches reports whether the record of the domain name is looked up at the
// name itself: a wildcard CNAME does that.
func (s *Standard) reaches(z *zone.Zone, name zone.Name) bool {
	policy, err := name.Child(s.Labels)
	if err != nil {
		return false
	}
	end, _ := resolve(z, policy)
	return end == name
}

// aliased returns the names in the zone that a CNAME at one of the standard's
// names leads to.
func (s *Standard) aliased(z *zone.Zone) map[zone.Name]bool {
	out := map[zone.Name]bool{}
	for r := range z.OfType(zone.TypeCNAME) {
		if !s.named(r.Name) {
			continue
		}
		target := r.Target()
		for range maxChain {
			if out[target] || !target.Within(z.Apex) {
				break
			}
			out[target] = true
			a := z.Lookup(target, zone.TypeCNAME)
			if a.Status != zone.Found {
				break
			}
			target = a.Records()[0].Target()
		}
	}
	return out
}
