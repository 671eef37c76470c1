package providers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// waits are pauses of no length: what is read again is read at once.
var waits = []time.Duration{0, 0}

// plan reads the zone and plans changes.
func plan(t tb, f providers.Backend, changes func(tb, *zone.Zone) zone.ChangeSet) (*providers.Plan, error) {
	t.Helper()
	s, err := f.Snapshot(context.Background(), example)
	if err != nil {
		return nil, err
	}
	return providers.NewPlan(s, changes(t, s.Zone()), providers.PlanOptions{Provider: "fake"})
}

// Without faults every scenario is carried out at every kind of provider, mail
// never stops, and nothing else changes; a second run has nothing to do, and
// what the journal says is undone to the octet.
func TestApply(t *testing.T) {
	for _, k := range kinds {
		for _, sc := range scenarios {
			t.Run(k.name+"/"+sc.name, func(t *testing.T) {
				f := providertest.NewFake(example, k.caps, sc.start(t)...)
				f.Watch = providertest.MailSafe(f.Items())
				old := f.Items()
				p, err := plan(t, f, sc.changes)
				if err != nil {
					t.Fatal(err)
				}
				p = throughJSON(t, p)
				a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
				rep, err := a.Apply(context.Background(), p)
				if err != nil {
					t.Fatal(err)
				}
				if !rep.Complete() || !rep.Verified || rep.Err != nil || rep.Foreign != nil || rep.Gap != "" {
					t.Errorf("report: %+v", rep)
				}
				if got, want := records(f.Items()), lines(sc.target(t)); !slices.Equal(got, want) {
					t.Errorf("the zone is\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				untouched(t, old, f.Items(), p)
				if k.caps.Atomic && k.caps.MaxOps == 0 && f.Writes() != 1 {
					t.Errorf("%d writes", f.Writes())
				}
				again, err := plan(t, f, sc.rest)
				if err != nil || !again.Empty() {
					t.Errorf("a second plan has steps: %+v %v", again, err)
				}
				private(t, a.Dir)
				j, err := providers.LoadJournal(rep.Journal)
				if err != nil {
					t.Fatal(err)
				}
				back, err := a.Rollback(context.Background(), j)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := a.Apply(context.Background(), back); err != nil {
					t.Fatal(err)
				}
				if got, want := facts(f.Items()), facts(old); !slices.Equal(got, want) {
					t.Errorf("rolled back to\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				for _, v := range f.Violations() {
					t.Errorf("at some moment %v", v)
				}
			})
		}
	}
}

// private checks that nobody else can read what was written down.
func private(t testing.TB, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Errorf("%d files: %v", len(files), err)
	}
	for _, e := range files {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
		if filepath.Ext(e.Name()) == ".tmp" {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

// facts are all that a provider keeps of records but their ids.
func facts(items []providers.Item) []string {
	var out []string
	for _, it := range items {
		out = append(out, fmt.Sprintf("%s %v %s", it.Record, it.Auto, it.Raw))
	}
	slices.Sort(out)
	return out
}

// untouched checks that records which the plan does not change are the same,
// by id and by every field.
func untouched(t tb, old, now []providers.Item, p *providers.Plan) {
	t.Helper()
	for _, it := range old {
		touched := false
		for _, s := range p.Steps {
			for _, op := range s.Ops {
				touched = touched || op.Kind != providers.Create && op.Old.ID == it.ID
			}
		}
		if !touched && !slices.ContainsFunc(now, func(o providers.Item) bool {
			return o.ID == it.ID && o.Record.Same(it.Record) && string(o.Raw) == string(it.Raw) && o.Auto == it.Auto
		}) {
			t.Errorf("%s has changed, which is not in the plan", it.Record)
		}
	}
}

func throughJSON(t tb, p *providers.Plan) *providers.Plan {
	t.Helper()
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	q := &providers.Plan{}
	if err := json.Unmarshal(b, q); err != nil {
		t.Fatal(err)
	}
	return q
}

// Every fault at every request of every scenario: the zone is the old one, the
// new one, or what the report says, mail has not stopped, and running again
// completes it, or rolling back undoes it.
func TestFaults(t *testing.T) {
	edits := map[string]func([]providers.Item) []providers.Item{
		"elsewhere": func(items []providers.Item) []providers.Item {
			return append(items, providers.Item{Record: rec(t, "foreign 300 A 192.0.2.77")})
		},
		"in touched RRsets": func(items []providers.Item) []providers.Item {
			return append(items, providers.Item{Record: rec(t, "@ 300 MX 99 foreign.example.")}, providers.Item{Record: rec(t, `@ 300 TXT "foreign"`)})
		},
	}
	const secret = "s3cr3t-token-of-the-account"
	for _, k := range kinds {
		for _, sc := range scenarios {
			t.Run(k.name+"/"+sc.name, func(t *testing.T) {
				dir := t.TempDir()
				for _, fault := range providertest.Faults {
					for _, edit := range []string{"elsewhere", "in touched RRsets"} {
						if fault != providertest.Edit && edit != "elsewhere" {
							continue
						}
						for at := 1; ; at++ {
							f := providertest.NewFake(example, k.caps, sc.start(t)...)
							f.Watch = providertest.MailSafe(f.Items())
							f.Fault, f.At, f.Editor, f.Secret = fault, at, edits[edit], secret
							disk := memory{}
							r := &providers.Applier{Dir: dir, Waits: waits}
							r.SetFile(disk.write)
							r.Redactor = providers.NewRedactor(secret)
							r.Backend = r.Redactor.Backend(f)
							run := &faulty{t: t, sc: sc, f: f, a: r, disk: disk, what: fmt.Sprintf("%s at request %d (%s)", fault, at, edit), undo: at%2 == 0}
							met := run.do(secret)
							if t.Failed() {
								return
							}
							if !met {
								break
							}
						}
					}
				}
			})
		}
	}
}

// memory is files that need no disk.
type memory map[string][]byte

func (m memory) write(path string, content []byte) error {
	m[path] = slices.Clone(content)
	return nil
}

func (m memory) journal(path string) (*providers.Journal, error) {
	j := &providers.Journal{}
	return j, json.Unmarshal(m[path], j)
}

// faulty is a run that meets a fault.
type faulty struct {
	t    tb
	sc   scenario
	f    *providertest.Fake
	a    *providers.Applier
	disk memory
	what string
	undo bool
}

// meets reports whether the fault is one that the run may meet.
func (x *faulty) meets(f providertest.Fault) bool {
	for _, o := range x.f.Also {
		if o == f {
			return true
		}
	}
	return x.f.Fault == f
}

func (x *faulty) errorf(format string, args ...any) {
	x.t.Helper()
	x.t.Errorf("%s: %s", x.what, fmt.Sprintf(format, args...))
}

// do makes the run and what follows it. It reports whether the fault came to
// pass.
func (x *faulty) do(secret string) bool {
	x.t.Helper()
	old := x.f.Items()
	p, err := plan(x.t, x.a.Backend, x.sc.changes0(x.t))
	var rep *providers.Report
	if err == nil {
		rep, err = x.a.Apply(context.Background(), p)
		untouched(x.t, old, x.f.Items(), p)
	}
	met := x.f.Requests() >= x.f.At
	x.check(old, rep, err)
	x.secretFree(secret, err, rep)
	x.f.Land()
	if x.undo && rep != nil && rep.Journal != "" && !x.meets(providertest.Edit) {
		x.rollBack(rep, old)
	} else {
		x.again()
	}
	for _, v := range x.f.Violations() {
		x.errorf("at some moment %v", v)
	}
	return met
}

// changes0 are the changes of the scenario, or what is left of them if the
// zone was read only in part.
func (s scenario) changes0(t tb) func(tb, *zone.Zone) zone.ChangeSet {
	return func(_ tb, z *zone.Zone) zone.ChangeSet {
		for _, r := range recs(t, s.gone...) {
			if !slices.ContainsFunc(z.RRset(r.Name, r.Type), r.Same) {
				return s.rest(t, z)
			}
		}
		return s.changes(t, z)
	}
}

// check compares the zone with what was said of it.
func (x *faulty) check(old []providers.Item, rep *providers.Report, err error) {
	x.t.Helper()
	now := x.f.Items()
	if rep == nil {
		if err == nil {
			x.errorf("neither a report nor an error")
		}
		for _, it := range old {
			if !slices.ContainsFunc(now, func(o providers.Item) bool { return o.ID == it.ID && o.Record.Same(it.Record) }) {
				x.errorf("%s is gone, and there is no report", it.Record)
			}
		}
		if !x.meets(providertest.Edit) && len(now) != len(old) {
			x.errorf("records have come, and there is no report")
		}
		return
	}
	has := func(r zone.Record) bool {
		return slices.ContainsFunc(now, func(o providers.Item) bool { return o.Record.Same(r) })
	}
	for _, op := range rep.Ops {
		var shows bool
		switch op.Op.Kind {
		case providers.Create:
			shows = has(op.Op.New.Record)
		case providers.Delete:
			shows = !has(op.Op.Old.Record)
		case providers.Update:
			shows = has(op.Op.New.Record) && !has(op.Op.Old.Record)
		}
		switch op.Outcome {
		case providers.Done, providers.NotDone:
			if shows != (op.Outcome == providers.Done) {
				x.errorf("said to be %s, and the zone shows the contrary", op)
			}
		case providers.Unknown:
			// Or a provider that at last shows an old zone again.
			if !x.meets(providertest.Slow) && !(x.meets(providertest.Stale) && len(x.f.Also) > 0) {
				x.errorf("nothing is known of: %s", op)
			}
		}
	}
	if (err == nil) != (rep.Complete() && rep.Verified) {
		x.errorf("error %v, report %+v", err, rep)
	}
	if err != nil && rep.Complete() == errors.Is(err, providers.ErrIncomplete) {
		x.errorf("error %v, complete %v", err, rep.Complete())
	}
	if rep.Journal == "" { // nothing to do, as it seemed
		if x.f.Writes() > 0 && !x.meets(providertest.Edit) {
			x.errorf("the zone was changed, and there is no journal")
		}
		return
	}
	j, jerr := x.disk.journal(rep.Journal)
	if jerr != nil {
		x.errorf("%v", jerr)
		return
	}
	for i, o := range j.Outcomes {
		if o != rep.Ops[i].Outcome {
			x.errorf("the journal says otherwise than the report")
		}
	}
	if x.f.Fault == providertest.Edit && err == nil && x.f.Requests() >= x.f.At && x.f.At > 2 && len(rep.Foreign) == 0 && x.f.Writes() > 0 {
		// Nobody can tell it from a reading of before it.
		stale := slices.Contains(slices.Collect(maps.Values(x.f.Also)), providertest.Stale)
		if !stale && slices.ContainsFunc(now, func(it providers.Item) bool { return it.Record.Name.Label() == "foreign" }) {
			x.errorf("the change of someone else is not told")
		}
	}
}

// secretFree looks for the credential everywhere.
func (x *faulty) secretFree(secret string, err error, rep *providers.Report) {
	x.t.Helper()
	texts := []string{fmt.Sprintf("%v %+v", err, rep)}
	for _, b := range x.disk {
		texts = append(texts, string(b))
	}
	for _, s := range texts {
		if strings.Contains(s, secret) {
			x.errorf("the credential stands in %s", s)
		}
	}
}

// again runs once more without a fault, and then all is as it is to be.
func (x *faulty) again() {
	x.t.Helper()
	x.f.Fault, x.f.Also = providertest.NoFault, nil
	old := x.f.Items()
	target := lines(x.sc.target(x.t))
	var foreign []string
	for _, it := range old {
		if l := it.Record.String(); strings.Contains(l, "foreign") {
			foreign = append(foreign, l)
		}
	}
	// What others added stays: it is no part of what is to go.
	p, err := plan(x.t, x.a.Backend, func(t tb, z *zone.Zone) zone.ChangeSet {
		cs := x.sc.rest(t, z)
		for i := range cs {
			cs[i].Before = slices.DeleteFunc(cs[i].Before, func(r zone.Record) bool { return slices.Contains(foreign, r.String()) })
		}
		return slices.DeleteFunc(cs, func(c zone.Change) bool { return len(c.Before)+len(c.After) == 0 })
	})
	if err != nil {
		x.errorf("planning again: %v", err)
		return
	}
	rep, err := x.a.Apply(context.Background(), p)
	if err != nil {
		x.errorf("again: %v %v", err, rep)
		return
	}
	untouched(x.t, old, x.f.Items(), p)
	want := append(target, foreign...)
	slices.Sort(want)
	if got := records(x.f.Items()); !slices.Equal(got, want) {
		x.errorf("again: the zone is\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (x *faulty) rollBack(rep *providers.Report, old []providers.Item) {
	x.t.Helper()
	x.f.Fault, x.f.Also = providertest.NoFault, nil
	j, err := x.disk.journal(rep.Journal)
	if err != nil {
		x.errorf("%v", err)
		return
	}
	p, err := x.a.Rollback(context.Background(), j)
	if err != nil {
		x.errorf("roll back: %v", err)
		return
	}
	if _, err := x.a.Apply(context.Background(), p); err != nil {
		x.errorf("roll back: %v", err)
		return
	}
	if got, want := facts(x.f.Items()), facts(old); !slices.Equal(got, want) {
		x.errorf("rolled back to\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
