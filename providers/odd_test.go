package providers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// more does what it is told, and says that it did more.
type more struct{ *providertest.Fake }

func (m more) Apply(ctx context.Context, z zone.Name, s providers.Step) error {
	if err := m.Fake.Apply(ctx, z, s); err != nil {
		return err
	}
	return fmt.Errorf("two records deleted: %w", providers.ErrPartial)
}

// A step that did more than it should ends the run, though the zone shows what
// was asked for.
func TestMoreThanAsked(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	a := &providers.Applier{Backend: more{f}, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if !errors.Is(err, providers.ErrPartial) || rep.Count(providers.Done) != 1 || f.Writes() != 1 {
		t.Errorf("%v %+v", err, rep)
	}
}

// A provider may hold one record twice; each deletion is told by itself.
func TestTheSameRecordTwice(t *testing.T) {
	twice := func() *providertest.Fake {
		r := rec(t, "a 300 A 192.0.2.1")
		return providertest.Resume(example, providers.Capabilities{}, []providers.Item{{Record: r, ID: "1"}, {Record: r, ID: "2"}, {Record: rec(t, "a 300 A 192.0.2.2"), ID: "3"}})
	}
	remove := func(which ...int) func(tb, *zone.Zone) zone.ChangeSet {
		return func(_ tb, z *zone.Zone) zone.ChangeSet {
			var cs zone.ChangeSet
			for _, i := range which {
				cs = append(cs, zone.Remove(slices.Collect(z.Records())[i]))
			}
			return cs
		}
	}
	f := twice()
	p, err := plan(t, f, remove(1))
	if err != nil {
		t.Fatal(err)
	}
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	if rep, err := a.Apply(t.Context(), throughJSON(t, p)); err != nil || f.Items()[0].ID != "1" || len(f.Items()) != 2 {
		t.Errorf("%v %+v %+v", err, rep, f.Items())
	}
	f = twice()
	if p, err = plan(t, f, remove(0, 1)); err != nil {
		t.Fatal(err)
	}
	a.Backend, f.Fault, f.At = f, providertest.Refuse, 4
	rep, err := a.Apply(t.Context(), p)
	if !errors.Is(err, providers.ErrRefused) || rep.Count(providers.Done) != 1 || rep.Count(providers.NotDone) != 1 {
		t.Errorf("%v %+v", err, rep)
	}
}
