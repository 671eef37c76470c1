package providers

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// fillStates works out the RRsets around each step. What does not fit is left
// for check to find.
func (p *Plan) fillStates() {
	now := map[zone.Key][]Item{}
	for _, c := range p.RRsets {
		now[c.Key] = c.Before
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		s.RRsets = nil
		var touched []zone.Key
		before := map[zone.Key][]Item{}
		for _, op := range s.Ops {
			k := op.key()
			if _, ok := before[k]; !ok {
				before[k] = now[k]
				touched = append(touched, k)
			}
			now[k], _ = op.applyTo(now[k])
		}
		for _, k := range touched {
			s.RRsets = append(s.RRsets, RRsetState{Key: k, Before: before[k], After: now[k]})
		}
	}
}

// key is the RRset that the operation touches.
func (op Op) key() zone.Key {
	r := op.New.Record
	if op.Kind == Delete {
		r = op.Old.Record
	}
	return zone.Key{Name: r.Name, Type: r.Type}
}

// applyTo makes the operation on an RRset; ok is false if it cannot be made.
func (op Op) applyTo(items []Item) (out []Item, ok bool) {
	if op.Kind == Create {
		return append(slices.Clone(items), op.New), true
	}
	i := slices.IndexFunc(items, func(it Item) bool { return sameItem(it, op.Old) })
	if i < 0 {
		return items, false
	}
	out = slices.Clone(items)
	if op.Kind == Update {
		out[i] = op.New
		return out, true
	}
	return slices.Delete(out, i, i+1), true
}

// check makes sure that the plan is whole, that its steps lead from what was
// seen to what is to be, and that none of them leaves the zone in a state in
// which mail suffers. It knows nothing of how the plan came about.
func (p *Plan) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrPlan, fmt.Sprintf(format, args...))
	}
	if p.Hash == "" || p.Hash != p.hash() {
		return bad("it was changed after it was made")
	}
	now, want := map[zone.Key][]Item{}, map[zone.Key]RRsetChange{}
	for _, c := range p.RRsets {
		if err := guardName(p.Zone, c.Key); err != nil {
			return err
		}
		if _, ok := want[c.Key]; ok {
			return bad("%s %s stands in it twice", c.Key.Name, c.Key.Type)
		}
		for _, it := range slices.Concat(c.Before, c.After) {
			if it.Record.Name != c.Key.Name || it.Record.Type != c.Key.Type || it.Record.Class != zone.ClassIN {
				return bad("%s %s holds another record", c.Key.Name, c.Key.Type)
			}
		}
		now[c.Key], want[c.Key] = c.Before, c
	}
	for i, s := range p.Steps {
		if len(s.Ops) == 0 {
			return bad("step %d does nothing", i+1)
		}
		for _, op := range s.Ops {
			k := op.key()
			if _, ok := want[k]; !ok {
				return bad("step %d touches %s %s, which is not among its RRsets", i+1, k.Name, k.Type)
			}
			if err := op.check(); err != nil {
				return bad("step %d: %v", i+1, err)
			}
			var ok bool
			if now[k], ok = op.applyTo(now[k]); !ok {
				return bad("step %d changes %s, which is not there", i+1, op.Old.Record)
			}
		}
		for k, c := range want {
			if err := suffers(c, now[k]); err != nil {
				return bad("after step %d %v", i+1, err)
			}
		}
	}
	for k, c := range want {
		if !sameItems(now[k], c.After) {
			return bad("its steps do not make %s %s what it is to be", k.Name, k.Type)
		}
	}
	return nil
}

// check makes sure that the operation has what its kind needs.
func (op Op) check() error {
	switch op.Kind {
	case Create:
		if op.New.ID != "" {
			return fmt.Errorf("%s comes with an id", op.New.Record)
		}
	case Update:
		if op.Old.ID != op.New.ID || op.Old.Record.Name != op.New.Record.Name || op.Old.Record.Type != op.New.Record.Type {
			return fmt.Errorf("%s turns into another record", op.Old.Record)
		}
	case Delete:
	default:
		return fmt.Errorf("unknown operation %q", clip(string(op.Kind)))
	}
	return nil
}

// suffers says what is wrong with an RRset on its way: no MX record though it
// had and will have some, or more records of a kind of which there is one than
// before and after.
func suffers(c RRsetChange, now []Item) error {
	if c.Key.Type == zone.TypeMX && len(c.Before) > 0 && len(c.After) > 0 && len(now) == 0 {
		return fmt.Errorf("%s has no MX record", c.Key.Name)
	}
	before, after := classes(c.Before), classes(c.After)
	for cl, n := range classes(now) {
		if n > max(1, before[cl], after[cl]) {
			return fmt.Errorf("%s has %d %s records", c.Key.Name, n, cl)
		}
	}
	return nil
}
