package dkim

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// most is how many findings a rule has about one record; who mends those sees
// the others. A hostile record could have thousands.
const most = 20

// edit is a change of a record's text: the octets from to to become text.
type edit struct {
	from, to int
	text     string
}

// apply returns the record with the edits made, which are in the order of its
// text and do not overlap. The strings that they do not touch stay as they are
// cut, unless there are so many that cutting anew is cheaper.
func apply(r zone.Record, text string, edits []edit) zone.Record {
	if len(edits) <= most {
		for _, e := range slices.Backward(edits) {
			r = r.WithText(e.from, e.to, e.text)
		}
		return r
	}
	return r.WithText(0, len(text), edited(text, edits))
}

// edited returns the text with the edits made.
func edited(text string, edits []edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// removal returns the edit that takes a tag out, so that the tags beside it are
// still apart.
func removal(text string, t *tagvalue.Tag) edit {
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
	return edit{from: from, to: to}
}

// excerpt shortens a long text for a message.
func excerpt(s string) string {
	const longest = 60
	if len(s) > longest {
		return s[:longest] + "..."
	}
	return s
}
