package pack

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// Sign is a record, or a part of one, that points at a pack.
type Sign struct {
	By     Evidence
	Record zone.Record
	Part   zone.Part
	// Text is what was seen: "MX 10 mx.webmo.fr.", "include:spf.webmo.fr".
	Text string
}

// same reports whether two signs are one.
func (s Sign) same(o Sign) bool {
	return s.By == o.By && s.Text == o.Text && s.Part == o.Part && s.Record.Loc == o.Record.Loc
}

// Observation is all that a zone shows of one pack.
type Observation struct {
	Pack *Pack
	// Signs are in the order of Evidence, then in that of the zone.
	Signs []Sign
	// Applies says that the zone is checked against the pack.
	Applies bool
	// Behind is the gateway before a mailbox host that applies, nil if there is
	// none.
	Behind *Pack
	// Unclear are the other packs that the zone shows as well, so that none of
	// them applies.
	Unclear []*Pack
	// Reason says why a pack that was seen does not apply; "" if it does.
	Reason string
}

// Observe says what the zone shows of each pack and what follows: first the
// packs that apply and the unclear ones, as Detect returns them, then those of
// which something was seen.
func (d *Detector) Observe(z *zone.Zone) []Observation {
	apex, ok := z.Node(z.Apex)
	if !ok {
		return nil
	}
	l := &look{d: d, z: z, apex: apex}
	signs := map[*Pack][]Sign{}
	for p, s := range l.signs() {
		if !slices.ContainsFunc(signs[p], s.same) { // two patterns may have it
			signs[p] = append(signs[p], s)
		}
	}
	for _, list := range signs {
		slices.SortStableFunc(list, func(a, b Sign) int { return cmp.Compare(a.By, b.By) })
	}
	seen := d.sight(z)
	var gateway *Pack
	for _, g := range seen {
		if g.pack.Kind == Gateway && len(g.unclear) == 0 {
			gateway = g.pack
		}
	}
	var out []Observation
	told := map[*Pack]bool{}
	for _, g := range seen {
		a := Observation{Pack: g.pack, Signs: signs[g.pack], Applies: len(g.unclear) == 0, Unclear: g.unclear}
		told[g.pack] = true
		if !a.Applies {
			for _, o := range g.unclear {
				told[o] = true
			}
			a.Reason = "other packs have the same servers, and the zone does not tell which of them it is"
		} else if g.pack.Kind != Gateway && g.pack.Kind.takesMail() {
			a.Behind = gateway
		}
		out = append(out, a)
	}
	var rest []*Pack
	for p := range signs {
		if !told[p] {
			rest = append(rest, p)
		}
	}
	slices.SortFunc(rest, func(a, b *Pack) int { return cmp.Compare(d.order[a], d.order[b]) })
	for _, p := range rest {
		out = append(out, Observation{Pack: p, Signs: signs[p], Reason: l.reason(p, signs[p], seen)})
	}
	return out
}

// reason says why a pack that something points at does not apply.
func (l *look) reason(p *Pack, signs []Sign, seen []sighting) string {
	taker := func(match func(*Pack) bool) *Pack {
		for _, g := range seen {
			if g.pack.Kind != Sender && match(g.pack) {
				return g.pack
			}
		}
		return nil
	}
	switch by := signs[0].By; {
	case p.Kind == Settings:
		return "it takes no mail for customers' domains"
	case by == ByMX || by == ByAddress:
		shares := func(o *Pack) bool {
			return slices.ContainsFunc(signs, func(s Sign) bool { return anyMatches(o.Detect.MX, s.Record.Target()) })
		}
		if o := cmp.Or(taker(shares), taker(func(*Pack) bool { return true })); o != nil {
			return o.ID + " has the same servers, and the zone shows no more of this one than they have in common"
		}
		return "it does not take mail for domains"
	case p.Kind == Sender:
		if o := taker(func(o *Pack) bool { return o != p }); o != nil {
			return "what was seen is part of " + o.ID
		}
	case p.Kind == Gateway:
		return "only the MX records tell a gateway"
	case l.apex.Has(zone.TypeMX):
		return "the MX records lead elsewhere: this is left over, or another way in which the domain sends"
	}
	return "what was seen is too little to tell"
}

// signs yields whatever points at a pack.
func (l *look) signs() iter.Seq2[*Pack, Sign] {
	return func(yield func(*Pack, Sign) bool) {
		_ = l.mxSigns(yield) && l.spfSigns(yield) && l.aliasSigns(yield) && l.nameSigns(yield)
	}
}

func (l *look) mxSigns(yield func(*Pack, Sign) bool) bool {
	for r := range l.apex.Records() {
		if r.Type != zone.TypeMX {
			continue
		}
		for name := range targetOrMeant(r.Target(), l.z) {
			text := mxText(r)
			if name != r.Target() {
				text += ", by which " + name.String() + " is meant"
			}
			for p := range l.d.mx.of(name) {
				if !yield(p, Sign{ByMX, r, zone.Field(1), text}) {
					return false
				}
			}
		}
		for _, g := range l.addressed(r) {
			if !yield(g.pack, Sign{ByAddress, r, zone.Field(1), g.why()}) {
				return false
			}
		}
	}
	return true
}

func (l *look) spfSigns(yield func(*Pack, Sign) bool) bool {
	for r := range l.apex.Records() {
		if r.Type != zone.TypeTXT || !mayBeSPF(r) {
			continue
		}
		k := spf.Parse(r.Text())
		for _, t := range k.Terms {
			name, ok := includedBy(t)
			if !ok {
				continue
			}
			for p := range l.d.spf.of(name) {
				if !yield(p, Sign{BySPF, r, zone.TextPart(t.From, t.To), "SPF " + k.Text[t.From:t.To]}) {
					return false
				}
			}
		}
	}
	return true
}

func (l *look) aliasSigns(yield func(*Pack, Sign) bool) bool {
	for r := range l.z.OfType(zone.TypeCNAME) {
		text := fmt.Sprintf("%s CNAME %s", r.Name.Relative(l.z.Apex), r.Target())
		if l.isAutoconfig(r) {
			for name := range targetOrMeant(r.Target(), l.z) {
				for p := range l.d.autoconfig.of(name) {
					if !yield(p, Sign{ByAutoconfig, r, zone.Field(0), text}) {
						return false
					}
				}
			}
		}
		for p := range l.d.targets.of(r.Target()) {
			if !yield(p, Sign{ByTarget, r, zone.Field(0), text}) {
				return false
			}
		}
	}
	return true
}

func (l *look) nameSigns(yield func(*Pack, Sign) bool) bool {
	for _, k := range l.d.names {
		if len(k.owner)+len(l.z.Apex) > zone.MaxName {
			continue
		}
		n, ok := l.z.Node(zone.Name(k.owner) + l.z.Apex)
		if !ok {
			continue
		}
		for r := range n.Records() {
			if !yield(k.pack, Sign{ByName, r, zone.Part{Kind: zone.PartOwner}, "a record at " + r.Name.Relative(l.z.Apex)}) {
				return false
			}
			break
		}
	}
	return true
}
