package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/mailbox"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// request is a domain's wish to have reports sent to a mailbox.
type request struct {
	domain zone.Name // whose policy it is; "" for that of a wildcard
	host   zone.Name // the domain of the mailbox
	tag    string    // rua or ruf
	// record is the TXT record of the zone, or the CNAME that leads to it.
	record zone.Record
	part   zone.Part
}

// requests is the subject of all mailboxes that the policies of the zone name,
// each host once a policy; those that a CNAME leads to are among them.
var requests = &rules.Subject[*request]{Each: eachRequest}

func eachRequest(p *rules.Pass, visit func(*request)) {
	z := p.Zone
	var tags []tagvalue.Tag
	for r := range z.OfTypeAt(zone.TypeTXT, func(n zone.Name) bool { return label(n) || n.IsWildcard() }) {
		named := label(r.Name)
		d := Parse(r.Text(), named, tags[:0])
		if tags = d.Tags; d.Version.Form == NotDMARC || z.Cut(r.Name) != "" || authorises(r.Name) {
			continue
		}
		q := request{record: r}
		if named {
			q.domain = r.Name.Parent()
		}
		d.eachHost(func(tag string, span tagvalue.Span, host zone.Name) {
			q.host, q.tag, q.part = host, tag, zone.TextPart(span.From, span.To)
			visit(&q)
		})
	}
	for r := range z.OfTypeAt(zone.TypeCNAME, label) {
		if z.Cut(r.Name) != "" {
			continue
		}
		a := p.Lookup(r.Name, zone.TypeTXT)
		if d, s := only(a.Records); s == present && len(a.Aliases) > 0 {
			q := request{domain: r.Name.Parent(), record: r, part: zone.Field(0)}
			d.eachHost(func(tag string, _ tagvalue.Span, host zone.Name) {
				q.host, q.tag = host, tag
				visit(&q)
			})
		}
	}
}

// eachHost visits the first mailbox at each domain that the record names for
// reports. What is misspelt is taken as it is meant, so that all that is wrong
// with it is told at once.
func (r *Record) eachHost(visit func(tag string, span tagvalue.Span, host zone.Name)) {
	var seen []zone.Name
	var meant map[string]string // by the tag guessed; looked up once, however many there are
	for _, t := range r.Tags {
		tag := strings.ToLower(t.Name.Of(r.Text))
		if n := number(tag); n < 0 && len(tag) > 2 && !t.Value.Empty() {
			if tag = guessTag(tag); tag != "rua" && tag != "ruf" {
				continue
			}
			if _, known := meant[tag]; !known {
				if meant == nil {
					meant = map[string]string{}
				}
				meant[tag] = tag
				if _, ok := r.Tag(tag); ok {
					meant[tag] = ""
				}
			}
			tag = meant[tag]
		}
		if tag != "rua" && tag != "ruf" {
			continue
		}
		r.eachItem(t, func(u uri) bool {
			text := u.span.Of(r.Text)
			if v, repaired := judge(text); v != goodURI && repaired != "" {
				text = repaired
			}
			for one := range strings.SplitSeq(text, ",") {
				if host := mailboxAt(one); host != "" && !slices.Contains(seen, host) {
					visit(tag, u.span, host)
					seen = append(seen, host)
				}
			}
			return len(seen) < tagvalue.Most
		})
	}
}

// mailboxAt returns the domain of the mailbox that a mailto URI names, "" if it
// is none or its domain is not plain.
func mailboxAt(text string) zone.Name {
	const scheme = "mailto:"
	if len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) || !ValidURI(text) {
		return ""
	}
	address, _, _ := strings.Cut(text[len(scheme):], "!")
	address, _, _ = strings.Cut(address, "?")
	domain := address[strings.LastIndexByte(address, '@')+1:]
	if strings.IndexByte(domain, '%') >= 0 || strings.IndexByte(domain, '[') >= 0 {
		return ""
	}
	host, err := zone.ParseName(domain, zone.Root)
	if err != nil || host == zone.Root {
		return ""
	}
	return host
}

