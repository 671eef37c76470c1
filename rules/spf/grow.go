package spf

import (
	"slices"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// maxKept bounds the voids that are kept by name: one more than is allowed, for
// each family, is all that counts.
const maxKept = 4 * (MaxVoids + 1)

// maxSum bounds what is counted: trees that share branches may come to sums
// that no integer holds.
const maxSum = 1 << 20

// Grow returns the tree of a domain as a zone, which may be nil, and then the
// servers know it. At most limit terms that query the DNS are followed.
func Grow(z *zone.Zone, servers []resolve.Server, domain zone.Name, limit int) *Tree {
	g := grower{zone: z, servers: servers, left: limit}
	return g.tree(domain)
}

// grower makes the trees of the records of one pass.
type grower struct {
	zone    *zone.Zone
	servers []resolve.Server
	// trees are those of targets. One that was cut, or that was made inside of a
	// loop, says less than it would by itself, but nothing that is not so.
	trees map[zone.Name]*Tree
	stack []zone.Name // the domains that are being evaluated
	left  int         // terms that may still be followed
	// names are the targets of includes and redirects as they are written, since
	// many records have the same.
	names map[string]zone.Name
}

// tree returns the tree of a domain that an include or redirect names.
func (g *grower) tree(domain zone.Name) *Tree {
	if t := g.trees[domain]; t != nil {
		return t
	}
	t := g.published(domain)
	if t.SPF != nil {
		g.grow(t)
	}
	if !t.cut || t.Lookups > MaxLookups {
		if g.trees == nil {
			g.trees = map[zone.Name]*Tree{}
		}
		g.trees[domain] = t
	}
	return t
}

// published looks for the SPF record of a domain (RFC 7208, sections 4.4 and
// 4.5).
func (g *grower) published(domain zone.Name) *Tree {
	a := resolve.Lookup(g.zone, g.servers, domain, zone.TypeTXT)
	t := &Tree{Domain: domain, From: a.From, Date: a.Date, Err: a.Err}
	if a.Status == zone.Unknown {
		return t
	}
	for _, rec := range a.Records {
		if !mayBeSPF(rec) {
			continue
		}
		r := Parse(rec.Text())
		switch {
		case r.Form != SPF || t.SPF != nil && t.Record.Data == rec.Data:
		case t.SPF != nil:
			t.State, t.SPF, t.Record = Several, nil, zone.Record{}
			t.broken = true
			return t
		default:
			t.SPF, t.Record = r, rec
		}
	}
	switch {
	case t.SPF == nil && a.From == resolve.Itself && a.Status == zone.Found && (!g.zone.Complete || g.zone.Unread(a.Name, zone.TypeTXT)):
		// The record may be the one that could not be read.
	case t.SPF == nil:
		t.State = NoRecord
		t.broken = true
	case t.SPF.Valid():
		t.State = Published
	default:
		t.State = Invalid
		t.broken = true
	}
	return t
}

// grow fills the tree of a record.
func (g *grower) grow(t *Tree) {
	g.stack = append(g.stack, t.Domain)
	r := t.SPF
	t.Branches = slices.Grow(t.Branches[:0], len(r.Terms))[:len(r.Terms)]
	clear(t.Branches)
	open := Both // families whose clients may get here
	redirect := -1
	for i := range r.Terms {
		b := &t.Branches[i]
		b.Term = r.Terms[i]
		if b.Term.Kind == Redirect && redirect < 0 {
			redirect = i
		}
		if open == 0 || !b.Term.Kind.Mechanism() {
			continue
		}
		b.Tested = true
		matches := g.branch(t, b, open)
		if b.Term.Qualifier == Pass {
			t.passes |= matches & open
		}
		open &^= matches
	}
	// A redirect is for clients that nothing matches, wherever it stands, and
	// is ignored beside "all" (section 6.1).
	if redirect >= 0 && open != 0 && r.All() < 0 {
		b := &t.Branches[redirect]
		b.Tested = true
		t.passes |= g.branch(t, b, open) & open
	}
	g.stack = g.stack[:len(g.stack)-1]
}

// branch follows a term and adds what it costs to the tree. It returns the
// families of which every client matches, or all but a few.
func (g *grower) branch(t *Tree, b *Branch, open Family) (matches Family) {
	switch b.Term.Kind {
	case All:
		return Both
	case IP4:
		if b.Term.Bits4 == 0 && !b.Term.Faulty {
			return IPv4
		}
		return 0
	case IP6:
		if b.Term.Bits6 == 0 && !b.Term.Faulty {
			return IPv6
		}
		return 0
	}
	b.Lookups = 1
	if g.left--; g.left < 0 {
		t.cut = true
		if b.Term.Kind == Include || b.Term.Kind == Redirect {
			b.Unknown = 1
		}
	} else {
		matches = g.follow(t, b)
	}
	t.Lookups = min(t.Lookups+b.Lookups, maxSum)
	t.Unknown = min(t.Unknown+b.Unknown, maxSum)
	if b.Stop != 0 {
		t.broken = true
	}
	if b.Tree != nil {
		t.broken = t.broken || b.Tree.broken
		t.cut = t.cut || b.Tree.cut
	}
	t.addVoids(b, open)
	return matches
}

// void counts a query without an answer. The same one asked again is answered
// from a cache, and whether it counts again is not said.
func (t *Tree) void(name zone.Name, typ zone.Type, f Family) {
	if f == 0 {
		return
	}
	for i := range t.Voids {
		if v := &t.Voids[i]; v.Name == name && v.Type == typ {
			v.Families |= f
			return
		}
	}
	if len(t.Voids) < maxKept || f&IPv4 != 0 && t.Voided(IPv4) <= MaxVoids || f&IPv6 != 0 && t.Voided(IPv6) <= MaxVoids {
		t.Voids = append(t.Voids, Void{name, typ, f})
	}
}

// follow asks what the target of a term is.
func (g *grower) follow(t *Tree, b *Branch) (matches Family) {
	if b.Term.Faulty || b.Term.Kind == PTR {
		return 0
	}
	ok := false
	if b.Target, ok = g.target(&b.Term, t.Domain); !ok {
		if b.Term.Kind == Include || b.Term.Kind == Redirect {
			b.Unknown = 1
		}
		return 0
	}
	switch b.Term.Kind {
	case A:
		// A client's own family is what is asked for (section 5).
		four, six := g.status(b.Target, zone.TypeA), g.status(b.Target, zone.TypeAAAA)
		if four.Absent() {
			b.Void |= IPv4
		} else if four == zone.Found && b.Term.Bits4 == 0 {
			matches |= IPv4
		}
		if six.Absent() {
			b.Void |= IPv6
		} else if six == zone.Found && b.Term.Bits6 == 0 {
			matches |= IPv6
		}
	case Exists:
		// An A record is asked for whatever the client's family (section 5.7), and
		// if the name is always the same, all clients match or none.
		switch s := g.status(b.Target, zone.TypeA); {
		case s.Absent():
			b.Void = Both
		case s == zone.Found:
			b.Always, matches = true, Both
		}
	case MX:
		g.exchanges(b)
	case Include, Redirect:
		matches = g.subtree(b)
	}
	return matches
}

func (g *grower) subtree(b *Branch) (matches Family) {
	if slices.Contains(g.stack, b.Target) {
		b.Stop = StopLoop
		return 0
	}
	b.Tree = g.tree(b.Target)
	b.Lookups = min(1+b.Tree.Lookups, maxSum)
	b.Unknown = b.Tree.Unknown
	switch b.Tree.State {
	case Unasked:
		b.Unknown = 1
	case NoRecord:
		b.Stop = StopNone
	case Several:
		b.Stop = StopSeveral
	case Invalid:
		b.Stop = StopInvalid
	}
	return b.Tree.passes
}

// status looks for records of a type at a name.
func (g *grower) status(name zone.Name, typ zone.Type) zone.Status {
	if n, ok := g.node(name); ok && n.Has(typ) {
		return zone.Found
	}
	return resolve.Lookup(g.zone, g.servers, name, typ).Status
}

// node returns the node of the zone itself that answers for a name, without
// collecting records.
func (g *grower) node(name zone.Name) (zone.Node, bool) {
	if g.zone == nil {
		return zone.Node{}, false
	}
	return g.zone.NodeFor(name)
}

// exchanges looks up the MX records of an mx term (sections 5.4 and 4.6.4).
func (g *grower) exchanges(b *Branch) {
	if n, ok := g.node(b.Target); ok && n.Has(zone.TypeMX) {
		for rec := range n.Records() {
			if rec.Type == zone.TypeMX {
				b.MX++
				b.Null = b.Null || rec.Target() == zone.Root
			}
		}
	} else {
		a := resolve.Lookup(g.zone, g.servers, b.Target, zone.TypeMX)
		b.MX = len(a.Records)
		for _, rec := range a.Records {
			b.Null = b.Null || rec.Target() == zone.Root
		}
		if a.Status.Absent() {
			b.Void = Both
		}
	}
	if b.MX > MaxMX {
		b.Stop = StopMX
	}
}
