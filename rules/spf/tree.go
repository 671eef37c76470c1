package spf

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// The limits on one evaluation (RFC 7208, section 4.6.4).
const (
	MaxLookups = 10 // terms that query the DNS
	MaxVoids   = 2  // queries for which there is no answer
	MaxMX      = 10 // MX records of one mx term
)

// Tree is what an evaluation of the SPF record of a domain comes to for a
// client that matches no term, since that one sees them all: its terms, the
// records that they lead to, and what all of that costs. What is not known
// counts as nothing, so that every sum is a lower bound.
type Tree struct {
	Domain zone.Name
	State  State
	// Record is the TXT record and SPF what it says; zero and nil unless the
	// State is Published or Invalid.
	Record zone.Record
	SPF    *Record
	// From says who knows the record, Date when it was last seen to be so, and
	// Err why it is not known, as in resolve.Answer.
	From resolve.Origin
	Date string
	Err  error
	// Branches are the terms of SPF, in their order.
	Branches []Branch
	// Lookups counts the terms that query the DNS, all the way down, and Unknown
	// those of them whose own record would count too but is not known.
	Lookups, Unknown int
	// Voids are the queries for which there is certainly no answer, each once;
	// no more than a few.
	Voids []Void

	passes Family // clients of these families pass, whatever their address
	broken bool   // some term in it, or it itself, ends in a permanent error
	cut    bool   // its branches were not all followed
}

// State says what is known of the SPF record of a domain.
type State uint8

// The states.
const (
	Unasked   State = iota // nobody knows, or its name depends on the message
	Published              // there is one
	Invalid                // there is one, with syntax errors
	Several                // there are several (RFC 7208, section 4.5)
	NoRecord               // there is none
)

// Branch is a term in a Tree.
type Branch struct {
	Term Term
	// Tested says that the term is in force: it does not stand behind what
	// matches every client, and is no redirect beside "all".
	Tested bool
	// Target is the domain that the term is about; "" if it has none, or one that
	// depends on the message.
	Target zone.Name
	// Tree is the record of an include or redirect; nil if the term closes a
	// loop, is not tested or has no Target.
	Tree *Tree
	// Lookups counts the term itself and what Tree comes to, and Unknown as that
	// of Tree.
	Lookups, Unknown int
	// Void are the families for whose clients the term's own query certainly has
	// no answer.
	Void Family
	// MX is the number of MX records of an mx term; Null says that there is one
	// that refuses mail (RFC 7505).
	MX   int
	Null bool
	// Stop is why evaluation ends with a permanent error at this term.
	Stop Stop
}

// Stop is why an evaluation ends with a permanent error, limits on the whole of
// it aside.
type Stop uint8

// The reasons.
const (
	_           Stop = iota
	StopNone         // the target has no SPF record (RFC 7208, sections 5.2, 6.1)
	StopSeveral      // the target has several (section 4.5)
	StopInvalid      // the record of the target has syntax errors (section 4.6)
	StopLoop         // the target leads back here (section 4.6.4)
	StopMX           // there are more than MaxMX MX records (section 4.6.4)
)

// Family is a set of families of clients.
type Family uint8

// The families.
const (
	IPv4 Family = 1 << iota
	IPv6
	Both = IPv4 | IPv6
)

// Void is a query without an answer.
type Void struct {
	Name zone.Name
	Type zone.Type
	// Families are the clients for which it is made.
	Families Family
}

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

// Voided returns how many queries of a client of the family have no answer.
func (t *Tree) Voided(f Family) int { return countVoids(t.Voids, f) }

func countVoids(vs []Void, f Family) int {
	n := 0
	for _, v := range vs {
		if v.Families&f != 0 {
			n++
		}
	}
	return n
}

// Fails reports whether a client that matches no term certainly gets a
// permanent error.
func (t *Tree) Fails() bool {
	return t.broken || t.Lookups > MaxLookups || t.Voided(IPv4) > MaxVoids && t.Voided(IPv6) > MaxVoids
}

// Cut reports whether the tree is so large that it was not followed to its end.
func (t *Tree) Cut() bool { return t.cut }

// Stopped returns the way to the first term at which evaluation ends with a
// permanent error that is none of the limits on the whole: the terms that lead
// there, and last that one. It is nil if there is none.
func (t *Tree) Stopped() []*Branch {
	for i := range t.Branches {
		if way := t.Branches[i].Stopped(); way != nil {
			return way
		}
	}
	return nil
}

// Stopped is that of a Tree for one term.
func (b *Branch) Stopped() []*Branch {
	switch {
	case !b.Tested:
	case b.Stop != 0:
		return []*Branch{b}
	case b.Tree != nil && b.Tree.broken:
		return append([]*Branch{b}, b.Tree.Stopped()...)
	}
	return nil
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
		if g.absent(b.Target, zone.TypeA) {
			b.Void |= IPv4
		}
		if g.absent(b.Target, zone.TypeAAAA) {
			b.Void |= IPv6
		}
	case Exists:
		if g.absent(b.Target, zone.TypeA) { // whatever the client's family (section 5.7)
			b.Void = Both
		}
	case MX:
		g.exchanges(b)
	case Include, Redirect:
		return g.subtree(b)
	}
	return 0
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

// absent reports whether there is certainly no record of a type at a name.
func (g *grower) absent(name zone.Name, typ zone.Type) bool {
	if n, ok := g.node(name); ok && n.Has(typ) {
		return false
	}
	return resolve.Lookup(g.zone, g.servers, name, typ).Status.Absent()
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

// target is that of the term, made once for each include and redirect.
func (g *grower) target(t *Term, domain zone.Name) (name zone.Name, ok bool) {
	if t.Kind != Include && t.Kind != Redirect {
		return target(t, domain)
	}
	if name, ok = g.names[t.Domain]; ok {
		return name, true
	}
	if name, ok = target(t, domain); ok {
		if g.names == nil {
			g.names = map[string]zone.Name{}
		}
		g.names[t.Domain] = name
	}
	return name, ok
}

// target returns the name that a term is about, in the record of a domain; ok
// is false if it depends on the message, or if receivers differ about it, as
// they do about what is no name (RFC 7208, section 4.8).
func target(t *Term, domain zone.Name) (name zone.Name, ok bool) {
	if t.Domain == "" {
		return domain, !domain.IsWildcard() && (t.Kind == A || t.Kind == MX)
	}
	if strings.IndexByte(t.Domain, '%') >= 0 {
		return "", false
	}
	return literalName(t.Domain)
}

// literalName makes a name of a domain without macros. Unlike in master files
// there is no escaping.
func literalName(s string) (zone.Name, bool) {
	s = strings.TrimSuffix(s, ".")
	var buf [zone.MaxName + 1]byte
	n, label := 1, 0 // label is where the length of the one at hand stands
	if len(s)+2 > zone.MaxName {
		return "", false
	}
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			c := s[i]
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			buf[n] = c
			n++
			continue
		}
		if l := n - label - 1; l == 0 || l > 63 {
			return "", false
		} else {
			buf[label] = byte(l)
		}
		label = n
		n++
	}
	buf[label] = 0
	return zone.Name(buf[:label+1]), true
}
