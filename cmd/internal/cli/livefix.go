package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// changeFlags say how a zone at a provider is changed.
func changeFlags() []urfave.Flag {
	return slices.Concat(applyFlags(), []urfave.Flag{
		&urfave.StringFlag{Name: "plan-out", Category: groupProvider, Usage: "`FILE`: write the plan into this file and change nothing"},
		&urfave.StringFlag{Name: "plan", Category: groupProvider, Usage: "`FILE`: carry out the plan of --plan-out, exactly that, or refuse if the zone is no longer what it was made on"},
		&urfave.IntFlag{Name: "max-changes", Category: groupProvider, Usage: fmt.Sprintf("`N`: refuse to change more records of a zone (default: %d)", providers.DefaultMaxChanges)},
		&urfave.IntFlag{Name: "max-deletes", Category: groupProvider, Usage: fmt.Sprintf("`N`: refuse to delete more records of a zone (default: %d)", providers.DefaultMaxDeletes)},
	})
}

// liveFixer is one run of fix on zones at a provider.
type liveFixer struct {
	*lint
	*changer
	planOut string
	options providers.PlanOptions
	// noChange and noDelete are limits of 0, which options do not know.
	noChange, noDelete bool
	left               [reasons]int
}

// fixLive is fix for zones at a provider.
func (l *lint) fixLive(c *urfave.Context, color string) error {
	ch, err := newChanger(c, l.live.account, color)
	if err != nil {
		return err
	}
	f := &liveFixer{lint: l, changer: ch, planOut: c.String("plan-out"), options: providers.PlanOptions{Provider: ch.provider.Name}}
	var changes, deletes *uint16
	if l.config != nil {
		changes, deletes = l.config.MaxChanges, l.config.MaxDeletes
	}
	if f.options.MaxChanges, f.noChange, err = planLimit(c, "max-changes", changes); err != nil {
		return err
	}
	if f.options.MaxDeletes, f.noDelete, err = planLimit(c, "max-deletes", deletes); err != nil {
		return err
	}
	if f.planOut != "" {
		if f.dryRun || f.yes {
			return usagef("leave the others out", "--plan-out changes nothing, and goes with neither --dry-run nor --yes")
		}
		if len(l.live.zones)+l.live.failed > 1 {
			return usagef("name one zone", "--plan-out is for one zone, and there are %d", len(l.live.zones)+l.live.failed)
		}
		f.dryRun = true
	}
	f.options.Show = f.dryRun && f.planOut == ""
	ch.failed = l.live.failed > 0
	var t totals
	for _, live := range l.live.zones {
		t.Zones++
		ln, err := l.lanes.of(l.config, live.zone.Apex)
		if err != nil {
			return err
		}
		if ln.packless(live.zone) {
			t.noPack++
		}
		if err := f.one(c.Context, live, ln.surgeon); err != nil {
			return err
		}
	}
	for r, n := range f.left {
		if n > 0 {
			fmt.Fprintf(f.changer.Err, "%d %s.\n", n, reason(r).count(n))
		}
	}
	l.hintPack(t)
	return ch.end(c.Context)
}

// planLimit returns a limit of a plan, from its flag or else the configuration;
// none says that it is 0, which plans take for the default.
func planLimit(c *urfave.Context, flag string, configured *uint16) (limit int, none bool, err error) {
	switch {
	case c.IsSet(flag):
		limit = c.Int(flag)
	case configured != nil:
		limit = int(*configured)
	default:
		return 0, false, nil
	}
	if limit < 0 {
		return 0, false, usagef("give a number of at least 0", "--%s %d", flag, limit)
	}
	return limit, limit == 0, nil
}

// one plans and makes the fixes of a zone.
func (f *liveFixer) one(ctx context.Context, live liveZone, s *surgeon) error {
	plan, r, err := f.plan(live, s)
	if err != nil {
		f.failed = true
		f.changer.complain("%v", f.failure(live.snapshot.Apex, err))
		return nil
	}
	f.account.tellUnread(live.snapshot, f.redactor)
	s.tellMove(f.changer.Err, f.err, f.place(live.snapshot.Apex), r)
	f.tellLeft(r)
	if f.planOut != "" && !plan.Empty() {
		if err := writePlan(f.planOut, plan); err != nil {
			return fmt.Errorf("--plan-out %s: %w", f.planOut, writeFailure(err))
		}
	}
	if err := f.carryOut(ctx, plan); err != nil {
		return err
	}
	if f.planOut != "" && !plan.Empty() {
		fmt.Fprintf(f.changer.Err, "\"zonelint fix --provider %s --plan %s\" carries it out.\n", f.provider.Name, report.Escape(f.planOut))
	}
	return nil
}

