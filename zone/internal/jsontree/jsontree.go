// Package jsontree reads JSON texts (RFC 8259) and keeps where each value
// stands, which encoding/json does not. It is for files that people did not
// write but that findings must point into, and that may be hostile: nothing but
// the text itself is held, and a value is decoded when it is asked for.
package jsontree

import (
	"bytes"
	"cmp"
	"errors"
	"iter"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/zonelint/zonelint/zone"
)

// Doc is a JSON text that was found well formed.
type Doc struct {
	name string
	src  []byte
	root int
	// large are the arrays and objects of largeSize and more by their starts, so
	// that they need not be read to be stepped over.
	large []Range

	once   sync.Once
	blocks []block
}

// largeSize is from how many octets on the end of a value is remembered.
const largeSize = 64 << 10

// Range is a stretch of the text, in octets; End is exclusive.
type Range struct{ Start, End uint32 }

// Parse checks a text and makes a Doc of it. The name is for its spans. Errors
// are of type *SyntaxError. The text is kept and must not change.
func Parse(name string, src []byte) (*Doc, error) {
	d := &Doc{name: name, src: src}
	if len(src) >= maxSize {
		return nil, &SyntaxError{1, 1, errors.New("the file is larger than 2 GiB")}
	}
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return nil, &SyntaxError{1, 1, ErrUTF16}
	}
	s := scanner{src: src}
	if bytes.HasPrefix(src, []byte(bom)) {
		s.pos = len(bom)
	}
	s.blank()
	d.root = s.pos
	if err := s.scan(); err != nil {
		var at *scanError
		if errors.As(err, &at) {
			p := d.position(uint32(at.at))
			return nil, &SyntaxError{p.Line, p.Column, at.err}
		}
		return nil, err
	}
	slices.SortFunc(s.large, func(a, b Range) int { return cmp.Compare(a.Start, b.Start) })
	d.large = s.large
	return d, nil
}

const bom = "\ufeff"

// Name returns the name that the text was given.
func (d *Doc) Name() string { return d.name }

// Text returns the text itself.
func (d *Doc) Text() []byte { return d.src }

// Root returns the outermost value.
func (d *Doc) Root() Value { return Value{d, d.root} }

// Kind says what a value is.
type Kind uint8

// The kinds of value.
const (
	Absent Kind = iota // no value: the zero Value
	Null
	Bool
	Number
	String
	Array
	Object
)

// Value is a value of a Doc. The zero Value is none.
type Value struct {
	doc   *Doc
	start int
}

// Kind returns what the value is.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return Absent
	}
	switch v.doc.src[v.start] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Number
}

// Known reports whether there is a value and it is not null.
func (v Value) Known() bool { return v.Kind() > Null }

// True reports whether the value is true.
func (v Value) True() bool { return v.Kind() == Bool && v.doc.src[v.start] == 't' }

// Range returns where the value stands; of a string, what is inside its quotes.
func (v Value) Range() Range {
	if v.doc == nil {
		return Range{}
	}
	end := v.doc.end(v.start)
	if v.Kind() == String {
		return Range{uint32(v.start + 1), uint32(end - 1)}
	}
	return Range{uint32(v.start), uint32(end)}
}

// end returns where the value at start ends.
func (d *Doc) end(start int) int {
	src := d.src
	switch src[start] {
	case '"':
		return stringEnd(src, start)
	case '{', '[':
	default:
		i := start
		for i < len(src) && bytes.IndexByte([]byte(",]} \t\r\n"), src[i]) < 0 {
			i++
		}
		return i
	}
	if i, ok := slices.BinarySearchFunc(d.large, uint32(start), func(r Range, at uint32) int { return cmp.Compare(r.Start, at) }); ok {
		return int(d.large[i].End)
	}
	depth := 0
	for i := start; ; i++ {
		switch src[i] {
		case '"':
			i = stringEnd(src, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// stringEnd returns where the string ends that begins at start, behind its
// quote.
func stringEnd(src []byte, start int) int {
	for i := start + 1; ; i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func (d *Doc) blank(i int) int {
	for i < len(d.src) && bytes.IndexByte([]byte(" \t\r\n,:"), d.src[i]) >= 0 {
		i++
	}
	return i
}

// Members yields the members of an object in their order; nothing if the value
// is none.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.Kind() != Object {
			return
		}
		for i := v.doc.blank(v.start + 1); v.doc.src[i] != '}'; {
			key := Value{v.doc, i}
			at := v.doc.blank(stringEnd(v.doc.src, i))
			m := Value{v.doc, at}
			if !yield(key.Str(), m) {
				return
			}
			i = v.doc.blank(v.doc.end(at))
		}
	}
}

// Elements yields the elements of an array; nothing if the value is none.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		for i := v.doc.blank(v.start + 1); v.doc.src[i] != ']'; i = v.doc.blank(v.doc.end(i)) {
			if !yield(Value{v.doc, i}) {
				return
			}
		}
	}
}

// Get returns the members with these names in the order of the names; what is
// not there is Absent.
func (v Value) Get(names ...string) []Value {
	out := make([]Value, len(names))
	found := 0
	for name, m := range v.Members() {
		if i := slices.Index(names, name); i >= 0 {
			out[i] = m
			if found++; found == len(names) {
				break
			}
		}
	}
	return out
}

// At returns the value at a path of member names.
func (v Value) At(path ...string) Value {
	for _, name := range path {
		v = v.Get(name)[0]
	}
	return v
}

// Str returns the text of a string; "" for other values. A half of a surrogate
// pair is U+FFFD.
func (v Value) Str() string {
	if v.Kind() != String {
		return ""
	}
	text := v.doc.src[v.start+1 : stringEnd(v.doc.src, v.start)-1]
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text)
	}
	return string(appendDecoded(make([]byte, 0, len(text)), text))
}

// Uint returns a whole number from 0 to limit. It may be written as a string,
// or with a fraction of zeros.
func (v Value) Uint(limit uint64) (n uint64, ok bool) {
	var text string
	switch v.Kind() {
	case Number:
		r := v.Range()
		if r.End-r.Start > 40 {
			return 0, false
		}
		text = string(v.doc.src[r.Start:r.End])
	case String:
		text = v.Str()
	default:
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		if v.Kind() == String {
			return 0, false
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || f < 0 || f > 1<<52 || f != math.Trunc(f) {
			return 0, false
		}
		n = uint64(f)
	}
	return n, n <= limit
}

// Span returns a stretch of the text as a place in the file.
func (d *Doc) Span(r Range) zone.Span {
	return zone.Span{File: d.name, Start: d.position(r.Start), End: d.position(r.End)}
}
