package providers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

var migration = scenarios[1]

// A run that is asked to stop does so before its next step, but never where the
// zone lacks something.
func TestCancel(t *testing.T) {
	for at := 0; ; at++ {
		f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
		f.Watch = providertest.MailSafe(f.Items())
		p, err := plan(t, f, migration.changes)
		if err != nil {
			t.Fatal(err)
		}
		if at == len(p.Steps) {
			break
		}
		ctx, cancel := context.WithCancel(context.Background())
		a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits, Progress: func(i, n int) {
			if i == at {
				cancel()
			}
		}}
		rep, err := a.Apply(ctx, p)
		cancel()
		last := at
		if p.Steps[at].Gap != "" {
			last++
		}
		if last == len(p.Steps)-1 {
			if err != nil {
				t.Errorf("at the last step: %v", err)
			}
			continue
		}
		if !errors.Is(err, providers.ErrIncomplete) || !errors.Is(err, context.Canceled) {
			t.Fatalf("at %d: %v", at, err)
		}
		if rep.Count(providers.Done) != last+1 || rep.Count(providers.Unknown) != 0 || rep.Gap != "" {
			t.Errorf("at %d: %+v", at, rep)
		}
	}
	f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	if rep, err := a.Apply(ctx, p); rep != nil || !errors.Is(err, context.Canceled) || f.Writes() > 0 {
		t.Errorf("a run that was stopped before: %v %v", rep, err)
	}
}

// A failure between the two halves of a replacement says what the zone lacks.
func TestGapIsTold(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	f.Fault, f.At = providertest.Refuse, 5 // two readings, a key, the old SPF record, the new one
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if err == nil || rep.Gap != "example.com. has no v=spf1 record" || rep.Count(providers.Done) != 2 {
		t.Errorf("%v: %+v", err, rep)
	}
	if want := "zone example.com.: the plan was not carried out wholly (2 done, 8 not done, 0 unknown): step 3 of 10: the provider refused the request: 400"; err.Error() != want {
		t.Errorf("error %q", err)
	}
}

// Whatever happens to the records that a plan touches, it is then refused, and
// nothing has been written, not even a journal.
func TestStale(t *testing.T) {
	mx := func(it providers.Item) bool { return it.Record.Type == zone.TypeMX }
	for name, edit := range map[string]func([]providers.Item) []providers.Item{
		"one more": func(items []providers.Item) []providers.Item {
			return append(items, providers.Item{Record: rec(t, "@ 300 MX 1 x.example.")})
		},
		"one less": func(items []providers.Item) []providers.Item {
			i := slices.IndexFunc(items, mx)
			return slices.Delete(items, i, i+1)
		},
		"another TTL": func(items []providers.Item) []providers.Item {
			items[slices.IndexFunc(items, mx)].Record.TTL++
			return items
		},
		"made anew": func(items []providers.Item) []providers.Item {
			items[slices.IndexFunc(items, mx)].ID = ""
			return items
		},
		"automatic TTL": func(items []providers.Item) []providers.Item {
			items[slices.IndexFunc(items, mx)].Auto = true
			return items
		},
		"another text": func(items []providers.Item) []providers.Item {
			i := slices.IndexFunc(items, func(it providers.Item) bool { return strings.HasPrefix(it.Record.Text(), "v=spf1") })
			items[i].Record = rec(t, `@ 300 TXT "v=spf1 +all"`)
			return items
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := providertest.NewFake(example, providers.Capabilities{Update: true}, migration.start(t)...)
			f.Fault, f.At, f.Editor = providertest.Edit, 2, edit
			p, err := plan(t, f, migration.changes)
			if err != nil {
				t.Fatal(err)
			}
			a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
			rep, err := a.Apply(t.Context(), p)
			if !errors.Is(err, providers.ErrStale) || rep != nil || f.Writes() != 1 {
				t.Errorf("%v %v, %d writes", err, rep, f.Writes())
			}
			if files, _ := filepath.Glob(filepath.Join(a.Dir, "*.json")); len(files) > 0 {
				t.Errorf("journals: %v", files)
			}
		})
	}
}

