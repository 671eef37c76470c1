package transport

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/mailbox"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var tlsrptReportMX = &rules.Rule{
	ID:       "tlsrpt-report-mx",
	Severity: rules.Warning,
	Summary:  "the domain that is to get TLS reports takes no mail",
	What: "A TLS-RPT record names a mailbox whose domain has a null MX, or neither an MX nor an address. " +
		"That is looked up in the zone, in the other zones that are checked and in live DNS if asked for; where none of them knows, nothing is said.",
	Why: "The reports cannot be delivered, so that failing encryption goes unnoticed.",
	Bad: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@reports.example.com"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@reports.example.com"
reports IN MX 10 mx.example.net.
`,
	Refs: []string{"RFC 8460, section 3", "RFC 5321, section 5.1", "RFC 7505, section 3"},
	Fix:  rules.Manual,
	Run:  TLSRPT.checkEach(checkReportMX),
}

// checkReportMX takes what is misspelt as it is meant, so that all that is wrong
// with it is told at once.
func checkReportMX(p *rules.Pass, _ *Set, e *Entry) {
	var seen []zone.Name
	for i := range e.Fields {
		f := &e.Fields[i]
		if !strings.EqualFold(f.Name.Of(e.Text), TLSRPT.field) || f.Value.From <= f.Name.To {
			continue
		}
		for at, end := f.Value.From, 0; at < f.Value.To; at = end + 1 {
			end = f.Value.To
			if comma := strings.IndexByte(e.Text[at:end], ','); comma >= 0 {
				end = at + comma
			}
			span := blanksOff(e.Text, at, end)
			uri := span.Of(e.Text)
			if CheckURI(uri) != 0 {
				uri = mendURI(uri)
			}
			host := mailbox.Domain(uri)
			if host == "" || slices.Contains(seen, host) {
				continue
			}
			if seen = append(seen, host); len(seen) > tagvalue.Most {
				return
			}
			if why := mailbox.Refused(p, host); why != "" {
				found := rules.At(e.RR, zone.TextPart(span.From, span.To), fmt.Sprintf("%s %s, so the reports for this mailbox cannot be delivered. Name one that takes mail.", host, why))
				p.Report(found.WithFix(rules.Manual, "name a mailbox that takes mail"))
			}
		}
	}
}

var tlsrptMissing = &rules.Rule{
	ID:       "tlsrpt-missing",
	Severity: rules.Info,
	Summary:  "a domain with MTA-STS asks for no TLS reports",
	What:     "A domain with MX and an MTA-STS record at _mta-sts certainly has no TLS-RPT record at _smtp._tls.",
	Why:      "MTA-STS is meant to be used together with TLS-RPT: without reports nobody learns that senders fail to deliver because of it, or that encryption is attacked.",
	Bad: `@ IN MX 10 mx.example.net.
_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Good: `@ IN MX 10 mx.example.net.
_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
`,
	Refs: []string{"RFC 8461, section 6", "RFC 8460, section 3"},
	Fix:  rules.Manual,
	Run:  STS.check(checkReported),
}

func checkReported(p *rules.Pass, s *Set) {
	if s.Place != AtPolicy || !strings.HasPrefix(string(s.Name), STS.wire) || s.valid() == 0 {
		return
	}
	domain := s.Name.Parent()
	name, err := domain.Child(TLSRPT.Labels)
	if err != nil || domain.IsWildcard() || s.zone.Lookup(domain, zone.TypeMX).Status != zone.Found {
		return
	}
	// Another text there may be meant as one, of which other rules speak; and so
	// may a record at the name of the drafts.
	old, err := domain.Child("_smtp-tlsrpt")
	if err != nil || !p.Lookup(name, zone.TypeTXT).Status.Absent() || !p.Lookup(old, zone.TypeTXT).Status.Absent() {
		return
	}
	f := rules.At(s.Entries[0].RR, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf(
		"%s has MTA-STS but no TLS-RPT record, so nobody learns when senders fail to deliver because of it. Add %s with an address for reports.", domain, name))
	f.Name = name
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add %s IN TXT \"v=TLSRPTv1; rua=mailto:...\"", name)))
}
