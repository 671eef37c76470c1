package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules/spelling"
)

const versionSection = "v=spf1"

// version is where the version section of a text stands, or what stands for
// it.
type version struct {
	form     Form
	from, to int // the section
	body     int // where the terms begin
	end      int // where the text ends, without a quotation mark that closes it
	token    bool
	// guess says that the text is meant as SPF only if the terms bear it out.
	guess bool
}

// findVersion looks for the version section at the start of a text (RFC 7208,
// section 4.5) or for what was meant as one. A text that merely mentions SPF
// has none.
func findVersion(text string) (version, bool) {
	if hasPrefixFold(text, versionSection) && (len(text) == len(versionSection) || text[len(versionSection)] == ' ') {
		return version{form: SPF, to: len(versionSection), body: len(versionSection), end: len(text)}, true
	}
	at, quoted := leading(text)
	v := version{form: Meant, from: at, end: len(text)}
	closed := false
	if quoted {
		v.end, closed = closing(text)
	}
	if v.end <= at {
		return v, false
	}
	text = text[:v.end]
	if hasPrefixFold(text[at:], versionSection) {
		v.to = at + len(versionSection)
		v.body = v.to
		v.guess = quoted && !closed
		if v.to < v.end && octets[text[v.to]] != blank {
			v.behind(text)
		}
		return v, true
	}
	v.guess, v.token = true, true
	v.to = nearVersion(text, at)
	v.body = v.to
	return v, v.to > 0
}

// leading returns where the blanks, invisible characters and quotation marks
// at the start of a text end.
func leading(text string) (at int, quoted bool) {
	for at < len(text) {
		c, n := classAt(text[at:])
		switch {
		case c == visible && strings.IndexByte("\"'`", text[at]) >= 0 || c == quoteMark:
			quoted = true
		case c != blank && c != control && c != wideBlank && c != invisible:
			return at, quoted
		}
		at += n
	}
	return at, quoted
}

// closing returns where the quotation mark at the end of a text begins.
func closing(text string) (end int, found bool) {
	trimmed := strings.TrimRight(text, " \t\r\n")
	for _, q := range []string{`"`, "'", "`", "\u201d", "\u201c", "\u2019", "\u2018", "\u201f", "\xbb", "\x94", "\x93"} {
		if s, ok := strings.CutSuffix(trimmed, q); ok {
			return len(s), true
		}
	}
	return len(text), false
}

// behind judges what follows "v=spf1" where neither a blank nor the end does.
func (v *version) behind(text string) {
	at := v.to
	for at < len(text) {
		c, n := classAt(text[at:])
		if c == visible && strings.IndexByte(";,.:\"'`\\", text[at]) < 0 || c != visible && c != control && c != wideBlank && c != invisible && c != quoteMark {
			break
		}
		at += n
	}
	v.body = at
	if at == len(text) || at > v.to && !isDigit(text[at]) {
		return
	}
	end := tokenEnd(text, at)
	if at == v.to {
		if _, ok := clean(strings.TrimRight(text[at:end], ";,.")); ok {
			return // "v=spf1mx"
		}
	}
	v.to, v.body, v.token = end, end, true
}

// tokenEnd returns the end of what stands at an offset up to the next blank.
func tokenEnd(text string, at int) int {
	p := parser{text: text}
	end, _ := p.termEnd(at)
	return end
}

// nearVersion returns the end of a misspelt version section at an offset, 0 if
// there is nothing like it.
func nearVersion(text string, at int) int {
	if c := text[at] | 0x20; c != 'v' && c != 's' && text[at] != '=' {
		return 0
	}
	// "v = spf1"
	if i := at + 1; text[at]|0x20 == 'v' {
		for i < len(text) && strings.IndexByte(" =:", text[i]) >= 0 {
			i++
		}
		if end := i + len("spf1"); i > at+1 && hasPrefixFold(text[i:], "spf1") && (end == len(text) || octets[text[end]] == blank) {
			return end
		}
	}
	if !mentionsSPF(text[at:]) {
		return 0
	}
	end := tokenEnd(text, at)
	if token := strings.TrimRight(text[at:end], ";,.:"); len(token) >= 4 && len(token) <= 9 && spelling.Distance(token, versionSection) <= 2 {
		return end
	}
	return 0
}

// mentionsSPF reports whether two of the letters s, p and f stand at the start
// of s, which rules out the other records that begin with "v=".
func mentionsSPF(s string) bool {
	var seen [3]bool
	for i := range min(len(s), 9) {
		switch s[i] | 0x20 {
		case 's':
			seen[0] = true
		case 'p':
			seen[1] = true
		case 'f':
			seen[2] = true
		}
	}
	return seen[0] && (seen[1] || seen[2]) || seen[1] && seen[2]
}

// convincing reports whether the terms alone show that a text is meant as SPF:
// all are valid, and at least one is not an English word.
func (p *parser) convincing() bool {
	if len(p.faults) > 0 {
		return false
	}
	for i := range p.terms {
		t := &p.terms[i]
		switch t.Kind {
		case All:
			if isQualifier(p.text[t.From]) {
				return true
			}
		case Include, IP4, IP6, Exists, Redirect:
			return true
		case A, MX, PTR:
			if t.Domain != "" {
				return true
			}
		}
	}
	return false
}

// version records the faults of the version section. The terms have been read.
func (p *parser) version(v version, text string) {
	if v.form == SPF {
		return
	}
	if v.from > 0 {
		f := Fault{Kind: LeadingText, From: 0, To: v.from, Term: -1, Sure: true, Repair: []Edit{{0, v.from, ""}}}
		if v.end < len(text) {
			f.Repair = append(f.Repair, Edit{v.end, len(text), ""})
		}
		p.insert(f)
	}
	switch {
	case v.token:
		f := Fault{Kind: VersionToken, From: v.from, To: v.to, Term: -1, Repair: []Edit{{v.from, v.to, versionSection}}}
		word := skeleton(text[v.from:v.to])
		f.Sure = word == "vspf1" || word == "spf1"
		p.insert(f)
	case v.to < v.end && (v.body > v.to || octets[text[v.to]] != blank):
		f := Fault{Kind: VersionEnd, From: v.from, To: v.body, Term: -1, Sure: true, Repair: []Edit{{v.to, v.body, " "}}}
		if v.body == v.end || octets[text[v.body]] == blank {
			f.Repair[0].Text = ""
		}
		p.insert(f)
	}
}

// skeleton returns the letters and digits of s in lower case.
func skeleton(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if isAlpha(s[i]) {
			b.WriteByte(s[i] | 0x20)
		} else if isDigit(s[i]) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
