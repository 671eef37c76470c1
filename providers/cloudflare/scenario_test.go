package cloudflare_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
	"github.com/zonelint/zonelint/zone"
)

// scenario is a zone, and what its mail RRsets are to be.
type scenario struct {
	name string
	zone []object
	keys []string // of the RRsets that change: "owner TYPE"
	want []string // their records afterwards
}

// ground is in each zone, and nobody's business.
func ground() []object {
	return []object{
		{"type": "A", "name": "@", "content": "192.0.2.1", "proxied": true, "comment": "web"},
		{"type": "CNAME", "name": "www", "content": "site.pages.example", "proxied": true, "settings": map[string]any{"flatten_cname": true}},
		{"type": "TXT", "name": "@", "content": "google-site-verification=abc", "comment": "do not touch"},
		{"type": "TXT", "name": "cf2024-1._domainkey", "content": `"v=DKIM1; p=Rk9P"`, "meta": map[string]any{"email_routing": true, "read_only": true}},
		{"type": "MX", "name": "other", "content": "mx.other.example", "priority": 0, "ttl": 1},
		{"type": "TXT", "name": "other", "content": `"v=spf1 " "-all"`, "ttl": 600},
	}
}

var key408 = `"v=DKIM1; k=rsa; p=` + strings.Repeat("A", 230) + `" "` + strings.Repeat("B", 160) + `"`

