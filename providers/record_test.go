package providers_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

func TestParseRecord(t *testing.T) {
	for _, tt := range []struct{ typ, rdata, want string }{
		{"MX", "0 .", "0 ."},
		{"MX", "10 Mail.Example.NET", "10 mail.example.net."},
		{"TXT", `"a" "b\"; \065"`, `"a" "b\"; A"`},
		{"TXT", "bare", `"bare"`},
		{"A", "192.0.2.1", "192.0.2.1"},
		{"TLSA", "3 1 1 ABcd", "3 1 1 abcd"},
		{"TYPE65280", `\# 2 abcd`, `\# 2 abcd`},
		{"CAA", `0 issue ";"`, `0 issue ";"`},
		{"MX", "10", ""},
		{"MX", "", ""},
		{"A", "2001:db8::1", ""},
		{"A", "192.0.2.1\nx A 192.0.2.2", ""},
		{"TXT", "a\x00b", ""},
		{"A", "192.0.2.1 ; remark", "192.0.2.1"},
		{"CNAME", "a..b", ""},
		{"TXT", `"` + strings.Repeat("x", 300) + `"`, `"` + strings.Repeat("x", 255) + `" "` + strings.Repeat("x", 45) + `"`},
	} {
		typ, _ := zone.ParseType(tt.typ)
		r, err := providers.ParseRecord(zone.MustName(`we\.ird.example.com`), typ, 300, tt.rdata)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s %q was read as %s", tt.typ, tt.rdata, r)
			}
			continue
		}
		if err != nil || r.RData() != tt.want || r.TTL != 300 || r.Name != zone.MustName(`we\.ird.example.com`) {
			t.Errorf("%s %q: %s %v", tt.typ, tt.rdata, r, err)
		}
	}
}

// Any record survives plans and journals, and octets that are no record are
// refused.
func TestItemJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := zone.Record{
			Name: zone.MustName("x.example.com"), Class: zone.ClassIN, TTL: rapid.Uint32().Draw(t, "ttl"),
			Type: rapid.SampledFrom([]zone.Type{zone.TypeA, zone.TypeMX, zone.TypeTXT, zone.TypeTLSA, zone.TypeCAA, 65280}).Draw(t, "type"),
		}
		switch plausible := rapid.Bool().Draw(t, "plausible"); {
		case plausible && r.Type == zone.TypeMX:
			r.Data = "\x00\x0a\x01" + string(byte('a'+rapid.IntRange(0, 25).Draw(t, "letter"))) + "\x00"
		case plausible && r.Type == zone.TypeTXT:
			r.Data = zone.TextData(string(rapid.SliceOf(rapid.Byte()).Draw(t, "text")))
		case plausible && r.Type == zone.TypeCAA:
			r.Data = "\x00\x05issue" + string(rapid.SliceOf(rapid.Byte()).Draw(t, "value"))
		case plausible && r.Type == zone.TypeTLSA:
			r.Data = "\x03\x01\x01" + string(rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "digest"))
		default:
			r.Data = string(rapid.SliceOf(rapid.Byte()).Draw(t, "data"))
		}
		if !providers.WellFormed(r) {
			b, _ := json.Marshal(map[string]any{"name": r.Name.String(), "ttl": r.TTL, "type": r.Type.String(), "data": "x", "rdata": []byte(r.Data)})
			if err := json.Unmarshal(b, &providers.Item{}); err == nil {
				t.Fatalf("%s was read", b)
			}
			return
		}
		it := providers.Item{Record: r, Auto: rapid.Bool().Draw(t, "auto"), ID: rapid.String().Draw(t, "id"), Raw: json.RawMessage(`{"proxied":true}`)}
		b, err := json.Marshal(it)
		if err != nil {
			t.Fatal(err)
		}
		var got providers.Item
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if got.Record != it.Record || got.Auto != it.Auto || string(got.Raw) != string(it.Raw) || got.ID != strings.ToValidUTF8(it.ID, "\ufffd") {
			t.Fatalf("%+v became %+v", it, got)
		}
	})
	for _, s := range []string{
		`{"name":"a.","ttl":1,"type":"A","data":"192.0.2.1","rdata":"wAACAg=="}`, `{"name":"a..","ttl":1,"type":"A"}`,
		`{"name":"a.","ttl":1,"type":"NOPE"}`, `{"name":"a","ttl":1,"type":"A"}`, `[]`,
	} {
		if err := json.Unmarshal([]byte(s), &providers.Item{}); err == nil {
			t.Errorf("%s was read", s)
		}
	}
}

