package cli

import (
	"fmt"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf/evaluate"
)

// spfMeanings say what each result means for a host and a sender.
var spfMeanings = map[evaluate.Result]string{
	evaluate.None:      "no SPF record says whether %s may send mail as %s",
	evaluate.Neutral:   "the domain does not say whether %s may send mail as %s",
	evaluate.Pass:      "%s may send mail as %s",
	evaluate.Fail:      "%s may not send mail as %s",
	evaluate.SoftFail:  "%s probably may not send mail as %s",
	evaluate.TempError: "the DNS fails, so that receivers cannot tell for now whether %s may send mail as %s",
	evaluate.PermError: "the record cannot be evaluated, so that receivers do not learn whether %s may send mail as %s",
	evaluate.Unknown:   "what is known here does not tell whether %s may send mail as %s",
}

func spfLevel(r evaluate.Result) rules.Severity {
	switch r {
	case evaluate.Pass:
		return rules.Info
	case evaluate.Fail, evaluate.PermError:
		return rules.Error
	}
	return rules.Warning
}

// spfText is the verdict for people. alone says that nobody was asked for names
// outside of the zone.
func spfText(q *evaluate.Query, v *evaluate.Verdict, s report.Style, trace, alone bool) []byte {
	t := spfReport{v: v, Verdict: report.Verdict{
		Word: v.Result.String(), Good: v.Result == evaluate.Pass, Level: spfLevel(v.Result),
		Message: fmt.Sprintf(spfMeanings[v.Result], q.IP, v.Identity), Reason: v.Reason,
	}}
	least := ""
	if v.Result == evaluate.Unknown {
		least = "at least "
		t.open(alone)
	} else {
		for i, p := range v.Path {
			label := ""
			if i > 0 {
				label = "of " + p.Domain.String()
			}
			t.mark(p, label)
		}
	}
	t.notes()
	buf := t.Append(nil, s)
	if trace {
		buf = appendTrace(buf, v.Trace)
	}
	return fmt.Appendf(buf, "\n%s%d of %d lookups, %d of %d void lookups.\n", least, v.Lookups, evaluate.MaxLookups, v.Voids, evaluate.MaxVoids)
}

// spfReport is a verdict while it is put into words.
type spfReport struct {
	report.Verdict
	v *evaluate.Verdict
}

func (t *spfReport) note(title, format string, args ...any) {
	t.Notes = append(t.Notes, report.Note{Title: title, Text: fmt.Sprintf(format, args...)})
}

// mark shows a place, or names its term where it is in no file.
func (t *spfReport) mark(p evaluate.Place, label string) {
	span := p.Span()
	if span.IsZero() {
		t.note("term", "%s of %s", p.Text, p.Domain)
		return
	}
	t.Marks = append(t.Marks, report.Mark{Source: p.Record.Loc.Source, Span: span, Label: label})
}

// open says what the answer hangs on, and what it is otherwise.
func (t *spfReport) open(alone bool) {
	before := -1
	for _, g := range t.v.Gaps {
		who := "the domain itself"
		if g.Step >= 0 {
			step := t.v.Trace[g.Step]
			who = step.Text + " of " + step.Domain.String()
			if g.Step != before {
				t.mark(step.Place, "unknown")
			}
		}
		before = g.Step
		t.note("unknown", "%s asks for the %s records of %s", who, g.Type, g.Name)
	}
	if t.v.Otherwise != evaluate.Unknown {
		t.Message += fmt.Sprintf("; %s if no term matches that asks for an unknown name", t.v.Otherwise)
		t.Reason = "otherwise " + t.Reason
		for _, p := range t.v.Path {
			t.mark(p, "otherwise")
		}
	}
	if alone {
		t.note("help", "--zonedata takes such names from other zones, --live asks the DNS")
	}
}

func (t *spfReport) notes() {
	if t.v.Syntax {
		t.note("help", "\"zonelint check\" says what is wrong with it")
	}
	for _, p := range t.v.Pinned {
		t.note("note", "%s is taken as it was on %s", p.Name, p.Date)
	}
	if t.v.WantsHelo {
		t.note("note", "the record asks for the HELO name; without --helo it is taken to be \"unknown\"")
	}
	switch {
	case t.v.ExplainedBy != "":
		t.note("explanation", "%s explains: %s", t.v.ExplainedBy, t.v.Explanation)
	case t.v.NotExplained != "":
		t.note("explanation", "none, because %s", t.v.NotExplained)
	}
}

func appendTrace(buf []byte, trace []evaluate.Step) []byte {
	if len(trace) == 0 {
		return buf
	}
	buf = append(buf, "\nTerms tested:\n"...)
	for _, step := range trace {
		line := fmt.Sprintf("%s of %s: %s", step.Text, step.Domain, step.Outcome)
		if step.Detail != "" {
			line += ": " + step.Detail
		}
		buf = report.Indented(buf, step.Depth+1, line)
	}
	return buf
}
