package providers

import (
	"fmt"
	"slices"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// served are the types that the provider itself makes when it signs a zone.
var served = []zone.Type{
	zone.TypeDS, zone.TypeRRSIG, zone.TypeNSEC, zone.Type(dns.TypeNSEC3), zone.Type(dns.TypeNSEC3PARAM),
	zone.Type(dns.TypeDNSKEY), zone.Type(dns.TypeCDS), zone.Type(dns.TypeCDNSKEY), zone.Type(dns.TypeZONEMD),
	bindSigning,
}

// bindSigning is the private type in which BIND keeps how far it has come with
// signing a zone (BIND 9 Administrator Reference Manual, "sig-signing-type").
const bindSigning zone.Type = 65534

func guard(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrGuard, fmt.Sprintf(format, args...))
}

// guardWritable refuses providers that must not be written to.
func (s *Snapshot) guardWritable() error {
	if why := s.Capabilities.ReadOnly; why != "" {
		return guard("%s", why)
	}
	return nil
}

// locked is why a record of somebody else is not changed.
func (it Item) locked() error {
	return guard("%s belongs to %s", it.Record, it.Locked)
}

// guardKey refuses RRsets that are never touched.
func guardKey(s *Snapshot, k zone.Key) error {
	if err := guardName(s.Apex, k); err != nil {
		return err
	}
	if why := s.unread(k); why != "" {
		return guard("%s %s may have a record that zonelint cannot read: %s", k.Name, k.Type, why)
	}
	return nil
}

// guardName is what holds of an RRset whatever the zone has.
func guardName(apex zone.Name, k zone.Key) error {
	switch {
	case !k.Name.Within(apex):
		return guard("%s lies outside the zone", k.Name)
	case k.Type == zone.TypeSOA:
		return guard("the SOA record belongs to the provider")
	case k.Type == zone.TypeNS && k.Name == apex:
		return guard("the NS records of the zone itself are not changed")
	case slices.Contains(served, k.Type):
		return guard("%s %s belongs to the signing of the zone", k.Name, k.Type)
	}
	return nil
}

// guardSets refuses RRsets that would be broken, and those that the provider
// cannot hold.
func guardSets(s *Snapshot, sets []*setChange, u *undo) error {
	var refused RefusedError
	for _, c := range sets {
		if err := c.guard(s.Capabilities, u); err != nil {
			refused.add(c.key, err)
		}
	}
	return refused.orNil()
}

// guard is guardSets for one RRset.
func (c *setChange) guard(caps Capabilities, u *undo) error {
	for _, p := range c.pairs {
		if p.new != nil {
			if p.new.Record.Class != zone.ClassIN {
				return guard("%s %s is of class %s", c.key.Name, c.key.Type, p.new.Record.Class)
			}
			if err := caps.Check(p.new.Record); err != nil {
				return err
			}
		}
		if p.old < 0 {
			continue
		}
		old := c.before[p.old]
		if old.Locked != "" {
			return old.locked()
		}
		if caps.NoEmptyText && old.Record.Type == zone.TypeTXT && old.Record.Text() == "" {
			return caps.Check(old.Record)
		}
	}
	if u != nil && sameItems(u.before[c.key], c.after()) {
		return nil // puts back what was there
	}
	return guardSet(c)
}

// guardLimits refuses more than was allowed.
func guardLimits(sets []*setChange, opts PlanOptions) error {
	changes, deletes := 0, 0
	for _, c := range sets {
		changes += len(c.pairs)
		deletes += max(0, len(c.before)-len(c.after()))
	}
	if n := limit(opts.MaxChanges, DefaultMaxChanges); n >= 0 && changes > n {
		return guard("%d records would change, and at most %d may; allow more if that is meant", changes, n)
	}
	if n := limit(opts.MaxDeletes, DefaultMaxDeletes); n >= 0 && deletes > n {
		return guard("%d records would be deleted, and at most %d may; allow more if that is meant", deletes, n)
	}
	return nil
}

func limit(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

// guardSet refuses an RRset that mail cannot live with.
func guardSet(c *setChange) error {
	after := c.after()
	if c.key.Type == zone.TypeMX && len(c.before) > 0 && len(after) == 0 {
		return guard("%s would be left without MX records", c.key.Name)
	}
	had := classes(c.before)
	for cl, n := range classes(after) {
		if n > 1 && n > had[cl] {
			return guard("%s would have %d %s records, of which there is one at most", c.key.Name, n, cl)
		}
	}
	return nil
}

// classes counts the records of which a name has one at most, by class.
func classes(items []Item) map[string]int {
	n := map[string]int{}
	for _, it := range items {
		if cl := class(it.Record); cl != "" {
			n[cl]++
		}
	}
	return n
}

// guardAliases refuses a CNAME beside other records (RFC 1034, section 3.6.2)
// where there is none yet.
func guardAliases(s *Snapshot, sets []RRsetChange) error {
	type node struct{ before, after map[zone.Type]bool }
	nodes := map[zone.Name]node{}
	for _, c := range sets {
		nodes[c.Key.Name] = node{map[zone.Type]bool{}, map[zone.Type]bool{}}
	}
	for _, it := range s.Items {
		if n, ok := nodes[it.Record.Name]; ok && !slices.Contains(served, it.Record.Type) {
			n.before[it.Record.Type], n.after[it.Record.Type] = true, true
		}
	}
	for _, c := range sets {
		if after := nodes[c.Key.Name].after; len(c.After) > 0 {
			after[c.Key.Type] = true
		} else {
			delete(after, c.Key.Type)
		}
	}
	bad := func(types map[zone.Type]bool) bool { return types[zone.TypeCNAME] && len(types) > 1 }
	var refused RefusedError
	for _, c := range sets {
		if n := nodes[c.Key.Name]; bad(n.after) && !bad(n.before) {
			refused.add(c.Key, guard("%s would have a CNAME record beside other records", c.Key.Name))
		}
	}
	return refused.orNil()
}

// sameItems reports whether two RRsets hold the same records with the same
// TTLs.
func sameItems(a, b []Item) bool {
	if len(a) != len(b) {
		return false
	}
	left := slices.Clone(b)
	for _, x := range a {
		i := slices.IndexFunc(left, func(y Item) bool { return same(x.Record, y.Record) })
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}
