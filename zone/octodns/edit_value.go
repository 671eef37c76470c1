package octodns

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/zone"
)

// values makes the edits within the records of an RRset.
func (ed *editor) values(g *group) error {
	s := ed.source
	byEntry := map[uint32][]*op{}
	for _, o := range g.ops {
		i := s.places[o.place].entry
		byEntry[i] = append(byEntry[i], o)
	}
	adds := g.adds
	for _, i := range s.index[g.key] {
		e := &s.entries[i]
		if oe := ed.owners[e.owner]; e.dropped || oe != nil && oe.removed[e.rec] {
			continue
		}
		if len(byEntry[uint32(i)])+len(adds) == 0 {
			continue
		}
		if err := ed.entry(e, byEntry[uint32(i)], adds, g.ttl); err != nil {
			return err
		}
		adds = nil
	}
	return nil
}

// entry changes the values of one record.
func (ed *editor) entry(e *entry, ops []*op, adds []zone.Record, ttl uint32) error {
	file := int(e.rec.file)
	f := ed.source.files[file]
	flow := ed.inFlow(e)
	if ttl != e.ttl {
		text := strconv.FormatUint(uint64(ttl), 10)
		if e.ttlNode != nil {
			ed.scalar(e.ttlNode, keyText{text: text, number: true}, flow)
		} else if err := ed.insertPair(e.rec, keyText{key: "ttl", text: text, number: true}, ed.shift[e.rec]); err != nil {
			return err
		}
	}
	gone := map[*node]bool{}
	for _, o := range ops {
		v := ed.source.places[o.place].value
		if o.after == nil {
			gone[v] = true
			continue
		}
		if err := ed.rewrite(e, v, o.before, *o.after, flow); err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		if e.value.isFlow() {
			var starts, ends []int
			cut := map[int]bool{}
			for i, k := range e.value.kids {
				starts, ends = append(starts, int(k.start)), append(ends, f.end(k))
				cut[i] = gone[k]
			}
			ed.cutFlow(file, starts, ends, cut)
		} else {
			for _, k := range e.value.kids {
				if gone[k] {
					if err := ed.cutItem(file, k); err != nil {
						return err
					}
				}
			}
		}
	}
	if len(adds) == 0 {
		return nil
	}
	var values []written
	for _, r := range adds {
		w, err := render(r, ed.source.provider(file).Semicolons)
		if err != nil {
			return err
		}
		values = append(values, w)
	}
	if single(e.typ) {
		return fmt.Errorf("%s %s: octoDNS takes one value of this type", e.name, e.typ)
	}
	return ed.addValues(e, values, flow)
}

// inFlow reports whether a record stands in a flow collection.
func (ed *editor) inFlow(e *entry) bool {
	f := ed.source.files[e.rec.file]
	return e.rec.isFlow() || e.list != nil && e.list.isFlow() || f.root != nil && f.root.isFlow()
}

// rewrite writes another value in the place of one.
func (ed *editor) rewrite(e *entry, v *node, before, after zone.Record, flow bool) error {
	way := ed.source.provider(int(e.rec.file)).Semicolons
	w, err := render(after, way)
	if err != nil {
		return err
	}
	flow = flow || e.value.isFlow() || v.isFlow()
	if w.keys == nil {
		if v.kind != scalar {
			return errLayout(ed.source.files[v.file], v)
		}
		if old := before; old.Type != zone.TypeTXT && old.Type != zone.TypeSPF && old.Data == after.Data || old.Text() == after.Text() && (old.Type == zone.TypeTXT || old.Type == zone.TypeSPF) {
			return nil
		}
		ed.scalar(v, keyText{text: w.text}, flow)
		return nil
	}
	old, ok := renderFields(before)
	if !ok || v.kind != mapping {
		return errLayout(ed.source.files[v.file], v)
	}
	for i, k := range w.keys {
		if k.text == old[i].text {
			continue
		}
		if n := ed.source.field(e, v, i); n != nil {
			ed.scalar(n, k, flow)
		} else if err := ed.insertPair(v, k, ed.shift[e.rec]); err != nil {
			return err
		}
	}
	return nil
}

