package octodns

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// What Edit reports; test with errors.Is.
var (
	// ErrForeign: the zone was not read by this package.
	ErrForeign = errors.New("the zone was not read from a file of octoDNS")
	// ErrLocked: what a record is written with cannot be changed for it alone.
	ErrLocked = errors.New("the record cannot be changed where it is written")
	// ErrTTLs: octoDNS has one TTL for all values of a name and type.
	ErrTTLs = errors.New("octoDNS has one TTL for all values of a name and type, and the change would need two")
	// ErrSemicolons: it is not known how semicolons are written.
	ErrSemicolons = errors.New("the text has semicolons, and nothing says whether they are escaped in this file (escaped_semicolons of its provider); name the configuration of octoDNS in place of the file")
	// ErrType: values of this type are read but not written.
	ErrType = errors.New("values of this type are not written")
)

// editor turns changes of records into changes of text.
type editor struct {
	source *source
	zone   *zone.Zone
	groups []*group
	byKey  map[zone.Key]*group
	owners map[*node]*ownerEdit
	order  []*ownerEdit
	fresh  map[zone.Name]*ownerEdit
	shift  map[*node]int // blanks that the lines of a record get
	edits  map[int][]textEdit
	styles map[int]layoutStyle
	rank   int // of the edits that are made now
}

// group is what happens to one RRset.
type group struct {
	key  zone.Key
	ops  []*op // in the order of the changes
	adds []zone.Record
	ttl  uint32 // of what is there afterwards
}

// op is what becomes of a value: another, or nothing.
type op struct {
	place  uint32
	before zone.Record
	after  *zone.Record
}

// textEdit replaces octets start to end of a file.
type textEdit struct {
	start, end int
	text       string
	shift      bool // only moves a line to the right
	// rank orders what is written at one place: values end before records do, and
	// those before owners.
	rank int
}

// The ranks of edits.
const (
	rankValue = iota
	rankRecord
	rankOwner
	rankShift
)

