package report

import (
	"bytes"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// textEdit is the fix of one finding as a change of a file: the text from Start
// to End becomes New. It leaves the serial of the zone alone, which several
// edits would each raise.
type textEdit struct {
	file       string
	start, end zone.Position
	new        string
}

const (
	// editBudget bounds the octets of files that are read again to make the
	// edits of one zone: each edit reads all of its zone. Findings behind it have
	// no edit.
	editBudget = 64 << 20
	// maxEdit bounds what an edit may replace, and what by.
	maxEdit = 8 << 10
)

// textEdits returns the edits that mend the findings, in their order; nil where
// there is none, or none that changes one stretch of one file.
func (r *Result) textEdits() []*textEdit {
	if r.edits != nil || len(r.Findings) == 0 {
		return r.edits
	}
	r.edits = make([]*textEdit, len(r.Findings))
	editor, ok := r.Zone.Source.(zone.Editor)
	if !ok {
		return r.edits
	}
	cost := 1
	for _, file := range editor.Files() {
		cost += len(editor.Text(file))
	}
	left := editBudget
	for i, f := range r.Findings {
		if f.Fix == nil || f.Fix.Safety == rules.Manual || len(f.Fix.Changes) == 0 {
			continue
		}
		if left -= cost; left < 0 {
			break
		}
		if !r.Zone.Holds(f.Fix.Changes) {
			continue
		}
		if files, err := editor.Edit(r.Zone, f.Fix.Changes); err == nil && len(files) == 1 {
			r.edits[i] = least(files[0])
		}
	}
	return r.edits
}

// least returns the shortest edit that makes the new text of a file of the old
// one, at the bounds of characters; nil if it is too large or no text.
func least(f zone.FileEdit) *textEdit {
	from := 0
	for from < len(f.Old) && from < len(f.New) && f.Old[from] == f.New[from] {
		from++
	}
	tail := 0
	for tail < len(f.Old)-from && tail < len(f.New)-from && f.Old[len(f.Old)-1-tail] == f.New[len(f.New)-1-tail] {
		tail++
	}
	if n := wholeLines(f.Old, f.New, from, tail); n > 0 {
		from, tail = from-n, tail+n
	}
	for from > 0 && !boundary(f.Old, from) {
		from--
	}
	for tail > 0 && !boundary(f.Old, len(f.Old)-tail) {
		tail--
	}
	to, text := len(f.Old)-tail, f.New[from:len(f.New)-tail]
	if to-from > maxEdit || len(text) > maxEdit || !utf8.Valid(text) || !utf8.Valid(f.Old[from:to]) {
		return nil
	}
	start := positionOf(f.Old, from, zone.Position{Line: 1, Column: 1})
	return &textEdit{file: f.Name, start: start, end: positionOf(f.Old, to, start), new: string(text)}
}

// wholeLines returns by how many octets a text that comes or goes can be moved
// to the left so that it begins a line, and the result is the same: where lines
// begin alike, it is not told whether the beginning of this or that one went.
// It is 0 if it cannot.
func wholeLines(old, new []byte, from, tail int) int {
	text := old[from : len(old)-tail]
	if len(text) == 0 {
		text = new[from : len(new)-tail]
	} else if len(new)-tail > from {
		return 0 // another text comes in its place
	}
	for n := 0; n < from && n < len(text); n++ {
		if old[from-n-1] == '\n' {
			return n
		}
		if old[from-n-1] != text[len(text)-1-n] {
			return 0
		}
	}
	return 0
}

// boundary reports whether a character begins at an offset, and no line break
// of two characters is cut there.
func boundary(text []byte, at int) bool {
	if at >= len(text) {
		return true
	}
	return utf8.RuneStart(text[at]) && (text[at] != '\n' || at == 0 || text[at-1] != '\r')
}

// positionOf returns the position of an offset behind a known position.
func positionOf(text []byte, offset int, from zone.Position) zone.Position {
	between := text[from.Offset:offset]
	p := zone.Position{Offset: offset, Line: from.Line + bytes.Count(between, []byte{'\n'}), Column: from.Column + len(between)}
	if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
		p.Column = len(between) - i
	}
	return p
}
