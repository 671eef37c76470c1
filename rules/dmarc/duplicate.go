package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var dupTag = &rules.Rule{
	ID:       "dmarc-dup-tag",
	Severity: rules.Error,
	Summary:  "a DMARC record has a tag twice",
	What:     "A tag stands more than once in a DMARC record. With the same value each time it is a warning.",
	Why: "The tag-list syntax that DMARC takes from DKIM makes a record with a repeated tag invalid. Receivers that read it all the same " +
		"take the first or the last value, so it is open what the record says.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com; p=reject"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 6376, section 3.2", "RFC 9989, section 4.7"},
	Fix:  rules.Safe,
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		for i := range s.Entries {
			checkDuplicates(p, &s.Entries[i])
		}
	}),
}

func checkDuplicates(p *rules.Pass, e *Entry) {
	r := &e.DMARC
	var again []tagvalue.Tag // in the order of the text
	for _, t := range r.Tags {
		if t.Faults.Has(tagvalue.Duplicate) || versionAgain(r, t) {
			again = append(again, t)
		}
	}
	if len(again) == 0 {
		return
	}
	var edits []tagvalue.Edit
	for _, t := range again {
		if _, same := firstOf(r, t); same {
			edits = append(edits, tagvalue.Removal(r.Text, &t))
		}
	}
	repaired := tagvalue.Apply(e.Record, r.Text, edits)
	for _, t := range again[:min(len(again), tagvalue.Most)] {
		first, same := firstOf(r, t)
		name := t.Name.Of(r.Text)
		f := rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To), "")
		f.Related = []rules.Related{{Span: e.Span(zone.TextPart(first.From, first.To)), Message: "the first"}}
		if same {
			f.Message = fmt.Sprintf("The tag %s stands here again, with the same value. That makes the record invalid to receivers that read it strictly. Remove it.", name)
			f = f.As(rules.Warning).WithFix(rules.Safe, "remove the repeated tags", zone.Replace(e.Record, repaired))
		} else {
			f.Message = fmt.Sprintf("The tag %s stands here again, with another value. That makes the record invalid, and receivers that read it all the same take either. Keep one.", name)
			f = f.WithFix(rules.Manual, fmt.Sprintf("keep the tag %s that is meant", name))
		}
		p.Report(f)
	}
}

// versionAgain reports whether a tag is a second version; the first is not
// among the tags where it leads the record.
func versionAgain(r *Record, t tagvalue.Tag) bool {
	return r.Version.Form != VersionLate && strings.EqualFold(t.Name.Of(r.Text), "v") && !r.Version.Span.Empty() && !t.Faults.Has(tagvalue.NoEquals)
}

// firstOf returns the span of the tag that a duplicate repeats, and whether
// they have the same value.
func firstOf(r *Record, t tagvalue.Tag) (first tagvalue.Span, same bool) {
	if versionAgain(r, t) {
		return r.Version.Span, t.Value.Of(r.Text) == r.Version.Value.Of(r.Text)
	}
	f := r.Tags[t.First]
	return tagvalue.Span{From: f.Name.From, To: f.Value.To}, f.Value.Of(r.Text) == t.Value.Of(r.Text)
}
