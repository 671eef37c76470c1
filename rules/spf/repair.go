package spf

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// repairs returns the edits of all faults that can be mended, in the order of
// the text; only those that are sure if that is asked for.
func (r *Record) repairs(sure bool) []Edit {
	var edits []Edit
	for _, f := range r.Faults {
		if f.Sure || !sure {
			edits = append(edits, f.Repair...)
		}
	}
	return ordered(edits)
}

// ordered sorts edits and leaves out those that overlap one before them.
func ordered(edits []Edit) []Edit {
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	out := edits[:0]
	for i, e := range edits {
		if i > 0 && (e == out[len(out)-1] || e.From < out[len(out)-1].To) {
			continue
		}
		out = append(out, e)
	}
	return out
}

// applied returns a text with edits made, which are in order and do not
// overlap.
func applied(text string, edits []Edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.From])
		b.WriteString(e.Text)
		at = e.To
	}
	b.WriteString(text[at:])
	return b.String()
}

// edited returns a TXT record with edits made to its text. Strings that no
// edit concerns stay as they are cut.
func edited(rec zone.Record, edits []Edit) zone.Record {
	for _, e := range slices.Backward(edits) {
		rec = rec.WithText(e.From, e.To, e.Text)
	}
	return rec
}

// without returns the edits that remove terms with the blanks before them.
func (r *Record) without(remove func(i int, t Term) bool) []Edit {
	var edits []Edit
	for i, t := range r.Terms {
		if remove(i, t) {
			edits = append(edits, Edit{r.endBefore(i), t.To, ""})
		}
	}
	return edits
}

// endBefore returns where what stands before a term ends.
func (r *Record) endBefore(term int) int {
	if term > 0 {
		return r.Terms[term-1].To
	}
	return r.VersionTo
}

// quote returns a part of a record in quotes, cut if it is long.
func quote(s string) string { return quoteUpTo(s, 60) }

// quoteLong is quote for a whole record.
func quoteLong(s string) string { return quoteUpTo(s, 400) }

func quoteUpTo(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit] + "..."
	}
	return `"` + s + `"`
}
