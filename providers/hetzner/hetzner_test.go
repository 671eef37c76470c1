package hetzner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/hetzner"
	"github.com/zonelint/zonelint/providers/internal/rrsets/rrsetstest"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

const token = "h3tznerT3stTokenThatIsLong0123456789"

// fake is the API of Hetzner Cloud as its documentation has it, for one zone.
type fake struct {
	*rrsetstest.Store
	url  string
	mode string
	auto map[zone.Key]bool // RRsets without a TTL of their own

	mu      sync.Mutex
	fault   []string // codes of the next writes
	actions map[int]error
	polls   int
}

type object = map[string]any

func start(t testing.TB, records []zone.Record, wraps ...providertest.Wrap) *fake {
	f := &fake{Store: rrsetstest.New(providertest.Apex, records), mode: "primary", actions: map[int]error{}, auto: map[zone.Key]bool{}}
	f.Origin = f.Apex
	f.url = providertest.Serve(t, f, wraps...) + "/v1"
	return f
}

func failure(w http.ResponseWriter, status int, code string) {
	providertest.Say(w, status, object{"error": object{"code": code, "message": "no: " + code, "details": nil}})
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+token {
		failure(w, http.StatusUnauthorized, "unauthorized")
		return
	}
	path, _ := strings.CutPrefix(r.URL.Path, "/v1/")
	rest, inZone := strings.CutPrefix(path, "zones/example.com")
	id, isAction := strings.CutPrefix(path, "actions/")
	switch {
	case path == "zones":
		f.page(w, r, "zones", []any{f.head(), object{"name": "example.org"}})
	case r.Method == http.MethodGet && inZone && rest == "":
		providertest.Say(w, http.StatusOK, object{"zone": f.head()})
	case r.Method == http.MethodGet && rest == "/rrsets":
		f.page(w, r, "rrsets", f.sets())
	case r.Method == http.MethodGet && isAction:
		f.polls++
		n, _ := strconv.Atoi(id)
		providertest.Say(w, http.StatusOK, object{"action": f.action(n, f.actions[n])})
	case inZone && r.Method != http.MethodGet:
		f.write(w, r, strings.TrimPrefix(rest, "/rrsets"))
	default:
		failure(w, http.StatusNotFound, "not_found")
	}
}

func (f *fake) head() object {
	return object{"id": 42, "name": "example.com", "ttl": 7200, "mode": f.mode, "status": "ok"}
}

func (f *fake) sets() []any {
	var out []any
	for _, s := range f.Sets() {
		var records []any
		for _, v := range s.Values {
			records = append(records, object{"value": v, "comment": s.Comment})
		}
		var ttl any = s.TTL
		if f.auto[s.Key] {
			ttl = nil
		}
		out = append(out, object{"name": s.Key.Name.Relative(f.Apex), "type": s.Key.Type.String(), "ttl": ttl, "records": records, "labels": object{}, "zone": 42})
	}
	return out
}

func (f *fake) page(w http.ResponseWriter, r *http.Request, key string, all []any) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	from := min((page-1)*size, len(all))
	to := min(from+size, len(all))
	var next any
	if to < len(all) {
		next = page + 1
	}
	providertest.Say(w, http.StatusOK, object{key: all[from:to], "meta": object{"pagination": object{"page": page, "per_page": size, "next_page": next, "total_entries": len(all)}}})
}

func (f *fake) action(id int, err error) object {
	if err != nil {
		return object{"id": id, "status": "error", "error": object{"code": "action_failed", "message": err.Error()}}
	}
	return object{"id": id, "status": "success", "error": nil}
}

type body struct {
	Name, Type string
	TTL        *uint32
	Records    []struct{ Value, Comment string }
}

