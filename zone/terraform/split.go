package terraform

import "github.com/zonelint/zonelint/zone"

// split notes that a text without quotes loses its blanks.
func (r *reader) split(loc zone.Loc) {
	r.problems = append(r.problems, zone.Problem{
		Kind: zone.ProblemSplitText, Span: r.source.Span(loc, zone.Part{Kind: zone.PartRData}), Name: r.name, Type: r.typ,
		Message: "Google Cloud DNS takes each word of a text without quotes for a string of its own",
	})
}
