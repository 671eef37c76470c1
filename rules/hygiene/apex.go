package hygiene

import (
	"fmt"
	"slices"

	"golang.org/x/net/publicsuffix"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var outOfZone = &rules.Rule{
	ID:       "zone-out-of-zone",
	Severity: rules.Error,
	Summary:  "a record's owner lies outside of the zone",
	What: "The owner of a record is not the zone's domain or a name below it. Often a name ends in a dot that should not be there, or belongs to another zone. " +
		"The address of a name server outside of the zone, which older zones carry, is only a warning.",
	Why:  "Servers leave such a record out (\"ignoring out-of-zone data\") or refuse the zone. Mail that needs the record does not find it.",
	Bad:  "_dmarc. IN TXT \"v=DMARC1; p=none\"\n",
	Good: "_dmarc IN TXT \"v=DMARC1; p=none\"\n",
	Refs: []string{"RFC 1034, section 4.2.1", "RFC 1035, section 5.2"},
	Fix:  rules.Unsafe,
	Run:  rules.On(strays, checkOutside),
}

var soaMissing = &rules.Rule{
	ID:       "zone-soa-missing",
	Severity: rules.Error,
	Summary:  "the zone has no SOA record",
	What:     "A zone file that was read completely holds no SOA record.",
	Why:      "Name servers refuse to load the zone, so none of its mail records is published.",
	Bad:      "; no SOA\n$ORIGIN example.com.\n$TTL 3600\n@ IN NS ns1.example.net.\n@ IN MX 10 mail.example.net.\n",
	Good:     "@ IN MX 10 mail.example.net.\n",
	Refs:     []string{"RFC 1035, section 5.2", "RFC 1034, section 4.2.1"},
	Fix:      rules.Manual,
	Run:      rules.On(rules.Zones, checkNoSOA),
}

var soaMultiple = &rules.Rule{
	ID:       "zone-soa-multiple",
	Severity: rules.Error,
	Summary:  "the zone has more than one SOA record",
	What:     "The zone holds different SOA records, or one below its top. The same SOA once more, as at the end of a zone transfer, is zone-dup-record.",
	Why:      "Name servers refuse to load the zone, so none of its mail records is published.",
	Bad: "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600\n" +
		"@ IN SOA ns9.example.net. hostmaster.example.net. 1 7200 3600 1209600 3600\n@ IN NS ns1.example.net.\n",
	Good: "@ IN MX 10 mail.example.net.\n",
	Refs: []string{"RFC 1035, section 5.2", "RFC 2181, section 6.1"},
	Fix:  rules.Manual,
	Run:  rules.On(rules.Zones, checkSeveralSOA),
}

// stray is an owner outside of the zone.
type stray struct {
	zone.Node
	nameServer bool // it is the target of an NS record
}

var strays = &rules.Subject[stray]{Each: func(p *rules.Pass, visit func(stray)) {
	var servers map[zone.Name]bool
	for n := range p.Zone.Nodes() {
		name := n.Name()
		if name.Within(p.Zone.Apex) || n.Types() == 0 {
			continue // without types: its only record could not be read
		}
		if servers == nil {
			if _, ok := doubledApex(p.Zone); ok {
				return // then nothing in the file is where it was meant to be
			}
			servers = map[zone.Name]bool{}
			for ns := range p.Zone.OfType(zone.TypeNS) {
				servers[ns.Target()] = true
			}
		}
		visit(stray{n, servers[name]})
	}
}}

func checkOutside(p *rules.Pass, n stray) {
	name, apex := n.Name(), p.Zone.Apex
	rs := slices.Collect(n.Records())
	what := fmt.Sprintf("its %s record is", rs[0].Type)
	if len(rs) > 1 {
		what = fmt.Sprintf("its %d records are", len(rs))
	}
	f := rules.At(rs[0], ownerPart(rs[0]), "")
	for _, o := range rs[1:] {
		f.Related = append(f.Related, rules.Related{Span: o.Span(zone.Part{Kind: zone.PartRecord}), Message: "left out as well"})
	}
	if n.nameServer && !n.HasOther(zone.TypeA, zone.TypeAAAA) {
		f.Message = fmt.Sprintf("The name server %s lies outside of the zone %s, so this address is left out; resolvers take the one in its own zone. Remove it.", name, apex)
		p.Report(f.As(rules.Warning).WithFix(rules.Unsafe, "remove the address of "+name.String(), removeAll(rs)...))
		return
	}
	if within, ok := dotTooMany(p.Zone, name); ok {
		f.Message = fmt.Sprintf("%s with a final dot lies outside of the zone %s, so %s left out. Without the dot it is %s", name, apex, what, within)
		p.Report(moveTo(p.Zone, f, rs, within, rules.Unsafe))
		return
	}
	f.Message = fmt.Sprintf("%s lies outside of the zone %s, so %s left out, or servers refuse the zone. Correct the owner, or put it into its own zone.", name, apex, what)
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("correct the owner %s, or put it into the zone that it belongs to", name)))
}

