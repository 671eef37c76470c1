package providers

import (
	"context"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// Rollback makes the plan that undoes what a run has done, as far as the zone
// shows it. It is applied as any other plan, with a journal of its own.
func (a *Applier) Rollback(ctx context.Context, j *Journal) (*Plan, error) {
	s, err := a.snapshot(ctx, j.Plan.Zone)
	if err != nil {
		return nil, a.Redactor.Error(fmt.Errorf("zone %s: %w", j.Plan.Zone, err))
	}
	return RollbackPlan(s, j)
}

// RollbackPlan makes the plan that leads from the zone as it is back to what it
// was before the run of the journal. It concerns the records of that run alone:
// what others changed since then stays, and is named in the notes. A run that
// was cut off is undone as well as one that came to its end: the zone tells
// which of the operations that it began were made.
func RollbackPlan(s *Snapshot, j *Journal) (*Plan, error) {
	if s.Apex != j.Plan.Zone {
		return nil, fmt.Errorf("%w: the journal is of zone %s, not %s", ErrPlan, j.Plan.Zone, s.Apex)
	}
	z := s.Zone()
	u := &undo{before: map[zone.Key][]Item{}}
	reasons := map[zone.Key][]string{}
	var cs zone.ChangeSet
	var notes []string
	for _, c := range j.Plan.RRsets {
		u.before[c.Key] = c.Before
		reasons[c.Key] = []string{"as it was before " + j.Started.UTC().Format("2006-01-02 15:04:05 UTC")}
		ch, left := back(c, z.RRset(c.Key.Name, c.Key.Type), j.begun())
		notes = append(notes, left...)
		if len(ch.Before)+len(ch.After) > 0 {
			cs = append(cs, ch)
		}
	}
	p, err := NewPlan(s, cs, PlanOptions{Provider: j.Plan.Provider, Reasons: reasons, MaxChanges: -1, MaxDeletes: -1, undo: u})
	if err != nil {
		return nil, err
	}
	p.Notes = append(p.Notes, notes...)
	if created, _, _ := p.Counts(); created > 0 && slices.ContainsFunc(s.Items, func(it Item) bool { return it.ID != "" }) {
		p.Notes = append(p.Notes, "records that come again get new ids and dates of creation at the provider")
	}
	return p, nil
}

// back is the change of an RRset that undoes what ops did to it: what they
// brought goes, what they took comes again. Where one record became another in
// place, it becomes the first again in place.
func back(c RRsetChange, now []zone.Record, ops []Op) (ch zone.Change, notes []string) {
	ch = zone.Change{Name: c.Key.Name, Type: c.Key.Type}
	missing := slices.Clone(c.Before)
	for _, r := range now {
		if i := slices.IndexFunc(missing, func(it Item) bool { return same(it.Record, r) }); i >= 0 {
			missing = slices.Delete(missing, i, i+1)
			continue
		}
		if !slices.ContainsFunc(ops, func(op Op) bool { return op.Kind != Delete && SameRecord(op.New.Record, r) }) {
			notes = append(notes, fmt.Sprintf("%s was not there then and is not of that run: it stays", r))
			continue
		}
		ch.Before = append(ch.Before, r)
	}
	for _, it := range missing {
		at := slices.IndexFunc(ops, func(op Op) bool { return op.Kind != Create && same(op.Old.Record, it.Record) })
		if at < 0 {
			notes = append(notes, fmt.Sprintf("%s was there then and was not deleted by that run: it does not come again", it.Record))
			continue
		}
		r := it.Record
		r.Loc = zone.Loc{}
		if op := ops[at]; op.Kind == Update {
			if i := slices.IndexFunc(ch.Before, func(b zone.Record) bool { return SameRecord(b, op.New.Record) }); i >= 0 {
				r.Loc = ch.Before[i].Loc
			}
		}
		ch.After = append(ch.After, r)
	}
	return ch, notes
}

// begun returns the operations that the run may have made: those of steps that
// it began, and that the provider did not refuse.
func (j *Journal) begun() []Op {
	var ops []Op
	for i, s := range j.Plan.Steps {
		switch j.Steps[i] {
		case StepStarted, StepDone, StepUnknown:
			ops = append(ops, s.Ops...)
		}
	}
	return ops
}
