package zone

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"sync"
	"unsafe"
)

// Zone is the records of a zone in the order of their source, indexed by owner
// and by type. It is made by a Builder and does not change after that, so any
// number of goroutines may read it.
//
// A zone may hold a million records, so they are kept in a form without
// pointers and handed out as Record values; names and RDATA are not copied.
type Zone struct {
	// Apex is the owner of the SOA record, or the origin if there is none.
	Apex Name
	// Class is the class of the zone.
	Class Class
	// Complete says that the source is the whole zone, so that what it does not
	// hold is absent. It is false where a part could not be read.
	Complete bool
	// Problems are what the reader could not take, in the order of the source.
	Problems []Problem
	// Source is what the zone was read from; nil if from nowhere. Start is where
	// it begins there, for what can be said of no record.
	Source Source
	Start  Span

	data    arena
	recs    []rec
	nodes   []node
	slots   []uint32 // hash table of node index + 1
	seed    maphash.Seed
	byType  []typeList
	typeAt  map[Type]int // index in byType of those behind the first few
	listing []uint32     // record indexes, grouped as byType says
	owners  int          // number of nodes that have records
	cuts    int          // number of delegations below the apex
	wild    int          // number of wildcard owners
	ents    map[Name]struct{}

	unreadOnce sync.Once
	unread     map[Key]struct{} // of entries that were lost
}

// rec is one record without pointers.
type rec struct {
	data   uint32 // in the arena
	ttl    uint32
	node   uint32
	next   uint32 // next record of the node, none at the end
	offset uint32
	length uint16
	typ    Type
	class  Class
	file   uint16
	notes  Notes
}

type node struct {
	name  uint32 // in the arena
	first uint32
	last  uint32
	types typeSet
	hash  uint32
	nlen  uint8
	multi bool // some RRset has more than one record
}

type typeList struct {
	typ        Type
	start, end uint32
}

const none = ^uint32(0)

// typeSet is a set of types, exact for those that have a bit of their own.
type typeSet uint16

const otherBit typeSet = 1 << 15

func bitOf(t Type) typeSet {
	switch t {
	case TypeA:
		return 1 << 0
	case TypeAAAA:
		return 1 << 1
	case TypeNS:
		return 1 << 2
	case TypeCNAME:
		return 1 << 3
	case TypeSOA:
		return 1 << 4
	case TypeMX:
		return 1 << 5
	case TypeTXT:
		return 1 << 6
	case TypeSRV:
		return 1 << 7
	case TypePTR:
		return 1 << 8
	case TypeDNAME:
		return 1 << 9
	case TypeDS:
		return 1 << 10
	case TypeRRSIG:
		return 1 << 11
	case TypeNSEC:
		return 1 << 12
	case TypeCAA:
		return 1 << 13
	case TypeSPF:
		return 1 << 14
	}
	return otherBit
}

// arena keeps byte strings that live as long as the zone, in chunks that never
// move, so that views of them stay good.
type arena struct {
	chunks [][]byte
	hint   int // size of the first chunk
}

const (
	chunkBits = 20
	chunkSize = 1 << chunkBits
)

// put copies b into the arena and returns where it is.
func put[T string | []byte](a *arena, b T) uint32 {
	last := len(a.chunks) - 1
	if last < 0 || cap(a.chunks[last])-len(a.chunks[last]) < len(b) {
		size := a.hint
		if last >= 0 {
			size = 2 * cap(a.chunks[last])
		}
		a.chunks = append(a.chunks, make([]byte, 0, max(min(size, chunkSize), len(b))))
		last++
	}
	at := len(a.chunks[last])
	a.chunks[last] = append(a.chunks[last], b...)
	return uint32(last)<<chunkBits | uint32(at)
}

// get returns the n octets at the place that put returned, without a copy:
// nothing writes to a chunk where it has been written before.
func (a *arena) get(at uint32, n int) string {
	if n == 0 {
		return ""
	}
	c := a.chunks[at>>chunkBits]
	return unsafe.String(&c[at&(chunkSize-1)], n)
}

// Len returns the number of records.
func (z *Zone) Len() int { return len(z.recs) }

// Records yields all records in the order of the source.
func (z *Zone) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for i := range z.recs {
			if !yield(z.record(uint32(i))) {
				return
			}
		}
	}
}

func (z *Zone) record(i uint32) Record {
	r := &z.recs[i]
	return Record{
		Name: z.nodeName(r.node), Type: r.typ, Class: r.class, TTL: r.ttl,
		Data: z.data.get(r.data, int(r.length)), Notes: r.notes, Loc: z.loc(r),
	}
}

func (z *Zone) loc(r *rec) Loc {
	if r.offset == none {
		return Loc{}
	}
	return Loc{Source: z.Source, File: r.file, Offset: r.offset}
}

func (z *Zone) nodeName(i uint32) Name {
	n := &z.nodes[i]
	return Name(z.data.get(n.name, int(n.nlen)))
}

// OfType yields the records of a type in the order of the source.
func (z *Zone) OfType(t Type) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, i := range z.indexesOf(t) {
			if !yield(z.record(i)) {
				return
			}
		}
	}
}

// OfTypeAt is OfType for the records whose owner passes a test. Where most fail
// it, that is faster than to look at whole records.
func (z *Zone) OfTypeAt(t Type, owner func(Name) bool) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, i := range z.indexesOf(t) {
			if owner(z.nodeName(z.recs[i].node)) && !yield(z.record(i)) {
				return
			}
		}
	}
}

