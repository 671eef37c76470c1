package report

import (
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// rdjson is the format of reviewdog, which posts findings as comments on a
// change and fixes as suggestions. Columns count octets. The messages are
// Markdown there, so they are written in such a way.
type rdjson struct{ style Style }

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	Related     []rdRelated    `json:"related_locations,omitempty"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

type rdRelated struct {
	Message  string     `json:"message,omitempty"`
	Location rdLocation `json:"location"`
}

func (rdjson) Open() string {
	return `{"source":{"name":"zonelint","url":"` + homepage + `"},"diagnostics":[`
}
func (rdjson) Between() string      { return "," }
func (rdjson) Close(Summary) []byte { return []byte("\n]}\n") }

func (rdjson) Append(buf []byte, r *Result) []byte {
	edits := r.textEdits()
	for i, f := range r.Findings {
		d := rdDiagnostic{Message: prose(titled(f)), Severity: strings.ToUpper(f.Severity.String()), Code: rdCode{Value: f.Rule.ID}}
		if len(f.Rule.Refs) > 0 {
			d.Code.URL = referenceURL(f.Rule.Refs[0])
		}
		if f.Span.File != "" {
			d.Location = rdLocation{Escape(f.Span.File), rdRangeOf(f.Span.Start, f.Span.End)}
		} else {
			d.Location.Path = Escape(zoneName(f.Zone))
		}
		for _, rel := range f.Related {
			if rel.Span.File != "" {
				d.Related = append(d.Related, rdRelated{prose(rel.Message), rdLocation{Escape(rel.Span.File), rdRangeOf(rel.Span.Start, rel.Span.End)}})
			}
		}
		// A suggestion is for the file of its finding.
		if e := edits[i]; e != nil && e.file == f.Span.File {
			d.Suggestions = []rdSuggestion{{*rdRangeOf(e.start, e.end), e.new}}
		}
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(append(buf, '\n'), JSON(d)...)
	}
	return buf
}

func rdRangeOf(start, end zone.Position) *rdRange {
	return &rdRange{rdPosition{start.Line, start.Column}, rdPosition{end.Line, end.Column}}
}
