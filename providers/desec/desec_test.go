package desec_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/desec"
	"github.com/zonelint/zonelint/providers/internal/rrsets/rrsetstest"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

const token = "i-T3stTokenOfDesec0123456789"

// fake is the API as its documentation has it, for one domain.
type fake struct {
	*rrsetstest.Store
	url      string
	pageSize int
	fault    http.HandlerFunc // in place of the next write, once
	lost     bool             // the next write is made and not answered
}

type wire struct {
	Subname string   `json:"subname"`
	Type    string   `json:"type"`
	TTL     uint32   `json:"ttl"`
	Records []string `json:"records"`
}

func start(t testing.TB, records []zone.Record, wraps ...providertest.Wrap) *fake {
	f := &fake{Store: rrsetstest.New(providertest.Apex, records), pageSize: 500}
	f.url = providertest.Serve(t, f, wraps...)
	return f
}

func detail(s string) map[string]string { return map[string]string{"detail": s} }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Token "+token {
		providertest.Say(w, http.StatusUnauthorized, detail("Invalid token."))
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /domains/":
		f.page(w, r, []any{map[string]any{"name": "example.com", "minimum_ttl": 60}, map[string]any{"name": "example.org", "minimum_ttl": 3600}})
	case "GET /domains/example.com/":
		providertest.Say(w, http.StatusOK, map[string]any{"name": "example.com", "minimum_ttl": 60})
	case "GET /domains/example.com/rrsets/":
		var sets []any
		for _, s := range f.Sets() {
			sub := s.Key.Name.Relative(f.Apex)
			if sub == "@" {
				sub = ""
			}
			sets = append(sets, wire{sub, s.Key.Type.String(), s.TTL, s.Values})
		}
		f.page(w, r, sets)
	case "PATCH /domains/example.com/rrsets/":
		f.write(w, r)
	default:
		providertest.Say(w, http.StatusNotFound, detail("Not found."))
	}
}

func (f *fake) page(w http.ResponseWriter, r *http.Request, all []any) {
	from := 0
	_, _ = fmt.Sscanf(r.URL.Query().Get("cursor"), ":%d", &from)
	if !r.URL.Query().Has("cursor") && len(all) > f.pageSize {
		providertest.Say(w, http.StatusBadRequest, detail("Pagination required."))
		return
	}
	to := min(from+f.pageSize, len(all))
	if to < len(all) {
		w.Header().Set("Link", fmt.Sprintf(`<https://desec.io%s?cursor=>; rel="first", <https://elsewhere.example%s?cursor=:%d>; rel="next"`, r.URL.Path, r.URL.Path, to))
	}
	providertest.Say(w, http.StatusOK, all[from:to])
}

func (f *fake) write(w http.ResponseWriter, r *http.Request) {
	if fault := f.fault; fault != nil {
		f.fault = nil
		fault(w, r)
		return
	}
	var body []wire
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		providertest.Say(w, http.StatusBadRequest, detail("JSON parse error"))
		return
	}
	var sets []rrsetstest.Set
	for _, b := range body {
		n := f.Apex
		if b.Subname != "" {
			n = zone.MustName(b.Subname + ".example.com")
		}
		typ, ok := zone.ParseType(b.Type)
		if !ok || b.TTL < 60 && len(b.Records) > 0 {
			providertest.Say(w, http.StatusBadRequest, []any{map[string]any{"ttl": []string{"Ensure this value is greater than or equal to 60."}}})
			return
		}
		sets = append(sets, rrsetstest.Set{Key: zone.Key{Name: n, Type: typ}, TTL: b.TTL, Values: b.Records})
	}
	if err := f.Replace(sets...); err != nil {
		providertest.Say(w, http.StatusBadRequest, []any{map[string]any{"non_field_errors": []string{err.Error()}}})
		return
	}
	if f.lost {
		panic(http.ErrAbortHandler)
	}
	providertest.Say(w, http.StatusOK, body)
}

