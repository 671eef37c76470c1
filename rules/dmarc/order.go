package dmarc

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/faults"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var pOrder = &rules.Rule{
	ID:       "dmarc-p-order",
	Severity: rules.Warning,
	Summary:  "the p tag of a DMARC record does not follow the version",
	What:     "A DMARC record has other tags between the version and the p tag. RFC 9989 allows that; the grammar of RFC 7489 does not.",
	Why:      "Older receivers that read by the letter of that grammar refuse the record, so for them the domain has no policy.",
	Bad: `_dmarc IN TXT "v=DMARC1; rua=mailto:dmarc@example.com; p=reject"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 7489, section 6.3", "RFC 7489, section 6.4", "RFC 9989, section 4.8"},
	Fix:  rules.Safe,
	Run:  onEntries(checkOrder),
}

func checkOrder(p *rules.Pass, s *Set, e *Entry) {
	r := &e.DMARC
	if s.Place == AtAuthorisation || !r.Version.Valid() {
		return
	}
	// A tag that cannot be read may be the p tag, and is reported as such.
	for i, t := range r.Tags {
		if t.Faults.Has(faults.Any) {
			return
		}
		if !strings.EqualFold(t.Name.Of(r.Text), "p") {
			continue
		}
		if i == 0 || i+1 < len(r.Tags) && r.Tags[i+1].Faults.Has(tagvalue.NoSemicolon) {
			return
		}
		f := rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To),
			"The p tag does not follow the version. RFC 9989 allows that, but receivers that read by the grammar of RFC 7489 refuse the record. Put it right behind v=DMARC1.")
		at := r.Version.Span.To
		p.Report(e.withEdits(f, rules.Safe, "put the p tag behind the version",
			tagvalue.Edit{From: at, To: at, Text: "; " + r.Text[t.Name.From:t.Value.To]}, tagvalue.Removal(r.Text, &t)))
		return
	}
}
