package dnscontrol

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// lines are those of a call.
type lines struct {
	first, last int
	shared      bool
}

// spoken returns the comments of dnsconfig.js that contain a text and stand
// with a call that made a record of the zone: behind it, or alone on the line
// above it.
func (s *source) spoken(containing string) []zone.Comment {
	src := s.script.src
	var out []zone.Comment
	var calls []lines
	for _, line := range s.script.occurrences(containing) {
		begin := s.script.lines[line-1]
		end := len(src)
		if line < len(s.script.lines) {
			end = s.script.lines[line] - 1
		}
		at := commentStart(src[begin:end])
		if at < 0 || !bytes.Contains(src[begin+at:end], []byte(containing)) {
			continue
		}
		if calls == nil {
			calls = s.lines()
		}
		of := line
		if len(bytes.TrimSpace(src[begin:begin+at])) == 0 {
			of = s.script.below(line)
		}
		c, ok := covering(calls, of)
		if !ok {
			continue // a call of another zone
		}
		text := strings.TrimSpace(string(src[begin+at+2 : end]))
		text = strings.TrimSpace(strings.TrimSuffix(text, "*/"))
		out = append(out, zone.Comment{Span: s.script.at(begin+at, end), Text: text, First: c.first, Last: c.last, Shared: c.shared})
	}
	return out
}

// lines returns the lines of the calls that made the zone's records, in their
// order.
func (s *source) lines() []lines {
	out := []lines{}
	for _, c := range s.calls {
		if c.line == 0 {
			continue
		}
		out = append(out, lines{c.line, s.script.lastLine(c), s.script.users[[2]int{c.line, c.column}] > 1})
	}
	slices.SortFunc(out, func(a, b lines) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last)) })
	return out
}

// covering returns the last call that begins at or above a line and reaches
// it.
func covering(calls []lines, line int) (lines, bool) {
	i, _ := slices.BinarySearchFunc(calls, line+1, func(c lines, l int) int { return cmp.Compare(c.first, l) })
	if i == 0 || calls[i-1].last < line {
		return lines{}, false
	}
	return calls[i-1], true
}

// below returns the first line below that is not a comment of its own.
func (s *script) below(line int) int {
	for line++; line <= len(s.lines); line++ {
		end := len(s.src)
		if line < len(s.lines) {
			end = s.lines[line]
		}
		if !bytes.HasPrefix(bytes.TrimSpace(s.src[s.lines[line-1]:end]), []byte("//")) {
			break
		}
	}
	return line
}

// commentStart returns where a comment begins in a line, -1 if there is none.
func commentStart(line []byte) int {
	for i := 0; i+1 < len(line); {
		switch c := line[i]; {
		case c == '"' || c == '\'' || c == '`':
			i = literalEnd(line, i, len(line))
		case c == '/' && (line[i+1] == '/' || line[i+1] == '*'):
			return i
		default:
			i++
		}
	}
	return -1
}
