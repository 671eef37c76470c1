package mx

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var targetCNAME = &rules.Rule{
	ID:       "mx-target-cname",
	Severity: rules.Error,
	Summary:  "an MX names a CNAME",
	What:     "The exchange of an MX record has a CNAME in the zone, its own or that of a wildcard, instead of addresses.",
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
		for _, r := range s.bare {
			checkCNAME(p, s, r)
		}
	}),
}

// maxChain is how many CNAME records are followed one after another.
const maxChain = 16

func checkCNAME(p *rules.Pass, s *set, r zone.Record) {
	t := r.Target()
	a := s.zone.Lookup(t, zone.TypeA)
	if a.Status != zone.Aliased {
		return
	}
	end := a.Records()[0].Target()
	what := fmt.Sprintf("is a CNAME for %s", end)
	if a.Wildcard != "" {
		what = fmt.Sprintf("has no records of its own and gets the CNAME of %s for %s", a.Wildcard, end)
	}
	f := rules.At(r, exchange, fmt.Sprintf("The exchange %s %s, but an MX must name a host that has addresses itself, or senders may refuse to deliver. Name the host.", t, what))
	f.Related = []rules.Related{{Span: a.Records()[0].Span(zone.Part{}), Message: "the CNAME"}}
	known := false
	for range maxChain {
		if known = hasAddress(s.zone, end) && s.zone.Cut(end) == ""; known {
			break
		}
		next := s.zone.Lookup(end, zone.TypeA)
		if next.Status != zone.Aliased {
			known = next.Status == zone.Found || s.zone.Lookup(end, zone.TypeAAAA).Status == zone.Found
			break
		}
		end = next.Records()[0].Target()
	}
	switch {
	case !known:
		f = f.WithFix(rules.Manual, "name the host behind the CNAME, if that has addresses of its own")
	case s.names(end):
		f = f.WithFix(rules.Manual, fmt.Sprintf("remove this MX record, since another one names %s", end))
	default:
		f = f.WithFix(rules.Unsafe, fmt.Sprintf("name %s instead of its alias", end), zone.Replace(r, r.WithTarget(end)))
	}
	p.Report(f)
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
	What: "The exchange of an MX record lies in the zone, and the zone has neither an A nor an AAAA record for it. " +
		"Names outside the zone or below a delegation are not judged.",
	Why: "Mail cannot be delivered to a host without an address. If no other MX works, all mail bounces; if one does, every sender tries this one in vain.",
	Bad: `@ IN MX 10 mail
`,
	Good: `@ IN MX 10 mail
mail IN A 192.0.2.1
`,
	Refs: []string{"RFC 5321, section 5.1", "RFC 1035, section 3.3.9"},
	Fix:  rules.Manual,
	Run: rules.On(sets, func(p *rules.Pass, s *set) {
		for _, r := range s.bare {
			checkNX(p, s, r)
		}
	}),
}

func checkNX(p *rules.Pass, s *set, r zone.Record) {
	t := r.Target()
	if null(r) {
		return // in the root zone
	}
	a := s.zone.Lookup(t, zone.TypeA)
	if !a.Status.Absent() || !s.zone.Lookup(t, zone.TypeAAAA).Status.Absent() {
		return
	}
	if _, rest, ok := address(t); ok && rest.Within(s.zone.Apex) && !rest.Within(arpa) {
		return // mx-target-ip says it better
	}
	what := "has neither an A nor an AAAA record"
	if a.Status == zone.NameError {
		what = "does not exist in the zone"
	}
	f := rules.At(r, exchange, fmt.Sprintf("The exchange %s %s, so mail cannot be delivered to it. Add its address, or correct the name.", t, what))
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add an A or AAAA record for %s with the address of the mail server", t)))
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
	addr, rest, ok := address(t)
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

// address returns the IP address that the first labels of a name spell, with or
// without brackets, and what stands behind it: the root, or an origin that was
// added because the name has no final dot.
func address(n zone.Name) (addr netip.Addr, rest zone.Name, ok bool) {
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