// dotTooMany returns the name that an owner outside of the zone would be
// without its final dot, if with the dot it can be no domain: it is a single
// label, or ends in one with an underscore ("_dmarc.", "s1._domainkey.").
func dotTooMany(z *zone.Zone, name zone.Name) (within zone.Name, ok bool) {
	last := name
	for len(last.Parent()) > 1 {
		last = last.Parent()
	}
	label := last.Label()
	single := last == name && !topLevel(label) && label != "localhost"
	if label == "" || !single && label[0] != '_' || len(name)-1+len(z.Apex) > zone.MaxName || z.Apex == zone.Root {
		return "", false
	}
	return name[:len(name)-1] + z.Apex, true
}

// topLevel reports whether a label is a top-level domain in which names are
// registered.
func topLevel(label string) bool {
	_, icann := publicsuffix.PublicSuffix(label)
	return icann
}

func removeAll(rs []zone.Record) zone.ChangeSet {
	cs := make(zone.ChangeSet, 0, len(rs))
	for _, r := range rs {
		cs = append(cs, zone.Remove(r))
	}
	return cs
}

func checkNoSOA(p *rules.Pass, z *zone.Zone) {
	if !complete(z) || z.Source == nil {
		return // a provider keeps the SOA to itself
	}
	for range z.OfType(zone.TypeSOA) {
		return
	}
	for _, pr := range z.Problems {
		if pr.Type == zone.TypeSOA && pr.Kind == zone.ProblemSyntax {
			return // it is there, but could not be read
		}
	}
	if keepsSOA(z) {
		return
	}
	message := fmt.Sprintf("The zone %s has no SOA record, so name servers refuse it. Add one at the top.", z.Apex)
	if z.Len() == 0 {
		message = fmt.Sprintf("There is no record in the zone %s, so name servers refuse it. See whether the file was written to its end.", z.Apex)
	}
	f := p.AtApex(zone.TypeSOA, message)
	p.Report(f.WithFix(rules.Manual, "add an SOA record with the zone's primary name server, contact, serial and timers"))
}

// keepsSOA reports whether a zone is at a provider that makes the SOA record
// itself and does not tell it.
func keepsSOA(z *zone.Zone) bool {
	return slices.ContainsFunc(z.Problems, func(pr zone.Problem) bool {
		return pr.Kind == zone.ProblemComputed && pr.Type == zone.TypeSOA
	})
}

func checkSeveralSOA(p *rules.Pass, z *zone.Zone) {
	var first zone.Record
	for r := range z.OfType(zone.TypeSOA) {
		if first.Data == "" {
			first = r
			continue
		}
		if !r.Name.Within(z.Apex) || r.Name == first.Name && r.Data == first.Data {
			continue // zone-out-of-zone, zone-dup-record
		}
		message := fmt.Sprintf("This is a second, different SOA record of %s, so name servers refuse the zone. Keep one.", r.Name)
		if r.Name != first.Name {
			message = fmt.Sprintf("This SOA record is at %s, below the top of the zone %s, so name servers refuse the zone. Put the zone %s into a file of its own.", r.Name, z.Apex, r.Name)
		}
		f := rules.At(r, zone.Part{Kind: zone.PartType}, message)
		f.Related = []rules.Related{{Span: first.Span(zone.Part{Kind: zone.PartType}), Message: "the SOA record of the zone"}}
		p.Report(f.WithFix(rules.Manual, "keep one SOA record"))
	}
}
