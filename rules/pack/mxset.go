package pack

import (
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// mxSet is the MX RRset of the apex as the pack sees it.
type mxSet struct {
	// want is the set of the pack that the zone has, or comes nearest to; own is
	// what the zone has of it, by index.
	want []wantMX
	own  []ownMX
	// strays are records of other sets of the pack beside want.
	strays []zone.Record
	// kin are further servers of the host, foreign those of others that may not
	// stand beside them, the null MX among them; bypass are those of the host
	// that a gateway stands before.
	kin, foreign, bypass []zone.Record
	// twice says that some exchange of the host has two records.
	twice bool
	// absent says that there is certainly no other MX record at the apex.
	absent bool
}

// ownMX is what the zone has of one MX record of the pack.
type ownMX struct {
	// record is the record with its exchange, the one of lowest preference; it
	// has no Type if there is none.
	record zone.Record
	// covered says that the exchange is there, or will be once a mistake is
	// mended that has a finding of its own: its final dot was forgotten, or an
	// alias of the zone stands in its place.
	covered bool
}

// find returns the index of the record of a set that has an exchange, -1 if
// none has, and what the exchange tells of the variables.
func find(set []wantMX, exchange zone.Name, b Bindings) (int, Bindings) {
	for i := range set {
		if got, ok := set[i].is(exchange, b); ok {
			return i, got
		}
	}
	return -1, b
}

func (c *check) readMX() {
	sets := c.pack.compiled.mx
	if len(sets) == 0 {
		return
	}
	a := c.z.Lookup(c.z.Apex, zone.TypeMX)
	c.mx.absent = a.Status.Absent() || a.Status == zone.Found && c.z.Complete
	var at []zone.Record
	if a.Status == zone.Found {
		at = a.Records()
	}
	c.mx.want = c.nearest(sets, at)
	c.mx.own = make([]ownMX, len(c.mx.want))
	for _, r := range at {
		c.readExchange(r)
	}
	if len(c.missing()) == 0 {
		return
	}
	// MX records at example.com.example.com. are those of a zone that forgot
	// the final dot of their owner.
	for _, r := range c.z.RRset(doubled(c.z.Apex, c.z.Apex), zone.TypeMX) {
		if i, _ := find(c.mx.want, r.Target(), c.scope.bound); i >= 0 {
			c.mx.own[i].covered = true
		}
	}
}

// nearest returns the set that records have most of: one that they have whole
// before others, and else the first of equals.
func (c *check) nearest(sets [][]wantMX, at []zone.Record) []wantMX {
	best, most, whole := sets[0], 0, false
	for _, set := range sets {
		have := make([]bool, len(set))
		n := 0
		for _, r := range at {
			if i, _ := find(set, r.Target(), c.scope.bound); i >= 0 && !have[i] {
				have[i] = true
				n++
			}
		}
		if full := n == len(set); full && !whole || full == whole && n > most {
			best, most, whole = set, n, full
		}
	}
	return best
}

func (c *check) readExchange(r zone.Record) {
	m := &c.mx
	if i, b := find(m.want, r.Target(), c.scope.bound); i >= 0 {
		c.bind(b)
		own := &m.own[i]
		m.twice = m.twice || own.record.Type != 0
		if own.record.Type == 0 || r.Preference() < own.record.Preference() {
			own.record = r
		}
		own.covered = true
		if c.behind != nil {
			m.bypass = append(m.bypass, r)
		}
		return
	}
	for _, set := range c.pack.compiled.mx {
		if i, _ := find(set, r.Target(), c.scope.bound); i >= 0 {
			m.strays = append(m.strays, r)
			if c.behind != nil {
				m.bypass = append(m.bypass, r)
			}
			return
		}
	}
	kin := c.leadsTo(r.Target(), func(n zone.Name) bool {
		if i, b := find(m.want, n, c.scope.bound); i >= 0 {
			c.bind(b)
			m.own[i].covered = true
			return true
		}
		return c.pack.serves(n)
	})
	other := c.otherOf(r.Target())
	switch {
	case c.hasAddress(r.Target()):
		m.kin = append(m.kin, r)
		for i := range m.own {
			m.own[i].covered = true
		}
	case kin:
		m.kin = append(m.kin, r)
	case c.asksAtApex(r), r.Target().Within("\x07invalid\x00"):
		// It is judged as a record of the host's, or is nobody's: nothing is ever
		// found below invalid (RFC 6761, section 6.4).
	case hidden(r.Target(), c.z.Apex):
		m.absent = false
	case other != nil && (c.forced || other == c.behind || c.pack.Kind == Gateway && other.Kind != Gateway):
		// The user named both hosts, or a gateway stands before this one; what
		// goes past a gateway is another finding's matter.
	case !c.pack.MX.Exclusive && r.Target() != zone.Root:
		// It may stand beside the host's. A null MX never may (RFC 7505, section
		// 3).
	default:
		m.foreign = append(m.foreign, r)
	}
}

// hasAddress reports whether an exchange within the zone has an address of the
// host's servers, whatever its name.
func (c *check) hasAddress(exchange zone.Name) bool {
	if len(c.pack.Detect.Addresses) == 0 {
		return false
	}
	for _, t := range []zone.Type{zone.TypeA, zone.TypeAAAA} {
		for _, r := range c.z.Lookup(exchange, t).Records() {
			if r.Type == t && inNetworks(c.pack.Detect.Addresses, r) {
				return true
			}
		}
	}
	return false
}

// asksAtApex reports whether a further record of the pack is an MX record of the
// apex, such as one that proved the domain once.
func (c *check) asksAtApex(r zone.Record) bool {
	for i := range c.pack.compiled.records {
		w := &c.pack.compiled.records[i]
		if w.Type == zone.TypeMX && w.atApex() && c.does(w, r) {
			return true
		}
	}
	return false
}

// hidden reports whether an exchange is a name that Cloudflare's DNS puts in the
// place of one whose address it hides (_dc-mx.<hex>.<domain>), so that nobody
// can tell whose server it is.
func hidden(exchange, apex zone.Name) bool {
	return exchange.Below(apex) && exchange.Label() == "_dc-mx"
}

// otherOf returns the pack of the zone that serves a foreign exchange, nil if
// none does.
func (c *check) otherOf(exchange zone.Name) *Pack {
	for _, o := range c.all {
		if o != c.pack && o.serves(exchange) {
			return o
		}
	}
	return nil
}

// present reports whether some server of the host takes the zone's mail.
func (m *mxSet) present() bool {
	return len(m.kin) > 0 || len(m.strays) > 0 || slices.ContainsFunc(m.own, func(o ownMX) bool { return o.covered })
}

// missing returns the MX records of the pack that the zone lacks, if that is
// certain.
func (c *check) missing() []wantMX {
	var out []wantMX
	if !c.mx.absent || c.behind != nil || c.pack.MX.Level.absent() == 0 || c.pack.MX.AnySubset && c.mx.present() {
		return nil
	}
	for i, x := range c.mx.want {
		if !c.mx.own[i].covered {
			out = append(out, x)
		}
	}
	return out
}

// anyOwn returns the first of the pack's MX records that the zone has.
func (c *check) anyOwn() (zone.Record, bool) {
	for _, o := range c.mx.own {
		if o.record.Type != 0 {
			return o.record, true
		}
	}
	return zone.Record{}, false
}
