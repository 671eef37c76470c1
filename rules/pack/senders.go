package pack

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// baseOf returns the domain that a sender was set up for that the target of a
// CNAME record told: what remains of the name of such a record without the one
// that the pack gives it, as customers often let a sender send for a name below
// the apex. It is "" if the customer chose the names.
func (l *look) baseOf(p *Pack) zone.Name {
	for _, in := range l.includes() {
		if anyMatches(p.Detect.SPF, in.name) {
			return l.z.Apex
		}
	}
	var base zone.Name
	for r := range l.z.OfType(zone.TypeCNAME) {
		for i := range p.compiled.records {
			at, ok := p.compiled.records[i].baseOf(r)
			if ok && at == l.z.Apex {
				return at
			}
			if ok && base == "" && at.Below(l.z.Apex) {
				base = at
			}
		}
	}
	return base
}

// baseOf returns the domain that a CNAME record has a name below, if it is the
// record of a pack there.
func (w *wantRecord) baseOf(r zone.Record) (zone.Name, bool) {
	if w.Type != zone.TypeCNAME || !slices.ContainsFunc(w.targets, func(t target) bool {
		_, ok := t.is(r.Target(), nil)
		return ok
	}) {
		return "", false
	}
	base := r.Name
	for range 1 + strings.Count(w.Name.Text, ".") {
		if base == zone.Root {
			return "", false
		}
		base = base.Parent()
	}
	if base == zone.Root {
		return "", false
	}
	_, ok := w.named.match(strings.ToLower(r.Name.Relative(base)), nil)
	return base, ok
}

// sendsBy reports whether a pack asks for an include of a name.
func (p *Pack) sendsBy(name zone.Name) bool {
	for _, list := range p.compiled.spf {
		for i := range list {
			if list[i].name == name {
				return true
			}
		}
	}
	return false
}

// aliases reports whether a pack asks for an alias of a name below one that is
// no customer's.
func (p *Pack) aliases(name zone.Name) bool {
	for i := range p.compiled.records {
		w := &p.compiled.records[i]
		if w.Type == zone.TypeCNAME && slices.ContainsFunc(w.targets, func(t target) bool {
			_, ok := t.is(name, nil)
			return ok && strings.Count(t.value.parts[len(t.value.parts)-1].text, ".") >= 2
		}) {
			return true
		}
	}
	return false
}

// senders returns the packs of senders that SPF or the targets of CNAME records
// point at.
func (l *look) senders(seen []sighting) []sighting {
	var out []sighting
	add := func(p *Pack, g sighting) {
		if p.Kind != Sender || slices.ContainsFunc(seen, func(o sighting) bool { return o.pack == p }) {
			return
		}
		if i := slices.IndexFunc(out, func(o sighting) bool { return o.pack == p }); i < 0 {
			g.pack = p
			if g.by == ByTarget {
				g.below = l.baseOf(p)
			}
			out = append(out, g)
		}
	}
	if l.d.targets.depths != 0 {
		for r := range l.z.OfType(zone.TypeCNAME) {
			for p := range l.d.targets.of(r.Target()) {
				if p.Kind == Sender && slices.ContainsFunc(seen, func(o sighting) bool { return o.pack.aliases(r.Target()) }) {
					continue // the mailbox host signs by this sender's servers
				}
				add(p, sighting{by: ByTarget, record: r})
			}
		}
	}
	for _, k := range l.d.names {
		if len(k.owner)+len(l.z.Apex) > zone.MaxName {
			continue
		}
		if n, ok := l.z.Node(zone.Name(k.owner) + l.z.Apex); ok {
			for r := range n.Records() {
				add(k.pack, sighting{by: ByName, record: r})
				break
			}
		}
	}
	for _, in := range l.includes() {
		if slices.ContainsFunc(seen, func(o sighting) bool { return o.pack.sendsBy(in.name) }) {
			continue // the mailbox host sends by this sender's servers
		}
		for p := range l.d.spf.of(in.name) {
			add(p, sighting{by: BySPF, record: in.record, include: in.name})
		}
	}
	slices.SortStableFunc(out, func(a, b sighting) int { return cmp.Compare(l.d.order[a.pack], l.d.order[b.pack]) })
	return out
}
