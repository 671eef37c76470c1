package mx

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

var targetCNAME = &rules.Rule{
	ID:       "mx-target-cname",
	Severity: rules.Error,
	Summary:  "an MX names a CNAME",
	What: "The exchange of an MX record has a CNAME, its own or that of a wildcard, instead of addresses. " +
		"An exchange outside of the zone is judged where its zone is given too, or the DNS is asked (--live).",
	Why: "An MX must name a host by its own name. What a sender does with an alias is not defined: some refuse to deliver, " +
		"and a host that does not know itself by the alias may send the mail round in a circle.",
	Bad: `@ IN MX 10 mail
mail IN CNAME host
host IN A 192.0.2.1
`,
	Good: `@ IN MX 10 host
host IN A 192.0.2.1
`,
	Refs: []string{"RFC 2181, section 10.3", "RFC 5321, section 5.1"},
	Fix:  rules.Unsafe,
	Run: rules.On(sets, func(p *rules.Pass, s *set) {
		for _, b := range s.bare {
			checkCNAME(p, s, b)
		}
	}),
}

func checkCNAME(p *rules.Pass, s *set, b bare) {
	if len(b.a.Aliases) == 0 {
		return
	}
	t, end := b.Target(), b.a.Name
	f := rules.At(b.Record, exchange, "")
	what := fmt.Sprintf("is a CNAME for %s", b.alias())
	if a := s.zone.Lookup(t, zone.TypeA); a.Status == zone.Aliased {
		if a.Wildcard != "" {
			what = fmt.Sprintf("has no records of its own and gets the CNAME of %s for %s", a.Wildcard, b.alias())
		}
		f.Related = []rules.Related{{Span: a.Records()[0].Span(zone.Part{}), Message: "the CNAME"}}
	}
	f.Message = fmt.Sprintf("The exchange %s %s, but an MX must name a host that has addresses itself, or senders may refuse to deliver. Name the host.", t, what)
	known := b.a.Status == zone.Found || b.aaaa.Status == zone.Found
	switch {
	case !known:
		f = f.WithFix(rules.Manual, "name the host behind the CNAME, if that has addresses of its own")
	case s.names(end):
		f = f.WithFix(rules.Manual, fmt.Sprintf("remove this MX record, since another one names %s", end))
	case !t.Within(s.zone.Apex):
		// Whoever keeps the alias may point it at another host tomorrow.
		f = f.WithFix(rules.Manual, fmt.Sprintf("ask the mail host for the name of its server, which is %s today", end))
	default:
		f = f.WithFix(rules.Unsafe, fmt.Sprintf("name %s instead of its alias", end), zone.Replace(b.Record, b.WithTarget(end)))
	}
	p.Report(f)
}

// alias returns the target of the CNAME that the exchange has.
func (b *bare) alias() zone.Name {
	if len(b.a.Aliases) > 1 {
		return b.a.Aliases[1]
	}
	return b.a.Name
}

// names reports whether a record of the set names the host.
func (s *set) names(host zone.Name) bool {
	for _, r := range s.records {
		if r.Target() == host {
			return true
		}
	}
	return false
}

var targetNX = &rules.Rule{
	ID:       "mx-target-nx",
	Severity: rules.Error,
	Summary:  "an MX names a host without an address",
	What: "The exchange of an MX record has neither an A nor an AAAA record in the zone. " +
		"A name outside of the zone or below a delegation is judged where its zone is given too, or the DNS is asked (--live), and is unknown otherwise.",
	Why: "Mail cannot be delivered to a host without an address. If no other MX works, all mail bounces; if one does, every sender tries this one in vain.",
	Bad: `@ IN MX 10 mail
`,
	Good: `@ IN MX 10 mail
mail IN A 192.0.2.1
`,
	Refs: []string{"RFC 5321, section 5.1", "RFC 1035, section 3.3.9"},
	Fix:  rules.Manual,
	Run: rules.On(sets, func(p *rules.Pass, s *set) {
		for _, b := range s.bare {
			checkNX(p, s, b)
		}
	}),
}

