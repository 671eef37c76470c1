package powerdns_test

import (
	"bytes"
	"context"
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
