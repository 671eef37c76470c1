package transport

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
	return r.WithText(0, len(text), edited(text, 0, len(text), edits))
}

// edited returns a stretch of a text with the edits made that lie in it.
func edited(text string, from, to int, edits []edit) string {
	var b strings.Builder
	for _, e := range edits {
		b.WriteString(text[from:e.from])
		b.WriteString(e.text)
		from = e.to
	}
	b.WriteString(text[from:to])
	return b.String()
}

// removal returns the edit that takes a field out, so that the fields beside it
// are still apart.
func removal(text string, f tagvalue.Tag) edit {
	from, to := f.Whole.From, f.Whole.To
	switch {
	case from > 0 && text[from-1] == ';':
		from--
	case from == 0 && f.Closed: // else no semicolon stands before it, and the one behind is needed
		to++
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
