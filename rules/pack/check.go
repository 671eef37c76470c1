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
	pack *Pack
	by   Evidence
	// base is the domain that the pack's records are below: for a sender the name
	// that it was set up for, and else the apex, which read makes it.
	base zone.Name
	// sure says that the host serves the zone: the user says so, or an MX record
	// or the target of a CNAME record does.
	sure bool
	// all are the packs that apply to the zone, this one among them; forced says
	// that the user named them.
	all    []*Pack
	forced bool
	// behind is the gateway that takes the mail of this mailbox host, nil if
	// there is none.
	behind *Pack
	// scope is what is known of the variables.
	scope scope
	site  *site
	mx    mxSet
	spf   spfState
	// verdicts are what is wrong with pack.Records.
	verdicts []verdict
}

// site is what the checks of a zone have in common.
type site struct {
	spf *spfState // nil as long as no pack asks for it
}

// composition is a zone with all packs that apply to it.
type composition struct {
	z      *zone.Zone
	checks []*check
	// unclear are sightings that tell nothing for certain.
	unclear  []sighting
	detector *Detector
}

// subject yields the composition of a zone that any pack applies to.
func subject(s Selector) *rules.Subject[*composition] {
	forced := once(s.Forced)
	d := NewDetector(s)
	compose := func(z *zone.Zone) *composition {
		if z.Class != zone.ClassIN {
			return nil // mail knows no other class (RFC 5321, section 5.1)
		}
		c := &composition{z: z, detector: d}
		if len(forced) > 0 {
			for _, k := range forced {
				c.checks = append(c.checks, &check{z: z, pack: k, by: ByUser, sure: true, forced: true, all: forced})
			}
		} else {
			var all []*Pack
			for _, g := range d.sight(z) {
				if len(g.unclear) > 0 {
					c.unclear = append(c.unclear, g)
					continue
				}
				all = append(all, g.pack)
				sure := g.by == ByMX || g.by == ByAddress || g.by == ByTarget || g.by == ByName
				if base := g.base(z); base != "" {
					c.checks = append(c.checks, &check{z: z, pack: g.pack, base: base, by: g.by, sure: sure})
				}
			}
			for _, k := range c.checks {
				k.all = all
			}
		}
		if len(c.checks) == 0 && len(c.unclear) == 0 {
			return nil
		}
		site := new(site)
		for _, k := range c.checks {
			k.site = site
			k.read(s.Given)
		}
		return c
	}
	return &rules.Subject[*composition]{Each: func(p *rules.Pass, visit func(*composition)) {
		if c := compose(p.Zone); c != nil {
			visit(c)
		}
	}}
}

// perCheck makes a rule on each check one on the composition.
func perCheck(find func(*rules.Pass, *check)) func(*rules.Pass, *composition) {
	return func(p *rules.Pass, c *composition) {
		for _, k := range c.checks {
			find(p, k)
		}
	}
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

func (c *check) read(given Bindings) {
	if c.base == "" {
		c.base = c.z.Apex
	}
	if c.site == nil {
		c.site = new(site)
	}
	c.scope = c.pack.scopeOf(c.base, given)
	if c.pack.Kind != Gateway && c.pack.Kind != Sender {
		for _, o := range c.all {
			if o.Kind == Gateway {
				c.behind = o
			}
		}
	}
	c.readMX()
	c.readSPF()
	c.judgeRecords()
}

// report gives a finding its pack. The facts of a pack that its host does not
// confirm are no ground for an error, and the message says so.
func (c *check) report(p *rules.Pass, f rules.Finding) {
	f.Pack = c.pack.ID
	if !c.pack.Confidence.Confirmed() {
		f.Severity = min(f.Severity, rules.Warning)
		f.Message += provenance(c.pack)
	}
	p.Report(f)
}

// unconfirmed says that the facts of a pack are not its host's.
const unconfirmed = " (This comes from a set-up template or from zones of its customers, not from a page of the host.)"

// provenance says how far the facts of a pack are to be trusted that its host
// does not state itself.
func provenance(p *Pack) string {
	if p.Confidence == Memory {
		return " (No source confirms it.)"
	}
	return unconfirmed
}

// bind takes over what a record tells of the variables.
func (c *check) bind(b Bindings) { c.scope.bound = b }

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
	if anyMatches(p.Detect.MX, exchange) {
		return true
	}
	for _, set := range p.compiled.mx {
		for i := range set {
			if set[i].name == exchange {
				return true
			}
		}
	}
	return false
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
