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
	at := standing(z, to)
	if at.hold(rs) {
		return f.WithFix(rules.Unsafe, fmt.Sprintf("remove %s; %s has the same", what, to), removeAll(rs)...)
	}
	if why := at.collision(z, rs, to); why != "" {
		return f.WithFix(rules.Manual, fmt.Sprintf("move %s to %s, %s", what, to, why))
	}
	var cs zone.ChangeSet
	for _, r := range rs {
		cs = append(cs, zone.Move(r, to)...)
	}
	return f.WithFix(class, fmt.Sprintf("move %s to %s", what, to), cs...)
}

// stand is what stands at a name.
type stand struct {
	node     zone.Node
	any      bool // there are records
	records  map[data]bool
	policies map[policy]bool // of its TXT records
}

func standing(z *zone.Zone, name zone.Name) stand {
	s := stand{records: map[data]bool{}, policies: map[policy]bool{}}
	s.node, s.any = z.Node(name)
	if !s.any {
		return s
	}
	for r := range s.node.Records() {
		s.records[data{r.Type, r.Class, r.Data}] = true
		if r.Type == zone.TypeTXT {
			s.policies[meant(name, r.Text())] = true
		}
	}
	return s
}

// hold reports whether records that say the same as rs stand there.
func (s stand) hold(rs []zone.Record) bool {
	return !slices.ContainsFunc(rs, func(r zone.Record) bool { return !s.records[data{r.Type, r.Class, r.Data}] })
}

// collision says what stands in the way of moving records to the name; "" if
// nothing does.
func (s stand) collision(z *zone.Zone, rs []zone.Record, to zone.Name) string {
	switch z.Lookup(to, zone.TypeSOA).Status {
	case zone.Unknown:
		if z.Complete {
			return "which is not in this zone: it is delegated or redirected"
		}
		return "if it has none there: this zone was not read completely"
	case zone.Aliased:
		if s.any {
			return "which is a CNAME"
		}
	}
	for _, r := range rs {
		switch {
		case r.Type == zone.TypeSOA:
			return "which needs a zone of its own"
		case !s.any:
		case r.Type == zone.TypeNS || r.Type == zone.TypeCNAME:
			return "which has other records"
		case r.Type == zone.TypeTXT:
			// Texts of different kinds live together; two SPF records do not.
			if kind := meant(to, r.Text()); kind != none && s.policies[kind] {
				return fmt.Sprintf("which has another %s record", kind)
			}
		case s.node.Has(r.Type):
			return fmt.Sprintf("which has %s records already", r.Type)
		}
	}
	return ""
}