func scenarios() []scenario {
	return []scenario{
		{"first set-up", nil,
			[]string{"@ MX", "@ TXT", "_dmarc TXT", "s1._domainkey CNAME", "_imaps._tcp SRV"},
			[]string{
				"@ 300 MX 10 mx1.host.example.", "@ 300 MX 20 mx2.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`,
				`_dmarc 300 TXT "v=DMARC1; p=quarantine"`, "s1._domainkey 300 CNAME s1.dkim.host.example.", "_imaps._tcp 300 SRV 0 1 993 imap.host.example.",
			}},
		{"migration", []object{
			{"type": "MX", "name": "@", "content": "mail.example.com", "priority": 0, "ttl": 1, "comment": "old"},
			{"type": "MX", "name": "@", "content": "backup.old.example", "priority": 50, "ttl": 300},
			{"type": "TXT", "name": "@", "content": "v=spf1 mx -all", "comment": "who sends"},
			{"type": "TXT", "name": "_dmarc", "content": `"v=DMARC1; p=none"`, "ttl": 300},
			{"type": "TXT", "name": "old._domainkey", "content": `"v=DKIM1; p=b2xk"`, "ttl": 300},
		},
			[]string{"@ MX", "@ TXT", "_dmarc TXT", "old._domainkey TXT", "new._domainkey TXT"},
			[]string{"@ 300 MX 10 mx1.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`, `_dmarc 300 TXT "v=DMARC1; p=reject"`, "new._domainkey 300 TXT " + key408}},
		{"SPF merge", []object{
			{"type": "TXT", "name": "@", "content": `"v=spf1 include:a.example ~all"`, "ttl": 300, "comment": "a"},
			{"type": "TXT", "name": "@", "content": `v=spf1 include:b.example ~all`, "ttl": 300, "comment": "b"},
		}, []string{"@ TXT"}, []string{`@ 300 TXT "v=spf1 include:a.example include:b.example ~all"`}},
		{"DKIM rotation", []object{
			{"type": "TXT", "name": "s1._domainkey", "content": `"v=DKIM1; p=b25l"`, "ttl": 300, "comment": "key"},
			{"type": "CNAME", "name": "s3._domainkey", "content": "s3.old.example", "ttl": 300, "comment": "alias"},
		},
			[]string{"s1._domainkey TXT", "s3._domainkey CNAME"},
			[]string{"s1._domainkey 300 TXT " + key408, "s3._domainkey 300 CNAME s3.new.example."}},
		{"CNAME in place of A", []object{
			{"type": "A", "name": "autoconfig", "content": "192.0.2.7", "ttl": 300},
			{"type": "AAAA", "name": "autoconfig", "content": "2001:db8::7", "ttl": 300},
		},
			[]string{"autoconfig A", "autoconfig AAAA", "autoconfig CNAME"},
			[]string{"autoconfig 300 CNAME autoconfig.host.example."}},
		{"null MX", []object{
			{"type": "MX", "name": "@", "content": "mail.example.com", "priority": 10, "ttl": 300},
		}, []string{"@ MX"}, []string{"@ 300 MX 0 ."}},
	}
}

// setting is a scenario on its way.
type setting struct {
	*testing.T
	scenario
	srv     *cloudflaretest.Server
	zone    *cloudflaretest.Zone
	backend *cloudflare.Backend
	dir     string
	start   []object
}

func begin(t *testing.T, sc scenario, timeout time.Duration) *setting {
	t.Helper()
	s := &setting{T: t, scenario: sc, srv: cloudflaretest.New(t), dir: t.TempDir()}
	s.zone = s.srv.AddZone("example.com", slices.Concat(ground(), sc.zone)...)
	var err error
	s.backend, err = cloudflare.New(cloudflare.Options{Token: cloudflaretest.GoodToken, BaseURL: s.srv.URL, Timeout: timeout, Pause: time.Millisecond, Patience: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	s.start = s.zone.Records()
	return s
}

func (s *setting) applier() *providers.Applier {
	return &providers.Applier{Backend: s.backend, Dir: s.dir, Redactor: providers.NewRedactor(cloudflaretest.GoodToken), Waits: []time.Duration{time.Millisecond}, ReadTimeout: 20 * time.Second, WriteTimeout: 20 * time.Second}
}

// plan works out how the zone, as it is, gets to what it is to be. The foreign
// TXT records of a name stay.
func (s *setting) plan() *providers.Plan {
	s.Helper()
	snap := snapshot(s, s.backend)
	z := snap.Zone()
	b := zone.NewBuilder(z.Len())
	var keys []zone.Key
	planned := map[zone.Key]bool{}
	for _, k := range s.keys {
		owner, typ, _ := strings.Cut(k, " ")
		n, err := zone.ParseName(owner, example)
		t, ok := zone.ParseType(typ)
		if err != nil || !ok {
			s.Fatalf("key %q: %v", k, err)
		}
		keys = append(keys, zone.Key{Name: n, Type: t})
		planned[keys[len(keys)-1]] = true
	}
	for r := range z.Records() {
		if !planned[zone.Key{Name: r.Name, Type: r.Type}] || r.Type == zone.TypeTXT && strings.HasPrefix(r.Text(), "google") {
			b.Add(r)
		}
	}
	for _, l := range s.want {
		b.Add(rec(s, l))
	}
	p, err := providers.NewPlan(snap, zone.Diff(z, b.Zone(example), keys), providers.PlanOptions{Provider: "cloudflare"})
	if err != nil {
		s.Fatal(err)
	}
	return p
}

// state is the DNS side of records.
func state(rs []object) []string {
	var out []string
	for _, r := range rs {
		out = append(out, fmt.Sprint(r["name"], " ", r["ttl"], " ", r["type"], " ", r["priority"], " ", strings.ReplaceAll(fmt.Sprint(r["content"]), `" "`, "")))
	}
	slices.Sort(out)
	return out
}

// finished reports whether the zone is what it is to be.
func (s *setting) finished() bool { return s.plan().Empty() }

// untouched makes sure that all records that the plan does not change are the
// same, field by field.
func (s *setting) untouched(p *providers.Plan, but ...string) {
	s.Helper()
	changed := map[string]bool{}
	for _, step := range p.Steps {
		for _, op := range step.Ops {
			changed[op.Old.ID] = true
		}
	}
	now := map[string]object{}
	for _, r := range s.zone.Records() {
		now[r.ID()] = r
	}
	for _, r := range s.start {
		if changed[r.ID()] || slices.Contains(but, r.ID()) {
			continue
		}
		if d := cmp.Diff(r, now[r.ID()]); d != "" {
			s.Errorf("a record outside the plan has changed (-before +after)\n%s", d)
		}
	}
}

// secrets looks for the token in the error and in everything that was written.
func (s *setting) secrets(err error) {
	s.Helper()
	if err != nil && strings.Contains(err.Error(), cloudflaretest.GoodToken) {
		s.Errorf("the token is in %q", err)
	}
	files, gerr := filepath.Glob(filepath.Join(s.dir, "*"))
	if gerr != nil {
		s.Fatal(gerr)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil || bytes.Contains(b, []byte(cloudflaretest.GoodToken)) {
			s.Errorf("%s: %v, or the token is in it", f, err)
		}
	}
}

// expect compares what the report says with the zone: the old one, the new one,
// and nothing in between.
func (s *setting) expect(p *providers.Plan, rep *providers.Report, err error, old []string) {
	s.Helper()
	isNew, isOld := s.finished(), cmp.Equal(state(s.zone.Records()), old)
	if !isNew && !isOld {
		s.Errorf("the zone is neither the old one nor the new one:\n%s", strings.Join(state(s.zone.Records()), "\n"))
	}
	if err == nil && !isNew {
		s.Error("no error, and the zone is not the new one")
	}
	if rep == nil {
		if !isOld {
			s.Errorf("no report, and the zone is not the old one: %v", err)
		}
		return
	}
	for _, op := range rep.Ops {
		if op.Outcome == providers.Done && !isNew || op.Outcome == providers.NotDone && !isOld {
			s.Errorf("%s, and the zone is old: %v, new: %v", op, isOld, isNew)
		}
	}
	if n := p.NumOps(); len(rep.Ops) != n {
		s.Errorf("%d operations in the report, want %d", len(rep.Ops), n)
	}
}

func TestScenarios(t *testing.T) {
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			s := begin(t, sc, 10*time.Second)
			p := s.plan()
			rep, err := s.applier().Apply(context.Background(), p)
			if err != nil || !rep.Complete() || !rep.Verified {
				t.Fatalf("%v, %+v", err, rep)
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

func ops(p *providers.Plan) []providers.Op {
	var out []providers.Op
	for _, s := range p.Steps {
		out = append(out, s.Ops...)
	}
	return out
}

// keeps makes sure that a record that was changed in place has what is not DNS.
func (s *setting) keeps(id string) {
	s.Helper()
	pick := func(rs []object) object {
		i := slices.IndexFunc(rs, func(r object) bool { return r.ID() == id })
		if i < 0 {
			s.Fatalf("no record %s", id)
		}
		return object{"proxied": rs[i]["proxied"], "comment": rs[i]["comment"], "tags": rs[i]["tags"], "settings": rs[i]["settings"], "created_on": rs[i]["created_on"]}
	}
	if d := cmp.Diff(pick(s.start), pick(s.zone.Records())); d != "" {
		s.Errorf("changed in place (-before +after)\n%s", d)
	}
}

// withoutIDs are records without what a record that comes again has anew, and
// with texts as they are joined.
func withoutIDs(rs []object) []string {
	var out []string
	for _, r := range rs {
		r = maps.Clone(r)
		for _, k := range []string{"id", "created_on", "modified_on"} {
			delete(r, k)
		}
		if r["type"] == "TXT" {
			r["content"] = strings.Trim(strings.ReplaceAll(fmt.Sprint(r["content"]), `" "`, ""), `"`)
		}
		out = append(out, fmt.Sprint(r))
	}
	slices.Sort(out)
	return out
}

// faults are what may go wrong with any request.
func faults() []cloudflaretest.Fault {
	json500 := `{"success":false,"errors":[{"code":1101,"message":"internal"}]}`
	withName := func(name string, f cloudflaretest.Fault) cloudflaretest.Fault { f.Name = name; return f }
	return []cloudflaretest.Fault{
		{Name: "500", Status: 500, Body: json500},
		{Name: "made, then 500", Status: 500, Body: json500, Made: true},
		withName("502 in HTML", htmlFault(502)),
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
					for n, last := 1, 1; n <= last; n++ {
						last = max(last, runWith(t, sc, f, n, times))
					}
				})
			}
		}
	}
}

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
