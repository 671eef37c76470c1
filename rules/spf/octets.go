package spf

import (
	"strings"
	"unicode/utf8"
)

// class is what an octet, or an encoded character, is to the grammar.
type class uint8

const (
	visible   class = iota // %x21-7E
	blank                  // SP
	control                // TAB, LF, VT, FF, CR: separators that are not allowed
	illegal                // any other octet
	wideBlank              // a blank beyond ASCII
	invisible              // has no width and no meaning: BOM, zero-width space
	dash                   // looks like "-"
	tilde                  // looks like "~"
	quoteMark              // a typographic quotation mark
	fullWidth              // a full-width form of a visible ASCII character
)

// octets classifies what can be told by the octet alone.
var octets = func() (t [256]class) {
	for c := range t {
		switch {
		case c == ' ':
			t[c] = blank
		case '\t' <= c && c <= '\r':
			t[c] = control
		case c < 0x21 || c > 0x7e:
			t[c] = illegal
		}
	}
	return t
}()

// classAt returns the class and length of the character at the start of s.
// Octets that are not UTF-8 are read as Windows-1252, where that tells a
// blank, a dash or a quotation mark.
func classAt(s string) (class, int) {
	if c := octets[s[0]]; c != illegal {
		return c, 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		r = rune(s[0])
	}
	switch {
	case 0x96 <= r && r <= 0x97: // Windows-1252, as it is or as UTF-8
		return dash, n
	case 0x91 <= r && r <= 0x94:
		return quoteMark, n
	case r == 0xa0 || 0x2000 <= r && r <= 0x200a || r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000:
		return wideBlank, n
	case 0x200b <= r && r <= 0x200f || r == 0x2060 || r == 0xfeff || r == 0xad:
		return invisible, n
	case 0x2010 <= r && r <= 0x2015 || r == 0x2212 || r == 0xfe58 || r == 0xfe63 || r == 0xff0d:
		return dash, n
	case r == 0x2dc || r == 0x223c || r == 0xff5e:
		return tilde, n
	case 0x2018 <= r && r <= 0x201f || r == 0xab || r == 0xbb || r == 0x2039 || r == 0x203a || r == 0xff02:
		return quoteMark, n
	case 0xff01 <= r && r <= 0xff5e:
		return fullWidth, n
	}
	return illegal, n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isName reports whether c may stand in a name behind its first letter (RFC
// 7208, section 4.6.1).
func isName(c byte) bool { return isAlpha(c) || isDigit(c) || c == '-' || c == '_' || c == '.' }

func isQualifier(c byte) bool { return c == '+' || c == '-' || c == '~' || c == '?' }

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && s[0]|0x20 == prefix[0]|0x20 && strings.EqualFold(s[:len(prefix)], prefix)
}
