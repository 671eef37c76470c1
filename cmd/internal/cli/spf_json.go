package cli

import (
	"github.com/zonelint/zonelint/rules/spf/evaluate"
	"github.com/zonelint/zonelint/zone"
)

// jsonSPF is the answer of "zonelint spf eval --format json". Fields may be
// added, none may change or go.
type jsonSPF struct {
	Version   int     `json:"version"`
	Result    string  `json:"result"`
	Otherwise *string `json:"otherwise"` // null unless the result is unknown
	Reason    string  `json:"reason"`

	IP     string `json:"ip"`
	Sender string `json:"sender"` // with its local-part
	Helo   string `json:"helo"`
	Domain string `json:"domain"`

	Terms       []jsonSPFTerm `json:"terms"` // which decided
	Explanation *string       `json:"explanation"`

	Lookups        int `json:"lookups"`
	MaxLookups     int `json:"max_lookups"`
	VoidLookups    int `json:"void_lookups"`
	MaxVoidLookups int `json:"max_void_lookups"`

	Unknown []jsonSPFGap    `json:"unknown"`
	Pinned  []jsonSPFPinned `json:"pinned"` // names whose answers are not of now
	Trace   []jsonSPFStep   `json:"trace"`
}

type jsonSPFTerm struct {
	Domain string `json:"domain"`
	Term   string `json:"term"`
	From   int    `json:"from"` // octets of the record's text
	To     int    `json:"to"`
	*jsonSpan
}

// jsonSpan is absent for a record that is from no file.
type jsonSpan struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
}

type jsonSPFGap struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Asker *int   `json:"trace"` // index of the term that asks; null for the domain itself
}

type jsonSPFPinned struct {
	Name string `json:"name"`
	Date string `json:"date"`
}

type jsonSPFStep struct {
	Domain      string `json:"domain"`
	Depth       int    `json:"depth"`
	Term        string `json:"term"`
	From        int    `json:"from"`
	To          int    `json:"to"`
	Outcome     string `json:"outcome"`
	Detail      string `json:"detail"`
	Lookups     int    `json:"lookups"` // used so far
	VoidLookups int    `json:"void_lookups"`
}

func spfJSON(q *evaluate.Query, v *evaluate.Verdict) jsonSPF {
	out := jsonSPF{
		Version: 1, Result: v.Result.String(), Reason: v.Reason,
		IP: q.IP.String(), Sender: v.Identity, Helo: q.Helo, Domain: v.Domain.String(),
		Terms: []jsonSPFTerm{}, Unknown: []jsonSPFGap{}, Pinned: []jsonSPFPinned{}, Trace: []jsonSPFStep{},
		Lookups: v.Lookups, MaxLookups: evaluate.MaxLookups, VoidLookups: v.Voids, MaxVoidLookups: evaluate.MaxVoids,
	}
	if v.Result == evaluate.Unknown {
		s := v.Otherwise.String()
		out.Otherwise = &s
	}
	if v.ExplainedBy != "" {
		out.Explanation = &v.Explanation
	}
	for _, p := range v.Path {
		out.Terms = append(out.Terms, jsonSPFTerm{p.Domain.String(), p.Text, p.From, p.To, jsonSpanOf(p.Span())})
	}
	for _, g := range v.Gaps {
		gap := jsonSPFGap{Name: g.Name.String(), Type: g.Type.String()}
		if g.Step >= 0 {
			gap.Asker = &g.Step
		}
		out.Unknown = append(out.Unknown, gap)
	}
	for _, p := range v.Pinned {
		out.Pinned = append(out.Pinned, jsonSPFPinned{p.Name.String(), p.Date})
	}
	for _, s := range v.Trace {
		out.Trace = append(out.Trace, jsonSPFStep{s.Domain.String(), s.Depth, s.Text, s.From, s.To, s.Outcome.String(), s.Detail, s.Lookups, s.Voids})
	}
	return out
}

func jsonSpanOf(s zone.Span) *jsonSpan {
	if s.IsZero() {
		return nil
	}
	return &jsonSpan{s.File, s.Start.Line, s.Start.Column, s.End.Line, s.End.Column}
}
