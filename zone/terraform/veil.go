package terraform

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"github.com/zonelint/zonelint/zone/internal/jsontree"
)

// veil is the text of a plan as it may be shown: the records that were read.
// All else is starred out, since a plan holds the secrets of whatever it makes,
// and a finding shows what stands beside its place.
type veil struct {
	doc   *jsontree.Doc
	shown []jsontree.Range

	once sync.Once
	text []byte
}

// show adds a stretch that may be shown. It is called before anything is.
func (v *veil) show(rs ...jsontree.Range) { v.shown = append(v.shown, rs...) }

// Text returns the text; places in it are those of the plan.
func (v *veil) Text() []byte {
	v.once.Do(func() {
		slices.SortFunc(v.shown, func(a, b jsontree.Range) int { return cmp.Compare(a.Start, b.Start) })
		v.text = bytes.Clone(v.doc.Text())
		at := uint32(0)
		for _, r := range v.shown {
			if r.Start > at {
				star(v.text[at:r.Start])
			}
			at = max(at, r.End)
		}
		star(v.text[at:])
	})
	return v.text
}

// star hides everything but the structure of a text.
func star(text []byte) {
	for i, c := range text {
		if bytes.IndexByte([]byte("{}[]:,\" \t\r\n"), c) < 0 {
			text[i] = '*'
		}
	}
}
