package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// text is for people: each finding with the lines that it speaks of, then a
// summary.
type text struct{ style Style }

// maxRelated bounds the other places shown with a finding.
const maxRelated = 4

func (text) Open() string    { return "" }
func (text) Between() string { return "" }

func (t text) Append(buf []byte, r *Result) []byte {
	var before zone.Span
	for _, f := range r.Findings {
		src := r.source(f)
		if f.Span == before && len(f.Related) == 0 {
			src = nil // the same lines stand right above
		}
		buf = t.finding(buf, src, f)
		buf = append(buf, '\n')
		before = f.Span
	}
	return buf
}

// finding appends a finding, with its lines if there is a source.
func (t text) finding(buf []byte, src zone.Source, f rules.Finding) []byte {
	p := Painter(t.style.Color)
	severity := f.Severity.String()
	head := p.severity(f.Severity, severity) + p.Bold("["+f.Rule.ID+"]") + ": "
	headWidth := len(severity) + len(f.Rule.ID) + 4
	buf = append(buf, head...)
	buf = t.wrapped(buf, Escape(f.Message), headWidth, 2)

	e := excerpt{paint: p, severity: f.Severity, width: t.style.Width}
	e.add(src, f.Span, "", true)
	for i, rel := range f.Related {
		if i == maxRelated {
			e.more = len(f.Related) - maxRelated
			break
		}
		e.add(src, rel.Span, rel.Message, false)
	}
	buf = e.append(buf)
	if f.Span.IsZero() && f.Name != "" {
		buf = append(buf, e.pad()+p.gutter("--> ")...)
		buf = append(buf, Escape(f.Name.String())...)
		if f.Type != 0 {
			buf = append(buf, " "+f.Type.String()...)
		}
		buf = append(buf, '\n')
	}
	if f.Fix != nil {
		lead := e.pad() + " " + p.gutter("=") + " " + p.Bold("help") + ": "
		leadWidth := len(e.pad()) + len(" = help: ")
		buf = append(buf, lead...)
		buf = t.wrapped(buf, Escape(f.Fix.Description)+" ("+t.style.how(f.Fix.Safety)+")", leadWidth, leadWidth)
	}
	return buf
}

// how says who can make a fix.
func (s Style) how(safety rules.Safety) string {
	switch safety {
	case rules.Safe:
		return s.fix()
	case rules.Unsafe:
		return s.fix() + " --unsafe"
	}
	return "by hand"
}

func (s Style) fix() string { return cmp.Or(s.Fix, "zonelint fix") }

// wrapped appends a text that begins in column lead and goes on, on a terminal,
// in column indent.
func (t text) wrapped(buf []byte, s string, lead, indent int) []byte {
	if t.style.Width == 0 {
		return append(append(buf, s...), '\n')
	}
	width := max(t.style.Width, 40)
	for i, line := range wrap(s, width-lead, width-indent) {
		if i > 0 {
			buf = append(buf, strings.Repeat(" ", indent)...)
		}
		buf = append(buf, line...)
		buf = append(buf, '\n')
	}
	return buf
}

func (t text) Close(s Summary) []byte {
	if s.Zones == 0 && s.Unread > 0 {
		return nil // a summary of nothing would hide what went wrong
	}
	p := Painter(t.style.Color)
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s: ", Count(s.Zones, "zone"), Count(s.Records, "record"))
	switch {
	case s.Findings() == 0 && s.Compared:
		b.WriteString(p.green("no new findings"))
	case s.Findings() == 0:
		b.WriteString(p.green("no findings"))
	default:
		b.WriteString(strings.Join(s.counts(p), ", "))
	}
	if s.Unread > 0 {
		b.WriteString(", " + p.severity(rules.Error, fmt.Sprintf("%d not read", s.Unread)))
	}
	b.WriteByte('.')
	b.WriteString(s.hidden())
	switch {
	case s.Safe > 0 && s.Unsafe > 0:
		fmt.Fprintf(&b, " \"%s\" can mend %d, with --unsafe %d more.", t.style.fix(), s.Safe, s.Unsafe)
	case s.Safe > 0:
		fmt.Fprintf(&b, " \"%s\" can mend %d.", t.style.fix(), s.Safe)
	case s.Unsafe > 0:
		fmt.Fprintf(&b, " \"%s --unsafe\" can mend %d.", t.style.fix(), s.Unsafe)
	}
	b.WriteByte('\n')
	return []byte(b.String())
}

// counts says how many findings there are of each severity.
func (s Summary) counts(p Painter) []string {
	var out []string
	for _, c := range []struct {
		n     int
		level rules.Severity
		word  string
	}{{s.Errors, rules.Error, "error"}, {s.Warnings, rules.Warning, "warning"}, {s.Infos, rules.Info, "info"}} {
		if c.n == 0 {
			continue
		}
		words := Count(c.n, c.word)
		if c.level == rules.Info {
			words = fmt.Sprintf("%d info", c.n) // has no plural
		}
		out = append(out, p.severity(c.level, words))
	}
	return out
}

// Count is a number with its noun.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Verb is the form of a verb for a number.
func Verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
