package cloudflare_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
	"github.com/zonelint/zonelint/zone"
)

func TestScenarios(t *testing.T) {
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			s := begin(t, sc, 10*time.Second)
			p := s.plan()
			from := len(s.srv.Requests())
			rep, err := s.applier().Apply(context.Background(), p)
			if err != nil || !rep.Complete() || !rep.Verified {
				t.Fatalf("%v, %+v", err, rep)
			}
			if n := len(s.srv.Requests()) - from; n != cleanRequests {
				t.Errorf("%d requests, want %d", n, cleanRequests)
			}
			if s.srv.Writes() != 1 {
				t.Errorf("%d writes, want one transaction", s.srv.Writes())
			}
			if !s.finished() {
				t.Errorf("not what it is to be:\n%s", strings.Join(state(s.zone.Records()), "\n"))
			}
			s.untouched(p)
			for _, op := range ops(p) {
				if op.Kind == providers.Update {
					s.keeps(op.Old.ID)
				}
			}
			if v := s.srv.Violations(); len(v) > 0 {
				t.Error(v)
			}
			s.secrets(nil)

			// And back.
			j, err := providers.LoadJournal(rep.Journal)
			if err != nil {
				t.Fatal(err)
			}
			back, err := s.applier().Rollback(context.Background(), j)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.applier().Apply(context.Background(), back); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(withoutIDs(s.start), withoutIDs(s.zone.Records())); d != "" {
				t.Errorf("after the way back (-before +after)\n%s", d)
			}
		})
	}
}

// faults are what may go wrong with any request.
func faults() []cloudflaretest.Fault {
	json500 := `{"success":false,"errors":[{"code":1101,"message":"internal"}]}`
	withName := func(name string, f cloudflaretest.Fault) cloudflaretest.Fault { f.Name = name; return f }
	return []cloudflaretest.Fault{
		{Name: "500", Status: 500, Body: json500},
		{Name: "made, then 500", Status: 500, Body: json500, Made: true},
		withName("502 in HTML", htmlFault(502)),
		withName("524 in HTML", htmlFault(524)),
		withName("200 in HTML", htmlFault(200)),
		withName("429 in HTML", htmlFault(429)),
		{Name: "429 with Retry-After", Status: 429, Header: map[string]string{"Retry-After": "0"}},
		{Name: "429 for long", Status: 429, Header: map[string]string{"Retry-After": "600"}},
		{Name: "lost", Drop: true},
		{Name: "made, then lost", Drop: true, Made: true},
		{Name: "token expired", Status: 403, Body: `{"success":false,"errors":[{"code":9109,"message":"Invalid access token"}]}`},
		{Name: "refused", Status: 400, Body: `{"success":false,"errors":[{"code":1004,"message":"DNS Validation Error"}]}`},
	}
}

// Each fault, once and from then on, at each request of a run: the zone is the
// old one or the new one, the report says which, and running again completes it.
func TestEveryFaultAtEveryRequest(t *testing.T) {
	for _, sc := range scenarios() {
		for _, f := range faults() {
			for _, times := range []int{1, -1} {
				if times < 0 && (f.Made || strings.HasSuffix(f.Name, "HTML")) {
					continue // as the others
				}
				t.Run(fmt.Sprintf("%s/%s/%d", sc.name, f.Name, times), func(t *testing.T) {
					t.Parallel()
					for n, last := 1, cleanRequests; n <= last; n++ {
						if requests := runWith(t, sc, f, n, times); times > 0 {
							last = max(last, requests)
						}
					}
				})
			}
		}
	}
}

// cleanRequests are those of a run in which nothing goes wrong: two to read, one
// to write, two to read back.
const cleanRequests = 5

// runWith makes the fault at the nth request of the run and returns how many
// requests it had.
func runWith(t *testing.T, sc scenario, f cloudflaretest.Fault, n, times int) int {
	t.Helper()
	s := begin(t, sc, 10*time.Second)
	p := s.plan()
	from := len(s.srv.Requests())
	s.srv.Fail(times, func(r cloudflaretest.Request) bool { return r.N >= from+n }, f)
	old := state(s.zone.Records())
	rep, err := s.applier().Apply(context.Background(), p)
	requests, writes := len(s.srv.Requests())-from, s.srv.Writes()
	s.srv.Heal()
	if writes > 1 && f.Status != 429 {
		t.Errorf("request %d: written %d times", n, writes)
	}
	s.expect(p, rep, err, old)
	s.untouched(p)
	s.secrets(err)
	if rep != nil && err != nil && !errors.Is(err, providers.ErrIncomplete) && !errors.Is(err, providers.ErrUnverified) {
		t.Errorf("request %d: %v", n, err)
	}

	again := s.plan()
	if rep, err := s.applier().Apply(context.Background(), again); err != nil || !rep.Verified {
		t.Errorf("request %d: again: %v", n, err)
	}
	if !s.finished() {
		t.Errorf("request %d: not completed by running again", n)
	}
	s.untouched(p)
	if v := s.srv.Violations(); len(v) > 0 {
		t.Error(v)
	}
	if t.Failed() {
		t.Fatalf("at request %d of %d: %v", n, requests, err)
	}
	return requests
}

