package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
)

// markdown is for a comment or the summary of a job: the counts, then the
// findings of each file as a list.
type markdown struct{ style Style }

func (markdown) Open() string    { return "" }
func (markdown) Between() string { return "\n" }

// Limit is less than the 65,536 characters of a comment on GitHub.
func (markdown) Limit() int { return 60_000 }

// Cut keeps whole findings, each of which begins a line with a hyphen.
func (markdown) Cut(chunk []byte, room int) (kept []byte, findings int) {
	at, begun := 0, 0
	for line := range bytes.Lines(chunk) {
		if line[0] == '-' || line[0] == '#' {
			if at <= room {
				kept, findings = chunk[:at], begun
			}
			if line[0] == '-' {
				begun++
			}
		}
		at += len(line)
	}
	if at <= room {
		return chunk, begun
	}
	return kept, findings
}

func (markdown) Rest(left int) []byte {
	return []byte("\n" + Count(left, "more finding") + " left out here, since comments have a limit.\n")
}

var signs = map[rules.Severity]string{rules.Error: "🔴", rules.Warning: "🟡", rules.Info: "🔵"}

func (markdown) Head(s Summary) []byte {
	var b strings.Builder
	b.WriteString("### zonelint: ")
	switch {
	case s.Findings() == 0 && s.Unread > 0:
		b.WriteString("⚠️ not all was read")
	case s.Findings() == 0 && s.Compared:
		b.WriteString("✅ no new findings")
	case s.Findings() == 0:
		b.WriteString("✅ no findings")
	default:
		b.WriteString(strings.Join(s.counts(Painter(false)), ", "))
	}
	fmt.Fprintf(&b, "\n\n%s, %s.", Count(s.Zones, "zone"), Count(s.Records, "record"))
	b.WriteString(s.hidden())
	if s.Unread > 0 {
		fmt.Fprintf(&b, " **%d not read**; the log says why.", s.Unread)
	}
	b.WriteByte('\n')
	if s.Findings() > 0 {
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func (m markdown) Append(buf []byte, r *Result) []byte {
	first := true
	eachFile(r, func(file string, fs []int) {
		if !first {
			buf = append(buf, '\n')
		}
		first = false
		name := m.style.path(file)
		if file == "" {
			name = zoneName(r.Zone.Apex)
		}
		buf = append(buf, "#### "+code(Escape(name))+"\n\n"...)
		for _, i := range fs {
			f := r.Findings[i]
			place := inWords(f)
			switch {
			case f.Span.Address != "":
				place = f.Span.Address
			case file != "":
				place = fmt.Sprintf("%d:%d", f.Span.Start.Line, f.Span.Start.Column)
			}
			buf = fmt.Appendf(buf, "- %s **%s** %s %s %s\n", signs[f.Severity], f.Severity, code(Escape(place)), prose(f.Message), "("+code(f.Rule.ID)+")")
			if f.Fix != nil {
				buf = fmt.Appendf(buf, "  <br>Help: %s (%s)\n", prose(f.Fix.Description), m.how(f.Fix.Safety))
			}
		}
	})
	return buf
}

func (m markdown) how(s rules.Safety) string {
	if s == rules.Manual {
		return "by hand"
	}
	return code(m.style.how(s))
}

func (markdown) Close(Summary) []byte { return nil }
