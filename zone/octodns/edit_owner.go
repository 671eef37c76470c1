package octodns

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// ownerEdit is what happens to the records of one owner as a whole.
type ownerEdit struct {
	*ownerPlace
	name    zone.Name
	removed map[*node]bool // records
	added   [][]zone.Record
}

// sort decides for an RRset which records of octoDNS go, which are new, and
// which change.
func (ed *editor) sort(g *group) error {
	s := ed.source
	if why := s.lockedFor(zone.Change{Name: g.key.Name, Type: g.key.Type, After: g.adds}); why != "" {
		return fmt.Errorf("%w: %s", ErrLocked, why)
	}
	left := map[uint32]int{} // values of an entry that stay
	for _, i := range s.index[g.key] {
		if e := &s.entries[i]; !e.dropped {
			left[uint32(i)] = max(1, len(e.value.kids))
			if e.value.kind != sequence {
				left[uint32(i)] = 1
			}
		}
	}
	if len(left) == 0 {
		return ed.addRecord(g)
	}
	for _, o := range g.ops {
		if o.after == nil {
			left[s.places[o.place].entry]--
		}
	}
	for i, n := range left {
		if n > 0 {
			continue
		}
		e := &s.entries[i]
		o, ok := s.owner(e.name)
		if !ok || o.key != e.owner {
			return fmt.Errorf("%w: the owner %s stands in more than one place", ErrLocked, e.name)
		}
		ed.ownerEdit(o, e.name).removed[e.rec] = true
	}
	return nil
}

// addRecord notes a record for an RRset that is not there.
func (ed *editor) addRecord(g *group) error {
	if len(g.adds) == 0 {
		return nil
	}
	if o, ok := ed.source.owner(g.key.Name); ok {
		oe := ed.ownerEdit(o, g.key.Name)
		oe.added = append(oe.added, g.adds)
		return nil
	}
	f := ed.fresh[g.key.Name]
	if f == nil {
		home, ok := ed.source.home()
		if !ok {
			return fmt.Errorf("%w: the zone has no file of its own for %s", ErrLocked, g.key.Name)
		}
		f = &ownerEdit{ownerPlace: &ownerPlace{file: home}, name: g.key.Name}
		ed.fresh[g.key.Name] = f
	}
	f.added = append(f.added, g.adds)
	return nil
}

func (ed *editor) ownerEdit(o *ownerPlace, name zone.Name) *ownerEdit {
	oe := ed.owners[o.key]
	if oe == nil {
		oe = &ownerEdit{ownerPlace: o, name: name, removed: map[*node]bool{}}
		ed.owners[o.key] = oe
		ed.order = append(ed.order, oe)
	}
	return oe
}

func (ed *editor) style(file int) layoutStyle {
	l, ok := ed.styles[file]
	if !ok {
		l = ed.source.files[file].layoutStyle()
		ed.styles[file] = l
	}
	return l
}

// runOwners makes the edits that concern whole records.
func (ed *editor) runOwners() error {
	ed.rank = rankRecord
	gone := map[int]map[int]bool{} // pairs of the roots, by file
	for _, o := range ed.order {
		slices.SortFunc(o.added, func(a, b []zone.Record) int { return cmp.Compare(a[0].Type.String(), b[0].Type.String()) })
		remaining := 1 - len(o.removed)
		if o.value.kind == sequence {
			remaining = len(o.value.kids) - len(o.removed)
		}
		var err error
		switch {
		case remaining > 0 && o.value.kind == mapping:
			err = ed.toList(o)
		case remaining > 0:
			err = ed.changeList(o)
		case len(o.added) > 0:
			err = ed.replaceOwner(o)
		default:
			if gone[o.file] == nil {
				gone[o.file] = map[int]bool{}
			}
			gone[o.file][o.pair/2] = true
		}
		if err != nil {
			return err
		}
	}
	for file, pairs := range gone {
		if err := ed.removeOwners(file, pairs); err != nil {
			return err
		}
	}
	fresh := make([]*ownerEdit, 0, len(ed.fresh))
	for _, f := range ed.fresh {
		fresh = append(fresh, f)
	}
	slices.SortFunc(fresh, func(a, b *ownerEdit) int {
		x, y := ed.key(a.name), ed.key(b.name)
		if ed.source.files[a.file].provider.Order.less(x, y) {
			return -1
		}
		return 1
	})
	ed.rank = rankOwner
	for _, f := range fresh {
		if err := ed.insertOwner(f); err != nil {
			return err
		}
	}
	return nil
}

// key returns the key of an owner.
func (ed *editor) key(name zone.Name) string {
	if rel := name.Relative(ed.source.origin); rel != "@" {
		return rel
	}
	return ""
}

// removeOwners takes owners out of a file.
func (ed *editor) removeOwners(file int, pairs map[int]bool) error {
	f := ed.source.files[file]
	root := f.mapping()
	if root.isFlow() {
		var starts, ends []int
		for i := 0; i+1 < len(root.kids); i += 2 {
			starts = append(starts, int(root.kids[i].start))
			ends = append(ends, f.end(root.kids[i+1]))
		}
		ed.cutFlow(file, starts, ends, pairs)
		return nil
	}
	for i := range pairs {
		key, value := root.kids[2*i], root.kids[2*i+1]
		if !f.startsLine(int(key.start)) {
			return errLayout(f, key)
		}
		next, _ := f.nextLine(f.end(value))
		ed.edit(file, f.lineBegin(int(key.start)), next, "")
	}
	return nil
}

