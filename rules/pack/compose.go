package pack

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// unclear reports that a zone shows what several packs have in common.
func unclear(p *rules.Pass, c *composition) {
	for _, g := range c.unclear {
		ids := []string{g.pack.ID}
		for _, o := range g.unclear {
			ids = append(ids, o.ID)
		}
		f := rules.At(g.record, zone.Part{Kind: zone.PartRData}, fmt.Sprintf("%s is what %s have in common, so it is not clear what else the zone needs. Choose the pack with --pack.",
			g.why(), enumerate(ids)))
		p.Report(f)
	}
}

// owned is a record by which mail programs find a host's servers.
type owned struct {
	pack  *Pack
	owner string // in wire format up to the apex
	typ   zone.Type
}

// ownedTargets finds the packs that want records to point at a name.
func ownedTargets(packs []*Pack) map[zone.Name][]owned {
	out := map[zone.Name][]owned{}
	for _, p := range packs {
		if !p.Kind.takesMail() {
			continue
		}
		for i := range p.compiled.records {
			w := &p.compiled.records[i]
			if w.Purpose != "" && w.Purpose != ForClients && w.Purpose != ForDKIM {
				continue // who uses it does not follow from where mail goes
			}
			if w.Target == nil || w.owner == "" || w.Type != zone.TypeCNAME && w.Type != zone.TypeSRV || w.targets[0].name == "" || w.targets[0].name == zone.Root {
				continue
			}
			out[w.targets[0].name] = append(out[w.targets[0].name], owned{p, w.owner, w.Type})
		}
	}
	return out
}

// leftover finds records that lead to another mail host than the one that the
// MX records lead to.
func leftover(p *rules.Pass, c *composition) {
	i := slices.IndexFunc(c.checks, func(k *check) bool {
		return (k.by == ByMX || k.by == ByAddress || k.by == ByUser) && k.pack.Kind.takesMail() && k.pack.Kind != Gateway && k.behind == nil
	})
	if i < 0 || len(c.unclear) > 0 {
		return
	}
	host := c.checks[i]
	if !host.mx.present() {
		return // mail goes elsewhere
	}
	apex, ok := c.z.Node(c.z.Apex)
	if !ok {
		return
	}
	l := look{d: c.detector, z: c.z, apex: apex}
	for _, t := range []zone.Type{zone.TypeCNAME, zone.TypeSRV} {
		for r := range c.z.OfType(t) {
			o := c.ownerOf(&l, r)
			if o == nil || host.pack.wants(r.Target()) || host.replaces(r) {
				continue
			}
			f := rules.At(r, zone.Part{Kind: zone.PartRData}, fmt.Sprintf("%s %s leads to %s, but the mail of %s is at %s, so mail programs that use it reach a server without the mailboxes. Remove it.",
				r.Name, r.Type, o.ID, c.z.Apex, host.pack.ID))
			f.Pack = host.pack.ID
			p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("remove %s %s %s", r.Name.Relative(c.z.Apex), r.Type, r.RData()), zone.Remove(r)))
		}
	}
}

// replaces reports whether the pack wants something else in the place of a
// record, which is then another finding.
func (c *check) replaces(r zone.Record) bool {
	return slices.ContainsFunc(c.verdicts, func(v verdict) bool { return v.kind == wrong && v.owner == r.Name && v.Type == r.Type })
}

// ownerOf returns the pack that a record is left over of, nil if it is of none
// or of one that still serves the zone.
func (c *composition) ownerOf(l *look, r zone.Record) *Pack {
	var found *Pack
	for _, o := range c.detector.owned[r.Target()] {
		if o.typ != r.Type || zone.Name(o.owner)+c.z.Apex != r.Name {
			continue
		}
		if slices.ContainsFunc(c.checks, func(k *check) bool { return k.pack == o.pack }) {
			return nil
		}
		for _, in := range l.includes() {
			if anyMatches(o.pack.Detect.SPF, in.name) {
				return nil
			}
		}
		if found == nil {
			found = o.pack
		}
	}
	return found
}

// wants reports whether a pack has a record that points at a name.
func (p *Pack) wants(name zone.Name) bool {
	if anyMatches(p.Detect.Autoconfig, name) || anyMatches(p.Detect.Targets, name) {
		return true
	}
	for i := range p.compiled.records {
		for j := range p.compiled.records[i].targets {
			if p.compiled.records[i].targets[j].name == name {
				return true
			}
		}
	}
	return false
}

// mxConsumer finds MX records that name the servers of a host which takes mail
// for its own domains alone.
func mxConsumer(d *Detector) func(*rules.Pass, *zone.Zone) {
	return func(p *rules.Pass, z *zone.Zone) {
		apex, ok := z.Node(z.Apex)
		if !ok || !apex.Has(zone.TypeMX) || z.Class != zone.ClassIN {
			return
		}
		for r := range apex.Records() {
			if r.Type != zone.TypeMX {
				continue
			}
			for o := range d.mx.of(r.Target()) {
				if o.Kind != Settings {
					continue
				}
				f := rules.At(r, zone.Field(1), fmt.Sprintf("%s takes mail for the addresses of %s alone, not for domains of customers: it refuses mail for %s. Name the servers of the host that has the mailboxes.",
					r.Target(), o.Name, z.Apex))
				f.Pack = o.ID
				p.Report(f.WithFix(rules.Manual, "name the MX records of the domain's own mail host (zonelint packs lists hosts)"))
				break
			}
		}
	}
}