var reportAuth = &rules.Rule{
	ID:       "dmarc-report-auth",
	Severity: rules.Warning,
	Summary:  "another domain is to get DMARC reports, but does not accept them",
	What: "A DMARC record names a mailbox of another organizational domain, and that domain has no record v=DMARC1 at <domain>._report._dmarc to accept the reports. " +
		"It is looked for in the zone, in the other zones that are checked and in live DNS if asked for; where none of them knows, nothing is said.",
	Why: "Receivers send reports about one organization to a mailbox of another only if that one accepts them. Else no report is sent to it.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; psd=n"
_dmarc.shop IN TXT "v=DMARC1; p=none; psd=n; rua=mailto:dmarc@example.com"
@ IN MX 10 mx.example.net.
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; psd=n"
_dmarc.shop IN TXT "v=DMARC1; p=none; psd=n; rua=mailto:dmarc@example.com"
shop.example.com._report._dmarc IN TXT "v=DMARC1;"
@ IN MX 10 mx.example.net.
`,
	Refs: []string{"RFC 7489, section 7.1", "RFC 9990, section 4", "RFC 9989, section 4.10.2"},
	Fix:  rules.Manual,
	Run:  rules.On(requests, checkReportAuth),
}

func checkReportAuth(p *rules.Pass, q *request) {
	if q.domain == "" || q.host == q.domain {
		return
	}
	who := external(p, q.domain, q.host)
	if who == "" {
		return
	}
	name, err := q.host.Child(strings.TrimSuffix(q.domain.String(), ".") + "._report._dmarc")
	if err != nil {
		return
	}
	a := p.Lookup(name, zone.TypeTXT)
	seen := "there is no TXT record at " + name.String()
	switch {
	case a.Status == zone.Found:
		for _, r := range a.Records {
			if Parse(r.Text(), false, nil).Version.Valid() {
				return
			}
		}
		seen = "no TXT record at " + name.String() + " begins with v=DMARC1"
	case !a.Status.Absent():
		return
	}
	p.Report(rules.At(q.record, q.part,
		fmt.Sprintf("%s does not accept reports about %s: %s, so %s send none there. Have it publish \"v=DMARC1;\" there, or name a mailbox of %s.", q.host, q.domain, seen, who, q.domain)).
		WithFix(rules.Manual, fmt.Sprintf("publish %s TXT \"v=DMARC1;\", or name a mailbox of %s", name, q.domain)))
}

// external returns which receivers take a mailbox for one of another
// organization than the domain, "" if none does or it is open.
func external(p *rules.Pass, domain, host zone.Name) string {
	old := listed(domain) != listed(host) || listed(domain) == ""
	common := domain
	for !host.Within(common) {
		common = common.Parent()
	}
	if common == zone.Root || isSuffix(common) {
		return "receivers"
	}
	a, b := walk(p, domain, true), walk(p, host, true)
	differ := a.apart(host) || b.apart(domain) || a.state != open && b.state != open && a.org != b.org
	switch {
	case old && differ:
		return "receivers"
	case old:
		return "receivers by RFC 7489"
	case !differ:
		return ""
	}
	return "receivers by RFC 9990"
}

// apart reports whether a record with psd=n settles that another domain belongs
// to another organization.
func (c *course) apart(other zone.Name) bool {
	psd, _ := c.record.Tag("psd")
	return c.state == present && !other.Within(c.org) && strings.EqualFold(psd.Value.Of(c.record.Text), "n")
}

var reportMX = &rules.Rule{
	ID:       "dmarc-report-mx",
	Severity: rules.Warning,
	Summary:  "the domain that is to get DMARC reports takes no mail",
	What: "A DMARC record names a mailbox whose domain has a null MX, or neither an MX nor an address. " +
		"That is looked up in the zone, in the other zones that are checked and in live DNS if asked for; where none of them knows, nothing is said.",
	Why: "The reports cannot be delivered, so nobody reads them.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
@ IN MX 0 .
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
@ IN MX 10 mx.example.net.
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 5321, section 5.1", "RFC 7505, section 3"},
	Fix:  rules.Manual,
	Run:  rules.On(requests, checkReportMX),
}

func checkReportMX(p *rules.Pass, q *request) {
	why := mailbox.Refused(p, q.host)
	if why == "" {
		return
	}
	p.Report(rules.At(q.record, q.part, fmt.Sprintf("%s %s, so the reports for this mailbox cannot be delivered. Name one that takes mail.", q.host, why)).
		WithFix(rules.Manual, "name a mailbox that takes mail in "+q.tag))
}
