package dnscontrol

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxCall is how many octets of a call are looked at.
const maxCall = 64 << 10

// expression is a call as far as it was read.
type expression struct {
	word int // end of the function's name
	end  int // behind the closing parenthesis, or of the line
}

// readCall reads the call that begins at start: a name and what stands in
// parentheses behind it.
func readCall(src []byte, start int) expression {
	limit := min(len(src), start+maxCall)
	i := start
	for i < limit && name(src[i]) {
		i++
	}
	e := expression{word: i}
	for i < limit && (src[i] == ' ' || src[i] == '\t') {
		i++
	}
	if i == limit || src[i] != '(' {
		e.end = lineEnd(src, start, limit)
		return e
	}
	depth := 0
	for i < limit {
		switch c := src[i]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				e.end = i + 1
				return e
			}
		case '"', '\'', '`':
			i = literalEnd(src, i, limit)
			continue
		case '/':
			if i+1 < limit && (src[i+1] == '/' || src[i+1] == '*') {
				i = commentEnd(src, i, limit)
				continue
			}
		}
		i++
	}
	e.end = lineEnd(src, start, limit)
	return e
}

func name(c byte) bool {
	return c == '_' || c == '$' || c == '.' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// lineEnd returns where the line ends, without the blanks before.
func lineEnd(src []byte, start, limit int) int {
	end := start
	for i := start; i < limit && src[i] != '\n' && src[i] != '\r'; i++ {
		if src[i] != ' ' && src[i] != '\t' {
			end = i + 1
		}
	}
	return end
}

// literalEnd returns where the string literal at i ends, behind its quote.
func literalEnd(src []byte, i, limit int) int {
	quote := src[i]
	for i++; i < limit; i++ {
		switch src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return limit
}

// commentEnd returns where the comment at i ends.
func commentEnd(src []byte, i, limit int) int {
	line := src[i+1] == '/'
	for i += 2; i < limit; i++ {
		if line && src[i] == '\n' || !line && src[i] == '*' && i+1 < limit && src[i+1] == '/' {
			return min(i+2, limit)
		}
	}
	return limit
}

// literal is a string literal of a call.
type literal struct {
	start, end int // inside its quotes
	text       string
	at         []int // where each octet of text begins in the script
}

// literals returns the string literals that stand between start and end. A
// template with expressions in it is none.
func literals(src []byte, start, end int) []literal {
	var out []literal
	for i := start; i < end; {
		switch c := src[i]; {
		case c == '"' || c == '\'' || c == '`':
			e := literalEnd(src, i, end)
			if l := decode(src, i+1, e-1); e <= end && e-1 > i && src[e-1] == c && (c != '`' || !bytes.Contains(src[i:e], []byte("${"))) {
				out = append(out, l)
			}
			i = e
		case c == '/' && i+1 < end && (src[i+1] == '/' || src[i+1] == '*'):
			i = commentEnd(src, i, end)
		default:
			i++
		}
	}
	return out
}

// decode reads the inside of a string literal (ECMA-262, section 12.9.4).
func decode(src []byte, start, end int) literal {
	l := literal{start: start, end: max(start, end)}
	var b []byte
	add := func(at int, octets ...byte) {
		for _, c := range octets {
			b = append(b, c)
			l.at = append(l.at, at)
		}
	}
	for i := start; i < end; {
		if src[i] != '\\' || i+1 == end {
			add(i, src[i])
			i++
			continue
		}
		n := 2
		switch c := src[i+1]; c {
		case '\n': // the line goes on
		case '\r':
			if i+2 < end && src[i+2] == '\n' {
				n = 3
			}
		case 'n', 't', 'r', 'b', 'f', 'v', '0':
			add(i, map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}[c])
		case 'x', 'u':
			digits := 4
			if c == 'x' {
				digits = 2
			}
			v, err := strconv.ParseUint(string(src[i+2:min(i+2+digits, end)]), 16, 32)
			if err != nil {
				add(i, c)
				break
			}
			n = 2 + digits
			add(i, utf8.AppendRune(nil, rune(v))...)
		default:
			add(i, c)
		}
		i += n
	}
	l.text = string(b)
	return l
}

// joined finds literals that follow each other and together are a text, and
// returns where the octets from to to of it stand; to < 0 is all of them. The
// last such literals count: the first ones are names.
func joined(ls []literal, text string, from, to int) (start, end int, ok bool) {
	if text == "" {
		return 0, 0, false
	}
	for i := len(ls) - 1; i >= 0; i-- {
		rest, j := text, i
		for j < len(ls) && rest != "" && ls[j].text != "" && strings.HasPrefix(rest, ls[j].text) {
			rest = rest[len(ls[j].text):]
			j++
		}
		if rest != "" {
			continue
		}
		if to < 0 {
			return ls[i].start, ls[j-1].end, true
		}
		return place(ls[i:j], from, to)
	}
	return 0, 0, false
}

// place returns where the octets from to to of joined literals stand.
func place(ls []literal, from, to int) (start, end int, ok bool) {
	start = -1
	at := 0
	for _, l := range ls {
		for i, p := range l.at {
			if at+i == from {
				start = p
			}
			if at+i == max(to-1, from) && start >= 0 {
				end = l.end
				if i+1 < len(l.at) {
					end = l.at[i+1]
				}
				if to <= from {
					end = start
				}
				return start, end, true
			}
		}
		at += len(l.at)
	}
	last := ls[len(ls)-1].end // behind the text
	if start < 0 {
		start = last
	}
	return start, last, true
}