// plan works out the fixes of a zone. What cannot be changed there is left, with
// the reason, and the rest is planned without it.
func (f *liveFixer) plan(live liveZone, lasting *surgeon) (*providers.Plan, *repair, error) {
	refused := map[zone.Key]string{}
	s := *lasting
	s.refuse = func(cs zone.ChangeSet) string {
		for _, k := range cs.Keys() {
			if why := refused[k]; why != "" {
				return why
			}
		}
		return ""
	}
	for {
		plan, r, err := f.planWith(s, live)
		var some *providers.RefusedError
		if !errors.As(err, &some) {
			return plan, r, err
		}
		known := len(refused)
		for _, x := range some.Refusals {
			refused[x.Key] = f.redactor.Text(x.Why())
		}
		if len(refused) == known { // it is no fix that asks for it
			return nil, nil, err
		}
	}
}

// planWith works out the fixes that a surgeon makes.
func (f *liveFixer) planWith(s surgeon, live liveZone) (*providers.Plan, *repair, error) {
	op, err := s.operate(live.zone)
	if err != nil {
		return nil, nil, err
	}
	changes := op.res.Changes
	slices.SortStableFunc(changes, func(a, b zone.Change) int {
		return cmp.Or(zone.CompareNames(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	options := f.options
	options.Reasons = reasonsOf(op.repair, changes.Keys())
	plan, err := providers.NewPlan(live.snapshot, changes, options)
	if err != nil {
		return nil, nil, err
	}
	if err := s.verify(live.zone, op.before, op.res, op.res.Zone); err != nil {
		return nil, nil, err
	}
	deletes := 0
	for _, set := range plan.RRsets {
		deletes += max(0, len(set.Before)-len(set.After))
	}
	switch {
	case f.noChange && !plan.Empty():
		return nil, nil, fmt.Errorf("%w: %s, and --max-changes 0 allows none", providers.ErrGuard, countChanges(plan, "planned"))
	case f.noDelete && deletes > 0:
		return nil, nil, fmt.Errorf("%w: %s would be deleted, and --max-deletes 0 allows none", providers.ErrGuard, report.Count(deletes, "record"))
	}
	return plan, op.repair, nil
}

// reasonsOf says of each RRset why it changes.
func reasonsOf(r *repair, keys []zone.Key) map[zone.Key][]string {
	out := map[zone.Key][]string{}
	for _, x := range r.fixed {
		why := x.Rule.ID + ": " + x.Fix.Description
		for _, k := range x.Fix.Changes.Keys() {
			if !slices.Contains(out[k], why) {
				out[k] = append(out[k], why)
			}
		}
	}
	for _, k := range keys {
		if len(out[k]) == 0 && r.move != nil {
			out[k] = []string{"part of the move to another mail host"}
		}
	}
	return out
}

// tellLeft says on standard error which findings stay.
func (f *liveFixer) tellLeft(r *repair) {
	for _, l := range r.left {
		f.left[l.why]++
		where := l.Name.String()
		if l.Type != 0 {
			where += " " + l.Type.String()
		}
		fmt.Fprintf(f.changer.Err, "  %s  %s %s: %s\n", f.err.Removed("left "), report.Escape(where), l.Rule.ID, report.Escape(l.how))
	}
}

// writePlan writes a plan into a file that others cannot read.
func writePlan(path string, plan *providers.Plan) error {
	b, err := json.MarshalIndent(plan, "", " ")
	if err != nil {
		return err
	}
	a, err := createAtomic(path, nil)
	if err != nil {
		return err
	}
	if err := a.Chmod(0o600); err != nil {
		a.discard()
		return err
	}
	if _, err := a.Write(append(b, '\n')); err != nil {
		a.discard()
		return err
	}
	return a.commit()
}

// applyPlan carries out the plan of a file.
func (a *app) applyPlan(c *urfave.Context, color string) error {
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if c.IsSet(name) && !slices.Contains([]string{"plan", "provider", "dry-run", "yes", "color", "wait", "wait-timeout", "resolver", "dns-timeout"}, name) {
			return usagef("leave one of them out", "--%s has no meaning with --plan, which is carried out as it was made", name)
		}
	}
	acc, err := a.openAccount(c.String("provider"))
	if err != nil {
		return err
	}
	ch, err := newChanger(c, acc, color)
	if err != nil {
		return err
	}
	path := c.String("plan")
	b, err := readRegular(path, maxPlan)
	if err != nil {
		return fmt.Errorf("--plan %s: %s", path, describe(err))
	}
	plan := &providers.Plan{}
	if err := json.Unmarshal(b, plan); err != nil {
		if !errors.Is(err, providers.ErrPlan) {
			err = fmt.Errorf("%w: %w", providers.ErrPlan, err)
		}
		return fmt.Errorf("--plan %s: %w", path, err)
	}
	if plan.Provider != acc.provider.Name {
		return usagef("", "--plan %s is for %s and not for %s", path, plan.Provider, acc.provider.Name)
	}
	if c.Args().Present() {
		n, err := zone.ParseName(c.Args().First(), zone.Root)
		if err != nil || c.NArg() > 1 || n != plan.Zone {
			return usagef("", "--plan %s is for the zone %s alone", path, plan.Zone)
		}
	}
	if err := ch.mayAsk(); err != nil {
		return err
	}
	if err := ch.carryOut(c.Context, plan); err != nil {
		return err
	}
	return ch.end(c.Context)
}
