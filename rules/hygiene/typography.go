package hygiene

import (
	"strings"
	"unicode/utf8"
)

// typographic returns the ASCII that stands for a character in a text pasted
// from a web page or a word processor; ok is false for one that stands for
// nothing else. Quotation marks and invisible characters become nothing.
func typographic(c rune) (ascii string, ok bool) {
	switch c {
	case '\u00a0', '\u1680', '\u202f', '\u205f', '\u3000', '\u2028', '\u2029':
		return " ", true
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff':
		return "", true
	case '‐', '‑', '‒', '–', '—', '―', '−', '﹘', '﹣', '－':
		return "-", true
	case '；':
		return ";", true
	case '：':
		return ":", true
	case '＝':
		return "=", true
	}
	if '\u2000' <= c && c <= '\u200a' {
		return " ", true
	}
	return "", quotationMark(c)
}

// quotationMark reports whether a character is a typographic quotation mark.
func quotationMark(c rune) bool {
	return '\u2018' <= c && c <= '\u201f' || strings.ContainsRune("«»‹›″＂", c)
}

// windows1252 are the octets of that character set which stand for a
// typographic character; a file saved in it is not valid UTF-8.
var windows1252 = map[byte]rune{
	0x82: '‚', 0x84: '„', 0x8b: '‹', 0x91: '‘', 0x92: '’', 0x93: '“', 0x94: '”', 0x96: '–', 0x97: '—', 0x9b: '›', 0xa0: '\u00a0', 0xab: '«', 0xad: '\u00ad', 0xbb: '»',
}

// nextChar returns the character at the start of s and its length in octets.
func nextChar(s string) (c rune, n int) {
	c, n = utf8.DecodeRuneInString(s)
	if c == utf8.RuneError && n <= 1 {
		if w, ok := windows1252[s[0]]; ok {
			return w, 1
		}
	}
	return c, n
}

// edit is a replacement of the octets from from to to of a text.
type edit struct {
	from, to int
	with     string
}

// untypeset returns the edits that put ASCII in place of all typographic
// characters of a text; foreign says that it has others beyond ASCII too.
func untypeset(s string) (edits []edit, foreign bool) {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		c, n := nextChar(s[i:])
		ascii, ok := typographic(c)
		switch {
		case !ok:
			foreign = true
		case c == '’' && i > 0 && letter(s[i-1]) && i+n < len(s) && letter(s[i+n]):
			ascii = "'" // an apostrophe
		case ascii == "-" && strings.HasSuffix(strings.ToLower(s[:i]), "xn") && (c == '–' || c == '—'):
			ascii = "--" // of an A-label (RFC 5890, section 2.3.2.1)
		}
		if ok {
			edits = append(edits, edit{i, i + n, ascii})
		}
		i += n
	}
	return edits, foreign
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// apply makes edits, which are in order and do not overlap.
func apply(s string, edits []edit) string {
	if len(edits) == 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(s[at:e.from])
		b.WriteString(e.with)
		at = e.to
	}
	b.WriteString(s[at:])
	return b.String()
}

// typeset returns a text with ASCII in place of its typographic characters.
func typeset(s string) string {
	if ascii(s) {
		return s
	}
	edits, _ := untypeset(s)
	return apply(s, edits)
}

// ascii reports whether all octets are below 128.
func ascii(s string) bool {
	for len(s) >= 8 {
		// The compiler makes one load of this.
		if (uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|
			uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)&0x8080808080808080 != 0 {
			return false
		}
		s = s[8:]
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
