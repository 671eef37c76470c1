package providers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Zone returns the records as a zone that rules can look at. Its records have
// places, the indexes of Items, so that a change says which of them it means;
// there is no file, so all spans are zero and a finding is told by name and
// type.
func (s *Snapshot) Zone() *zone.Zone {
	src := &source{comments: map[uint32]string{}}
	b := zone.NewBuilder(len(s.Items))
	for i, it := range s.Items {
		r := it.Record
		r.Loc = zone.Loc{Source: src, Offset: uint32(i)}
		b.Add(r)
		if it.Comment != "" {
			src.comments[r.Loc.Offset] = it.Comment
		}
	}
	z := b.Zone(s.Apex)
	z.Source, z.Complete = src, true
	for _, u := range s.Unread {
		kind := zone.ProblemSyntax
		if u.Computed {
			kind = zone.ProblemComputed
		}
		z.Problems = append(z.Problems, zone.Problem{
			Kind: kind, Name: u.Name, Type: u.Type, Lost: true,
			Message: fmt.Sprintf("a record at the provider cannot be read: %s", u.Reason),
		})
	}
	// A zone that is served has both; some providers keep them to themselves.
	for _, t := range [...]zone.Type{zone.TypeSOA, zone.TypeNS} {
		if len(z.RRset(s.Apex, t)) == 0 {
			z.Problems = append(z.Problems, zone.Problem{
				Kind: zone.ProblemComputed, Name: s.Apex, Type: t, Lost: true,
				Message: fmt.Sprintf("the provider does not tell the %s records of the zone itself", t),
			})
		}
	}
	return z
}

// source is a snapshot as a zone's source: it can tell its records apart and
// has nothing to point at.
type source struct {
	comments map[uint32]string // of records, by the indexes of their items
}

func (*source) Span(zone.Loc, zone.Part) zone.Span { return zone.Span{} }
func (s *source) Comment(loc zone.Loc) string      { return s.comments[loc.Offset] }

// Comments implements zone.Source.
func (s *source) Comments(containing string) []zone.Comment {
	var out []zone.Comment
	for _, i := range slices.Sorted(maps.Keys(s.comments)) {
		if strings.Contains(s.comments[i], containing) {
			out = append(out, zone.Comment{Text: s.comments[i]})
		}
	}
	return out
}

func (*source) Text(string) []byte { return nil }

// rrset returns the items of an RRset in the order of the provider.
func (s *Snapshot) rrset(k zone.Key) []Item {
	var out []Item
	for _, it := range s.Items {
		if it.Record.Name == k.Name && it.Record.Type == k.Type {
			out = append(out, it)
		}
	}
	return out
}

// unread returns why the RRset is not known wholly; "" if it is.
func (s *Snapshot) unread(k zone.Key) string {
	for _, u := range s.Unread {
		if (u.Name == "" || u.Name == k.Name) && (u.Type == 0 || u.Type == k.Type || u.Type == zone.TypeCNAME) {
			return u.Reason
		}
	}
	return ""
}
