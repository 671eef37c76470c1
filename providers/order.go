package providers

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// The order of what is done, where it cannot be done all at once: first what
// other records speak of, then who may send, then who receives, then what is
// asked of senders on the strength of these, and last what is no longer needed.
const (
	rankHosts  = iota // addresses, aliases, services; swaps of those
	rankTexts         // DKIM keys, included SPF records, verification tokens
	rankSPF           // SPF records that take the place of others
	rankMXNew         // MX records that come
	rankMXSwap        // MX records that must go for a moment to change
	rankMXOld         // MX records that go
	rankPolicy        // DMARC, MTA-STS, TLSRPT, BIMI
	rankGone          // everything else that goes
)

// unit is operations that follow each other with nothing in between.
type unit struct {
	rank int
	ops  []Op
	// gap says what the zone lacks after the operations from gapFrom to gapTo.
	gap            string
	gapFrom, gapTo int
}

// order makes the steps of the changes.
func order(sets []*setChange, caps Capabilities) []Step {
	var units []unit
	swapped := swaps(sets)
	for _, c := range sets {
		if !slices.ContainsFunc(swapped[c.key.Name], func(o *setChange) bool { return o == c }) {
			units = append(units, c.whole(c.units(caps), caps)...)
		}
	}
	for _, c := range sets {
		if node := swapped[c.key.Name]; len(node) > 0 {
			units = append(units, swapUnit(c.key.Name, node, caps))
			delete(swapped, c.key.Name)
		}
	}
	slices.SortStableFunc(units, func(a, b unit) int { return cmp.Compare(a.rank, b.rank) })
	p := Plan{Steps: pack(units, caps)}
	for _, c := range sets {
		p.RRsets = append(p.RRsets, RRsetChange{Key: c.key, Before: c.before, After: c.after()})
	}
	p.fillStates()
	return p.Steps
}

// swaps finds the owners where a CNAME takes the place of other records or the
// reverse: one must be gone before the other comes (RFC 1034, section 3.6.2).
// MX records that are there before and after stay out of it.
func swaps(sets []*setChange) map[zone.Name][]*setChange {
	out := map[zone.Name][]*setChange{}
	for _, c := range sets {
		if c.key.Type != zone.TypeCNAME || (len(c.before) > 0) == (len(c.after()) > 0) {
			continue
		}
		var node []*setChange
		for _, o := range sets {
			if o.key.Name == c.key.Name && (o.key.Type != zone.TypeMX || len(o.before) == 0 || len(o.after()) == 0) {
				node = append(node, o)
			}
		}
		if len(node) > 1 {
			out[c.key.Name] = node
		}
	}
	return out
}

