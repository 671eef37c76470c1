package powerdns_test

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
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/powerdns"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// scenario is a change of the mail records of a zone.
type scenario struct {
	name string
	zone []object // besides the ground
	keys []string // the RRsets that become what want says, whole
	want []string
}

var key408 = `"v=DKIM1; k=rsa; p=` + strings.Repeat("MIIBIjANBg", 23) + `" "` + strings.Repeat("kqhkiG9w0B", 16) + `"`

// ground is what every zone has and no scenario changes.
func ground() []object {
	return []object{
		set("@", "A", 3600, "192.0.2.1"), set("www", "A", 300, "192.0.2.1", "192.0.2.2", "!192.0.2.3"),
		commented(set("mail", "A", 300, "192.0.2.8"), "the old mail server"),
		set("off", "TXT", 300, `!"only disabled"`), set("_sip._tcp", "SRV", 300, "1 2 5060 sip.example.net."),
		set("@", "CAA", 300, `0 issue "ca.example"`), set("*.wild", "A", 300, "192.0.2.5"),
	}
}

func scenarios() []scenario {
	return []scenario{
		{
			"first set-up", nil,
			[]string{"@ MX", "@ TXT", "_dmarc TXT", "s1._domainkey CNAME", "_imaps._tcp SRV"},
			[]string{
				"@ 300 MX 10 mx1.host.example.", "@ 300 MX 20 mx2.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`,
				`_dmarc 300 TXT "v=DMARC1; p=quarantine"`, "s1._domainkey 300 CNAME s1.dkim.host.example.", "_imaps._tcp 300 SRV 0 1 993 imap.host.example.",
			},
		},
		{
			"migration",
			[]object{
				commented(set("@", "MX", 300, "0 mail.example.com.", "50 backup.old.example.", "!99 last.old.example."), "old"),
				commented(set("@", "TXT", 300, `"v=spf1 mx -all"`, `"site-verification=1"`, `!"v=spf1 a -all"`), "who sends"),
				set("_dmarc", "TXT", 300, `"v=DMARC1; p=none"`),
				commented(set("old._domainkey", "TXT", 300, `"v=DKIM1; p=b2xk"`), "key of 2019"),
			},
			[]string{"@ MX", "@ TXT", "_dmarc TXT", "old._domainkey TXT", "new._domainkey TXT"},
			[]string{
				"@ 300 MX 10 mx1.host.example.", `@ 300 TXT "site-verification=1"`, `@ 300 TXT "v=spf1 include:spf.host.example -all"`,
				`_dmarc 300 TXT "v=DMARC1; p=reject"`, "new._domainkey 300 TXT " + key408,
			},
		},
		{"SPF merge", []object{
			commented(set("@", "TXT", 300, `"v=spf1 include:a.example ~all"`, `"v=spf1 include:b.example ~all"`), "two"),
		}, []string{"@ TXT"}, []string{`@ 300 TXT "v=spf1 include:a.example include:b.example ~all"`}},
		{
			"DKIM rotation",
			[]object{
				commented(set("s1._domainkey", "TXT", 300, `"v=DKIM1; p=b25l"`), "key"),
				set("s3._domainkey", "CNAME", 300, "s3.old.example."),
			},
			[]string{"s1._domainkey TXT", "s3._domainkey CNAME"},
			[]string{"s1._domainkey 300 TXT " + key408, "s3._domainkey 300 CNAME s3.new.example."},
		},
		{
			"CNAME in place of A",
			[]object{
				commented(set("autoconfig", "A", 300, "192.0.2.7"), "by hand"),
				set("autoconfig", "AAAA", 300, "2001:db8::7"),
			},
			[]string{"autoconfig A", "autoconfig AAAA", "autoconfig CNAME"},
			[]string{"autoconfig 300 CNAME autoconfig.host.example."},
		},
		{"null MX", []object{set("@", "MX", 300, "10 mail.example.com.")}, []string{"@ MX"}, []string{"@ 300 MX 0 ."}},
	}
}

// setting is a scenario on its way.
type setting struct {
	*testing.T
	scenario
	srv     *server
	proxy   *proxy
	backend *powerdns.Backend
	dir     string
	start   map[string]string // the zone before, as the API tells it
}

