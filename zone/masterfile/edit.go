package masterfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// What Edit reports; test with errors.Is.
var (
	// ErrForeign: the zone was not read by this package.
	ErrForeign = errors.New("the zone was not read from a master file")
	// ErrGenerated: a record of a $GENERATE has no text of its own.
	ErrGenerated = errors.New("the record is made by $GENERATE, which cannot be edited")
	// ErrShared: a file that is included twice would need two texts.
	ErrShared = errors.New("the record stands in a file that is included more than once, so that a change of it would change other records too")
)

// Edit returns the files of a zone that change, and their new text, so that
// reading them again gives the records of z with the changes made. All bytes
// that do not belong to a record concerned stay as they are, but where a record
// inherits its owner or TTL from one that goes, they are written out.
//
// The result is read again before it is returned: an edit that would not give
// exactly the intended records is an error, never a zone.FileEdit.
func Edit(z *zone.Zone, cs zone.ChangeSet) ([]zone.FileEdit, error) {
	src, ok := z.Source.(*source)
	if !ok {
		return nil, ErrForeign
	}
	return src.Edit(z, cs)
}

// Edit implements zone.Editor.
func (s *source) Edit(z *zone.Zone, cs zone.ChangeSet) ([]zone.FileEdit, error) {
	ed := &editor{source: s, ops: map[entryKey]*op{}, inserts: map[int][]zone.Record{}}
	added, err := ed.plan(cs)
	if err != nil {
		return nil, err
	}
	if len(ed.ops)+len(added) == 0 {
		return nil, nil
	}
	ed.entries, _ = s.layout(nil)
	ed.place(added)
	ed.run()
	texts, err := ed.texts()
	if err != nil {
		return nil, err
	}
	if err := verify(z, cs, s, texts); err != nil {
		return nil, err
	}
	var out []zone.FileEdit
	seen := map[string]bool{}
	for i, f := range s.files {
		if !seen[f.path()] && !bytes.Equal(f.src, texts[i]) {
			seen[f.path()] = true
			out = append(out, zone.FileEdit{Name: f.name, Old: f.src, New: texts[i]})
		}
	}
	return out, nil
}

// entryKey names an entry: its file and its first octet.
type entryKey struct {
	file  uint16
	start uint32
}

// op is what becomes of an entry: another record, or nothing.
type op struct {
	before zone.Record
	after  *zone.Record
}

type textEdit struct {
	start, end int
	text       string
}

type editor struct {
	source  *source
	entries []placed
	ops     map[entryKey]*op
	inserts map[int][]zone.Record // by the index of the entry behind which they go; -1 is the end of the first file
	edits   map[int][]textEdit    // by file
	now     state
}

// plan sorts a change set into what happens to entries and what is new.
func (ed *editor) plan(cs zone.ChangeSet) (added []zone.Record, err error) {
	kept := map[zone.Loc][]zone.Record{}
	for _, c := range cs {
		for _, r := range c.After {
			if r.Loc.Source != nil {
				kept[r.Loc] = append(kept[r.Loc], r)
			}
		}
	}
	for _, c := range cs {
		var gone []*op
		for _, r := range c.Before {
			switch {
			case r.Notes&zone.Generated != 0:
				return nil, fmt.Errorf("%s %s: %w", r.Name, r.Type, ErrGenerated)
			case r.Loc.Source != zone.Source(ed.source):
				return nil, fmt.Errorf("%s %s: %w", r.Name, r.Type, ErrForeign)
			}
			k := entryKey{r.Loc.File, r.Loc.Offset}
			if ed.ops[k] != nil {
				return nil, fmt.Errorf("%s %s: two changes of one record", r.Name, r.Type)
			}
			o := &op{before: r}
			if after := kept[r.Loc]; len(after) > 0 {
				o.after = &after[0]
				kept[r.Loc] = after[1:]
			} else {
				gone = append(gone, o)
			}
			ed.ops[k] = o
		}
		// A new record takes the line of one of its RRset that goes.
		for _, r := range c.After {
			switch {
			case r.Loc.Source != nil:
			case len(gone) > 0:
				gone[0].after = &r
				gone = gone[1:]
			default:
				added = append(added, r)
			}
		}
	}
	for _, left := range kept {
		if len(left) > 0 {
			return nil, fmt.Errorf("%s %s: the record that it replaces is not among those that go", left[0].Name, left[0].Type)
		}
	}
	return added, nil
}

