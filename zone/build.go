package zone

import (
	"hash/maphash"
	"slices"
)

// Builder makes a Zone of records in the order in which they are added. It is
// for one goroutine.
type Builder struct {
	z      Zone
	types  []typeCount
	typeAt map[Type]int // index in types of those behind the first few
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

// Parts are Builders for parts of one zone, for a goroutine each. They share
// arrays, so that nothing is held twice when they are joined.
type Parts struct {
	Builders []*Builder
	records  []int // room for each
	recs     []rec
	nodes    []node
}

// Split returns Parts with room for about the given numbers of records; more
// are no mistake.
func Split(records []int) *Parts {
	total := 0
	for _, n := range records {
		total += n
	}
	whole := NewBuilder(total)
	p := &Parts{records: records, recs: whole.z.recs, nodes: whole.z.nodes}
	at, owners := 0, 0
	for _, n := range records {
		b := NewBuilder(0)
		b.z.seed, b.z.data.hint = whole.z.seed, 64*n
		b.z.recs = p.recs[at : at : at+n]
		b.z.nodes = p.nodes[owners : owners : owners+n*3/4]
		at, owners = at+n, owners+n*3/4
		p.Builders = append(p.Builders, b)
	}
	return p
}

// Join returns a Builder that holds the records of all parts in their order.
// The parts must not be used after that.
func (p *Parts) Join() *Builder {
	b := NewBuilder(0)
	b.z.seed = p.Builders[0].z.seed
	// Within the shared arrays no record moves up, so that none is overwritten
	// before its turn; unless a part had more than its room.
	b.z.recs, b.z.nodes = p.recs[:0], p.nodes[:0]
	recs, nodes := 0, 0
	for i, o := range p.Builders {
		if len(o.z.recs) > p.records[i] {
			b.z.recs = nil
		}
		if len(o.z.nodes) > p.records[i]*3/4 {
			b.z.nodes = nil
		}
		recs, nodes = recs+len(o.z.recs), nodes+len(o.z.nodes)
	}
	b.z.recs, b.z.nodes = slices.Grow(b.z.recs, recs), slices.Grow(b.z.nodes, nodes)
	for _, o := range p.Builders {
		b.join(o)
	}
	return b
}

// join adds all records of another Builder behind those of b.
func (b *Builder) join(o *Builder) {
	chunks, recs, nodes := uint32(len(b.z.data.chunks))<<chunkBits, uint32(len(b.z.recs)), uint32(len(b.z.nodes))
	b.z.data.chunks = append(b.z.data.chunks, o.z.data.chunks...)
	b.z.recs = append(b.z.recs, o.z.recs...)
	b.z.nodes = append(b.z.nodes, o.z.nodes...)
	for _, t := range o.types {
		b.count(t.typ, t.count)
	}
	if recs == 0 && nodes == 0 && chunks == 0 {
		return
	}
	shift := func(i uint32) uint32 {
		if i == none {
			return none
		}
		return i + recs
	}
	for i := range b.z.recs[recs:] {
		r := &b.z.recs[recs:][i]
		r.data += chunks
		r.node += nodes
		r.next = shift(r.next)
	}
	for i := range b.z.nodes[nodes:] {
		n := &b.z.nodes[nodes:][i]
		n.name += chunks
		n.first, n.last = shift(n.first), shift(n.last)
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

// fewTypes is up to how many types a list is searched from its start. A zone
// that is made to cost much may have tens of thousands.
const fewTypes = 32

func (b *Builder) count(t Type, n uint32) {
	for i := range b.types[:min(len(b.types), fewTypes)] {
		if b.types[i].typ == t {
			b.types[i].count += n
			return
		}
	}
	if i, ok := b.typeAt[t]; ok {
		b.types[i].count += n
		return
	}
	if len(b.types) >= fewTypes {
		if b.typeAt == nil {
			b.typeAt = map[Type]int{}
		}
		b.typeAt[t] = len(b.types)
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
		if i >= fewTypes {
			if z.typeAt == nil {
				z.typeAt = make(map[Type]int, len(counts))
			}
			z.typeAt[c.typ] = i
		}
		at += c.count
	}
	z.listing = make([]uint32, len(z.recs))
	for i := range z.recs {
		l := z.listOf(z.recs[i].typ)
		z.listing[l.end] = uint32(i)
		l.end++
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
