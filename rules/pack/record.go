package pack

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// verdict is what is wrong with one of pack.Records in the zone.
type verdict struct {
	Record // of the pack
	kind   verdictKind
	owner  zone.Name
	// have are the records in the way: the CNAME that points elsewhere, the
	// other data of the name.
	have []zone.Record
}

type verdictKind uint8

const (
	// fine: the record is there, or something as good, or another rule has a
	// finding about the mistake that hides it, or nothing can be known.
	fine verdictKind = iota
	missing
	wrong
	conflict
)

func (c *check) judgeRecords() {
	for i, r := range c.pack.Records {
		owner := zone.Name(c.pack.owners[i]) + c.z.Apex
		if len(owner) > zone.MaxName || c.holds(owner, r) {
			continue
		}
		if v := c.judge(r, owner); v.kind != fine {
			c.verdicts = append(c.verdicts, v)
		}
	}
}

// holds reports whether the record stands in the zone as the pack has it, which
// is what most zones do.
func (c *check) holds(owner zone.Name, r Record) bool {
	n, ok := c.z.Node(owner)
	if !ok || !n.Has(r.Type) {
		return false
	}
	for have := range n.Records() {
		if have.Type == r.Type && have.Target() == r.Target {
			return true
		}
	}
	return false
}

func (c *check) judge(r Record, owner zone.Name) verdict {
	v := verdict{Record: r, owner: owner}
	a := c.z.Lookup(owner, r.Type)
	if a.Status == zone.Found {
		for _, have := range a.Records() {
			if c.leadsTo(have.Target(), func(n zone.Name) bool { return n == r.Target }) {
				return v
			}
		}
		if a.Wildcard == "" {
			v.kind, v.have = wrong, a.Records()
			return v
		}
		// A wildcard answers with something else; the name itself is free.
		v.kind = missing
		return v
	}
	if !a.Status.Absent() || c.z.RRset(doubled(owner, c.z.Apex), r.Type) != nil {
		return v
	}
	v.kind = missing
	if n, ok := c.z.Node(owner); ok {
		for have := range n.Records() {
			if !besideCNAME(have.Type) {
				v.kind, v.have = conflict, append(v.have, have)
			}
		}
	}
	return v
}

// besideCNAME reports whether a type may stand beside a CNAME record (RFC 4034,
// sections 3 and 4).
func besideCNAME(t zone.Type) bool { return t == zone.TypeRRSIG || t == zone.TypeNSEC }

// each calls found for the verdicts of a kind.
func (c *check) each(kind verdictKind, found func(verdict)) {
	for _, v := range c.verdicts {
		if v.kind == kind {
			found(v)
		}
	}
}

func (c *check) newRecord(v verdict) zone.Record {
	return zone.NewName(v.owner, v.Type, newTTL(c.z, v.owner, v.Type), v.Target)
}

func recordMissing(p *rules.Pass, c *check) {
	c.each(missing, func(v verdict) {
		level := v.Level.absent()
		if level == 0 {
			return
		}
		f := p.AtApex(v.Type, fmt.Sprintf("%s, which %s asks for, is missing, so mail programs set up with %s find no server. Add it.",
			v.Record, c.pack.ID, v.owner)).As(level)
		f.Name = v.owner
		c.report(p, c.putRecord(f, rules.Safe, v))
	})
}

func recordWrong(p *rules.Pass, c *check) {
	c.each(wrong, func(v verdict) {
		f := rules.At(v.have[0], zone.Field(0), fmt.Sprintf("%s wants %s to be an alias of %s, but it is an alias of %s, so mail programs that use it reach another server. Change the target.",
			c.pack.ID, v.owner, v.Target, v.have[0].Target())).As(v.Level.wrong())
		c.report(p, f.WithFix(rules.Unsafe, fmt.Sprintf("point %s at %s", v.owner, v.Target),
			zone.Change{Name: v.owner, Type: v.Type, Before: v.have, After: []zone.Record{c.newRecord(v)}}))
	})
}

func recordConflict(p *rules.Pass, c *check) {
	c.each(conflict, func(v verdict) {
		f := rules.At(v.have[0], zone.Part{Kind: zone.PartRData}, fmt.Sprintf("%s wants %s to be an alias of %s, but it holds %s, so mail programs that use it reach another server. Replace that by the CNAME record.",
			c.pack.ID, v.owner, v.Target, recordList(v.have))).As(v.Level.wrong())
		c.report(p, c.putRecord(f, rules.Unsafe, v))
	})
}

// putRecord puts the pack's record in the place of what is in its way.
func (c *check) putRecord(f rules.Finding, s rules.Safety, v verdict) rules.Finding {
	if at, ok := c.pointer(v.owner); ok {
		return f.WithFix(rules.Manual, fmt.Sprintf("first let the %s record of %s point elsewhere than at %s, which is to be an alias", at.Type, at.Name, v.owner))
	}
	var cs zone.ChangeSet
	for _, have := range v.have {
		i := slices.IndexFunc(cs, func(gone zone.Change) bool { return gone.Type == have.Type })
		if i < 0 {
			cs = append(cs, zone.Remove(have))
			continue
		}
		cs[i].Before = append(cs[i].Before, have)
	}
	what := "add " + v.Record.String()
	if len(cs) > 0 {
		what = fmt.Sprintf("replace %s of %s by CNAME %s", recordList(v.have), v.Name, v.Target)
	}
	return f.WithFix(s, what, append(cs, zone.Add(c.newRecord(v)))...)
}