// state is what the reader of the edited text will hold at a point.
type state struct {
	owner    zone.Name
	hasOwner bool
	ttls     ttlState
}

// run goes through the entries in the order of reading, with the state that
// the edited text leads to, and writes down what has to change.
func (ed *editor) run() {
	ed.edits = map[int][]textEdit{}
	type level struct {
		file     uint16
		owner    zone.Name
		hasOwner bool
	}
	open := []level{{}}
	var before ttlState
	for i := range ed.entries {
		pl := &ed.entries[i]
		if pl.kind == placedFileStart {
			open[len(open)-1].owner, open[len(open)-1].hasOwner = ed.now.owner, ed.now.hasOwner
			open = append(open, level{file: pl.file})
			ed.now.hasOwner = false
			continue
		}
		for open[len(open)-1].file != pl.file {
			open = open[:len(open)-1]
			ed.now.owner, ed.now.hasOwner = open[len(open)-1].owner, open[len(open)-1].hasOwner
		}
		ed.now.ttls.defaultTTL, ed.now.ttls.hasDefault = pl.ttls.defaultTTL, pl.ttls.hasDefault
		switch pl.kind {
		case placedRecord:
			ed.record(pl)
		case placedUnread:
			if pl.owned {
				ed.now.owner, ed.now.hasOwner = pl.owner, pl.hasOwner
			}
		case placedDirective:
			ed.generated(pl)
			if pl.ttls.lastTTL != before.lastTTL || pl.ttls.hasLast != before.hasLast {
				ed.now.ttls.lastTTL, ed.now.ttls.hasLast = pl.ttls.lastTTL, pl.ttls.hasLast
			}
		}
		before = pl.ttls
		for _, r := range ed.inserts[i] {
			ed.insert(i, r)
		}
	}
	for _, r := range ed.inserts[-1] {
		ed.insert(-1, r)
	}
}

// generated writes the TTL of a $GENERATE out where it would inherit another
// one.
func (ed *editor) generated(pl *placed) {
	f := ed.source.files[pl.file]
	e, _, ok := f.read(pl.start)
	if !ok || len(e.toks) < 5 || !strings.EqualFold(view(e.toks[0].text(f.src)), "$GENERATE") {
		return
	}
	h, ft := (&entry{toks: e.toks[2:], owned: true}).head(f.src)
	ttl, known := pl.ttls.inherited()
	now, still := ed.now.ttls.inherited()
	if ft != nil || h.ttl >= 0 || !known || still && now == ttl {
		return
	}
	at := int(e.toks[3].start)
	ed.edit(pl.file, at, at, strconv.FormatUint(uint64(ttl), 10)+" ")
	ed.now.ttls = ed.now.ttls.take(true, ttl)
}

// record brings the entry of one record up to date.
func (ed *editor) record(pl *placed) {
	o := ed.ops[entryKey{pl.file, pl.start}]
	if o != nil && o.after == nil {
		ed.edit(pl.file, int(pl.start), int(pl.end), "")
		return
	}
	w := &entryWriter{ed: ed, pl: pl, name: pl.owner, ttl: pl.ttl}
	if o != nil {
		w.name, w.ttl = o.after.Name, o.after.TTL
	}
	if pl.typ == zone.TypeSOA && !pl.hasTTL && pl.ttls.hasMinimum {
		ed.soaMinimum(pl, o)
	}
	inherited, known := ed.now.ttls.inherited()
	explicit := pl.hasTTL
	if o != nil || !pl.owned && (!ed.now.hasOwner || ed.now.owner != pl.owner) || !pl.hasTTL && !pl.unsettled && (!known || inherited != pl.ttl) {
		explicit = w.write(o)
	}
	ed.now.owner, ed.now.hasOwner = w.name, true
	if !pl.unsettled || explicit {
		ed.now.ttls = ed.now.ttls.take(explicit, w.ttl)
	}
}

