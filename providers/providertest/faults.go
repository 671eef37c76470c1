package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// The zone before and after the migration that HTTPFaults makes, besides foreign.
var (
	faultsBefore = []string{
		"@ 3600 MX 10 mx1.old.example.", "@ 3600 MX 20 mx2.old.example.", `@ 3600 TXT "v=spf1 include:old.example -all"`, `@ 3600 TXT "other"`, "autoconfig 3600 A 192.0.2.7",
	}
	faultsAfter = []string{
		"@ 3600 MX 10 mx1.new.example.", "@ 3600 MX 20 mx2.new.example.", `@ 3600 TXT "v=spf1 include:new.example -all"`, `@ 3600 TXT "other"`, "autoconfig 3600 CNAME autoconfig.new.example.",
		"s1._domainkey 3600 TXT " + long,
	}
)

// httpFaults are what may go wrong with a request.
var httpFaults = []struct {
	name   string
	made   bool // the request is carried out all the same
	status int  // of the answer; 0 is none
}{
	{"500", false, http.StatusInternalServerError},
	{"made, then 502", true, http.StatusBadGateway},
	{"lost", false, 0},
	{"made, then lost", true, 0},
	{"429", false, http.StatusTooManyRequests},
	{"403", false, http.StatusForbidden},
}

// faulty stands before a fake API and lets one request go wrong.
type faulty struct {
	next  http.Handler
	after func() // called after each request

	mu       sync.Mutex
	requests int
	writes   []int // the numbers of those that are not GET
	at       int   // number of the request that goes wrong, from 1; 0 is none
	made     bool
	status   int
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests++
	if r.Method != http.MethodGet {
		f.writes = append(f.writes, f.requests)
	}
	fails := f.requests == f.at
	made, status := f.made, f.status
	f.mu.Unlock()
	defer f.after()
	if !fails {
		f.next.ServeHTTP(w, r)
		return
	}
	if made {
		f.next.ServeHTTP(httptest.NewRecorder(), r)
	}
	if status == 0 {
		panic(http.ErrAbortHandler)
	}
	http.Error(w, "<html>sorry</html>", status)
}

// HTTPFaults moves a zone to another mail host, with each fault at each request,
// for backends that speak HTTP. Whatever goes wrong, records that are not meant
// stay, there are always MX records and never two of SPF, what the report says is
// so, and a new plan completes the move.
func HTTPFaults(t *testing.T, start StartHTTP) {
	requests, writes := faultRun(t, start, 0, false, 0)
	at := writes
	for n := 1; n <= requests; n += 1 + requests/10 { // and some of many that read
		at = append(at, n)
	}
	slices.Sort(at)
	for _, f := range httpFaults {
		t.Run(f.name, func(t *testing.T) {
			for _, n := range slices.Compact(slices.Clone(at)) {
				if faultRun(t, start, n, f.made, f.status); t.Failed() {
					t.Fatalf("at request %d of %d", n, requests)
				}
			}
		})
	}
}