func TestSnapshotZone(t *testing.T) {
	s := snapshot(t, providers.Capabilities{}, "@ 300 MX 10 a.example.", "@ 300 MX 20 b.example.", "a 60 A 192.0.2.1")
	s.Unread = []providers.Unread{{Name: zone.MustName("u.example.com"), Type: zone.TypeTXT, Reason: "odd"}}
	z := s.Zone()
	if z.Apex != example || !z.Complete || z.Len() != 3 || len(z.Problems) != 3 || !strings.Contains(z.Problems[0].Message, "odd") {
		t.Errorf("%+v", z)
	}
	for r := range z.Records() {
		if !r.Editable() || !r.Span(zone.Part{}).IsZero() || r.Comment() != "" {
			t.Errorf("%s", r)
		}
	}
	if z.Lookup(zone.MustName("u.example.com"), zone.TypeTXT).Status != zone.Unknown || z.Lookup(zone.MustName("v.example.com"), zone.TypeTXT).Status != zone.NameError {
		t.Error("what is unread is unknown, and all else is known")
	}
	if z.Lookup(example, zone.TypeSOA).Status != zone.Unknown || z.Lookup(example, zone.TypeNS).Status != zone.Unknown || z.Lookup(example, zone.TypeTXT).Status != zone.NoData {
		t.Error("an SOA record that the provider keeps to itself is unknown")
	}
	// A change of another reading binds to the record of the same data.
	other := snapshot(t, providers.Capabilities{}, "a 60 A 192.0.2.1", "@ 300 MX 20 b.example.", "@ 300 MX 10 a.example.")
	p, err := providers.NewPlan(s, zone.ChangeSet{zone.Remove(other.Zone().RRset(example, zone.TypeMX)[0])}, providers.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := steps(p); !slices.Equal(got, []string{"1 - @ MX 20 b.example."}) {
		t.Errorf("%q", got)
	}
}

func TestCapabilities(t *testing.T) {
	c := providers.Capabilities{Types: []zone.Type{zone.TypeMX, zone.TypeTXT}, NoNullMX: true, NoPreferenceZero: true, NoEmptyText: true, MaxText: 4, TextASCII: true, RRsetTTL: true, MinTTL: 60, MaxTTL: 86400, AutoTTL: 300, Conditional: true}
	for _, l := range []string{"@ 300 MX 0 .", "@ 300 MX 0 a.example.", `@ 300 TXT ""`, `@ 300 TXT "abc" "de"`, `@ 300 TXT "\195"`, "@ 300 A 192.0.2.1"} {
		if err := c.Check(rec(t, l)); !errors.Is(err, providers.ErrUnsupported) {
			t.Errorf("%s: %v", l, err)
		}
		if err := (providers.Capabilities{}).Check(rec(t, l)); err != nil {
			t.Errorf("%s: %v", l, err)
		}
	}
	for _, l := range []string{"@ 300 MX 1 a.example.", `@ 300 TXT "abcd"`} {
		if err := c.Check(rec(t, l)); err != nil {
			t.Errorf("%s: %v", l, err)
		}
	}
	want := []string{
		"one change at a time", "no change in place", "the server refuses a stale plan", "one TTL an RRset", "TTL at least 60", "TTL at most 86400", "automatic TTL",
		"no null MX", "no MX preference 0", "no empty TXT", "TXT up to 4 octets", "TXT in ASCII only",
	}
	if got := c.Words(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := (providers.Capabilities{Atomic: true, MaxOps: 200, ReadOnly: "x"}).Words(); !slices.Equal(got, []string{"read only: x", "atomic up to 200 changes"}) {
		t.Errorf("%q", got)
	}
}