// swapUnit is the change of a name into an alias or back.
func swapUnit(name zone.Name, node []*setChange, caps Capabilities) unit {
	u := unit{rank: rankHosts, gap: fmt.Sprintf("%s has not all of its records", name)}
	var come []Op
	for _, c := range node {
		for _, p := range c.pairs {
			switch ops := c.ops(p, caps); {
			case len(ops) == 1 && ops[0].Kind == Create:
				come = append(come, ops...)
			default:
				u.ops = append(u.ops, ops...)
			}
		}
	}
	// The records that mail needs come first.
	slices.SortStableFunc(come, func(a, b Op) int {
		return cmp.Compare(b2i(a.New.Record.Type != zone.TypeMX), b2i(b.New.Record.Type != zone.TypeMX))
	})
	u.gapTo = len(u.ops) + len(come) - 1
	u.ops = append(u.ops, come...)
	return u
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ops are the operations of a pair, one or two.
func (c *setChange) ops(p pair, caps Capabilities) []Op {
	switch {
	case p.old < 0:
		return []Op{{Kind: Create, New: p.new.Item}}
	case p.new == nil:
		return []Op{{Kind: Delete, Old: c.before[p.old]}}
	case caps.Update:
		return []Op{{Kind: Update, Old: c.before[p.old], New: p.new.Item}}
	}
	return []Op{{Kind: Delete, Old: c.before[p.old]}, {Kind: Create, New: p.new.Item}}
}

// units are the operations of an RRset, with those together that must be.
func (c *setChange) units(caps Capabilities) []unit {
	var out []unit
	single := map[string][]pair{} // by class
	for _, p := range c.pairs {
		var r zone.Record
		if p.new != nil {
			r = p.new.Record
		} else {
			r = c.before[p.old].Record
		}
		if cl := class(r); cl != "" {
			single[cl] = append(single[cl], p)
			continue
		}
		ops := c.ops(p, caps)
		swap := len(ops) == 2 && SameRecord(ops[0].Old.Record, ops[1].New.Record)
		switch {
		case swap: // another TTL: the two cannot stand side by side
			rank := rankHosts
			if c.key.Type == zone.TypeMX {
				rank = rankMXSwap
			}
			out = append(out, unit{rank: rank, ops: ops, gap: "without " + ops[1].New.Record.String(), gapTo: 1})
		case len(ops) == 2: // first the new one, then the old one
			out = append(out, unit{rank: rankNew(ops[1].New.Record), ops: ops[1:]}, unit{rank: rankOld(ops[0].Old.Record), ops: ops[:1]})
		case ops[0].Kind == Delete:
			out = append(out, unit{rank: rankOld(ops[0].Old.Record), ops: ops})
		default:
			out = append(out, unit{rank: rankNew(ops[0].New.Record), ops: ops})
		}
	}
	for _, cl := range sortedKeys(single) {
		out = append(out, c.singleUnit(cl, single[cl], caps))
	}
	return out
}

// whole makes one unit of all changes of an RRset where the provider replaces it
// in one go: then there is no moment in between, and one TTL for all.
func (c *setChange) whole(units []unit, caps Capabilities) []unit {
	if !caps.Atomic || !caps.OneRRset || len(units) < 2 {
		return units
	}
	u := unit{rank: units[0].rank}
	for _, part := range units {
		u.rank = min(u.rank, part.rank)
		u.ops = append(u.ops, part.ops...)
	}
	return []unit{u}
}

// singleUnit replaces the one record of a class: the old one goes before the
// new one comes, and nothing happens in between.
func (c *setChange) singleUnit(cl string, pairs []pair, caps Capabilities) unit {
	var gone, changed, come []Op
	for _, p := range pairs {
		for _, op := range c.ops(p, caps) {
			switch op.Kind {
			case Delete:
				gone = append(gone, op)
			case Update:
				changed = append(changed, op)
			case Create:
				come = append(come, op)
			}
		}
	}
	u := unit{ops: slices.Concat(gone, changed, come)}
	left := classes(c.before)[cl] - len(gone)
	switch r := cmp.Or(last(changed), last(come)); {
	case r != nil && len(gone)+len(changed) == 0:
		u.rank = rankNew(r.New.Record)
	case r != nil && cl == "v=spf1":
		u.rank = rankSPF
	case r != nil:
		u.rank = rankNew(r.New.Record)
	case left > 0: // one too many
		u.rank = rankSPF
	default:
		u.rank = rankGone
	}
	if left == 0 && len(come) > 0 && len(gone) > 0 {
		u.gapFrom, u.gapTo = len(gone)-1, len(gone)
		u.gap = fmt.Sprintf("%s has no %s record", c.key.Name, cl)
	}
	return u
}

func last(ops []Op) *Op {
	if len(ops) == 0 {
		return nil
	}
	return &ops[len(ops)-1]
}

func rankNew(r zone.Record) int {
	switch {
	case r.Type == zone.TypeMX:
		return rankMXNew
	case r.Type != zone.TypeTXT && r.Type != zone.TypeSPF:
		return rankHosts
	}
	switch class(r) {
	case "v=dmarc1", "v=stsv1", "v=tlsrptv1", "v=bimi1":
		return rankPolicy
	}
	return rankTexts
}

func rankOld(r zone.Record) int {
	if r.Type == zone.TypeMX {
		return rankMXOld
	}
	return rankGone
}

func sortedKeys[V any](m map[string]V) []string {
	var ks []string
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// pack puts the units into steps that the backend can make in one go, whole
// where they fit.
func pack(units []unit, caps Capabilities) []Step {
	most := caps.maxOps()
	var steps []Step
	var cur Step
	flush := func(gap string) {
		if len(cur.Ops) > 0 {
			cur.Gap = gap
			steps = append(steps, cur)
			cur = Step{}
		}
	}
	for _, u := range units {
		if len(u.ops) > most-len(cur.Ops) {
			flush("")
		}
		for i, op := range u.ops {
			if len(cur.Ops) == most || caps.OneRRset && len(cur.Ops) > 0 && cur.Ops[0].key() != op.key() {
				gap := ""
				if u.gap != "" && i-1 >= u.gapFrom && i-1 < u.gapTo {
					gap = u.gap
				}
				flush(gap)
			}
			cur.Ops = append(cur.Ops, op)
		}
	}
	flush("")
	return steps
}
