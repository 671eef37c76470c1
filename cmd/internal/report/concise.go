package report

import (
	"strconv"
	"strings"
)

// concise is one line a finding: file:line:column: severity: message [rule].
type concise struct{}

func (concise) Open() string         { return "" }
func (concise) Between() string      { return "" }
func (concise) Close(Summary) []byte { return nil }

func (concise) Append(buf []byte, r *Result) []byte {
	for _, f := range r.Findings {
		if f.Span.IsZero() {
			name := f.Name.String()
			if strings.HasPrefix(name, "::") {
				name = `\058` + name[1:] // the colon; see below
			}
			buf = append(buf, Escape(name)...)
		} else {
			if strings.HasPrefix(strings.TrimLeft(f.Span.File, " "), "::") {
				buf = append(buf, "./"...) // else GitHub Actions takes the line for a command
			}
			buf = append(buf, Escape(f.Span.File)...)
			buf = append(buf, ':')
			buf = strconv.AppendInt(buf, int64(f.Span.Start.Line), 10)
			buf = append(buf, ':')
			buf = strconv.AppendInt(buf, int64(f.Span.Start.Column), 10)
		}
		buf = append(buf, ": "...)
		buf = append(buf, f.Severity.String()...)
		buf = append(buf, ": "...)
		buf = append(buf, Escape(addressed(f))...)
		buf = append(buf, " ["...)
		buf = append(buf, f.Rule.ID...)
		buf = append(buf, "]\n"...)
	}
	return buf
}
