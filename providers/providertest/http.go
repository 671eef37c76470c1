package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Wrap puts something before a fake API.
type Wrap func(api http.Handler) http.Handler

// StartHTTP gives a backend with the zone Apex that holds the records, and with
// Truth. Its fake API stands behind wrap.
type StartHTTP func(t *testing.T, records []zone.Record, wrap Wrap) Harness

// Plain starts it with nothing before the API, as Conformance wants it.
func (start StartHTTP) Plain(t *testing.T, records []zone.Record) Harness {
	t.Helper()
	return start(t, records, func(api http.Handler) http.Handler { return api })
}

// Serve serves a fake API behind wraps until the test ends, and returns its
// address.
func Serve(t testing.TB, api http.Handler, wraps ...Wrap) (url string) {
	t.Helper()
	for _, wrap := range wraps {
		api = wrap(api)
	}
	srv := httptest.NewServer(api)
	t.Cleanup(srv.Close)
	return srv.URL
}

// Say answers with JSON.
func Say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// Snapshot reads the zone Apex.
func Snapshot(t testing.TB, b providers.Backend) *providers.Snapshot {
	t.Helper()
	s, err := b.Snapshot(context.Background(), Apex)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// OneStep plans a change of the zone Apex that must be one step: records written
// as for Records that go, and others that come.
func OneStep(t testing.TB, b providers.Backend, gone, come []string) providers.Step {
	t.Helper()
	var cs zone.ChangeSet
	for _, r := range Records(t, gone...) {
		cs = append(cs, zone.Remove(r))
	}
	for _, r := range Records(t, come...) {
		cs = append(cs, zone.Add(r))
	}
	p, err := providers.NewPlan(Snapshot(t, b), cs, providers.PlanOptions{Provider: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Steps) != 1 {
		t.Fatalf("%d steps", len(p.Steps))
	}
	return p.Steps[0]
}

// Access tests what a backend says of zones and of credentials: good sees zones,
// among which is not other.example; bad is the same but for a credential that
// does not hold, and that must not stand in the error.
func Access(t *testing.T, good, bad providers.Backend, credential string, zones ...zone.Name) {
	t.Helper()
	ctx := context.Background()
	if got, err := good.Zones(ctx); err != nil || fmt.Sprint(got) != fmt.Sprint(zones) {
		t.Errorf("zones %v, not %v: %v", got, zones, err)
	}
	if _, err := bad.Snapshot(ctx, Apex); !errors.Is(err, providers.ErrUnauthorized) || strings.Contains(err.Error(), credential) {
		t.Errorf("with bad credentials: %v", err)
	}
	if _, err := good.Snapshot(ctx, zone.MustName("other.example")); !errors.Is(err, providers.ErrNoZone) {
		t.Errorf("a zone that is not there: %v", err)
	}
}
