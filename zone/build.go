package zone

import (
	"hash/maphash"
	"slices"
)

// Builder makes a Zone of records in the order in which they are added. It is
// for one goroutine.
type Builder struct {
	z     Zone
	types []typeCount
}

// SetSource says what the records added by AddRaw are read from.
func (b *Builder) SetSource(s Source) { b.z.Source = s }

// NodeName returns the owner with an id.
func (b *Builder) NodeName(id NodeID) Name { return b.z.nodeName(uint32(id)) }

// typeCount counts the records of a type. There are so few types in a zone that
// a list is faster than a map.
type typeCount struct {
	typ   Type
	count uint32
}

// NodeID is an owner known to a Builder.
type NodeID uint32

// NewBuilder returns a Builder with room for about that many records; more are
// no mistake.
func NewBuilder(records int) *Builder {
	b := &Builder{types: make([]typeCount, 0, 12)}
	b.z.Class = ClassIN
	b.z.seed = maphash.MakeSeed()
	b.z.recs = make([]rec, 0, records)
	b.z.nodes = make([]node, 0, records*3/4+1)
	b.z.data.hint = 64 * records
	b.grow(max(8, records))
	return b
}

// grow makes the hash table large enough for n nodes and fills it again.
func (b *Builder) grow(n int) {
	size := 8
	for size < n*4/3 {
		size *= 2
	}
	b.z.slots = make([]uint32, size)
	mask := uint32(size - 1)
	for i := range b.z.nodes {
		s := b.z.nodes[i].hash & mask
		for b.z.slots[s] != 0 {
			s = (s + 1) & mask
		}
		b.z.slots[s] = uint32(i) + 1
	}
}

// Node returns the id of an owner given in wire format with letters in lower
// case. The bytes are copied if the owner is new.
func (b *Builder) Node(wire []byte) NodeID {
	z := &b.z
	h := uint32(maphash.Bytes(z.seed, wire))
	mask := uint32(len(z.slots) - 1)
	s := h & mask
	for ; z.slots[s] != 0; s = (s + 1) & mask {
		i := z.slots[s] - 1
		if z.nodes[i].hash == h && string(z.nodeName(i)) == string(wire) {
			return NodeID(i)
		}
	}
	if len(z.nodes) >= len(z.slots)*3/4 {
		b.grow(2 * len(z.slots))
		mask = uint32(len(z.slots) - 1)
		for s = h & mask; z.slots[s] != 0; {
			s = (s + 1) & mask
		}
	}
	z.nodes = append(z.nodes, node{name: put(&z.data, wire), nlen: uint8(len(wire)), first: none, last: none, hash: h})
	z.slots[s] = uint32(len(z.nodes))
	return NodeID(len(z.nodes) - 1)
}

// Raw is a record as a reader adds it, without allocations.
type Raw struct {
	Node   NodeID
	Type   Type
	Class  Class
	TTL    uint32
	Data   []byte // copied
	Notes  Notes
	File   uint16
	Offset uint32
}

// AddRaw adds a record of the Zone's own Source.
func (b *Builder) AddRaw(r Raw) {
	b.add(r.Node, rec{
		data: put(&b.z.data, r.Data), length: uint16(len(r.Data)), ttl: r.TTL, typ: r.Type, class: r.Class,
		notes: r.Notes, file: r.File, offset: r.Offset,
	})
}

// Add adds a record. If its Loc has a Source, that becomes the zone's: a zone
// has one source.
func (b *Builder) Add(r Record) {
	c := rec{data: put(&b.z.data, r.Data), length: uint16(len(r.Data)), ttl: r.TTL, typ: r.Type, class: r.Class, notes: r.Notes, offset: none}
	if r.Loc.Source != nil {
		b.z.Source = r.Loc.Source
		c.file, c.offset = r.Loc.File, r.Loc.Offset
	}
	b.add(b.Node([]byte(r.Name)), c)
}

func (b *Builder) add(id NodeID, r rec) {
	z := &b.z
	n := &z.nodes[id]
	bit := bitOf(r.typ)
	if n.types&bit != 0 {
		n.multi = true
	}
	n.types |= bit
	r.node, r.next = uint32(id), none
	i := uint32(len(z.recs))
	z.recs = append(z.recs, r)
	if n.first == none {
		n.first = i
	} else {
		z.recs[n.last].next = i
	}
	n.last = i
	for i := range b.types {
		if b.types[i].typ == r.typ {
			b.types[i].count++
			return
		}
	}
	b.types = append(b.types, typeCount{r.typ, 1})
}

// Len returns the number of records added.
func (b *Builder) Len() int { return len(b.z.recs) }

// Zone finishes the zone. The Builder must not be used after that.
func (b *Builder) Zone(apex Name) *Zone {
	z := &b.z
	z.Apex = apex
	z.index(b.types)
	for i := range z.nodes {
		n := Node{z, uint32(i)}
		if n.Has(TypeNS) && n.Name() != apex {
			z.cuts++
		}
		if n.Name().IsWildcard() {
			z.wild++
		}
	}
	if z.wild > 0 {
		z.indexEmpty()
	}
	return z
}

// index makes the lists by type.
func (z *Zone) index(counts []typeCount) {
	slices.SortFunc(counts, func(a, b typeCount) int { return int(b.count) - int(a.count) })
	z.byType = make([]typeList, len(counts))
	at := uint32(0)
	for i, c := range counts {
		z.byType[i] = typeList{typ: c.typ, start: at, end: at}
		at += c.count
	}
	z.listing = make([]uint32, len(z.recs))
	for i := range z.recs {
		for j := range z.byType {
			if l := &z.byType[j]; l.typ == z.recs[i].typ {
				z.listing[l.end] = uint32(i)
				l.end++
				break
			}
		}
	}
}

// indexEmpty finds the empty non-terminals (RFC 4592, section 2.2.2): names
// that exist because something lies below them, which stops a wildcard.
func (z *Zone) indexEmpty() {
	z.ents = map[Name]struct{}{}
	for i := range z.nodes {
		for n := z.nodeName(uint32(i)).Parent(); n.Below(z.Apex); n = n.Parent() {
			if _, ok := z.Node(n); ok {
				break
			}
			if _, ok := z.ents[n]; ok {
				break
			}
			z.ents[n] = struct{}{}
		}
	}
}
