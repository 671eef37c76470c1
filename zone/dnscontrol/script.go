package dnscontrol

import (
	"bytes"
	"unicode/utf8"

	"github.com/zonelint/zonelint/zone"
)

// script is dnsconfig.js. It is not run: a call that makes a record is looked
// at to point into it.
type script struct {
	name  string
	src   []byte
	lines []int // offsets of the line starts
}

func newScript(f File) *script {
	s := &script{name: f.Name, src: f.Text, lines: []int{0}}
	for i := 0; ; {
		n := bytes.IndexByte(s.src[i:], '\n')
		if n < 0 {
			return s
		}
		i += n + 1
		s.lines = append(s.lines, i)
	}
}

// offset returns where a call begins. Columns count characters.
func (s *script) offset(c call) int {
	at := s.lines[c.line-1]
	for range c.column - 1 {
		_, n := utf8.DecodeRune(s.src[at:])
		at += n
	}
	return at
}

// has reports whether the script has the place of a call, with something
// there.
func (s *script) has(c call) bool {
	if c.line < 1 || c.line > len(s.lines) || c.column < 1 {
		return false
	}
	end := len(s.src)
	if c.line < len(s.lines) {
		end = s.lines[c.line] - 1
	}
	return c.column <= end-s.lines[c.line-1] && s.offset(c) < end
}

func (s *script) position(at int) zone.Position {
	lo, hi := 0, len(s.lines)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; s.lines[mid] <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return zone.Position{Offset: at, Line: lo + 1, Column: at - s.lines[lo] + 1}
}

func (s *script) at(start, end int) zone.Span {
	return zone.Span{File: s.name, Start: s.position(start), End: s.position(end)}
}

// span returns the place of a part of a record.
func (s *script) span(c call, part zone.Part) zone.Span {
	start := s.offset(c)
	e := readCall(s.src, start)
	if part.Kind == zone.PartType && e.word > start {
		return s.at(start, e.word)
	}
	return s.at(start, e.end)
}
