package octodns

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// typeOf returns the type that a record says, "" if none.
func typeOf(rec *node) string {
	if rec.kind == mapping {
		for i := len(rec.kids) - 2; i >= 0; i -= 2 {
			if rec.kids[i].value == "type" && rec.kids[i+1].kind == scalar {
				return rec.kids[i+1].value
			}
		}
	}
	return ""
}

// toList makes a list of the one record of an owner and of new ones.
func (ed *editor) toList(o *ownerEdit) error {
	f := ed.source.files[o.file]
	rec := o.value
	start, end := f.content(rec), f.end(rec)
	var before, after [][]zone.Record
	for _, rs := range o.added {
		if rs[0].Type.String() < typeOf(rec) {
			before = append(before, rs)
		} else {
			after = append(after, rs)
		}
	}
	if rec.isFlow() || f.mapping().isFlow() {
		head, tail := "[", "]"
		for _, rs := range before {
			text, err := writeFlowRecord(rs, ed.source.provider(o.file))
			if err != nil {
				return err
			}
			head += text + ", "
		}
		for i := len(after) - 1; i >= 0; i-- {
			text, err := writeFlowRecord(after[i], ed.source.provider(o.file))
			if err != nil {
				return err
			}
			tail = ", " + text + tail
		}
		ed.edit(o.file, start, start, head)
		ed.edit(o.file, end, end, tail)
		return nil
	}
	dash, err := ed.itemize(f, o.file, rec, f.column(int(o.key.start)), ed.style(o.file).records)
	if err != nil {
		return err
	}
	if err := ed.insertItems(o.file, f.lineBegin(start), before, dash); err != nil {
		return err
	}
	return ed.insertItemsBehind(o.file, f.tail(end), after, dash)
}

// itemize makes an item of a list of a block mapping: it gets a dash, and its
// lines move to the right where there is no room for that. It returns the
// column of the dash.
func (ed *editor) itemize(f *file, file int, n *node, base, offset int) (int, error) {
	start := f.content(n)
	column := f.column(start)
	if !f.startsLine(start) {
		return 0, errLayout(f, n)
	}
	shift := max(base+offset+2-column, 0)
	ed.shift[n] = shift
	dash := column + shift - 2
	if dash < base {
		return 0, errLayout(f, n)
	}
	ed.edit(file, f.lineBegin(start), start, strings.Repeat(" ", dash)+"- ")
	ed.move(f, file, start, f.end(n), shift)
	return dash, nil
}

// move shifts the lines behind the first of a stretch of text to the right.
func (ed *editor) move(f *file, file, start, end, by int) {
	if by == 0 {
		return
	}
	for at, ok := f.nextLine(start); ok && at < end; at, ok = f.nextLine(at) {
		if f.lineEnd(at) > at {
			ed.edits[file] = append(ed.edits[file], textEdit{at, at, strings.Repeat(" ", by), true, rankShift})
		}
	}
}

// insertItems writes new records as items of a block list before the line at a
// place.
func (ed *editor) insertItems(file, at int, records [][]zone.Record, dash int) error {
	l := ed.style(file)
	for _, rs := range records {
		text, err := l.record(rs, ed.source.provider(file), dash+2)
		if err != nil {
			return err
		}
		ed.edit(file, at, at, strings.Repeat(" ", dash)+"- "+text+l.eol)
	}
	return nil
}

// insertItemsBehind is insertItems behind the line at a place.
func (ed *editor) insertItemsBehind(file, at int, records [][]zone.Record, dash int) error {
	for _, rs := range records {
		l := ed.style(file)
		text, err := l.record(rs, ed.source.provider(file), dash+2)
		if err != nil {
			return err
		}
		ed.behind(file, at, strings.Repeat(" ", dash)+"- "+text)
	}
	return nil
}

// behind writes lines behind the one at a place.
func (ed *editor) behind(file, at int, text string) {
	f := ed.source.files[file]
	eol := ed.style(file).eol
	next, ok := f.nextLine(at)
	if !ok && next > f.lineBegin(next) {
		ed.edit(file, next, next, eol+text)
		return
	}
	ed.edit(file, next, next, text+eol)
}

// changeList takes records out of the list of an owner and puts new ones where
// the order of types has them.
func (ed *editor) changeList(o *ownerEdit) error {
	f := ed.source.files[o.file]
	list := o.value
	if list.isFlow() || f.mapping().isFlow() {
		var starts, ends []int
		gone := map[int]bool{}
		for i, k := range list.kids {
			starts, ends = append(starts, int(k.start)), append(ends, f.end(k))
			gone[i] = o.removed[k]
		}
		ed.cutFlow(o.file, starts, ends, gone)
		for _, rs := range o.added {
			text, err := writeFlowRecord(rs, ed.source.provider(o.file))
			if err != nil {
				return err
			}
			last := ends[len(ends)-1]
			ed.edit(o.file, last, last, ", "+text)
		}
		return nil
	}
	for _, k := range list.kids {
		if o.removed[k] {
			if err := ed.cutItem(o.file, k); err != nil {
				return err
			}
		}
	}
	first, ok := f.dash(list.kids[0])
	if !ok {
		return errLayout(f, list)
	}
	column := f.column(first)
	for _, rs := range o.added {
		at := slices.IndexFunc(list.kids, func(k *node) bool { return typeOf(k) > rs[0].Type.String() })
		var err error
		switch {
		case at == 0:
			err = ed.insertItems(o.file, f.lead(first), [][]zone.Record{rs}, column)
		case at < 0:
			err = ed.insertItemsBehind(o.file, f.tail(f.end(list)), [][]zone.Record{rs}, column)
		default:
			err = ed.insertItemsBehind(o.file, f.end(list.kids[at-1]), [][]zone.Record{rs}, column)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cutItem takes an item out of a block list.
func (ed *editor) cutItem(file int, item *node) error {
	f := ed.source.files[file]
	at, ok := f.dash(item)
	if !ok {
		return errLayout(f, item)
	}
	next, _ := f.nextLine(f.end(item))
	ed.edit(file, f.lineBegin(at), next, "")
	return nil
}

// lead returns the start of the line at a place, or of the comments that stand
// right above it.
func (f *file) lead(at int) int {
	at = f.lineBegin(at)
	for at > 0 {
		above := f.lineBegin(at - 1)
		if !strings.HasPrefix(strings.TrimSpace(view(f.src[above:at])), "#") {
			break
		}
		at = above
	}
	return at
}
