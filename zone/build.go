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
	return b
}

// Fork returns a Builder for a part of the same zone that another goroutine
// reads; Append takes it back in.
func (b *Builder) Fork(records int) *Builder {
	f := NewBuilder(records)
	f.z.seed = b.z.seed
	return f
}

// Append adds all records of a Builder that Fork made, behind those of b. The
// other must not be used after that.
func (b *Builder) Append(o *Builder) {
	chunks, recs, nodes := uint32(len(b.z.data.chunks))<<chunkBits, uint32(len(b.z.recs)), uint32(len(b.z.nodes))
	b.z.data.chunks = append(b.z.data.chunks, o.z.data.chunks...)
	shift := func(i uint32) uint32 {
		if i == none {
			return none
		}
		return i + recs
	}
	b.z.recs = append(b.z.recs, o.z.recs...)
	for i := range b.z.recs[recs:] {
		r := &b.z.recs[recs:][i]
		r.data += chunks
		r.node += nodes
		r.next = shift(r.next)
	}
	b.z.nodes = append(b.z.nodes, o.z.nodes...)
	for i := range b.z.nodes[nodes:] {
		n := &b.z.nodes[nodes:][i]
		n.name += chunks
		n.first, n.last = shift(n.first), shift(n.last)
	}
	for _, t := range o.types {
		b.count(t.typ, t.count)
	}
}

// Node returns an id for an owner given in wire format with letters in lower
// case; the bytes are copied. It does not look whether the owner is known
// already: that is found out for all of them at once in Zone. A reader calls
// it when the owner changes.
func (b *Builder) Node(wire []byte) NodeID {
	z := &b.z
	h := uint32(maphash.Bytes(z.seed, wire))
	z.nodes = append(z.nodes, node{name: put(&z.data, wire), nlen: uint8(len(wire)), first: none, last: none, hash: h})
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
	if last := len(b.z.nodes) - 1; last >= 0 && b.NodeName(NodeID(last)) == r.Name {
		b.add(NodeID(last), c)
		return
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
	b.count(r.typ, 1)
}

func (b *Builder) count(t Type, n uint32) {
	for i := range b.types {
		if b.types[i].typ == t {
			b.types[i].count += n
			return
		}
	}
	b.types = append(b.types, typeCount{t, n})
}

// Len returns the number of records added.
func (b *Builder) Len() int { return len(b.z.recs) }

// Zone finishes the zone. The Builder must not be used after that.
func (b *Builder) Zone(apex Name) *Zone {
	z := &b.z
	z.Apex = apex
	z.indexNodes()
	z.index(b.types)
	for n := range z.Nodes() {
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

// indexNodes fills the hash table. An owner that stands in several places of
// the source has a node for each; the later ones are joined to the first and
// left without records.
func (z *Zone) indexNodes() {
	size := 8
	for size < len(z.nodes)*4/3 {
		size *= 2
	}
	z.slots = make([]uint32, size)
	mask := uint32(size - 1)
	for i := range z.nodes {
		n := &z.nodes[i]
		if n.first == none {
			continue // an owner whose records could not be read
		}
		z.owners++
		s := n.hash & mask
		for ; z.slots[s] != 0; s = (s + 1) & mask {
			j := z.slots[s] - 1
			if z.nodes[j].hash == n.hash && z.nodeName(j) == z.nodeName(uint32(i)) {
				z.join(j, uint32(i))
				break
			}
		}
		if n.first != none {
			z.slots[s] = uint32(i) + 1
		}
	}
}

// join gives the records of node i to node j.
func (z *Zone) join(j, i uint32) {
	into, from := &z.nodes[j], &z.nodes[i]
	for r := from.first; r != none; r = z.recs[r].next {
		z.recs[r].node = j
	}
	z.recs[into.last].next = from.first
	into.last = from.last
	into.multi = into.multi || from.multi || into.types&from.types != 0
	into.types |= from.types
	from.first, from.last = none, none
	z.owners--
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
	for node := range z.Nodes() {
		for n := node.Name().Parent(); n.Below(z.Apex); n = n.Parent() {
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