// write begins a change, which is over when it is asked after.
func (f *fake) write(w http.ResponseWriter, r *http.Request, path string) {
	if len(f.fault) > 0 {
		code := f.fault[0]
		f.fault = f.fault[1:]
		if status, err := strconv.Atoi(code); err == nil {
			w.WriteHeader(status)
			return
		}
		if code != "" {
			failure(w, map[string]int{"locked": 423, "conflict": 409, "token_readonly": 403}[code], code)
			return
		}
	}
	var b body
	if r.Method != http.MethodDelete {
		if err := json.NewDecoder(r.Body).Decode(&b); err != nil {
			failure(w, http.StatusBadRequest, "json_error")
			return
		}
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) >= 2 {
		b.Name, b.Type = parts[0], parts[1]
	}
	n := f.Apex
	if b.Name != "@" {
		n = zone.MustName(b.Name + ".example.com")
	}
	typ, _ := zone.ParseType(b.Type)
	k := zone.Key{Name: n, Type: typ}
	set := f.Get(k)
	exists := len(set.Values) > 0
	switch op := parts[len(parts)-1]; {
	case r.Method == http.MethodDelete:
		set = rrsetstest.Set{Key: k}
	case op == "change_ttl" && exists:
		if f.auto[k] = b.TTL == nil; b.TTL != nil {
			set.TTL = *b.TTL
		}
	case op == "set_records" && exists, op == "" && !exists && len(b.Records) > 0:
		if op == "" {
			set = rrsetstest.Set{Key: k, TTL: 7200}
			if f.auto[k] = b.TTL == nil; b.TTL != nil {
				set.TTL = *b.TTL
			}
		}
		set.Values = nil
		for _, rec := range b.Records {
			set.Values, set.Comment = append(set.Values, rec.Value), rec.Comment
		}
	default:
		failure(w, http.StatusUnprocessableEntity, "uniqueness_error")
		return
	}
	id := len(f.actions) + 1
	f.actions[id] = f.Replace(set)
	providertest.Say(w, http.StatusCreated, object{"action": object{"id": id, "status": "running"}})
}

