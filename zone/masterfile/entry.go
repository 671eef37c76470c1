package masterfile

import (
	"bytes"
	"unsafe"

	"github.com/zonelint/zonelint/zone"
)

// token is a word or a quoted string of an entry, with its quotes.
type token struct{ start, end uint32 }

// fault is a mistake in an entry: where, and what to say of it.
type fault struct {
	start, end int
	message    string
}

// entry is one entry of a master file as it is written: a record, a directive,
// or nothing but blanks and comments.
type entry struct {
	start, end int // end is behind the line end
	blank      bool
	// owned says that the entry begins in the first column, so that toks[0] is
	// the owner or a directive.
	owned   bool
	toks    []token
	comment int // offset of the comment on the last line, -1 if there is none
	open    int // offset of the first parenthesis, -1 if there is none
}

// scanner reads entries from a file.
type scanner struct {
	src []byte
	pos int
	// unclosed counts entries whose parenthesis was never closed: each cost a
	// look to the end of the file, so there is a limit.
	unclosed int
}

const maxUnclosed = 16

// scan reads the next entry into e and returns a fault if it is malformed; e
// then holds what was read and the scanner stands where reading can go on. ok
// is false at the end of the file.
func (s *scanner) scan(e *entry) (f *fault, ok bool) {
	src := s.src
	i := s.pos
	if i == 0 && bytes.HasPrefix(src, bom) {
		i = len(bom)
	}
	if i >= len(src) {
		s.pos = len(src)
		return nil, false
	}
	e.start, e.toks, e.comment, e.open = i, e.toks[:0], -1, -1
	e.owned = classes[src[i]] != cBlank
	depth := 0
	for i < len(src) {
		switch classes[src[i]] {
		case cBlank:
			for i++; i < len(src) && classes[src[i]] == cBlank; i++ {
			}
		case cNewline:
			if depth == 0 {
				return s.finish(e, afterNewline(src, i)), true
			}
			e.comment = -1
			i = afterNewline(src, i)
		case cSemicolon:
			e.comment = i
			i = lineEnd(src, i)
		case cOpen:
			if depth == 0 && e.open < 0 {
				e.open = i
			}
			depth++
			i++
		case cClose:
			if depth == 0 {
				f = &fault{i, i + 1, "This closing parenthesis has no opening one before it. Remove it, or add the opening one."}
				s.finish(e, s.skipLine(i))
				return f, true
			}
			depth--
			i++
		case cQuote:
			end, closed := stringEnd(src, i)
			e.toks = append(e.toks, token{uint32(i), uint32(end)})
			if !closed {
				f = &fault{i, end, "This quoted string is not closed before the end of the line; name servers refuse the zone. Add the closing quote."}
				s.finish(e, s.skipLine(end))
				return f, true
			}
			i = end
		default:
			// wordEnd by hand: this is the innermost loop of reading.
			start := i
			for i < len(src) && classes[src[i]] == cWord {
				i++
			}
			if i < len(src) && classes[src[i]] == cBackslash {
				i = wordEnd(src, i)
			}
			e.toks = append(e.toks, token{uint32(start), uint32(i)})
		}
	}
	if depth > 0 {
		f = &fault{e.open, e.open + 1, "This parenthesis is never closed, so the entry has no end. Add the closing parenthesis."}
		s.unclosed++
		s.finish(e, s.resume(e.open))
		// What stands behind is read again and is none of this entry's.
		for len(e.toks) > 0 && int(e.toks[len(e.toks)-1].start) >= e.end {
			e.toks = e.toks[:len(e.toks)-1]
		}
		e.blank = len(e.toks) == 0
		return f, true
	}
	return s.finish(e, len(src)), true
}

func (s *scanner) finish(e *entry, end int) *fault {
	e.end = end
	e.blank = len(e.toks) == 0
	s.pos = end
	return nil
}

func (s *scanner) skipLine(i int) int {
	i = lineEnd(s.src, i)
	if i < len(s.src) {
		i = afterNewline(s.src, i)
	}
	return i
}

// resume returns where to go on behind an entry whose parenthesis at open is
// never closed: at the next line that looks like an entry, since the lines up
// to there are most likely its continuation.
func (s *scanner) resume(open int) int {
	for i := s.skipLine(open); i < len(s.src); i = s.skipLine(i) {
		if s.looksLikeEntry(i) {
			return i
		}
	}
	return len(s.src)
}

// looksLikeEntry reports whether a line begins with a directive, or has a type
// behind an owner, a TTL and a class as far as those are written.
func (s *scanner) looksLikeEntry(i int) bool {
	if s.src[i] == '$' {
		return true
	}
	if classes[s.src[i]] == cWord || classes[s.src[i]] == cBackslash {
		i = wordEnd(s.src, i)
	}
	for range 3 {
		for i < len(s.src) && classes[s.src[i]] == cBlank {
			i++
		}
		word := s.src[i:wordEnd(s.src, i)]
		if _, ok := typeOf(word); ok {
			return true
		}
		if _, ok := parseTTL(word); !ok && !isClass(word) {
			return false
		}
		i += len(word)
	}
	return false
}

// directive reports whether the entry begins with a dollar sign in the first
// column.
func (e *entry) directive(src []byte) bool {
	return !e.blank && e.owned && src[e.toks[0].start] == '$'
}

