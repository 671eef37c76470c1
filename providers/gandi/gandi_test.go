package gandi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/gandi"
	"github.com/zonelint/zonelint/providers/gandi/ganditest"
	"github.com/zonelint/zonelint/providers/internal/rrsets/rrsetstest"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

const token = ganditest.Token

func open(t testing.TB, url, token string) providers.Backend {
	t.Helper()
	b, err := gandi.New(gandi.Options{Token: token, URL: url, Pause: time.Millisecond, Patience: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func harness(t *testing.T, records []zone.Record, wrap providertest.Wrap) providertest.Harness {
	f := ganditest.New(t, records, wrap)
	return providertest.Harness{Backend: open(t, f.URL, token), Truth: f.Truth}
}

func TestConformance(t *testing.T) {
	providertest.Conformance(t, providertest.StartHTTP(harness).Plain)
}

func TestHTTPFaults(t *testing.T) { providertest.HTTPFaults(t, harness) }

func put(t *testing.T, f *ganditest.Server, owner string, typ zone.Type, values ...string) {
	t.Helper()
	if err := f.Replace(rrsetstest.Set{Key: zone.Key{Name: zone.MustName(owner), Type: typ}, TTL: 300, Values: values}); err != nil {
		t.Fatal(err)
	}
}

// Names without the final dot are relative to the zone, and a value that stays
// is written as it was.
func TestRelativeNames(t *testing.T) {
	f := ganditest.New(t, nil)
	put(t, f, "example.com", zone.TypeMX, "10 mail", "20 mx.example.net.", "30 @")
	s := providertest.Snapshot(t, open(t, f.URL, token))
	var got []string
	for _, it := range s.Items {
		if it.Record.Type == zone.TypeMX {
			got = append(got, it.Record.RData())
		}
	}
	if want := []string{"10 mail.example.com.", "20 mx.example.net.", "30 example.com."}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	gone := providertest.Records(t, "@ 300 MX 20 mx.example.net.")[0]
	p, err := providers.NewPlan(s, zone.ChangeSet{zone.Remove(gone)}, providers.PlanOptions{Provider: "gandi"})
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t, f.URL, token).Apply(context.Background(), providertest.Apex, p.Steps[0]); err != nil {
		t.Fatal(err)
	}
	if got := f.Get(zone.Key{Name: f.Apex, Type: zone.TypeMX}).Values; !slices.Equal(got, []string{"10 mail", "30 @"}) {
		t.Errorf("%q", got)
	}
}

// All MX records and TTLs of a name change in one step.
func TestOneStepAnRRset(t *testing.T) {
	f := ganditest.New(t, providertest.Records(t, "@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net.", `@ 300 TXT "v=spf1 a -all"`))
	before := providertest.Records(t, "@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net.", `@ 300 TXT "v=spf1 a -all"`)
	after := providertest.Records(t, "@ 600 MX 10 c.example.net.", "@ 600 MX 20 d.example.net.", `@ 300 TXT "v=spf1 mx -all"`)
	var cs zone.ChangeSet
	for i := range before {
		cs = append(cs, zone.Remove(before[i]), zone.Add(after[i]))
	}
	p, err := providers.NewPlan(providertest.Snapshot(t, open(t, f.URL, token)), cs, providers.PlanOptions{Provider: "gandi"})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Steps) != 2 {
		t.Fatalf("%d steps", len(p.Steps))
	}
	for _, st := range p.Steps {
		if st.Gap != "" || len(st.RRsets) != 1 {
			t.Errorf("%+v", st)
		}
		if err := open(t, f.URL, token).Apply(context.Background(), providertest.Apex, st); err != nil {
			t.Fatal(err)
		}
	}
	if f.Writes() != 2 {
		t.Errorf("%d writes", f.Writes())
	}
}

// The provider works out what an alias at the top of the zone leads to.
func TestAlias(t *testing.T) {
	z := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		providertest.Say(w, 200, []ganditest.Wire{{Name: "@", Type: "ALIAS", TTL: 300, Values: []string{"web.example.net."}}, {Name: "www", Type: "A", TTL: 300, Values: []string{"192.0.2.1"}}})
	}))
	defer z.Close()
	s, err := open(t, z.URL, token).Snapshot(context.Background(), providertest.Apex)
	if err != nil || len(s.Items) != 1 || len(s.Unread) != 2 || !s.Unread[0].Computed {
		t.Errorf("%+v %v", s, err)
	}
}

func TestFaults(t *testing.T) {
	for code, is := range map[int]error{400: providers.ErrRefused, 403: providers.ErrUnauthorized, 409: providers.ErrRefused, 500: providers.ErrUnknownOutcome, 429: nil} {
		f := ganditest.New(t, nil)
		f.Fault = code
		p, err := providers.NewPlan(providertest.Snapshot(t, open(t, f.URL, token)), zone.ChangeSet{zone.Add(providertest.Records(t, "@ 300 MX 0 .")[0])}, providers.PlanOptions{Provider: "gandi"})
		if err != nil {
			t.Fatal(err)
		}
		err = open(t, f.URL, token).Apply(context.Background(), providertest.Apex, p.Steps[0])
		if !errors.Is(err, is) || err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("%d: %v", code, err)
		}
	}
}

func TestAccess(t *testing.T) {
	f := ganditest.New(t, providertest.Records(t, "a 300 A 192.0.2.1", "b 300 A 192.0.2.1", "c 300 A 192.0.2.1"))
	f.PageSize = 2
	if n := len(providertest.Snapshot(t, open(t, f.URL, token)).Items); n != 5 {
		t.Errorf("%d records by pages", n)
	}
	providertest.Access(t, open(t, f.URL, token), open(t, f.URL, "wrong-token"), "wrong-token", providertest.Apex)
}
