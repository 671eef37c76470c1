package gandi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/gandi"
	"github.com/zonelint/zonelint/providers/internal/rrsets/rrsetstest"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

const token = "g4ndiT3stTokenThatIsLong0123456789"

// fake is LiveDNS as its documentation has it, for one domain.
type fake struct {
	*rrsetstest.Store
	url      string
	pageSize int
	fault    int // status of the next write, once
}

type wire struct {
	Name   string   `json:"rrset_name"`
	Type   string   `json:"rrset_type"`
	TTL    uint32   `json:"rrset_ttl"`
	Values []string `json:"rrset_values"`
}

func start(t testing.TB, records []zone.Record) *fake {
	return startBehind(t, records, func(h http.Handler) http.Handler { return h })
}

func startBehind(t testing.TB, records []zone.Record, wrap func(http.Handler) http.Handler) *fake {
	f := &fake{Store: rrsetstest.New(providertest.Apex, records), pageSize: 1000}
	f.Origin = f.Apex
	srv := httptest.NewServer(wrap(f))
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f
}

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func failure(code int, message string) map[string]any {
	return map[string]any{"code": code, "message": message, "object": "dns-record", "cause": http.StatusText(code)}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		say(w, http.StatusForbidden, failure(403, "Access was denied to this resource."))
		return
	}
	const records = "/v5/livedns/domains/example.com/records"
	rest, isRecord := strings.CutPrefix(r.URL.Path, records+"/")
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/v5/livedns/domains":
		say(w, http.StatusOK, []any{map[string]string{"fqdn": "example.com"}})
	case r.Method == http.MethodGet && r.URL.Path == records:
		var sets []wire
		for _, s := range f.Sets() {
			sets = append(sets, wire{s.Key.Name.Relative(f.Apex), s.Key.Type.String(), s.TTL, s.Values})
		}
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		from := min(max(page-1, 0)*f.pageSize, len(sets))
		w.Header().Set("Total-Count", strconv.Itoa(len(sets)))
		say(w, http.StatusOK, sets[from:min(from+f.pageSize, len(sets))])
	case isRecord && r.Method != http.MethodGet:
		f.write(w, r, rest)
	default:
		say(w, http.StatusNotFound, failure(404, "The resource could not be found."))
	}
}

func (f *fake) write(w http.ResponseWriter, r *http.Request, rest string) {
	if code := f.fault; code != 0 {
		f.fault = 0
		say(w, code, failure(code, "No."))
		return
	}
	name, typ, _ := strings.Cut(rest, "/")
	n := f.Apex
	if name != "@" {
		n = zone.MustName(name + ".example.com")
	}
	rt, ok := zone.ParseType(typ)
	set := rrsetstest.Set{Key: zone.Key{Name: n, Type: rt}}
	if r.Method == http.MethodPut {
		var body wire
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || !ok || body.TTL < 300 || len(body.Values) == 0 {
			say(w, http.StatusBadRequest, map[string]any{"status": "error", "errors": []any{map[string]string{"location": "body", "name": "rrset_ttl", "description": "300 at least"}}})
			return
		}
		set.TTL, set.Values = body.TTL, body.Values
	}
	if err := f.Replace(set); err != nil {
		say(w, http.StatusConflict, failure(409, err.Error()))
		return
	}
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	say(w, http.StatusCreated, map[string]string{"message": "DNS Record Created"})
}

