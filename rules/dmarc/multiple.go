package dmarc

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var multiple = &rules.Rule{
	ID:       "dmarc-multiple",
	Severity: rules.Error,
	Summary:  "a domain has several DMARC records",
	What:     "Several TXT records at one name begin with v=DMARC1. Other TXT records beside one DMARC record do no harm.",
	Why: "Receivers by RFC 9989 discard them all and look at the parent domains; receivers by RFC 7489 apply no DMARC. " +
		"Either way none of the records is in force.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none"
_dmarc IN TXT "v=DMARC1; p=reject"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject"
`,
	Refs: []string{"RFC 9989, section 4.10", "RFC 7489, section 6.6.3"},
	Fix:  rules.Manual,
	Run:  rules.On(Sets, checkMultiple),
}

func checkMultiple(p *rules.Pass, s *Set) {
	// Several records may accept reports (RFC 7489, section 7.1, step 9).
	if s.Place != AtPolicy || len(s.Entries) < 2 {
		return
	}
	var several tagvalue.Several
	for i := range s.Entries {
		if e := &s.Entries[i]; e.DMARC.Version.Valid() {
			several.Add(e.Record, e.DMARC.Text, e.DMARC.Tags)
		}
	}
	extra := several.Extra
	if len(extra) == 0 {
		return
	}
	part := zone.Part{Kind: zone.PartRData}
	f := rules.At(extra[0], part, fmt.Sprintf("%s has %d DMARC records: receivers by RFC 9989 discard them all and look at the parent domain, older ones apply no DMARC. Keep one.", s.Name, len(extra)+1))
	f.Related = append(f.Related, rules.Related{Span: several.First.Span(part), Message: "the first DMARC record"})
	for _, r := range extra[1:min(len(extra), tagvalue.Most)] {
		f.Related = append(f.Related, rules.Related{Span: r.Span(part), Message: "another DMARC record"})
	}
	if !several.Alike {
		p.Report(f.WithFix(rules.Manual, "keep the record that is meant and remove the others"))
		return
	}
	p.Report(f.WithFix(rules.Safe, "keep one of the records, which say the same", zone.Remove(several.Gone...)))
}
