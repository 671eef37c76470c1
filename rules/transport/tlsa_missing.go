package transport

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// exchangeSets is the subject of the MX records of every owner that the zone
// answers for.
var exchangeSets = &rules.Subject[zone.RRset]{Each: func(p *rules.Pass, visit func(zone.RRset)) {
	tlsas := false
	for range p.Zone.OfType(zone.TypeTLSA) {
		tlsas = true
		break
	}
	if !tlsas && len(p.Servers) == 0 {
		return // nobody knows of a TLSA record
	}
	for s := range p.Zone.RRsetsOf(zone.TypeMX) {
		if len(s.Records) > 1 && p.Zone.Cut(s.Name) == "" {
			visit(s)
		}
	}
}}

var tlsaMissing = &rules.Rule{
	ID:       "tlsa-missing",
	Severity: rules.Warning,
	Summary:  "some MX hosts of a domain have TLSA records and others have none",
	What: "A domain has several MX hosts, of which at least one has a TLSA record for port 25 and another certainly has none: it lies in the zone, or in one that is asked. " +
		"Domains none of whose MX hosts has one are left alone.",
	Why: "An attacker only needs to keep senders from the hosts with TLSA records to make them deliver to one without, where nothing protects the encryption.",
	Bad: `@ IN MX 10 a
@ IN MX 20 b
a IN A 192.0.2.1
b IN A 192.0.2.2
_25._tcp.a IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Good: `@ IN MX 10 a
@ IN MX 20 b
a IN A 192.0.2.1
b IN A 192.0.2.2
_25._tcp.a IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
_25._tcp.b IN TLSA 3 1 1 4b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Refs: []string{"RFC 7672, section 2.2.1", "RFC 7672, section 1.3.1"},
	Fix:  rules.Manual,
	Run:  rules.On(exchangeSets, checkMixed),
}

func checkMixed(p *rules.Pass, s zone.RRset) {
	var with zone.Record
	var without []zone.Record
	for _, r := range s.Records {
		host := r.Target()
		if host == zone.Root {
			return
		}
		name, err := host.Child("_25._tcp")
		if err != nil {
			continue
		}
		switch p.Lookup(name, zone.TypeTLSA).Status {
		case zone.Found:
			with = r
		case zone.NoData, zone.NameError:
			without = append(without, r)
		}
	}
	if with.Name == "" {
		return
	}
	for _, r := range without {
		// Senders look at the host that a CNAME leads to, too (RFC 7672, section
		// 2.2.2), though an MX must not name one; and of a host that is not
		// there, mx-target-nx says more.
		if a := p.Lookup(r.Target(), zone.TypeA); len(a.Aliases) > 0 || a.Status == zone.NameError {
			continue
		}
		f := rules.At(r, zone.Field(1), fmt.Sprintf("The MX host %s has no TLSA record and %s has, so an attacker can steer mail to the host without. Add _25._tcp.%s.", r.Target(), with.Target(), r.Target()))
		f.Related = []rules.Related{{Span: with.Span(zone.Field(1)), Message: "has a TLSA record"}}
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add a TLSA record at _25._tcp.%s made from the server's certificate", r.Target())))
	}
}