// Edit implements zone.Editor. The result is read again before it is returned:
// an edit that would not give exactly the intended records is an error.
func (s *source) Edit(z *zone.Zone, cs zone.ChangeSet) ([]zone.FileEdit, error) {
	ed := &editor{
		source: s, zone: z, byKey: map[zone.Key]*group{}, owners: map[*node]*ownerEdit{}, shift: map[*node]int{}, fresh: map[zone.Name]*ownerEdit{},
		edits: map[int][]textEdit{}, styles: map[int]layoutStyle{},
	}
	if err := ed.plan(cs); err != nil {
		return nil, err
	}
	for _, g := range ed.groups {
		if err := ed.sort(g); err != nil {
			return nil, err
		}
	}
	if err := ed.runOwners(); err != nil {
		return nil, err
	}
	ed.rank = rankValue
	for _, g := range ed.groups {
		if err := ed.values(g); err != nil {
			return nil, err
		}
	}
	var out []zone.FileEdit
	for i, f := range s.files {
		text, err := apply(f.src, ed.edits[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if !bytes.Equal(text, f.src) {
			out = append(out, zone.FileEdit{Name: f.name, Old: f.src, New: text})
		}
	}
	if len(out) == 0 && len(ed.groups) == 0 {
		return nil, nil
	}
	return out, s.verify(z, cs, out)
}

// plan sorts a change set into what happens to each RRset.
func (ed *editor) plan(cs zone.ChangeSet) error {
	at := map[zone.Loc]*op{}
	owner := map[*op]zone.Key{}
	of := func(c zone.Change) *group {
		k := zone.Key{Name: c.Name, Type: c.Type}
		g := ed.byKey[k]
		if g == nil {
			g = &group{key: k}
			ed.byKey[k] = g
			ed.groups = append(ed.groups, g)
		}
		return g
	}
	for _, c := range cs {
		g := of(c)
		for _, r := range c.Before {
			switch {
			case r.Loc.Source != zone.Source(ed.source) || int(r.Loc.Offset) >= len(ed.source.places):
				return fmt.Errorf("%s %s: %w", r.Name, r.Type, ErrForeign)
			case at[r.Loc] != nil:
				return fmt.Errorf("%s %s: two changes of one record", r.Name, r.Type)
			}
			o := &op{place: r.Loc.Offset, before: r}
			at[r.Loc], owner[o] = o, g.key
			g.ops = append(g.ops, o)
		}
	}
	for _, c := range cs {
		g := of(c)
		for _, r := range c.After {
			o := at[r.Loc]
			switch {
			case r.Loc.Source == nil:
				g.adds = append(g.adds, r)
			case o == nil:
				return fmt.Errorf("%s %s: the record that it replaces is not among those that go", r.Name, r.Type)
			case owner[o] == g.key && o.after == nil:
				o.after = &r
			default: // it goes to another owner
				r.Loc = zone.Loc{}
				g.adds = append(g.adds, r)
			}
		}
	}
	for _, g := range ed.groups {
		// A new record takes the place of one of its RRset that goes.
		for _, o := range g.ops {
			if o.after == nil && len(g.adds) > 0 {
				o.after, g.adds = &g.adds[0], g.adds[1:]
			}
		}
		if err := ed.oneTTL(g); err != nil {
			return err
		}
	}
	return nil
}

// oneTTL refuses an RRset that would have several TTLs.
func (ed *editor) oneTTL(g *group) error {
	var ttls []uint32
	touched := map[uint32]*op{}
	for _, o := range g.ops {
		touched[o.place] = o
	}
	for _, r := range ed.zone.RRset(g.key.Name, g.key.Type) {
		o := touched[r.Loc.Offset]
		switch {
		case o == nil:
			ttls = append(ttls, r.TTL)
		case o.after != nil:
			ttls = append(ttls, o.after.TTL)
		}
	}
	for _, r := range g.adds {
		ttls = append(ttls, r.TTL)
	}
	for _, t := range ttls {
		if g.ttl = t; t != ttls[0] {
			return fmt.Errorf("%s %s: %w", g.key.Name, g.key.Type, ErrTTLs)
		}
	}
	return nil
}

func (ed *editor) edit(file int, start, end int, text string) {
	ed.edits[file] = append(ed.edits[file], textEdit{start: start, end: end, text: text, rank: ed.rank})
}

// apply makes edits of a text. What would move a line that goes is left out.
func apply(src []byte, es []textEdit) ([]byte, error) {
	if len(es) == 0 {
		return src, nil
	}
	slices.SortStableFunc(es, func(a, b textEdit) int { return cmp.Or(a.start-b.start, a.end-b.end, a.rank-b.rank) })
	es = slices.DeleteFunc(es, func(e textEdit) bool {
		return e.shift && slices.ContainsFunc(es, func(o textEdit) bool { return !o.shift && o.start <= e.start && e.start < o.end })
	})
	var b bytes.Buffer
	at := 0
	for _, e := range es {
		if e.start < at {
			return nil, fmt.Errorf("two changes overlap at octet %d", e.start)
		}
		b.Write(src[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.Write(src[at:])
	return b.Bytes(), nil
}

// Refuse implements zone.Refuser.
func (s *source) Refuse(cs zone.ChangeSet) string {
	for _, c := range cs {
		if why := s.lockedFor(c); why != "" {
			return why
		}
		for _, r := range c.After {
			if _, err := render(r, s.provider(s.fileOf(c)).Semicolons); err != nil {
				return err.Error()
			}
			if why := s.ttlFor(c, r.TTL); why != "" {
				return why
			}
		}
	}
	return ""
}

// ttlFor says why a value of an RRset cannot have a TTL; "" if it can.
func (s *source) ttlFor(c zone.Change, ttl uint32) string {
	for _, i := range s.index[zone.Key{Name: c.Name, Type: c.Type}] {
		if e := &s.entries[i]; !e.dropped && e.ttl != ttl && e.places > len(c.Before) {
			return ErrTTLs.Error()
		}
	}
	return ""
}

// fileOf returns the file that an RRset is written in, or would be.
func (s *source) fileOf(c zone.Change) int {
	for _, i := range s.index[zone.Key{Name: c.Name, Type: c.Type}] {
		return int(s.entries[i].rec.file)
	}
	if o, ok := s.owner(c.Name); ok {
		return o.file
	}
	home, _ := s.home()
	return home
}

// provider returns how new records of a file are written. A file shows how it
// writes semicolons where nothing else says it.
func (s *source) provider(file int) Provider {
	f := s.files[file]
	p := f.provider
	if p.Semicolons == SemicolonsUnknown {
		p.Semicolons = f.way
	}
	return p
}

// lockedFor says why an RRset cannot be changed; "" if it can.
func (s *source) lockedFor(c zone.Change) string {
	for _, i := range s.index[zone.Key{Name: c.Name, Type: c.Type}] {
		e := &s.entries[i]
		switch {
		case e.dropped:
		case e.locked != "":
			return fmt.Sprintf("the %s record of %s cannot be changed for itself: %s", e.typ, e.name, e.locked)
		case e.places == 0:
			return fmt.Sprintf("the %s record of %s cannot be read as it is", e.typ, e.name)
		}
	}
	if len(c.After) > 0 && len(s.index[zone.Key{Name: c.Name, Type: c.Type}]) == 0 {
		if o, ok := s.owner(c.Name); ok && o.why != "" {
			return fmt.Sprintf("the records of %s cannot be added to: %s", c.Name, o.why)
		}
	}
	return ""
}
