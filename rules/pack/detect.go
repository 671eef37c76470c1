package pack

import (
	"iter"

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
	for _, g := range newIndex(s.All).sight(z) {
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

// index finds packs by what they are recognised by.
type index struct {
	mx, spf, autoconfig map[zone.Name][]*Pack
}

func newIndex(packs []*Pack) *index {
	x := &index{map[zone.Name][]*Pack{}, map[zone.Name][]*Pack{}, map[zone.Name][]*Pack{}}
	for _, p := range packs {
		for m, names := range map[*map[zone.Name][]*Pack][]zone.Name{&x.mx: p.Detect.MX, &x.spf: p.Detect.SPF, &x.autoconfig: p.Detect.Autoconfig} {
			for _, n := range names {
				(*m)[n] = append((*m)[n], p)
			}
		}
	}
	return x
}

// sight returns each pack that the zone points at once.
func (x *index) sight(z *zone.Zone) []sighting {
	if len(x.mx)+len(x.spf)+len(x.autoconfig) == 0 {
		return nil
	}
	apex, ok := z.Node(z.Apex)
	if !ok {
		return nil
	}
	if apex.Has(zone.TypeMX) {
		return x.byMX(z, apex)
	}
	if found := x.bySPF(z, apex); found != nil {
		return found
	}
	return x.byAutoconfig(z)
}

func (x *index) byMX(z *zone.Zone, apex zone.Node) []sighting {
	var out []sighting
	for r := range apex.Records() {
		if r.Type != zone.TypeMX {
			continue
		}
		for _, p := range suffixed(x.mx, r.Target(), z) {
			out = appendOnce(out, sighting{pack: p, by: ByMX, record: r})
		}
	}
	return out
}

func (x *index) bySPF(z *zone.Zone, apex zone.Node) []sighting {
	var out []sighting
	for r := range apex.Records() {
		if r.Type != zone.TypeTXT {
			continue
		}
		for _, name := range includes(r) {
			for _, p := range x.spf[name] {
				out = appendOnce(out, sighting{pack: p, by: BySPF, record: r, include: name})
			}
		}
	}
	return out
}

func (x *index) byAutoconfig(z *zone.Zone) []sighting {
	name, err := z.Apex.Child("autoconfig")
	if err != nil {
		return nil
	}
	var out []sighting
	for _, r := range z.RRset(name, zone.TypeCNAME) {
		for _, p := range suffixed(x.autoconfig, r.Target(), z) {
			out = appendOnce(out, sighting{pack: p, by: ByAutoconfig, record: r})
		}
	}
	return out
}

// suffixed returns the packs of the longest suffix in m of a name that a record
// of the zone points at. A name whose final dot was forgotten is taken for the
// one that was meant.
func suffixed(m map[zone.Name][]*Pack, name zone.Name, z *zone.Zone) []*Pack {
	for n := name; n != ""; n = n.Parent() {
		if ps := m[n]; ps != nil {
			return ps
		}
	}
	for meant := range undotted(name, z) {
		for n := meant; n != ""; n = n.Parent() {
			if ps := m[n]; ps != nil {
				return ps
			}
		}
	}
	return nil
}

func appendOnce(out []sighting, g sighting) []sighting {
	for _, o := range out {
		if o.pack == g.pack {
			return out
		}
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