// scalar writes another text in the place of a scalar, in its style.
func (ed *editor) scalar(n *node, k keyText, flow bool) {
	f := ed.source.files[n.file]
	l := f.layout(n)
	text := k.text
	if !k.number || n.style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		text = scalarText(k.text, n.style, flow)
	}
	if l.start == l.end && l.start > 0 && !blank(f.src[l.start-1]) {
		text = " " + text // an empty value right behind its colon
	}
	ed.edit(int(n.file), l.start, l.end, text)
}

// insertPair puts a key that a mapping does not have where the order of keys has
// it. shift is how far the lines of the mapping move.
func (ed *editor) insertPair(n *node, k keyText, shift int) error {
	file := int(n.file)
	f := ed.source.files[file]
	at := 0
	for at+1 < len(n.kids) && !f.provider.Order.less(k.key, n.kids[at].value) {
		at += 2
	}
	flow := n.isFlow()
	text := k.key + ": " + k.yaml(flow)
	switch {
	case len(n.kids) == 0:
		return errLayout(f, n)
	case flow && at == len(n.kids):
		end := f.end(n.kids[at-1])
		ed.edit(file, end, end, ", "+text)
	case flow:
		start := int(n.kids[at].start)
		ed.edit(file, start, start, text+", ")
	case at == len(n.kids):
		ed.behind(file, f.end(n.kids[at-1]), strings.Repeat(" ", f.column(int(n.kids[0].start))+shift)+text)
	default:
		start := int(n.kids[at].start)
		ed.edit(file, start, start, text+ed.style(file).eol+strings.Repeat(" ", f.column(start)+shift))
	}
	return nil
}

// addValues writes more values behind those of a record.
func (ed *editor) addValues(e *entry, values []written, flow bool) error {
	file := int(e.rec.file)
	f := ed.source.files[file]
	if e.value.kind == sequence && len(e.value.kids) > 0 {
		last := e.value.kids[len(e.value.kids)-1]
		if flow || e.value.isFlow() {
			ed.addFlow(file, f.end(last), values)
			return nil
		}
		dash, ok := f.dash(e.value.kids[0])
		if !ok {
			return errLayout(f, e.value)
		}
		ed.addItems(file, f.end(last), f.column(dash)+ed.shift[e.rec], values)
		return nil
	}
	if e.key.value == "value" {
		ed.scalar(e.key, keyText{text: "values"}, flow)
	}
	start, end := f.content(e.value), f.end(e.value)
	if flow {
		ed.edit(file, start, start, "[")
		ed.addFlow(file, end, values)
		ed.edit(file, end, end, "]")
		return nil
	}
	base := f.column(int(e.key.start)) + ed.shift[e.rec]
	offset := ed.style(file).values
	if e.value.kind == mapping && !e.value.isFlow() {
		// The lines move along with the record, and once more for the dash.
		moved := ed.shift[e.rec]
		column := f.column(start)
		if !f.startsLine(start) {
			return errLayout(f, e.value)
		}
		more := max(base+offset+2-column-moved, 0)
		dash := column + moved + more - 2
		if dash < base {
			return errLayout(f, e.value)
		}
		ed.edit(file, f.lineBegin(start), start, strings.Repeat(" ", dash)+"- ")
		ed.move(f, file, start, end, more)
		ed.addItems(file, end, dash, values)
		return nil
	}
	colon := f.end(e.key)
	if strings.TrimSpace(view(f.src[colon:start])) != ":" {
		return errLayout(f, e.value)
	}
	ed.edit(file, colon, start, ":"+ed.style(file).eol+strings.Repeat(" ", base+offset)+"- ")
	ed.move(f, file, start, end, offset+2)
	ed.addItems(file, end, base+offset, values)
	return nil
}

func (ed *editor) addFlow(file, at int, values []written) {
	for _, w := range values {
		ed.edit(file, at, at, ", "+w.flow())
	}
}

// addItems writes values as items of a block list behind the line at a place.
func (ed *editor) addItems(file, at, dash int, values []written) {
	for _, w := range values {
		ed.behind(file, at, strings.Repeat(" ", dash)+"- "+w.block(dash+2, ed.style(file).eol))
	}
}