func (z *Zone) indexesOf(t Type) []uint32 {
	if l := z.listOf(t); l != nil {
		return z.listing[l.start:l.end]
	}
	return nil
}

func (z *Zone) listOf(t Type) *typeList {
	for i := range z.byType[:min(len(z.byType), fewTypes)] {
		if z.byType[i].typ == t {
			return &z.byType[i]
		}
	}
	if i, ok := z.typeAt[t]; ok {
		return &z.byType[i]
	}
	return nil
}

// RRsetsOf yields the RRsets of a type in the order of the source.
func (z *Zone) RRsetsOf(t Type) iter.Seq[RRset] {
	return func(yield func(RRset) bool) {
		for n := range z.NodesOf(t) {
			if !yield(RRset{Name: n.Name(), Type: t, Records: n.RRset(t)}) {
				return
			}
		}
	}
}

// NodesOf yields the owners that have records of a type, in the order of the
// first of these. It is RRsetsOf for a caller that keeps no slice of records.
func (z *Zone) NodesOf(t Type) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		var seen []uint64 // bits by node; only nodes with a larger RRset come twice
		for _, i := range z.indexesOf(t) {
			n := z.recs[i].node
			if z.nodes[n].multi {
				if seen == nil {
					seen = make([]uint64, len(z.nodes)/64+1)
				}
				if seen[n/64]&(1<<(n%64)) != 0 {
					continue
				}
				seen[n/64] |= 1 << (n % 64)
			}
			if !yield(Node{z, n}) {
				return
			}
		}
	}
}

// RRset returns the records of a name and type in the order of the source; nil
// if there are none. It takes the name as it stands: no wildcard, no CNAME.
func (z *Zone) RRset(name Name, t Type) []Record {
	n, ok := z.Node(name)
	if !ok {
		return nil
	}
	return n.RRset(t)
}

// Node is an owner name of a zone that has records.
type Node struct {
	z *Zone
	i uint32
}

// Node returns the node of a name; ok is false if no record has this owner.
func (z *Zone) Node(name Name) (n Node, ok bool) {
	if len(z.slots) == 0 {
		return Node{}, false
	}
	h := uint32(maphash.String(z.seed, string(name)))
	mask := uint32(len(z.slots) - 1)
	for s := h & mask; z.slots[s] != 0; s = (s + 1) & mask {
		i := z.slots[s] - 1
		if z.nodes[i].hash == h && z.nodeName(i) == name {
			return Node{z, i}, true
		}
	}
	return Node{}, false
}

// Nodes yields the owners in the order of their first records.
func (z *Zone) Nodes() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for i := range z.nodes {
			if z.nodes[i].first != none && !yield(Node{z, uint32(i)}) {
				return
			}
		}
	}
}

// NumNodes returns the number of owners.
func (z *Zone) NumNodes() int { return z.owners }

// Name returns the owner.
func (n Node) Name() Name { return n.z.nodeName(n.i) }

// Has reports whether the node has records of the type.
func (n Node) Has(t Type) bool {
	b := bitOf(t)
	if n.z.nodes[n.i].types&b == 0 {
		return false
	}
	return b != otherBit || n.firstOf(t) != none
}

// HasOther reports whether the node has records of another type than those
// given.
func (n Node) HasOther(but ...Type) bool {
	var mask typeSet
	for _, t := range but {
		mask |= bitOf(t)
	}
	if mask&otherBit == 0 {
		return n.z.nodes[n.i].types&^mask != 0
	}
	for r := range n.Records() {
		other := true
		for _, t := range but {
			other = other && r.Type != t
		}
		if other {
			return true
		}
	}
	return false
}

// Multi reports whether some RRset of the node has more than one record.
func (n Node) Multi() bool { return n.z.nodes[n.i].multi }

// Types counts the types that the node has records of; types that the model
// does not know count as one.
func (n Node) Types() int { return bits.OnesCount16(uint16(n.z.nodes[n.i].types)) }

// Records yields the records of the node in the order of the source.
func (n Node) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for i := n.z.nodes[n.i].first; i != none; i = n.z.recs[i].next {
			if !yield(n.z.record(i)) {
				return
			}
		}
	}
}

// Of yields the records of the node of a type in the order of the source. It is
// RRset for a caller that keeps no slice of records.
func (n Node) Of(t Type) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for i := n.z.nodes[n.i].first; i != none; i = n.z.recs[i].next {
			if n.z.recs[i].typ == t && !yield(n.z.record(i)) {
				return
			}
		}
	}
}

// RRset returns the node's records of a type; nil if there are none.
func (n Node) RRset(t Type) []Record {
	if n.z.nodes[n.i].types&bitOf(t) == 0 {
		return nil
	}
	var out []Record
	for i := n.z.nodes[n.i].first; i != none; i = n.z.recs[i].next {
		if n.z.recs[i].typ == t {
			out = append(out, n.z.record(i))
		}
	}
	return out
}

func (n Node) firstOf(t Type) uint32 {
	for i := n.z.nodes[n.i].first; i != none; i = n.z.recs[i].next {
		if n.z.recs[i].typ == t {
			return i
		}
	}
	return none
}
