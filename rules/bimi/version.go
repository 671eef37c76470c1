package bimi

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// prefix is what a record must begin with.
const prefix = "v=" + value

var version = &rules.Rule{
	ID:       "bimi-version",
	Severity: rules.Error,
	Summary:  "a BIMI record does not begin with v=BIMI1",
	What: "A TXT record is meant as BIMI, but v=BIMI1 is missing, is not the first thing in the record, is written in other letters or with another number, " +
		"or has no semicolon behind it. A capital V alone is a warning, and so is each of these beside a good record of the same name.",
	Why: "Mailbox providers must ignore a record that does not begin with exactly this version and must not repair it, so they show no logo.",
	Bad: `default._bimi IN TXT "v=bimi1; l=https://example.com/logo.svg; a=https://example.com/logo.pem"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem"
`,
	Refs: []string{draft + ", section 4.3", draft + ", section 7.2"},
	Fix:  rules.Safe,
	Run:  each(checkVersion),
}

func checkVersion(p *rules.Pass, s *Set, e *Entry) {
	v := e.Version
	if v.Valid() {
		return
	}
	part, message := v.Fault(e.Text, prefix, "BIMI", "mailbox providers ignore")
	f := rules.At(e.RR, part, message)
	switch {
	case s.valid() > 0:
		f = f.As(rules.Warning) // another record is in force
	case v.Form == tagvalue.VersionCase && e.Text[v.Span.To-len(value):v.Span.To] == value:
		// The ABNF has "v", which is any case; the names of DKIM's tags are not.
		f = f.As(rules.Warning)
		f.Message = "The tag v is written in capitals, and names of tags are case-sensitive, so mailbox providers may ignore the record. Write v=BIMI1."
	}
	switch {
	case !v.Proven:
		f = f.WithFix(rules.Manual, "write the record anew, beginning with v=BIMI1;")
	case len(s.Entries) > 1:
		// Of several records none is used, so giving this one a version may take
		// the other one's effect.
		f = f.WithFix(rules.Manual, fmt.Sprintf("keep one of the %d BIMI records of %s, beginning with v=BIMI1;", len(s.Entries), s.Name))
	default:
		f = f.WithFix(rules.Safe, "begin the record with v=BIMI1;", zone.Replace(e.RR, v.Mended(e.RR, e.Text, e.Tags, prefix)))
	}
	p.Report(f)
}
