package pack

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// Selector says which packs a zone is checked against.
type Selector struct {
	// Forced apply to every zone; if there are any, nothing is detected.
	Forced []*Pack
	// All are the packs that a zone may be recognised to need.
	All []*Pack
	// Given are the values of variables that the user gave.
	Given Bindings
	// ClientSRV asks for the SRV records by which mail programs find the servers
	// of the mailbox host.
	ClientSRV bool
}

// Evidence is what a pack was recognised by.
type Evidence uint8

// The kinds of evidence, from the strongest.
const (
	_ Evidence = iota
	// ByUser: the user named the pack.
	ByUser
	// ByMX: an MX record at the apex names a server of the host.
	ByMX
	// ByAddress: an MX record at the apex names a host of the zone that has an
	// address of the host's servers.
	ByAddress
	// BySPF: the SPF record includes the host's. It tells the mailbox host of a
	// zone without MX records or with those of a gateway, and senders.
	BySPF
	// ByAutoconfig: the autoconfig CNAME points at the host, where BySPF would
	// tell as well.
	ByAutoconfig
	// ByTarget: a CNAME record points at a name that is the host's, such as that
	// of a DKIM key.
	ByTarget
	// ByName: the zone has a name that only customers of the host have.
	ByName
)

// String says what kind of record was seen.
func (e Evidence) String() string {
	return [...]string{"", "user", "mx", "address", "spf", "autoconfig", "target", "name"}[e]
}

// Detection is a pack that a zone seems to need.
type Detection struct {
	Pack *Pack
	By   Evidence
	// Why is what was seen: "MX 10 mx.webmo.fr.".
	Why string
	// Unclear are other packs for which the same was seen, so that none of them
	// is applied; the user must choose.
	Unclear []*Pack
}

// Detect returns the packs that the zone points at, in the order of what was
// seen; see Detector.
func (s Selector) Detect(z *zone.Zone) []Detection { return NewDetector(s).Detect(z) }

// Detector recognises the packs that zones need. It is safe for concurrent use.
//
// The MX records tell who takes the mail. Where the apex has none the SPF record
// does, and then autoconfig: beside the MX of another host these only show that
// the host once was, or still is, a sender for the domain. Behind a gateway they
// tell whose mailboxes it protects. Senders are told by the SPF record, and by
// the targets of CNAME records.
type Detector struct {
	mx, spf, autoconfig, targets index
	addresses                    []*Pack // that are recognised by address
	names                        []namedPack
	order                        map[*Pack]int
	byID                         map[string]*Pack
	owned                        map[zone.Name][]owned
}

// NewDetector returns a Detector of s.All.
func NewDetector(s Selector) *Detector {
	d := &Detector{mx: index{}, spf: index{}, autoconfig: index{}, targets: index{}, order: map[*Pack]int{}, byID: map[string]*Pack{}, owned: ownedTargets(s.All)}
	for i, p := range s.All {
		d.order[p], d.byID[p.ID] = i, p
		d.mx.add(p, p.Detect.MX)
		d.spf.add(p, p.Detect.SPF)
		d.autoconfig.add(p, p.Detect.Autoconfig)
		d.targets.add(p, p.Detect.Targets)
		for _, s := range p.Detect.Names {
			name, _ := zone.ParseName(s, zone.Root) // validated
			d.names = append(d.names, namedPack{string(name[:len(name)-1]), p})
		}
		if len(p.Detect.Addresses) > 0 {
			d.addresses = append(d.addresses, p)
		}
	}
	return d
}

// namedPack is an owner, in wire format up to the apex, that tells a pack.
type namedPack struct {
	owner string
	pack  *Pack
}

// index finds the patterns of many packs by their suffixes.
type index map[zone.Name][]indexEntry

type indexEntry struct {
	pack    *Pack
	pattern *Pattern
}

func (x index) add(p *Pack, patterns []Pattern) {
	for i := range patterns {
		k := &patterns[i]
		x[k.suffix] = append(x[k.suffix], indexEntry{p, k})
	}
}

// of yields the packs of the patterns that match a name. Only the most special
// patterns count: a host below the name of another is not that other.
func (x index) of(name zone.Name) iter.Seq[*Pack] {
	return func(yield func(*Pack) bool) {
		if len(x) == 0 {
			return
		}
		found := false
		for n := name; n != "" && n != zone.Root && !found; n = n.Parent() {
			for _, e := range x[n] {
				if !e.pattern.Matches(name) {
					continue
				}
				if found = true; !yield(e.pack) {
					return
				}
			}
		}
	}
}

// sighting is a pack and the first thing that points at it.
type sighting struct {
	pack    *Pack
	by      Evidence
	record  zone.Record
	include zone.Name
	unclear []*Pack
	// below is the domain that a sender was set up for, as the target of a CNAME
	// record told; "" if it cannot be told.
	below zone.Name
}

// base returns the domain that the host was set up for, "" if that cannot be
// told.
func (g sighting) base(z *zone.Zone) zone.Name {
	if g.by == ByTarget {
		return g.below
	}
	return z.Apex
}

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

func (g sighting) why() string {
	switch g.by {
	case ByMX:
		return mxText(g.record)
	case ByAddress:
		return mxText(g.record) + " with an address of the host"
	case BySPF:
		return "SPF include:" + domain(g.include)
	case ByAutoconfig:
		return "autoconfig CNAME " + g.record.Target().String()
	case ByName:
		return "the name " + g.record.Name.String()
	case ByTarget:
		return fmt.Sprintf("%s CNAME %s", g.record.Name, g.record.Target())
	}
	return ""
}

// Detect returns the packs that a zone points at.
func (d *Detector) Detect(z *zone.Zone) []Detection {
	var out []Detection
	for _, g := range d.sight(z) {
		out = append(out, Detection{Pack: g.pack, By: g.by, Why: g.why(), Unclear: g.unclear})
	}
	return out
}

// Any reports whether a zone points at any pack.
func (d *Detector) Any(z *zone.Zone) bool { return len(d.sight(z)) > 0 }

// sight returns each pack that the zone points at once.
func (d *Detector) sight(z *zone.Zone) []sighting {
	if len(d.order) == 0 {
		return nil
	}
	apex, ok := z.Node(z.Apex)
	if !ok {
		return nil
	}
	l := look{d: d, z: z, apex: apex}
	var out []sighting
	if apex.Has(zone.TypeMX) {
		out = l.takers()
		if gateway, host := kinds(out); gateway && !host {
			out = append(out, l.hosts()...)
		}
	} else {
		out = l.hosts()
	}
	return append(out, l.senders(out)...)
}

// kinds reports whether there are gateways and others among packs.
func kinds(seen []sighting) (gateway, other bool) {
	for _, g := range seen {
		if g.pack.Kind == Gateway {
			gateway = true
		} else {
			other = true
		}
	}
	return
}

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

func (l *look) isAutoconfig(r zone.Record) bool { return r.Name == "\x0aautoconfig"+l.z.Apex }

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
	if len(l.d.targets) > 0 {
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
