package tagvalue

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Most is how many findings a rule has about one record; who mends those sees
// the others. A hostile record could have thousands.
const Most = 20

// Edit is a change of a record's text: the octets From to To become Text.
type Edit struct {
	From, To int
	Text     string
}

// Apply returns the record, whose text is given, with the edits made, which are
// in the order of the text and do not overlap. The strings that they do not
// touch stay as they are cut, unless there are so many that cutting anew is
// cheaper.
func Apply(r zone.Record, text string, edits []Edit) zone.Record {
	if len(edits) <= Most {
		for _, e := range slices.Backward(edits) {
			r = r.WithText(e.From, e.To, e.Text)
		}
		return r
	}
	return r.WithText(0, len(text), Edited(text, edits))
}

// Edited returns the text with the edits made, which are in its order and do
// not overlap.
func Edited(text string, edits []Edit) string {
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

// Removal returns the edit that takes a tag out, so that the tags beside it are
// still apart.
func Removal(text string, t *Tag) Edit {
	from, to := t.Whole.From, t.Whole.To
	switch {
	case from > 0 && text[from-1] == ';':
		from--
	case from == 0 && t.Closed: // else no semicolon stands before it, and the one behind is needed
		to++
		for to < len(text) && blank(text[to]) {
			to++
		}
	}
	return Edit{From: from, To: to}
}

// Same reports whether two lists have the same tags with the same values in the
// same order, however their blanks are set.
func Same(text string, tags []Tag, otherText string, others []Tag) bool {
	if len(tags) != len(others) {
		return false
	}
	for i, t := range tags {
		u := others[i]
		if t.Name.Of(text) != u.Name.Of(otherText) || t.Value.Of(text) != u.Value.Of(otherText) || t.Faults != u.Faults {
			return false
		}
	}
	return true
}

// Excerpt shortens a long text for a message.
func Excerpt(s string) string {
	const longest = 60
	if len(s) > longest {
		return s[:longest] + "..."
	}
	return s
}
