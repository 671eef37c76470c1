// Package rest makes requests to the HTTP APIs of providers: with bounds, with
// tries of what may safely be tried again, and with errors that say of a write
// whether it may have been made. What the answers of an API mean is the business
// of its own package.
package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/zonelint/zonelint/providers"
)

// Options are what New needs to know.
type Options struct {
	// Base is where the API is; the paths of requests are joined to it.
	Base *url.URL
	// Authorize puts the credentials into a request with that body.
	Authorize func(r *http.Request, body []byte)
	// Timeout is how long one try to read may take.
	Timeout time.Duration
	// Writes is how many times as long a write may take: nobody knows what comes
	// of one that is not waited for.
	Writes int
	// Pause is the wait before the second try; it doubles.
	Pause time.Duration
	// Patience is how long may be waited in all between the tries of one request.
	Patience time.Duration
	// Tries is how often a request is made at most.
	Tries int
	// MaxBody is the most octets of an answer.
	MaxBody int64
	// Lost gives the error of a connection words for people; nil has none.
	Lost func(error) error
}

// Client makes requests to one API. It is safe for use by several goroutines.
type Client struct {
	opts Options
	http *http.Client
}

// New returns a client. No request is made.
func New(o Options) *Client {
	return &Client{o, &http.Client{
		Transport: http.DefaultTransport.(*http.Transport).Clone(),
		// These APIs do not redirect; who does is not the API and gets no
		// credentials.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Request is what is asked for.
type Request struct {
	Method string
	Path   string // joined to Options.Base, so with escapes
	Query  string // without the "?"
	Body   []byte // nil is none
	Type   string // of the body; "" is JSON
}

// Read reports whether the request changes nothing.
func (r Request) Read() bool { return r.Method == http.MethodGet }

// Answer is what came back, whole.
type Answer struct {
	Read   bool // whether the request was one
	Status int
	Header http.Header
	Body   []byte
}

// Do makes a request, hands the answer to vet, which tells an answer from an
// error, and makes the request again until vet returns nil or the patience is at
// its end. Tried again are a *providers.RetryError, which says for certain that
// nothing was written, and of reads besides what wraps ErrUnavailable: lost
// connections, answers that are too slow, and what vet says.
func (c *Client) Do(ctx context.Context, r Request, vet func(*Answer) error) error {
	var waited time.Duration
	pause := c.opts.Pause
	for n := 1; ; n++ {
		err := c.Once(ctx, r, vet)
		if err == nil || ctx.Err() != nil || n >= c.opts.Tries {
			return err
		}
		var limited *providers.RetryError
		switch {
		case errors.As(err, &limited):
		case r.Read() && errors.Is(err, providers.ErrUnavailable):
		default:
			return err
		}
		wait := pause/2 + rand.N(pause/2+1)
		if limited != nil {
			wait = max(wait, limited.After)
		}
		deadline, bounded := ctx.Deadline()
		if waited+wait > c.opts.Patience || bounded && time.Until(deadline) <= wait {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
		waited += wait
		pause *= 2
	}
}

// Once makes a request once. Where no whole answer comes, the error wraps
// ErrUnavailable if it was a read, or a write that never left, for certain; else
// ErrUnknownOutcome.
func (c *Client) Once(ctx context.Context, r Request, vet func(*Answer) error) error {
	timeout := c.opts.Timeout
	if !r.Read() {
		timeout *= time.Duration(c.opts.Writes)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var sent atomic.Bool // it may have been
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	req, err := c.request(ctx, r)
	if err != nil {
		return fmt.Errorf("request: %w", providers.ErrRefused)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.lost(err, r.Read() || !sent.Load())
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, c.opts.MaxBody+1))
	if err == nil && int64(len(b)) > c.opts.MaxBody {
		err = fmt.Errorf("an answer of more than %d octets", c.opts.MaxBody)
	}
	if err != nil {
		return c.lost(err, r.Read() || !sent.Load())
	}
	return vet(&Answer{Read: r.Read(), Status: resp.StatusCode, Header: resp.Header, Body: b})
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	u := c.opts.Base.JoinPath(r.Path)
	u.RawQuery = r.Query
	var content io.Reader
	if r.Body != nil {
		content = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "zonelint")
	if r.Body != nil {
		t := r.Type
		if t == "" {
			t = "application/json"
		}
		req.Header.Set("Content-Type", t)
	}
	c.opts.Authorize(req, r.Body)
	return req, nil
}

// lost is the error of a request without a whole answer. nothing says that
// nothing can have been written.
func (c *Client) lost(err error, nothing bool) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err // without the URL
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer in time: %w", err)
	} else if c.opts.Lost != nil {
		err = c.opts.Lost(err)
	}
	if nothing {
		return fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
	}
	return fmt.Errorf("%w: the connection was lost or the answer came too late: %w", providers.ErrUnknownOutcome, err)
}

// RetryAfter reads the header of that name (RFC 9110, section 10.2.3): seconds
// or a date. It is 0 if there is none that can be read.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(s, 0), 86400)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now).Round(time.Second))
	}
	return 0
}

// Clean makes one line of words from outside that are shown to people.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:197]) + "..."
	}
	return s
}
