package mx

import (
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// set is the MX records of one owner, in the order of the source. It is valid
// only during the visit.
type set struct {
	name    zone.Name
	records []zone.Record
	// bare are the records whose exchange lies in the zone and has no address
	// of its own there, be it as glue. Nearly always there are none.
	bare []zone.Record
	zone *zone.Zone
}

// sets is the subject of the MX records of every owner, but of those below a
// delegation, for which the zone does not answer.
var sets = &rules.Subject[*set]{Each: func(p *rules.Pass, visit func(*set)) {
	s := set{zone: p.Zone}
	for n := range p.Zone.NodesOf(zone.TypeMX) {
		s.name, s.records, s.bare = n.Name(), s.records[:0], s.bare[:0]
		if p.Zone.Cut(s.name) != "" {
			continue
		}
		for r := range n.Records() {
			if r.Type != zone.TypeMX {
				continue
			}
			s.records = append(s.records, r)
			if t := r.Target(); t.Within(p.Zone.Apex) && !hasAddress(p.Zone, t) {
				s.bare = append(s.bare, r)
			}
		}
		visit(&s)
	}
}}

// exchange is the part of an MX record that names the host.
var exchange = zone.Field(1)

// null reports whether an MX record says that no mail is taken (RFC 7505).
func null(r zone.Record) bool { return r.Target() == zone.Root }

// hasAddress reports whether a name has an A or AAAA record of its own.
func hasAddress(z *zone.Zone, name zone.Name) bool {
	n, ok := z.Node(name)
	return ok && (n.Has(zone.TypeA) || n.Has(zone.TypeAAAA))
}
