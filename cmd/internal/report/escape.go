package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes text of unknown origin safe to print on one line: octets that
// are no UTF-8 become \xNN; control characters, line separators, what changes
// the direction of writing, and everything else that cannot be seen becomes
// \xNN (ASCII) or \u{...}. So does the first character of what a CI system
// obeys wherever it stands in a line of a log; see logCommand.
func Escape(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for s != "" {
		c, n := nextCell(s)
		b.WriteString(c.text)
		s = s[n:]
	}
	return b.String()
}

// EscapeLine is Escape for text that a line begins with: GitHub obeys
// "::set-output::" there, behind blanks too, so its first colon becomes \x3A.
func EscapeLine(s string) string {
	s = Escape(s)
	if rest := strings.TrimLeft(s, " "); strings.HasPrefix(rest, "::") {
		return s[:len(s)-len(rest)] + `\x3A` + rest[1:]
	}
	return s
}

// plain reports whether s is printable ASCII with nothing to escape.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' || s[i] == '#' && logCommand(s[i:]) {
			return false
		}
	}
	return true
}

// logCommand reports whether s begins a command that CI systems obey in the
// middle of a line: ##[set-output] (GitHub, Azure), ##vso[...] (Azure),
// ##teamcity[...]. "::set-output::" is one at the start of a line only; see
// EscapeLine.
func logCommand[T string | []byte](s T) bool {
	return len(s) > 2 && s[0] == '#' && s[1] == '#' && (s[2] == '[' || s[2]|0x20 == 'v' || s[2]|0x20 == 't')
}

// cell is one character as it is shown.
type cell struct {
	text  string
	width int // columns on a terminal
}

// nextCell returns the first character of s, made safe, and its length in s. A
// tab is escaped like any control character; excerpts expand it before.
func nextCell(s string) (c cell, n int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return escaped(fmt.Sprintf(`\x%02X`, s[0])), 1
	case r < utf8.RuneSelf && !unicode.IsPrint(r):
		return escaped(fmt.Sprintf(`\x%02X`, r)), n
	case !unicode.IsPrint(r):
		return escaped(fmt.Sprintf(`\u{%x}`, r)), n
	case r == '#' && logCommand(s):
		return escaped(`\x23`), n
	}
	return cell{s[:n], runeWidth(r)}, n
}

func escaped(s string) cell { return cell{s, len(s)} }

// wide are the characters that take two columns: East Asian Wide and Fullwidth
// (Unicode Standard Annex 11) and the emoji blocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1},
		{Lo: 0x231a, Hi: 0x231b, Stride: 1},
		{Lo: 0x23e9, Hi: 0x23ec, Stride: 1},
		{Lo: 0x25fd, Hi: 0x25fe, Stride: 1},
		{Lo: 0x2614, Hi: 0x2615, Stride: 1},
		{Lo: 0x26a1, Hi: 0x26a1, Stride: 1},
		{Lo: 0x2705, Hi: 0x2705, Stride: 1},
		{Lo: 0x274c, Hi: 0x274c, Stride: 1},
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1},
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97c, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1},
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff01, Hi: 0xff60, Stride: 1},
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16fe0, Hi: 0x18aff, Stride: 1},
		{Lo: 0x1b000, Hi: 0x1b2ff, Stride: 1},
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1faff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

// runeWidth returns how many columns a printable character takes.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// displayWidth returns how many columns a safe text takes.
func displayWidth(s string) int {
	w := 0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w
}

// wrap breaks a safe text at blanks so that its lines take at most width
// columns, the first one at most first. A longer word stays whole.
func wrap(s string, first, width int) []string {
	var lines []string
	line, room := "", first
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case displayWidth(line)+1+displayWidth(word) <= room:
			line += " " + word
		default:
			lines = append(lines, line)
			line, room = word, width
		}
	}
	return append(lines, line)
}
