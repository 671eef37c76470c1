package masterfile

import (
	"cmp"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// place decides behind which entry each new record goes: with its RRset, else
// behind the other records of its owner, else with records of its type below
// the same parent, else behind the records of its parent. New records go into
// the first file, since an included one may serve other zones.
func (ed *editor) place(added []zone.Record) {
	if len(added) == 0 {
		return
	}
	type key struct {
		name zone.Name
		typ  zone.Type
	}
	owners := map[zone.Name]int{}   // end of the first run of entries of an owner; -1 until seen
	rrsets := map[key]int{}         // last entry of an RRset
	siblings := map[key]int{}       // last entry of a type below a parent
	types := map[zone.Type]bool{}   // of the new records
	parents := map[zone.Name]bool{} // of the new records
	for _, r := range added {
		owners[r.Name] = -1
		parents[r.Name.Parent()] = true
		types[r.Type] = true
		for n := r.Name.Parent(); n != ""; n = n.Parent() {
			if _, ok := owners[n]; !ok {
				owners[n] = -1
			}
		}
	}
	last := -1 // last entry of the first file
	var prev *placed
	for i := range ed.entries {
		pl := &ed.entries[i]
		if pl.file != 0 || pl.kind == placedFileStart {
			continue
		}
		if pl.kind != placedBlank || last < 0 {
			last = i
		}
		if pl.kind != placedRecord {
			continue
		}
		running := prev != nil && prev.owner == pl.owner
		prev = pl
		if end, ok := owners[pl.owner]; ok && (end < 0 || running && ed.sameRun(end, i)) {
			owners[pl.owner] = i
		}
		if types[pl.typ] {
			rrsets[key{pl.owner, pl.typ}] = i
			if parent := pl.owner.Parent(); parents[parent] {
				siblings[key{parent, pl.typ}] = i
			}
		}
	}
	for _, r := range added {
		at, ok := rrsets[key{r.Name, r.Type}]
		if !ok {
			if at = owners[r.Name]; at < 0 {
				at, ok = siblings[key{r.Name.Parent(), r.Type}]
				for n := r.Name.Parent(); !ok && n != ""; n = n.Parent() {
					at = owners[n]
					ok = at >= 0
				}
				if !ok {
					at = last
				}
			}
		}
		if at >= 0 {
			at = ed.runEnd(at)
		}
		ed.inserts[at] = append(ed.inserts[at], r)
	}
	for at, rs := range ed.inserts {
		var owner zone.Name
		if at >= 0 {
			owner = ed.entries[at].owner
		}
		// First what goes on with the owner there, then name by name.
		slices.SortStableFunc(rs, func(a, b zone.Record) int {
			if a.Name == owner && b.Name != owner {
				return -1
			}
			if a.Name != owner && b.Name == owner {
				return 1
			}
			return cmp.Or(zone.CompareNames(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
		})
	}
}

// sameRun reports whether no other owner's record stands between two entries
// of the first file.
func (ed *editor) sameRun(from, to int) bool {
	for i := from + 1; i < to; i++ {
		if pl := &ed.entries[i]; pl.file == 0 && pl.kind == placedRecord && pl.owner != ed.entries[from].owner {
			return false
		}
	}
	return true
}

// runEnd moves from an entry to the last of those that follow it and inherit
// its owner, so that a new owner does not come between.
func (ed *editor) runEnd(at int) int {
	if ed.entries[at].kind != placedRecord {
		return at
	}
	for i := at + 1; i < len(ed.entries); i++ {
		pl := &ed.entries[i]
		switch {
		case pl.file != 0 || pl.kind == placedBlank || pl.kind == placedFileStart:
		case pl.kind == placedRecord && pl.owner == ed.entries[at].owner && !pl.owned:
			at = i
		default:
			return at
		}
	}
	return at
}
