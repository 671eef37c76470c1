package zone

import (
	"cmp"
	"slices"
)

// Change replaces some records of one RRset: Before goes, After comes. A
// record in both with the same Loc stays in its place in the source, with the
// data and TTL of After. Records of the RRset that stand in neither stay.
type Change struct {
	Name   Name
	Type   Type
	Before []Record
	After  []Record
}

// ChangeSet is changes that belong together: all are made or none.
type ChangeSet []Change

// Add is the change that adds one record.
func Add(r Record) Change {
	return Change{Name: r.Name, Type: r.Type, After: []Record{r}}
}

// Remove is the change that removes records of one RRset.
func Remove(rs ...Record) Change {
	return Change{Name: rs[0].Name, Type: rs[0].Type, Before: rs}
}

// Replace is the change of a record into another of the same name and type,
// which keeps its place in the source.
func Replace(old, new Record) Change {
	new.Loc, new.Notes = old.Loc, 0
	return Change{Name: old.Name, Type: old.Type, Before: []Record{old}, After: []Record{new}}
}

// Move is the pair of changes that give a record another owner.
func Move(r Record, to Name) ChangeSet {
	moved := r
	moved.Name = to
	moved.Notes = 0
	return ChangeSet{
		{Name: r.Name, Type: r.Type, Before: []Record{r}},
		{Name: to, Type: r.Type, After: []Record{moved}},
	}
}

// Key names an RRset of a zone.
type Key struct {
	Name Name
	Type Type
}

// Keys returns the RRsets that the set touches, each once, in its order.
func (cs ChangeSet) Keys() []Key {
	keys := make([]Key, 0, len(cs))
	seen := make(map[Key]bool, len(cs))
	for _, c := range cs {
		if k := (Key{c.Name, c.Type}); !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

// Diff returns the changes that make b of a in the given RRsets, one for each
// that differs, in that order. A record marked LongString differs from one
// that says the same in strings that fit: it must be written anew.
func Diff(a, b *Zone, keys []Key) ChangeSet {
	var cs ChangeSet
	for _, k := range keys {
		gone, come := subtract(a.RRset(k.Name, k.Type), b.RRset(k.Name, k.Type))
		if len(gone)+len(come) > 0 {
			cs = append(cs, Change{Name: k.Name, Type: k.Type, Before: gone, After: come})
		}
	}
	return cs
}

// subtract returns the records of a that b has not and the reverse, as
// multisets. It pairs records of the same place first, so that of two equal
// records the one goes that really went.
func subtract(a, b []Record) (gone, come []Record) {
	for _, unplaced := range []bool{false, true} {
		have := map[identity]int{}
		for _, r := range b {
			have[identify(r, unplaced)]++
		}
		paired := map[identity]int{}
		gone = nil
		for _, r := range a {
			id := identify(r, unplaced)
			if have[id] > 0 {
				have[id]--
				paired[id]++
			} else {
				gone = append(gone, r)
			}
		}
		come = nil
		for _, r := range b {
			id := identify(r, unplaced)
			if paired[id] > 0 {
				paired[id]--
			} else {
				come = append(come, r)
			}
		}
		a, b = gone, come
	}
	return gone, come
}

// identity is a record with all that tells it apart from others.
type identity struct {
	name  Name
	typ   Type
	class Class
	ttl   uint32
	data  string
	long  bool
	loc   Loc
}

// identify returns what tells a record apart; without its place if unplaced.
func identify(r Record, unplaced bool) identity {
	id := identity{r.Name, r.Type, r.Class, r.TTL, r.Data, r.Notes&LongString != 0, r.Loc}
	if unplaced {
		id.loc = Loc{}
	}
	return id
}

// Holds reports whether all records that the set removes are in the zone.
func (z *Zone) Holds(cs ChangeSet) bool {
	for _, c := range cs {
		if len(c.Before) == 0 {
			continue
		}
		have := map[identity]int{}
		for _, r := range z.RRset(c.Name, c.Type) {
			have[identify(r, false)]++
		}
		for _, r := range c.Before {
			id := identify(r, false)
			if have[id]--; have[id] < 0 {
				return false
			}
		}
	}
	return true
}

// Apply returns the zone with the changes made. Records that are removed must
// be in the zone with the same Loc, and one that comes with a Loc must take the
// place of one that goes; else ok is false and nothing is changed.
func (z *Zone) Apply(cs ChangeSet) (out *Zone, ok bool) {
	type edit struct {
		after   Record
		replace bool
	}
	edits := map[Loc][]edit{} // by Loc; a $GENERATE has many records at one Loc
	var added []Record
	removed := map[Loc][]Record{}
	for _, c := range cs {
		for _, r := range c.Before {
			removed[r.Loc] = append(removed[r.Loc], r)
		}
		for _, r := range c.After {
			if r.Loc.Source != nil {
				edits[r.Loc] = append(edits[r.Loc], edit{r, true})
			} else {
				added = append(added, r)
			}
		}
	}
	b := NewBuilder(z.Len() + len(added))
	take := func(m map[Loc][]Record, r Record) bool {
		for i, o := range m[r.Loc] {
			if o.Same(r) {
				m[r.Loc] = slices.Delete(m[r.Loc], i, i+1)
				return true
			}
		}
		return false
	}
	for r := range z.Records() {
		if len(removed[r.Loc]) > 0 && take(removed, r) {
			if es := edits[r.Loc]; len(es) > 0 {
				b.Add(es[0].after)
				edits[r.Loc] = es[1:]
			}
			continue
		}
		b.Add(r)
	}
	for _, left := range removed {
		if len(left) > 0 {
			return z, false
		}
	}
	for _, left := range edits {
		if len(left) > 0 {
			return z, false // in the place of a record that does not go
		}
	}
	for _, r := range added {
		b.Add(r)
	}
	out = b.Zone(z.Apex)
	out.Class, out.Complete, out.Problems, out.Source, out.Start = z.Class, z.Complete, z.Problems, z.Source, z.Start
	return out, true
}

// CompareRecords orders records by name (labels from the right, RFC 4034,
// section 6.1), type, data and TTL.
func CompareRecords(a, b Record) int {
	return cmp.Or(CompareNames(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Data, b.Data), cmp.Compare(a.TTL, b.TTL))
}

// CompareNames is the canonical order of names (RFC 4034, section 6.1).
func CompareNames(a, b Name) int {
	la, lb := a.Labels(), b.Labels()
	slices.Reverse(la)
	slices.Reverse(lb)
	return slices.Compare(la, lb)
}
