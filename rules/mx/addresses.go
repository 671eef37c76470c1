package mx

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var onlyIPv6 = &rules.Rule{
	ID:       "mx-ipv6-only",
	Severity: rules.Info,
	Summary:  "no mail server of a domain has an IPv4 address",
	What:     "All hosts that the MX records of a name give have IPv6 addresses alone. It is only said where all addresses of all of them are known.",
	Why:      "Many senders still have no IPv6. Their mail to the domain waits for days and bounces.",
	Bad: `@ IN MX 10 mail
mail IN AAAA 2001:db8::1
`,
	Good: `@ IN MX 10 mail
mail IN AAAA 2001:db8::1
mail IN A 192.0.2.1
`,
	Refs: []string{"RFC 3974", "RFC 5321, section 5.2"},
	Fix:  rules.Manual,
	Run:  rules.On(sets, checkOnlyIPv6),
}

func checkOnlyIPv6(p *rules.Pass, s *set) {
	if len(s.addresses) == 0 {
		return
	}
	for i := range s.records {
		if !s.whole[i] {
			return
		}
	}
	for _, a := range s.addresses {
		if a.Unmap().Is4() {
			return
		}
	}
	r := s.records[s.addresses[0].record]
	f := rules.At(r, exchange, fmt.Sprintf("No mail server of %s has an IPv4 address, so senders without IPv6 cannot deliver mail to it. Give one of them an A record.", s.name))
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add an A record for %s", r.Target())))
}

var sameAddress = &rules.Rule{
	ID:       "mx-same-address",
	Severity: rules.Info,
	Summary:  "two mail servers of a domain have the same address",
	What:     "Two MX records of a name give different hosts that have a single address each, and it is the same one.",
	Why:      "Senders take the second host for another way to deliver, and there is none: what keeps them from the first keeps them from the second.",
	Bad: `@ IN MX 10 mx1
@ IN MX 20 mx2
mx1 IN A 192.0.2.1
mx2 IN A 192.0.2.1
`,
	Good: `@ IN MX 10 mx1
@ IN MX 20 mx2
mx1 IN A 192.0.2.1
mx2 IN A 192.0.2.2
`,
	Refs: []string{"RFC 5321, section 5.1"},
	Fix:  rules.Manual,
	Run:  rules.On(sets, checkSameAddress),
}

func checkSameAddress(p *rules.Pass, s *set) {
	// More mail servers than that is no domain where one of them matters.
	const most = 64
	as := s.addresses
	if len(as) < 2 || len(as) > most {
		return
	}
	for i, a := range as {
		if !s.single(i) {
			continue
		}
		r := s.records[a.record]
		for k, b := range as[:i] {
			first := s.records[b.record]
			if b.Addr != a.Addr || !s.single(k) || first.Target() == r.Target() {
				continue
			}
			f := rules.At(r, exchange, fmt.Sprintf("%s and %s have the same address, %s: that is one mail server, not two. Give the second another address, or leave it out.", first.Target(), r.Target(), a))
			f.Related = []rules.Related{{Span: first.Span(exchange), Message: "the same address"}}
			p.Report(f.WithFix(rules.Manual, fmt.Sprintf("give %s another address, or remove its MX record", r.Target())))
			break
		}
	}
}

// single reports whether the address with the index i is the only one of its
// record, and known to be.
func (s *set) single(i int) bool {
	as := s.addresses
	return s.whole[as[i].record] && (i == 0 || as[i-1].record != as[i].record) && (i+1 == len(as) || as[i+1].record != as[i].record)
}

var onTLD = &rules.Rule{
	ID:       "mx-on-tld-root",
	Severity: rules.Warning,
	Summary:  "a top-level domain has an MX record",
	What:     "The zone is that of a top-level domain or of the root, and its own name has MX records that are not null.",
	Why: "An address such as user@com has no dot in its domain. Many programs take that for a host of their own domain, or refuse it, so that mail to it rarely arrives; " +
		"such domains are advised against.",
	Bad: `$ORIGIN example.
$TTL 3600
@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ IN NS ns1.example.net.
@ IN MX 10 mx.example.net.
`,
	Good: `$ORIGIN example.
$TTL 3600
@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ IN NS ns1.example.net.
@ IN MX 0 .
`,
	Refs: []string{"RFC 7085", "RFC 5321, section 2.3.5"},
	Run:  rules.On(sets, checkOnTLD),
}

func checkOnTLD(p *rules.Pass, s *set) {
	if s.name != s.zone.Apex || s.name.NumLabels() > 1 || null(s.records[0]) {
		return
	}
	p.Report(rules.At(s.records[0], zone.Part{Kind: zone.PartType}, fmt.Sprintf("%s is a domain without a dot in its name, and most programs refuse mail to such, so that this MX is of little use. Use a name below it.", s.name)))
}
