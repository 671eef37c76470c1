package rules

import (
	"iter"

	"github.com/zonelint/zonelint/zone"
)

// Subject is a kind of thing that rules look at: the zone, each owner, each
// SPF record. Each finds them in a zone and hands them out one by one; all
// rules on the same Subject share one pass over it, so that a record is parsed
// once however many rules look at it. A Subject is told apart by its address.
type Subject[T any] struct {
	Each func(p *Pass, visit func(T))
	// New stands in place of Each and makes one that keeps its room, such as
	// what it hands out, from zone to zone: in small zones making that anew costs
	// more than the work. What it makes is called by one goroutine at a time.
	New func() func(p *Pass, visit func(T))
}

// Runner is the code of a rule; On makes one.
type Runner interface {
	subject() any
	bind(group []*Rule) func(*Pass) func()
}

// On binds a check to the subject that it is called for.
func On[T any](s *Subject[T], check func(p *Pass, t T)) Runner {
	return on[T]{s, check}
}

type on[T any] struct {
	s     *Subject[T]
	check func(*Pass, T)
}

func (o on[T]) subject() any { return o.s }

// bind returns what makes for a Pass the function that visits the subject once
// for all rules of the group, which have it.
func (o on[T]) bind(group []*Rule) func(*Pass) func() {
	checks := make([]func(*Pass, T), len(group))
	for i, r := range group {
		checks[i] = r.Run.(on[T]).check
	}
	return func(p *Pass) func() {
		each := o.s.Each
		if o.s.New != nil {
			each = o.s.New()
		}
		visit := func(t T) {
			for i, check := range checks {
				p.rule = group[i]
				check(p, t)
			}
		}
		return func() { each(p, visit) }
	}
}

// Zones is the zone itself, once.
var Zones = &Subject[*zone.Zone]{Each: func(p *Pass, visit func(*zone.Zone)) { visit(p.Zone) }}

// Nodes is every owner that has records.
var Nodes = &Subject[zone.Node]{Each: func(p *Pass, visit func(zone.Node)) {
	for n := range p.Zone.Nodes() {
		visit(n)
	}
}}

// Records is the subject of every record of the given types. Bind it to a
// variable, so that rules can share it.
func Records(types ...zone.Type) *Subject[zone.Record] {
	return &Subject[zone.Record]{Each: func(p *Pass, visit func(zone.Record)) {
		for _, t := range types {
			for r := range p.Zone.OfType(t) {
				visit(r)
			}
		}
	}}
}

// RRsets is the subject of every RRset of the given types. Bind it to a
// variable, so that rules can share it.
func RRsets(types ...zone.Type) *Subject[zone.RRset] {
	return &Subject[zone.RRset]{Each: func(p *Pass, visit func(zone.RRset)) {
		for _, t := range types {
			for s := range p.Zone.RRsetsOf(t) {
				visit(s)
			}
		}
	}}
}

// Owners yields the owners of which some record of the type passes a test, each
// once, in the order of the source. What lies below a delegation is left out,
// since the zone does not answer for it.
func Owners(z *zone.Zone, t zone.Type, want func(zone.Record) bool) iter.Seq[zone.Node] {
	return func(yield func(zone.Node) bool) {
		var seen map[zone.Name]bool
		for r := range z.OfType(t) {
			if !want(r) {
				continue
			}
			n, _ := z.Node(r.Name)
			if n.Multi() {
				if seen[r.Name] {
					continue
				}
				if seen == nil {
					seen = map[zone.Name]bool{}
				}
				seen[r.Name] = true
			}
			if z.Cut(r.Name) == "" && !yield(n) {
				return
			}
		}
	}
}
