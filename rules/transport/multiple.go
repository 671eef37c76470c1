package transport

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var stsMultiple = &rules.Rule{
	ID:       "sts-multiple",
	Severity: rules.Error,
	Summary:  "a domain has several MTA-STS records",
	What:     "Several TXT records at one name begin with v=STSv1. Other TXT records beside one MTA-STS record do no harm.",
	Why:      "Senders take none of several records and deliver as if there were no MTA-STS.",
	Bad: `_mta-sts IN TXT "v=STSv1; id=20261121"
_mta-sts IN TXT "v=STSv1; id=20261122"
mta-sts IN A 192.0.2.1
`,
	Good: `_mta-sts IN TXT "v=STSv1; id=20261122"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8461, section 3.1"},
	Fix:  rules.Manual,
	Run:  STS.check(checkMultiple),
}

var tlsrptMultiple = &rules.Rule{
	ID:       "tlsrpt-multiple",
	Severity: rules.Error,
	Summary:  "a domain has several TLS-RPT records",
	What:     "Several TXT records at one name begin with v=TLSRPTv1. Other TXT records beside one TLS-RPT record do no harm; several addresses stand in one record, parted by commas.",
	Why:      "Senders take none of several records and send no reports, so that failing encryption goes unnoticed.",
	Bad: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.net"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com,mailto:tls@example.net"
`,
	Refs: []string{"RFC 8460, section 3"},
	Fix:  rules.Manual,
	Run:  TLSRPT.check(checkMultiple),
}

func checkMultiple(p *rules.Pass, s *Set) {
	if s.Place != AtPolicy || len(s.Entries) < 2 {
		return
	}
	var several tagvalue.Several
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Version.Valid() {
			several.Add(e.RR, e.Text, e.Fields)
		}
	}
	extra := several.Extra
	if len(extra) == 0 {
		return
	}
	part := zone.Part{Kind: zone.PartRData}
	name := s.Standard.Name
	f := rules.At(extra[0], part, fmt.Sprintf("%s has %d %s records, and senders take none of several. Keep one.", s.Name, len(extra)+1, name))
	f.Related = append(f.Related, rules.Related{Span: several.First.Span(part), Message: "the first " + name + " record"})
	for _, r := range extra[1:min(len(extra), tagvalue.Most)] {
		f.Related = append(f.Related, rules.Related{Span: r.Span(part), Message: "another " + name + " record"})
	}
	if !several.Alike {
		p.Report(f.WithFix(rules.Manual, "keep the record that is meant and remove the others"))
		return
	}
	p.Report(f.WithFix(rules.Safe, "keep one of the records, which say the same", zone.Remove(several.Gone...)))
}