func checkNX(p *rules.Pass, s *set, b bare) {
	t := b.Target()
	if !b.a.Status.Absent() || !b.aaaa.Status.Absent() || len(b.a.Aliases) > 0 {
		return
	}
	if _, rest, ok := addressIn(t); ok && rest.Within(s.zone.Apex) && !rest.Within(arpa) {
		return // mx-target-ip says it better
	}
	what := "has neither an A nor an AAAA record"
	if b.a.Status == zone.NameError {
		what = "does not exist"
		if b.a.From == resolve.Itself {
			what += " in the zone"
		}
	}
	if b.a.Date != "" {
		what += " as of " + b.a.Date
	}
	f := rules.At(b.Record, exchange, fmt.Sprintf("The exchange %s %s, so mail cannot be delivered to it. Add its address, or correct the name.", t, what))
	fix := fmt.Sprintf("add an A or AAAA record for %s with the address of the mail server", t)
	if !t.Within(s.zone.Apex) {
		fix = "name a mail server that has an address"
		f.Message = fmt.Sprintf("The exchange %s %s, so mail cannot be delivered to it. Correct the name, or ask the mail host for it.", t, what)
	}
	p.Report(f.WithFix(rules.Manual, fix))
}

var targetIP = &rules.Rule{
	ID:       "mx-target-ip",
	Severity: rules.Error,
	Summary:  "an MX names an IP address instead of a host",
	What: "The exchange of an MX record is written as an IPv4 or IPv6 address. An MX takes a host name, so the address is read as one: " +
		"192.0.2.1 becomes the host 192.0.2.1.example.com.",
	Why: "No such host exists, so mail cannot be delivered through this MX.",
	Bad: `@ IN MX 10 192.0.2.1
`,
	Good: `@ IN MX 10 mail
mail IN A 192.0.2.1
`,
	Refs: []string{"RFC 1035, section 3.3.9", "RFC 5321, section 5.1"},
	Fix:  rules.Manual,
	Run: rules.On(sets, func(p *rules.Pass, s *set) {
		for _, r := range s.records {
			checkIP(p, s, r)
		}
	}),
}

func checkIP(p *rules.Pass, s *set, r zone.Record) {
	t := r.Target()
	addr, rest, ok := addressIn(t)
	if !ok {
		return
	}
	severity, what := rules.Error, fmt.Sprintf("it is read as the host %s, which does not exist, so mail cannot be delivered to it", t)
	if rest != zone.Root {
		// Hosts may be named like an address in their own zone, where that
		// can be seen; a reverse zone is made of such names.
		if _, exists := s.zone.Node(t); exists || !rest.Within(s.zone.Apex) || rest.Within(arpa) {
			return
		}
		if a := s.zone.Lookup(t, zone.TypeA); !a.Status.Absent() {
			severity, what = rules.Warning, fmt.Sprintf("it is read as the host %s, which is hardly meant", t)
		}
	}
	f := rules.At(r, exchange, fmt.Sprintf("The exchange is the IP address %s, but an MX takes a host name: %s. Name a host that has this address.", addr, what)).As(severity)
	kind := zone.TypeA
	if addr.Is6() {
		kind = zone.TypeAAAA
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("give the mail server a host name with the record %s %s, and name that in the MX", kind, addr)))
}

var arpa = zone.MustName("arpa")

// addressIn returns the IP address that the first labels of a name spell, with or
// without brackets, and what stands behind it: the root, or an origin that was
// added because the name has no final dot.
func addressIn(n zone.Name) (addr netip.Addr, rest zone.Name, ok bool) {
	if len(n) < 3 {
		return addr, "", false
	}
	text, rest := n.Label(), n.Parent()
	if strings.IndexByte(text, ':') < 0 {
		if c := text[0]; len(text) > 4 || c != '[' && (c < '0' || c > '9') {
			return addr, "", false
		}
		for range 3 {
			if len(rest) <= 1 {
				return addr, "", false
			}
			text += "." + rest.Label()
			rest = rest.Parent()
		}
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		text = strings.TrimPrefix(strings.TrimSuffix(inner, "]"), "ipv6:")
	}
	addr, err := netip.ParseAddr(text)
	return addr, rest, err == nil && addr.Zone() == ""
}
