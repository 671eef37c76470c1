package spf

import (
	"cmp"
	"slices"
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
