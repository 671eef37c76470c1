package hygiene

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var quotes = &rules.Rule{
	ID:       "zone-txt-quotes",
	Severity: rules.Error,
	Summary:  "the quotes around a mail policy are part of it",
	What: "The text of an SPF, DMARC, DKIM, MTA-STS, TLS-RPT or BIMI record begins or ends with a quotation mark, or holds the marks between two strings. " +
		"It comes of quotes that were typed into a form which adds its own, or that were escaped on the way.",
	Why: "Receivers see \"v=spf1 with the mark in front of it, which is no version, and ignore the record. Within a DKIM key the marks spoil the key.",
	Bad: "@ IN TXT \"\\\"v=spf1 mx -all\\\"\"\n",
	Good: "@ IN TXT \"v=spf1 mx -all\"\n" +
		"about IN TXT \"they call it \\\"mail\\\"\"\n",
	Refs: []string{"RFC 1035, section 5.1", "RFC 7208, section 4.5", "RFC 9989, section 4.7"},
	Fix:  rules.Safe,
	// What stands behind the marks is read once they are gone.
	Supersedes: append([]string{"zone-txt-backslash"}, misread...),
	Run:        rules.On(patched, checkQuotes),
}

func checkQuotes(p *rules.Pass, r zone.Record) {
	text := r.Text()
	bare, at, ok := unquote(text)
	if !ok || !ascii(text) || mangled(r) {
		return
	}
	kind := meant(r.Name, bare)
	if kind == none {
		return
	}
	f := rules.At(r, zone.TextPart(at, at+1), fmt.Sprintf(
		"This quotation mark is part of the %s record, which was quoted twice, so receivers do not understand it. Write the text in one pair of quotes.", kind))
	fixed := r
	fixed.Data = zone.TextData(bare)
	class := rules.Unsafe
	if sound(kind, strings.ReplaceAll(bare, "\\;", ";")) {
		class = rules.Safe
	}
	p.Report(f.WithFix(class, "remove the quotation marks from the text", zone.Replace(r, fixed)))
}

// unquote returns a text without the quotation marks around it or around the
// strings that it is made of, and where the first of them stands; ok is false
// if there are none, or if others stand elsewhere.
func unquote(text string) (bare string, at int, ok bool) {
	if strings.IndexByte(text, '"') < 0 && strings.IndexByte(text, '\'') < 0 {
		return "", 0, false
	}
	at = strings.IndexAny(text, "\"'")
	s := strings.TrimSpace(strings.ReplaceAll(text, "\\\"", "\""))
	if single := strings.Trim(s, "'"); single != s {
		return strings.TrimSpace(single), at, !strings.ContainsAny(single, "\"'")
	}
	// The marks between two strings, which are joined as they were meant to be.
	parts := strings.Split(s, "\"")
	if len(parts) == 1 {
		return "", 0, false // an apostrophe
	}
	var b strings.Builder
	for i, part := range parts {
		switch first, last := i == 0, i == len(parts)-1; {
		case (first || last) && strings.TrimSpace(part) == "":
		case strings.TrimSpace(part) == "" && i%2 == between(parts):
		default:
			if b.Len() > 0 && i%2 == between(parts) {
				return "", 0, false // text outside of the marks
			}
			b.WriteString(part)
		}
	}
	return strings.TrimSpace(b.String()), at, b.Len() > 0
}

// between tells which of the parts that the marks of a text make stand between
// two strings, even or odd: the first part is a string if it is not empty, as
// where the outer pair of marks is gone.
func between(parts []string) int {
	if strings.TrimSpace(parts[0]) == "" {
		return 0
	}
	return 1
}
