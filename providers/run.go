package providers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/zonelint/zonelint/zone"
)

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
			r.journal.Steps[i] = StepPending
			return
		}
		r.at("started")
		r.lastAt, r.last, r.readErr = i, nil, nil
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
	made := r.after(i)
	r.last, r.readErr = r.readBack(ctx, func(s *Snapshot) bool { return r.plan.shows(s, made) })
	if r.last == nil || !r.plan.shows(r.last, made) {
		if inFlight(err) {
			r.lost = i
		}
		return false
	}
	// ErrPartial may be more than was asked for.
	return !isPartial(err) && r.mark(i, StepDone) == nil
}

// after returns the RRsets of the plan as they are after step i; -1 is before
// the first.
func (r *run) after(i int) map[zone.Key][]Item {
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

// shows reports whether the RRsets are in the zone as they are given.
func (p *Plan) shows(s *Snapshot, sets map[zone.Key][]Item) bool {
	for k, items := range sets {
		if !sameItems(s.rrset(k), items) {
			return false
		}
	}
	return true
}

// asTold tells whether a reading shows what the provider has answered for.
func (r *run) asTold() func(*Snapshot) bool {
	if r.stopped == nil {
		return func(s *Snapshot) bool {
			ok, _ := r.plan.fulfilled(s)
			return ok
		}
	}
	last := -1
	for i, s := range r.journal.Steps {
		if s == StepDone {
			last = i
		}
	}
	told := r.after(last)
	return func(s *Snapshot) bool { return r.plan.shows(s, told) }
}

// mark writes the state of a step to the journal.
func (r *run) mark(i int, s StepState) error {
	r.journal.Steps[i] = s
	return r.journal.write()
}

// readBack reads the zone until it is as it should be or the waits are over: a
// provider may take its time until it shows what was written. It returns the
// last reading; but one that differs less in what nobody touched is worth more,
// since a provider may also show a part of the zone. The zone is read even if
// the run is to stop, but then there is no waiting.
func (r *run) readBack(ctx context.Context, ok func(*Snapshot) bool) (*Snapshot, error) {
	waits := r.Waits
	if waits == nil {
		waits = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
	}
	if !slices.ContainsFunc(r.journal.Steps, func(s StepState) bool { return s != StepPending && s != StepNotMade }) {
		waits = nil // nothing was written that might show later
	}
	var best *Snapshot
	bestOK, bestForeign := false, 0
	for i := 0; ; i++ {
		s, err := r.snapshot(context.WithoutCancel(ctx), r.plan.Zone)
		if err == nil {
			good, foreign := ok(s), len(r.plan.foreign(r.before, s))
			if good && foreign == 0 {
				return s, nil
			}
			if best == nil || good && !bestOK || good == bestOK && foreign <= bestForeign {
				best, bestOK, bestForeign = s, good, foreign
			}
		}
		if i == len(waits) || ctx.Err() != nil {
			return best, r.Redactor.Error(err)
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
		r.last, r.readErr = r.readBack(ctx, r.asTold())
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
		rep.After = r.last
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
