package rfc2136_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// scenario is a zone, and what goes from and comes into it.
type scenario struct {
	name             string
	zone, gone, come []string
}

var ground = []string{
	"@ 300 A 192.0.2.1", "www 300 A 192.0.2.1", "www 300 A 192.0.2.2", `@ 300 TXT "google-site-verification=abc"`,
	"notexample 300 MX 5 mx.example.net.",
}

var key408 = `"v=DKIM1; k=rsa; p=` + strings.Repeat("Rk9VUg", 39) + `" "` + strings.Repeat("Rk9VUg", 26) + `"`

var scenarios = []scenario{
	{name: "first set-up", come: []string{
		"@ 300 MX 10 mx1.host.example.", "@ 300 MX 20 mx2.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`,
		`_dmarc 300 TXT "v=DMARC1; p=quarantine"`, "s1._domainkey 300 CNAME s1.dkim.host.example.", "_imaps._tcp 300 SRV 0 1 993 imap.host.example.",
	}},
	{
		name: "migration",
		zone: []string{"@ 300 MX 0 mail.example.com.", "@ 300 MX 50 backup.old.example.", `@ 300 TXT "v=spf1 mx -all"`, `_dmarc 300 TXT "v=DMARC1; p=none"`, "mail 300 A 192.0.2.9", `old._domainkey 300 TXT "v=DKIM1; p=b2xk"`},
		gone: []string{"@ 300 MX 0 mail.example.com.", "@ 300 MX 50 backup.old.example.", `@ 300 TXT "v=spf1 mx -all"`, `_dmarc 300 TXT "v=DMARC1; p=none"`, "mail 300 A 192.0.2.9", `old._domainkey 300 TXT "v=DKIM1; p=b2xk"`},
		come: []string{"@ 300 MX 10 mx1.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`, `_dmarc 300 TXT "v=DMARC1; p=reject"`, "new._domainkey 300 TXT " + key408},
	},
	{
		name: "SPF merge",
		zone: []string{`@ 300 TXT "v=spf1 include:a.example ~all"`, `@ 300 TXT "v=spf1 include:b.example ~all"`},
		gone: []string{`@ 300 TXT "v=spf1 include:a.example ~all"`, `@ 300 TXT "v=spf1 include:b.example ~all"`},
		come: []string{`@ 300 TXT "v=spf1 include:a.example include:b.example ~all"`},
	},
	{
		name: "DKIM rotation",
		zone: []string{`s1._domainkey 300 TXT "v=DKIM1; p=b25l"`, "s3._domainkey 300 CNAME s3.old.example."},
		gone: []string{`s1._domainkey 300 TXT "v=DKIM1; p=b25l"`, "s3._domainkey 300 CNAME s3.old.example."},
		come: []string{"s1._domainkey 300 TXT " + key408, "s3._domainkey 300 CNAME s3.new.example."},
	},
	{
		name: "CNAME in place of A",
		zone: []string{"autoconfig 300 A 192.0.2.7", "autoconfig 300 AAAA 2001:db8::7", "autodiscover 300 CNAME old.example."},
		gone: []string{"autoconfig 300 A 192.0.2.7", "autoconfig 300 AAAA 2001:db8::7", "autodiscover 300 CNAME old.example."},
		come: []string{"autoconfig 300 CNAME autoconfig.host.example.", "autodiscover 300 A 192.0.2.8", "autodiscover 300 MX 10 mx1.host.example."},
	},
	{
		name: "other TTLs and preferences",
		zone: []string{"@ 300 MX 10 a.host.example.", "@ 300 MX 20 b.host.example."},
		gone: []string{"@ 300 MX 10 a.host.example.", "@ 300 MX 20 b.host.example."},
		come: []string{"@ 600 MX 10 a.host.example.", "@ 600 MX 5 b.host.example."},
	},
	{name: "null MX", zone: []string{"@ 300 MX 10 mail.example.net."}, gone: []string{"@ 300 MX 10 mail.example.net."}, come: []string{"@ 300 MX 0 ."}},
}

// setting is a scenario on its way.
type setting struct {
	*testing.T
	*server
	scenario
	proxy      *proxy
	backend    providers.Backend
	dir        string
	start, end []string
	serial     uint32
}

func begin(t *testing.T, srv *server, sc scenario) *setting {
	t.Helper()
	records := providertest.Records(t, slices.Concat(ground, sc.zone)...)
	srv.reset(t, records)
	s := &setting{T: t, server: srv, scenario: sc, proxy: newProxy(t, srv), dir: t.TempDir()}
	s.backend = s.proxy.through(t, 10*time.Second)
	s.start = lines(srv.truth(t))
	gone := lines(providertest.Records(t, sc.gone...))
	s.end = slices.DeleteFunc(slices.Clone(s.start), func(l string) bool { return slices.Contains(gone, l) })
	s.end = append(s.end, lines(providertest.Records(t, sc.come...))...)
	slices.Sort(s.end)
	_, s.serial = s.state()
	return s
}

// state is what the server has, and the serial of that.
func (s *setting) state() ([]string, uint32) {
	s.Helper()
	snap, err := s.writer(s.T).Snapshot(context.Background(), example)
	if err != nil {
		s.Fatal(err)
	}
	soa, ok := snap.Items[0].Record.SOA()
	if !ok {
		s.Fatal("no SOA record")
	}
	return lines(s.truth(s.T)), soa.Serial
}

// plan makes the changes that lead from the zone as it is to the end.
func (s *setting) plan() *providers.Plan {
	s.Helper()
	snap, err := s.writer(s.T).Snapshot(context.Background(), example)
	if err != nil {
		s.Fatal(err)
	}
	var keys zone.ChangeSet
	for _, r := range providertest.Records(s, slices.Concat(s.gone, s.come)...) {
		keys = append(keys, zone.Add(r))
	}
	to := zone.NewBuilder(0)
	gone := providertest.Records(s, s.gone...)
	for _, r := range providertest.Records(s, slices.Concat(ground, s.zone)...) {
		if !slices.ContainsFunc(gone, r.Same) {
			to.Add(r)
		}
	}
	for _, r := range providertest.Records(s, s.come...) {
		to.Add(r)
	}
	p, err := providers.NewPlan(snap, zone.Diff(snap.Zone(), to.Zone(example), keys.Keys()), providers.PlanOptions{Provider: "rfc2136"})
	if err != nil {
		s.Fatal(err)
	}
	return p
}

func (s *setting) applier() *providers.Applier {
	return &providers.Applier{
		Backend: s.backend, Dir: s.dir, Redactor: providers.NewRedactor(writerSecret),
		Waits: []time.Duration{0, 20 * time.Millisecond},
	}
}

// noSecret makes sure that the secret stands in no error and no file.
func (s *setting) noSecret(err error) {
	s.Helper()
	if err != nil && strings.Contains(err.Error(), writerSecret) {
		s.Error("the secret is in the error")
	}
	_ = filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if b, _ := os.ReadFile(path); bytes.Contains(b, []byte(writerSecret)) {
				s.Errorf("the secret is in %s", path)
			}
		}
		return err
	})
}

