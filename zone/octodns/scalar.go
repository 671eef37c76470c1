package octodns

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// layout is where a scalar stands in its file.
type layout struct {
	start, end int // with its quotes
	// at gives for each octet of the value where it is written, and where the
	// value ends; nil if that could not be told.
	at []int32
}

// content returns where the node itself begins, behind its anchor and tag.
func (f *file) content(n *node) int {
	i := int(n.start)
	for i < len(f.src) && (f.src[i] == '&' || f.src[i] == '!') {
		for i < len(f.src) && !blank(f.src[i]) {
			i++
		}
		j := i
		for j < len(f.src) && blank(f.src[j]) {
			j++
		}
		if j < len(f.src) && f.src[j] == '#' {
			return i // an empty value, and a comment behind it
		}
		i = j
	}
	return i
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// layout finds the place of a scalar and of each octet of its value.
func (f *file) layout(n *node) layout {
	start := f.content(n)
	w := &walker{src: f.src, pos: start, value: n.value, at: make([]int32, 0, len(n.value)+1)}
	ok := false
	switch {
	case n.style&yaml.DoubleQuotedStyle != 0:
		ok = w.double()
	case n.style&yaml.SingleQuotedStyle != 0:
		ok = w.single()
	case n.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		ok = w.block()
	default:
		ok = w.plain()
	}
	if !ok || len(w.at) != len(n.value)+1 {
		return layout{start: start, end: f.point(start).End.Offset}
	}
	return layout{start, w.pos, w.at}
}

// walker goes through the text of a scalar along with its value, which the YAML
// library has read from it: what is not as expected is an end, not a guess.
type walker struct {
	src   []byte
	pos   int
	value string
	at    []int32
}

// done reports whether all of the value was met.
func (w *walker) done() bool { return len(w.at) == len(w.value) }

// take meets the next octets of the value, which stand for the text at a place.
func (w *walker) take(s string, place int) bool {
	if !strings.HasPrefix(w.value[len(w.at):], s) {
		return false
	}
	for range len(s) {
		w.at = append(w.at, int32(place))
	}
	return true
}

// finish notes where the value ends.
func (w *walker) finish(end int) bool {
	if !w.done() {
		return false
	}
	w.at = append(w.at, int32(end))
	return true
}

// fold meets blanks that hold a line break: one break is a blank, more are as
// many breaks but one.
func (w *walker) fold() bool {
	start, breaks := w.pos, 0
	for w.pos < len(w.src) && blank(w.src[w.pos]) {
		if w.src[w.pos] == '\n' || w.src[w.pos] == '\r' && (w.pos+1 == len(w.src) || w.src[w.pos+1] != '\n') {
			breaks++
		}
		w.pos++
	}
	switch breaks {
	case 0:
		for i := start; i < w.pos; i++ {
			if !w.take(string(w.src[i]), i) {
				return false
			}
		}
		return true
	case 1:
		return w.take(" ", start)
	}
	return w.take(strings.Repeat("\n", breaks-1), start)
}

func (w *walker) plain() bool {
	for !w.done() {
		switch {
		case w.pos >= len(w.src):
			return false
		case blank(w.src[w.pos]):
			if !w.fold() {
				return false
			}
		default:
			if !w.take(string(w.src[w.pos:w.pos+1]), w.pos) {
				return false
			}
			w.pos++
		}
	}
	return w.finish(w.pos)
}

func (w *walker) single() bool {
	if w.pos >= len(w.src) || w.src[w.pos] != '\'' {
		return false
	}
	w.pos++
	for w.pos < len(w.src) {
		switch c := w.src[w.pos]; {
		case c == '\'' && w.pos+1 < len(w.src) && w.src[w.pos+1] == '\'':
			if !w.take("'", w.pos) {
				return false
			}
			w.pos += 2
		case c == '\'':
			if !w.finish(w.pos) {
				return false
			}
			w.pos++
			return true
		case blank(c):
			if !w.fold() {
				return false
			}
		default:
			if !w.take(string(w.src[w.pos:w.pos+1]), w.pos) {
				return false
			}
			w.pos++
		}
	}
	return false
}

// escapes are those of double-quoted scalars that stand for one character.
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	' ': " ", '"': `"`, '/': "/", '\'': "'", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

func (w *walker) double() bool {
	if w.pos >= len(w.src) || w.src[w.pos] != '"' {
		return false
	}
	w.pos++
	for w.pos < len(w.src) {
		c := w.src[w.pos]
		switch {
		case c == '"':
			if !w.finish(w.pos) {
				return false
			}
			w.pos++
			return true
		case c == '\\':
			if !w.escape() {
				return false
			}
		case blank(c):
			if !w.fold() {
				return false
			}
		default:
			if !w.take(string(w.src[w.pos:w.pos+1]), w.pos) {
				return false
			}
			w.pos++
		}
	}
	return false
}

// escape meets a backslash in a double-quoted scalar and what follows it.
func (w *walker) escape() bool {
	if w.pos+1 >= len(w.src) {
		return false
	}
	start, c := w.pos, w.src[w.pos+1]
	if s, ok := escapes[c]; ok {
		w.pos += 2
		return w.take(s, start)
	}
	switch c {
	case '\n', '\r': // the line goes on behind the blanks of the next one
		w.pos += 2
		if c == '\r' && w.pos < len(w.src) && w.src[w.pos] == '\n' {
			w.pos++
		}
		breaks := 0
		for w.pos < len(w.src) && blank(w.src[w.pos]) {
			if w.src[w.pos] == '\n' {
				breaks++
			}
			w.pos++
		}
		return w.take(strings.Repeat("\n", breaks), start)
	case 'x', 'u', 'U':
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		if w.pos+2+digits > len(w.src) {
			return false
		}
		v, err := strconv.ParseUint(view(w.src[w.pos+2:w.pos+2+digits]), 16, 32)
		if err != nil {
			return false
		}
		w.pos += 2 + digits
		return w.take(string(utf8.AppendRune(nil, rune(v))), start)
	}
	return false
}

// block meets a literal or folded scalar.
func (w *walker) block() bool {
	header := w.src[w.pos:]
	n := bytes.IndexByte(header, '\n')
	if n < 0 {
		return w.value == "" && w.finish(w.pos)
	}
	if i := bytes.IndexAny(header[:n], "123456789 #"); i >= 0 && '1' <= header[i] && header[i] <= '9' {
		return false // counts from the indentation of the parent
	}
	end := w.pos + n
	w.pos += n + 1
	indent := w.indent()
	breaks := 0 // since the last text
	for w.pos < len(w.src) && !w.done() {
		line, stop := w.pos, len(w.src)
		if i := bytes.IndexByte(w.src[line:], '\n'); i >= 0 {
			stop = line + i
		}
		for w.pos < stop && w.src[w.pos] == ' ' && w.pos-line < indent {
			w.pos++
		}
		text := bytes.TrimSuffix(w.src[w.pos:stop], []byte{'\r'})
		if len(text) == 0 {
			breaks++
			w.pos = stop + 1
			continue
		}
		if w.pos-line < indent {
			break // behind the scalar, whose last line breaks are left
		}
		if !w.gap(breaks, line) {
			return false
		}
		for i := range text {
			if !w.take(view(text[i:i+1]), w.pos+i) {
				return false
			}
		}
		end = w.pos + len(text)
		breaks = 1
		w.pos = stop + 1
	}
	rest := w.value[len(w.at):]
	if strings.Trim(rest, "\n") != "" || !w.take(rest, end) {
		return false
	}
	w.pos = end
	return w.finish(end)
}

// indent returns the indentation of the first line that is not empty.
func (w *walker) indent() int {
	n := 0
	for _, c := range w.src[w.pos:] {
		switch c {
		case '\n':
			n = 0
		case ' ':
			n++
		case '\r':
		default:
			return n
		}
	}
	return n
}

// gap meets what became of line breaks between two lines of a block scalar: as
// many, or a blank where they are folded.
func (w *walker) gap(breaks, at int) bool {
	rest := w.value[len(w.at):]
	switch n := len(rest) - len(strings.TrimLeft(rest, "\n")); {
	case breaks == 0:
		return true
	case n > 0:
		return n <= breaks && w.take(rest[:n], at)
	}
	return w.take(" ", at)
}

// end returns where a node ends, behind its closing bracket or quote, with the
// extent of all that it holds.
func (f *file) end(n *node) int {
	switch n.kind {
	case scalar:
		return f.layout(n).end
	case alias:
		i := int(n.start)
		for i < len(f.src) && !blank(f.src[i]) && strings.IndexByte(",]}", f.src[i]) < 0 {
			i++
		}
		return i
	}
	at := f.content(n)
	if len(n.kids) > 0 {
		at = max(at, f.end(n.kids[len(n.kids)-1]))
	} else if at < len(f.src) && (f.src[at] == '{' || f.src[at] == '[') {
		at++
	}
	if n.style&yaml.FlowStyle == 0 {
		return at
	}
	for at < len(f.src) {
		switch c := f.src[at]; {
		case c == '}' || c == ']':
			return at + 1
		case c == '#':
			for at < len(f.src) && f.src[at] != '\n' {
				at++
			}
		case blank(c), c == ',', c == ':':
			at++
		default:
			return at
		}
	}
	return at
}
