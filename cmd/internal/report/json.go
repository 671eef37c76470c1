package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules"
)

// jsonFormat is one object, with one finding a line.
type jsonFormat struct{}

// jsonFinding is a finding as scripts read it. Fields may be added, none may
// change or go.
type jsonFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Zone     string `json:"zone"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	*jsonPlace
	Pack string   `json:"pack"`
	Fix  *jsonFix `json:"fix"`
}

// jsonPlace is absent for a zone that is from no file. Columns count octets
// from 1; the end is exclusive.
type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Address   string `json:"address,omitempty"` // see zone.Span
}

type jsonFix struct {
	Safety      string `json:"safety"`
	Description string `json:"description"`
}

type jsonSummary struct {
	Zones    int `json:"zones"`
	Records  int `json:"records"`
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	// Known is there where findings were compared with earlier ones.
	Known *int `json:"known,omitempty"`
	// Ignored is there where the configuration hides findings.
	Ignored int `json:"ignored,omitempty"`
}

func (jsonFormat) Open() string    { return "{\"version\":1,\"findings\":[" }
func (jsonFormat) Between() string { return "," }

func (jsonFormat) Append(buf []byte, r *Result) []byte {
	for i, f := range r.Findings {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, '\n')
		buf = append(buf, JSON(findingOf(f))...)
	}
	return buf
}

func (jsonFormat) Close(s Summary) []byte {
	b := []byte("],\"summary\":")
	if s.Findings() > 0 {
		b = append([]byte{'\n'}, b...)
	}
	sum := jsonSummary{Zones: s.Zones, Records: s.Records, Errors: s.Errors, Warnings: s.Warnings, Infos: s.Infos, Ignored: s.Ignored}
	if s.Compared {
		sum.Known = &s.Known
	}
	b = append(b, JSON(sum)...)
	return append(b, "}\n"...)
}

func findingOf(f rules.Finding) jsonFinding {
	out := jsonFinding{
		Rule: f.Rule.ID, Severity: f.Severity.String(), Message: f.Message,
		Zone: f.Zone.String(), Name: f.Name.String(), Pack: f.Pack,
	}
	if f.Type != 0 {
		out.Type = f.Type.String()
	}
	if !f.Span.IsZero() {
		out.jsonPlace = &jsonPlace{f.Span.File, f.Span.Start.Line, f.Span.Start.Column, f.Span.End.Line, f.Span.End.Column, f.Span.Address}
	}
	if f.Fix != nil {
		out.Fix = &jsonFix{f.Fix.Safety.String(), f.Fix.Description}
	}
	return out
}

// JSON returns v as JSON on one line, in which nothing stands that a terminal
// could obey: what Escape would escape is written \uNNNN, octets that are no
// UTF-8 become U+FFFD, and <, > and & stay as they are. It is for values of
// strings, numbers and truth values, whose encoding cannot fail.
func JSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return visible(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// visible escapes what encoding/json leaves raw in strings but a terminal
// would not show: DEL, C1 controls, format characters; and what a CI system
// would obey in a log.
func visible(b []byte) []byte {
	hidden := func(r rune) bool { return r >= 0x7f && r != utf8.RuneError && !unicode.IsPrint(r) }
	if bytes.IndexFunc(b, hidden) < 0 && !bytes.Contains(b, []byte("##")) {
		return b
	}
	out := make([]byte, 0, len(b)+32)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '#' && logCommand(b):
			out = append(out, `\u0023`...)
		case !hidden(r):
			out = append(out, b[:n]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}
