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
	// Progress is told of each step before it is made; nil if nobody asks.
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
	b := &Plan{Provider: p.Provider, Zone: p.Zone, Notes: p.Notes}
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
				op.Old = now[k][at]
			}
			if op.Kind == Update {
				if !s.Capabilities.Update {
					return nil, fmt.Errorf("%w: the provider cannot change records in place; plan again", ErrPlan)
				}
				op.New.ID, op.New.Raw = op.Old.ID, op.Old.Raw
			}
			now[k], _ = op.applyTo(now[k])
			fresh.Ops = append(fresh.Ops, op)
		}
		b.Steps = append(b.Steps, fresh)
	}
	for i, c := range b.RRsets {
		b.RRsets[i].After = now[c.Key]
	}
	b.fillStates()
	b.Hash = b.hash()
	return b, b.check()
}

// run is one carrying out of a plan.
type run struct {
	*Applier
	plan    *Plan
	journal *Journal
	before  *Snapshot // as read before the first write
	last    *Snapshot // as read after the last one; nil if it could not be
	stopped error     // what stopped the run
	readErr error     // why the zone could not be read back
	lost    int       // the step that may still come to pass; -1 if none
	lastAt  int       // the last step that was begun; -1 if none
}

// write makes the steps until one fails.
func (r *run) write(ctx context.Context) {
	r.lost, r.lastAt = -1, -1
	for i, step := range r.plan.Steps {
		inGap := i > 0 && r.plan.Steps[i-1].Gap != ""
		if err := context.Cause(ctx); err != nil && !inGap {
			r.stopped = fmt.Errorf("stopped before step %d: %w", i+1, err)
			return
		}
		if r.Progress != nil {
			r.Progress(i, len(r.plan.Steps))
		}
		if r.stopped = r.mark(i, StepStarted); r.stopped != nil {
			return
		}
		r.at("started")
		r.lastAt = i
		err := r.step(ctx, step)
		r.at("written")
		if err == nil {
			if r.stopped = r.mark(i, StepDone); r.stopped != nil {
				return
			}
			r.at("marked")
			continue
		}
		err = fmt.Errorf("step %d of %d: %w", i+1, len(r.plan.Steps), r.Redactor.Error(err))
		if !r.resolve(ctx, i, err) {
			r.stopped = err
			return
		}
	}
}

// step makes one step. It is given its time even if the run is to stop: a
// write that nobody waits for is one of unknown outcome.
func (r *run) step(ctx context.Context, s Step) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orDefault(r.WriteTimeout))
	defer cancel()
	return r.Backend.Apply(ctx, r.plan.Zone, s)
}

// resolve finds out what came of a step that failed. It reports whether the
// step was made after all, so that the run may go on; nothing is written twice.
func (r *run) resolve(ctx context.Context, i int, err error) bool {
	if notMade(err) {
		_ = r.mark(i, StepNotMade)
		return false
	}
	if r.mark(i, StepUnknown) != nil {
		return false
	}
	want := r.expected(i)
	made := func(s *Snapshot) bool {
		for k, items := range want {
			if !sameItems(s.rrset(k), items) {
				return false
			}
		}
		return true
	}
	r.last, r.readErr = r.readBack(ctx, made)
	if r.last == nil || !made(r.last) {
		if inFlight(err) {
			r.lost = i
		}
		return false
	}
	// ErrPartial may be more than was asked for.
	return !isPartial(err) && r.mark(i, StepDone) == nil
}

// expected returns the RRsets of the plan as they are after step i.
func (r *run) expected(i int) map[zone.Key][]Item {
	now := map[zone.Key][]Item{}
	for _, c := range r.plan.RRsets {
		now[c.Key] = c.Before
	}
	for _, s := range r.plan.Steps[:i+1] {
		for _, st := range s.RRsets {
			now[st.Key] = st.After
		}
	}
	return now
}

// mark writes the state of a step to the journal.
func (r *run) mark(i int, s StepState) error {
	r.journal.Steps[i] = s
	return r.journal.write()
}

