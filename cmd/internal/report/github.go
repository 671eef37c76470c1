package report

import (
	"strconv"
	"strings"
)

// github is the workflow commands that GitHub Actions makes annotations of, one
// a line. GitHub shows the first ten of a severity in each step.
type github struct{ style Style }

func (github) Open() string         { return "" }
func (github) Between() string      { return "" }
func (github) Close(Summary) []byte { return nil }

var (
	// A command ends at the line's end, its properties at the next "::".
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (g github) Append(buf []byte, r *Result) []byte {
	for _, f := range r.Findings {
		command := f.Severity.String()
		if command == "info" {
			command = "notice"
		}
		buf = append(buf, "::"+command+" "...)
		if s := f.Span; s.File != "" {
			buf = append(buf, "file="+githubProperty.Replace(Escape(g.style.path(s.File)))...)
			number := func(name string, n int) { buf = strconv.AppendInt(append(buf, ","+name+"="...), int64(n), 10) }
			number("line", s.Start.Line)
			number("endLine", s.End.Line)
			if s.Start.Line == s.End.Line { // GitHub takes columns within one line only
				src := r.source(f)
				number("col", utf16Column(src, s.File, s.Start))
				number("endColumn", utf16Column(src, s.File, s.End))
			}
			buf = append(buf, ',')
		}
		buf = append(buf, "title="+githubProperty.Replace(f.Rule.ID)+"::"...)
		buf = append(buf, githubData.Replace(Escape(titled(f)))...)
		buf = append(buf, '\n')
	}
	return buf
}
