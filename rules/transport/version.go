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
	v := e.Version
	want := "v=" + s.Standard.Version
	severity := rules.Error
	part, message := v.Fault(e.Text, want, s.Standard.Name, "senders discard")
	switch {
	case v.Form == tagvalue.VersionGood:
		return
	case v.Form == tagvalue.VersionSpaced:
		// The ABNF allows it, and the text below it does not (RFC 8461, section
		// 3.1; erratum 6285).
		severity = rules.Warning
		part = zone.TextPart(v.Span.To, v.Semicolon)
		message = fmt.Sprintf("A blank stands between %q and its semicolon, and many senders only take records that begin with %q. Remove it.", want, want+";")
	case s.valid() > 0:
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
		f = f.WithFix(rules.Safe, fmt.Sprintf("begin the record with %s;", want), zone.Replace(e.RR, v.Mended(e.RR, e.Text, e.Fields, want)))
	}
	p.Report(f)
}
