package dnscontrol

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/zonelint/zonelint/zone"
)

// script is dnsconfig.js. It is not run: a call that makes a record is looked
// at to point into it.
type script struct {
	name  string
	src   []byte
	lines []int // offsets of the line starts

	domains map[string][2]int // calls of D by name; nil until asked for
	users   map[[2]int]int    // how many records come of the call at a line and column

	mu    sync.Mutex
	found map[string][]int // offsets of texts that were looked for
	ends  map[int]int      // last lines of calls by their offsets
	spent int              // octets that were looked at for ends
}

// occurrences returns the lines that hold a text, from 1.
func (s *script) occurrences(text string) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ls, ok := s.found[text]; ok {
		return ls
	}
	ls := []int{}
	for next := 0; ; {
		i := bytes.Index(s.src[next:], []byte(text))
		if i < 0 {
			break
		}
		line := s.position(next + i).Line
		ls = append(ls, line)
		if line == len(s.lines) {
			break
		}
		next = s.lines[line]
	}
	if s.found == nil {
		s.found = map[string][]int{}
	}
	s.found[text] = ls
	return ls
}

// maxSpent bounds what is looked at to find the ends of calls, in octets.
const maxSpent = 64 << 20

// lastLine returns the last line of a call; its first once too much was looked
// at.
func (s *script) lastLine(c call) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.offset(c)
	if last, ok := s.ends[at]; ok {
		return last
	}
	if s.spent > maxSpent {
		return c.line
	}
	e := readCall(s.src, at)
	s.spent += min(maxCall, len(s.src)-at)
	if s.ends == nil {
		s.ends = map[int]int{}
	}
	s.ends[at] = s.position(e.end).Line
	return s.ends[at]
}

func newScript(f File) *script {
	s := &script{name: f.Name, src: f.Text, lines: []int{0}, users: map[[2]int]int{}}
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

// span returns the place of a part of a record: in the string literals of the
// call where those hold it as it is, else the whole call.
func (s *script) span(c call, part zone.Part) zone.Span {
	start := s.offset(c)
	e := readCall(s.src, start)
	whole := s.at(start, e.end)
	switch part.Kind {
	case zone.PartType:
		if e.word > start {
			return s.at(start, e.word)
		}
		return whole
	case zone.PartOwner:
		for _, l := range literals(s.src, e.word, e.end) {
			if l.text == c.name {
				return s.at(l.start, l.end)
			}
		}
		return whole
	case zone.PartField:
		if part.Index != c.field {
			return whole
		}
		part.To = -1
	case zone.PartRData:
		part.To = -1
	case zone.PartText, zone.PartValue:
	default:
		return whole
	}
	ls := literals(s.src, e.word, e.end)
	for _, text := range []string{c.value, strings.TrimSuffix(c.value, c.under)} {
		if from, to, ok := joined(ls, text, part.From, part.To); ok {
			return s.at(from, to)
		}
	}
	return whole
}

var domainCall = regexp.MustCompile(`\bD\(\s*("[^"\n]{1,255}"|'[^'\n]{1,255}')`)

// domain returns where a domain is declared, by its name with its tag.
func (s *script) domain(name string) (zone.Span, bool) {
	if s.domains == nil {
		s.domains = map[string][2]int{}
		for _, m := range domainCall.FindAllSubmatchIndex(s.src, -1) {
			key := strings.ToLower(string(s.src[m[2]+1 : m[3]-1]))
			if _, ok := s.domains[key]; !ok {
				s.domains[key] = [2]int{m[0], m[1]}
			}
		}
	}
	at, ok := s.domains[strings.ToLower(name)]
	if !ok {
		return zone.Span{}, false
	}
	return s.at(at[0], at[1]), true
}
