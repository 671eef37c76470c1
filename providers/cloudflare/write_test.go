package cloudflare_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
)

func create(t testing.TB, line string) providers.Op {
	return providers.Op{Kind: providers.Create, New: providers.Item{Record: rec(t, line)}}
}

// update is the change of an item's record into another.
func update(t testing.TB, old providers.Item, line string) providers.Op {
	it := old
	it.Record = rec(t, line)
	it.Auto = old.Auto && it.Record.TTL == old.Record.TTL
	return providers.Op{Kind: providers.Update, Old: old, New: it}
}

func apply(b providers.Backend, ops ...providers.Op) error {
	return b.Apply(context.Background(), example, providers.Step{Ops: ops})
}

// What is written reads back as it was, for all that mail needs.
func TestWhatIsWrittenReadsBack(t *testing.T) {
	key := `"v=DKIM1; k=rsa; p=` + strings.Repeat("A", 230) + `" "` + strings.Repeat("B", 180) + `"`
	want := []string{
		"@ 300 MX 0 mx1.host.example.", "@ 3600 MX 10 mx2.host.example.", "quiet 300 MX 0 .",
		`@ 300 TXT "v=spf1 include:spf.host.example -all"`, `@ 300 TXT "verify=abc"`, `@ 60 TXT "a \"quoted\" word; a back\\slash; \195\188 \200"`,
		"k._domainkey 86400 TXT " + key, "s1._domainkey 300 CNAME s1.dkim.host.example.",
		"_imaps._tcp 300 SRV 0 1 993 imap.host.example.", "_pop3._tcp 300 SRV 0 0 0 .",
		`@ 300 CAA 0 issue "ca.example; validationmethods=dns-01"`, "_25._tcp.mx 300 TLSA 3 1 1 " + strings.Repeat("ab", 32),
		"mx 300 A 192.0.2.1", "mx 300 AAAA 2001:db8::1", "* 300 A 192.0.2.2", "sub 300 NS ns1.dns.example.", "p 300 PTR host.example.",
	}
	srv := cloudflaretest.New(t)
	srv.AddZone("example.com")
	b := open(t, srv, cloudflaretest.GoodToken)
	var ops []providers.Op
	for _, l := range want {
		ops = append(ops, create(t, l))
	}
	if err := apply(b, ops...); err != nil {
		t.Fatal(err)
	}
	if srv.Writes() != 1 {
		t.Errorf("%d writes", srv.Writes())
	}
	s := snapshot(t, b)
	if len(s.Items) != len(want) || len(s.Unread) > 0 {
		t.Fatalf("%v, %v", lines(s), s.Unread)
	}
	for i, it := range s.Items {
		if r := rec(t, want[i]); !it.Record.Same(r) || it.Auto {
			t.Errorf("%s came back as %s", r, it.Record)
		}
	}
}

func TestChangesKeepWhatIsNotDNS(t *testing.T) {
	srv := cloudflaretest.New(t)
	z := srv.AddZone("example.com",
		object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 10, "ttl": 1, "comment": "mail", "tags": []any{}},
		object{"type": "TXT", "name": "@", "content": `v=spf1 a -all`, "ttl": 300, "comment": "who sends"},
		object{"type": "A", "name": "www", "content": "192.0.2.1", "proxied": true, "comment": "web", "settings": map[string]any{"ipv4_only": true}},
		object{"type": "CNAME", "name": "s1._domainkey", "content": "old.example", "settings": map[string]any{"flatten_cname": true}},
		object{"type": "SRV", "name": "_imaps._tcp", "ttl": 300, "comment": "imap", "data": map[string]any{"priority": 5, "weight": 1, "port": 993, "target": "imap.host.example"}},
	)
	b := open(t, srv, cloudflaretest.GoodToken)
	s := snapshot(t, b)
	before := z.Records()
	if err := apply(b,
		update(t, s.Items[0], "@ 300 MX 0 mx.host.example."),
		update(t, s.Items[1], `@ 300 TXT "v=spf1 include:spf.host.example -all"`),
		update(t, s.Items[2], "www 300 A 192.0.2.2"),
		update(t, s.Items[3], "s1._domainkey 300 CNAME new.example."),
		update(t, s.Items[4], "_imaps._tcp 300 SRV 0 1 993 imap2.host.example."),
	); err != nil {
		t.Fatal(err)
	}
	after := z.Records()
	changes := []object{
		{"priority": 0.0},
		{"content": `"v=spf1 include:spf.host.example -all"`},
		{"content": "192.0.2.2"},
		{"content": "new.example"},
		{"priority": 0.0, "content": "1 993 imap2.host.example", "data": map[string]any{"priority": 0.0, "weight": 1.0, "port": 993.0, "target": "imap2.host.example"}},
	}
	for i := range before {
		want := maps.Clone(before[i])
		maps.Copy(want, changes[i])
		delete(want, "modified_on")
		got := maps.Clone(after[i])
		delete(got, "modified_on")
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", before[i]["name"], d)
		}
	}
}

