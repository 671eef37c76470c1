package octodns

import (
	"bytes"
	"strings"
	"sync"

	"github.com/zonelint/zonelint/zone"
)

// source is the files that a zone was read from. It is the zone.Source of the
// zone; the Offset of a Loc is the index of a place.
type source struct {
	files   []*file
	named   int // how many of them are the zone's own rather than included
	origin  zone.Name
	opts    Options
	entries []entry
	index   map[zone.Key][]int // of entries
	places  []place

	ownersOnce sync.Once
	owners     map[zone.Name]*ownerPlace
}

// Text implements zone.Source.
func (s *source) Text(name string) []byte {
	for _, f := range s.files {
		if f.name == name {
			return f.src
		}
	}
	return nil
}

// Span implements zone.Source.
func (s *source) Span(loc zone.Loc, part zone.Part) zone.Span {
	if int(loc.Offset) >= len(s.places) {
		return zone.Span{}
	}
	p := s.places[loc.Offset]
	e := &s.entries[p.entry]
	of := func(n *node) zone.Span {
		f := s.files[n.file]
		return f.span(f.content(n), f.end(n))
	}
	switch part.Kind {
	case zone.PartOwner:
		return of(e.owner)
	case zone.PartTTL:
		if e.ttlNode != nil {
			return of(e.ttlNode)
		}
	case zone.PartType:
		return of(e.typeNode)
	case zone.PartField:
		if n := s.field(e, p.value, part.Index); n != nil {
			return of(n)
		}
	case zone.PartText:
		return s.within(p.value, part.From, part.To, e.provider.Semicolons, true)
	case zone.PartValue:
		if n := s.field(e, p.value, 2); n != nil && e.typ == zone.TypeCAA {
			return s.within(n, part.From, part.To, 0, false)
		}
	case zone.PartComment:
		if c, ok := s.comment(loc); ok {
			return c.Span
		}
	}
	return of(p.value)
}

// field returns the node of an RDATA field; nil if it has none.
func (s *source) field(e *entry, v *node, index int) *node {
	if v.kind == scalar {
		return v
	}
	fields := fieldsOf[e.typ]
	if v.kind != mapping || index >= len(fields) {
		return nil
	}
	for _, key := range fields[index].keys {
		for i := len(v.kids) - 2; i >= 0; i -= 2 {
			if k := v.kids[i]; k.kind == scalar && k.value == key {
				n := v.kids[i+1]
				for n.kind == alias && n.target != nil {
					n = n.target
				}
				return n
			}
		}
	}
	return nil
}

// within is the place of the octets from to to of the text that a scalar says.
func (s *source) within(n *node, from, to int, way Semicolons, text bool) zone.Span {
	f := s.files[n.file]
	l := f.layout(n)
	if l.at == nil || n.kind != scalar {
		return f.span(l.start, l.end)
	}
	d := decoded{text: n.value}
	if text {
		d = trace(n.value, way)
	}
	place := func(i int) int {
		if d.at != nil {
			i = int(d.at[i])
		}
		return int(l.at[i])
	}
	if from < 0 || to > len(d.text) || from > to {
		return f.span(l.start, l.end)
	}
	start := place(from)
	if from == to {
		return f.span(start, start)
	}
	// To the end of the last octet, not to the start of what follows it: between
	// them may be what stands for nothing.
	end := place(to)
	if last := place(to - 1); last < end {
		end = f.after(last, end)
	}
	return f.span(start, end)
}

// after returns where the character that is written at a place ends, at the
// latest at most.
func (f *file) after(at, most int) int {
	src := f.src[at:most]
	switch {
	case len(src) > 1 && src[0] == '\\', bytes.HasPrefix(src, []byte("''")):
		return most
	case strings.ContainsRune("\n\r \t", rune(src[0])):
		return most
	}
	for i := 1; i < len(src); i++ {
		if src[i] < 0x80 || src[i] >= 0xc0 {
			return at + i
		}
	}
	return most
}