// soaMinimum brings the state up to date for an SOA record without a TTL, whose
// minimum then is the TTL of all records without one. If it is to have another
// TTL, that is written and the minimum says nothing.
func (ed *editor) soaMinimum(pl *placed, o *op) {
	minimum, ttl := pl.ttls.minimum, pl.ttl
	if o != nil {
		minimum, ttl = soaMinimum([]byte(o.after.Data)), o.after.TTL
	}
	if _, known := ed.now.ttls.inherited(); !known && minimum == ttl {
		ed.now.ttls.minimum, ed.now.ttls.hasMinimum = minimum, true
	}
}

func (ed *editor) edit(file uint16, start, end int, text string) {
	ed.edits[int(file)] = append(ed.edits[int(file)], textEdit{start, end, text})
}

// texts returns the new text of every file. Entries of one file on disk that
// is included several times must agree.
func (ed *editor) texts() ([][]byte, error) {
	byPath := map[string][]textEdit{}
	for i, f := range ed.source.files {
		es := ed.edits[i]
		slices.SortStableFunc(es, func(a, b textEdit) int { return cmp.Or(a.start-b.start, a.end-b.end) })
		if prev, ok := byPath[f.path()]; ok && !slices.Equal(prev, es) {
			return nil, fmt.Errorf("%s: %w", f.name, ErrShared)
		}
		byPath[f.path()] = es
	}
	out := make([][]byte, len(ed.source.files))
	for i, f := range ed.source.files {
		es := byPath[f.path()]
		if len(es) == 0 {
			out[i] = f.src
			continue
		}
		var b bytes.Buffer
		b.Grow(len(f.src) + 256)
		at := 0
		for _, e := range es {
			if e.start < at {
				return nil, fmt.Errorf("%s: two changes overlap at octet %d", f.name, e.start)
			}
			b.Write(f.src[at:e.start])
			b.WriteString(e.text)
			at = e.end
		}
		b.Write(f.src[at:])
		out[i] = b.Bytes()
	}
	return out, nil
}

// verify reads the new texts and compares the records with those intended.
func verify(z *zone.Zone, cs zone.ChangeSet, src *source, texts [][]byte) error {
	want, ok := z.Apply(cs)
	if !ok {
		return errors.New("the records to be changed are not in the zone")
	}
	_, got := src.layout(texts)
	if len(got.Problems) > len(z.Problems) {
		p := got.Problems[len(got.Problems)-1]
		return fmt.Errorf("the edited text could not be read again (%s: %s); nothing was changed", p.Span, p.Message)
	}
	if seed := maphash.MakeSeed(); want.Len() != got.Len() || sum(want, seed) != sum(got, seed) {
		return fmt.Errorf("the edited text of zone %s would not hold exactly the intended records; nothing was changed", z.Apex)
	}
	return nil
}

// sum adds up hashes of the records, so that their order does not matter.
func sum(z *zone.Zone, seed maphash.Seed) (total uint64) {
	var h maphash.Hash
	h.SetSeed(seed)
	for r := range z.Records() {
		h.Reset()
		h.WriteString(string(r.Name))
		h.Write([]byte{byte(r.Type >> 8), byte(r.Type), byte(r.Class >> 8), byte(r.Class)})
		h.Write([]byte{byte(r.TTL >> 24), byte(r.TTL >> 16), byte(r.TTL >> 8), byte(r.TTL)})
		h.WriteString(r.Data)
		total += h.Sum64()
	}
	return total
}