func TestRecordsPutBackHaveWhatTheyHad(t *testing.T) {
	srv := cloudflaretest.New(t)
	z := srv.AddZone("example.com", object{"type": "A", "name": "www", "content": "192.0.2.1", "proxied": true, "comment": "web", "settings": map[string]any{"ipv4_only": true}})
	z.Plan = "pro"
	z.Set(z.Records()[0].ID(), "tags", []any{"team:web"})
	b := open(t, srv, cloudflaretest.GoodToken)
	it := snapshot(t, b).Items[0]
	before := z.Records()[0]
	if err := apply(b, providers.Op{Kind: providers.Delete, Old: it}); err != nil {
		t.Fatal(err)
	}
	back := it
	back.ID = ""
	if err := apply(b, providers.Op{Kind: providers.Create, New: back}); err != nil {
		t.Fatal(err)
	}
	after := z.Records()[0]
	for _, k := range []string{"id", "created_on", "modified_on"} {
		delete(before, k)
		delete(after, k)
	}
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("(-before +after)\n%s", d)
	}
}

// Each is refused as a whole, and says so.
func TestRefusals(t *testing.T) {
	managed := map[string]any{"email_routing": true, "read_only": true}
	for _, tc := range []struct {
		name   string
		ops    func(s *providers.Snapshot, z *cloudflaretest.Zone) []providers.Op
		is     error
		writes int
	}{
		{"identical record", func(*providers.Snapshot, *cloudflaretest.Zone) []providers.Op {
			return []providers.Op{create(t, "@ 300 MX 10 mx.host.example.")}
		}, providers.ErrStale, 1},
		{"CNAME beside an address", func(*providers.Snapshot, *cloudflaretest.Zone) []providers.Op {
			return []providers.Op{create(t, "www 300 CNAME x.example.")}
		}, providers.ErrRefused, 1},
		{"TTL too low", func(*providers.Snapshot, *cloudflaretest.Zone) []providers.Op {
			return []providers.Op{create(t, "x 5 A 192.0.2.1")}
		}, providers.ErrRefused, 1},
		{"a record that is gone", func(s *providers.Snapshot, z *cloudflaretest.Zone) []providers.Op {
			z.Remove(s.Items[0].ID)
			return []providers.Op{{Kind: providers.Delete, Old: s.Items[0]}}
		}, providers.ErrStale, 1},
		{"a record that never was", func(*providers.Snapshot, *cloudflaretest.Zone) []providers.Op {
			return []providers.Op{{Kind: providers.Delete, Old: providers.Item{Record: rec(t, "@ 300 MX 99 mx.host.example.")}}}
		}, providers.ErrStale, 0},
		{"a managed record", func(s *providers.Snapshot, _ *cloudflaretest.Zone) []providers.Op {
			return []providers.Op{{Kind: providers.Delete, Old: s.Items[2]}}
		}, providers.ErrRefused, 0},
		{"a type that is not written", func(*providers.Snapshot, *cloudflaretest.Zone) []providers.Op {
			return []providers.Op{create(t, "x 300 SSHFP 4 2 "+strings.Repeat("0a", 32))}
		}, providers.ErrUnsupported, 0},
		{"another zone", func(*providers.Snapshot, *cloudflaretest.Zone) []providers.Op {
			return []providers.Op{create(t, "example.net. 300 A 192.0.2.1")}
		}, providers.ErrRefused, 0},
		{"more than the plan's limit", func(*providers.Snapshot, *cloudflaretest.Zone) []providers.Op {
			var ops []providers.Op
			for i := range 201 {
				ops = append(ops, create(t, fmt.Sprintf("h%d 300 A 192.0.2.1", i)))
			}
			return ops
		}, providers.ErrRefused, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := cloudflaretest.New(t)
			z := srv.AddZone("example.com",
				object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 10, "ttl": 300},
				object{"type": "A", "name": "www", "content": "192.0.2.1"},
				object{"type": "TXT", "name": "cf2024-1._domainkey", "content": `"v=DKIM1; p=Rk9P"`, "meta": managed},
			)
			b := open(t, srv, cloudflaretest.GoodToken)
			s := snapshot(t, b)
			ops := append([]providers.Op{create(t, "other 300 A 192.0.2.7")}, tc.ops(s, z)...)
			before := z.Records()
			err := apply(b, ops...)
			if !errors.Is(err, tc.is) || errors.Is(err, providers.ErrUnknownOutcome) {
				t.Errorf("%v is not %v", err, tc.is)
			}
			oneLine(t, err, cloudflaretest.GoodToken)
			if d := cmp.Diff(before, z.Records()); d != "" {
				t.Errorf("the zone has changed\n%s", d)
			}
			if srv.Writes() != tc.writes {
				t.Errorf("%d writes, want %d", srv.Writes(), tc.writes)
			}
		})
	}
}

