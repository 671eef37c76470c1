package spf

import (
	"slices"
	"strings"
)

// Expand returns a domain-spec or other macro-string with its macros replaced
// (RFC 7208, section 7.3). value gives what a macro letter stands for, in
// lower case; splitting, reversal and URL escaping are done here. ok is false
// if s is no macro-string or uses a letter that only explanations know.
func Expand(s string, value func(letter byte) string) (text string, ok bool) {
	return expand(s, false, value)
}

// ExpandExplanation is Expand for the text that an exp modifier leads to: it
// may hold blanks and the letters c, r and t (RFC 7208, section 7.1).
func ExpandExplanation(s string, value func(letter byte) string) (text string, ok bool) {
	return expand(s, true, value)
}

func expand(s string, explanation bool, value func(letter byte) string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); {
		c := octets[s[i]]
		if c != visible && (c != blank || !explanation) {
			return "", false
		}
		if s[i] != '%' {
			b.WriteByte(s[i])
			i++
			continue
		}
		p := parser{text: s}
		end := p.macro(i, len(s), !explanation)
		if len(p.faults) > 0 {
			return "", false
		}
		switch s[i+1] {
		case '%':
			b.WriteByte('%')
		case '_':
			b.WriteByte(' ')
		case '-':
			b.WriteString("%20")
		default:
			v, ok := transform(s[i+2:end-1], value)
			if !ok {
				return "", false
			}
			b.WriteString(v)
		}
		i = end
	}
	return b.String(), true
}

// transform returns what stands for the inside of a macro, such as "l1r-"; ok
// is false if it asks for no part at all.
func transform(macro string, value func(letter byte) string) (text string, ok bool) {
	text = value(macro[0] | 0x20)
	escape := macro[0]&0x20 == 0
	rest := macro[1:]
	digits := 0
	for digits < len(rest) && isDigit(rest[digits]) {
		digits++
	}
	keep := 0
	for _, d := range rest[:digits] {
		keep = min(10*keep+int(d-'0'), 1<<16)
	}
	if digits > 0 && keep == 0 {
		return "", false
	}
	rest = rest[digits:]
	reverse := rest != "" && rest[0]|0x20 == 'r'
	if reverse {
		rest = rest[1:]
	}
	if rest != "" || reverse || keep > 0 {
		if rest == "" {
			rest = "."
		}
		parts := split(text, rest)
		if reverse {
			slices.Reverse(parts)
		}
		if keep > 0 && keep < len(parts) {
			parts = parts[len(parts)-keep:]
		}
		text = strings.Join(parts, ".")
	}
	if escape {
		text = urlEscape(text)
	}
	return text, true
}

// split cuts s at each of the delimiters. Parts may be empty: delimiters in a
// row, at the start or at the end get no special treatment.
func split(s, delimiters string) []string {
	var parts []string
	from := 0
	for i := range len(s) {
		if strings.IndexByte(delimiters, s[i]) >= 0 {
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

// urlEscape escapes what is not unreserved (RFC 3986, section 2.3).
func urlEscape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