func open(t testing.TB, url, token string) providers.Backend {
	t.Helper()
	b, err := hetzner.New(hetzner.Options{Token: token, URL: url, Pause: time.Millisecond, Patience: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func harness(t *testing.T, records []zone.Record, wrap providertest.Wrap) providertest.Harness {
	f := start(t, records, wrap)
	return providertest.Harness{Backend: open(t, f.url, token), Truth: f.Truth}
}

func TestConformance(t *testing.T) {
	providertest.Conformance(t, providertest.StartHTTP(harness).Plain)
}

func TestHTTPFaults(t *testing.T) { providertest.HTTPFaults(t, harness) }

// A zone of several pages is read whole; TTLs that the zone gives are known as
// such.
func TestRead(t *testing.T) {
	var lines []string
	for i := range 120 {
		lines = append(lines, fmt.Sprintf("h%d 300 A 192.0.2.%d", i, i))
	}
	f := start(t, providertest.Records(t, lines...))
	f.auto[zone.Key{Name: zone.MustName("h7.example.com"), Type: zone.TypeA}] = true
	s := providertest.Snapshot(t, open(t, f.url, token))
	if len(s.Items) != 122 || s.Capabilities.AutoTTL != 7200 {
		t.Fatalf("%d records, %+v", len(s.Items), s.Capabilities)
	}
	for _, it := range s.Items {
		if seven := it.Record.Name == zone.MustName("h7.example.com"); it.Auto != seven || seven && it.Record.TTL != 7200 {
			t.Errorf("%s %v", it.Record, it.Auto)
		}
	}
}

func apply(t *testing.T, f *fake, gone, come string) error {
	t.Helper()
	cs := zone.ChangeSet{zone.Add(providertest.Records(t, come)[0])}
	if gone != "" {
		cs = append(zone.ChangeSet{zone.Remove(providertest.Records(t, gone)[0])}, cs...)
	}
	p, err := providers.NewPlan(providertest.Snapshot(t, open(t, f.url, token)), cs, providers.PlanOptions{Provider: "hetzner"})
	if err != nil {
		return err
	}
	if len(p.Steps) != 1 {
		t.Errorf("%d steps", len(p.Steps))
	}
	return open(t, f.url, token).Apply(context.Background(), providertest.Apex, p.Steps[0])
}

const spf, better = `@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "v=spf1 mx -all"`

// Comments stay with what takes the place of a record, and names without the
// final dot are relative.
func TestKept(t *testing.T) {
	f := start(t, providertest.Records(t, spf))
	k := zone.Key{Name: f.Apex, Type: zone.TypeTXT}
	set := f.Get(k)
	set.Comment = "do not touch"
	if err := f.Replace(set, rrsetstest.Set{Key: zone.Key{Name: f.Apex, Type: zone.TypeMX}, TTL: 300, Values: []string{"10 mail"}}); err != nil {
		t.Fatal(err)
	}
	if err := apply(t, f, spf, better); err != nil {
		t.Fatal(err)
	}
	if got := f.Get(k); got.Comment != "do not touch" || got.Values[0] != `"v=spf1 mx -all"` {
		t.Errorf("%+v", got)
	}
	for _, it := range providertest.Snapshot(t, open(t, f.url, token)).Items {
		if it.Record.Type == zone.TypeMX && it.Record.RData() != "10 mail.example.com." {
			t.Errorf("%s", it.Record)
		}
	}
	if f.polls == 0 {
		t.Error("nobody asked what came of the change")
	}
}

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		faults     []string
		gone, come string
		is         error
		made       bool
	}{
		{[]string{"locked", "conflict"}, spf, better, nil, true},
		{[]string{"token_readonly"}, spf, better, providers.ErrUnauthorized, false},
		{[]string{"502"}, spf, better, providers.ErrUnknownOutcome, false},
		{[]string{"429"}, spf, better, nil, true},
		{[]string{"", "500"}, spf, `@ 600 TXT "v=spf1 mx -all"`, providers.ErrPartial, true},
		{nil, "", `@ 300 CNAME a.example.net.`, providers.ErrGuard, false},
	} {
		f := start(t, providertest.Records(t, spf))
		f.fault = tc.faults
		err := apply(t, f, tc.gone, tc.come)
		if !errors.Is(err, tc.is) || f.Writes() > 0 != tc.made || err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("%q: made %v: %v", tc.faults, f.Writes() > 0, err)
		}
	}
}

// A change that the provider begins and does not end well is not taken for made.
func TestActionFails(t *testing.T) {
	f := start(t, providertest.Records(t, spf))
	b := open(t, f.url, token)
	p, err := providers.NewPlan(providertest.Snapshot(t, open(t, f.url, token)), zone.ChangeSet{zone.Add(providertest.Records(t, "sub 300 A 192.0.2.9")[0])}, providers.PlanOptions{Provider: "hetzner"})
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	f.actions[1] = errors.New("earlier")
	f.mu.Unlock()
	if err := f.Replace(rrsetstest.Set{Key: zone.Key{Name: zone.MustName("sub.example.com"), Type: zone.TypeCNAME}, TTL: 300, Values: []string{"x.example.net."}}); err != nil {
		t.Fatal(err)
	}
	if err := b.Apply(context.Background(), providertest.Apex, p.Steps[0]); !errors.Is(err, providers.ErrUnknownOutcome) || !strings.Contains(err.Error(), "CNAME") {
		t.Error(err)
	}
}

func TestAccess(t *testing.T) {
	f := start(t, nil)
	providertest.Access(t, open(t, f.url, token), open(t, f.url, "wrong-token"), "wrong-token", providertest.Apex, zone.MustName("example.org"))
	f.mode = "secondary"
	if s := providertest.Snapshot(t, open(t, f.url, token)); s.Capabilities.ReadOnly == "" {
		t.Error("a secondary zone may be written")
	}
}
