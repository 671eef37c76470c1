package hygiene

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var cnameCoexist = &rules.Rule{
	ID:       "zone-cname-coexist",
	Severity: rules.Error,
	Summary:  "a CNAME stands beside other records of the same name",
	What: "A name has a CNAME record and records of other types. Only the records of DNSSEC (RRSIG, NSEC) and KEY may stand beside a CNAME. " +
		"A CNAME at the top of the zone is reported as zone-cname-apex.",
	Why: "Name servers refuse to load the zone (\"CNAME and other data\"), or answer with either of the two, depending on what a resolver asked for before. " +
		"An MX, SPF or DMARC record beside a CNAME is therefore lost for some senders or for all.",
	Bad:  "mail IN CNAME mail.example.net.\nmail IN MX 10 mx.example.net.\n",
	Good: "mail IN A 192.0.2.1\nmail IN MX 10 mx.example.net.\n",
	Refs: []string{"RFC 1034, section 3.6.2", "RFC 2181, section 10.1", "RFC 4035, section 2.5"},
	Fix:  rules.Manual,
	Run:  rules.On(crowded, checkCoexist),
}

var cnameApex = &rules.Rule{
	ID:       "zone-cname-apex",
	Severity: rules.Error,
	Summary:  "the top of the zone is a CNAME",
	What:     "The domain itself has a CNAME record. The top of a zone always has an SOA and NS records, and nothing may stand beside a CNAME.",
	Why: "Name servers refuse to load the zone. Where one does not, resolvers that follow the CNAME look for the domain's MX, SPF and DMARC records " +
		"at the target and no longer see its own.",
	Bad:        "@ IN CNAME www.example.net.\n",
	Good:       "@ IN A 192.0.2.1\n",
	Refs:       []string{"RFC 1034, section 3.6.2", "RFC 2181, section 10.1", "RFC 1912, section 2.4"},
	Fix:        rules.Manual,
	Supersedes: []string{"zone-cname-coexist"},
	Run:        rules.On(rules.Zones, checkApexCNAME),
}

var cnameMultiple = &rules.Rule{
	ID:       "zone-cname-multiple",
	Severity: rules.Error,
	Summary:  "a name has several CNAMEs",
	What:     "A name has CNAME records with different targets. A name has one canonical name, so there may be only one.",
	Why: "Name servers refuse to load the zone (\"multiple RRs of singleton type\"), or hand out one of the targets at random: " +
		"mail programs then reach one host now and another one later.",
	Bad:  "imap IN CNAME imap.example.net.\nimap IN CNAME mail.example.net.\n",
	Good: "imap IN CNAME imap.example.net.\n",
	Refs: []string{"RFC 2181, section 10.1", "RFC 1034, section 3.6.2"},
	Fix:  rules.Manual,
	Run:  rules.On(crowded, checkMultipleCNAME),
}

var cnameLoop = &rules.Rule{
	ID:       "zone-cname-loop",
	Severity: rules.Error,
	Summary:  "CNAMEs point at each other in a circle",
	What:     "The target of a CNAME is, directly or over other CNAMEs of the zone, the CNAME itself. A wildcard that answers for a target counts.",
	Why:      "Nothing ever comes of such a name: resolvers give up with an error, and whatever mail looks for there is not found.",
	Bad:      "imap IN CNAME mail\nmail IN CNAME imap\n",
	Good:     "imap IN CNAME mail\nmail IN A 192.0.2.1\n",
	Refs:     []string{"RFC 1034, section 3.6.2"},
	Fix:      rules.Manual,
	Run:      rules.On(aliases, checkLoops),
}

// aliases is the zone, apart from rules.Zones so that following all its CNAMEs
// can have a processor of its own.
var aliases = &rules.Subject[*zone.Zone]{Each: rules.Zones.Each}

// besideCNAME are the types that may share a name with a CNAME: RFC 4035,
// section 2.5, and their forerunners in RFC 2181, section 10.1.
var besideCNAME = []zone.Type{
	zone.TypeCNAME, zone.TypeRRSIG, zone.TypeNSEC, zone.Type(dns.TypeKEY), zone.Type(dns.TypeSIG), zone.Type(dns.TypeNXT),
}

func checkCoexist(p *rules.Pass, n zone.Node) {
	if !n.Has(zone.TypeCNAME) || n.Name() == p.Zone.Apex || !n.HasOther(besideCNAME...) || !n.Name().Within(p.Zone.Apex) {
		return
	}
	var cname zone.Record
	var others []string
	var related []rules.Related
	seen := map[zone.Type]bool{}
	for _, t := range besideCNAME[1:] {
		seen[t] = true
	}
	for r := range n.Records() {
		if seen[r.Type] {
			continue
		}
		seen[r.Type] = true
		if r.Type == zone.TypeCNAME {
			cname = r
			continue
		}
		others = append(others, r.Type.String())
		related = append(related, rules.Related{Span: r.Span(zone.Part{Kind: zone.PartType}), Message: "beside the CNAME"})
	}
	list := enumerate(others)
	f := rules.At(cname, zone.Part{Kind: zone.PartType}, fmt.Sprintf(
		"Beside this CNAME %s has %s records, which may not be, so name servers refuse the whole zone. Keep one or the other.", n.Name(), list))
	f.Related = related
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("remove the CNAME of %s, or its %s records", n.Name(), list)))
}