// Capabilities that have become less since the plan was made.
func TestLessCapable(t *testing.T) {
	for _, tt := range []struct {
		then, now providers.Capabilities
		want      error
	}{
		{providers.Capabilities{Atomic: true, Update: true}, providers.Capabilities{Atomic: true, Update: true, MaxOps: 2}, providers.ErrPlan},
		{providers.Capabilities{Update: true}, providers.Capabilities{}, providers.ErrPlan},
		{providers.Capabilities{}, providers.Capabilities{ReadOnly: "no"}, providers.ErrGuard},
		{providers.Capabilities{}, providers.Capabilities{Update: true}, nil},
	} {
		f := providertest.NewFake(example, tt.then, migration.start(t)...)
		p, err := plan(t, f, migration.changes)
		if err != nil {
			t.Fatal(err)
		}
		f.Capabilities = tt.now
		a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
		if _, err := a.Apply(t.Context(), p); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%+v: %v", tt.now, err)
		}
	}
}

// Two runs on one machine do not interleave.
func TestLock(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a := &providers.Applier{Backend: f, Dir: dir, Waits: waits}
	tried := 0
	a.SetHook(func(string) {
		tried++
		b := &providers.Applier{Backend: f, Dir: dir, Waits: waits}
		if _, err := b.Apply(context.Background(), p); !errors.Is(err, providers.ErrLocked) {
			t.Errorf("a second run: %v", err)
		}
	})
	if _, err := a.Apply(t.Context(), p); err != nil || tried == 0 {
		t.Fatal(err)
	}
	if _, err := (&providers.Applier{Backend: f, Dir: dir, Waits: waits}).Apply(t.Context(), p); !errors.Is(err, providers.ErrStale) {
		t.Errorf("after it: %v", err)
	}
}

// What cannot be written down is not done.
func TestJournalFails(t *testing.T) {
	for n := 1; ; n++ {
		f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
		p, err := plan(t, f, migration.changes)
		if err != nil {
			t.Fatal(err)
		}
		a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
		calls, full := 0, errors.New("no space left")
		a.SetFile(func(string, []byte) error {
			if calls++; calls >= n {
				return full
			}
			return nil
		})
		rep, err := a.Apply(t.Context(), p)
		if calls < n {
			break
		}
		switch {
		case n <= 2: // the zone, the journal
			if rep != nil || !errors.Is(err, full) || f.Writes() > 0 {
				t.Errorf("file %d: %v, %d writes", n, err, f.Writes())
			}
		case rep.Complete(): // only the end is not written down
			if err == nil && len(rep.Notes) == 0 {
				t.Errorf("file %d: nobody is told", n)
			}
		default:
			if rep.Count(providers.Unknown) > 0 {
				t.Errorf("file %d: %+v", n, rep)
			}
			if !errors.Is(err, full) || rep.Count(providers.Done) != f.Writes() || f.Writes() != (n-2)/2 {
				t.Errorf("file %d: %v, %d writes", n, err, f.Writes())
			}
		}
	}
}

const killAt = "ZONELINT_TEST_KILL_AT"

// The process that TestKill kills: it writes down the zone after each change
// and dies where it is told to.
func TestKilled(t *testing.T) {
	at, err := strconv.Atoi(os.Getenv(killAt))
	if err != nil {
		t.Skip("for TestKill")
	}
	dir, kind := os.Getenv("ZONELINT_TEST_DIR"), kinds[0]
	if i, err := strconv.Atoi(os.Getenv("ZONELINT_TEST_KIND")); err == nil {
		kind = kinds[i]
	}
	f := providertest.NewFake(example, kind.caps, migration.start(t)...)
	save := func(items []providers.Item) error {
		b, err := json.Marshal(items)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "provider"), b, 0o600)
	}
	if err := save(f.Items()); err != nil {
		t.Fatal(err)
	}
	f.Watch = save
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	a := &providers.Applier{Backend: f, Dir: dir, Waits: waits}
	point := 0
	a.SetHook(func(string) {
		if point++; point == at {
			self, _ := os.FindProcess(os.Getpid())
			_ = self.Kill()
			select {}
		}
	})
	if _, err := a.Apply(context.Background(), p); err != nil {
		t.Fatal(err)
	}
}

// Kill -9 at every point of a run: nothing is lost, the lock is free, and the
// run can be done again or undone.
func TestKill(t *testing.T) {
	for kind, k := range kinds {
		if k.name != "batches" && k.name != "append and delete" {
			continue
		}
		for at := 1; ; at++ {
			dir := t.TempDir()
			cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
			cmd.Env = append(os.Environ(), killAt+"="+strconv.Itoa(at), "ZONELINT_TEST_DIR="+dir, "ZONELINT_TEST_KIND="+strconv.Itoa(kind))
			out, err := cmd.CombinedOutput()
			if err == nil {
				if at < 8 {
					t.Errorf("%s: killed at %d points only", k.name, at-1)
				}
				break
			}
			if len(out) > 0 {
				t.Fatalf("%s at %d: %v\n%s", k.name, at, err, out)
			}
			afterKill(t, k.caps, dir, fmt.Sprintf("%s, killed at %d", k.name, at), at%2 == 0)
		}
	}
}

