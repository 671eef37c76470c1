package powerdns_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// answers is a server that gives the same answer to every request.
func answers(t *testing.T, status int, header, body string) (url string, requests *atomic.Int32) {
	requests = new(atomic.Int32)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if k, v, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, requests
}

func TestVariantsOfZonesAreNotListed(t *testing.T) {
	url, _ := answers(t, 200, "", `[{"id":"b.example.","name":"b.example."},{"id":"a.example..inside","name":"a.example..inside"},{"id":"a.example.","name":"A.example."}]`)
	zones, err := open(t, url, apiKey).Zones(context.Background())
	if err != nil || len(zones) != 2 || zones[0] != zone.MustName("a.example") || zones[1] != zone.MustName("b.example") {
		t.Errorf("%v, %v", zones, err)
	}
}

// Answers that are not a whole zone are no zone.
func TestAnswersThatAreNoZone(t *testing.T) {
	for _, c := range []struct {
		status       int
		header, body string
		is           error
		tries        int32
	}{
		{200, "", `{"name":"example.com."}`, providers.ErrUnavailable, 1},
		{200, "", `{"name":"example.net.","rrsets":[]}`, providers.ErrUnavailable, 1},
		{200, "", `{"name":"example.com.","rrsets":[{"na`, providers.ErrRefused, 1},
		{200, "", `[]`, providers.ErrRefused, 1},
		{301, "Location: http://127.0.0.1:1/", "", providers.ErrRefused, 1},
		{401, "", "Unauthorized", providers.ErrUnauthorized, 1},
		{403, "", "", providers.ErrUnauthorized, 1},
		{404, "", "<html>", providers.ErrRefused, 1},
		{404, "", `{"error":"Not Found"}`, providers.ErrNoZone, 1},
		{422, "", `{"error":"Could not find domain 'example.com.'"}`, providers.ErrNoZone, 1},
		{429, "Retry-After: 0", "", providers.ErrRateLimited, 5},
		{429, "Retry-After: 900", "", providers.ErrRateLimited, 1},
		{500, "", `{"error":"database\n is locked"}`, providers.ErrUnavailable, 5},
	} {
		url, requests := answers(t, c.status, c.header, c.body)
		_, err := open(t, url, apiKey).Snapshot(context.Background(), example)
		if !errors.Is(err, c.is) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), url) {
			t.Errorf("%d %s: %v", c.status, c.body, err)
		}
		if n := requests.Load(); n != c.tries {
			t.Errorf("%d %s: %d requests, want %d", c.status, c.body, n, c.tries)
		}
	}
}

// What cannot be read is told and keeps the rest from nothing; records of other
// zones are never taken for this one's.
func TestRecordsThatCannotBeRead(t *testing.T) {
	url, _ := answers(t, 200, "", `{"name":"example.com.","rrsets":[
		{"name":"a.example.com.","type":"A","ttl":300,"records":[{"content":"192.0.2.1"},{"content":"nope"}]},
		{"name":"b.example.com.","type":"WAT","ttl":300,"records":[{"content":"x"}]},
		{"name":"example.org.","type":"A","ttl":300,"records":[{"content":"192.0.2.1"}]},
		{"name":"c.example.com.","type":"TXT","ttl":300,"records":[{"content":"\"a\"\n1 IN A 192.0.2.1"},{"content":"\"\u001b[2J\""}]}
	]}`)
	s, err := open(t, url, apiKey).Snapshot(context.Background(), example)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Items) != 2 || len(s.Unread) != 4 {
		t.Errorf("%v\n%+v", s.Items, s.Unread)
	}
	for _, u := range s.Unread {
		if u.Reason == "" || u.Computed || strings.ContainsAny(u.Reason, "\n\x1b") {
			t.Errorf("%+v", u)
		}
	}
}

// A zone that holds signatures was signed elsewhere.
func TestPresignedZone(t *testing.T) {
	for _, body := range []string{
		`{"name":"example.com.","presigned":true,"rrsets":[]}`,
		`{"name":"example.com.","rrsets":[{"name":"example.com.","type":"RRSIG","ttl":300,"records":[{"content":"A 13 2 300 20300101000000 20200101000000 1 example.com. AAAA"}]}]}`,
	} {
		url, _ := answers(t, 200, "", body)
		s, err := open(t, url, apiKey).Snapshot(context.Background(), example)
		if err != nil || !strings.Contains(s.Capabilities.ReadOnly, "signed") {
			t.Errorf("%v, %+v", err, s)
		}
	}
}
