package jsontree

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of what is read, so that a text that is made to cost much is refused.
const (
	// maxDepth is how many arrays and objects may lie within each other. A plan
	// with a dozen modules within each other has 40.
	maxDepth = 500
	// maxMembers is how many members an object may have, since their names are
	// compared.
	maxMembers = 1_000_000
	// maxSize is how large a text may be, in octets: offsets have 32 bits.
	maxSize = 1 << 31
)

// What a SyntaxError wraps; test with errors.Is.
var (
	ErrTooDeep   = fmt.Errorf("more than %d arrays and objects within each other", maxDepth)
	ErrDuplicate = errors.New("the name stands in its object twice, and readers disagree which counts")
	ErrUTF16     = errors.New("the file is in UTF-16, as PowerShell writes what is redirected with \">\"; write it in UTF-8")
)

// SyntaxError says where a text is no JSON (RFC 8259).
type SyntaxError struct {
	Line, Column int // from 1; columns count octets
	Err          error
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}
func (e *SyntaxError) Unwrap() error { return e.Err }

// open is an array or object that the scanner is in.
type open struct {
	start  int
	object bool
	keys   int                 // where its names begin in scanner.keys
	many   map[string]struct{} // the names once they are many
}

// fewKeys is up to how many names of an object are compared one by one.
const fewKeys = 16

// scanner checks a whole text once.
type scanner struct {
	src   []byte
	pos   int
	stack []open
	keys  []Range // names of the open objects that have few
	large []Range // see Doc
}

func (s *scanner) fail(at int, err error) error { return &scanError{at, err} }

// scanError is a SyntaxError before its position is worked out.
type scanError struct {
	at  int
	err error
}

func (e *scanError) Error() string { return e.err.Error() }

func (s *scanner) blank() {
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// scan checks the text. It does not call itself, so that depth costs no stack.
func (s *scanner) scan() error {
	for {
		// A value is due.
		s.blank()
		if s.pos == len(s.src) {
			return s.fail(s.pos, errEnd(len(s.stack)))
		}
		switch c := s.src[s.pos]; {
		case c == '{' || c == '[':
			if len(s.stack) == maxDepth {
				return s.fail(s.pos, ErrTooDeep)
			}
			s.stack = append(s.stack, open{start: s.pos, object: c == '{', keys: len(s.keys)})
			s.pos++
			s.blank()
			if s.pos < len(s.src) && s.src[s.pos] == c+2 {
				break // closed below: it is empty
			}
			if c == '{' {
				if err := s.key(); err != nil {
					return err
				}
			}
			continue
		case c == '"':
			if err := s.str(); err != nil {
				return err
			}
		default:
			if err := s.word(); err != nil {
				return err
			}
		}
		done, err := s.after()
		if done || err != nil {
			return err
		}
	}
}

// after reads what follows a value, up to where the next one is due.
func (s *scanner) after() (done bool, err error) {
	for len(s.stack) > 0 {
		s.blank()
		if s.pos == len(s.src) {
			return false, s.fail(s.pos, errEnd(len(s.stack)))
		}
		top := &s.stack[len(s.stack)-1]
		closing := byte(']')
		if top.object {
			closing = '}'
		}
		switch s.src[s.pos] {
		case ',':
			s.pos++
			if top.object {
				s.blank()
				return false, s.key()
			}
			return false, nil
		case closing:
			s.pos++
			if s.pos-top.start >= largeSize {
				s.large = append(s.large, Range{uint32(top.start), uint32(s.pos)})
			}
			s.keys = s.keys[:top.keys]
			s.stack = s.stack[:len(s.stack)-1]
		default:
			return false, s.fail(s.pos, fmt.Errorf("expected %q or \",\" here", closing))
		}
	}
	s.blank()
	if s.pos < len(s.src) {
		return false, s.fail(s.pos, errors.New("something follows behind the end of the JSON text"))
	}
	return true, nil
}

func errEnd(depth int) error {
	if depth == 0 {
		return errors.New("the text is empty")
	}
	return errors.New("the text ends too early: see whether it was written to its end")
}

// key reads the name of a member and the colon.
func (s *scanner) key() error {
	start := s.pos
	if s.pos == len(s.src) {
		return s.fail(s.pos, errEnd(len(s.stack)))
	}
	if s.src[s.pos] != '"' {
		return s.fail(s.pos, errors.New("expected the name of a member in quotes here"))
	}
	if err := s.str(); err != nil {
		return err
	}
	if s.known(Range{uint32(start + 1), uint32(s.pos - 1)}) {
		return s.fail(start, ErrDuplicate)
	}
	if top := &s.stack[len(s.stack)-1]; len(top.many) > maxMembers {
		return s.fail(start, fmt.Errorf("an object with more than %d members", maxMembers))
	}
	s.blank()
	if s.pos == len(s.src) {
		return s.fail(s.pos, errEnd(len(s.stack)))
	}
	if s.src[s.pos] != ':' {
		return s.fail(s.pos, errors.New("expected \":\" here"))
	}
	s.pos++
	return nil
}

// known reports whether the object at hand has the name already, and remembers
// it.
func (s *scanner) known(key Range) bool {
	top := &s.stack[len(s.stack)-1]
	if top.many == nil {
		text := s.keyText(key)
		for _, k := range s.keys[top.keys:] {
			if bytes.Equal(s.keyText(k), text) {
				return true
			}
		}
		if s.keys = append(s.keys, key); len(s.keys)-top.keys <= fewKeys {
			return false
		}
		top.many = map[string]struct{}{}
		for _, k := range s.keys[top.keys:] {
			top.many[string(s.keyText(k))] = struct{}{}
		}
		s.keys = s.keys[:top.keys]
		return false
	}
	text := string(s.keyText(key))
	if _, ok := top.many[text]; ok {
		return true
	}
	top.many[text] = struct{}{}
	return false
}

func (s *scanner) keyText(r Range) []byte {
	text := s.src[r.Start:r.End]
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	return appendDecoded(nil, text)
}

// str reads a string (RFC 8259, section 7).
func (s *scanner) str() error {
	start := s.pos
	ascii := true
	for i := s.pos + 1; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '"':
			if !ascii && !utf8.Valid(s.src[start:i]) {
				return s.fail(start, errors.New("a string that is not UTF-8"))
			}
			s.pos = i + 1
			return nil
		case c < ' ':
			return s.fail(i, errors.New("a control character in a string"))
		case c >= utf8.RuneSelf:
			ascii = false
		case c == '\\':
			n := escapeLen(s.src[i:])
			if n == 0 {
				return s.fail(i, errors.New("a bad escape in a string"))
			}
			i += n - 1
		}
	}
	return s.fail(start, errors.New("a string that is never closed"))
}

// escapeLen returns the length of the escape at the start of b, 0 if it is bad.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return 0
		}
		for _, c := range b[2:6] {
			if hex(c) < 0 {
				return 0
			}
		}
		return 6
	}
	return 0
}

func hex(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// word reads a number, true, false or null.
func (s *scanner) word() error {
	for _, w := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(s.src[s.pos:], []byte(w)) {
			s.pos += len(w)
			return nil
		}
	}
	n := numberLen(s.src[s.pos:])
	if n == 0 {
		return s.fail(s.pos, errors.New("expected a value here"))
	}
	s.pos += n
	return nil
}

// numberLen returns the length of the number at the start of b (RFC 8259,
// section 6), 0 if there is none.
func numberLen(b []byte) int {
	i := 0
	digits := func() bool {
		start := i
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if !digits() {
		return 0
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return 0
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}
