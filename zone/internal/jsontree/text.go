package jsontree

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendDecoded appends what the inside of a string stands for.
func appendDecoded(out, text []byte) []byte {
	for i := 0; i < len(text); {
		c, n := unit(text[i:])
		out = append(out, c...)
		i += n
	}
	return out
}

// unit decodes what stands at the start of the inside of a string: an escape,
// or an octet as it is. n is its length there.
func unit(text []byte) (decoded []byte, n int) {
	if text[0] != '\\' {
		return text[:1], 1
	}
	switch text[1] {
	case 'b':
		return []byte{'\b'}, 2
	case 'f':
		return []byte{'\f'}, 2
	case 'n':
		return []byte{'\n'}, 2
	case 'r':
		return []byte{'\r'}, 2
	case 't':
		return []byte{'\t'}, 2
	case 'u':
		r, n := code(text), 6
		if utf16.IsSurrogate(r) {
			second := rune(0)
			if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
				second = code(text[6:])
			}
			if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
				n = 12
			}
		}
		return utf8.AppendRune(nil, r), n
	}
	return text[1:2], 2
}

// code is the number of a \uXXXX escape.
func code(text []byte) rune {
	r := rune(0)
	for _, c := range text[2:6] {
		r = r<<4 | hex(c)
	}
	return r
}

// Octet returns where the octet with the index i of the decoded text of a
// string stands, r being the inside of its quotes; the end of r if the text is
// shorter.
func (d *Doc) Octet(r Range, i int) Range {
	at := r.Start
	for at < r.End {
		c, n := unit(d.src[at:r.End])
		if i < len(c) {
			return Range{at, at + uint32(n)}
		}
		i -= len(c)
		at += uint32(n)
	}
	return Range{r.End, r.End}
}

// Octets returns where the octets from to to of the decoded text stand.
func (d *Doc) Octets(r Range, from, to int) Range {
	start := d.Octet(r, from)
	if to <= from {
		return Range{start.Start, start.Start}
	}
	return Range{start.Start, d.Octet(r, to-1).End}
}
