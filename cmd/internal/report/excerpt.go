package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

const (
	// excerptWidth is how many columns of a source line are shown where the
	// output is no terminal.
	excerptWidth = 100
	// maxLines is how many lines of a longer span are shown: all but the last
	// from its start.
	maxLines = 4
	tabStop  = 8
	ellipsis = "..."
)

// excerpt is the source lines that a finding speaks of, with its places
// underlined.
type excerpt struct {
	paint    Painter
	severity rules.Severity
	width    int // of the terminal, 0 if none
	more     int // places that are not shown
	lines    []line
	places   []place // where each file begins, the finding's own first
}

// place is where a file was first spoken of.
type place struct {
	file         string
	line, column int
	address      string // see zone.Span
}

// line is one source line with one place underlined in it.
type line struct {
	file     int // index into places
	number   int
	source   []byte // the stretch of the line that can be shown
	from, to int    // what is underlined, as offsets into source
	cut      bool   // source begins within the line
	primary  bool
	label    string
}

// add puts a place into the excerpt. A place that is in no file, or whose file
// is not at hand, is left out.
func (e *excerpt) add(src zone.Source, s zone.Span, label string, primary bool) {
	if s.IsZero() {
		return
	}
	file := slices.IndexFunc(e.places, func(p place) bool { return p.file == s.File })
	if file < 0 {
		file = len(e.places)
		e.places = append(e.places, place{s.File, s.Start.Line, s.Start.Column, s.Address})
	}
	if src == nil {
		return
	}
	text := src.Text(s.File)
	begin := s.Start.Offset - (s.Start.Column - 1)
	if begin < 0 || s.Start.Offset > len(text) || s.End.Offset < s.Start.Offset {
		return
	}
	last := s.End.Line
	if s.End.Column == 1 && last > s.Start.Line {
		last-- // ends with the line break before
	}
	for n := s.Start.Line; n <= last && begin <= len(text); n++ {
		limit := len(text)
		if n == s.End.Line { // no further line is looked for, and this one may be endless
			limit = min(limit, s.End.Offset+2*reach)
		}
		end := lineEnd(text[:limit], max(begin, s.Start.Offset))
		from, to := begin, end
		if n == s.Start.Line {
			from = s.Start.Offset
		}
		if n == s.End.Line {
			to = min(end, s.End.Offset)
		}
		if shown := n-s.Start.Line < maxLines-1 || n == last; shown {
			l := line{file: file, number: n, primary: primary}
			l.clip(text, begin, end, from, max(from, to))
			if n == last {
				l.label = label
			}
			e.lines = append(e.lines, l)
		}
		begin = end + 1
	}
}

// lineEnd returns where the line that holds the offset at ends, before its
// line break.
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}

// reach is how far, in octets, an excerpt looks around a place: a line may be
// a gigabyte long.
const reach = 512

// clip takes the stretch of the line from begin to end that can be shown with
// the place from to to.
func (l *line) clip(text []byte, begin, end, from, to int) {
	lo, hi := begin, end
	if from-lo > reach {
		lo = from - reach
		for lo < from && !utf8.RuneStart(text[lo]) {
			lo++
		}
		l.cut = true
	}
	hi = min(hi, from+2*reach)
	to = min(to, hi)
	l.source = bytes.TrimSuffix(text[lo:hi], []byte("\r"))
	l.from = from - lo
	l.to = min(to-lo, max(len(l.source), l.from))
	if from == begin && to > from { // the whole line or its start: without the blanks around
		inside := l.source[l.from:max(l.to, l.from)]
		l.from += len(inside) - len(bytes.TrimLeft(inside, " \t"))
	}
	if l.to > l.from {
		inside := l.source[l.from:l.to]
		if kept := len(bytes.TrimRight(inside, " \t")); kept > 0 {
			l.to = l.from + kept
		}
	}
}

// pad is the blank gutter.
func (e *excerpt) pad() string {
	greatest := 0
	for _, l := range e.lines {
		greatest = max(greatest, l.number)
	}
	if greatest == 0 {
		return " "
	}
	return strings.Repeat(" ", len(strconv.Itoa(greatest)))
}

