package providers_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// ran carries out a scenario and gives its journal and its provider.
func ran(t *testing.T, caps providers.Capabilities, sc scenario) (*providers.Applier, *providertest.Fake, *providers.Journal) {
	t.Helper()
	f := providertest.NewFake(example, caps, recs(t, sc.zone...)...)
	p, err := plan(t, f, sc.changes)
	if err != nil {
		t.Fatal(err)
	}
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	j, err := providers.LoadJournal(rep.Journal)
	if err != nil {
		t.Fatal(err)
	}
	return a, f, j
}

// What others have changed since the run stays as it is, and is told.
func TestRollbackLeavesOthers(t *testing.T) {
	sc := scenario{
		zone: []string{"@ 300 MX 10 old.example.", "@ 300 MX 20 older.example."},
		gone: []string{"@ 300 MX 10 old.example.", "@ 300 MX 20 older.example."},
		come: []string{"@ 300 MX 10 new.example.", "@ 300 MX 20 newer.example."},
	}
	for _, tt := range []struct {
		name string
		edit func(items []providers.Item) []providers.Item
		want []string
		note string
	}{
		{"one more", func(items []providers.Item) []providers.Item {
			return append(items, providers.Item{ID: "x", Record: rec(t, "@ 300 MX 99 x.example.")})
		}, []string{"- @ MX 10 new.example.", "- @ MX 20 newer.example.", "+ @ MX 10 old.example.", "+ @ MX 20 older.example."}, "99 x.example. was not there then and is not of that run: it stays"},
		{"one of the run's is gone", func(items []providers.Item) []providers.Item { return items[1:] }, []string{"- @ MX 20 newer.example.", "+ @ MX 10 old.example.", "+ @ MX 20 older.example."}, ""},
		{"one of the run's has another TTL", func(items []providers.Item) []providers.Item {
			items[0].Record.TTL = 77
			return items
		}, []string{"- @ MX 10 new.example.", "- @ MX 20 newer.example.", "+ @ MX 10 old.example.", "+ @ MX 20 older.example."}, ""},
		{"one of the old ones has come again", func(items []providers.Item) []providers.Item {
			return append(items, providers.Item{ID: "x", Record: rec(t, "@ 300 MX 10 old.example.")})
		}, []string{"- @ MX 10 new.example.", "- @ MX 20 newer.example.", "+ @ MX 20 older.example."}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, f, j := ran(t, providers.Capabilities{Atomic: true}, sc)
			edited := providertest.Resume(example, f.Capabilities, tt.edit(f.Items()))
			a.Backend = edited
			p, err := a.Rollback(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range steps(p) {
				got = append(got, strings.TrimPrefix(s, "1 "))
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, tt.note) || !strings.Contains(notes, "new ids") {
				t.Errorf("notes %q", notes)
			}
			if rep, err := a.Apply(t.Context(), throughJSON(t, p)); err != nil {
				t.Errorf("%v %+v", err, rep)
			}
		})
	}
}

// What the run never began is not undone, though the zone looks as if it were
// made: someone else has.
func TestRollbackOfWhatWasNotBegun(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{}, migration.start(t)...)
	p, err := plan(t, f, migration.changes)
	if err != nil {
		t.Fatal(err)
	}
	f.Fault, f.At = providertest.Refuse, 4 // the second step
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if err == nil {
		t.Fatal("no error")
	}
	j, err := providers.LoadJournal(rep.Journal)
	if err != nil {
		t.Fatal(err)
	}
	a.Backend = providertest.Resume(example, f.Capabilities, append(f.Items(), providers.Item{ID: "x", Record: rec(t, "@ 300 MX 10 mx1.host.example.")}))
	back, err := a.Rollback(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	if got := steps(back); !slices.Equal(got, []string{`1 - new._domainkey TXT "v=DKIM1; p=bmV3"`}) || !back.Undo {
		t.Errorf("%q", got)
	}
}

// A zone that was broken before can be had again.
func TestRollbackToBrokenZone(t *testing.T) {
	sc := scenario{zone: []string{`@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "v=spf1 mx -all"`}, gone: []string{`@ 300 TXT "v=spf1 mx -all"`}}
	a, f, j := ran(t, providers.Capabilities{}, sc)
	p, err := a.Rollback(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got := records(f.Items()); !slices.Equal(got, lines(recs(t, sc.zone...))) {
		t.Errorf("%q", got)
	}
	j.Plan.Zone = zone.MustName("example.net")
	if _, err := providers.RollbackPlan(snapshot(t, providers.Capabilities{}), j); !errors.Is(err, providers.ErrPlan) {
		t.Errorf("the journal of another zone: %v", err)
	}
}

// Records that cannot stand beside each other are each other's successors,
// whatever the change says takes the place of what.
func TestSuccessors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		caps  providers.Capabilities
		zone  []string
		into  string // the first record of the zone turns into this one
		comes string
		want  []string
	}{
		{
			"a record comes again with another TTL",
			providers.Capabilities{Update: true},
			[]string{"@ 60 MX 20 a.example."},
			"@ 60 MX 10 a.example.", "@ 300 MX 20 a.example.",
			[]string{"1 ~ @ MX 20 a.example.", "2 + @ MX 10 a.example."},
		},
		{
			"an SPF record turns into another text",
			providers.Capabilities{},
			[]string{`@ 60 TXT "v=spf1 -all"`},
			`@ 60 TXT "token=1"`, `@ 60 TXT "v=spf1 mx -all"`,
			[]string{`1 + @ TXT "token=1"`, `2 - @ TXT "v=spf1 -all"`, "  example.com. has no v=spf1 record", `3 + @ TXT "v=spf1 mx -all"`},
		},
		{
			"a record turns into one that is there",
			providers.Capabilities{Update: true},
			[]string{"@ 60 MX 20 a.example.", "@ 60 MX 10 b.example."},
			"@ 60 MX 10 b.example.", "x 60 A 192.0.2.1",
			[]string{"1 + x A 192.0.2.1", "2 - @ MX 20 a.example."},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot(t, tt.caps, tt.zone...)
			old := s.Zone().RRset(example, rec(t, tt.zone[0]).Type)[0]
			p, err := providers.NewPlan(s, zone.ChangeSet{zone.Replace(old, rec(t, tt.into)), zone.Add(rec(t, tt.comes))}, providers.PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := steps(p); !slices.Equal(got, tt.want) {
				t.Errorf("%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// A CNAME is not put where someone has put another record meanwhile.
func TestAliasMeanwhile(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{})
	p, err := plan(t, f, func(tb, *zone.Zone) zone.ChangeSet {
		return zone.ChangeSet{zone.Add(rec(t, "ac 300 CNAME ac.host.example."))}
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Fault, f.At, f.Editor = providertest.Edit, 2, func(items []providers.Item) []providers.Item {
		return append(items, providers.Item{Record: rec(t, "ac 300 TXT mine")})
	}
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	if rep, err := a.Apply(t.Context(), p); !errors.Is(err, providers.ErrStale) || rep != nil {
		t.Errorf("%v %v", rep, err)
	}
}

// A zone of 20,000 records is no matter of minutes.
func TestLargeZone(t *testing.T) {
	var rs []zone.Record
	for i := range 20000 {
		rs = append(rs, zone.NewTXT(zone.MustName(fmt.Sprintf("n%d.example.com", i)), 300, "x"))
	}
	sc := migration
	f := providertest.NewFake(example, providers.Capabilities{}, append(rs, sc.start(t)...)...)
	begin := time.Now()
	p, err := plan(t, f, sc.changes)
	if err != nil {
		t.Fatal(err)
	}
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	if _, err := a.Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}
