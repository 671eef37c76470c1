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
	builders []*zone.Builder             // of the zone, and of further alternatives
	sets     map[zone.Key]map[string]int // builders by sets
	problems []zone.Problem
	start    zone.Span
}

// target returns the zone with a key; it is made if it is new.
func (p *parser) target(h *host, kind string, apex zone.Name, start zone.Span) *target {
	if t := p.byKey[h.key]; t != nil && t.apex == apex {
		return t
	}
	t := &target{apex: apex, source: &source{jsontree.NewSource(p.doc), kind, p.veil}, builders: []*zone.Builder{zone.NewBuilder(0)}, sets: map[zone.Key]map[string]int{}, start: start}
	p.byKey[h.key] = t
	p.targets = append(p.targets, t)
	return t
}

// maxSets is how many alternatives the records of a name and type may have:
// each makes a zone.
const maxSets = 1000

// add adds a record. Those of one name and type that have different sets are
// alternatives, of which each goes into another zone. It reports whether there
// are not too many of them.
func (t *target) add(r zone.Record, set string) bool {
	k := zone.Key{Name: r.Name, Type: r.Type}
	if t.sets[k] == nil {
		t.sets[k] = map[string]int{}
	}
	at, ok := t.sets[k][set]
	if !ok {
		if at = len(t.sets[k]); at == maxSets {
			return false
		}
		t.sets[k][set] = at
	}
	for len(t.builders) <= at {
		t.builders = append(t.builders, zone.NewBuilder(0))
	}
	t.builders[at].Add(r)
	return true
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