func (e *excerpt) append(buf []byte) []byte {
	pad := e.pad()
	slices.SortStableFunc(e.lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.number, b.number), cmp.Compare(a.from, b.from))
	})
	for i, p := range e.places {
		arrow := "--> "
		if i > 0 {
			arrow = "::: "
		}
		at := e.paint.Place(fmt.Sprintf("%s:%d:%d", Escape(p.file), p.line, p.column))
		if p.address != "" {
			at += " (" + Escape(p.address) + ")"
		}
		buf = fmt.Appendf(buf, "%s%s%s\n", pad, e.paint.gutter(arrow), at)
		before := 0
		for _, l := range e.lines {
			if l.file != i {
				continue
			}
			if before == 0 {
				buf = fmt.Appendf(buf, "%s %s\n", pad, e.paint.gutter("|"))
			}
			buf = e.appendLine(buf, l, before, len(pad))
			before = l.number
		}
	}
	if e.more > 0 {
		buf = fmt.Appendf(buf, "%s %s %s: and %d more\n", pad, e.paint.gutter("="), e.paint.Bold("note"), e.more)
	}
	return buf
}

// appendLine appends a source line, unless it stands there already, and the
// marks below it.
func (e *excerpt) appendLine(buf []byte, l line, before, gutter int) []byte {
	bar := e.paint.gutter("|")
	room := excerptWidth
	if e.width > 0 {
		room = max(e.width-gutter-3, 20)
	}
	w := lay(l, room)
	if before != l.number {
		if before != 0 && before+1 != l.number {
			buf = append(buf, e.paint.gutter(ellipsis)...)
			buf = append(buf, '\n')
		}
		buf = fmt.Appendf(buf, "%s %s", e.paint.gutter(fmt.Sprintf("%*d", gutter, l.number)), bar)
		if w.text != "" {
			buf = append(buf, ' ')
			buf = append(buf, w.text...)
		}
		buf = append(buf, '\n')
	}
	mark, color := "^", e.severity
	if !l.primary {
		mark, color = "-", rules.Info
	}
	marks := strings.Repeat(mark, max(1, w.length))
	if l.label != "" {
		marks += " " + Escape(l.label)
	}
	return fmt.Appendf(buf, "%*s %s %s%s\n", gutter, "", bar, strings.Repeat(" ", w.start), e.paint.severity(color, marks))
}

// window is a source line as it is shown: its text, and the columns of the
// place in it.
type window struct {
	text          string
	start, length int
}

// lay lays a line out in at most room columns, so that its place can be seen.
func lay(l line, room int) window {
	type slot struct {
		text string
		at   int // column of its start
	}
	var slots []slot
	column, start, end := 0, -1, -1
	for i := 0; i < len(l.source); {
		if i >= l.from && start < 0 {
			start = column
		}
		if i >= l.to && end < 0 {
			end = column
		}
		c, n := cell{}, 1
		if l.source[i] == '\t' {
			c.width = tabStop - column%tabStop
			c.text = strings.Repeat(" ", c.width)
		} else {
			c, n = nextCell(string(l.source[i:min(len(l.source), i+utf8.UTFMax)]))
		}
		slots = append(slots, slot{c.text, column})
		column += c.width
		i += n
	}
	if start < 0 {
		start = column
	}
	if end < 0 {
		end = column
	}
	left, right := 0, column
	if column > room || l.cut {
		// A quarter of the room is for what stands before the place, unless the
		// line's end or the place itself leave more.
		left = max(0, min(start-room/4, column-room))
		if end-left > room {
			left = max(0, min(start-room/8, column-room))
		}
		right = min(column, left+room)
	}
	var b strings.Builder
	shift := left
	if left > 0 || l.cut {
		b.WriteString(ellipsis)
		left += len(ellipsis)
	}
	tail := ""
	if right < column {
		tail = ellipsis
		right -= len(ellipsis)
	}
	first := true
	for i, s := range slots {
		stop := column
		if i+1 < len(slots) {
			stop = slots[i+1].at
		}
		if s.at < left || stop > right {
			continue
		}
		if first {
			first = false
			b.WriteString(strings.Repeat(" ", s.at-left)) // half a wide character was cut off
		}
		b.WriteString(s.text)
	}
	start, end = max(start, left), min(end, right)
	return window{strings.TrimRight(b.String()+tail, " "), start - shift, end - start}
}
