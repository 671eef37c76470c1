package mx

import (
	"net/netip"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// set is the MX records of one owner, in the order of the source. It is valid
// only during the visit.
type set struct {
	name    zone.Name
	records []zone.Record
	// bare are the records whose exchange has no address of its own in the
	// zone, be it as glue, as far as somebody may know of one: the exchange lies
	// in the zone, or there are servers to ask. Mostly there are none.
	bare []bare
	// addresses are those that are known of the exchanges, in the order of the
	// records; whole says by the index of the record that there are no others.
	addresses []address
	whole     []bool
	zone      *zone.Zone
}

// bare is an MX record with what was answered for its exchange.
type bare struct {
	zone.Record
	a, aaaa resolve.Answer
}

// address is an address of the exchange of a record.
type address struct {
	netip.Addr
	record int  // index
	odd    bool // it may be none that the Internet has a way to
}

// sets is the subject of the MX records of every owner, but of those below a
// delegation, for which the zone does not answer.
var sets = &rules.Subject[*set]{New: func() func(*rules.Pass, func(*set)) { return new(set).each }}

func (s *set) each(p *rules.Pass, visit func(*set)) {
	s.zone = p.Zone
	for n := range p.Zone.NodesOf(zone.TypeMX) {
		s.name, s.records, s.bare, s.addresses, s.whole = n.Name(), s.records[:0], s.bare[:0], s.addresses[:0], s.whole[:0]
		if p.Zone.Cut(s.name) != "" {
			continue
		}
		for r := range n.Of(zone.TypeMX) {
			s.add(p, r)
		}
		visit(s)
	}
}

// add appends a record with what is known of its exchange.
func (s *set) add(p *rules.Pass, r zone.Record) {
	s.records = append(s.records, r)
	i, host := len(s.whole), r.Target()
	s.whole = append(s.whole, false)
	within := host.Within(s.zone.Apex)
	if null(r) || !within && len(p.Servers) == 0 {
		return
	}
	if n, ok := s.zone.Node(host); within && ok && (n.Has(zone.TypeA) || n.Has(zone.TypeAAAA)) {
		for o := range n.Records() {
			s.addAddress(i, o)
		}
		s.whole[i] = s.zone.Complete && s.zone.Cut(host) == "" && !s.zone.Unread(host, zone.TypeA) && !s.zone.Unread(host, zone.TypeAAAA)
		return
	}
	b := bare{r, p.Lookup(host, zone.TypeA), p.Lookup(host, zone.TypeAAAA)}
	s.bare = append(s.bare, b)
	for _, a := range [...]resolve.Answer{b.a, b.aaaa} {
		for _, o := range a.Records {
			s.addAddress(i, o)
		}
	}
	// Of an alias, mx-target-cname has to be heard first.
	s.whole[i] = b.a.Status != zone.Unknown && b.aaaa.Status != zone.Unknown && len(b.a.Aliases) == 0
}

func (s *set) addAddress(record int, source zone.Record) {
	if a := source.Addr(); a.IsValid() {
		s.addresses = append(s.addresses, address{a, record, oddAddress(source.Data)})
	}
}

// exchange is the part of an MX record that names the host.
var exchange = zone.Field(1)

// null reports whether an MX record says that no mail is taken (RFC 7505).
func null(r zone.Record) bool { return r.Target() == zone.Root }
