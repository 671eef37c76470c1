// Package faults reports mistakes in the syntax of records that are lists of
// tags, all that can be repaired of a record with one fix.
package faults

import (
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// Fault is a mistake in the syntax of a record.
type Fault struct {
	From, To int // octets of the text, end exclusive
	Message  string
	Severity rules.Severity // the rule's if 0
	// Repairs say the same in a form that can be read; nil if only a person
	// knows what was meant.
	Repairs []tagvalue.Edit
	// ByHand offers a fault without repairs as one for a person to mend.
	ByHand bool
}

// Any are the mistakes of a tag that make a text no list of tags.
const Any = tagvalue.NoEquals | tagvalue.NoName | tagvalue.BadName | tagvalue.Empty | tagvalue.NoSemicolon | tagvalue.BadOctet

// Report reports the faults of a record with the given text, tagvalue.Most at
// the most. Their repairs are in the order of the text and do not overlap. What
// the fix does is an imperative phrase: "write the record as tag=value".
func Report(p *rules.Pass, r zone.Record, text string, list []Fault, fix string) {
	// One fix for all that can be repaired, so that the record changes once.
	var edits []tagvalue.Edit
	for _, f := range list {
		edits = append(edits, f.Repairs...)
	}
	var repaired zone.Record
	if len(edits) > 0 {
		repaired = tagvalue.Apply(r, text, edits)
	}
	for _, f := range list[:min(len(list), tagvalue.Most)] {
		found := rules.At(r, zone.TextPart(f.From, f.To), f.Message).As(f.Severity)
		switch {
		case len(f.Repairs) > 0:
			found = found.WithFix(rules.Safe, fix, zone.Replace(r, repaired))
		case f.ByHand:
			found = found.WithFix(rules.Manual, fix)
		}
		p.Report(found)
	}
}
