package autoconfig

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// hosted is an SRV record whose target has no address of its own in the zone,
// with what is known of that instead.
type hosted struct {
	zone.Record
	a, aaaa resolve.Answer
	set     *set
}

// hosts is a check of every record of the set whose target may have no address.
func hosts(check func(*rules.Pass, *hosted)) rules.Runner {
	return rules.On(sets, func(p *rules.Pass, s *set) {
		for i := range s.hosted {
			check(p, &s.hosted[i])
		}
	})
}

// look returns what is known of the target of a record that names a server; ok
// is false if it has an address in the zone or lies where nobody can look.
func look(p *rules.Pass, r zone.Record) (h hosted, ok bool) {
	t := r.Target()
	inside := t.Within(p.Zone.Apex)
	if t == zone.Root || !inside && len(p.Servers) == 0 || inside && hasAddress(p.Zone, t) {
		return h, false
	}
	return hosted{Record: r, a: p.Lookup(t, zone.TypeA), aaaa: p.Lookup(t, zone.TypeAAAA)}, true
}

var targetCNAME = &rules.Rule{
	ID:       "srv-target-cname",
	Severity: rules.Warning,
	Summary:  "an SRV record names a CNAME",
	What: "The target of an SRV record has a CNAME, its own or that of a wildcard, instead of addresses. " +
		"Where the target lies outside of the zone, and is seen because its zone is given too or the DNS is asked (--live), it is advice.",
	Why: "An SRV record must name a host by its own name. Most mail programs follow the alias all the same, but some do not, " +
		"and some then compare the certificate with the other name.",
	Bad: `_imaps._tcp IN SRV 0 1 993 imap
imap IN CNAME mail
mail IN A 192.0.2.1
`,
	Good: `_imaps._tcp IN SRV 0 1 993 mail
mail IN A 192.0.2.1
`,
	Refs: []string{"RFC 2782", "RFC 2181, section 10.1"},
	Fix:  rules.Unsafe,
	Run:  hosts(checkCNAME),
}

func checkCNAME(p *rules.Pass, h *hosted) {
	if len(h.a.Aliases) == 0 {
		return
	}
	t, end := h.Target(), h.a.Name
	inside := t.Within(p.Zone.Apex)
	alias := end
	if len(h.a.Aliases) > 1 {
		alias = h.a.Aliases[1]
	}
	f := rules.At(h.Record, targetField, fmt.Sprintf("The target %s is a CNAME for %s, but an SRV record must name a host that has addresses itself, or some mail programs do not connect. Name the host.", t, alias))
	if a := p.Zone.Lookup(t, zone.TypeA); a.Status == zone.Aliased {
		f.Related = []rules.Related{{Span: a.Records()[0].Span(zone.Part{}), Message: "the CNAME"}}
	}
	if !inside {
		f.Severity = rules.Info
		// Whoever keeps the alias may point it at another host tomorrow.
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("ask the mail host for the name of its server, which is %s today", end)))
		return
	}
	if (h.a.Status == zone.Found || h.aaaa.Status == zone.Found) && h.a.Name == h.aaaa.Name && !h.named(end) {
		p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("name %s instead of its alias", end), zone.Replace(h.Record, h.WithTarget(end))))
		return
	}
	p.Report(f.WithFix(rules.Manual, "name the host behind the CNAME, if that has addresses of its own"))
}

// named reports whether another record of the same owner may name the host with
// the same port; of many it does not look.
func (h *hosted) named(host zone.Name) bool {
	for _, o := range h.set.records {
		if len(h.set.records) > crowd || o.Target() == host && port(o) == port(h.Record) {
			return true
		}
	}
	return false
}

var targetMissing = &rules.Rule{
	ID:       "srv-target-missing",
	Severity: rules.Warning,
	Summary:  "an SRV record names a host without an address",
	What: "The target of an SRV record has neither an A nor an AAAA record. A target outside of the zone is judged where its zone is given too, " +
		"or the DNS is asked (--live).",
	Why: "A mail program that goes by the record finds no server, and the user cannot set up the account.",
	Bad: `_imaps._tcp IN SRV 0 1 993 imap
`,
	Good: `_imaps._tcp IN SRV 0 1 993 imap
imap IN A 192.0.2.1
`,
	Refs: []string{"RFC 2782"},
	Fix:  rules.Manual,
	Run:  hosts(checkMissing),
}

func checkMissing(p *rules.Pass, h *hosted) {
	t := h.Target()
	if len(h.a.Aliases) > 0 || !h.a.Status.Absent() || !h.aaaa.Status.Absent() || addressLike(t) {
		return
	}
	what := "has neither an A nor an AAAA record"
	if h.a.Status == zone.NameError {
		what = "does not exist"
	}
	f := rules.At(h.Record, targetField, fmt.Sprintf("The target %s %s, so programs that go by this record find no server. Add its address, or correct the name.", t, what))
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add an A or AAAA record for %s with the address of the server", t)))
}

var noAddress = &rules.Rule{
	ID:       "autoconfig-no-address",
	Severity: rules.Warning,
	Summary:  "the name autoconfig or autodiscover leads to a host without an address",
	What: "A name autoconfig or autodiscover is a CNAME for a name that exists and has neither an A nor an AAAA record. " +
		"One that does not exist is zone-cname-dangling.",
	Why: "Mail programs fetch the settings of the account from this name. Without an address they fall back to guessing, and the user may have to enter them by hand.",
	Bad: `autoconfig IN CNAME config
config IN TXT "moved"
`,
	Good: `autoconfig IN CNAME config
config IN A 192.0.2.1
`,
	Refs: []string{"https://wiki.mozilla.org/Thunderbird:Autoconfiguration", "RFC 1034, section 3.6.2"},
	Fix:  rules.Manual,
	Run:  rules.On(aliasesOf, checkNoAddress),
}

// aliasesOf is the subject of the CNAME records of autoconfig and autodiscover.
var aliasesOf = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	const autoconfig, autodiscover = "\x0aautoconfig", "\x0cautodiscover"
	for n := range p.Zone.NodesOf(zone.TypeCNAME) {
		name := string(n.Name())
		if len(name) < len(autoconfig) || name[:len(autoconfig)] != autoconfig && (len(name) < len(autodiscover) || name[:len(autodiscover)] != autodiscover) {
			continue
		}
		for r := range n.Of(zone.TypeCNAME) {
			visit(r)
			break
		}
	}
}}

func checkNoAddress(p *rules.Pass, r zone.Record) {
	if !r.Target().Within(p.Zone.Apex) && len(p.Servers) == 0 || p.Zone.Cut(r.Name) != "" {
		return
	}
	a := p.Lookup(r.Target(), zone.TypeA)
	if a.Status != zone.NoData || p.Lookup(r.Target(), zone.TypeAAAA).Status != zone.NoData {
		return
	}
	f := rules.At(r, zone.Field(0), fmt.Sprintf("%s leads to %s, which has neither an A nor an AAAA record, so mail programs cannot fetch their settings. Point it at the host that serves them.", r.Name, a.Name))
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("point %s at the host that your mail host names", r.Name)))
}
