package pack

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// holding tells which records of a zone are those of one pack.
type holding struct {
	*check
	detector *Detector
	servers  map[zone.Name]bool // names outside of the zone that the host's records and its customers' programs use
}

// grip says how certain it is that a record is a host's.
type grip uint8

const (
	none   grip = iota
	weak        // other hosts may have the same
	strong      // it names the host
)

// newHolding returns what of a zone is a pack's that serves the domain base.
func newHolding(z *zone.Zone, base zone.Name, p *Pack, given Bindings, d *Detector) *holding {
	h := &holding{check: &check{z: z, pack: p, base: base, scope: p.scopeOf(base, given)}, detector: d, servers: map[zone.Name]bool{}}
	for _, r := range z.RRset(z.Apex, zone.TypeMX) {
		for _, set := range p.compiled.mx {
			if i, b := find(set, r.Target(), h.scope.bound); i >= 0 && h.serving(r) {
				h.bind(b)
			}
		}
	}
	use := func(v *Value) {
		name, err := zone.ParseName(strings.TrimSuffix(v.Text, "."), zone.Root)
		if v.Fixed() && err == nil && name != zone.Root && !name.Within(z.Apex) {
			h.servers[name] = true
		}
	}
	for i := range p.Clients {
		use(&p.Clients[i].Host)
	}
	for i := range p.Records {
		if r := &p.Records[i]; r.Target != nil && (r.Type == zone.TypeCNAME || r.Type == zone.TypeSRV) {
			use(r.Target)
		}
	}
	return h
}

// has reports whether a record is the host's, and as which of the pack's.
func (h *holding) has(r zone.Record) (want *wantRecord, best grip) {
	apex, top := r.Name == h.z.Apex, r.Name == h.base
	switch r.Type {
	case zone.TypeMX:
		if apex && h.serving(r) {
			return nil, strong
		}
	case zone.TypeA, zone.TypeAAAA, zone.TypeNS, zone.TypeCAA:
		if apex {
			return nil, none // what stands there serves more than mail
		}
	case zone.TypeTXT:
		if (apex || top) && mayBeSPF(r) && spf.Parse(r.Text()).Form != spf.Other {
			return nil, none // which goes term by term
		}
	}
	bound := h.scope.bound
	for i := range h.pack.compiled.records {
		w := &h.pack.compiled.records[i]
		if w.Type != r.Type || w.atApex() != top {
			continue
		}
		if h.named(w, r.Name) {
			if g := h.holds(w, r); g > best {
				want, best = w, g
			}
		}
		h.bind(bound)
	}
	if best < strong && h.leads(r) {
		best = strong
	}
	return want, best
}

// named reports whether a name may be the owner of a record of the pack, and
// takes over what it tells of the variables. A name that is a variable tells
// nothing of a record whose data tells nothing either.
func (h *holding) named(w *wantRecord, name zone.Name) bool {
	if w.atApex() || w.owner != "" || !w.telling() {
		return w.ownerIn(h.base, h.scope) == name
	}
	if !name.Below(h.base) {
		return false
	}
	b, ok := w.named.match(strings.ToLower(name.Relative(h.base)), h.scope.bound)
	if ok {
		h.bind(b)
	}
	return ok
}

// telling reports whether the data of the record shows whose it is.
func (w *wantRecord) telling() bool {
	switch {
	case w.Target != nil:
		return w.Target.telling()
	case w.Text != nil:
		return kindOf(w.Text.Text) == plainText && w.Text.telling()
	}
	return false
}

// tellingLength is how many octets of a value that are no variable show whose
// it is.
const tellingLength = 5

func (v Value) telling() bool {
	longest := 0
	for _, p := range v.parts {
		if !p.variable {
			longest = max(longest, len(p.text))
		}
	}
	return longest > tellingLength || longest == tellingLength && strings.Contains(v.Text, "=")
}

// holds reports whether the data of a record is that of the pack's.
func (h *holding) holds(w *wantRecord, r zone.Record) grip {
	switch w.Type {
	case zone.TypeCNAME, zone.TypeSRV, zone.TypeMX, zone.TypeNS:
		best := none
		h.reaches(r, func(name zone.Name) bool {
			for i := range w.targets {
				t := &w.targets[i]
				if _, ok := t.is(name, h.scope.bound); !ok {
					continue
				}
				if _, _, known := t.render(h.scope); !known && !t.value.telling() && h.others(name) {
					continue
				}
				g := weak
				if name != zone.Root && !name.Within(h.z.Apex) && t.value.telling() {
					g = strong
				}
				best = max(best, g)
				return true
			}
			return false
		})
		return best
	case zone.TypeA, zone.TypeAAAA:
		if inNetworks(w.Addresses, r) {
			return weak
		}
		return none
	case zone.TypeTXT:
		return h.holdsText(w, r.Text())
	}
	if h.matchesAny(w, r.RData()) {
		return weak
	}
	return none
}

// reaches reports whether the target of a record is wanted, or, where it is an
// alias, something that the zone's own aliases lead to.
func (h *holding) reaches(r zone.Record, wanted func(zone.Name) bool) bool {
	if r.Type == zone.TypeCNAME || r.Type == zone.TypeMX {
		return h.leadsTo(r.Target(), wanted)
	}
	for name := range targetOrMeant(r.Target(), h.z) {
		if wanted(name) {
			return true
		}
	}
	return false
}

