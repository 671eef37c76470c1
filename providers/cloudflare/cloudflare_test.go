package cloudflare_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
	"github.com/zonelint/zonelint/zone"
)

type object = cloudflaretest.Record

var example = zone.MustName("example.com")

// open returns a backend for the server that does not wait long.
func open(t testing.TB, s *cloudflaretest.Server, token string) *cloudflare.Backend {
	t.Helper()
	b, err := cloudflare.New(cloudflare.Options{Token: token, BaseURL: s.URL, Timeout: 5 * time.Second, Pause: time.Millisecond, Patience: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func snapshot(t testing.TB, b providers.Backend) *providers.Snapshot {
	t.Helper()
	s, err := b.Snapshot(context.Background(), example)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rec reads "owner TTL TYPE RDATA".
func rec(t testing.TB, line string) zone.Record {
	t.Helper()
	f := strings.SplitN(line, " ", 4)
	name, err := zone.ParseName(f[0], example)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	var ttl uint32
	if _, err := fmt.Sscan(f[1], &ttl); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	typ, ok := zone.ParseType(f[2])
	if !ok {
		t.Fatalf("%q: type", line)
	}
	r, err := providers.ParseRecord(name, typ, ttl, f[3])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines returns the records as sorted text.
func lines(s *providers.Snapshot) []string {
	var out []string
	for _, it := range s.Items {
		l := it.Record.String()
		if it.Auto {
			l += " auto"
		}
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

func TestSnapshotReadsRecords(t *testing.T) {
	long := strings.Repeat("k", 300)
	for _, tc := range []struct {
		name string
		in   object
		want string // "" if it cannot be read
		auto bool
	}{
		{"address", object{"type": "A", "name": "@", "content": "192.0.2.1", "ttl": 120}, "@ 120 A 192.0.2.1", false},
		{"automatic TTL", object{"type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1}, "www 300 A 192.0.2.1", true},
		{"IPv6", object{"type": "AAAA", "name": "www", "content": "2001:db8::1", "ttl": 60}, "www 60 AAAA 2001:db8::1", false},
		{"MX", object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 10, "ttl": 600}, "@ 600 MX 10 mx.host.example.", false},
		{"MX preference 0", object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 0, "ttl": 600}, "@ 600 MX 0 mx.host.example.", false},
		{"null MX", object{"type": "MX", "name": "@", "content": ".", "priority": 0, "ttl": 600}, "@ 600 MX 0 .", false},
		{"CNAME", object{"type": "CNAME", "name": "s1._domainkey", "content": "s1.host.example", "ttl": 300}, "s1._domainkey 300 CNAME s1.host.example.", false},
		{"text", object{"type": "TXT", "name": "@", "content": `"v=spf1 -all"`, "ttl": 300}, `@ 300 TXT "v=spf1 -all"`, false},
		{"text without quotes", object{"type": "TXT", "name": "@", "content": `v=DKIM1; p=a\b`, "ttl": 300}, `@ 300 TXT "v=DKIM1; p=a\\b"`, false},
		{"text of strings", object{"type": "TXT", "name": "@", "content": `"v=spf1 " "-all"`, "ttl": 300}, `@ 300 TXT "v=spf1 " "-all"`, false},
		{"text with escapes", object{"type": "TXT", "name": "@", "content": `"a\"b\\c\200\;"`, "ttl": 300}, `@ 300 TXT "a\"b\\c\200;"`, false},
		{"long text", object{"type": "TXT", "name": "@", "content": `"` + long + `"`, "ttl": 300}, `@ 300 TXT "` + long[:255] + `" "` + long[255:] + `"`, false},
		{"SRV", object{"type": "SRV", "name": "_imaps._tcp", "ttl": 300, "data": map[string]any{"priority": 0, "weight": 1, "port": 993, "target": "imap.host.example"}}, "_imaps._tcp 300 SRV 0 1 993 imap.host.example.", false},
		{"SRV of no service", object{"type": "SRV", "name": "_pop3._tcp", "ttl": 300, "data": map[string]any{"priority": 0, "weight": 0, "port": 0, "target": "."}}, "_pop3._tcp 300 SRV 0 0 0 .", false},
		{"CAA", object{"type": "CAA", "name": "@", "ttl": 300, "data": map[string]any{"flags": 128, "tag": "issue", "value": "ca.example"}}, `@ 300 CAA 128 issue "ca.example"`, false},
		{"TLSA", object{"type": "TLSA", "name": "_25._tcp.mx", "ttl": 300, "data": map[string]any{"usage": 3, "selector": 1, "matching_type": 1, "certificate": strings.Repeat("ab", 32)}}, "_25._tcp.mx 300 TLSA 3 1 1 " + strings.Repeat("ab", 32), false},
		{"another type", object{"type": "SSHFP", "name": "www", "content": "4 2 " + strings.Repeat("0a", 32), "ttl": 300}, "www 300 SSHFP 4 2 " + strings.Repeat("0a", 32), false},
		{"floats in data", object{"type": "LOC", "name": "www", "content": "51 30 12.748 N 0 7 39.612 W 0.00m 1m 10000m 10m", "ttl": 300, "data": map[string]any{"lat_seconds": 12.748}}, "www 300 LOC 51 30 12.748 N 00 07 39.612 W 0m 1m 10000m 10m", false},
		{"quote that is not closed", object{"type": "TXT", "name": "@", "content": `"v=spf1`, "ttl": 300}, "", false},
		{"quoted and not", object{"type": "TXT", "name": "@", "content": `"v=spf1" -all`, "ttl": 300}, "", false},
		{"unknown type", object{"type": "WORKER", "name": "www", "content": "x"}, "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := cloudflaretest.New(t)
			z := srv.AddZone("example.com", tc.in)
			s := snapshot(t, open(t, srv, cloudflaretest.GoodToken))
			if tc.want == "" {
				if len(s.Items) != 0 || len(s.Unread) != 1 || s.Unread[0].Reason == "" || s.Unread[0].Name == "" {
					t.Fatalf("items %v, unread %v; want one that cannot be read", s.Items, s.Unread)
				}
				return
			}
			if len(s.Items) != 1 || len(s.Unread) != 0 {
				t.Fatalf("items %v, unread %v; want one item", s.Items, s.Unread)
			}
			it, want := s.Items[0], rec(t, tc.want)
			if !it.Record.Same(want) || it.Auto != tc.auto {
				t.Errorf("got %s auto %v, want %s auto %v", it.Record, it.Auto, want, tc.auto)
			}
			var raw object
			if err := json.Unmarshal(it.Raw, &raw); err != nil || raw.ID() != it.ID || it.ID != z.Records()[0].ID() {
				t.Errorf("id %q, raw %s: %v", it.ID, it.Raw, err)
			}
		})
	}
}

func TestAliasAtTheTopIsFlattened(t *testing.T) {
	srv := cloudflaretest.New(t)
	srv.AddZone("example.com",
		object{"type": "CNAME", "name": "@", "content": "site.pages.example", "proxied": true},
		object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 10},
	)
	s := snapshot(t, open(t, srv, cloudflaretest.GoodToken))
	z := s.Zone()
	for typ, want := range map[zone.Type]zone.Status{zone.TypeA: zone.Unknown, zone.TypeAAAA: zone.Unknown, zone.TypeMX: zone.Found, zone.TypeTXT: zone.NoData} {
		if got := z.Lookup(example, typ).Status; got != want {
			t.Errorf("%s: status %d, want %d", typ, got, want)
		}
	}
	for _, p := range z.Problems {
		if p.Kind != zone.ProblemComputed {
			t.Errorf("problem %+v", p)
		}
	}
	cs := zone.ChangeSet{zone.Add(rec(t, `@ 300 TXT "v=spf1 -all"`))}
	if _, err := providers.NewPlan(s, cs, providers.PlanOptions{}); err != nil {
		t.Errorf("a TXT record beside it: %v", err)
	}
	cs = zone.ChangeSet{zone.Add(rec(t, `@ 300 A 192.0.2.1`))}
	if _, err := providers.NewPlan(s, cs, providers.PlanOptions{}); !errors.Is(err, providers.ErrGuard) {
		t.Errorf("an address beside it: %v", err)
	}
}

func TestPages(t *testing.T) {
	for _, tc := range []struct {
		name    string
		records int
		size    int
		info    bool
		reads   int // of records
	}{
		{"5,000 records", 5000, 0, true, 1},
		{"small pages, read twice", 251, 100, true, 6},
		{"page size 1", 40, 1, true, 80},
		{"without result_info", 250, 100, false, 8},
		{"one page without result_info", 50, 100, false, 2},
		{"no records", 0, 0, true, 1},
		{"no records, without result_info", 0, 0, false, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := cloudflaretest.New(t)
			z := srv.AddZone("example.com")
			srv.Check = nil
			for i := range tc.records {
				z.Put(object{"type": "A", "name": fmt.Sprintf("h%d", i), "content": "192.0.2.1"})
			}
			srv.Pages(tc.size, tc.info)
			s := snapshot(t, open(t, srv, cloudflaretest.GoodToken))
			if len(s.Items) != tc.records {
				t.Errorf("%d records, want %d", len(s.Items), tc.records)
			}
			reads := slices.DeleteFunc(srv.Requests(), func(r cloudflaretest.Request) bool { return !strings.HasSuffix(r.Path, "dns_records") })
			if len(reads) != tc.reads {
				t.Errorf("%d requests, want %d", len(reads), tc.reads)
			}
		})
	}
}

// A record that comes or goes between two pages shifts the others.
func TestZoneThatMovesWhileItIsRead(t *testing.T) {
	for _, tc := range []struct {
		name  string
		times int
		swap  bool // another record comes, so that the number stays
		want  int
	}{
		{"once", 1, false, 29},
		{"once, the number stays", 1, true, 30},
		{"always", -1, false, 0},
		{"always, the number stays", -1, true, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := cloudflaretest.New(t)
			z := srv.AddZone("example.com")
			for i := range 30 {
				z.Put(object{"type": "A", "name": fmt.Sprintf("h%d", i), "content": "192.0.2.1"})
			}
			srv.Pages(10, true)
			n := 0
			srv.Fail(tc.times, func(r cloudflaretest.Request) bool { return r.Query.Get("page") == "2" }, cloudflaretest.Fault{Before: func() {
				z.Remove(z.Records()[0].ID())
				if n++; tc.swap {
					z.Put(object{"type": "A", "name": fmt.Sprintf("n%d", n), "content": "192.0.2.1"})
				}
			}})
			s, err := open(t, srv, cloudflaretest.GoodToken).Snapshot(context.Background(), example)
			if tc.want == 0 {
				if !errors.Is(err, providers.ErrUnavailable) {
					t.Errorf("%v; want ErrUnavailable", err)
				}
				return
			}
			if err != nil || len(s.Items) != tc.want || s.Items[9].Record.Name != zone.MustName("h10.example.com") {
				t.Errorf("%v; want %d records", err, tc.want)
			}
		})
	}
}

func TestZones(t *testing.T) {
	srv := cloudflaretest.New(t)
	for i := range 60 {
		srv.AddZone(fmt.Sprintf("z%02d.example", i))
	}
	srv.AddZone("bücher.example")
	srv.AddToken("OnlyOneZone0000000000000000000", cloudflaretest.Token{Zones: []string{"z07.example"}})
	all, err := open(t, srv, cloudflaretest.GoodToken).Zones(context.Background())
	if err != nil || len(all) != 61 || !slices.Contains(all, zone.MustName("xn--bcher-kva.example")) || !slices.IsSortedFunc(all, zone.CompareNames) {
		t.Errorf("%d zones: %v", len(all), err)
	}
	one, err := open(t, srv, "OnlyOneZone0000000000000000000").Zones(context.Background())
	if err != nil || len(one) != 1 || one[0] != zone.MustName("z07.example") {
		t.Errorf("%v: %v", one, err)
	}
	srv.Pages(7, false)
	if all, err = open(t, srv, cloudflaretest.GoodToken).Zones(context.Background()); err != nil || len(all) != 61 {
		t.Errorf("without result_info: %d zones: %v", len(all), err)
	}
	if s, err := open(t, srv, cloudflaretest.GoodToken).Snapshot(context.Background(), zone.MustName("xn--bcher-kva.example")); err != nil || s.Apex != zone.MustName("xn--bcher-kva.example") {
		t.Errorf("a zone with its name in Unicode: %v", err)
	}
}

func TestZonesOfKinds(t *testing.T) {
	for _, tc := range []struct {
		plan, typ string
		max       int
		readOnly  bool
	}{
		{"free", "full", 200, false},
		{"pro", "full", 3500, false},
		{"business", "full", 3500, false},
		{"enterprise", "full", 3500, false},
		{"something new", "full", 200, false},
		{"enterprise", "secondary", 3500, true},
		{"business", "partial", 3500, true},
	} {
		srv := cloudflaretest.New(t)
		z := srv.AddZone("example.com")
		z.Plan, z.Type = tc.plan, tc.typ
		c := snapshot(t, open(t, srv, cloudflaretest.GoodToken)).Capabilities
		if c.MaxOps != tc.max || !c.Atomic || !c.Update || (c.ReadOnly != "") != tc.readOnly {
			t.Errorf("%s %s: %+v", tc.plan, tc.typ, c)
		}
	}
}

func TestSameZoneInTwoAccounts(t *testing.T) {
	srv := cloudflaretest.New(t)
	pending := srv.AddZone("example.com", object{"type": "A", "name": "@", "content": "192.0.2.1"})
	srv.AddZone("example.com", object{"type": "A", "name": "@", "content": "192.0.2.2"})
	b := open(t, srv, cloudflaretest.GoodToken)
	if _, err := b.Snapshot(context.Background(), example); !errors.Is(err, providers.ErrNoZone) {
		t.Errorf("both served: %v", err)
	}
	pending.Status = "pending"
	if s := snapshot(t, b); s.Items[0].Record.RData() != "192.0.2.2" {
		t.Errorf("read %v", lines(s))
	}
}
