package providers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// setChange is the change of one RRset in the making.
type setChange struct {
	key    zone.Key
	before []Item
	pairs  []pair
}

// pair is one record that goes, comes, or turns into another.
type pair struct {
	old int      // index in before; -1 if a record comes in no other's place
	new *arrival // nil if the record goes
}

// arrival is a record that comes.
type arrival struct {
	Item
	// restored says that it is put back, so that it is known whether its TTL was
	// automatic.
	restored bool
}

// undo gives back to records what DNS does not know of, when they are put back.
type undo struct {
	before map[zone.Key][]Item
}

// resolve binds changes to the records of the snapshot.
func resolve(s *Snapshot, cs zone.ChangeSet, u *undo) ([]*setChange, error) {
	var sets []*setChange
	byKey := map[zone.Key]*setChange{}
	taken := map[zone.Key]map[int]bool{}
	for _, k := range cs.Keys() {
		c := &setChange{key: k, before: s.rrset(k)}
		sets, byKey[k], taken[k] = append(sets, c), c, map[int]bool{}
	}
	for _, ch := range cs {
		k := zone.Key{Name: ch.Name, Type: ch.Type}
		c := byKey[k]
		place := map[zone.Loc]int{} // of the pair that a record in that place belongs to
		for _, r := range ch.Before {
			i := c.find(r, s, taken[k])
			if i < 0 {
				return nil, fmt.Errorf("%w: it does not hold %s", ErrStale, r)
			}
			taken[k][i] = true
			if r.Loc.Source != nil {
				place[r.Loc] = len(c.pairs)
			}
			c.pairs = append(c.pairs, pair{old: i})
		}
		for _, r := range ch.After {
			if r.Name != ch.Name || r.Type != ch.Type {
				return nil, fmt.Errorf("%w: a change of %s %s has a record of %s %s", ErrPlan, ch.Name, ch.Type, r.Name, r.Type)
			}
			it := u.arrival(k, r)
			if i, ok := place[r.Loc]; ok && r.Loc.Source != nil && c.pairs[i].new == nil {
				c.pairs[i].new = it
				continue
			}
			c.pairs = append(c.pairs, pair{old: -1, new: it})
		}
	}
	return sets, nil
}

// find returns the index of a record that goes: the one in its place if it was
// read from the snapshot, else the first that is the same.
func (c *setChange) find(r zone.Record, s *Snapshot, taken map[int]bool) int {
	want := -1
	if _, ok := r.Loc.Source.(*source); ok && int(r.Loc.Offset) < len(s.Items) && same(s.Items[r.Loc.Offset].Record, r) {
		want = 0 // the records of the RRset before it
		for _, it := range s.Items[:r.Loc.Offset] {
			if it.Record.Name == c.key.Name && it.Record.Type == c.key.Type {
				want++
			}
		}
	}
	if want >= 0 && !taken[want] {
		return want
	}
	return slices.IndexFunc(enumerate(c.before), func(e entry) bool { return !taken[e.i] && same(e.it.Record, r) })
}

type entry struct {
	i  int
	it Item
}

func enumerate(items []Item) []entry {
	out := make([]entry, len(items))
	for i, it := range items {
		out[i] = entry{i, it}
	}
	return out
}

// arrival makes the item of a record that comes.
func (u *undo) arrival(k zone.Key, r zone.Record) *arrival {
	it := &arrival{Item: Item{Record: r}}
	it.Record.Loc, it.Record.Notes = zone.Loc{}, 0
	if u != nil {
		for _, b := range u.before[k] {
			if same(b.Record, r) {
				it.Raw, it.Auto, it.Masked, it.restored = b.Raw, b.Auto, b.Masked, true
				break
			}
		}
	}
	return it
}

// stays yields the indexes of the records that no pair takes away.
func (c *setChange) stays() []int {
	var out []int
	for i := range c.before {
		if !slices.ContainsFunc(c.pairs, func(p pair) bool { return p.old == i }) {
			out = append(out, i)
		}
	}
	return out
}

// after returns the RRset as it is to be.
func (c *setChange) after() []Item {
	var out []Item
	for i, it := range c.before {
		at := slices.IndexFunc(c.pairs, func(p pair) bool { return p.old == i })
		switch {
		case at < 0:
			out = append(out, it)
		case c.pairs[at].new != nil:
			out = append(out, c.pairs[at].new.Item)
		}
	}
	for _, p := range c.pairs {
		if p.old < 0 {
			out = append(out, p.new.Item)
		}
	}
	return out
}

// normalize brings the change into the form in which it is made: what replaces
// what, with TTLs that the provider takes, and without what changes nothing.
func (c *setChange) normalize(caps Capabilities, notes *[]string) {
	c.rejoin(same)
	c.rejoin(SameRecord)
	c.rejoin(func(old, new zone.Record) bool { return class(old) != "" && class(old) == class(new) })
	c.setTTLs(caps, notes)
	c.dropEqual()
	for i, p := range c.pairs {
		if p.old < 0 || p.new == nil {
			continue
		}
		it := *p.new
		if it.Raw == nil || caps.Update {
			it.Raw, it.Masked = c.before[p.old].Raw, c.before[p.old].Masked
		}
		if caps.Update {
			it.ID = c.before[p.old].ID
		}
		c.pairs[i].new = &it
	}
}

