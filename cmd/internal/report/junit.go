package report

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
)

// junit is the XML of JUnit: a suite for each zone that has findings, with a
// test case for each of them, which has failed if the finding fails the run;
// and one for the run, so that a report of clean zones is not empty, which many
// readers take for a mistake.
type junit struct{ style Style }

func (junit) Open() string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<testsuites name="zonelint">` + "\n"
}
func (junit) Between() string { return "" }

func (j junit) Append(buf []byte, r *Result) []byte {
	if len(r.Findings) == 0 {
		return buf
	}
	m := markup{buf}
	failures := 0
	for _, f := range r.Findings {
		if j.style.fails(f.Severity) {
			failures++
		}
	}
	name := zoneName(r.Zone.Apex)
	if name == "" { // findings about a configuration
		name = r.Findings[0].Span.File
	}
	m.open("  ", "testsuite", "name", name, "tests", number(len(r.Findings)), "failures", number(failures), "errors", "0")
	for _, f := range r.Findings {
		m.open("    ", "testcase", j.attributes(name, f)...)
		head := f.Severity.String() + ": " + f.Message
		lines := []string{head}
		if f.Span.File != "" {
			lines = []string{f.Span.String(), head}
		}
		if f.Fix != nil {
			lines = append(lines, "help: "+f.Fix.Description+" ("+j.style.how(f.Fix.Safety)+")")
		}
		if j.style.fails(f.Severity) {
			m.text("      ", "failure", lines, "message", f.Message, "type", f.Severity.String())
		} else {
			m.text("      ", "system-out", lines)
		}
		m.close("    ", "testcase")
	}
	m.close("  ", "testsuite")
	return m.buf
}

func (j junit) attributes(zone string, f rules.Finding) []string {
	out := []string{"classname", zone, "name", strings.TrimSpace(f.Rule.ID + " " + inWords(f))}
	if f.Span.File != "" {
		out = append(out, "file", j.style.path(f.Span.File), "line", number(f.Span.Start.Line))
	}
	return out
}

func (j junit) Close(s Summary) []byte {
	m := markup{}
	m.open("  ", "testsuite", "name", "zonelint", "tests", "1", "failures", "0", "errors", number(min(s.Unread, 1)))
	test := []string{"classname", "zonelint", "name", "all zones are read"}
	if s.Unread > 0 {
		m.open("    ", "testcase", test...)
		m.empty("      ", "error", "type", "unread", "message", fmt.Sprintf("%d not read; standard error says why", s.Unread))
		m.close("    ", "testcase")
	} else {
		m.empty("    ", "testcase", test...)
	}
	m.close("  ", "testsuite")
	m.close("", "testsuites")
	return m.buf
}