func open(t testing.TB, url, token string) providers.Backend {
	t.Helper()
	b, err := desec.New(desec.Options{Token: token, URL: url, Pause: time.Millisecond, Patience: 100 * time.Millisecond})
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

// Lists longer than a page are read whole, and the next page is asked for where
// the first was, whatever address the answer names.
func TestPages(t *testing.T) {
	var lines []string
	for i := range 25 {
		lines = append(lines, fmt.Sprintf("h%d 300 A 192.0.2.%d", i, i))
	}
	f := start(t, providertest.Records(t, lines...))
	f.pageSize = 1
	s, err := open(t, f.url, token).Snapshot(context.Background(), providertest.Apex)
	if err != nil || len(s.Items) != 27 {
		t.Fatalf("%d records: %v", len(s.Items), err)
	}
	if s.Capabilities.MinTTL != 60 {
		t.Errorf("the least TTL of the domain is %d", s.Capabilities.MinTTL)
	}
	if zones, err := open(t, f.url, token).Zones(context.Background()); err != nil || len(zones) != 2 {
		t.Errorf("%v %v", zones, err)
	}
}

// An SPF record takes the place of another in one request.
func TestReplace(t *testing.T) {
	f := start(t, providertest.Records(t, `@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "other"`))
	if err := replaceSPF(t, f); err != nil {
		t.Fatal(err)
	}
	if f.Writes() != 1 {
		t.Errorf("%d writes", f.Writes())
	}
}

func replaceSPF(t *testing.T, f *fake) error {
	t.Helper()
	b := open(t, f.url, token)
	step := providertest.OneStep(t, b, []string{`@ 300 TXT "v=spf1 a -all"`}, []string{`@ 300 TXT "v=spf1 mx -all"`})
	return b.Apply(context.Background(), providertest.Apex, step)
}

// What is known of a write that did not go well.
func TestFaults(t *testing.T) {
	status := func(code int, body any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { providertest.Say(w, code, body) }
	}
	for _, tc := range []struct {
		name   string
		fault  http.HandlerFunc
		lost   bool
		is     error
		writes int
		says   string
	}{
		{"refused", status(400, []any{map[string]any{"records": []string{"bad\x1b[31m"}}}), false, providers.ErrRefused, 0, "bad[31m"},
		{"forbidden", status(403, detail("You do not have permission to perform this action.")), false, providers.ErrUnauthorized, 0, "permission"},
		{"slowed down once", func(w http.ResponseWriter, _ *http.Request) {
			providertest.Say(w, 429, detail("Request was throttled."))
		}, false, nil, 1, ""},
		{"slowed down for long", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			providertest.Say(w, 429, detail("Request was throttled."))
		}, false, providers.ErrRateLimited, 0, "1h0m0s"},
		{"in trouble", status(502, "Bad Gateway"), false, providers.ErrUnknownOutcome, 0, "502"},
		{"made and not answered", nil, true, providers.ErrUnknownOutcome, 1, "connection"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t, providertest.Records(t, `@ 300 TXT "v=spf1 a -all"`))
			f.fault, f.lost = tc.fault, tc.lost
			err := replaceSPF(t, f)
			if !errors.Is(err, tc.is) || f.Writes() != tc.writes {
				t.Errorf("%d writes: %v", f.Writes(), err)
			}
			if err != nil && (!strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), token)) {
				t.Errorf("%v does not say %q, or tells the token", err, tc.says)
			}
		})
	}
}

func TestAccess(t *testing.T) {
	f := start(t, nil)
	providertest.Access(t, open(t, f.url, token), open(t, f.url, "wrong-token"), "wrong-token", providertest.Apex, zone.MustName("example.org"))
	for _, o := range []desec.Options{{}, {Token: "Token x"}, {Token: "x", URL: "http://desec.io"}, {Token: "x", URL: "desec.io"}} {
		if _, err := desec.New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
