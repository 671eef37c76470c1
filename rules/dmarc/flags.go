package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// onEntries makes a runner of a check of one record.
func onEntries(check func(*rules.Pass, *Set, *Entry)) rules.Runner {
	return rules.On(Sets, func(p *rules.Pass, s *Set) {
		for i := range s.Entries {
			check(p, s, &s.Entries[i])
		}
	})
}

// withEdits returns the finding with a fix that edits the record. As long as
// the version is not right the fix is for a person: dmarc-version rewrites the
// record first.
func (e *Entry) withEdits(f rules.Finding, s rules.Safety, description string, edits ...tagvalue.Edit) rules.Finding {
	if s == rules.Manual || len(edits) == 0 || !e.DMARC.Version.Valid() {
		return f.WithFix(rules.Manual, description)
	}
	return f.WithFix(s, description, zone.Replace(e.Record, tagvalue.Apply(e.Record, e.DMARC.Text, edits)))
}

// flag is a tag whose values are single letters, in any case.
type flag struct {
	tag     string
	letters string
	def     byte   // the default
	effect  string // what the default means
}

var flags = [...]flag{
	{"adkim", "rs", 'r', "relaxed alignment"},
	{"aspf", "rs", 'r', "relaxed alignment"},
	{"psd", "ynu", 'u', "the tree walk decides what the domain is"},
	{"t", "yn", 'n', "the policy is applied in full"},
}

var alignInvalid = &rules.Rule{
	ID:       "dmarc-align-invalid",
	Severity: rules.Warning,
	Summary:  "the value of the DMARC tag adkim or aspf is neither r nor s",
	What:     "A DMARC record has a tag adkim or aspf whose value is neither r (relaxed) nor s (strict), in any case.",
	Why: "Receivers take the default, relaxed, so strict alignment that was meant is not in force. " +
		"Some that read strictly refuse the whole record, and with it the policy.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject; adkim=strict"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; adkim=s"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.8", "RFC 7489, section 6.3"},
	Fix:  rules.Safe,
	Run: onEntries(func(p *rules.Pass, _ *Set, e *Entry) {
		checkFlag(p, e, &flags[0])
		checkFlag(p, e, &flags[1])
	}),
}

var psdInvalid = &rules.Rule{
	ID:       "dmarc-psd-invalid",
	Severity: rules.Warning,
	Summary:  "the value of the DMARC tag psd is not y, n or u",
	What:     "A DMARC record has a tag psd whose value is not y (a public suffix), n (none, and an organizational domain) or u (unknown).",
	Why: "Receivers take the default, u, so the record does not stop the tree walk as it was meant to, " +
		"and the policy for subdomains may come from another domain.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject; psd=no"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; psd=n"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.8", "RFC 9989, section 4.10"},
	Fix:  rules.Safe,
	Run:  onEntries(func(p *rules.Pass, _ *Set, e *Entry) { checkFlag(p, e, &flags[2]) }),
}

var tInvalid = &rules.Rule{
	ID:       "dmarc-t-invalid",
	Severity: rules.Warning,
	Summary:  "the value of the DMARC tag t is neither y nor n",
	What:     "A DMARC record has a tag t (test mode) whose value is neither y nor n.",
	Why:      "Receivers take the default, n, so a policy that was meant to be tested is applied in full, and mail is refused by it.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject; t=yes"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; t=n"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.8", "RFC 9989, section A.6"},
	Fix:  rules.Safe,
	Run:  onEntries(func(p *rules.Pass, _ *Set, e *Entry) { checkFlag(p, e, &flags[3]) }),
}

// has reports whether a value is one of the flag's.
func (g *flag) has(value string) bool {
	return len(value) == 1 && strings.IndexByte(g.letters, value[0]|0x20) >= 0
}

func checkFlag(p *rules.Pass, e *Entry, g *flag) {
	t, ok := e.DMARC.Tag(g.tag)
	if !ok || t.Value.Empty() { // dmarc-syntax speaks of a tag without a value
		return
	}
	value := t.Value.Of(e.DMARC.Text)
	if g.has(value) {
		return
	}
	meant, certain := g.near(value)
	advice := strings.Join(strings.Split(g.letters, ""), " or ")
	if meant != 0 {
		advice = string(meant)
	}
	f := rules.At(e.Record, zone.TextPart(t.Value.From, t.Value.To),
		fmt.Sprintf("%q is no value of %s, so receivers take the default, %c: %s. Write %s=%s.", tagvalue.Excerpt(value), g.tag, g.def, g.effect, g.tag, advice))
	switch {
	case meant == 0:
		f = f.WithFix(rules.Manual, fmt.Sprintf("choose %s=%s", g.tag, advice))
	case certain || meant == rune(g.def):
		f = e.withEdits(f, rules.Safe, fmt.Sprintf("write %s=%c", g.tag, meant), tagvalue.Edit{From: t.Value.From, To: t.Value.To, Text: string(meant)})
	default:
		// It changes what receivers do with mail today.
		f = e.withEdits(f, rules.Unsafe, fmt.Sprintf("write %s=%c", g.tag, meant), tagvalue.Edit{From: t.Value.From, To: t.Value.To, Text: string(meant)})
	}
	p.Report(f)
}

// near returns the letter that a value which is none was probably meant to be,
// 0 if that is open. It is certain where only quotes, punctuation or blanks are
// too much.
func (g *flag) near(value string) (letter rune, certain bool) {
	if len(value) > 64 {
		return 0, false
	}
	word := strings.ToLower(strings.TrimFunc(value, func(r rune) bool {
		return r >= 0x80 || strings.ContainsRune(" \t\r\n\"'`.,:!?/\\()[]<>{}-_", r)
	}))
	if g.has(word) {
		return rune(word[0]), true
	}
	switch {
	case g.letters == "rs":
	case word == "1", word == "true":
		return 'y', false
	case word == "0", word == "false":
		return 'n', false
	}
	for _, full := range []string{"relaxed", "strict", "yes", "no", "unknown"} {
		if len(word) >= 2 && strings.HasPrefix(full, word) && strings.IndexByte(g.letters, full[0]) >= 0 {
			return rune(full[0]), false
		}
	}
	return 0, false
}