// dropEqual leaves out what changes nothing: a record that turns into itself, and
// one that comes though it is there.
func (c *setChange) dropEqual() {
	c.pairs = slices.DeleteFunc(c.pairs, func(p pair) bool {
		return p.old >= 0 && p.new != nil && same(c.before[p.old].Record, p.new.Record) && c.before[p.old].Auto == p.new.Auto
	})
	there := map[identity]bool{}
	for _, i := range c.stays() {
		there[identify(c.before[i].Record)] = true
	}
	var left []pair
	for _, p := range c.pairs {
		if p.new != nil {
			id := identify(p.new.Record)
			if there[id] {
				p.new = nil
			}
			there[id] = true
		}
		if p.old >= 0 || p.new != nil {
			left = append(left, p)
		}
	}
	c.pairs = left
}

// rejoin makes a record that comes the successor of one that goes and cannot
// stand beside it, whatever each was joined with.
func (c *setChange) rejoin(is func(old, new zone.Record) bool) {
	joined := func(p pair) bool {
		return p.old >= 0 && p.new != nil && is(c.before[p.old].Record, p.new.Record)
	}
	for i := 0; i < len(c.pairs); i++ {
		p := c.pairs[i]
		if p.new == nil || joined(p) {
			continue
		}
		j := slices.IndexFunc(c.pairs, func(q pair) bool {
			return q.old >= 0 && !joined(q) && is(c.before[q.old].Record, p.new.Record)
		})
		if j < 0 {
			continue
		}
		c.pairs[i].new, c.pairs[j].new = c.pairs[j].new, p.new
		if c.pairs[i].old < 0 && c.pairs[i].new == nil {
			c.pairs = slices.Delete(c.pairs, i, i+1)
		}
		i-- // what stands here now is to be looked at
	}
}

// setTTLs gives the records that come TTLs that the provider takes.
func (c *setChange) setTTLs(caps Capabilities, notes *[]string) {
	stays := c.stays()
	whole, known := uint32(0), false // the TTL of the RRset, where the provider has only one
	for i, p := range c.pairs {
		if p.new == nil {
			continue
		}
		it := *p.new
		asked := it.Record.TTL
		switch {
		case it.restored:
		case p.old >= 0:
			it.Auto = it.Auto || c.before[p.old].Auto && c.before[p.old].Record.TTL == asked
		default:
			it.Auto = it.Auto || slices.ContainsFunc(c.before, func(b Item) bool { return b.Auto && b.Record.TTL == asked })
		}
		if !it.Auto {
			if caps.MaxTTL > 0 {
				it.Record.TTL = min(it.Record.TTL, caps.MaxTTL)
			}
			it.Record.TTL = max(it.Record.TTL, caps.MinTTL)
			if it.Record.TTL != asked {
				*notes = append(*notes, fmt.Sprintf("%s %s: the provider does not take the TTL %d; %d is written", c.key.Name, c.key.Type, asked, it.Record.TTL))
			}
		}
		if caps.RRsetTTL {
			if !known {
				whole, known = it.Record.TTL, true
				if len(stays) > 0 {
					whole = c.before[stays[0]].Record.TTL
				}
			}
			if it.Record.TTL != whole {
				*notes = append(*notes, fmt.Sprintf("%s %s: the provider keeps one TTL for all records of a name and type; %d is written, not %d", c.key.Name, c.key.Type, whole, it.Record.TTL))
				it.Record.TTL = whole
			}
		}
		c.pairs[i].new = &it
	}
}

// keepLoneMX leaves out the new TTL of the only MX record of a name at a
// provider where it could only go and come again: mail is worth more.
func (c *setChange) keepLoneMX(notes *[]string) {
	if c.key.Type != zone.TypeMX {
		return
	}
	others := len(c.before) - 1
	for _, p := range c.pairs {
		if p.new != nil && (p.old < 0 || !SameRecord(c.before[p.old].Record, p.new.Record)) {
			others++
		}
	}
	if others > 0 {
		return
	}
	c.pairs = slices.DeleteFunc(c.pairs, func(p pair) bool {
		if p.old < 0 || p.new == nil {
			return false
		}
		*notes = append(*notes, fmt.Sprintf("%s MX: the TTL stays %d: the provider cannot change it without a moment in which the name has no MX record", c.key.Name, c.before[p.old].Record.TTL))
		return true
	})
}

// class says of which kind of record a name has one at most, so that the old
// one must be gone when the new one comes: two SPF records are an error (RFC
// 7208, section 4.5), two DMARC, MTA-STS or TLSRPT records are as good as none
// (RFC 9989, section 4.10; RFC 8461, section 3.1; RFC 8460, section 3), of two
// DKIM keys nobody knows which is taken (RFC 6376, section 3.6.2.2), and a name
// has one CNAME (RFC 2181, section 10.1). It is "" for other records.
func class(r zone.Record) string {
	switch r.Type {
	case zone.TypeCNAME, zone.TypeDNAME:
		return r.Type.String()
	case zone.TypeTXT, zone.TypeSPF:
	default:
		return ""
	}
	if slices.Contains(r.Name.Labels(), "_domainkey") {
		return "DKIM"
	}
	version := strings.ToLower(r.TextPrefix(len("v=tlsrptv1")))
	if end := strings.IndexAny(version, "; \t"); end >= 0 {
		version = version[:end]
	}
	if slices.Contains([]string{"v=spf1", "v=dmarc1", "v=stsv1", "v=tlsrptv1", "v=bimi1"}, version) {
		return version
	}
	return ""
}
