package pack

import (
	"fmt"
	"iter"

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
	d := &Detector{order: map[*Pack]int{}, byID: map[string]*Pack{}, owned: ownedTargets(s.All)}
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
type index struct {
	entries map[zone.Name][]indexEntry
	// depths has a bit for each number of labels that suffixes have, the last bit
	// for that and more: most names need no look into the map then.
	depths uint64
}

// depthBit is the bit of a number of labels in index.depths.
func depthBit(labels int) uint64 { return 1 << min(labels, 63) }

type indexEntry struct {
	pack    *Pack
	pattern *Pattern
}

func (x *index) add(p *Pack, patterns []Pattern) {
	if x.entries == nil {
		x.entries = map[zone.Name][]indexEntry{}
	}
	for i := range patterns {
		k := &patterns[i]
		x.entries[k.suffix] = append(x.entries[k.suffix], indexEntry{p, k})
		x.depths |= depthBit(k.suffix.NumLabels())
	}
}

// of yields the packs of the patterns that match a name. Only the most special
// patterns count: a host below the name of another is not that other.
func (x *index) of(name zone.Name) iter.Seq[*Pack] {
	return func(yield func(*Pack) bool) {
		if x.depths == 0 {
			return
		}
		found := false
		for n, labels := name, name.NumLabels(); n != "" && n != zone.Root && !found; n, labels = n.Parent(), labels-1 {
			if x.depths&depthBit(labels) == 0 {
				continue
			}
			for _, e := range x.entries[n] {
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
func (d *Detector) Any(z *zone.Zone) bool {
	l, ok := d.look(z)
	if !ok {
		return false
	}
	seen := l.mailboxes()
	return len(seen) > 0 || len(l.senders(seen)) > 0
}

// sight returns each pack that the zone points at once.
func (d *Detector) sight(z *zone.Zone) []sighting {
	l, ok := d.look(z)
	if !ok {
		return nil
	}
	out := l.mailboxes()
	return append(out, l.senders(out)...)
}

// look begins to look at a zone; ok is false if there is nothing to be seen.
func (d *Detector) look(z *zone.Zone) (l look, ok bool) {
	if len(d.order) == 0 {
		return look{}, false
	}
	apex, ok := z.Node(z.Apex)
	return look{d: d, z: z, apex: apex}, ok
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
