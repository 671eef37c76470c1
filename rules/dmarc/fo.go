package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var foInvalid = &rules.Rule{
	ID:       "dmarc-fo-invalid",
	Severity: rules.Warning,
	Summary:  "the value of the DMARC tag fo is not a list of its options",
	What: "A DMARC record asks for failure reports with a tag fo that is not a list of 0 or 1, d and s, each at most once and with colons between them. " +
		"RFC 7489 allowed 0 and 1 together, options twice and blanks around the colons; RFC 9989 does not.",
	Why: "Receivers by RFC 9989 take the default, 0, so there are reports only of mail that fails everything. Strict ones refuse the record.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; ruf=mailto:dmarc@example.com; fo=0:1:d"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; ruf=mailto:dmarc@example.com; fo=1:d"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.8", "RFC 7489, section 6.3"},
	Fix:  rules.Safe,
	Run:  onEntries(checkFailureOptions),
}

var foWithoutRUF = &rules.Rule{
	ID:       "dmarc-fo-without-ruf",
	Severity: rules.Info,
	Summary:  "a DMARC record has a tag fo but no ruf",
	What:     "A DMARC record says with fo which failure reports it wants, but not with ruf where to send them.",
	Why:      "Receivers ignore fo then, and nobody gets failure reports.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com; fo=1"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com; ruf=mailto:dmarc@example.com; fo=1"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 7489, section 6.3"},
	Fix:  rules.Unsafe,
	Run: onEntries(func(p *rules.Pass, _ *Set, e *Entry) {
		t, ok := e.DMARC.Tag("fo")
		if !ok || t.Value.Empty() || e.DMARC.named("ruf") {
			return
		}
		var edits []tagvalue.Edit
		for _, t := range e.DMARC.Tags {
			if strings.EqualFold(t.Name.Of(e.DMARC.Text), "fo") {
				edits = append(edits, tagvalue.Removal(e.DMARC.Text, &t))
			}
		}
		f := rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To),
			"The record has no ruf tag, so receivers ignore fo and send no failure reports. Add ruf if you want them, else remove fo.")
		p.Report(e.withEdits(f, rules.Unsafe, "remove fo", edits...))
	}),
}

// named reports whether the record has something that is meant as the tag,
// however malformed.
func (r *Record) named(name string) bool {
	for _, t := range r.Tags {
		if strings.EqualFold(t.Name.Of(r.Text), name) {
			return true
		}
	}
	return false
}

func checkFailureOptions(p *rules.Pass, _ *Set, e *Entry) {
	t, ok := e.DMARC.Tag("fo")
	if !ok || t.Value.Empty() || !e.DMARC.named("ruf") {
		return // without ruf its content is ignored
	}
	value := t.Value.Of(e.DMARC.Text)
	if validOptions(value) {
		return
	}
	span, message := t.Value, ""
	options, bad := readOptions(e.DMARC.Text, t.Value)
	switch {
	case !bad.Empty():
		span = bad
		message = fmt.Sprintf("%q is no option of fo, so receivers take the default, 0. The options are 0, 1, d and s, with colons between them.", tagvalue.Excerpt(bad.Of(e.DMARC.Text)))
	case strings.Contains(value, "0") && strings.Contains(value, "1"):
		message = fmt.Sprintf("%q has both 0 and 1, which exclude each other: receivers by RFC 9989 take the default, 0, older ones do both. Write %s, since 1 includes 0.", tagvalue.Excerpt(value), options)
	default:
		message = fmt.Sprintf("%q is not a list of options with colons between them, each once, so receivers by RFC 9989 take the default, 0. Write %s.", tagvalue.Excerpt(value), options)
	}
	f := rules.At(e.Record, zone.TextPart(span.From, span.To), message)
	if !bad.Empty() || options == "" {
		p.Report(f.WithFix(rules.Manual, "write fo as 0 or 1, d and s with colons between them"))
		return
	}
	p.Report(e.withEdits(f, rules.Safe, "write fo="+options, tagvalue.Edit{From: t.Value.From, To: t.Value.To, Text: options}))
}

// validOptions is dmarc-fo (RFC 9989, section 4.8): one of 0 and 1, d and s,
// each at most once, in any order and any case.
func validOptions(s string) bool {
	seen := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i%2 == 1 {
			if c != ':' {
				return false
			}
			continue
		}
		option := 0
		switch c | 0x20 {
		case '0', '1':
			option = 1
		case 'd':
			option = 2
		case 's':
			option = 4
		}
		if option == 0 || seen&option != 0 || c < '0' {
			return false
		}
		seen |= option
	}
	return len(s)%2 == 1
}

// readOptions reads a list with other separators, repeated options, or 0 beside
// 1, as it is meant. The span is the first thing that is no option.
func readOptions(text string, value tagvalue.Span) (options string, bad tagvalue.Span) {
	const separators = ": \t,/|+"
	any1 := strings.Contains(value.Of(text), "1")
	for i := value.From; i < value.To; {
		if strings.IndexByte(separators, text[i]) >= 0 {
			i++
			continue
		}
		word := tagvalue.Span{From: i, To: i}
		for word.To < value.To && strings.IndexByte(separators, text[word.To]) < 0 {
			word.To++
		}
		i = word.To
		option := strings.ToLower(word.Of(text))
		if len(option) != 1 || strings.IndexByte("01ds", option[0]) < 0 {
			return "", word
		}
		if strings.Contains(options, option) || option == "0" && any1 {
			continue
		}
		if options != "" {
			options += ":"
		}
		options += option
	}
	return options, tagvalue.Span{}
}
