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
	for _, s := range [...]*Standard{STS, TLSRPT} {
		if s.Meant(prefix) {
			return s
		}
	}
	for _, s := range [...]*Standard{STS, TLSRPT} {
		if s.named(r.Name) {
			return s
		}
	}
	return nil
}

// room is what each set is made in.
type room struct {
	set    Set
	fields []tagvalue.Tag
}

func (m *room) each(p *rules.Pass, visit func(*Set)) {
	type key struct {
		name     zone.Name
		standard *Standard
	}
	var (
		z       = p.Zone
		set     = &m.set
		fields  = m.fields
		seen    map[key]bool
		aliases map[*Standard]map[zone.Name]bool
	)
	set.zone = z
	for r := range z.OfType(zone.TypeTXT) {
		s := standardOf(r)
		if s == nil {
			continue
		}
		n, _ := z.Node(r.Name)
		if n.Multi() {
			k := key{r.Name, s}
			if seen[k] {
				continue
			}
			if seen == nil {
				seen = map[key]bool{}
			}
			seen[k] = true
		}
		if z.Cut(r.Name) != "" {
			continue
		}
		named := s.named(r.Name)
		set.Standard, set.Name, set.Entries, fields = s, r.Name, set.Entries[:0], fields[:0]
		for r := range n.Of(zone.TypeTXT) {
			d := s.Parse(r.Text(), named, fields[len(fields):])
			if d.Version.Form == tagvalue.NotMeant {
				continue
			}
			fields = append(fields, d.Fields...)
			d.Fields = fields[len(fields)-len(d.Fields):]
			set.Entries = append(set.Entries, Entry{r, d})
		}
		if len(set.Entries) == 0 {
			continue
		}
		switch {
		case s.old(r.Name):
			set.Place = AtOldName
		case named || r.Name.IsWildcard():
			set.Place = AtPolicy
		default:
			set.Place = Elsewhere
			if aliases == nil {
				aliases = map[*Standard]map[zone.Name]bool{}
			}
			if aliases[s] == nil {
				aliases[s] = s.aliased(z)
			}
			if aliases[s][r.Name] || s.reaches(z, r.Name) {
				set.Place = AtPolicy
			}
		}
		visit(set)
	}
	m.fields = fields
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
