package transport

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var stsVersion = &rules.Rule{
	ID:       "sts-version",
	Severity: rules.Error,
	Summary:  "an MTA-STS record does not begin with v=STSv1;",
	What: "A TXT record is meant as MTA-STS, but v=STSv1 is missing, is not the first thing in the record, is written in other letters or with " +
		"another number, or has no semicolon right behind it. A blank before that semicolon is a warning, since the RFC contradicts itself there. " +
		"Beside a good record of the same name it is a warning too.",
	Why: "Senders discard a record that does not begin with exactly v=STSv1; and deliver as if there were no MTA-STS, " +
		"so that an attacker can turn off the encryption of mail.",
	Bad: `_mta-sts IN TXT "v=stsv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Good: `_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8461, section 3.1", "https://www.rfc-editor.org/errata/eid6285"},
	Fix:  rules.Safe,
	Run:  STS.checkEach(checkVersion),
}

var tlsrptVersion = &rules.Rule{
	ID:       "tlsrpt-version",
	Severity: rules.Error,
	Summary:  "a TLS-RPT record does not begin with v=TLSRPTv1;",
	What: "A TXT record is meant as TLS-RPT, but v=TLSRPTv1 is missing, is not the first thing in the record, is written in other letters or with " +
		"another number, or has no semicolon right behind it. A blank before that semicolon is a warning, since the RFC contradicts itself there. " +
		"Beside a good record of the same name it is a warning too.",
	Why: "Senders discard a record that does not begin with exactly v=TLSRPTv1; and send no reports, so that failing encryption goes unnoticed.",
	Bad: `_smtp._tls IN TXT "v=TLSRPT1; rua=mailto:tls@example.com"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
`,
	Refs: []string{"RFC 8460, section 3"},
	Fix:  rules.Safe,
	Run:  TLSRPT.checkEach(checkVersion),
}

func checkVersion(p *rules.Pass, s *Set, e *Entry) {
	v, text := e.Version, e.Text
	want := "v=" + s.Standard.Version
	part := zone.TextPart(v.Span.From, v.Span.To)
	written := tagvalue.Excerpt(v.Span.Of(text))
	severity := rules.Error
	var message string
	switch v.Form {
	case VersionGood:
		return
	case VersionSpaced:
		severity = rules.Warning
		part = zone.TextPart(v.Span.To, v.Semicolon)
		message = fmt.Sprintf("A blank stands between %q and its semicolon, and many senders only take records that begin with %q. Remove it.", want, want+";")
	case VersionBehind:
		part = zone.TextPart(0, v.Span.From)
		before := fmt.Sprintf("%q", tagvalue.Excerpt(text[:v.Span.From]))
		if tagvalue.SkipBlanks(text, 0) == v.Span.From {
			before = "a blank"
		}
		message = fmt.Sprintf("The record begins with %s before %q, so senders discard it. Remove that.", before, want)
	case VersionCase:
		message = fmt.Sprintf("The version is written %q, but it must be %q letter by letter, so senders discard the record. Write it so.", written, want)
	case VersionUnclosed:
		part = zone.TextPart(v.Span.From, min(v.Rest+1, len(text)))
		message = fmt.Sprintf("No semicolon follows %q, so senders discard the record. Write %q.", written, want+";")
	case VersionOther:
		message = fmt.Sprintf("%q is no version of %s, so senders discard the record. There is only %q.", written, s.Standard.Name, want)
	case VersionBare:
		message = fmt.Sprintf("The record begins with %q instead of %q, so senders discard it. Write \"v=\" before it.", written, want)
	case VersionLate:
		message = fmt.Sprintf("%q is not the first field, so senders discard the record. Put it first.", written)
	case VersionMissing:
		part = zone.Part{Kind: zone.PartRData}
		message = fmt.Sprintf("The record does not begin with %q, so senders discard it. Put that before it.", want+";")
	}
	if severity == rules.Error && s.valid() > 0 {
		severity = rules.Warning // another record is in force
	}
	f := rules.At(e.RR, part, message).As(severity)
	switch {
	case !v.Proven:
		f = f.WithFix(rules.Manual, fmt.Sprintf("write the record anew, beginning with %s;", want))
	case len(s.Entries) > 1 && !v.Valid():
		// Senders take none of several records, so giving this one a version may
		// take the other one's effect.
		f = f.WithFix(rules.Manual, fmt.Sprintf("keep one of the %d %s records of %s, beginning with %s;", len(s.Entries), s.Standard.Name, s.Name, want))
	default:
		f = f.WithFix(rules.Safe, fmt.Sprintf("begin the record with %s;", want), zone.Replace(e.RR, withVersion(e, want)))
	}
	p.Report(f)
}

// withVersion returns the record with the version as it must be, and all else
// as it is.
func withVersion(e *Entry, want string) zone.Record {
	v, text := e.Version, e.Text
	switch {
	case v.Form == VersionLate:
		r := e.RR
		for _, f := range e.Fields {
			if f.Name.From == v.Span.From {
				r = tagvalue.Apply(r, text, []tagvalue.Edit{tagvalue.Removal(text, &f)})
			}
		}
		return r.WithText(0, tagvalue.SkipJunk(r.Text(), 0), want+"; ")
	case v.Form == VersionMissing:
		return e.RR.WithText(0, tagvalue.SkipJunk(text, 0), want+"; ")
	case v.Semicolon >= 0:
		return e.RR.WithText(0, v.Semicolon, want)
	case v.Rest == len(text):
		return e.RR.WithText(0, len(text), want)
	}
	return e.RR.WithText(0, v.Rest, want+"; ")
}
