package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
)

func client(t *testing.T, at string) *rest.Client {
	t.Helper()
	base, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return rest.New(rest.Options{
		Base:      base,
		Authorize: func(r *http.Request, _ []byte) { r.Header.Set("Authorization", "Bearer good") },
		Timeout:   200 * time.Millisecond, Writes: 2, Pause: time.Millisecond, Patience: 100 * time.Millisecond, Tries: 3, MaxBody: 10,
	})
}

// vet is as plain as can be: 429 and 503 are what they are, 200 is an answer.
func vet(a *rest.Answer) error {
	switch {
	case a.Status == http.StatusTooManyRequests:
		return &providers.RetryError{After: rest.RetryAfter(a.Header, time.Now())}
	case a.Status == http.StatusOK:
		return nil
	case a.Read:
		return providers.ErrUnavailable
	}
	return providers.ErrUnknownOutcome
}

// What is tried again, and what is known of a write that got no answer.
func TestDo(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	slow := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(2 * time.Second):
		}
	}
	long := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "more than ten octets") }
	for _, tc := range []struct {
		name, method string
		answer       http.HandlerFunc
		is           error
		tries        int32
	}{
		{"an answer", http.MethodGet, status(200), nil, 1},
		{"a read that is slowed down", http.MethodGet, status(429), providers.ErrRateLimited, 3},
		{"a write that is slowed down", http.MethodPost, status(429), providers.ErrRateLimited, 3},
		{"a read of a server in trouble", http.MethodGet, status(503), providers.ErrUnavailable, 3},
		{"a write to a server in trouble", http.MethodPost, status(503), providers.ErrUnknownOutcome, 1},
		{"a lost read", http.MethodGet, drop, providers.ErrUnavailable, 3},
		{"a lost write", http.MethodPut, drop, providers.ErrUnknownOutcome, 1},
		{"a slow write", http.MethodPatch, slow, providers.ErrUnknownOutcome, 1},
		{"too much to read", http.MethodGet, long, providers.ErrUnavailable, 3},
		{"too much after a write", http.MethodDelete, long, providers.ErrUnknownOutcome, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var tries atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tries.Add(1)
				if r.Header.Get("Authorization") != "Bearer good" {
					t.Error("no credentials")
				}
				tc.answer(w, r)
			}))
			defer srv.Close()
			err := client(t, srv.URL).Do(context.Background(), rest.Request{Method: tc.method, Path: "x", Body: []byte("{}")}, vet)
			if !errors.Is(err, tc.is) {
				t.Errorf("%v is not %v", err, tc.is)
			}
			if tc.is == providers.ErrUnknownOutcome && errors.Is(err, providers.ErrUnavailable) {
				t.Errorf("%v says that nothing was written", err)
			}
			if n := tries.Load(); n != tc.tries {
				t.Errorf("%d tries, want %d", n, tc.tries)
			}
		})
	}
}

// A write that never left was not made, for certain.
func TestNobodyThere(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	err := client(t, srv.URL).Do(context.Background(), rest.Request{Method: http.MethodPost, Body: []byte("{}")}, vet)
	if !errors.Is(err, providers.ErrUnavailable) || errors.Is(err, providers.ErrUnknownOutcome) {
		t.Error(err)
	}
}

// The credentials go nowhere else.
func TestRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer other.Close()
	srv := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer srv.Close()
	if err := client(t, srv.URL).Once(context.Background(), rest.Request{Method: http.MethodGet}, vet); !errors.Is(err, providers.ErrUnavailable) {
		t.Error(err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, "-5": 0, "999999999": 24 * time.Hour, "soon": 0,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, now.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := rest.RetryAfter(http.Header{"Retry-After": {v}}, now); got != want {
			t.Errorf("%q: %s, want %s", v, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	if got := rest.Clean(" no\n\x1b[31msuch\x00 zone. "); got != "no [31msuch zone" {
		t.Errorf("%q", got)
	}
}
