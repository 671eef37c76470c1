package octodns

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

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
