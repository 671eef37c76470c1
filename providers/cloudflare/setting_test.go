package cloudflare_test

import (
	"bytes"
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
				{"type": "MX", "name": "@", "content": "mail.example.com", "priority": 0, "ttl": 1, "comment": "old"},
				{"type": "MX", "name": "@", "content": "backup.old.example", "priority": 50, "ttl": 300},
				{"type": "TXT", "name": "@", "content": "v=spf1 mx -all", "comment": "who sends"},
				{"type": "TXT", "name": "_dmarc", "content": `"v=DMARC1; p=none"`, "ttl": 300},
				{"type": "TXT", "name": "old._domainkey", "content": `"v=DKIM1; p=b2xk"`, "ttl": 300},
			},
			[]string{"@ MX", "@ TXT", "_dmarc TXT", "old._domainkey TXT", "new._domainkey TXT"},
			[]string{"@ 300 MX 10 mx1.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`, `_dmarc 300 TXT "v=DMARC1; p=reject"`, "new._domainkey 300 TXT " + key408},
		},
		{"SPF merge", []object{
			{"type": "TXT", "name": "@", "content": `"v=spf1 include:a.example ~all"`, "ttl": 300, "comment": "a"},
			{"type": "TXT", "name": "@", "content": `v=spf1 include:b.example ~all`, "ttl": 300, "comment": "b"},
		}, []string{"@ TXT"}, []string{`@ 300 TXT "v=spf1 include:a.example include:b.example ~all"`}},
		{
			"DKIM rotation",
			[]object{
				{"type": "TXT", "name": "s1._domainkey", "content": `"v=DKIM1; p=b25l"`, "ttl": 300, "comment": "key"},
				{"type": "CNAME", "name": "s3._domainkey", "content": "s3.old.example", "ttl": 300, "comment": "alias"},
			},
			[]string{"s1._domainkey TXT", "s3._domainkey CNAME"},
			[]string{"s1._domainkey 300 TXT " + key408, "s3._domainkey 300 CNAME s3.new.example."},
		},
		{
			"CNAME in place of A",
			[]object{
				{"type": "A", "name": "autoconfig", "content": "192.0.2.7", "ttl": 300},
				{"type": "AAAA", "name": "autoconfig", "content": "2001:db8::7", "ttl": 300},
			},
			[]string{"autoconfig A", "autoconfig AAAA", "autoconfig CNAME"},
			[]string{"autoconfig 300 CNAME autoconfig.host.example."},
		},
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
	s.backend, err = cloudflare.New(cloudflare.Options{Token: cloudflaretest.GoodToken, BaseURL: s.srv.URL, Timeout: timeout, Pause: 100 * time.Microsecond, Patience: 300 * time.Millisecond})
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
