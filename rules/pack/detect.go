package pack

import (
	"iter"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// Selector says which packs a zone is checked against.
type Selector struct {
	// Forced apply to every zone; if there are any, nothing is detected.
	Forced []*Pack
	// All are the packs that a zone may be recognised to need.
	All []*Pack
}

// Evidence is what a pack was recognised by.
type Evidence uint8

// The kinds of evidence, from the strongest.
const (
	_ Evidence = iota
	// ByMX: an MX record at the apex names a server of the host.
	ByMX
	// BySPF: the zone has no MX, and its SPF record includes the host's.
	BySPF
	// ByAutoconfig: the zone has no MX, and its autoconfig CNAME points at the
	// host.
	ByAutoconfig
)

// Detection is a pack that a zone seems to need.
type Detection struct {
	Pack *Pack
	By   Evidence
	// Why is what was seen: "MX 10 mx.webmo.fr.".
	Why string
}

// Detect returns the packs of s.All that the zone points at, in the order of
// what was seen. The MX records decide. Where the apex has none, the SPF
// record does, and then autoconfig: beside the MX of another host these only
// show that the host once was, or still is, a sender for the domain.
func (s Selector) Detect(z *zone.Zone) []Detection {
	var out []Detection
	for _, g := range s.sight(z) {
		d := Detection{Pack: g.pack, By: g.by}
		switch g.by {
		case ByMX:
			d.Why = mxText(g.record)
		case BySPF:
			d.Why = "SPF include:" + domain(g.include)
		case ByAutoconfig:
			d.Why = "autoconfig CNAME " + g.record.Target().String()
		}
		out = append(out, d)
	}
	return out
}

// sighting is a pack and the first thing that points at it.
type sighting struct {
	pack    *Pack
	by      Evidence
	record  zone.Record
	include zone.Name
}

// sight returns each pack that the zone points at once.
func (s Selector) sight(z *zone.Zone) []sighting {
	if len(s.All) == 0 {
		return nil
	}
	apex, ok := z.Node(z.Apex)
	if !ok {
		return nil
	}
	if apex.Has(zone.TypeMX) {
		return s.byMX(z, apex)
	}
	if found := s.bySPF(apex); found != nil {
		return found
	}
	return s.byAutoconfig(z)
}

func (s Selector) byMX(z *zone.Zone, apex zone.Node) []sighting {
	var out []sighting
	for r := range apex.Records() {
		if r.Type != zone.TypeMX {
			continue
		}
		for _, p := range s.All {
			if pointsBelow(z, r.Target(), p.Detect.MX) {
				out = appendOnce(out, sighting{pack: p, by: ByMX, record: r})
			}
		}
	}
	return out
}

func (s Selector) bySPF(apex zone.Node) []sighting {
	var out []sighting
	for r := range apex.Records() {
		if r.Type != zone.TypeTXT {
			continue
		}
		for _, name := range includes(r) {
			for _, p := range s.All {
				if slices.Contains(p.Detect.SPF, name) {
					out = appendOnce(out, sighting{pack: p, by: BySPF, record: r, include: name})
				}
			}
		}
	}
	return out
}

func (s Selector) byAutoconfig(z *zone.Zone) []sighting {
	n, ok := z.Node("\x0aautoconfig" + z.Apex)
	if !ok || !n.Has(zone.TypeCNAME) {
		return nil
	}
	var out []sighting
	for _, r := range n.RRset(zone.TypeCNAME) {
		for _, p := range s.All {
			if pointsBelow(z, r.Target(), p.Detect.Autoconfig) {
				out = appendOnce(out, sighting{pack: p, by: ByAutoconfig, record: r})
			}
		}
	}
	return out
}

// pointsBelow reports whether the target of a record is one of the suffixes or
// lies below one. A target whose final dot was forgotten is taken for the one
// that was meant.
func pointsBelow(z *zone.Zone, target zone.Name, suffixes []zone.Name) bool {
	if within(target, suffixes) {
		return true
	}
	for meant := range undotted(target, z) {
		if within(meant, suffixes) {
			return true
		}
	}
	return false
}

func within(name zone.Name, suffixes []zone.Name) bool {
	for _, s := range suffixes {
		if name.Within(s) {
			return true
		}
	}
	return false
}

func appendOnce(out []sighting, g sighting) []sighting {
	if slices.ContainsFunc(out, func(o sighting) bool { return o.pack == g.pack }) {
		return out
	}
	return append(out, g)
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
