package cloudflare_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
)

const html = "<html><body><h1>Sorry, you have been blocked</h1></body></html>"

func htmlFault(status int) cloudflaretest.Fault {
	return cloudflaretest.Fault{Status: status, Header: map[string]string{"Content-Type": "text/html; charset=UTF-8"}, Body: html}
}

func read(r cloudflaretest.Request) bool  { return r.Write == 0 }
func write(r cloudflaretest.Request) bool { return r.Write > 0 }

// What may pass is tried again, and given up at some time.
func TestReadsAreTriedAgain(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault cloudflaretest.Fault
		is    error
		tries int // if it never passes
	}{
		{"500", cloudflaretest.Fault{Status: 500, Body: `{"success":false,"errors":[{"code":1101,"message":"oops"}]}`}, providers.ErrUnavailable, 6},
		{"502 in HTML", htmlFault(502), providers.ErrUnavailable, 6},
		{"522 without a body", cloudflaretest.Fault{Status: 522}, providers.ErrUnavailable, 6},
		{"200 in HTML", htmlFault(200), providers.ErrUnavailable, 6},
		{"JSON of another API", cloudflaretest.Fault{Status: 200, Body: `{"ok":true}`}, providers.ErrUnavailable, 6},
		{"JSON cut off", cloudflaretest.Fault{Status: 200, Body: `{"success":true,"result":[`}, providers.ErrUnavailable, 6},
		{"lost connection", cloudflaretest.Fault{Drop: true}, providers.ErrUnavailable, 6},
		{"429", cloudflaretest.Fault{Status: 429, Body: `{"success":false,"errors":[{"code":10429,"message":"More than 1200 requests per 300 seconds reached."}]}`}, providers.ErrRateLimited, 6},
		{"429 in HTML", htmlFault(429), providers.ErrRateLimited, 6},
		{"429 for long", cloudflaretest.Fault{Status: 429, Header: map[string]string{"Retry-After": "300"}}, providers.ErrRateLimited, 1},
		{"throttled", cloudflaretest.Fault{Status: 400, Body: `{"success":false,"errors":[{"code":971,"message":"Please wait and consider throttling your request speed"}]}`}, providers.ErrRateLimited, 6},
		{"redirect", cloudflaretest.Fault{Status: 302, Header: map[string]string{"Location": "http://127.0.0.1:1/"}}, providers.ErrUnavailable, 6},
		{"bad request", cloudflaretest.Fault{Status: 400, Body: `{"success":false,"errors":[{"code":1004,"message":"invalid per_page"}]}`}, providers.ErrRefused, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := cloudflaretest.New(t)
			srv.AddZone("example.com", object{"type": "A", "name": "@", "content": "192.0.2.1"})
			b := open(t, srv, cloudflaretest.GoodToken)
			if tc.tries > 1 {
				srv.Fail(2, read, tc.fault)
				if s := snapshot(t, b); len(s.Items) != 1 {
					t.Errorf("read %v", lines(s))
				}
			}
			srv.Heal()
			before := len(srv.Requests())
			srv.Fail(-1, read, tc.fault)
			_, err := b.Snapshot(context.Background(), example)
			if !errors.Is(err, tc.is) {
				t.Errorf("%v is not %v", err, tc.is)
			}
			oneLine(t, err, cloudflaretest.GoodToken)
			if strings.Contains(err.Error(), "blocked") {
				t.Errorf("a page of HTML in %q", err)
			}
			n := len(srv.Requests()) - before
			if tc.fault.Drop && n > tc.tries {
				n-- // net/http asks again by itself where a kept connection turns out dead
			}
			if n != tc.tries {
				t.Errorf("%d tries, want %d", n, tc.tries)
			}
			var retry *providers.RetryError
			if tc.name == "429 for long" && (!errors.As(err, &retry) || retry.After != 5*time.Minute) {
				t.Errorf("%v does not say when to come again", err)
			}
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	srv := cloudflaretest.New(t)
	srv.AddZone("example.com")
	b, err := cloudflare.New(cloudflare.Options{Token: cloudflaretest.GoodToken, BaseURL: srv.URL, Pause: time.Millisecond, Patience: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	srv.Fail(1, read, cloudflaretest.Fault{Status: 429, Header: map[string]string{"Retry-After": "1"}})
	start := time.Now()
	snapshot(t, b)
	if d := time.Since(start); d < time.Second {
		t.Errorf("asked again after %s", d)
	}
	// Not beyond the time that the caller has.
	srv.Fail(1, read, cloudflaretest.Fault{Status: 429, Header: map[string]string{"Retry-After": "3"}})
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	start = time.Now()
	if _, err = b.Snapshot(ctx, example); !errors.Is(err, providers.ErrRateLimited) || time.Since(start) > time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

func TestSlowAnswers(t *testing.T) {
	srv := cloudflaretest.New(t)
	z := srv.AddZone("example.com", object{"type": "A", "name": "@", "content": "192.0.2.1"})
	b, err := cloudflare.New(cloudflare.Options{Token: cloudflaretest.GoodToken, BaseURL: srv.URL, Timeout: 400 * time.Millisecond, Pause: time.Millisecond, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot(t, b)
	step := providers.Step{Ops: []providers.Op{{Kind: providers.Delete, Old: s.Items[0]}}}
	srv.FailWrite(1, cloudflaretest.Fault{Delay: 2 * time.Second, Made: true})
	err = b.Apply(context.Background(), example, step)
	if !errors.Is(err, providers.ErrUnknownOutcome) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a write: %v", err)
	}
	if len(z.Records()) != 0 || srv.Writes() != 1 {
		t.Errorf("records %v after %d writes", z.Records(), srv.Writes())
	}
	srv.Fail(-1, read, cloudflaretest.Fault{Delay: 2 * time.Second})
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := b.Snapshot(ctx, example); !errors.Is(err, providers.ErrUnavailable) || time.Since(start) > 1500*time.Millisecond {
		t.Errorf("a read: %v after %s", err, time.Since(start))
	}
}

// A write is made once, unless the answer says that it was not.
func TestWritesAreNotRepeated(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fault  cloudflaretest.Fault
		is     error
		writes int
	}{
		{"500 and made", cloudflaretest.Fault{Status: 500, Made: true, Body: `{"success":false,"errors":[{"code":1101,"message":"oops"}]}`}, providers.ErrUnknownOutcome, 1},
		{"500", cloudflaretest.Fault{Status: 500}, providers.ErrUnknownOutcome, 1},
		{"502 in HTML", htmlFault(502), providers.ErrUnknownOutcome, 1},
		{"524", htmlFault(524), context.DeadlineExceeded, 1},
		{"504 and made", cloudflaretest.Fault{Status: 504, Made: true}, context.DeadlineExceeded, 1},
		{"404 in HTML", htmlFault(404), providers.ErrUnknownOutcome, 1},
		{"200 in HTML and made", cloudflaretest.Fault{Status: 200, Made: true, Body: html}, providers.ErrUnknownOutcome, 1},
		{"success without a result", cloudflaretest.Fault{Status: 200, Made: true, Body: `{"success":true,"errors":[],"result":null}`}, providers.ErrUnknownOutcome, 1},
		{"200 without success", cloudflaretest.Fault{Status: 200, Body: `{"success":false,"errors":[{"code":1,"message":"no"}]}`}, providers.ErrUnknownOutcome, 1},
		{"lost", cloudflaretest.Fault{Drop: true}, providers.ErrUnknownOutcome, 1},
		{"lost and made", cloudflaretest.Fault{Drop: true, Made: true}, providers.ErrUnknownOutcome, 1},
		{"redirect", cloudflaretest.Fault{Status: 307, Header: map[string]string{"Location": "/client/v4/zones"}}, providers.ErrUnknownOutcome, 1},
		{"403 in HTML", htmlFault(403), providers.ErrUnauthorized, 1},
		{"400", cloudflaretest.Fault{Status: 400, Body: `{"success":false,"errors":[{"code":1004,"message":"DNS Validation Error","error_chain":[{"code":9021,"message":"Invalid TTL."}]}]}`}, providers.ErrRefused, 1},
		{"404 for the zone", cloudflaretest.Fault{Status: 404, Body: `{"success":false,"errors":[{"code":7003,"message":"Could not route"}]}`}, providers.ErrNoZone, 1},
		{"429", cloudflaretest.Fault{Status: 429}, nil, 2},
		{"429 in HTML", htmlFault(429), nil, 2},
		{"429 for long", cloudflaretest.Fault{Status: 429, Header: map[string]string{"Retry-After": "300"}}, providers.ErrRateLimited, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := cloudflaretest.New(t)
			z := srv.AddZone("example.com", object{"type": "A", "name": "@", "content": "192.0.2.1"})
			b := open(t, srv, cloudflaretest.GoodToken)
			s := snapshot(t, b)
			srv.FailWrite(1, tc.fault)
			err := b.Apply(context.Background(), example, providers.Step{Ops: []providers.Op{{Kind: providers.Delete, Old: s.Items[0]}}})
			if !errors.Is(err, tc.is) || (err != nil) != (tc.is != nil) {
				t.Errorf("%v is not %v", err, tc.is)
			}
			if err != nil {
				oneLine(t, err, cloudflaretest.GoodToken)
			}
			if tc.is == context.DeadlineExceeded && !errors.Is(err, providers.ErrUnknownOutcome) {
				t.Errorf("%v does not leave it open", err)
			}
			if srv.Writes() != tc.writes {
				t.Errorf("%d writes, want %d", srv.Writes(), tc.writes)
			}
			if gone := len(z.Records()) == 0; gone != (tc.is == nil || tc.fault.Made) {
				t.Errorf("gone is %v", gone)
			}
		})
	}
}

// Nobody there: nothing was written, for certain.
func TestNoConnection(t *testing.T) {
	srv := cloudflaretest.New(t)
	srv.AddZone("example.com", object{"type": "A", "name": "@", "content": "192.0.2.1"})
	b := open(t, srv, cloudflaretest.GoodToken)
	s := snapshot(t, b)
	srv.Stop()
	_, err := b.Snapshot(context.Background(), example)
	oneLine(t, err, cloudflaretest.GoodToken)
	if !errors.Is(err, providers.ErrUnavailable) {
		t.Errorf("a read: %v", err)
	}
	err = b.Apply(context.Background(), example, providers.Step{Ops: []providers.Op{{Kind: providers.Delete, Old: s.Items[0]}}})
	oneLine(t, err, cloudflaretest.GoodToken)
	if !errors.Is(err, providers.ErrUnavailable) || errors.Is(err, providers.ErrUnknownOutcome) {
		t.Errorf("a write: %v", err)
	}
}
