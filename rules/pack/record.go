package pack

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// verdict is what the zone says about one of pack.Records.
type verdict struct {
	kind verdictKind
	name zone.Name
	// records are those in the way: the CNAME that points elsewhere, the other
	// data of the name.
	records []zone.Record
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
	c.records = make([]verdict, len(c.pack.Records))
	for i, r := range c.pack.Records {
		c.records[i] = c.judge(r)
	}
}

func (c *check) judge(r Record) verdict {
	name, err := c.z.Apex.Child(r.Name)
	if err != nil {
		return verdict{} // no room for it below so long an apex
	}
	v := verdict{name: name}
	a := c.z.Lookup(name, r.Type)
	if a.Status == zone.Found {
		for _, have := range a.Records {
			if c.leadsTo(have.Target(), func(n zone.Name) bool { return n == r.Target }) {
				return v
			}
		}
		if a.Wildcard == "" {
			v.kind, v.records = wrong, a.Records
			return v
		}
		// A wildcard answers with something else; the name itself is free.
		v.kind = missing
		return v
	}
	if !a.Status.Absent() || c.z.RRset(doubled(name, c.z.Apex), r.Type) != nil {
		return v
	}
	v.kind = missing
	if n, ok := c.z.Node(name); ok {
		for have := range n.Records() {
			if !besideCNAME(have.Type) {
				v.kind, v.records = conflict, append(v.records, have)
			}
		}
	}
	return v
}

// besideCNAME reports whether a type may stand beside a CNAME record (RFC 4034,
// sections 3 and 4).
func besideCNAME(t zone.Type) bool { return t == zone.TypeRRSIG || t == zone.TypeNSEC }

// eachRecord calls found for the records of the pack with a verdict.
func (c *check) eachRecord(kind verdictKind, found func(Record, verdict)) {
	for i, v := range c.records {
		if v.kind == kind {
			found(c.pack.Records[i], v)
		}
	}
}

func (c *check) newRecord(r Record, name zone.Name) zone.Record {
	return zone.NewName(name, r.Type, newTTL(c.z, name, r.Type), r.Target)
}

func recordMissing(p *rules.Pass, c *check) {
	c.eachRecord(missing, func(r Record, v verdict) {
		level := r.Level.absent()
		if level == 0 {
			return
		}
		f := p.AtApex(r.Type, fmt.Sprintf("%s, which %s asks for, is missing, so mail programs set up with %s find no server. Add it.",
			r, c.pack.ID, v.name)).As(level)
		f.Name = v.name
		c.report(p, c.fixRecord(f, rules.Safe, r, v))
	})
}

func recordWrong(p *rules.Pass, c *check) {
	c.eachRecord(wrong, func(r Record, v verdict) {
		have := v.records[0]
		f := rules.At(have, zone.Field(0), fmt.Sprintf("%s wants %s to be an alias of %s, but it is one of %s, so mail programs that use it reach another server. Change the target.",
			c.pack.ID, v.name, r.Target, have.Target())).As(r.Level.wrong())
		c.report(p, f.WithFix(rules.Unsafe, fmt.Sprintf("point %s at %s", v.name, r.Target),
			zone.Change{Name: v.name, Type: r.Type, Before: v.records, After: []zone.Record{c.newRecord(r, v.name)}}))
	})
}

func recordConflict(p *rules.Pass, c *check) {
	c.eachRecord(conflict, func(r Record, v verdict) {
		have := v.records[0]
		f := rules.At(have, zone.Part{Kind: zone.PartRData}, fmt.Sprintf("%s wants %s to be an alias of %s, but it holds %s, so mail programs that use it reach another server. Put the CNAME record in the place of all that.",
			c.pack.ID, v.name, r.Target, recordList(v.records))).As(r.Level.wrong())
		c.report(p, c.fixRecord(f, rules.Unsafe, r, v))
	})
}

// fixRecord puts the pack's record in the place of what is in its way.
func (c *check) fixRecord(f rules.Finding, s rules.Safety, r Record, v verdict) rules.Finding {
	if at, ok := c.pointer(v.name); ok {
		return f.WithFix(rules.Manual, fmt.Sprintf("first let the %s record of %s point elsewhere than at %s, which is to be an alias", at.Type, at.Name, v.name))
	}
	var cs zone.ChangeSet
	for _, t := range typesOf(v.records) {
		gone := zone.Change{Name: v.name, Type: t}
		for _, have := range v.records {
			if have.Type == t {
				gone.Before = append(gone.Before, have)
			}
		}
		cs = append(cs, gone)
	}
	what := "add " + r.String()
	if len(cs) > 0 {
		what = fmt.Sprintf("replace %s of %s by CNAME %s", recordList(v.records), r.Name, r.Target)
	}
	return f.WithFix(s, what, append(cs, zone.Add(c.newRecord(r, v.name)))...)
}

// typesOf returns the types of records, each once, in their order.
func typesOf(rs []zone.Record) []zone.Type {
	var out []zone.Type
	seen := map[zone.Type]bool{}
	for _, r := range rs {
		if !seen[r.Type] {
			seen[r.Type] = true
			out = append(out, r.Type)
		}
	}
	return out
}
