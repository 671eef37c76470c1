package report

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Verdict is an answer about a zone that is no finding, for people. Its texts
// may be of unknown origin.
type Verdict struct {
	Word    string // the answer
	Good    bool   // as it should be
	Level   rules.Severity
	Message string // says what the word means here
	Reason  string
	Marks   []Mark // the places that decided, the first before all others
	Notes   []Note
}

// Mark is a place, with what is said at it. Source may be nil, and the span
// zero; the place is then left out.
type Mark struct {
	Source zone.Source
	Span   zone.Span
	Label  string
}

// Note is a line below the places.
type Note struct{ Title, Text string }

// Append appends the verdict, as it looks in a style, to buf.
func (v Verdict) Append(buf []byte, style Style) []byte {
	p, t := Painter(style.Color), text{style}
	word := p.severity(v.Level, v.Word)
	if v.Good {
		word = p.green(v.Word)
	}
	buf = append(buf, word+": "...)
	buf = t.wrapped(buf, Escape(v.Message), len(v.Word)+2, 2)
	if v.Reason != "" {
		buf = append(buf, "  "...)
		buf = t.wrapped(buf, Escape(v.Reason), 2, 2)
	}
	e := excerpt{paint: p, severity: v.Level, width: style.Width}
	for i, m := range v.Marks {
		e.add(m.Source, m.Span, m.Label, i == 0)
	}
	buf = e.append(buf)
	for _, n := range v.Notes {
		lead := len(e.pad()) + len(" = : ") + len(n.Title)
		buf = append(buf, e.pad()+" "+p.gutter("=")+" "+p.Bold(n.Title)+": "...)
		buf = t.wrapped(buf, Escape(n.Text), lead, len(e.pad())+len(" = "))
	}
	return buf
}

// Indented appends a line that begins depth steps to the right.
func Indented(buf []byte, depth int, line string) []byte {
	buf = append(buf, strings.Repeat("  ", depth)...)
	return append(append(buf, EscapeLine(line)...), '\n')
}