// faultRun makes the move once and says how many requests that took, and which
// of them wrote.
func faultRun(t *testing.T, start StartHTTP, at int, made bool, status int) (requests int, writes []int) {
	t.Helper()
	ctx := context.Background()
	f := &faulty{after: func() {}}
	h := start(t, Records(t, slices.Concat(foreign, faultsBefore)...), func(next http.Handler) http.Handler { f.next = next; return f })
	rest := without(h.Truth(), faultsKeys(t))
	plan := func() *providers.Plan {
		s, err := h.Backend.Snapshot(ctx, Apex)
		if err != nil {
			t.Fatal(err)
		}
		p, err := providers.NewPlan(s, faultsMove(t, s), providers.PlanOptions{Provider: "test"})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := plan()
	f.mu.Lock()
	f.requests, f.writes, f.at, f.made, f.status = 0, nil, at, made, status
	f.after = func() { alwaysMail(t, h.Truth()) }
	f.mu.Unlock()
	a := &providers.Applier{Backend: h.Backend, Dir: t.TempDir(), Waits: []time.Duration{0, time.Millisecond, time.Millisecond}}
	rep, err := a.Apply(ctx, p)
	f.mu.Lock()
	requests, writes = f.requests, f.writes
	f.at = 0
	f.mu.Unlock()
	switch {
	case err == nil && (!rep.Complete() || !rep.Verified):
		t.Errorf("said to be done: %+v", rep)
	case err != nil && (at == 0 || status == http.StatusTooManyRequests):
		t.Errorf("%v", err)
	case err != nil && rep == nil && !sameRecords(h.Truth(), Records(t, faultsBefore...), faultsKeys(t)):
		t.Errorf("changed without a report: %v", err)
	case err != nil && strings.Contains(err.Error(), "\n"):
		t.Errorf("more than one line: %v", err)
	case err != nil && rep != nil && !errors.Is(err, providers.ErrIncomplete) && !errors.Is(err, providers.ErrUnverified):
		t.Errorf("%v", err)
	}
	if rep != nil {
		told(t, h, rep)
	}
	if p := plan(); !p.Empty() {
		if rep, err := a.Apply(ctx, p); err != nil || !rep.Verified {
			t.Errorf("again: %v", err)
		}
	} else if err != nil && !errors.Is(err, providers.ErrIncomplete) && !errors.Is(err, providers.ErrUnverified) {
		t.Errorf("nothing is left to do after %v", err)
	}
	if !sameRecords(h.Truth(), Records(t, faultsAfter...), faultsKeys(t)) {
		t.Errorf("not what it is to be, after %v: %v", err, h.Truth())
	}
	compare(t, without(h.Truth(), faultsKeys(t)), rest)
	return requests, writes
}

// faultsKeys are the RRsets of the move.
func faultsKeys(t *testing.T) map[zone.Key]bool {
	t.Helper()
	out := map[zone.Key]bool{}
	for _, r := range Records(t, slices.Concat(faultsBefore, faultsAfter)...) {
		out[zone.Key{Name: r.Name, Type: r.Type}] = true
	}
	return out
}

// faultsMove are the changes that are left to do. The text that stands beside
// the SPF record, and one of the foreign records, are in an RRset of the move.
func faultsMove(t *testing.T, s *providers.Snapshot) zone.ChangeSet {
	t.Helper()
	want, old := Records(t, faultsAfter...), Records(t, faultsBefore...)
	in := func(rs []zone.Record, r zone.Record) bool {
		return slices.ContainsFunc(rs, func(o zone.Record) bool { return providers.SameRecord(o, r) })
	}
	var cs zone.ChangeSet
	var have []zone.Record
	for r := range s.Zone().Records() {
		have = append(have, r)
		if in(old, r) && !in(want, r) {
			cs = append(cs, zone.Remove(r))
		}
	}
	for _, r := range want {
		if !in(have, r) {
			cs = append(cs, zone.Add(r))
		}
	}
	return cs
}

func without(rs []zone.Record, keys map[zone.Key]bool) []zone.Record {
	return slices.DeleteFunc(slices.Clone(rs), func(r zone.Record) bool {
		return keys[zone.Key{Name: r.Name, Type: r.Type}] && !slices.ContainsFunc(foreignTexts, func(s string) bool { return r.Type == zone.TypeTXT && r.Text() == s })
	})
}

// foreignTexts are the texts of foreign that stand in an RRset of the move.
var foreignTexts = []string{"google-site-verification=abc", `a "quoted" word; and a \ backslash`}

// sameRecords reports whether the RRsets of the move are as they should be.
func sameRecords(truth, want []zone.Record, keys map[zone.Key]bool) bool {
	var got []zone.Record
	for _, r := range truth {
		if keys[zone.Key{Name: r.Name, Type: r.Type}] && !slices.Contains(foreignTexts, r.Text()) {
			got = append(got, r)
		}
	}
	return len(got) == len(want) && !slices.ContainsFunc(want, func(w zone.Record) bool {
		return !slices.ContainsFunc(got, func(g zone.Record) bool { return providers.SameRecord(g, w) })
	})
}

// alwaysMail complains of a moment in which there is no MX record, or more than
// one of SPF.
func alwaysMail(t *testing.T, rs []zone.Record) {
	mx, spf := 0, 0
	for _, r := range rs {
		switch {
		case r.Name != Apex:
		case r.Type == zone.TypeMX:
			mx++
		case r.Type == zone.TypeTXT && strings.HasPrefix(r.Text(), "v=spf1"):
			spf++
		}
	}
	if mx == 0 || spf > 1 {
		t.Errorf("a moment with %d MX records and %d SPF records", mx, spf)
	}
}

// told holds what the report says against the zone.
func told(t *testing.T, h Harness, rep *providers.Report) {
	t.Helper()
	s, err := h.Backend.Snapshot(context.Background(), Apex)
	if err != nil {
		t.Error(err)
		return
	}
	has := func(r zone.Record) bool {
		return slices.ContainsFunc(s.Items, func(it providers.Item) bool { return providers.SameRecord(it.Record, r) })
	}
	for _, o := range rep.Ops {
		is := false
		switch o.Op.Kind {
		case providers.Create, providers.Update:
			is = has(o.Op.New.Record)
		case providers.Delete:
			is = !has(o.Op.Old.Record)
		}
		if o.Outcome == providers.Done && !is || o.Outcome == providers.NotDone && is {
			t.Errorf("it is not so: %s", fmt.Sprint(o))
		}
	}
}
