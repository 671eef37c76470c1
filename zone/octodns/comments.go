package octodns

import (
	"bytes"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// remark is a comment of a file.
type remark struct {
	start, end int
	alone      bool // on its line
}

// comments returns the comments of a file in its order. A number sign within a
// scalar begins none, so that these are found first.
func (f *file) comments() []remark {
	f.commentsOnce.Do(func() {
		at := len(f.src) - len(bytes.TrimPrefix(f.src, bom))
		f.walk(f.root, func(n *node) {
			if n.kind == scalar {
				l := f.layout(n)
				f.scan(at, l.start)
				at = max(at, l.end)
			}
		})
		f.scan(at, len(f.src))
	})
	return f.remarks
}

// walk visits the nodes of the file below n in the order of the text.
func (f *file) walk(n *node, visit func(*node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, k := range n.kids {
		f.walk(k, visit)
	}
}

// scan notes the comments between two places without a scalar between them.
func (f *file) scan(at, end int) {
	for at < end {
		i := bytes.IndexByte(f.src[at:end], '#')
		if i < 0 {
			return
		}
		at += i
		if at > 0 && !blank(f.src[at-1]) && !bytes.HasSuffix(f.src[:at], bom) {
			at++
			continue
		}
		stop := f.lineEnd(at)
		f.remarks = append(f.remarks, remark{at, stop, strings.TrimSpace(view(f.src[f.lineBegin(at):at])) == ""})
		at = stop
	}
}

// lineBegin returns the offset of the line that holds an offset.
func (f *file) lineBegin(at int) int {
	i := bytes.LastIndexByte(f.src[:at], '\n') + 1
	if i == 0 && bytes.HasPrefix(f.src, bom) {
		return len(bom)
	}
	return i
}

// lineEnd returns where the line that holds an offset ends, before its line
// break.
func (f *file) lineEnd(at int) int {
	i := bytes.IndexByte(f.src[at:], '\n')
	switch {
	case i < 0:
		return len(f.src)
	case i > 0 && f.src[at+i-1] == '\r':
		return at + i - 1
	}
	return at + i
}

// comment returns the comment on the last line of a value.
func (s *source) comment(loc zone.Loc) (zone.Comment, bool) {
	if int(loc.Offset) >= len(s.places) {
		return zone.Comment{}, false
	}
	n := s.places[loc.Offset].value
	f := s.files[n.file]
	end := f.end(n)
	remarks := f.comments()
	i, _ := slices.BinarySearchFunc(remarks, end, func(r remark, at int) int { return r.start - at })
	if i == len(remarks) || remarks[i].start > f.lineEnd(end) {
		return zone.Comment{}, false
	}
	r := remarks[i]
	return zone.Comment{Span: f.span(r.start, r.end), Text: string(f.src[r.start+1 : r.end])}, true
}

// Comment implements zone.Source.
func (s *source) Comment(loc zone.Loc) string {
	c, _ := s.comment(loc)
	return c.Text
}

// Comments implements zone.Source. A comment on a line of a value speaks of
// that value, or of the whole record if it has no other; one on another line of
// a record of that record; and one on the line of an owner of all its records.
// Alone on its line it speaks of what begins on the next one.
func (s *source) Comments(containing string) []zone.Comment {
	var out []zone.Comment
	for file, f := range s.files {
		if !bytes.Contains(f.src, []byte(containing)) {
			continue
		}
		var subjects []lines
		var below []int
		for i, r := range f.comments() {
			if !strings.Contains(view(f.src[r.start:r.end]), containing) {
				continue
			}
			if subjects == nil {
				subjects, below = s.subjects(file), f.below()
			}
			c := zone.Comment{Span: f.span(r.start, r.end), Text: string(f.src[r.start+1 : r.end])}
			line := c.Span.Start.Line
			if r.alone {
				line = below[i]
			}
			if line < len(subjects) {
				c.First, c.Last = subjects[line].first, subjects[line].last
			}
			out = append(out, c)
		}
	}
	return out
}

// below returns for each comment the line that it stands above if it is alone on
// its line, with nothing but other comments between; 0 if there is none.
func (f *file) below() []int {
	rs := f.comments()
	out := make([]int, len(rs))
	for i := len(rs) - 1; i >= 0; i-- {
		next, ok := f.nextLine(rs[i].end)
		if !ok {
			continue
		}
		text := strings.TrimSpace(view(f.src[next:f.lineEnd(next)]))
		switch {
		case text == "":
		case text[0] != '#':
			out[i] = f.position(next).Line
		case i+1 < len(rs):
			out[i] = out[i+1]
		}
	}
	return out
}

// lines are the lines that a comment speaks of.
type lines struct {
	first, last int
	rank        uint8 // 1: an owner, 2: a record, 3: a value
}

// subjects tells for each line of a file what a comment there speaks of.
func (s *source) subjects(file int) []lines {
	f := s.files[file]
	f.index()
	out := make([]lines, len(f.lines)+1)
	done := map[*node]bool{}
	// note takes the lines from to to, of which a comment speaks that stands on
	// one of the lines on to last.
	note := func(n *node, on, last, from, to int, rank uint8) {
		if int(n.file) != file || done[n] {
			return
		}
		for l := max(on, 1); l <= last && l < len(out); l++ {
			switch o := &out[l]; {
			case o.rank < rank:
				*o = lines{from, to, rank}
			case o.rank == rank:
				o.first, o.last = min(o.first, from), max(o.last, to)
			}
		}
	}
	span := func(n *node) (first, last int) {
		sp := f.span(f.content(n), f.end(n))
		return sp.Start.Line, sp.End.Line
	}
	ownerEnd := map[*node]int{}
	for i := range s.entries {
		e := &s.entries[i]
		if int(e.rec.file) != file {
			continue
		}
		first, last := span(e.rec)
		note(e.rec, first, last, first, last, 2)
		if int(e.owner.file) == file && !e.rec.shared {
			ownerEnd[e.owner] = max(ownerEnd[e.owner], last)
		}
		if e.first < 0 || done[e.rec] {
			continue
		}
		for _, p := range s.places[e.first : e.first+e.places] {
			if int(p.value.file) != file {
				continue
			}
			from, to := span(p.value)
			if e.places == 1 {
				note(p.value, from, to, first, last, 3)
			} else {
				note(p.value, from, to, from, to, 3)
			}
			done[p.value] = p.value.shared
		}
		done[e.rec] = e.rec.shared
	}
	for owner, last := range ownerEnd {
		line, _ := span(owner)
		note(owner, line, line, line, last, 1)
	}
	return out
}
