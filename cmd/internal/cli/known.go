package cli

import (
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// earlier tells the findings that were there before from those that are new.
type earlier interface {
	// knows returns what tells of the findings of a zone whether each is known.
	// The findings are those of a target, zone by zone, in their order; a zone at
	// a provider has an empty target.
	knows(t target, z *zone.Zone) func(rules.Finding, rules.Fingerprint) bool
}

// findings checks a zone as its lane says, counts what it has, and returns what
// is new.
func (l *lint) findings(ln *lane, t target, z *zone.Zone, s *report.Summary) *report.Result {
	r := &report.Result{Zone: z, Findings: ln.engine.Run(z)}
	ln.tried(z)
	for _, e := range l.earlier {
		s.Known += r.Drop(e.knows(t, z))
	}
	s.Add(r)
	return r
}

// checked notes that the findings of a zone are in the output.
func (l *lint) checked(t target, apex string) {
	if l.baseline != nil {
		l.baseline.done(t, apex)
	}
}
