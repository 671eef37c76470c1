package caa

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

var stsDenied = &rules.Rule{
	ID:       "caa-sts-denied",
	Severity: rules.Warning,
	Summary:  "CAA records forbid the certificate that MTA-STS needs",
	What: "A domain has an MTA-STS record, and the CAA records that count for its policy host mta-sts, or for a mail server that its MX records name, " +
		"let no CA issue a certificate. Hosts whose CAA records the zone does not tell are not judged.",
	Why: "Senders fetch the MTA-STS policy over HTTPS and ask the mail server for a valid certificate. Where no CA may issue one, it cannot be renewed: " +
		"senders then get no policy, or do not deliver to the server.",
	Bad: `@ IN CAA 0 issue ";"
_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org"
_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8659, section 3", "RFC 8659, section 4.2", "RFC 8461, section 3.3", "RFC 8461, section 4.2"},
	Fix:  rules.Manual,
	Run:  rules.On(rules.Zones, checkSTS),
}

// checkSTS looks at all MTA-STS records of a zone that denies certificates.
func checkSTS(p *rules.Pass, z *zone.Zone) {
	if !denied(z) {
		return
	}
	c := climb{p: p, seen: map[zone.Name]*verdict{}}
	told := map[zone.Name]bool{}
	for n := range z.NodesOf(zone.TypeTXT) {
		if n.Name().Label() != "_mta-sts" || z.Cut(n.Name()) != "" {
			continue
		}
		sts := firstOf(n, zone.TypeTXT)
		if !strings.HasPrefix(sts.TextPrefix(8), "v=STSv1") {
			continue
		}
		domain := n.Name().Parent()
		for _, host := range certified(z, domain) {
			v := c.denies(host)
			if v == nil || told[host] {
				continue
			}
			told[host] = true
			q, _ := read(v.by)
			f := rules.At(sts, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf("%s has MTA-STS, for which %s needs a valid certificate, but the CAA records of %s let no CA issue one. Name there the CA that issues it.", domain, host, v.by.Name))
			f.Related = []rules.Related{{Span: v.by.Span(valueOf(&q)), Message: "this forbids all CAs"}}
			p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add an issue property for %s that names its CA", host)))
		}
	}
}

// denied reports whether some record of the zone lets no CA issue certificates;
// few zones have one.
func denied(z *zone.Zone) bool {
	for r := range z.OfType(zone.TypeCAA) {
		if q, _ := read(r); q.tag == tagIssue && q.issue.Denies() {
			return true
		}
	}
	return false
}

func firstOf(n zone.Node, t zone.Type) (r zone.Record) {
	for r = range n.Records() {
		if r.Type == t {
			break
		}
	}
	return r
}

// certified returns the hosts in the zone that need a valid certificate for a
// domain with MTA-STS: its policy host (RFC 8461, section 3.3) and its mail
// servers (section 4.2).
func certified(z *zone.Zone, domain zone.Name) []zone.Name {
	var hosts []zone.Name
	if host, err := domain.Child("mta-sts"); err == nil {
		hosts = append(hosts, host)
	}
	const many = 16
	if n, ok := z.Node(domain); ok && n.Has(zone.TypeMX) {
		for r := range n.Of(zone.TypeMX) {
			if r.Target() != zone.Root && r.Target().Within(z.Apex) && len(hosts) < many {
				hosts = append(hosts, r.Target())
			}
		}
	}
	return hosts
}

// verdict is what the CAA records of a name let CAs do.
type verdict struct {
	host     bool        // a CA may issue for a host
	wildcard bool        // a CA may issue for a wildcard
	by       zone.Record // the first record that forbids the former
}

// climb finds the CAA records that count for a name: its own, or those of the
// nearest name above that has any (RFC 8659, section 3).
type climb struct {
	p    *rules.Pass
	seen map[zone.Name]*verdict
}

// denies returns the verdict by which no CA may issue a certificate for a host,
// nor for the wildcard that covers it; nil if one may or that is not known.
func (c *climb) denies(host zone.Name) *verdict {
	v := c.relevant(host)
	if v == nil || v.host {
		return nil
	}
	if w := c.relevant(host.Parent()); w == nil || w.wildcard {
		return nil
	}
	return v
}

// relevant returns the verdict of the records that count; nil if there are none
// in the zone, or if that is not known.
func (c *climb) relevant(name zone.Name) *verdict {
	for n := name; n.Within(c.p.Zone.Apex); n = n.Parent() {
		if v, ok := c.seen[n]; ok {
			return v
		}
		a := c.p.Lookup(n, zone.TypeCAA)
		switch {
		case a.Status.Absent():
			continue
		case a.Status != zone.Found || a.From != resolve.Itself:
			return nil
		}
		c.seen[n] = judge(a.Records)
		return c.seen[n]
	}
	return nil
}

func judge(records []zone.Record) *verdict {
	var issues, wilds, allowed, wild bool
	var v verdict
	for _, r := range records {
		switch q, _ := read(r); q.tag {
		case tagIssue:
			if !issues {
				v.by = r
			}
			issues = true
			allowed = allowed || !q.issue.Denies()
		case tagWild:
			wilds = true
			wild = wild || !q.issue.Denies()
		}
	}
	// Without a property of a kind, nothing is restricted; issuewild comes
	// before issue (RFC 8659, section 4.3).
	v.host = allowed || !issues
	v.wildcard = wild || !wilds && v.host
	return &v
}