func afterKill(t *testing.T, caps providers.Capabilities, dir, what string, undo bool) {
	t.Helper()
	var items []providers.Item
	b, err := os.ReadFile(filepath.Join(dir, "provider"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &items); err != nil {
		t.Fatal(err)
	}
	f := providertest.Resume(example, caps, items)
	old := providertest.NewFake(example, caps, migration.start(t)...)
	f.Watch = providertest.MailSafe(old.Items())
	journals, _ := filepath.Glob(filepath.Join(dir, "*Z.json"))
	if len(journals) == 0 && !slices.Equal(records(items), records(old.Items())) {
		t.Errorf("%s: the zone was changed, and there is no journal", what)
	}
	a := &providers.Applier{Backend: f, Dir: dir, Waits: waits}
	want := lines(migration.target(t))
	var p *providers.Plan
	if undo && len(journals) == 1 {
		j, err := providers.LoadJournal(journals[0])
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		want = records(old.Items())
		p, err = a.Rollback(t.Context(), j)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	} else if p, err = plan(t, f, migration.rest); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if rep, err := a.Apply(t.Context(), p); err != nil {
		t.Errorf("%s: %v %+v", what, err, rep)
	}
	if got := records(f.Items()); !slices.Equal(got, want) {
		t.Errorf("%s: the zone is\n%s\nnot\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, v := range f.Violations() {
		t.Errorf("%s: at some moment %v", what, v)
	}
}

// A write whose answer does not come in time may still come to pass: that is
// said, and nothing is written again.
func TestLateWrite(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	f.Fault, f.At = providertest.Slow, 5
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if !errors.Is(err, providers.ErrIncomplete) || !errors.Is(err, context.DeadlineExceeded) || f.Writes() != 2 {
		t.Errorf("%v, %d writes", err, f.Writes())
	}
	for i, op := range rep.Ops {
		want := providers.NotDone
		if i < 2 {
			want = providers.Done
		} else if i == 2 {
			want = providers.Unknown
		}
		if op.Outcome != want {
			t.Errorf("operation %d: %s", i+1, op)
		}
	}
	j, err := providers.LoadJournal(rep.Journal)
	if err != nil || j.Steps[2] != providers.StepUnknown || j.Steps[3] != providers.StepPending || j.Finished.IsZero() || j.Error == "" {
		t.Errorf("journal %+v %v", j, err)
	}
}

// liar says that it has done what it was told.
type liar struct{ *providertest.Fake }

func (liar) Apply(context.Context, zone.Name, providers.Step) error { return nil }

// What a provider says that it has done and the zone does not show is neither
// done nor not done.
func TestAnsweredAndNotSeen(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{Atomic: true}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	a := &providers.Applier{Backend: liar{f}, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if !errors.Is(err, providers.ErrIncomplete) || !errors.Is(err, providers.ErrUnverified) || rep.Verified || rep.Count(providers.Unknown) != len(rep.Ops) {
		t.Errorf("%v %+v", err, rep)
	}
}

// A zone that cannot be read back: what was answered for is done, and that
// nobody has seen it is said.
func TestNotReadBack(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{Atomic: true}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	f.Also = map[int]providertest.Fault{4: providertest.Lost, 5: providertest.Limit, 6: providertest.Unauthorize}
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if !errors.Is(err, providers.ErrUnverified) || errors.Is(err, providers.ErrIncomplete) || !errors.Is(err, providers.ErrUnauthorized) || rep.Verified || !rep.Complete() {
		t.Errorf("%v %+v", err, rep)
	}
}

// A run that has gone on after a lost answer tells of the zone as it is in the
// end, not as it was then.
func TestTwoFailures(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	// Two readings, a step, the lost answer, a reading, a step, the refusal.
	f.Also = map[int]providertest.Fault{4: providertest.LostAnswer, 7: providertest.Refuse}
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if !errors.Is(err, providers.ErrRefused) || rep.Count(providers.Done) != 3 || rep.Count(providers.Unknown) != 0 || f.Writes() != 3 {
		t.Errorf("%v %+v", err, rep)
	}
}
