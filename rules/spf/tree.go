package spf

import (
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
	// Always says that an exists term matches for every host.
	Always bool
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
