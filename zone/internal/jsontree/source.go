package jsontree

import (
	"strings"
	"sync"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/rdata"
)

// Notation says how the text of a TXT record stands in its string.
type Notation uint8

// The notations.
const (
	Plain  Notation = iota // as it is
	Quoted                 // in presentation format: quoted strings, or words
	Inside                 // the inside of a quoted string, in which "" begins another
)

// Place is where a record stands. Ranges that are zero are not written.
type Place struct {
	Whole            Range
	Owner, TTL, Type Range
	// Fields are where the fields of the RDATA stand. Where one string holds
	// them all, it is the only one.
	Fields   [4]Range
	Notation Notation
	Address  string // see zone.Span
	Comment  string // what a comment on the record says
}

// Source is a Doc as the source of a zone. Records are added before it is used.
type Source struct {
	*Doc
	places []Place

	once   sync.Once
	marked []int // places that have a comment
}

// NewSource makes a Source of a Doc.
func NewSource(d *Doc) *Source { return &Source{Doc: d} }

// Add takes the place of a record and returns the Loc for it.
func (s *Source) Add(p Place) zone.Loc {
	s.places = append(s.places, p)
	return zone.Loc{Source: s, Offset: uint32(len(s.places) - 1)}
}

// Place returns the place of a record.
func (s *Source) Place(loc zone.Loc) Place { return s.places[loc.Offset] }

// Len returns the number of places.
func (s *Source) Len() int { return len(s.places) }

// Span implements zone.Source.
func (s *Source) Span(loc zone.Loc, part zone.Part) zone.Span {
	p := &s.places[loc.Offset]
	span := s.Doc.Span(s.find(p, part))
	span.Address = p.Address
	return span
}

func (s *Source) find(p *Place, part zone.Part) Range {
	r := Range{}
	first := p.Fields[0]
	one := p.Fields[1] == Range{}
	switch part.Kind {
	case zone.PartOwner:
		r = p.Owner
	case zone.PartTTL:
		r = p.TTL
	case zone.PartType:
		r = p.Type
	case zone.PartRData:
		r = first
		for _, f := range p.Fields {
			if f != (Range{}) {
				r = Range{min(r.Start, f.Start), max(r.End, f.End)}
			}
		}
	case zone.PartField:
		switch {
		case one:
			r = s.word(first, part.Index)
		case part.Index < len(p.Fields):
			r = p.Fields[part.Index]
		}
	case zone.PartText:
		r = s.text(p, part.From, part.To)
	case zone.PartValue:
		r = first
		if !one {
			r = s.Octets(p.Fields[2], part.From, part.To)
		}
	}
	if r == (Range{}) {
		return p.Whole
	}
	return r
}

// decoded returns what the inside of a string stands for.
func (s *Source) decoded(r Range) string { return string(appendDecoded(nil, s.src[r.Start:r.End])) }

// word returns the n-th word of a string that holds several fields; the whole
// string if it holds one.
func (s *Source) word(r Range, n int) Range {
	text := s.decoded(r)
	at := 0
	for ; ; n-- {
		for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
			at++
		}
		end := at
		for end < len(text) && text[end] != ' ' && text[end] != '\t' {
			end++
		}
		if at == end {
			return r
		}
		if n == 0 {
			return s.Octets(r, at, end)
		}
		at = end
	}
}

// text returns where octets of the joined text stand.
func (s *Source) text(p *Place, from, to int) Range {
	r := p.Fields[0]
	if r == (Range{}) {
		return r
	}
	if p.Notation == Plain {
		return s.Octets(r, from, to)
	}
	text, shift := s.decoded(r), 0
	if p.Notation == Inside {
		text, shift = `"`+text+`"`, 1
	}
	words, err := rdata.Strings(text)
	if err != nil {
		return r
	}
	start, end := rdata.Where(words, from, to)
	return s.Octets(r, start-shift, end-shift)
}

// Comment implements zone.Source.
func (s *Source) Comment(loc zone.Loc) string { return s.places[loc.Offset].Comment }

// Comments implements zone.Source.
func (s *Source) Comments(containing string) []zone.Comment {
	s.once.Do(func() {
		for i := range s.places {
			if s.places[i].Comment != "" {
				s.marked = append(s.marked, i)
			}
		}
	})
	var out []zone.Comment
	for _, i := range s.marked {
		if p := &s.places[i]; strings.Contains(p.Comment, containing) {
			span := s.Doc.Span(p.Whole)
			span.Address = p.Address
			out = append(out, zone.Comment{Span: span, Text: p.Comment, First: span.Start.Line, Last: span.End.Line})
		}
	}
	return out
}

// Text implements zone.Source.
func (s *Source) Text(file string) []byte {
	if file == s.name {
		return s.src
	}
	return nil
}
