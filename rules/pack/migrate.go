package pack

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// Migration moves zones from mail hosts to others: what belongs to the old
// hosts goes, and only that; what the new ones ask for comes. It is safe for
// concurrent use.
//
// What belongs to a host: the MX records at the apex that name its servers; its
// terms of the SPF record; the records of its pack, and aliases and services
// that lead to its servers; the alias at _dmarc of a policy that it keeps. What
// a new host has in common with it stays, and so does what a sender wants that
// the zone shows. A DKIM key in the zone does not say whose it is: the one at
// the selector of the pack goes, others stay and are named.
//
// The key goes with the rest, though mail signed with it may still be on its
// way: a receiver that does not find it takes the mail as unsigned (RFC 6376,
// section 6.1.2). Losses says so; whoever wants to be sure puts the key back for
// the days in which mail may wait at its senders (RFC 5321, section 4.5.4.1).
type Migration struct {
	from, to []*Pack
	given    Bindings
	detector *Detector
	servers  []resolve.Server
	engine   *rules.Engine // of the rules about the new hosts
}

// NewMigration returns the move of zones to the packs that s forces. The servers
// are asked for the policy that an alias at _dmarc leads to. Its errors are
// mistakes in the choice of packs: the same host twice, a new host that
// takes no mail, or one that needs values that nobody gave.
func NewMigration(from []*Pack, s Selector, servers ...resolve.Server) (*Migration, error) {
	m := &Migration{from: once(from), to: once(s.Forced), given: s.Given, detector: NewDetector(s), servers: servers}
	takes := slices.ContainsFunc(m.to, func(p *Pack) bool { return p.MX != nil })
	for _, p := range m.from {
		if slices.ContainsFunc(m.to, func(o *Pack) bool { return o.ID == p.ID }) {
			return nil, fmt.Errorf("%s is the old host and the new one", p.ID)
		}
		if p.MX != nil && !takes {
			return nil, fmt.Errorf("%s takes the domain's mail, and none of %s does: name the host that will", p.ID, idsOf(m.to))
		}
	}
	for _, p := range m.to {
		if lacks := p.lacks(m.given); lacks != "" {
			return nil, fmt.Errorf("the records of %s need values%s", p.ID, lacks)
		}
	}
	var err error
	m.engine, err = rules.NewEngine(Rules(s), rules.Options{Servers: servers})
	return m, err
}

// From names the old hosts.
func (m *Migration) From() string { return idsOf(m.from) }

// To names the new hosts.
func (m *Migration) To() string { return idsOf(m.to) }

// lacks says which values nobody gave that the MX and SPF records need: without
// these the old ones cannot go.
func (p *Pack) lacks(given Bindings) string {
	var vs []Value
	if p.MX != nil {
		for _, x := range p.MX.Records {
			vs = append(vs, x.Exchange)
		}
	}
	if p.SPF != nil && p.SPF.Level.absent() > 0 {
		vs = append(vs, p.SPF.Terms...)
	}
	c := &check{pack: p, scope: p.scopeOf("\x07example\x03com\x00", given)}
	return c.whereFrom(vs...)
}

func idsOf(packs []*Pack) string {
	var ids []string
	for _, p := range packs {
		ids = append(ids, p.ID)
	}
	return enumerate(ids)
}

// Move is what a migration makes of one zone. A zone that shows nothing of the
// old hosts has no Changes.
type Move struct {
	// Zone is the zone after the move. Changes lead to it.
	Zone    *zone.Zone
	Changes zone.ChangeSet
	// Losses say what works no more once the changes are made, the worst first.
	Losses []string
	// Notes say what stays and looks as if it should not, and what is to be done
	// besides.
	Notes []string
	// Fixed are the findings about the new hosts that the changes mend.
	Fixed []rules.Finding
}

// Plan says what the migration makes of a zone.
func (m *Migration) Plan(z *zone.Zone) (*Move, error) {
	mv := &Move{Zone: z}
	if z.Class != zone.ClassIN {
		return mv, nil // mail knows no other class (RFC 5321, section 5.1)
	}
	x := &mover{Migration: m, z: z}
	x.look()
	if mv.Notes = x.notes; !x.certain {
		return mv, nil
	}
	if err := x.replace(); err != nil {
		return nil, err
	}
	next, ok := z.Apply(x.changes())
	if !ok {
		return nil, fmt.Errorf("zone %s: the records of the old host cannot be removed; nothing was changed", z.Apex)
	}
	res, err := m.engine.Fix(next, rules.Safe)
	if err != nil {
		return nil, err
	}
	mv.Zone, mv.Fixed = res.Zone, res.Fixed
	mv.Changes = zone.Diff(z, res.Zone, append(x.changes(), res.Changes...).Keys())
	if len(mv.Changes) == 0 {
		return mv, nil
	}
	x.after = res.Zone
	mv.Losses, mv.Notes = x.losses(), x.remarks()
	return mv, nil
}

// mover is the move of one zone.
type mover struct {
	*Migration
	z        *zone.Zone
	old      []*holding // of the packs that go
	keep     []*holding // of those whose records stay: the new ones, senders, gateways
	gateways []*Pack    // that take the mail before whoever hosts it
	certain  bool       // something in the zone is certainly an old host's
	gone     []departure
	sites    []*spfSite
	mx       []zone.Record // that come in the place of the old ones
	policy   *zone.Record  // that comes in the place of the old host's alias
	notes    []string
	after    *zone.Zone
}

// departure is a record that goes.
type departure struct {
	zone.Record
	of   *Pack
	want *wantRecord // of the pack; nil if it only leads to the host
	grip grip
}