// cutFlow takes some elements of a flow collection away, with their commas.
func (ed *editor) cutFlow(file int, starts, ends []int, gone map[int]bool) {
	for i := 0; i < len(starts); i++ {
		if !gone[i] {
			continue
		}
		j := i
		for j+1 < len(starts) && gone[j+1] {
			j++
		}
		switch {
		case j+1 < len(starts):
			ed.edit(file, starts[i], starts[j+1], "")
		case i > 0:
			ed.edit(file, ends[i-1], ends[j], "")
		default:
			ed.edit(file, starts[i], ends[j], "")
		}
		i = j
	}
}

func errLayout(f *file, n *node) error {
	return fmt.Errorf("%s: %w: the YAML is laid out in a way that is not edited", f.spanOf(n), ErrLocked)
}

// replaceOwner writes new records in place of all that an owner has.
func (ed *editor) replaceOwner(o *ownerEdit) error {
	f := ed.source.files[o.file]
	start, end := f.content(o.value), f.end(o.value)
	if o.value.isFlow() || f.mapping().isFlow() {
		text, err := ed.flowRecords(o)
		if err != nil {
			return err
		}
		ed.edit(o.file, start, end, text)
		return nil
	}
	if !f.startsLine(start) {
		return errLayout(f, o.value)
	}
	text, err := ed.blockRecords(o, f.column(start), o.value.kind == sequence)
	if err != nil {
		return err
	}
	ed.edit(o.file, start, end, text)
	return nil
}

// flowRecords writes all new records of an owner in flow style.
func (ed *editor) flowRecords(o *ownerEdit) (string, error) {
	var parts []string
	for _, rs := range o.added {
		text, err := writeFlowRecord(rs, ed.source.provider(o.file))
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return "[" + strings.Join(parts, ", ") + "]", nil
}

// blockRecords writes all new records of an owner at a column; the first line
// has no indentation.
func (ed *editor) blockRecords(o *ownerEdit, column int, list bool) (string, error) {
	l := ed.style(o.file)
	if !list && len(o.added) == 1 {
		return l.record(o.added[0], ed.source.provider(o.file), column)
	}
	var parts []string
	for _, rs := range o.added {
		text, err := l.record(rs, ed.source.provider(o.file), column+2)
		if err != nil {
			return "", err
		}
		parts = append(parts, "- "+text)
	}
	return strings.Join(parts, l.eol+strings.Repeat(" ", column)), nil
}

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

// insertOwner writes an owner that the file does not have where the order of
// keys has it.
func (ed *editor) insertOwner(o *ownerEdit) error {
	f := ed.source.files[o.file]
	l := ed.style(o.file)
	key := ed.key(o.name)
	slices.SortFunc(o.added, func(a, b []zone.Record) int { return cmp.Compare(a[0].Type.String(), b[0].Type.String()) })
	root := f.mapping()
	if root != nil && root.isFlow() {
		return ed.insertFlowOwner(o, key, root)
	}
	base := 0
	if root != nil && len(root.kids) > 0 {
		base = f.column(int(root.kids[0].start))
	}
	indent := l.step
	if len(o.added) > 1 {
		indent = l.records
	}
	records, err := ed.blockRecords(o, base+indent, false)
	if err != nil {
		return err
	}
	text := strings.Repeat(" ", base) + scalarText(key, 0, false) + ":" + l.eol + strings.Repeat(" ", base+indent) + records
	if root == nil || len(root.kids) == 0 {
		ed.behind(o.file, len(f.src), text)
		return nil
	}
	at := ed.position(f, root, key)
	switch {
	case at == 0:
		if l.blanks {
			text += l.eol
		}
		line := f.lead(int(root.kids[0].start))
		ed.edit(o.file, line, line, text+l.eol)
	default:
		if l.blanks {
			text = l.eol + text
		}
		ed.behind(o.file, f.tail(f.end(root.kids[2*at-1])), text)
	}
	return nil
}

// position returns the index of the pair before which a key belongs.
func (ed *editor) position(f *file, root *node, key string) int {
	for i := 0; i+1 < len(root.kids); i += 2 {
		k := root.kids[i]
		if k.kind == scalar && k.resolve() != mergeKey && f.provider.Order.less(key, k.str()) {
			return i / 2
		}
	}
	return len(root.kids) / 2
}

// tail returns a place on the last line of an entry that ends at a place, with
// the indented comments right behind it.
func (f *file) tail(at int) int {
	for {
		next, ok := f.nextLine(at)
		if !ok || next >= len(f.src) || f.src[next] != ' ' || !strings.HasPrefix(strings.TrimLeft(view(f.src[next:f.lineEnd(next)]), " "), "#") {
			return at
		}
		at = next
	}
}

// insertFlowOwner is insertOwner for a file in flow style.
func (ed *editor) insertFlowOwner(o *ownerEdit, key string, root *node) error {
	f := ed.source.files[o.file]
	records, err := ed.flowRecords(o)
	if err != nil {
		return err
	}
	text := scalarText(key, 0, true) + ": " + records
	switch at := ed.position(f, root, key); {
	case len(root.kids) == 0:
		start := f.content(root) + 1
		ed.edit(o.file, start, start, text)
	case at == 0:
		start := int(root.kids[0].start)
		ed.edit(o.file, start, start, text+", ")
	default:
		end := f.end(root.kids[2*at-1])
		ed.edit(o.file, end, end, ", "+text)
	}
	return nil
}