// readBack reads the zone until it is as it should be or the waits are over,
// and returns the last reading. It does so even if the run is to stop, but then
// it does not wait.
func (r *run) readBack(ctx context.Context, ok func(*Snapshot) bool) (*Snapshot, error) {
	waits := r.Waits
	if waits == nil {
		waits = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
	}
	var last *Snapshot
	for i := 0; ; i++ {
		s, err := r.snapshot(context.WithoutCancel(ctx), r.plan.Zone)
		if err == nil {
			last = s
			if ok(s) {
				return s, nil
			}
		}
		if i == len(waits) || ctx.Err() != nil {
			return last, r.Redactor.Error(err)
		}
		select {
		case <-time.After(waits[i]):
		case <-ctx.Done():
		}
	}
}

// finish reads the zone back and makes the report.
func (r *run) finish(ctx context.Context) (*Report, error) {
	rep := &Report{Plan: r.plan, Journal: r.journal.Path, Notes: slices.Clone(r.plan.Notes), Err: r.Redactor.Error(r.stopped)}
	if r.last == nil || r.stopped == nil {
		r.last, r.readErr = r.readBack(ctx, func(s *Snapshot) bool {
			if r.stopped != nil {
				return true // there is nothing to wait for
			}
			ok, _ := r.plan.fulfilled(s)
			return ok && len(r.plan.foreign(r.before, s)) == 0
		})
	}
	r.at("verified")
	r.account(rep)
	r.journal.Finished, r.journal.Outcomes = r.now().UTC(), nil
	for _, op := range rep.Ops {
		r.journal.Outcomes = append(r.journal.Outcomes, op.Outcome)
	}
	err := r.verdict(rep)
	if err != nil {
		r.journal.Error = r.Redactor.Text(err.Error())
	}
	if jerr := r.journal.write(); jerr != nil {
		rep.Notes = append(rep.Notes, fmt.Sprintf("the end of the run could not be written down: %v", jerr))
	}
	return rep, err
}

// account fills in what became of each operation.
func (r *run) account(rep *Report) {
	var shown []Outcome
	if r.last != nil {
		shown = r.plan.outcomes(r.last)
		var notes []string
		rep.Verified, notes = r.plan.fulfilled(r.last)
		rep.Notes = append(rep.Notes, notes...)
		rep.Foreign = r.plan.foreign(r.before, r.last)
	}
	for i, step := range r.plan.Steps {
		for _, op := range step.Ops {
			o := r.told(i)
			if shown != nil {
				switch seen := shown[len(rep.Ops)]; {
				case seen == Done:
					o = Done
				case r.journal.Steps[i] == StepDone || i == r.lost:
					o = Unknown // answered for and not to be seen, or still on its way
				default:
					o = seen
				}
			}
			rep.Ops = append(rep.Ops, OpReport{Step: i, Op: op, Outcome: o})
		}
	}
	if r.stopped != nil && r.lastAt >= 0 {
		rep.Gap = r.gap(rep)
	}
}

// told is the outcome of a step where the zone does not show it.
func (r *run) told(i int) Outcome {
	switch r.journal.Steps[i] {
	case StepDone:
		return Done
	case StepPending, StepNotMade:
		return NotDone
	}
	return Unknown
}

// gap says what the zone lacks where the run stopped: the last step that is
// done leaves something open for one that is not.
func (r *run) gap(rep *Report) string {
	gap := ""
	for i, op := range rep.Ops {
		if op.Outcome == Done {
			if i+1 < len(rep.Ops) && rep.Ops[i+1].Outcome != Done {
				gap = r.plan.Steps[op.Step].Gap
			}
		}
	}
	return gap
}

// verdict is the error of a run.
func (r *run) verdict(rep *Report) error {
	switch {
	case !rep.Complete():
		tally := fmt.Sprintf("%d done, %d not done, %d unknown", rep.Count(Done), rep.Count(NotDone), rep.Count(Unknown))
		cause := r.stopped
		if cause == nil {
			cause = r.readErr
		}
		if cause == nil {
			cause = ErrUnverified
		}
		return r.Redactor.Error(fmt.Errorf("zone %s: %w (%s): %w", r.plan.Zone, ErrIncomplete, tally, cause))
	case r.last == nil:
		return r.Redactor.Error(fmt.Errorf("zone %s: %w: %w", r.plan.Zone, ErrUnverified, r.readErr))
	case !rep.Verified:
		return fmt.Errorf("zone %s: %w: someone else changed the same records meanwhile", r.plan.Zone, ErrUnverified)
	case r.stopped != nil && isPartial(r.stopped):
		return r.Redactor.Error(fmt.Errorf("zone %s: %w", r.plan.Zone, r.stopped))
	}
	return nil
}
