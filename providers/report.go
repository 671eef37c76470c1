package providers

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// Outcome is what is known of an operation: whether the zone shows it.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	NotDone Outcome = "not done"
	Unknown Outcome = "unknown"
)

// Report is the account of a run.
type Report struct {
	// Plan is the plan as it was carried out, bound to the zone.
	Plan *Plan
	// Ops are the operations in their order.
	Ops []OpReport
	// Journal is the file of the run's journal.
	Journal string
	// Verified says that the zone was read back after the last write, and that
	// every RRset of the plan is what it is to be.
	Verified bool
	// After is the zone as it was read after the last write; nil if it could not be.
	After *Snapshot
	// Gap says what the zone lacks because the run stopped where it did; "" if
	// nothing.
	Gap string
	// Foreign are differences that the plan did not make, between the zone as it
	// was read before the first write and after the last one.
	Foreign []string
	// Notes are what else is to be known, such as a TTL that the provider chose.
	Notes []string
	// Err is what stopped the run, without credentials; nil if nothing did.
	Err error
}

// OpReport is what became of an operation.
type OpReport struct {
	Step    int // from 0
	Op      Op
	Outcome Outcome
}

// String says what was to be done and what came of it.
func (o OpReport) String() string { return fmt.Sprintf("%s: %s", o.Outcome, o.Op) }

// String says what the operation does.
func (op Op) String() string {
	switch op.Kind {
	case Create:
		return "create " + op.New.Record.String()
	case Delete:
		return "delete " + op.Old.Record.String()
	}
	return fmt.Sprintf("change %s to %d %s", op.Old.Record, op.New.Record.TTL, op.New.Record.RData())
}

// Count returns how many operations have the outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for _, op := range r.Ops {
		if op.Outcome == o {
			n++
		}
	}
	return n
}

// Complete reports whether every operation is done.
func (r *Report) Complete() bool { return r.Count(Done) == len(r.Ops) }

// Untouched reports whether no operation is done or may be.
func (r *Report) Untouched() bool { return r.Count(NotDone) == len(r.Ops) }

// outcomes tells of each operation whether the zone shows it.
func (p *Plan) outcomes(s *Snapshot) []Outcome {
	var out []Outcome
	used := map[identity]int{} // deletions of equal records that have been counted
	for _, step := range p.Steps {
		for _, op := range step.Ops {
			out = append(out, p.outcome(op, s, used))
		}
	}
	return out
}

func (p *Plan) outcome(op Op, s *Snapshot, used map[identity]int) Outcome {
	k := op.key()
	i := slices.IndexFunc(p.RRsets, func(c RRsetChange) bool { return c.Key == k })
	before, now := p.RRsets[i].Before, s.rrset(k)
	came := func() bool { return p.came(op.New, before, now) }
	gone := func() bool { return p.gone(op.Old, p.RRsets[i], now, used) }
	switch op.Kind {
	case Create:
		if came() {
			return Done
		}
		return NotDone
	case Delete:
		if gone() {
			return Done
		}
		return NotDone
	}
	switch c, g := came(), gone(); {
	case c && g:
		return Done
	case !c && !g:
		return NotDone
	}
	return Unknown
}

// came reports whether a record that was to come is there, with whatever TTL
// unless there was one with another TTL before.
func (p *Plan) came(new Item, before, now []Item) bool {
	for _, it := range now {
		if !SameRecord(it.Record, new.Record) {
			continue
		}
		if it.Record.TTL == new.Record.TTL || !slices.ContainsFunc(before, func(b Item) bool { return same(b.Record, it.Record) }) {
			return true
		}
	}
	return false
}

// gone reports whether a record that was to go is no longer there.
func (p *Plan) gone(old Item, c RRsetChange, now []Item, used map[identity]int) bool {
	id := identify(old.Record)
	is := func(it Item) bool { return identify(it.Record) == id }
	comes := slices.ContainsFunc(c.After, is) && !slices.ContainsFunc(c.After, func(it Item) bool { return is(it) && it.Record.TTL == old.Record.TTL })
	if comes { // with another TTL
		return !slices.ContainsFunc(now, func(it Item) bool { return same(it.Record, old.Record) })
	}
	if count(c.Before, is)-count(now, is) > used[id] {
		used[id]++
		return true
	}
	return false
}

func count(items []Item, is func(Item) bool) int {
	n := 0
	for _, it := range items {
		if is(it) {
			n++
		}
	}
	return n
}

// fulfilled reports whether every RRset of the plan is as it is to be, but for
// TTLs that are neither those from before nor those asked for; notes name them.
func (p *Plan) fulfilled(s *Snapshot) (ok bool, notes []string) {
	ok = !slices.ContainsFunc(p.outcomes(s), func(o Outcome) bool { return o != Done })
	for _, c := range p.RRsets {
		now := s.rrset(c.Key)
		ok = ok && alike(now, c.After)
		for _, it := range now {
			want := slices.IndexFunc(c.After, func(a Item) bool { return SameRecord(a.Record, it.Record) })
			if want < 0 || slices.ContainsFunc(c.After, func(a Item) bool { return same(a.Record, it.Record) }) {
				continue
			}
			notes = append(notes, fmt.Sprintf("%s: the provider gave it the TTL %d, not %d", it.Record, it.Record.TTL, c.After[want].Record.TTL))
		}
	}
	return ok, notes
}

// alike is sameItems without the TTLs.
func alike(a, b []Item) bool {
	if len(a) != len(b) {
		return false
	}
	left := map[identity]int{}
	for _, it := range b {
		left[identify(it.Record)]++
	}
	for _, it := range a {
		id := identify(it.Record)
		if left[id]--; left[id] < 0 {
			return false
		}
	}
	return true
}

// foreign lists what differs between two readings of the zone and is not of
// the plan. What providers change themselves, serial and signatures, is no
// difference.
func (p *Plan) foreign(a, b *Snapshot) []string {
	planned := map[identity]bool{}
	for _, step := range p.Steps {
		for _, op := range step.Ops {
			planned[identify(op.Old.Record)], planned[identify(op.New.Record)] = true, true
		}
	}
	type counted struct {
		identity
		ttl uint32
	}
	others := func(s *Snapshot) (keys []counted, records map[counted][]zone.Record) {
		records = map[counted][]zone.Record{}
		for _, it := range s.Items {
			r, id := it.Record, identify(it.Record)
			if planned[id] || r.Type == zone.TypeSOA || slices.Contains(served, r.Type) {
				continue
			}
			k := counted{id, r.TTL}
			if records[k] == nil {
				keys = append(keys, k)
			}
			records[k] = append(records[k], r)
		}
		return keys, records
	}
	keysA, inA := others(a)
	keysB, inB := others(b)
	var out []string
	for _, k := range keysA {
		for range len(inA[k]) - len(inB[k]) {
			out = append(out, "gone: "+inA[k][0].String())
		}
	}
	for _, k := range keysB {
		for range len(inB[k]) - len(inA[k]) {
			out = append(out, "come: "+inB[k][0].String())
		}
	}
	return out
}
