package hygiene

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var occluded = &rules.Rule{
	ID:       "zone-occluded",
	Severity: rules.Warning,
	Summary:  "records are hidden below a delegation or a DNAME",
	What: "Records stand at or below a name that the zone delegates with NS records, or below a DNAME. The addresses of the delegation's own name servers, " +
		"and NS and DS at the delegation, belong there; all else is never answered. It is an error where the records are for mail.",
	Why: "Only the name servers of the delegated zone are asked for these names. An MX, SPF or DMARC record in the parent zone has no effect, however right it is.",
	Bad: "shop IN NS ns1.example.net.\nshop IN MX 10 mail.example.net.\n",
	Good: "shop IN NS ns1.shop\nshop IN NS ns2.example.net.\nns1.shop IN A 192.0.2.53\n" +
		"mail.other IN MX 10 mail.example.net.\n",
	Refs: []string{"RFC 1034, section 4.2.1", "RFC 2181, section 6.1", "RFC 6672, section 2.4"},
	Fix:  rules.Manual,
	Run:  rules.On(hidden, checkHidden),
}

// cover is why an owner is hidden.
type cover struct {
	zone.Node
	by    zone.Record // the first NS record of the delegation, or the DNAME
	isCut bool        // the owner is the delegation itself
	glue  bool        // the owner is a name server of a delegation
}

// hidden is the owners below the zone's delegations and DNAMEs. A zone with
// neither costs nothing; and of one with some, only the names that have other
// names above them are looked up.
var hidden = &rules.Subject[cover]{Each: func(p *rules.Pass, visit func(cover)) {
	z := p.Zone
	redirected := false
	for range z.OfType(zone.TypeDNAME) {
		redirected = true
		break
	}
	if z.Cuts() == 0 && !redirected {
		return
	}
	var servers map[zone.Name]bool
	first := firsts{}
	for n := range z.Nodes() {
		name := n.Name()
		if name == z.Apex && !redirected || !n.Has(zone.TypeNS) && !redirected && name.Parent() == z.Apex || n.Types() == 0 {
			continue
		}
		c := cover{Node: n}
		cut := z.Cut(name)
		switch {
		case cut != "":
			c.isCut = cut == name
			if c.isCut && !n.HasOther(atCut...) {
				continue
			}
			at, _ := z.Node(cut)
			c.by = first.of(at, zone.TypeNS)
			if n.Has(zone.TypeA) || n.Has(zone.TypeAAAA) {
				if servers == nil {
					servers = nameServers(z)
				}
				c.glue = servers[name]
			}
		case redirected:
			d, ok := dnameAbove(z, name)
			if !ok {
				continue
			}
			c.by = first.of(d, zone.TypeDNAME)
		default:
			continue
		}
		visit(c)
	}
}}

// atCut are the types that belong to the parent at a delegation (RFC 4035,
// section 2.6).
var atCut = []zone.Type{zone.TypeNS, zone.TypeDS, zone.TypeRRSIG, zone.TypeNSEC}

// nameServers returns the targets of the NS records in the zone. Those of one
// delegation may lie below another (RFC 9471, section 2.2).
func nameServers(z *zone.Zone) map[zone.Name]bool {
	out := map[zone.Name]bool{}
	for ns := range z.OfType(zone.TypeNS) {
		if t := ns.Target(); t.Within(z.Apex) {
			out[t] = true
		}
	}
	return out
}

// dnameAbove returns the owner of the DNAME that redirects a name.
func dnameAbove(z *zone.Zone, name zone.Name) (zone.Node, bool) {
	for a := name.Parent(); a.Within(z.Apex); a = a.Parent() {
		if n, ok := z.Node(a); ok && n.Has(zone.TypeDNAME) {
			return n, true
		}
	}
	return zone.Node{}, false
}

func checkHidden(p *rules.Pass, c cover) {
	seen := map[zone.Type]bool{zone.TypeRRSIG: true, zone.TypeNSEC: true}
	if c.isCut {
		seen[zone.TypeNS], seen[zone.TypeDS] = true, true
	}
	if c.glue {
		seen[zone.TypeA], seen[zone.TypeAAAA] = true, true
	}
	for r := range c.Records() {
		if seen[r.Type] {
			continue
		}
		seen[r.Type] = true
		reportHidden(p, c, r)
	}
}

func reportHidden(p *rules.Pass, c cover, r zone.Record) {
	what := r.Type.String()
	forMail := r.Type == zone.TypeMX || r.Type == zone.TypeCNAME && mailLabel(r.Name)
	if r.Type == zone.TypeTXT {
		for _, t := range c.RRset(zone.TypeTXT) {
			if kind := meant(t.Name, t.Text()); kind != none && !forMail {
				r, what, forMail = t, kind.String(), true
			}
		}
	}
	part := ownerPart(r)
	if c.isCut {
		part.Kind = zone.PartType
	}
	by := fmt.Sprintf("%s is delegated to %s", c.by.Name, c.by.Target())
	fix := fmt.Sprintf("move the %s records of %s to the zone %s", r.Type, r.Name, c.by.Name)
	advice := "Put it into that zone."
	if c.by.Type == zone.TypeDNAME {
		by = fmt.Sprintf("the DNAME of %s redirects all names below it", c.by.Name)
		target := r.Name.Without(c.by.Name, c.by.Target())
		fix = fmt.Sprintf("move the %s records to %s, or remove the DNAME", r.Type, target)
		advice = fmt.Sprintf("Put it at %s", target)
	}
	f := rules.At(r, part, fmt.Sprintf("This %s record of %s is never answered: %s. %s", what, r.Name, by, advice))
	f.Related = []rules.Related{{Span: c.by.Span(zone.Part{Kind: zone.PartRecord}), Message: "hidden by this record"}}
	if forMail {
		f.Severity = rules.Error
	}
	p.Report(f.WithFix(rules.Manual, fix))
}

// mailLabel reports whether a name is one at which mail looks for its
// policies, which may be CNAMEs to another's.
func mailLabel(n zone.Name) bool {
	l := n.Label()
	return l == "_dmarc" || l == "_mta-sts" || strings.HasPrefix(string(n), "\x05_smtp\x04_tls") || belowDomainKey(n)
}
