package domainconnect

import (
	"maps"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// identity is what records have in common that say the same.
type identity struct {
	t    zone.Type
	data string
}

func identityOf(r zone.Record) identity {
	if r.Type == zone.TypeTXT {
		return identity{r.Type, r.Text()} // in whatever strings
	}
	return identity{r.Type, r.Data}
}

// changes compares what is to be there with the zone.
func (a *application) changes() zone.ChangeSet {
	var removals, additions zone.ChangeSet
	for _, name := range a.order {
		o := a.owners[name]
		wanted := map[identity]bool{}
		for _, w := range o.come {
			wanted[identityOf(w.Record)] = true
		}
		sets := map[zone.Type]*zone.Change{}
		stay := map[zone.Type]uint32{} // TTLs of what stays
		there := map[identity]bool{}
		change := func(t zone.Type) *zone.Change {
			if sets[t] == nil {
				sets[t] = &zone.Change{Name: name, Type: t}
			}
			return sets[t]
		}
		if node, ok := a.z.Node(name); ok {
			for r := range node.Records() {
				id := identityOf(r)
				switch {
				case wanted[id]:
					there[id] = true
				case o.conflicts(r):
					c := change(r.Type)
					c.Before = append(c.Before, r)
					continue
				}
				stay[r.Type] = r.TTL
			}
		}
		for _, w := range o.come {
			if id := identityOf(w.Record); !there[id] {
				there[id] = true
				c := change(w.Type)
				w.TTL = a.ttl(w, c, stay)
				c.After = append(c.After, w.Record)
			}
		}
		for _, t := range slices.Sorted(maps.Keys(sets)) {
			c := sets[t]
			for i := range min(len(c.Before), len(c.After)) {
				c.After[i].Loc = c.Before[i].Loc // takes its place
			}
			if len(c.After) == 0 {
				removals = append(removals, *c)
			} else {
				additions = append(additions, *c)
			}
		}
	}
	// A name may lose what cannot stand beside what it gets.
	return append(removals, additions...)
}

// defaultTTL is the TTL in seconds of a record where neither the template nor
// the zone has one.
const defaultTTL = 3600

// ttl returns the TTL in seconds of a record that comes: that of the RRset that
// it joins (RFC 2181, section 5.2), else that of the template; an SPF record
// keeps its own.
func (a *application) ttl(w want, c *zone.Change, stay map[zone.Type]uint32) uint32 {
	if ttl, ok := stay[w.Type]; ok {
		return ttl
	}
	if len(c.After) > 0 {
		return c.After[0].TTL
	}
	if w.Type == zone.TypeTXT && isSPF(w.Text()) {
		for _, r := range c.Before {
			if isSPF(r.Text()) {
				return r.TTL
			}
		}
	}
	switch {
	case w.ttl >= 0:
		return uint32(w.ttl)
	case len(c.Before) > 0:
		return c.Before[0].TTL
	}
	for r := range a.z.Records() {
		if r.Type != zone.TypeSOA {
			return r.TTL
		}
	}
	return defaultTTL
}
