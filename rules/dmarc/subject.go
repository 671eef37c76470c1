package dmarc

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// Place is what receivers take a TXT record with a DMARC text for, by its
// owner.
type Place uint8

// The places of a DMARC record.
const (
	// AtPolicy: receivers find it as the policy of a domain: at "_dmarc", at the
	// target of a CNAME from there, or at a wildcard.
	AtPolicy Place = iota
	// AtAuthorisation: it accepts another domain's reports, at
	// "<domain>._report._dmarc" (RFC 9990, section 4; RFC 7489, section 7.1).
	AtAuthorisation
	// Elsewhere: no receiver is known to look there.
	Elsewhere
)

// Set is the TXT records of one owner that are meant as DMARC. It is valid only
// during the visit.
type Set struct {
	Name    zone.Name
	Place   Place
	Entries []Entry
	// Others are the TXT records at the owner that are not meant as DMARC, where
	// the owner is for DMARC alone: its first label is "_dmarc", or it is at
	// AtAuthorisation.
	Others []zone.Record
	zone   *zone.Zone
}

// Entry is one record of a Set.
type Entry struct {
	zone.Record
	DMARC Record
}

// Domain returns the domain that a record at AtPolicy speaks for.
func (s *Set) Domain() zone.Name {
	if label(s.Name) {
		return s.Name.Parent()
	}
	return s.Name
}

// valid counts the records whose version receivers accept.
func (s *Set) valid() int {
	n := 0
	for i := range s.Entries {
		if s.Entries[i].DMARC.Version.Valid() {
			n++
		}
	}
	return n
}

// Sets is the subject of all records that are meant as DMARC, each visited
// once: every TXT record at a "_dmarc" owner that could be one, and TXT records
// elsewhere that begin like one. Owners that are for DMARC alone are visited
// with any TXT record. What lies below a delegation is not visited,
// since the zone does not answer for it.
var Sets = &rules.Subject[*Set]{New: func() func(*rules.Pass, func(*Set)) { return new(room).each }}

// meant reports whether a TXT record is meant as DMARC, by its owner or its text.
func meant(r zone.Record) bool {
	return label(r.Name) || authorises(r.Name) || Meant(r.TextPrefix(40))
}

// room is what each set is made in.
type room struct {
	set  Set
	tags []tagvalue.Tag
}

func (m *room) each(p *rules.Pass, visit func(*Set)) {
	var (
		z       = p.Zone
		set     = &m.set
		tags    = m.tags
		aliases map[zone.Name]bool
	)
	set.zone = z
	for n := range rules.Owners(z, zone.TypeTXT, meant) {
		name := n.Name()
		named, authorises := label(name), authorises(name)
		set.Name, set.Entries, set.Others, tags = name, set.Entries[:0], set.Others[:0], tags[:0]
		for r := range n.Of(zone.TypeTXT) {
			d := Parse(r.Text(), named, tags[len(tags):])
			if d.Version.Form == NotDMARC {
				if named || authorises {
					set.Others = append(set.Others, r)
				}
				continue
			}
			tags = append(tags, d.Tags...)
			d.Tags = tags[len(tags)-len(d.Tags):]
			set.Entries = append(set.Entries, Entry{r, d})
		}
		if len(set.Entries)+len(set.Others) == 0 {
			continue
		}
		switch {
		case named || name.IsWildcard() && !authorises && !label(name.Parent()):
			set.Place = AtPolicy
		case authorises:
			set.Place = AtAuthorisation
		default:
			if aliases == nil {
				aliases = aliased(z)
			}
			set.Place = Elsewhere
			if aliases[name] || reaches(z, name) {
				set.Place = AtPolicy
			}
		}
		visit(set)
	}
	m.tags = tags
}

// label reports whether the first label of a name is "_dmarc".
func label(n zone.Name) bool { return strings.HasPrefix(string(n), "\x06_dmarc") }

// authorises reports whether a record at the name accepts the reports of other
// domains: "_report._dmarc" stands behind at least one label.
func authorises(n zone.Name) bool {
	if !strings.Contains(string(n), "\x07_report\x06_dmarc") {
		return false
	}
	for n = n.Parent(); len(n) > 1; n = n.Parent() {
		if strings.HasPrefix(string(n), "\x07_report\x06_dmarc") {
			return true
		}
	}
	return false
}

// maxChain is how many CNAME records are followed one after another.
const maxChain = 16

// follow answers the question for TXT records at a name as the zone's servers
// would, and follows CNAME records within the zone. It returns the name at the
// end. The status is Unknown where a CNAME leaves the zone, and Aliased where
// the records go round in a circle.
func follow(z *zone.Zone, name zone.Name) (end zone.Name, a zone.Answer) {
	for range maxChain {
		a = z.Lookup(name, zone.TypeTXT)
		if a.Status != zone.Aliased {
			break
		}
		name = a.Records()[0].Target()
	}
	return name, a
}

// reaches reports whether the policy of the domain name is looked up at the
// name itself: a wildcard CNAME does that.
func reaches(z *zone.Zone, name zone.Name) bool {
	policy, err := name.Child("_dmarc")
	if err != nil {
		return false
	}
	end, _ := follow(z, policy)
	return end == name
}

// aliased returns the names in the zone that a CNAME at a "_dmarc" owner leads
// to.
func aliased(z *zone.Zone) map[zone.Name]bool {
	out := map[zone.Name]bool{}
	for r := range z.OfTypeAt(zone.TypeCNAME, label) {
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

// policyAt returns the DMARC records that the zone's servers give for the
// policy of a domain, and the answer to the question.
func policyAt(z *zone.Zone, domain zone.Name) (found bool, name zone.Name, a zone.Answer) {
	name, err := domain.Child("_dmarc")
	if err != nil {
		return false, "", zone.Answer{}
	}
	_, a = follow(z, name)
	if a.Status != zone.Found {
		return false, name, a
	}
	for _, r := range a.Records() {
		if text := r.Text(); leadingVersion(text, true).Form != NotDMARC || Parse(text, true, nil).Version.Form != NotDMARC {
			return true, name, a
		}
	}
	return false, name, a
}