// Records without an id are found by what they say.
func TestRecordsWithoutIDs(t *testing.T) {
	srv := cloudflaretest.New(t)
	z := srv.AddZone("example.com",
		object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 10, "ttl": 300},
		object{"type": "TXT", "name": "@", "content": `"v=spf1 " "-all"`, "ttl": 300, "comment": "kept"},
	)
	b := open(t, srv, cloudflaretest.GoodToken)
	old := providers.Item{Record: rec(t, `@ 300 TXT "v=spf1 -all"`)}
	if err := apply(b, create(t, "@ 300 MX 20 mx2.host.example."),
		providers.Op{Kind: providers.Delete, Old: providers.Item{Record: rec(t, "@ 300 MX 10 mx.host.example.")}},
		providers.Op{Kind: providers.Update, Old: old, New: providers.Item{Record: rec(t, `@ 600 TXT "v=spf1 mx -all"`)}},
	); err != nil {
		t.Fatal(err)
	}
	rs := z.Records()
	if len(rs) != 2 || rs[0]["content"] != `"v=spf1 mx -all"` || rs[0]["comment"] != "kept" || rs[1]["content"] != "mx2.host.example" {
		t.Errorf("%v", rs)
	}
}

// An answer that tells of something else than was asked for.
func TestAnswersAreCompared(t *testing.T) {
	srv := cloudflaretest.New(t)
	srv.AddZone("example.com", object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 10, "ttl": 300, "comment": "mail"})
	b := open(t, srv, cloudflaretest.GoodToken)
	it := snapshot(t, b).Items[0]
	with := func(change object) json.RawMessage {
		var r object
		if err := json.Unmarshal(it.Raw, &r); err != nil {
			t.Fatal(err)
		}
		maps.Copy(r, change)
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	list := func(rs ...json.RawMessage) []json.RawMessage { return rs }
	none := list()
	for _, tc := range []struct {
		name                    string
		op                      providers.Op
		deletes, patches, posts []json.RawMessage
		is                      error
	}{
		{"as asked", update(t, it, "@ 300 MX 0 mx.host.example."), none, list(with(object{"priority": 0})), none, nil},
		{"another preference", update(t, it, "@ 300 MX 0 mx.host.example."), none, list(it.Raw), none, providers.ErrPartial},
		{"the comment is lost", update(t, it, "@ 300 MX 0 mx.host.example."), none, list(with(object{"priority": 0, "comment": nil})), none, providers.ErrPartial},
		{"another record", update(t, it, "@ 300 MX 0 mx.host.example."), none, list(with(object{"priority": 0, "id": "other"})), none, providers.ErrPartial},
		{"nothing", update(t, it, "@ 300 MX 0 mx.host.example."), none, none, none, providers.ErrUnknownOutcome},
		{"0 deleted", providers.Op{Kind: providers.Delete, Old: it}, none, none, none, providers.ErrUnknownOutcome},
		{"another one deleted", providers.Op{Kind: providers.Delete, Old: it}, list(with(object{"id": "other"})), none, none, providers.ErrPartial},
		{"another TTL", create(t, "@ 600 MX 10 mx.host.example."), none, none, list(it.Raw), providers.ErrPartial},
		{"created", create(t, "@ 300 MX 10 mx.host.example."), none, none, list(it.Raw), nil},
		{"more than asked", create(t, "@ 300 MX 10 mx.host.example."), none, none, list(it.Raw, it.Raw), providers.ErrUnknownOutcome},
	} {
		body, err := json.Marshal(map[string]any{"success": true, "errors": []any{}, "result": map[string]any{"deletes": tc.deletes, "patches": tc.patches, "posts": tc.posts}})
		if err != nil {
			t.Fatal(err)
		}
		srv.Fail(1, write, cloudflaretest.Fault{Status: 200, Body: string(body)})
		if err := apply(b, tc.op); !errors.Is(err, tc.is) || (err != nil) != (tc.is != nil) {
			t.Errorf("%s: %v is not %v", tc.name, err, tc.is)
		}
	}
}

func TestEmptyStep(t *testing.T) {
	srv := cloudflaretest.New(t)
	if err := apply(open(t, srv, cloudflaretest.GoodToken)); err != nil || len(srv.Requests()) != 0 {
		t.Errorf("%v, %d requests", err, len(srv.Requests()))
	}
}
