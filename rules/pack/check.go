package pack

import (
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// check is one pack and one zone, with what the zone holds of what the pack
// asks for. All rules of the package look at it.
type check struct {
	z    *zone.Zone
	pack *plan
	// sure says that the host takes the zone's mail: the user says so, or an MX
	// record does.
	sure bool
	// all are the packs that apply to the zone, this one among them; forced says
	// that the user named them.
	all    []*Pack
	forced bool
	mx     mxSet
	spf    spfState
	// verdicts are what is wrong with pack.Records.
	verdicts []verdict
}

// plan is a pack with what checks of many zones need of it.
type plan struct {
	*Pack
	owners   []string // of Records, in wire format up to the apex
	includes []string // of SPF, as terms have them
}

func newPlan(p *Pack) *plan {
	k := &plan{Pack: p}
	for _, r := range p.Records {
		name, _ := zone.ParseName(r.Name, zone.Root) // validated
		k.owners = append(k.owners, string(name[:len(name)-1]))
	}
	if p.SPF != nil {
		for _, n := range p.SPF.Include {
			k.includes = append(k.includes, domain(n))
		}
	}
	return k
}

// subject yields a check for each pack that applies to the zone.
func subject(s Selector) *rules.Subject[*check] {
	forced := once(s.Forced)
	plans := map[*Pack]*plan{}
	for _, p := range slices.Concat(forced, s.All) {
		plans[p] = newPlan(p)
	}
	return &rules.Subject[*check]{Each: func(p *rules.Pass, visit func(*check)) {
		if p.Zone.Class != zone.ClassIN {
			return // mail knows no other class (RFC 5321, section 5.1)
		}
		for _, k := range forced {
			c := &check{z: p.Zone, pack: plans[k], sure: true, forced: true, all: forced}
			c.read()
			visit(c)
		}
		if len(forced) > 0 {
			return
		}
		seen := s.sight(p.Zone)
		if len(seen) == 0 {
			return
		}
		all := make([]*Pack, len(seen))
		for i, g := range seen {
			all[i] = g.pack
		}
		for _, g := range seen {
			c := &check{z: p.Zone, pack: plans[g.pack], sure: g.by == ByMX, all: all}
			c.read()
			visit(c)
		}
	}}
}

// once returns the packs without those whose id stands before: a pack may be
// named twice.
func once(packs []*Pack) []*Pack {
	var out []*Pack
	for _, p := range packs {
		if !slices.ContainsFunc(out, func(o *Pack) bool { return o.ID == p.ID }) {
			out = append(out, p)
		}
	}
	return out
}

func (c *check) read() {
	c.readMX()
	c.readSPF()
	c.judgeRecords()
}

// report gives a finding its pack. The facts of a pack that its host does not
// confirm are no ground for an error.
func (c *check) report(p *rules.Pass, f rules.Finding) {
	f.Pack = c.pack.ID
	if f.Severity == rules.Error && !c.pack.Confidence.Confirmed() {
		f.Severity = rules.Warning
	}
	p.Report(f)
}

// absent returns how bad it is that a record of this level is missing; 0 if it
// need not be there.
func (l Level) absent() rules.Severity {
	switch l {
	case Required:
		return rules.Warning
	case Recommended:
		return rules.Info
	}
	return 0
}

// wrong returns how bad it is that a record of this level says something else.
func (l Level) wrong() rules.Severity { return max(l.absent(), rules.Info) }

// serves reports whether a name is one of the host's mail servers.
func (p *Pack) serves(exchange zone.Name) bool {
	return within(exchange, p.Detect.MX) || p.MX != nil && p.MX.index(exchange) >= 0
}

// maxChain bounds how many CNAME records are followed in one zone.
const maxChain = 16

// leadsTo reports whether a target is one of the wanted names, or the zone's
// own CNAME records lead from it to one. A wanted name whose final dot was
// forgotten counts: that mistake has a finding of its own.
func (c *check) leadsTo(target zone.Name, wanted func(zone.Name) bool) bool {
	for range maxChain {
		if wanted(target) {
			return true
		}
		for meant := range undotted(target, c.z) {
			if wanted(meant) {
				return true
			}
		}
		if !target.Below(c.z.Apex) {
			return false
		}
		next := c.z.Lookup(target, zone.TypeCNAME)
		if next.Status != zone.Found {
			return false
		}
		target = next.Records()[0].Target()
	}
	return false
}

// pointer returns a record of the zone that must not point at an alias but
// points at name (RFC 2181, section 10.3; RFC 2782).
func (c *check) pointer(name zone.Name) (zone.Record, bool) {
	for _, t := range []zone.Type{zone.TypeMX, zone.TypeNS, zone.TypeSRV} {
		for r := range c.z.OfType(t) {
			if r.Target() == name {
				return r, true
			}
		}
	}
	return zone.Record{}, false
}
