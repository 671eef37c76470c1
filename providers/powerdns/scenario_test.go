package powerdns_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/providers"
)

// cleanRequests are those of a run in which nothing goes wrong: the zone is read,
// read again, written and read back.
const (
	writeRequest  = 3
	cleanRequests = 4
)

func TestScenarios(t *testing.T) {
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			s := begin(t, sc, 10*time.Second)
			p := s.plan()
			stop := s.watch()
			rep, err := s.applier().Apply(context.Background(), p)
			stop()
			if err != nil || !rep.Complete() || !rep.Verified || len(rep.Foreign) > 0 {
				t.Fatalf("%v, %+v", err, rep)
			}
			if requests, writes := s.proxy.counts(); requests != cleanRequests || writes != 1 {
				t.Errorf("%d requests, of which %d write; want %d and 1", requests, writes, cleanRequests)
			}
			if !s.finished() {
				t.Errorf("not what it is to be: %v", s.srv.sets(t, "example.com."))
			}
			s.untouched(p)
			s.keepsComments(p)
			s.secrets(nil)
			if again := s.plan(); !again.Empty() {
				t.Errorf("there is something left to do: %v", again.Steps)
			}

			// And back, with the comments of RRsets that were gone.
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
			if d := cmp.Diff(s.start, s.srv.sets(t, "example.com.")); d != "" {
				t.Errorf("after the way back (-before +after)\n%s", d)
			}
		})
	}
}

// faults are what may go wrong with any request.
func faults() []fault {
	return []fault{
		{name: "500", lasts: true, status: 500, body: `{"error": "Internal Server Error"}`},
		{name: "made, then 500", made: true, status: 500, body: `{"error": "Internal Server Error"}`},
		{name: "502 in HTML", status: 502, body: "<html>" + apiKey},
		{name: "200 in HTML", status: 200, body: "<html>"},
		{name: "413 in HTML", status: 413, body: "<html>"},
		{name: "429", status: 429, header: map[string]string{"Retry-After": "0"}},
		{name: "429 for long", status: 429, header: map[string]string{"Retry-After": "600"}},
		{name: "lost", lasts: true, drop: true},
		{name: "made, then lost", made: true, drop: true},
		{name: "key refused", lasts: true, status: 401, body: "Unauthorized"},
		{name: "refused", status: 422, body: `{"error": "no, ` + apiKey + `"}`},
		{name: "zone gone", status: 404, body: `{"error": "Not Found"}`},
	}
}

// Each fault at the write of each scenario, and at each request of two of them,
// once and from then on: the zone is the old one or the new one, the report says
// which, and running again completes it.
func TestEveryFaultAtEveryRequest(t *testing.T) {
	for _, sc := range scenarios() {
		whole := sc.name == "migration" || sc.name == "CNAME in place of A"
		if testing.Short() && !whole {
			continue
		}
		for _, f := range faults() {
			t.Run(sc.name+"/"+f.name, func(t *testing.T) {
				for n := 1; n <= cleanRequests; n++ {
					if n == writeRequest || whole {
						runWith(t, sc, f, n, false)
					}
					if whole && f.lasts {
						runWith(t, sc, f, n, true)
					}
				}
			})
		}
	}
}

func runWith(t *testing.T, sc scenario, f fault, n int, all bool) {
	t.Helper()
	s := begin(t, sc, 10*time.Second)
	p := s.plan()
	s.proxy.fail(n, f, all)
	rep, err := s.applier().Apply(context.Background(), p)
	s.proxy.heal()
	_, writes := s.proxy.counts()
	if writes > 1 {
		t.Errorf("written %d times", writes)
	}
	isNew := s.finished()
	isOld := cmp.Equal(s.start, s.srv.sets(t, "example.com."))
	if isNew != (writes == 1) || isOld == isNew {
		t.Errorf("old is %v, new is %v after %d writes", isOld, isNew, writes)
	}
	switch {
	case rep == nil:
		if err == nil || isNew {
			t.Errorf("no report: %v", err)
		}
	case err == nil:
		if !isNew || !rep.Complete() || !rep.Verified {
			t.Errorf("said to be done: %+v", rep)
		}
	default:
		if !errors.Is(err, providers.ErrIncomplete) && !errors.Is(err, providers.ErrUnverified) {
			t.Errorf("%v", err)
		}
		told := providers.NotDone
		if isNew {
			told = providers.Done
		}
		if u := rep.Count(providers.Unknown); rep.Count(told)+u != len(rep.Ops) || u > 0 && rep.Verified {
			t.Errorf("new is %v: %v", isNew, rep.Ops)
		}
	}
	if err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
	s.untouched(p)
	s.secrets(err)
	if rep, err := s.applier().Apply(context.Background(), s.plan()); err != nil || !rep.Verified || !s.finished() {
		t.Errorf("again: %v", err)
	}
	s.untouched(p)
	if t.Failed() {
		t.Fatalf("at request %d, all is %v: %v", n, all, err)
	}
}