func begin(t *testing.T, sc scenario, timeout time.Duration) *setting {
	t.Helper()
	s := &setting{T: t, scenario: sc, srv: start(t), dir: t.TempDir()}
	s.srv.makeZone(t, "example.com.", "Native", slices.Concat(ground(), sc.zone)...)
	s.proxy = newProxy(t, s.srv.url)
	var err error
	s.backend, err = powerdns.New(powerdns.Options{URL: s.proxy.url, Key: apiKey, Timeout: timeout, Pause: 100 * time.Microsecond, Patience: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	s.start = s.srv.sets(t, "example.com.")
	return s
}

// plan is made without the proxy, so that its requests are those of the run.
func (s *setting) plan() *providers.Plan {
	s.Helper()
	snap, err := open(s.T, s.srv.url, apiKey).Snapshot(context.Background(), example)
	if err != nil {
		s.Fatal(err)
	}
	p, err := providers.NewPlan(snap, s.changes(snap), providers.PlanOptions{Provider: "powerdns"})
	if err != nil {
		s.Fatal(err)
	}
	return p
}

func (s *setting) changes(snap *providers.Snapshot) zone.ChangeSet {
	var cs zone.ChangeSet
	z := snap.Zone()
	for _, k := range s.keys {
		owner, typ, _ := strings.Cut(k, " ")
		name, err := zone.ParseName(owner, example)
		if err != nil {
			s.Fatal(err)
		}
		t, _ := zone.ParseType(typ)
		ch := zone.Change{Name: name, Type: t, Before: z.RRset(name, t)}
		for _, r := range providertest.Records(s, s.want...) {
			if r.Name == name && r.Type == t {
				ch.After = append(ch.After, r)
			}
		}
		cs = append(cs, ch)
	}
	return cs
}

func (s *setting) applier() *providers.Applier {
	return &providers.Applier{Backend: s.backend, Dir: s.dir, Redactor: providers.NewRedactor(apiKey), Waits: []time.Duration{0, time.Millisecond}}
}

// finished reports whether DNS has what the scenario wants.
func (s *setting) finished() bool {
	s.Helper()
	var got, want []string
	for _, r := range s.srv.transfer(s, "example.com.") {
		k := strings.TrimSuffix(r.Name.Relative(example), ".") + " " + r.Type.String()
		if slices.Contains(s.keys, k) {
			got = append(got, r.String())
		}
	}
	for _, r := range providertest.Records(s, s.want...) {
		want = append(want, r.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	return slices.Equal(got, want)
}

// untouched checks that nothing outside the RRsets of the plan has changed, with
// comments and disabled records, and that no disabled record was lost or served.
func (s *setting) untouched(p *providers.Plan, but ...string) {
	s.Helper()
	now := s.srv.sets(s, "example.com.")
	for k := range s.start {
		if strings.Contains(s.start[k], " true}") && strings.Count(now[k], " true}") != strings.Count(s.start[k], " true}") {
			s.Errorf("%s: disabled records were %s and are %s", k, s.start[k], now[k])
		}
	}
	others := func(sets map[string]string) map[string]string {
		out := maps.Clone(sets)
		for _, c := range p.RRsets {
			delete(out, c.Key.Name.String()+" "+c.Key.Type.String())
		}
		for _, k := range but {
			delete(out, k)
		}
		return out
	}
	if d := cmp.Diff(others(s.start), others(now)); d != "" {
		s.Errorf("something else has changed (-before +after)\n%s", d)
	}
}

// secrets looks for the key in what was written and said.
func (s *setting) secrets(err error) {
	s.Helper()
	if err != nil && strings.Contains(err.Error(), apiKey) {
		s.Errorf("the key is in the error: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(s.dir, "*"))
	for _, f := range files {
		if b, _ := os.ReadFile(f); bytes.Contains(b, []byte(apiKey)) {
			s.Errorf("the key is in %s", f)
		}
	}
}

// watch asks for MX and TXT records at the top of the zone until it is stopped:
// none may ever be without the one, nor have two SPF records, unless it was so
// before.
func (s *setting) watch() (stop func()) {
	mx, spf := s.mail()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			nowMX, nowSPF := s.mail()
			if mx > 0 && nowMX == 0 || nowSPF > max(1, spf) || spf > 0 && nowSPF == 0 {
				s.Errorf("for a moment there were %d MX and %d SPF records", nowMX, nowSPF)
				return
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}

func (s *setting) mail() (mx, spf int) {
	hosts, err := s.srv.ask(context.Background(), "example.com.", dns.TypeMX)
	if err != nil {
		s.Error(err)
	}
	texts, err := s.srv.ask(context.Background(), "example.com.", dns.TypeTXT)
	if err != nil {
		s.Error(err)
	}
	for _, r := range texts {
		if strings.HasPrefix(r.Text(), "v=spf1") {
			spf++
		}
	}
	return len(hosts), spf
}

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

// keepsComments checks that RRsets that are still there have their comments.
func (s *setting) keepsComments(p *providers.Plan) {
	s.Helper()
	now := s.srv.sets(s, "example.com.")
	for _, c := range p.RRsets {
		k := c.Key.Name.String() + " " + c.Key.Type.String()
		comment := s.start[k][strings.LastIndex(s.start[k], "[")+1:]
		if len(c.Before) > 0 && len(c.After) > 0 && !strings.HasSuffix(now[k], "["+comment) {
			s.Errorf("%s: comments were %q; now %s", k, comment, now[k])
		}
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
