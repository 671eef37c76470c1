package hygiene

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// moveTo gives a finding the fix that puts the records of one owner under
// another name, of the given class at best: where the name holds other records
// that they would meet, only a person can tell what is right.
func moveTo(z *zone.Zone, f rules.Finding, rs []zone.Record, to zone.Name, class rules.Safety) rules.Finding {
	what := "the records"
	if len(rs) == 1 {
		what = fmt.Sprintf("the %s record", rs[0].Type)
	}
	if slices.ContainsFunc(rs, mangled) {
		return f.WithFix(rules.Manual, fmt.Sprintf("put the text in quotes, then move %s to %s", what, to))
	}
	if there(z, rs, to) {
		return f.WithFix(rules.Unsafe, fmt.Sprintf("remove %s; %s has the same", what, to), removeAll(rs)...)
	}
	if why := collision(z, rs, to); why != "" {
		return f.WithFix(rules.Manual, fmt.Sprintf("move %s to %s, %s", what, to, why))
	}
	var cs zone.ChangeSet
	for _, r := range rs {
		cs = append(cs, zone.Move(r, to)...)
	}
	return f.WithFix(class, fmt.Sprintf("move %s to %s", what, to), cs...)
}

// there reports whether a name has records that say the same as rs.
func there(z *zone.Zone, rs []zone.Record, name zone.Name) bool {
	for _, r := range rs {
		if !slices.ContainsFunc(z.RRset(name, r.Type), func(o zone.Record) bool { return o.Data == r.Data }) {
			return false
		}
	}
	return true
}

// collision says what stands in the way of moving records to a name; "" if
// nothing does.
func collision(z *zone.Zone, rs []zone.Record, to zone.Name) string {
	switch z.Lookup(to, zone.TypeSOA).Status {
	case zone.Unknown:
		if z.Complete {
			return "which is not in this zone: it is delegated or redirected"
		}
		return "if it has none there: this zone was not read completely"
	case zone.Aliased:
		if _, own := z.Node(to); own {
			return "which is a CNAME"
		}
	}
	n, ok := z.Node(to)
	for _, r := range rs {
		switch {
		case r.Type == zone.TypeSOA:
			return "which needs a zone of its own"
		case r.Type == zone.TypeNS && to != z.Apex && ok:
			return "which has other records"
		case !ok:
		case r.Type == zone.TypeCNAME:
			return "which has other records"
		case r.Type != zone.TypeTXT && n.Has(r.Type):
			return fmt.Sprintf("which has %s records already", r.Type)
		case r.Type == zone.TypeTXT:
			kind := meant(to, r.Text())
			for _, o := range n.RRset(zone.TypeTXT) {
				if kind == none || meant(to, o.Text()) == kind {
					return "which has TXT records already"
				}
			}
		}
	}
	return ""
}
