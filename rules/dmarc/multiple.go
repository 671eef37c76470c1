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
	var first *Entry
	var extra []*Entry
	alike := true
	data := map[string]bool{}
	for i := range s.Entries {
		e := &s.Entries[i]
		// Records of the same RDATA are one record to DNS (RFC 2181, section 5).
		if !e.DMARC.Version.Valid() || data[e.Data] {
			continue
		}
		data[e.Data] = true
		if first == nil {
			first = e
			continue
		}
		extra = append(extra, e)
		alike = alike && tagvalue.Same(first.DMARC.Text, first.DMARC.Tags, e.DMARC.Text, e.DMARC.Tags)
	}
	if len(extra) == 0 {
		return
	}
	part := zone.Part{Kind: zone.PartRData}
	f := rules.At(extra[0].Record, part, fmt.Sprintf("%s has %d DMARC records: receivers by RFC 9989 discard them all and look at the parent domain, older ones apply no DMARC. Keep one.", s.Name, len(extra)+1))
	f.Related = append(f.Related, rules.Related{Span: first.Span(part), Message: "the first DMARC record"})
	for _, e := range extra[1:] {
		f.Related = append(f.Related, rules.Related{Span: e.Span(part), Message: "another DMARC record"})
	}
	if !alike {
		p.Report(f.WithFix(rules.Manual, "keep the record that is meant and remove the others"))
		return
	}
	var gone []zone.Record
	for i := range s.Entries {
		if e := &s.Entries[i]; e.DMARC.Version.Valid() && e.Data != first.Data {
			gone = append(gone, e.Record)
		}
	}
	p.Report(f.WithFix(rules.Safe, "keep one of the records, which say the same", zone.Remove(gone...)))
}