func checkApexCNAME(p *rules.Pass, z *zone.Zone) {
	n, ok := z.Node(z.Apex)
	if !ok || !n.Has(zone.TypeCNAME) {
		return
	}
	c := n.RRset(zone.TypeCNAME)[0]
	if (c.Loc.Source == nil || keepsSOA(z)) && !n.Has(zone.TypeSOA) && !n.Has(zone.TypeNS) {
		return // a provider that keeps those to itself answers with the target's addresses instead
	}
	f := rules.At(c, zone.Part{Kind: zone.PartType}, fmt.Sprintf(
		"The domain itself, %s, has a CNAME beside its SOA and NS records, so name servers refuse the whole zone. Use A and AAAA records.", z.Apex))
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("put the A and AAAA records of %s in place of the CNAME", c.Target())))
}

func checkMultipleCNAME(p *rules.Pass, n zone.Node) {
	if !n.Has(zone.TypeCNAME) || !n.Multi() || !n.Name().Within(p.Zone.Apex) {
		return
	}
	cs := n.RRset(zone.TypeCNAME)
	for _, c := range cs[1:] {
		if c.Target() == cs[0].Target() {
			continue // zone-dup-record
		}
		f := rules.At(c, zone.Field(0), fmt.Sprintf(
			"%s has CNAMEs to %s and %s but may have only one, so name servers refuse the whole zone. Keep the right one.", n.Name(), cs[0].Target(), c.Target()))
		f.Related = []rules.Related{{Span: cs[0].Span(zone.Field(0)), Message: "the first CNAME"}}
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("remove all CNAMEs of %s but one", n.Name())))
		return
	}
}

// checkLoops follows each CNAME whose target is a CNAME of the zone too. Each
// is walked once: what an earlier walk has seen leads nowhere new.
func checkLoops(p *rules.Pass, z *zone.Zone) {
	var walked map[zone.Name]int // number of the walk that came by
	walk := 0
	first := firsts{}
	for r := range z.OfType(zone.TypeCNAME) {
		next, ok := first.follow(z, r)
		if !ok || walked[r.Name] != 0 || z.Cut(r.Name) != "" {
			continue
		}
		if walked == nil {
			walked = map[zone.Name]int{}
		}
		walk++
		chain := []zone.Record{r}
		walked[r.Name] = walk
		for ok && walked[next.Name] == 0 {
			walked[next.Name] = walk
			chain = append(chain, next)
			next, ok = first.follow(z, next)
		}
		if !ok || walked[next.Name] != walk {
			continue
		}
		for chain[0].Name != next.Name {
			chain = chain[1:] // the way into the loop
		}
		reportLoop(p, chain)
	}
}

// follow returns the CNAME that the target of a CNAME has in the zone, itself
// or by a wildcard.
func (f firsts) follow(z *zone.Zone, r zone.Record) (next zone.Record, ok bool) {
	n, ok := z.NodeFor(r.Target())
	if !ok || !n.Has(zone.TypeCNAME) {
		return zone.Record{}, false
	}
	return f.of(n, zone.TypeCNAME), true
}

// reportLoop reports a loop at that of its records which stands first.
func reportLoop(p *rules.Pass, loop []zone.Record) {
	first := 0
	for i, r := range loop {
		if r.Loc.File < loop[first].Loc.File || r.Loc.File == loop[first].Loc.File && r.Loc.Offset < loop[first].Loc.Offset {
			first = i
		}
	}
	loop = append(append([]zone.Record{}, loop[first:]...), loop[:first]...)
	r := loop[0]
	message := fmt.Sprintf("The CNAMEs %s form a loop, so none of the names leads anywhere. Point one of them at a host.", circle(loop))
	switch {
	case len(loop) > 1:
	case r.Target() == r.Name:
		message = fmt.Sprintf("The CNAME of %s points at itself, so the name leads nowhere. Point it at a host.", r.Name)
	default: // a wildcard that answers for its own target
		message = fmt.Sprintf("%s does not exist, so the CNAME of %s answers for it too and points at itself. Give %s an address.", r.Target(), r.Name, r.Target())
	}
	f := rules.At(r, zone.Field(0), message)
	for i, o := range loop[1:] {
		if i == 9 {
			break
		}
		f.Related = append(f.Related, rules.Related{Span: o.Span(zone.Field(0)), Message: "part of the loop"})
	}
	p.Report(f.WithFix(rules.Manual, "give one of the names the address of a host, or a CNAME to one"))
}

// circle writes a loop as "a. -> b. -> a.".
func circle(loop []zone.Record) string {
	const most = 5
	var b strings.Builder
	for i, r := range loop {
		if i == most {
			fmt.Fprintf(&b, "(%d more) -> ", len(loop)-most)
			break
		}
		b.WriteString(r.Name.String() + " -> ")
	}
	return b.String() + loop[0].Name.String()
}
