package masterfile

import "bytes"

// Kind is the kind of a token.
type Kind uint8

// The kinds of token. Together they tile the input.
const (
	BOM     Kind = iota // a UTF-8 byte order mark at the start of the file
	Blank               // a run of spaces and tabs
	Newline             // LF, CR LF, or a lone CR
	Comment             // from a semicolon to the end of the line
	Open                // (
	Close               // )
	Word                // a run of other characters, with \X taking any but a line end
	String              // a quoted string with its quotes; it ends at the line's end if the second is missing
)

// Token is a stretch of the input.
type Token struct {
	Kind       Kind
	Start, End int // octets from the start of the input, End exclusive
}

// Lexer splits a master file into tokens (RFC 1035, section 5.1). Joined, the
// tokens are the input, whatever it is.
type Lexer struct {
	src []byte
	pos int
}

// NewLexer returns a Lexer at the start of src.
func NewLexer(src []byte) *Lexer { return &Lexer{src: src} }

// Next returns the next token; ok is false at the end.
func (l *Lexer) Next() (t Token, ok bool) {
	i := l.pos
	if i >= len(l.src) {
		return Token{}, false
	}
	if i == 0 && bytes.HasPrefix(l.src, bom) {
		return l.token(BOM, len(bom)), true
	}
	switch classes[l.src[i]] {
	case cBlank:
		for i < len(l.src) && classes[l.src[i]] == cBlank {
			i++
		}
		return l.token(Blank, i), true
	case cNewline:
		return l.token(Newline, afterNewline(l.src, i)), true
	case cSemicolon:
		return l.token(Comment, lineEnd(l.src, i)), true
	case cOpen:
		return l.token(Open, i+1), true
	case cClose:
		return l.token(Close, i+1), true
	case cQuote:
		end, _ := stringEnd(l.src, i)
		return l.token(String, end), true
	}
	return l.token(Word, wordEnd(l.src, i)), true
}

func (l *Lexer) token(k Kind, end int) Token {
	t := Token{Kind: k, Start: l.pos, End: end}
	l.pos = end
	return t
}

var bom = []byte("\ufeff")

// class is what an octet means outside quotes.
type class uint8

const (
	cWord class = iota
	cBackslash
	cBlank
	cNewline
	cSemicolon
	cOpen
	cClose
	cQuote
)

var classes = [256]class{
	' ': cBlank, '\t': cBlank, '\n': cNewline, '\r': cNewline, ';': cSemicolon,
	'(': cOpen, ')': cClose, '"': cQuote, '\\': cBackslash,
}

// wordEnd returns the end of the word that begins at i.
func wordEnd(src []byte, i int) int {
	for i < len(src) {
		switch classes[src[i]] {
		case cWord:
			i++
		case cBackslash:
			i++
			if i < len(src) && classes[src[i]] != cNewline {
				i++
			}
		default:
			return i
		}
	}
	return i
}

// stringEnd returns the end of the quoted string that begins at i, behind its
// closing quote. Without one on the line, the string ends with the line and
// closed is false: BIND and others refuse a string that goes on. A backslash
// takes the next octet whatever it is, and a lone CR is an octet like others.
func stringEnd(src []byte, i int) (end int, closed bool) {
	// Most strings have nothing special in them, and searching for one octet is
	// much faster than looking at each.
	if n := bytes.IndexByte(src[i+1:], '"'); n >= 0 {
		if in := src[i+1 : i+1+n]; bytes.IndexByte(in, '\n') < 0 && bytes.IndexByte(in, '\\') < 0 {
			return i + n + 2, true
		}
	}
	for i++; i < len(src); i++ {
		switch src[i] {
		case '"':
			return i + 1, true
		case '\n':
			if src[i-1] == '\r' {
				return i - 1, false
			}
			return i, false
		case '\\':
			if i+1 < len(src) {
				i++
			}
		}
	}
	return len(src), false
}

// lineEnd returns the offset of the line end at or behind i. A lone CR is none
// here: it ends an entry, but no comment and no line that is counted, as in
// BIND.
func lineEnd(src []byte, i int) int {
	n := bytes.IndexByte(src[i:], '\n')
	switch {
	case n < 0:
		return len(src)
	case n > 0 && src[i+n-1] == '\r':
		return i + n - 1
	}
	return i + n
}

// afterNewline returns the offset behind the line end at i.
func afterNewline(src []byte, i int) int {
	if src[i] == '\r' && i+1 < len(src) && src[i+1] == '\n' {
		return i + 2
	}
	return i + 1
}