func open(t testing.TB, url, token string) providers.Backend {
	t.Helper()
	b, err := gandi.New(gandi.Options{Token: token, URL: url, Pause: time.Millisecond, Patience: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConformance(t *testing.T) {
	providertest.Conformance(t, func(t *testing.T, records []zone.Record) providertest.Harness {
		f := start(t, records)
		return providertest.Harness{Backend: open(t, f.url, token), Truth: f.Truth}
	})
}

func TestHTTPFaults(t *testing.T) {
	providertest.HTTPFaults(t, func(t *testing.T, records []zone.Record, wrap func(http.Handler) http.Handler) providertest.Harness {
		f := startBehind(t, records, wrap)
		return providertest.Harness{Backend: open(t, f.url, token), Truth: f.Truth}
	})
}

func put(t *testing.T, f *fake, owner string, typ zone.Type, values ...string) {
	t.Helper()
	if err := f.Replace(rrsetstest.Set{Key: zone.Key{Name: zone.MustName(owner), Type: typ}, TTL: 300, Values: values}); err != nil {
		t.Fatal(err)
	}
}

func snapshot(t *testing.T, f *fake) *providers.Snapshot {
	t.Helper()
	s, err := open(t, f.url, token).Snapshot(context.Background(), providertest.Apex)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Names without the final dot are relative to the zone, and a value that stays
// is written as it was.
func TestRelativeNames(t *testing.T) {
	f := start(t, nil)
	put(t, f, "example.com", zone.TypeMX, "10 mail", "20 mx.example.net.", "30 @")
	s := snapshot(t, f)
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
	if err := open(t, f.url, token).Apply(context.Background(), providertest.Apex, p.Steps[0]); err != nil {
		t.Fatal(err)
	}
	if got := f.Get(zone.Key{Name: f.Apex, Type: zone.TypeMX}).Values; !slices.Equal(got, []string{"10 mail", "30 @"}) {
		t.Errorf("%q", got)
	}
}

// All MX records and TTLs of a name change in one step.
func TestOneStepAnRRset(t *testing.T) {
	f := start(t, providertest.Records(t, "@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net.", `@ 300 TXT "v=spf1 a -all"`))
	before := providertest.Records(t, "@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net.", `@ 300 TXT "v=spf1 a -all"`)
	after := providertest.Records(t, "@ 600 MX 10 c.example.net.", "@ 600 MX 20 d.example.net.", `@ 300 TXT "v=spf1 mx -all"`)
	var cs zone.ChangeSet
	for i := range before {
		cs = append(cs, zone.Remove(before[i]), zone.Add(after[i]))
	}
	p, err := providers.NewPlan(snapshot(t, f), cs, providers.PlanOptions{Provider: "gandi"})
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
		if err := open(t, f.url, token).Apply(context.Background(), providertest.Apex, st); err != nil {
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
		say(w, 200, []wire{{"@", "ALIAS", 300, []string{"web.example.net."}}, {"www", "A", 300, []string{"192.0.2.1"}}})
	}))
	defer z.Close()
	s, err := open(t, z.URL, token).Snapshot(context.Background(), providertest.Apex)
	if err != nil || len(s.Items) != 1 || len(s.Unread) != 2 || !s.Unread[0].Computed {
		t.Errorf("%+v %v", s, err)
	}
}

func TestFaults(t *testing.T) {
	for code, is := range map[int]error{400: providers.ErrRefused, 403: providers.ErrUnauthorized, 409: providers.ErrRefused, 500: providers.ErrUnknownOutcome, 429: nil} {
		f := start(t, nil)
		f.fault = code
		p, err := providers.NewPlan(snapshot(t, f), zone.ChangeSet{zone.Add(providertest.Records(t, "@ 300 MX 0 .")[0])}, providers.PlanOptions{Provider: "gandi"})
		if err != nil {
			t.Fatal(err)
		}
		err = open(t, f.url, token).Apply(context.Background(), providertest.Apex, p.Steps[0])
		if !errors.Is(err, is) || err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("%d: %v", code, err)
		}
	}
}

func TestAccess(t *testing.T) {
	f := start(t, providertest.Records(t, "a 300 A 192.0.2.1", "b 300 A 192.0.2.1", "c 300 A 192.0.2.1"))
	f.pageSize = 2
	if n := len(snapshot(t, f).Items); n != 5 {
		t.Errorf("%d records by pages", n)
	}
	if zones, err := open(t, f.url, token).Zones(context.Background()); err != nil || fmt.Sprint(zones) != "[example.com.]" {
		t.Errorf("%v %v", zones, err)
	}
	_, err := open(t, f.url, "wrong-token").Snapshot(context.Background(), providertest.Apex)
	if !errors.Is(err, providers.ErrUnauthorized) || strings.Contains(err.Error(), "wrong-token") {
		t.Error(err)
	}
	if _, err = open(t, f.url, token).Snapshot(context.Background(), zone.MustName("other.example")); !errors.Is(err, providers.ErrNoZone) {
		t.Error(err)
	}
}
