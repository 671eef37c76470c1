package dmarc

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var version = &rules.Rule{
	ID:       "dmarc-version",
	Severity: rules.Error,
	Summary:  "a DMARC record does not begin with v=DMARC1",
	What: "A TXT record is meant as DMARC, but the tag v=DMARC1 is missing, is not the first thing in the record, " +
		"is written in small letters or with another number, or has no semicolon behind it. Beside a good record of the same name it is a warning.",
	Why: "Receivers ignore a record that does not begin with exactly v=DMARC1, so the domain has no policy and gets no reports.",
	Bad: `_dmarc IN TXT "v=dmarc1; p=quarantine; rua=mailto:dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.8", "RFC 7489, section 6.3"},
	Fix:  rules.Safe,
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		for i := range s.Entries {
			checkVersion(p, s, &s.Entries[i])
		}
	}),
}

func checkVersion(p *rules.Pass, s *Set, e *Entry) {
	v := e.DMARC.Version
	part := zone.TextPart(v.Span.From, v.Span.To)
	written := tagvalue.Excerpt(v.Span.Of(e.DMARC.Text))
	severity := rules.Error
	var message string
	switch v.Form {
	case VersionGood:
		return
	case VersionLoose:
		severity = rules.Info
		message = fmt.Sprintf("The version is written %q. That is allowed, but some receivers look for \"v=DMARC1\" letter by letter. Write it so.", written)
	case VersionBehind:
		part = zone.TextPart(0, v.Span.From)
		before := fmt.Sprintf("%q", tagvalue.Excerpt(e.DMARC.Text[:v.Span.From]))
		if tagvalue.SkipBlanks(e.DMARC.Text, 0) == v.Span.From {
			before = "a blank"
		}
		message = fmt.Sprintf("The record begins with %s before v=DMARC1, so receivers do not take it for DMARC and ignore it. Remove that.", before)
	case VersionCase:
		message = fmt.Sprintf("The version is written %q, but its value is case-sensitive, so receivers ignore the record. Write \"v=DMARC1\".", written)
	case VersionUnclosed:
		end := min(v.Rest+1, len(e.DMARC.Text))
		part = zone.TextPart(v.Span.From, end)
		message = fmt.Sprintf("No semicolon follows %q, so receivers take what follows for a part of the version and ignore the record. Write \"v=DMARC1;\".", written)
	case VersionOther:
		message = fmt.Sprintf("%q is no version of DMARC, so receivers ignore the record. There is only \"v=DMARC1\".", written)
	case VersionBare:
		message = fmt.Sprintf("The record begins with %q instead of \"v=DMARC1\", so receivers ignore it. Write \"v=\" before it.", written)
	case VersionLate:
		message = fmt.Sprintf("%q is not the first tag, so receivers ignore the record. Put it first.", written)
	case VersionMissing:
		part = zone.Part{Kind: zone.PartRData}
		message = "The record does not begin with \"v=DMARC1\", so receivers ignore it. Put \"v=DMARC1;\" before it."
	}
	if severity == rules.Error && s.valid() > 0 {
		severity = rules.Warning // the policy is in force by another record
	}
	f := rules.At(e.Record, part, message).As(severity)
	switch {
	case !v.Proven:
		f = f.WithFix(rules.Manual, "write the record anew, beginning with v=DMARC1;")
	case len(s.Entries) > 1 && !v.Valid():
		// Receivers discard all DMARC records of a name that has several, so
		// giving this one a version may take the other one's effect.
		f = f.WithFix(rules.Manual, fmt.Sprintf("keep one of the %d DMARC records of %s, beginning with v=DMARC1;", len(s.Entries), s.Name))
	default:
		f = f.WithFix(rules.Safe, "begin the record with v=DMARC1", zone.Replace(e.Record, withVersion(e)))
	}
	p.Report(f)
}

// withVersion returns the record with the version as it must be, and all else
// as it is.
func withVersion(e *Entry) zone.Record {
	const good = "v=DMARC1"
	v, text := e.DMARC.Version, e.DMARC.Text
	switch v.Form {
	case VersionMissing:
		return e.WithText(0, tagvalue.SkipJunk(text, 0), good+"; ")
	case VersionLate:
		r := e.Record
		for _, t := range e.DMARC.Tags {
			if t.Name.From == v.Span.From {
				r = tagvalue.Apply(r, text, []tagvalue.Edit{tagvalue.Removal(text, &t)})
			}
		}
		return r.WithText(0, tagvalue.SkipJunk(r.Text(), 0), good+"; ")
	}
	if _, closed, _ := separator(text, v.Span.To); closed {
		return e.WithText(0, v.Span.To, good)
	}
	if v.Rest == len(text) {
		return e.WithText(0, v.Rest, good)
	}
	return e.WithText(0, v.Rest, good+"; ")
}
