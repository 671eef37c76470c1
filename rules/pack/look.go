package pack

import (
	"iter"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// look is one look at a zone.
type look struct {
	d    *Detector
	z    *zone.Zone
	apex zone.Node

	read     bool
	included []include
}

// include is a name whose senders an SPF record passes.
type include struct {
	name   zone.Name
	record zone.Record
}

// mailboxes returns the packs of those who take the mail and of the mailbox
// host behind them.
func (l *look) mailboxes() []sighting {
	if !l.apex.Has(zone.TypeMX) {
		return l.hosts()
	}
	out := l.takers()
	if gateway, host := kinds(out); gateway && !host {
		out = append(out, l.hosts()...)
	}
	return out
}

// takers returns the packs that the MX records point at.
func (l *look) takers() []sighting {
	var out []sighting
	for r := range l.apex.Records() {
		if r.Type != zone.TypeMX {
			continue
		}
		seen := l.serving(r)
		if len(seen) > 1 {
			if seen = l.decide(seen); len(seen) > 1 {
				seen[0].unclear = others(seen)
				seen = seen[:1]
			}
		}
		for _, g := range seen {
			out = appendOnce(out, g)
		}
	}
	return out
}

// serving returns the packs that have the exchange of an MX record.
func (l *look) serving(r zone.Record) []sighting {
	var out []sighting
	for name := range targetOrMeant(r.Target(), l.z) {
		for p := range l.d.mx.of(name) {
			if p.Kind.takesMail() {
				out = appendOnce(out, sighting{pack: p, by: ByMX, record: r})
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	return l.addressed(r)
}

// addressed returns the packs whose networks have the address of an exchange
// within the zone.
func (l *look) addressed(r zone.Record) []sighting {
	if len(l.d.addresses) == 0 || !r.Target().Within(l.z.Apex) {
		return nil
	}
	var out []sighting
	for _, t := range []zone.Type{zone.TypeA, zone.TypeAAAA} {
		for _, a := range l.z.Lookup(r.Target(), t).Records() {
			for _, p := range l.d.addresses {
				if a.Type == t && inNetworks(p.Detect.Addresses, a) {
					out = appendOnce(out, sighting{pack: p, by: ByAddress, record: r})
				}
			}
		}
	}
	return out
}

func inNetworks(ns []Network, a zone.Record) bool {
	return slices.ContainsFunc(ns, func(n Network) bool { return n.Contains(a.Addr()) })
}

// decide chooses among packs with the same MX record: a pack that stands in the
// place of another if there is more to show for it, and else that other; then
// the only one that there is more to show for.
func (l *look) decide(seen []sighting) []sighting {
	drop := map[*Pack]bool{}
	for _, g := range seen {
		base := l.d.byID[g.pack.Detect.InsteadOf]
		if base == nil || !slices.ContainsFunc(seen, func(o sighting) bool { return o.pack == base }) {
			continue
		}
		if l.shows(g.pack) {
			drop[base] = true
		} else {
			drop[g.pack] = true
		}
	}
	seen = slices.DeleteFunc(seen, func(g sighting) bool { return drop[g.pack] })
	if len(seen) < 2 {
		return seen
	}
	var shown []sighting
	for _, g := range seen {
		if l.shows(g.pack) {
			shown = append(shown, g)
		}
	}
	if len(shown) == 1 {
		return shown
	}
	return seen
}

// shows reports whether the zone has anything but an MX record that points at
// a pack.
func (l *look) shows(p *Pack) bool {
	for _, in := range l.includes() {
		if anyMatches(p.Detect.SPF, in.name) {
			return true
		}
	}
	for r := range l.z.OfType(zone.TypeCNAME) {
		if anyMatches(p.Detect.Targets, r.Target()) || l.isAutoconfig(r) && anyMatches(p.Detect.Autoconfig, r.Target()) {
			return true
		}
	}
	return false
}

// likest returns those of several packs with the same include of which the zone
// has the most aliases.
func (l *look) likest(seen []sighting) []sighting {
	if len(seen) < 2 {
		return seen
	}
	most := -1
	var out []sighting
	for _, g := range seen {
		n := 0
		for r := range l.z.OfType(zone.TypeCNAME) {
			for i := range g.pack.compiled.records {
				w := &g.pack.compiled.records[i]
				if w.owner != "" && len(w.targets) > 0 && w.targets[0].name == r.Target() && r.Name == w.ownerIn(l.z.Apex, scope{}) {
					n++
				}
			}
		}
		if n > most {
			most, out = n, nil
		}
		if n == most {
			out = append(out, g)
		}
	}
	return out
}

func others(seen []sighting) []*Pack {
	var out []*Pack
	for _, g := range seen[1:] {
		out = append(out, g.pack)
	}
	return out
}

// hosts returns the packs of mailbox hosts that SPF or, failing that,
// autoconfig point at.
func (l *look) hosts() []sighting {
	var out []sighting
	for _, in := range l.includes() {
		var seen []sighting
		for p := range l.d.spf.of(in.name) {
			if p.Kind.takesMail() && p.Kind != Gateway {
				seen = appendOnce(seen, sighting{pack: p, by: BySPF, record: in.record, include: in.name})
			}
		}
		if seen = l.likest(seen); len(seen) > 1 {
			seen[0].unclear = others(seen)
			seen = seen[:1]
		}
		for _, g := range seen {
			out = appendOnce(out, g)
		}
	}
	if len(out) > 0 {
		return out
	}
	n, ok := l.z.Node("\x0aautoconfig" + l.z.Apex)
	if !ok || !n.Has(zone.TypeCNAME) {
		return nil
	}
	for r := range n.Records() {
		if r.Type != zone.TypeCNAME {
			continue
		}
		for name := range targetOrMeant(r.Target(), l.z) {
			for p := range l.d.autoconfig.of(name) {
				if !p.Kind.takesMail() || p.Kind == Gateway {
					continue
				}
				out = appendOnce(out, sighting{pack: p, by: ByAutoconfig, record: r})
			}
		}
	}
	return out
}

func (l *look) isAutoconfig(r zone.Record) bool { return r.Name == "\x0aautoconfig"+l.z.Apex }

// includes returns what the SPF record at the apex includes or redirects to.
func (l *look) includes() []include {
	if l.read {
		return l.included
	}
	l.read = true
	if !l.apex.Has(zone.TypeTXT) {
		return nil
	}
	for r := range l.apex.Records() {
		if r.Type == zone.TypeTXT && mayBeSPF(r) {
			for _, name := range includes(r) {
				l.included = append(l.included, include{name, r})
			}
		}
	}
	return l.included
}

// mayBeSPF is the test that most TXT records fail.
func mayBeSPF(r zone.Record) bool {
	return strings.Contains(strings.ToLower(r.TextPrefix(12)), "spf1")
}

// includes returns the names that an SPF record includes or redirects to.
func includes(r zone.Record) []zone.Name {
	var out []zone.Name
	for _, t := range spf.Parse(r.Text()).Terms {
		if n, ok := includedBy(t); ok {
			out = append(out, n)
		}
	}
	return out
}

// includedBy returns the name that a term includes or redirects to.
func includedBy(t spf.Term) (zone.Name, bool) {
	if t.Kind != spf.Redirect && (t.Kind != spf.Include || t.Qualifier != spf.Pass) {
		return "", false
	}
	name, err := zone.ParseName(t.Domain, zone.Root)
	return name, err == nil
}

func appendOnce(out []sighting, g sighting) []sighting {
	if slices.ContainsFunc(out, func(o sighting) bool { return o.pack == g.pack }) {
		return out
	}
	return append(out, g)
}

// targetOrMeant yields the target of a record and, where its final dot was
// forgotten, the names that may have been meant.
func targetOrMeant(target zone.Name, z *zone.Zone) iter.Seq[zone.Name] {
	return func(yield func(zone.Name) bool) {
		if !yield(target) {
			return
		}
		for meant := range undotted(target, z) {
			if !yield(meant) {
				return
			}
		}
	}
}

// undotted yields the names that may have been meant by a name that a record
// of the zone points at, if its final dot was forgotten: mx.webmo.fr. by
// mx.webmo.fr.example.com., whatever $ORIGIN was in force. Whether it was shows
// in whether one of them is a name of the host. A name that exists was meant as
// it is.
func undotted(name zone.Name, z *zone.Zone) iter.Seq[zone.Name] {
	return func(yield func(zone.Name) bool) {
		if !name.Below(z.Apex) {
			return
		}
		if _, exists := z.Node(name); exists {
			return
		}
		for origin := name.Parent(); origin.Within(z.Apex); origin = origin.Parent() {
			if !yield(name.Without(origin, zone.Root)) {
				return
			}
		}
	}
}

// doubled returns what becomes of a name whose final dot was forgotten.
func doubled(name, apex zone.Name) zone.Name { return name.Without(zone.Root, apex) }
