package bimi

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var multiple = &rules.Rule{
	ID:       "bimi-multiple",
	Severity: rules.Error,
	Summary:  "a selector has several BIMI records",
	What:     "Several TXT records at one selector begin with v=BIMI1. Other TXT records beside one BIMI record do no harm.",
	Why:      "Mailbox providers use none of several records and show no logo.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/a.svg; a="
default._bimi IN TXT "v=BIMI1; l=https://example.com/b.svg; a="
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/a.svg; a="
summer._bimi IN TXT "v=BIMI1; l=https://example.com/b.svg; a="
`,
	Refs: []string{draft + ", section 7.2"},
	Fix:  rules.Manual,
	Run:  rules.On(Sets, checkMultiple),
}

func checkMultiple(p *rules.Pass, s *Set) {
	if s.Place != AtSelector || len(s.Entries) < 2 {
		return
	}
	var several tagvalue.Several
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Version.Valid() {
			several.Add(e.RR, e.Text, e.Tags)
		}
	}
	extra := several.Extra
	if len(extra) == 0 {
		return
	}
	part := zone.Part{Kind: zone.PartRData}
	f := rules.At(extra[0], part, fmt.Sprintf("%s has %d BIMI records, and mailbox providers use none of several. Keep one.", s.Name, len(extra)+1))
	f.Related = append(f.Related, rules.Related{Span: several.First.Span(part), Message: "the first BIMI record"})
	for _, r := range extra[1:min(len(extra), tagvalue.Most)] {
		f.Related = append(f.Related, rules.Related{Span: r.Span(part), Message: "another BIMI record"})
	}
	if !several.Alike {
		p.Report(f.WithFix(rules.Manual, "keep the record that is meant and give the others selectors of their own"))
		return
	}
	p.Report(f.WithFix(rules.Safe, "keep one of the records, which say the same", zone.Remove(several.Gone...)))
}