// Answers that come too late, of writes that are made before that, after it,
// or never.
func TestSlowAnswersAtEveryRequest(t *testing.T) {
	for _, sc := range scenarios()[1:2] {
		for _, f := range []cloudflaretest.Fault{
			{Name: "never", Delay: 1500 * time.Millisecond, Status: 504},
			{Name: "made at once", Delay: 1500 * time.Millisecond, Made: true},
			{Name: "made late", Delay: 1500 * time.Millisecond, Late: true},
		} {
			t.Run(sc.name+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				s := begin(t, sc, 250*time.Millisecond)
				p := s.plan()
				s.srv.FailWrite(1, f)
				old := state(s.zone.Records())
				rep, err := s.applier().Apply(context.Background(), p)
				if f.Made != (err == nil) || rep == nil {
					t.Fatalf("%v, %+v", err, rep)
				}
				if n := rep.Count(providers.Unknown); err != nil && n != len(rep.Ops) {
					t.Errorf("%d of %d operations are unknown, and any may still come to pass", n, len(rep.Ops))
				}
				if f.Late {
					time.Sleep(1600 * time.Millisecond)
				}
				if isNew := s.finished(); isNew != (f.Made || f.Late) || !isNew && !cmp.Equal(old, state(s.zone.Records())) {
					t.Errorf("new is %v", isNew)
				}
				s.untouched(p)
				if _, err := s.applier().Apply(context.Background(), s.plan()); err != nil || !s.finished() {
					t.Errorf("again: %v", err)
				}
			})
		}
	}
}

// Someone else edits the zone between plan and apply.
func TestForeignEdits(t *testing.T) {
	for _, sc := range scenarios() {
		for n := 1; n <= 3; n++ { // before the zone is found, before it is read, before it is written
			t.Run(fmt.Sprintf("%s/a record of the plan at request %d", sc.name, n), func(t *testing.T) {
				s := begin(t, sc, 10*time.Second)
				p := s.plan()
				var old []string
				edit := func() { // takes away what the plan changes, or makes what it creates
					all := ops(p)
					if i := slices.IndexFunc(all, func(op providers.Op) bool { return op.Kind != providers.Create }); i >= 0 {
						s.zone.Remove(all[i].Old.ID)
					} else {
						s.zone.Put(object{"type": "MX", "name": "@", "content": "mx1.host.example", "priority": 10, "ttl": 300})
					}
					old = state(s.zone.Records())
				}
				from := len(s.srv.Requests())
				s.srv.FailRequest(from+n, cloudflaretest.Fault{Before: edit})
				_, err := s.applier().Apply(context.Background(), p)
				if !errors.Is(err, providers.ErrStale) {
					t.Errorf("%v is not ErrStale", err)
				}
				if d := cmp.Diff(old, state(s.zone.Records())); d != "" {
					t.Errorf("something was written\n%s", d)
				}
				s.untouched(p)
			})
			t.Run(fmt.Sprintf("%s/another record at request %d", sc.name, n), func(t *testing.T) {
				s := begin(t, sc, 10*time.Second)
				p := s.plan()
				id := s.start[0].ID()
				s.srv.FailRequest(len(s.srv.Requests())+n, cloudflaretest.Fault{Before: func() {
					s.zone.Set(id, "content", "192.0.2.99")
					s.zone.Put(object{"type": "TXT", "name": "new", "content": `"hello"`})
				}})
				rep, err := s.applier().Apply(context.Background(), p)
				if err != nil || !s.finished() {
					t.Errorf("%v", err)
				}
				s.untouched(p, id)
				if len(s.zone.Find("new.example.com", "TXT")) != 1 || s.zone.Find("example.com", "A")[0]["content"] != "192.0.2.99" {
					t.Error("the other edit is lost")
				}
				if n == 3 && len(rep.Foreign) == 0 {
					t.Error("the report does not tell of the other edit")
				}
			})
		}
	}
}

func TestScenariosWithPagesOfOneRecord(t *testing.T) {
	for _, sc := range scenarios() {
		for _, info := range []bool{true, false} {
			s := begin(t, sc, 10*time.Second)
			s.srv.Pages(1, info)
			p := s.plan()
			if rep, err := s.applier().Apply(context.Background(), p); err != nil || !rep.Verified || !s.finished() {
				t.Errorf("%s: %v", sc.name, err)
			}
			s.untouched(p)
		}
	}
}

// More records than a batch takes: several transactions, none of which leaves
// mail without what it needs.
func TestMoreThanOneBatch(t *testing.T) {
	sc := scenario{name: "large", zone: []object{{"type": "MX", "name": "@", "content": "old.example", "priority": 10, "ttl": 300}}, keys: []string{"@ MX"}, want: []string{"@ 300 MX 10 mx.host.example."}}
	for i := range 450 {
		sc.keys = append(sc.keys, fmt.Sprintf("h%d A", i))
		sc.want = append(sc.want, fmt.Sprintf("h%d 300 A 192.0.2.5", i))
	}
	for n := 0; n <= 3; n++ {
		s := begin(t, sc, 10*time.Second)
		snap := snapshot(t, s.backend)
		var cs zone.ChangeSet
		for _, l := range sc.want[1:] {
			cs = append(cs, zone.Add(rec(t, l)))
		}
		cs = append(cs, zone.Remove(rec(t, "@ 300 MX 10 old.example.")), zone.Add(rec(t, sc.want[0])))
		p, err := providers.NewPlan(snap, cs, providers.PlanOptions{Provider: "cloudflare", MaxChanges: -1})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Steps) != 3 {
			t.Fatalf("%d steps", len(p.Steps))
		}
		if n > 0 {
			s.srv.FailWrite(n, cloudflaretest.Fault{Status: 500})
		}
		rep, err := s.applier().Apply(context.Background(), p)
		if (err != nil) != (n > 0) || rep == nil {
			t.Fatalf("write %d fails: %v", n, err)
		}
		made := len(s.zone.Records()) - len(s.start)
		if n > 0 && (rep.Complete() || made != 200*(n-1)) && n < 3 {
			t.Errorf("write %d fails: %d records more", n, made)
		}
		if v := s.srv.Violations(); len(v) > 0 {
			t.Error(v)
		}
	}
}