// Answers that come too late, of writes that are made before that, after it, or
// never.
func TestSlowAnswers(t *testing.T) {
	for _, f := range []fault{
		{name: "never", delay: 700 * time.Millisecond, status: 504},
		{name: "made at once", delay: 700 * time.Millisecond, made: true, status: 204},
		{name: "made late", delay: 700 * time.Millisecond, late: true},
	} {
		t.Run(f.name, func(t *testing.T) {
			s := begin(t, scenarios()[1], 250*time.Millisecond)
			p := s.plan()
			s.proxy.fail(writeRequest, f, false)
			rep, err := s.applier().Apply(context.Background(), p)
			if f.made != (err == nil) || rep == nil {
				t.Fatalf("%v, %+v", err, rep)
			}
			if n := rep.Count(providers.Unknown); err != nil && n != len(rep.Ops) {
				t.Errorf("%d of %d operations are unknown, and any may still come to pass", n, len(rep.Ops))
			}
			if f.late {
				time.Sleep(2 * f.delay)
				s.proxy.late.Wait()
			}
			if s.finished() != (f.made || f.late) {
				t.Errorf("new is %v", s.finished())
			}
			s.untouched(p)
		})
	}
}

// Someone else edits the zone before a request of the run.
func TestForeignEdits(t *testing.T) {
	for _, sc := range scenarios() {
		for n := 1; n < writeRequest; n++ { // both times that the zone is read before it is written
			t.Run(fmt.Sprintf("%s/an RRset of the plan at request %d", sc.name, n), func(t *testing.T) {
				s := begin(t, sc, 10*time.Second)
				p := s.plan()
				owner, typ, _ := strings.Cut(sc.keys[0], " ")
				data := map[string]string{"MX": "5 else.example.", "TXT": `"else"`, "A": "192.0.2.77", "CNAME": "else.example."}[typ]
				var old map[string]string
				s.proxy.fail(n, fault{before: func() {
					s.srv.patch(t, "example.com.", set(owner, typ, 300, data))
					old = s.srv.sets(t, "example.com.")
				}}, false)
				_, err := s.applier().Apply(context.Background(), p)
				if !errors.Is(err, providers.ErrStale) {
					t.Errorf("%v is not ErrStale", err)
				}
				if d := cmp.Diff(old, s.srv.sets(t, "example.com.")); d != "" {
					t.Errorf("something was written\n%s", d)
				}
			})
		}
		for n := 1; n <= writeRequest; n++ {
			t.Run(fmt.Sprintf("%s/another RRset at request %d", sc.name, n), func(t *testing.T) {
				s := begin(t, sc, 10*time.Second)
				p := s.plan()
				s.proxy.fail(n, fault{before: func() {
					s.srv.patch(t, "example.com.", set("new", "TXT", 300, `"hello"`))
				}}, false)
				rep, err := s.applier().Apply(context.Background(), p)
				if err != nil || !s.finished() {
					t.Errorf("%v", err)
				}
				s.untouched(p, "new.example.com. TXT")
				if got := s.srv.sets(t, "example.com.")["new.example.com. TXT"]; !strings.Contains(got, "hello") {
					t.Error("the other edit is lost")
				}
				if n > 1 && len(rep.Foreign) == 0 {
					t.Error("the report does not tell of the other edit")
				}
			})
		}
	}
}