func TestScenarios(t *testing.T) {
	each(t, func(t *testing.T, srv *server) {
		for _, sc := range scenarios {
			t.Run(sc.name, func(t *testing.T) {
				s := begin(t, srv, sc)
				rep, err := s.applier().Apply(context.Background(), s.plan())
				if err != nil || !rep.Complete() || !rep.Verified || len(rep.Foreign) > 0 {
					t.Fatalf("%v, %+v", err, rep)
				}
				if n := s.proxy.count(); n != 3 {
					t.Errorf("%d requests, want 3: read, write, read", n)
				}
				got, serial := s.state()
				if d := cmp.Diff(s.end, got); d != "" {
					t.Errorf("(-want +got)\n%s", d)
				}
				if serial != s.serial+1 {
					t.Errorf("the serial went from %d to %d: not one change", s.serial, serial)
				}
				s.noSecret(nil)

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
				got, _ = s.state()
				if d := cmp.Diff(s.start, got); d != "" {
					t.Errorf("after the way back (-want +got)\n%s", d)
				}
			})
		}
	})
}

// Each fault at each request of a run: the zone is the old one or the new one,
// the report says which, and running again completes it.
func TestEveryFaultAtEveryRequest(t *testing.T) {
	faults := []fault{
		{name: "request lost", lost: true},
		{name: "answer lost", answerLost: true},
		{name: "half of the answer", cut: true},
		{name: "slow answer", wait: 1600 * time.Millisecond},
	}
	each(t, func(t *testing.T, srv *server) {
		for _, sc := range scenarios {
			for _, f := range faults {
				for n := 1; n <= 3; n++ {
					if (f.wait > 0 || testing.Short()) && sc.name != "migration" {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s at %d", sc.name, f.name, n), func(t *testing.T) { s := begin(t, srv, sc); s.faultAt(n, f) })
				}
			}
		}
	})
}

func (s *setting) faultAt(n int, f fault) {
	p := s.plan()
	s.proxy.fail(n, f)
	if f.wait > 0 {
		s.backend = s.proxy.through(s, time.Second)
	}
	rep, err := s.applier().Apply(context.Background(), p)
	got, serial := s.state()
	isNew := cmp.Equal(got, s.end)
	switch {
	case !isNew && !cmp.Equal(got, s.start):
		s.Fatalf("neither the old zone nor the new one:\n%s", strings.Join(got, "\n"))
	case n == 1 && (err == nil || isNew || rep != nil):
		s.Errorf("went on without having read the zone: %v", err)
	case n == 2 && isNew == f.lost:
		s.Errorf("the zone is new: %v", isNew)
	case n == 2 && f.lost && (err == nil || rep.Count(providers.NotDone) != len(rep.Ops)):
		s.Errorf("a write that never arrived: %v", err)
	case n == 2 && !f.lost && (err != nil || !rep.Complete() || !rep.Verified):
		s.Errorf("a write that was made: %v", err)
	case n == 3 && (err != nil || !isNew || !rep.Verified):
		s.Errorf("reading back is tried again: %v", err)
	case isNew && serial != s.serial+1:
		s.Errorf("written %d times", serial-s.serial)
	}
	s.noSecret(err)
	s.backend = s.writer(s)
	if _, err := s.applier().Apply(context.Background(), s.plan()); err != nil {
		s.Errorf("again: %v", err)
	}
	if got, _ := s.state(); !cmp.Equal(got, s.end) {
		s.Error("not completed by running again")
	}
}

// Someone else changes the zone between the last reading and the UPDATE.
func TestForeignEdits(t *testing.T) {
	migration, first, swap := scenarios[1], scenarios[0], scenarios[4]
	for _, tc := range []struct {
		name       string
		sc         scenario
		gone, come []string
		stale      bool
	}{
		{"a record of the plan is gone", migration, []string{"@ 300 MX 50 backup.old.example."}, nil, true},
		{"one more in an RRset of the plan", migration, nil, []string{"@ 300 MX 60 third.old.example."}, true},
		{"a text beside those of the plan", first, nil, []string{`@ 300 TXT "v=spf1 -all"`}, true},
		{"what the plan creates", first, nil, []string{"@ 300 MX 10 mx1.host.example."}, true},
		{"an alias where other records come", first, nil, []string{"_dmarc 300 CNAME dmarc.other.example."}, true},
		{"a record where an alias comes", first, nil, []string{"s1._domainkey 300 A 192.0.2.77"}, true},
		{"the alias is another", swap, []string{"autodiscover 300 CNAME old.example."}, []string{"autodiscover 300 CNAME new.example."}, true},
		{"a record where an alias takes the place of others", swap, nil, []string{"autoconfig 300 TXT other"}, true},
		{"another RRset", migration, []string{"www 300 A 192.0.2.2"}, []string{"new 300 A 192.0.2.3"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, srv *server) {
				s := begin(t, srv, tc.sc)
				var edited []string
				s.proxy.fail(2, fault{before: func() {
					srv.update(t, providertest.Records(t, tc.gone...), providertest.Records(t, tc.come...))
					edited, s.serial = s.state()
				}})
				rep, err := s.applier().Apply(context.Background(), s.plan())
				got, serial := s.state()
				if !tc.stale {
					if err != nil || !rep.Verified || len(rep.Foreign) != 2 {
						t.Errorf("%v, foreign %v", err, rep.Foreign)
					}
					return
				}
				if !errors.Is(err, providers.ErrStale) || rep == nil || rep.Count(providers.Unknown) > 0 {
					t.Errorf("%v is not ErrStale", err)
				}
				if d := cmp.Diff(edited, got); d != "" || serial != s.serial {
					t.Errorf("something was written\n%s", d)
				}
			})
		})
	}
}
