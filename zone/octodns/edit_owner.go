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
		start := f.lineBegin(int(key.start))
		next, _ := f.nextLine(f.end(value))
		// Of the blank lines around it one stays.
		if start > 0 && f.isBlank(start-1) && f.isBlank(next) {
			next, _ = f.nextLine(next)
		}
		ed.edit(file, start, next, "")
	}
	return nil
}

// isBlank reports whether the line that holds an offset is there and empty.
func (f *file) isBlank(at int) bool {
	if at >= len(f.src) {
		return false
	}
	return strings.TrimSpace(view(f.src[f.lineBegin(at):f.lineEnd(at)])) == ""
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
