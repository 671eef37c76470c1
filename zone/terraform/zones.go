package terraform

import (
	"fmt"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
)

// target is a zone that is being read.
type target struct {
	apex     zone.Name
	source   *source
	builders []*zone.Builder // of the zone, and of further alternatives
	sets     map[zone.Key][]string
	problems []zone.Problem
	start    zone.Span
}

// target returns the zone with a key; it is made if it is new.
func (p *parser) target(h *host, kind string, apex zone.Name, start zone.Span) *target {
	if t := p.byKey[h.key]; t != nil && t.apex == apex {
		return t
	}
	t := &target{apex: apex, source: &source{jsontree.NewSource(p.doc), kind}, builders: []*zone.Builder{zone.NewBuilder(0)}, sets: map[zone.Key][]string{}, start: start}
	p.byKey[h.key] = t
	p.targets = append(p.targets, t)
	return t
}

// add adds a record. Those of one name and type that have different sets are
// alternatives, of which each goes into another zone.
func (t *target) add(r zone.Record, set string) {
	k := zone.Key{Name: r.Name, Type: r.Type}
	at := -1
	for i, s := range t.sets[k] {
		if s == set {
			at = i
		}
	}
	if at < 0 {
		at = len(t.sets[k])
		t.sets[k] = append(t.sets[k], set)
	}
	for len(t.builders) <= at {
		t.builders = append(t.builders, zone.NewBuilder(0))
	}
	t.builders[at].Add(r)
}

// zones finishes all zones.
func (p *parser) zones() []*zone.Zone {
	var out []*zone.Zone
	for _, t := range p.targets {
		for i, b := range t.builders {
			z := b.Zone(t.apex)
			z.Source, z.Start = t.source, t.start
			if i == 0 {
				z.Problems = t.problems
				z.Complete = p.options.Complete
			}
			for _, typ := range [...]zone.Type{zone.TypeSOA, zone.TypeNS} {
				if len(z.RRset(t.apex, typ)) == 0 {
					z.Problems = append(z.Problems, zone.Problem{
						Kind: zone.ProblemComputed, Name: t.apex, Type: typ, Lost: true,
						Message: fmt.Sprintf("the provider makes the %s records of the zone itself", typ),
					})
				}
			}
			out = append(out, z)
		}
	}
	return out
}
