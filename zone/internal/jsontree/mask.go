package jsontree

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"
)

// hidden returns the text with every string and number made unreadable that is
// neither the name of a member nor part of a record, nor the value of a member
// whose name is in shown. A text that stands on one line brings all of it beside
// what a finding points at, and much of it may be secret. Octets, runes and
// UTF-16 units are as many as before, so that places stay right.
func (s *Source) hidden(shown ...string) []byte {
	open := make([]Range, 0, 4*len(s.places))
	for i := range s.places {
		p := &s.places[i]
		for _, r := range [...]Range{p.Owner, p.TTL, p.Type, p.Fields[0], p.Fields[1], p.Fields[2], p.Fields[3]} {
			if r != (Range{}) {
				open = append(open, r)
			}
		}
	}
	slices.SortFunc(open, func(a, b Range) int { return cmp.Compare(a.Start, b.Start) })
	out := bytes.Clone(s.src)
	next := 0 // of open
	isOpen := func(from, to int) bool {
		for next < len(open) && int(open[next].End) < from {
			next++
		}
		return next < len(open) && int(open[next].Start) <= to
	}
	member := "" // the name of the member whose value comes
	for i := 0; i < len(out); i++ {
		switch c := s.src[i]; {
		case c == '"':
			end := stringEnd(s.src, i) - 1
			switch {
			case isName(s.src, end+1):
				member = string(s.src[i+1 : end])
			case slices.Contains(shown, member), isOpen(i+1, end):
				member = ""
			default:
				member = ""
				mask(out[i+1 : end])
			}
			i = end
		case c == '-' || '0' <= c && c <= '9':
			end := i
			for end < len(out) && bytes.IndexByte([]byte("+-.eE0123456789"), out[end]) >= 0 {
				end++
			}
			if !isOpen(i, end) {
				mask(out[i:end])
			}
			i = end - 1
		case c == '{' || c == '[':
			member = ""
		}
	}
	return out
}

// isName reports whether a colon follows, so that what stands before it is the
// name of a member.
func isName(src []byte, i int) bool {
	rest := bytes.TrimLeft(src[min(i, len(src)):min(i+16, len(src))], " \t\r\n")
	return len(rest) > 0 && rest[0] == ':'
}

// mask overwrites a text, each rune by one of the same size.
func mask(b []byte) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError {
			n = 1
		}
		copy(b, [...]string{1: "*", 2: "·", 3: "…", 4: "🔒"}[n])
		b = b[n:]
	}
}
