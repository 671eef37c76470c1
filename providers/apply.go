package providers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/zonelint/zonelint/zone"
)

// Applier carries plans out. It may be used by several goroutines at once, but
// two that work on one zone get ErrLocked.
type Applier struct {
	Backend Backend
	// Dir is where journals and locks are kept; it is made if need be.
	Dir string
	// Redactor knows the credentials; nil knows none.
	Redactor *Redactor
	// WriteTimeout bounds one step, ReadTimeout one reading of the zone; 0 is
	// two minutes.
	WriteTimeout, ReadTimeout time.Duration
	// Waits are the pauses before the zone is read again, if it does not show
	// yet what was written. nil is one, two, four and eight seconds.
	Waits []time.Duration
	// Now tells the time; nil is time.Now.
	Now func() time.Time
	// Progress is told of each step, counted from 0, before it is made; nil if
	// nobody asks.
	Progress func(step, steps int)

	// For tests: hook is called where a run may be cut off, and file writes a
	// file in another way.
	hook func(point string)
	file func(path string, content []byte) error
}

// defaultTimeout is how long a request may take: listing a large zone takes
// many pages.
const defaultTimeout = 2 * time.Minute

// Apply carries out the plan, if the zone is still what the plan was made on.
//
// If the error wraps ErrStale, ErrGuard, ErrPlan or ErrLocked and there is no
// report, nothing was written. A report says of each operation what came of it;
// with it, the error is nil only if all are done and the zone was read back.
//
// A context that ends stops the run before the next step, unless the zone would
// lack something there; a step that was begun is waited for.
func (a *Applier) Apply(ctx context.Context, plan *Plan) (*Report, error) {
	fail := func(err error) (*Report, error) {
		return nil, a.Redactor.Error(fmt.Errorf("zone %s: %w", plan.Zone, err))
	}
	if err := plan.check(); err != nil {
		return fail(err)
	}
	if plan.Empty() {
		return &Report{Plan: plan, Verified: true, Notes: plan.Notes}, nil
	}
	unlock, err := lockZone(a.Dir, plan.Provider, plan.Zone)
	if err != nil {
		return nil, err
	}
	defer unlock()
	a.at("locked")
	before, err := a.snapshot(ctx, plan.Zone)
	if err != nil {
		return fail(err)
	}
	bound, err := plan.bind(before)
	if err != nil {
		return fail(err)
	}
	a.at("read")
	j, err := a.newJournal(bound, before, plan.Hash)
	if err != nil {
		return fail(err)
	}
	a.at("journal")
	r := &run{Applier: a, plan: bound, journal: j, before: before}
	r.write(ctx)
	return r.finish(ctx)
}

func (a *Applier) at(point string) {
	if a.hook != nil {
		a.hook(point)
	}
}

func (a *Applier) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

func orDefault(d time.Duration) time.Duration {
	if d == 0 {
		return defaultTimeout
	}
	return d
}

// snapshot reads the zone once.
func (a *Applier) snapshot(ctx context.Context, z zone.Name) (*Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, orDefault(a.ReadTimeout))
	defer cancel()
	s, err := a.Backend.Snapshot(ctx, z)
	if err != nil {
		return nil, err
	}
	if s.Apex != z {
		return nil, fmt.Errorf("the provider answered with the zone %s", s.Apex)
	}
	return s, nil
}

// bind gives the plan the items of a fresh snapshot, or says that the zone is
// no longer what the plan was made on.
func (p *Plan) bind(s *Snapshot) (*Plan, error) {
	if err := s.guardWritable(); err != nil {
		return nil, err
	}
	b := &Plan{Provider: p.Provider, Zone: p.Zone, Undo: p.Undo, Notes: p.Notes}
	now := map[zone.Key][]Item{}
	for _, c := range p.RRsets {
		if err := guardKey(s, c.Key); err != nil {
			return nil, err
		}
		fresh := s.rrset(c.Key)
		left := slices.Clone(fresh)
		for _, it := range c.Before {
			i := slices.IndexFunc(left, func(o Item) bool { return sameItem(it, o) })
			if i < 0 {
				return nil, fmt.Errorf("%w: %s is no longer there as it was", ErrStale, it.Record)
			}
			left = slices.Delete(left, i, i+1)
		}
		if len(left) > 0 {
			return nil, fmt.Errorf("%w: %s was not there", ErrStale, left[0].Record)
		}
		b.RRsets = append(b.RRsets, RRsetChange{Key: c.Key, Before: fresh, Reasons: c.Reasons})
		now[c.Key] = fresh
	}
	for i, step := range p.Steps {
		if len(step.Ops) > s.Capabilities.maxOps() {
			return nil, fmt.Errorf("%w: step %d is larger than the provider takes; plan again", ErrPlan, i+1)
		}
		fresh := Step{Gap: step.Gap}
		for _, op := range step.Ops {
			k := op.key()
			if op.Kind != Create {
				at := slices.IndexFunc(now[k], func(it Item) bool { return sameItem(it, op.Old) })
				if at < 0 {
					return nil, fmt.Errorf("%w: step %d changes %s, which is not there", ErrPlan, i+1, op.Old.Record)
				}
				if op.Old = now[k][at]; op.Old.Locked != "" {
					return nil, op.Old.locked()
				}
			}
			if op.Kind == Update {
				if !s.Capabilities.Update {
					return nil, fmt.Errorf("%w: the provider cannot change records in place; plan again", ErrPlan)
				}
				op.New.ID, op.New.Raw, op.New.Masked = op.Old.ID, op.Old.Raw, op.Old.Masked
			}
			now[k], _ = op.applyTo(now[k])
			fresh.Ops = append(fresh.Ops, op)
		}
		b.Steps = append(b.Steps, fresh)
	}
	for i, c := range b.RRsets {
		b.RRsets[i].After = now[c.Key]
	}
	if err := guardAliases(s, b.RRsets); err != nil && !p.Undo {
		return nil, fmt.Errorf("%w: %w", ErrStale, err)
	}
	b.fillStates()
	b.Hash = b.hash()
	return b, b.check()
}
