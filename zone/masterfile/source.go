package masterfile

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/zonelint/zonelint/zone"
)

// source is the files that a zone was read from: the one named and those that
// it includes. It is the zone.Source of the zone.
type source struct {
	files []*file
	// included maps each $INCLUDE that was followed to the index of its file.
	included map[includeKey]int
	// opts and origin are how the first file was read, for reading it again.
	opts   Options
	origin zone.Name
}

// includeKey is the n-th $INCLUDE of a file, both from 0.
type includeKey struct{ file, n int }

// file is one master file. Nothing of its layout is kept but the text: what a
// span needs is read again when a finding asks for it.
type file struct {
	name string // as shown
	dir  string // folder within Options.Root
	src  []byte

	once  sync.Once
	lines []uint32 // offsets of the line starts
}

func newFile(name, dir string, src []byte) *file { return &file{name: name, dir: dir, src: src} }

// path is the file's path within Options.Root.
func (f *file) path() string { return filepath.Join(f.dir, filepath.Base(f.name)) }

// position returns the line and column of an offset. A byte order mark counts
// for no column.
func (f *file) position(offset int) zone.Position {
	f.once.Do(func() {
		first := uint32(0)
		if bytes.HasPrefix(f.src, bom) {
			first = uint32(len(bom))
		}
		f.lines = append(make([]uint32, 0, bytes.Count(f.src, []byte{'\n'})+1), first)
		for i := lineEnd(f.src, 0); i < len(f.src); i = lineEnd(f.src, i) {
			i = afterNewline(f.src, i)
			f.lines = append(f.lines, uint32(i))
		}
	})
	i, exact := slices.BinarySearch(f.lines, uint32(offset))
	if !exact {
		i--
	}
	i = max(i, 0)
	return zone.Position{Offset: offset, Line: i + 1, Column: max(offset-int(f.lines[i]), 0) + 1}
}

func (f *file) span(start, end int) zone.Span {
	return zone.Span{File: f.name, Start: f.position(start), End: f.position(end)}
}

// read scans the entry at an offset again.
func (f *file) read(offset uint32) (e entry, h header, ok bool) {
	s := scanner{src: f.src, pos: int(offset)}
	if ft, ok := s.scan(&e); ft != nil || !ok || e.blank {
		return e, h, false
	}
	if e.owned && f.src[e.toks[0].start] == '$' {
		return e, h, true
	}
	h, ft := e.head(f.src)
	return e, h, ft == nil
}

// Span implements zone.Source.
func (s *source) Span(loc zone.Loc, part zone.Part) zone.Span {
	f := s.files[loc.File]
	e, h, ok := f.read(loc.Offset)
	if !ok {
		return zone.Span{}
	}
	token := func(i int) zone.Span { return f.span(int(e.toks[i].start), int(e.toks[i].end)) }
	whole := f.span(int(e.toks[0].start), int(e.toks[len(e.toks)-1].end))
	if h.typ == 0 && e.owned { // a $GENERATE
		return whole
	}
	rdata := e.toks[h.rdata:]
	switch part.Kind {
	case zone.PartOwner:
		if h.owner >= 0 {
			return token(h.owner)
		}
	case zone.PartTTL:
		if h.ttl >= 0 {
			return token(h.ttl)
		}
	case zone.PartClass:
		if h.class >= 0 {
			return token(h.class)
		}
	case zone.PartType:
		return token(h.typ)
	case zone.PartRData:
		if len(rdata) > 0 {
			return f.span(int(rdata[0].start), int(rdata[len(rdata)-1].end))
		}
	case zone.PartField:
		if part.Index < len(rdata) {
			return token(h.rdata + part.Index)
		}
	case zone.PartText:
		if start, end, ok := textRange(f.src, rdata, part.From, part.To); ok {
			return f.span(start, end)
		}
	case zone.PartValue: // behind the flags and the tag, unless all is in hexadecimal
		if len(rdata) == 3 && string(rdata[0].text(f.src)) != `\#` {
			if start, end, ok := textRange(f.src, rdata[2:], part.From, part.To); ok {
				return f.span(start, end)
			}
			return token(h.rdata + 2)
		}
	case zone.PartComment:
		if e.comment >= 0 {
			return f.span(e.comment, lineEnd(f.src, e.comment))
		}
	}
	return whole
}

// textRange finds the octets from to to of the joined strings in the source.
func textRange(src []byte, toks []token, from, to int) (start, end int, ok bool) {
	at := 0 // octets of text so far
	start = -1
	for _, t := range toks {
		if !t.quoted(src) && t.start == t.end {
			continue
		}
		i, limit := int(t.start), int(t.end)
		if t.quoted(src) {
			i, limit = i+1, limit-1
		}
		for i < limit {
			n := 1
			if src[i] == '\\' {
				if _, n = unescape(src[i:limit]); n == 0 {
					return 0, 0, false
				}
			}
			if at == from && start < 0 {
				if from == to {
					return i, i, true
				}
				start = i
			}
			i += n
			at++
			if at == to && start >= 0 {
				return start, i, true
			}
		}
		// An empty range behind the last octet of a string points at its end.
		if from == to && at == from {
			return i, i, true
		}
		end = i
	}
	if start >= 0 {
		return start, end, true
	}
	return 0, 0, false
}

// Comment implements zone.Source.
func (s *source) Comment(loc zone.Loc) string {
	f := s.files[loc.File]
	e, _, _ := f.read(loc.Offset)
	if e.comment < 0 {
		return ""
	}
	return string(f.src[e.comment+1 : lineEnd(f.src, e.comment)])
}

// Text implements zone.Source.
func (s *source) Text(name string) []byte {
	for _, f := range s.files {
		if f.name == name {
			return f.src
		}
	}
	return nil
}

// Comments implements zone.Source.
func (s *source) Comments(containing string) []zone.Comment {
	var out []zone.Comment
	for _, f := range s.files {
		if bytes.Contains(f.src, []byte(containing)) {
			out = append(out, f.comments(containing)...)
		}
	}
	return out
}

// comments finds the comments of a file and the entries that they stand with.
func (f *file) comments(containing string) []zone.Comment {
	var out, above []zone.Comment // above: alone on the lines right above
	s := scanner{src: f.src}
	var e entry
	for {
		ft, ok := s.scan(&e)
		if !ok {
			return append(out, above...)
		}
		var own []zone.Comment
		lexer := Lexer{src: f.src, pos: e.start}
		for lexer.pos < e.end {
			t, ok := lexer.Next()
			if !ok {
				break
			}
			if text := string(f.src[t.Start:t.End]); t.Kind == Comment && strings.Contains(text, containing) {
				own = append(own, zone.Comment{Span: f.span(t.Start, t.End), Text: text[1:]})
			}
		}
		switch {
		case ft != nil || !e.blank:
			first, last := f.position(e.start).Line, f.position(max(e.end-1, e.start)).Line
			for _, c := range append(above, own...) {
				c.First, c.Last = first, last
				out = append(out, c)
			}
			above = nil
		case e.comment >= 0: // a line with nothing but a comment
			above = append(above, own...)
		default: // a blank line: what stands above it speaks of nothing below
			out = append(out, above...)
			above = nil
		}
	}
}
