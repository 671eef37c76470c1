package autoconfig

import (
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// set is the SRV records of one owner, in the order of the source. It is valid
// only during the visit.
type set struct {
	name    zone.Name
	service *service // of mail, if the owner is of the form that mail programs ask for; else nil
	records []zone.Record
	hosted  []hosted // the records whose target may have no address; nearly always none
	zone    *zone.Zone
}

// sets is the subject of the SRV records of every owner, but of those below a
// delegation, for which the zone does not answer.
var sets = &rules.Subject[*set]{New: func() func(*rules.Pass, func(*set)) { return new(set).each }}

func (s *set) each(p *rules.Pass, visit func(*set)) {
	s.zone = p.Zone
	for n := range p.Zone.NodesOf(zone.TypeSRV) {
		s.name, s.service, s.records, s.hosted = n.Name(), nil, s.records[:0], s.hosted[:0]
		if p.Zone.Cut(s.name) != "" {
			continue
		}
		for r := range n.Of(zone.TypeSRV) {
			if len(r.Data) > 6 {
				s.records = append(s.records, r)
			}
		}
		if len(s.records) == 0 {
			continue
		}
		if s.name.Parent().Label() == "_tcp" {
			s.service = services[s.name.Label()]
		}
		for _, r := range s.records {
			if h, ok := look(p, r); ok {
				h.set = s
				s.hosted = append(s.hosted, h)
			}
		}
		visit(s)
	}
}

// crowd is the number of records of a name beyond which no fix is offered that
// depends on the others.
const crowd = 64

// Parts of an SRV record.
var (
	ownerPart   = zone.Part{Kind: zone.PartOwner}
	portField   = zone.Field(2)
	targetField = zone.Field(3)
)

// null reports whether a record says that the service is not offered (RFC 2782,
// Target; RFC 6186, section 3.4).
func null(r zone.Record) bool { return r.Target() == zone.Root }

func port(r zone.Record) uint16 {
	_, _, p := r.SRV()
	return p
}

// withFields returns an SRV record with other numbers.
func withFields(r zone.Record, priority, weight, port uint16) zone.Record {
	r.Data = string([]byte{byte(priority >> 8), byte(priority), byte(weight >> 8), byte(weight), byte(port >> 8), byte(port)}) + r.Data[6:]
	return r
}

func withPort(r zone.Record, port uint16) zone.Record {
	priority, weight, _ := r.SRV()
	return withFields(r, priority, weight, port)
}

// moved returns the changes that give all records of the set another owner; nil
// if something stands there, or may stand there.
func (s *set) moved(to zone.Name) zone.ChangeSet {
	// Unknown too are names below a delegation or DNAME, and those that an entry
	// which could not be read may have.
	if _, taken := s.zone.Node(to); taken || s.zone.Lookup(to, zone.TypeSRV).Status == zone.Unknown {
		return nil
	}
	var cs zone.ChangeSet
	for _, r := range s.records {
		cs = append(cs, zone.Move(r, to)...)
	}
	return cs
}

// renamed returns the owner with other first labels in place of the first n.
func renamed(name zone.Name, n int, labels string) (zone.Name, bool) {
	for range n {
		name = name.Parent()
	}
	to, err := name.Child(labels)
	return to, err == nil
}

// hasAddress reports whether a name has an A or AAAA record of its own, be it as
// glue.
func hasAddress(z *zone.Zone, name zone.Name) bool {
	n, ok := z.Node(name)
	return ok && (n.Has(zone.TypeA) || n.Has(zone.TypeAAAA))
}

// addressLike reports whether the first labels of a name spell an IP address:
// zone-target-ip speaks of those.
func addressLike(n zone.Name) bool {
	text := n.Label()
	if strings.IndexByte(text, ':') < 0 {
		for range 3 {
			if n = n.Parent(); len(n) <= 1 {
				return false
			}
			text += "." + n.Label()
		}
	}
	_, err := netip.ParseAddr(text)
	return err == nil
}