func (h *holding) matchesAny(w *wantRecord, text string) bool {
	return slices.ContainsFunc(w.texts, func(m matcher) bool {
		_, ok := m.match(text, h.scope.bound)
		return ok
	})
}

func (h *holding) holdsText(w *wantRecord, text string) grip {
	switch kindOf(w.Text.Text) {
	case dmarcText:
		return none // the policy is the domain's own
	case spfText:
		have, err := ParseValue(text)
		if err == nil && have.Fixed() && spfSatisfies(*w.Text, text) && spfSatisfies(have, w.Text.Text) {
			return weak
		}
		return none
	case dkimText:
		// Of a key that is not known only the selector shows whose it is.
		want, known := h.scope.render(*w.Text)
		if key := dkimKey(text); key != "" && (!known || key == dkimKey(want)) {
			return weak
		}
		return none
	}
	if !h.matchesAny(w, text) {
		return none
	}
	if w.Text.telling() {
		return strong
	}
	if _, known := h.scope.render(*w.Text); w.atApex() && !known {
		return none // any text is one of this form
	}
	return weak
}

// leads reports whether an alias or a service leads to the host.
func (h *holding) leads(r zone.Record) bool {
	if r.Type != zone.TypeCNAME && r.Type != zone.TypeSRV {
		return false
	}
	autoconfig := r.Name == "\x0aautoconfig"+h.z.Apex
	for name := range targetOrMeant(r.Target(), h.z) {
		if h.servers[name] || r.Type == zone.TypeCNAME && (anyMatches(h.pack.Detect.Targets, name) || autoconfig && anyMatches(h.pack.Detect.Autoconfig, name)) {
			return true
		}
	}
	return false
}

// serving reports whether an MX record leads to the host's servers.
func (h *holding) serving(r zone.Record) bool {
	return h.leadsTo(r.Target(), func(name zone.Name) bool {
		if anyMatches(h.pack.Detect.MX, name) {
			return true
		}
		for _, set := range h.pack.compiled.mx {
			i, _ := find(set, name, h.scope.bound)
			switch {
			case i < 0:
			case set[i].name != "" || set[i].value.telling() && !name.Within(h.z.Apex):
				return true
			case len(h.pack.Detect.Addresses) > 0:
				return h.addressed(name)
			default:
				return !h.others(name)
			}
		}
		return len(h.pack.Detect.Addresses) > 0 && name.Within(h.z.Apex) && h.addressed(name)
	})
}

// addressed reports whether a name of the zone has an address of the host's.
func (h *holding) addressed(name zone.Name) bool {
	for _, t := range []zone.Type{zone.TypeA, zone.TypeAAAA} {
		for _, a := range h.z.Lookup(name, t).Records() {
			if a.Type == t && inNetworks(h.pack.Detect.Addresses, a) {
				return true
			}
		}
	}
	return false
}

// others reports whether a name is known to be one of another host's.
func (h *holding) others(name zone.Name) bool {
	d := h.detector
	for _, known := range []index{d.mx, d.targets, d.autoconfig} {
		for p := range known.of(name) {
			if p.ID != h.pack.ID {
				return true
			}
		}
	}
	return slices.ContainsFunc(d.owned[name], func(o owned) bool { return o.pack.ID != h.pack.ID })
}

// passesBy reports whether a term of an SPF record is the host's: strongly if
// the pack asks for it, weakly if the zone of a customer is recognised by it.
// Terms such as a and mx are the domain's own.
func (h *holding) passesBy(t spf.Term) grip {
	if t.Kind != spf.Include && t.Kind != spf.Redirect {
		if t.Kind != spf.All && (t.Domain != "" || t.Addr.IsValid()) && h.anyTerm(func(w *wantTerm) bool {
			return w.kind == t.Kind && termText(t) == w.key
		}) {
			return strong
		}
		return none
	}
	name, err := zone.ParseName(t.Domain, zone.Root)
	switch {
	case err != nil:
		return none
	case h.anyTerm(func(w *wantTerm) bool {
		if w.kind != spf.Include && w.kind != spf.Redirect {
			return false
		}
		_, ok := w.domain.match(domain(name), h.scope.bound)
		_, known := h.scope.render(w.domain.value)
		return ok && (w.name != "" || known || w.domain.value.telling())
	}):
		return strong
	case anyMatches(h.pack.Detect.SPF, name):
		return weak
	}
	return none
}

func (h *holding) anyTerm(is func(*wantTerm) bool) bool {
	for _, list := range h.pack.compiled.spf {
		for i := range list {
			if is(&list[i]) {
				return true
			}
		}
	}
	return false
}

// keepsPolicy reports whether an alias leads to the DMARC record that the host
// keeps for its customers.
func (h *holding) keepsPolicy(r zone.Record) bool {
	if h.pack.DMARC == nil || h.pack.DMARC.CNAME == nil {
		return false
	}
	for name := range targetOrMeant(r.Target(), h.z) {
		if _, ok := h.pack.compiled.dmarc.is(name, h.scope.bound); ok {
			return true
		}
	}
	return false
}
