package bimi

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var avatar = &rules.Rule{
	ID:       "bimi-avp",
	Severity: rules.Warning,
	Summary:  "the avatar preference of a BIMI record is neither personal nor brand",
	What:     "The tag avp of a BIMI record has another value than personal and brand, which are case-sensitive.",
	Why:      "Mailbox providers ignore another value and prefer the logo to personal avatars, or treat the whole record as failing.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=; avp=Personal"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=; avp=personal"
`,
	Refs: []string{draft + ", section 4.3"},
	Fix:  rules.Safe,
	Run: onTag("avp", func(p *rules.Pass, e *Entry, t *tagvalue.Tag) {
		checkWord(p, e, t, "prefer the logo to avatars or treat the record as failing", "personal", "brand")
	}),
}

var localPart = &rules.Rule{
	ID:       "bimi-lps",
	Severity: rules.Warning,
	Summary:  "the local-part selector switch of a BIMI record is not true or false",
	What:     "The tag lps of a BIMI record has another value than true and false, which are case-sensitive. Lists of local parts, which an older draft had, are left alone.",
	Why:      "A value that is not well-formed is an error: mailbox providers look for no selector made of the sender's local part, or ignore the record.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=; lps=True"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=; lps=true"
`,
	Refs: []string{draft + ", section 4.3", draft + ", section 4.5"},
	Fix:  rules.Safe,
	Run: onTag("lps", func(p *rules.Pass, e *Entry, t *tagvalue.Tag) {
		if !localParts(t.Value.Of(e.Text)) {
			checkWord(p, e, t, "look for no selectors of local parts or ignore the record", "true", "false")
		}
	}),
}

// checkWord reports a value that is none of two words.
func checkWord(p *rules.Pass, e *Entry, t *tagvalue.Tag, effect, one, other string) {
	written := t.Value.Of(e.Text)
	if written == one || written == other {
		return
	}
	name := strings.ToLower(t.Name.Of(e.Text))
	f := rules.At(e.RR, zone.TextPart(t.Value.From, t.Value.To), fmt.Sprintf(
		"%q is no value of %s, so mailbox providers %s. Write %s or %s.", tagvalue.Excerpt(written), name, effect, one, other))
	if t.Value.Empty() {
		f = rules.At(e.RR, zone.TextPart(t.Name.From, t.Equals+1), fmt.Sprintf("The tag %s has no value, so mailbox providers %s. Write %s or %s.", name, effect, one, other))
	}
	for _, word := range []string{one, other} {
		if strings.EqualFold(strings.Trim(written, "\"'"), word) {
			p.Report(f.WithFix(rules.Safe, fmt.Sprintf("write %s=%s", name, word), zone.Replace(e.RR, e.RR.WithText(t.Value.From, t.Value.To, word))))
			return
		}
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("write %s=%s or %s=%s", name, one, name, other)))
}

// localParts reports whether a value is a list of local parts, which is neither
// of the words in another case.
func localParts(s string) bool {
	if s == "" || strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
		return false
	}
	listed := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		listed = listed || c == ','
		if c == ',' || c == ' ' || c == '\t' || c == '-' || c == '.' || c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
			continue
		}
		return false
	}
	return listed || s != "yes" && s != "no" && s != "1" && s != "0"
}