// look finds what belongs to the old hosts.
func (x *mover) look() {
	seen := x.detector.sight(x.z)
	for _, p := range x.from {
		given := Bindings{}
		for name, value := range x.given {
			// A value for a variable that both hosts have is the new one's.
			if !slices.ContainsFunc(x.to, func(o *Pack) bool { return o.variable(name) }) {
				given[name] = value
			}
		}
		base := x.z.Apex
		for _, g := range seen {
			if b := g.base(x.z); g.pack.ID == p.ID && b != "" {
				base = b
			}
		}
		x.old = append(x.old, newHolding(x.z, base, p, given, x.detector))
	}
	for _, p := range x.to {
		x.keep = append(x.keep, newHolding(x.z, x.z.Apex, p, x.given, x.detector))
	}
	for _, g := range seen {
		same := func(p *Pack) bool { return p.ID == g.pack.ID }
		if len(g.unclear) > 0 || slices.ContainsFunc(x.from, same) || slices.ContainsFunc(x.to, same) {
			continue
		}
		switch g.pack.Kind {
		case Gateway:
			x.gateways = append(x.gateways, g.pack)
		case Sender:
		default:
			continue
		}
		base := g.base(x.z)
		if base == "" {
			base = x.z.Apex
		}
		x.keep = append(x.keep, newHolding(x.z, base, g.pack, nil, x.detector))
	}
	x.lookAtRecords()
	x.lookAtSPF()
	x.certain = slices.ContainsFunc(x.gone, func(d departure) bool { return d.grip == strong }) ||
		slices.ContainsFunc(x.sites, func(s *spfSite) bool { return len(s.gone) > 0 })
}

func (p *Pack) variable(name string) bool {
	return slices.ContainsFunc(p.Variables, func(v Variable) bool { return v.Name == name })
}

func (x *mover) lookAtRecords() {
	policy, _ := x.z.Apex.Child(policyOwner)
	for r := range x.z.Records() {
		switch {
		case r.Type == zone.TypeSOA, r.Type == zone.TypeRRSIG, r.Type == zone.TypeNSEC, r.Name == policy:
			continue
		}
		for _, h := range x.old {
			w, g := h.has(r)
			if g == none {
				continue
			}
			if k := x.keeper(r); k != nil {
				switch {
				case w == nil && r.Type == zone.TypeMX && r.Target().Within(x.z.Apex):
					x.note("MX %s stays, since %s wants that name too: %s must lead to the new host's server", r.RData(), k.ID, r.Target())
				case w != nil && w.Purpose == ForDKIM && w.Type == zone.TypeTXT:
					x.note("%s TXT stays, since %s keeps a key there too; if it is still that of %s, put the new one in its place", r.Name, k.ID, h.pack.ID)
				}
				continue
			}
			if r.Notes&zone.Generated != 0 {
				x.note("%s %s %s stays: it is made by $GENERATE, which has no line of its own to change", r.Name, r.Type, r.RData())
				continue
			}
			x.gone = append(x.gone, departure{r, h.pack, w, g})
			break
		}
	}
	// What another record of the zone leads to stays.
	x.gone = slices.DeleteFunc(x.gone, func(d departure) bool {
		if d.Type != zone.TypeA && d.Type != zone.TypeAAAA {
			return false
		}
		by, used := x.user(d.Name)
		if used {
			x.note("%s %s %s stays, since %s %s leads to it", d.Name, d.Type, d.RData(), by.Name, by.Type)
		}
		return used
	})
}

// user returns a record that leads to a name and does not go.
func (x *mover) user(name zone.Name) (zone.Record, bool) {
	for _, t := range []zone.Type{zone.TypeCNAME, zone.TypeMX, zone.TypeSRV, zone.TypeNS} {
		for r := range x.z.OfType(t) {
			if r.Target() == name && !x.goes(r) {
				return r, true
			}
		}
	}
	return zone.Record{}, false
}

func (x *mover) goes(r zone.Record) bool {
	return slices.ContainsFunc(x.gone, func(d departure) bool { return d.Loc == r.Loc && d.Same(r) })
}

// keeper returns the pack, other than the old ones, that a record is of; nil if
// there is none.
func (x *mover) keeper(r zone.Record) *Pack {
	for _, k := range x.keep {
		if _, g := k.has(r); g != none {
			return k.pack
		}
	}
	return nil
}

func (x *mover) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(x.notes, n) {
		x.notes = append(x.notes, n)
	}
}

// changes returns what goes and what comes in its place, a change for each
// RRset.
func (x *mover) changes() zone.ChangeSet {
	var cs zone.ChangeSet
	at := func(name zone.Name, t zone.Type) *zone.Change {
		for i := range cs {
			if cs[i].Name == name && cs[i].Type == t {
				return &cs[i]
			}
		}
		cs = append(cs, zone.Change{Name: name, Type: t})
		return &cs[len(cs)-1]
	}
	for _, d := range x.gone {
		c := at(d.Name, d.Type)
		c.Before = append(c.Before, d.Record)
	}
	for _, r := range x.mx {
		c := at(r.Name, r.Type)
		c.After = append(c.After, r)
	}
	if x.policy != nil {
		c := at(x.policy.Name, x.policy.Type)
		c.After = append(c.After, *x.policy)
	}
	for _, s := range x.sites {
		if len(s.gone) == 0 && s.next == nil {
			continue
		}
		c := at(s.record.Name, zone.TypeTXT)
		c.Before = append(c.Before, s.record)
		if s.next != nil {
			c.After = append(c.After, *s.next)
		}
	}
	return cs
}
