package terraform

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/rdata"
)

// split notes that a text without quotes loses its blanks.
func (r *reader) split(loc zone.Loc, words []rdata.Word) {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.Text)
	}
	r.problems = append(r.problems, zone.Problem{
		Kind: zone.ProblemSplitText, Span: r.source.Span(loc, zone.Part{Kind: zone.PartRData}), Name: r.name, Type: r.typ,
		Message: fmt.Sprintf("This text has no quotes, so Google Cloud DNS takes each word for a string of its own and the blanks are lost: what is published is %s. Write it as \"\\\"...\\\"\".", zone.Quote(clip(b.String()))),
	})
}