func (t token) text(src []byte) []byte { return src[t.start:t.end] }

func (t token) quoted(src []byte) bool { return src[t.start] == '"' }

// bare returns the token without quotes.
func (t token) bare(src []byte) []byte {
	if t.quoted(src) {
		return src[t.start+1 : t.end-1]
	}
	return src[t.start:t.end]
}

// typeOf is zone.ParseType without an allocation for the usual types.
func typeOf(w []byte) (zone.Type, bool) {
	switch len(w) {
	case 1:
		if w[0]|0x20 == 'a' {
			return zone.TypeA, true
		}
	case 2:
		switch {
		case w[0]|0x20 == 'm' && w[1]|0x20 == 'x':
			return zone.TypeMX, true
		case w[0]|0x20 == 'n' && w[1]|0x20 == 's':
			return zone.TypeNS, true
		}
	case 3:
		switch {
		case w[0]|0x20 == 't' && w[1]|0x20 == 'x' && w[2]|0x20 == 't':
			return zone.TypeTXT, true
		case w[0]|0x20 == 's' && w[1]|0x20 == 'r' && w[2]|0x20 == 'v':
			return zone.TypeSRV, true
		}
	case 4:
		if w[0]|0x20 == 'a' && w[1]|0x20 == 'a' && w[2]|0x20 == 'a' && w[3]|0x20 == 'a' {
			return zone.TypeAAAA, true
		}
	case 5:
		if w[0]|0x20 == 'c' && w[1]|0x20 == 'n' && w[2]|0x20 == 'a' && w[3]|0x20 == 'm' && w[4]|0x20 == 'e' {
			return zone.TypeCNAME, true
		}
	case 0:
		return 0, false
	}
	return zone.ParseType(view(w))
}

func isClass(w []byte) bool {
	_, ok := classOf(w)
	return ok
}

func classOf(w []byte) (zone.Class, bool) {
	if len(w) == 2 && w[0]|0x20 == 'i' && w[1]|0x20 == 'n' {
		return zone.ClassIN, true
	}
	if len(w) < 2 {
		return 0, false
	}
	// The first two letters tell a class from CNAME, CAA and HINFO, which are
	// more frequent than any class but IN.
	switch [2]byte{w[0] | 0x20, w[1] | 0x20} {
	case [2]byte{'c', 'h'}, [2]byte{'c', 's'}, [2]byte{'c', 'l'}, [2]byte{'h', 's'}, [2]byte{'h', 'e'}:
		return zone.ParseClass(view(w))
	}
	return 0, false
}

// header is what stands before the RDATA of a record, as indexes of tokens; -1
// for what is not written.
type header struct {
	owner, ttl, class, typ int
	rdata                  int // index of the first RDATA token
	ttlValue               uint32
	classValue             zone.Class
	typeValue              zone.Type
}

// head reads the TTL, the class and the type of a record, in any order of the
// first two (RFC 1035, section 5.1).
func (e *entry) head(src []byte) (h header, f *fault) {
	h = header{owner: -1, ttl: -1, class: -1, typ: -1}
	i := 0
	if e.owned {
		h.owner = 0
		i = 1
	}
	for ; i < len(e.toks); i++ {
		t := e.toks[i]
		w := t.text(src)
		if c := w[0]; '0' <= c && c <= '9' && h.ttl < 0 {
			v, ok := parseTTL(w)
			if !ok {
				return h, &fault{int(t.start), int(t.end), quote(w) + " stands where a TTL, a class or a type is expected and is none of them. A TTL is a number of seconds, or like 1h30m."}
			}
			h.ttl, h.ttlValue = i, v
			continue
		}
		// The class first: IN is the most frequent word, and no type is a class.
		if c, ok := classOf(w); ok && h.class < 0 {
			h.class, h.classValue = i, c
			continue
		}
		if typ, ok := typeOf(w); ok {
			h.typ, h.typeValue, h.rdata = i, typ, i+1
			return h, nil
		}
		switch _, isTTL := parseTTL(w); {
		case isTTL:
			return h, faultAt(t, "%s is a second TTL; a record has one.", quote(w))
		case h.class >= 0 && isClass(w):
			return h, faultAt(t, "%s is a second class; a record has one.", quote(w))
		case t.quoted(src):
			return h, faultAt(t, "%s stands in quotes where a TTL, a class or a type is expected; those are written without.", quote(w))
		}
		return h, &fault{int(t.start), int(t.end), quote(w) + " is no record type that is known here. A type that is not known is written as TYPE with its number (RFC 3597)."}
	}
	return h, &fault{int(e.toks[0].start), int(e.toks[len(e.toks)-1].end), "This entry has no record type. A record is an owner, a TTL, a class, a type and its data."}
}

// quote returns w in quotes for a message, shortened if it is long. A token
// that stands in quotes is shown as it is.
func quote(w []byte) string {
	const most = 60
	if len(w) > 1 && len(w) <= most && w[0] == '"' && w[len(w)-1] == '"' {
		return string(w)
	}
	if len(w) > most {
		return `"` + string(w[:most]) + `..."`
	}
	return `"` + string(w) + `"`
}

// view returns b as a string without a copy; the source does not change while
// it is read.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
