package cloudflare

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

	"github.com/zonelint/zonelint/providers"
)

// client makes requests to the API. It is safe for use by several goroutines.
type client struct {
	base     *url.URL
	token    string
	http     *http.Client
	timeout  time.Duration // of one try to read; a write has four times as long
	pause    time.Duration // before the second try; it doubles
	patience time.Duration // all pauses for one request
}

// The bounds of what is asked for and taken.
const (
	maxTries = 6
	maxBody  = 64 << 20 // octets of one answer
)

func newClient(base *url.URL, token string, timeout, pause, patience time.Duration) *client {
	tr := http.DefaultTransport.(*http.Transport).Clone()
	return &client{
		base: base, token: token, timeout: timeout, pause: pause, patience: patience,
		http: &http.Client{
			Transport: tr,
			// The API does not redirect; who does is not the API and gets no token.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// get reads, and tries again what may pass: lost connections, answers that are
// too slow, 429, 5xx, and bodies that are not the API's.
func (c *client) get(ctx context.Context, path string, q url.Values) (*answer, error) {
	return c.persist(ctx, true, func() (*answer, error) { return c.once(ctx, http.MethodGet, path, q, nil) })
}

// post writes. It tries again only after an answer that says for certain that
// nothing was written: 429.
func (c *client) post(ctx context.Context, path string, body []byte) (*answer, error) {
	return c.persist(ctx, false, func() (*answer, error) { return c.once(ctx, http.MethodPost, path, nil, body) })
}

// persist makes a request until it is answered or the patience is at its end.
func (c *client) persist(ctx context.Context, read bool, try func() (*answer, error)) (*answer, error) {
	var waited time.Duration
	pause := c.pause
	for n := 1; ; n++ {
		a, err := try()
		if err == nil || ctx.Err() != nil || n == maxTries {
			return a, err
		}
		var limited *providers.RetryError
		switch {
		case errors.As(err, &limited):
		case read && errors.Is(err, providers.ErrUnavailable):
		default:
			return a, err
		}
		wait := pause/2 + rand.N(pause/2+1)
		if limited != nil {
			wait = max(wait, limited.After)
		}
		deadline, bounded := ctx.Deadline()
		if waited+wait > c.patience || bounded && time.Until(deadline) <= wait {
			return a, err
		}
		select {
		case <-ctx.Done():
			return a, err
		case <-time.After(wait):
		}
		waited += wait
		pause *= 2
	}
}

// once makes one request. Of a read that fails for a reason that may pass the
// error wraps ErrUnavailable; of a write, if and only if it never left.
func (c *client) once(ctx context.Context, method, path string, q url.Values, body []byte) (*answer, error) {
	timeout := c.timeout
	if method != http.MethodGet {
		timeout *= 4 // nobody knows what comes of a write that is not waited for
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var sent atomic.Bool // it may have been
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	u := c.base.JoinPath(path)
	u.RawQuery = q.Encode()
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), content)
	if err != nil {
		return nil, fmt.Errorf("request: %w", providers.ErrRefused)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "zonelint")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	lost := func(err error) error {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // without the URL
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("no answer in time: %w", err)
		}
		if method != http.MethodGet && sent.Load() {
			return fmt.Errorf("%w: the connection was lost or the answer came too late: %w", providers.ErrUnknownOutcome, err)
		}
		return fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, lost(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, lost(err)
	}
	if len(b) > maxBody {
		return nil, lost(fmt.Errorf("an answer of more than %d octets", maxBody))
	}
	return vet(method == http.MethodGet, resp, b)
}

// retryAfter reads the header of that name (RFC 9110, section 10.2.3): seconds
// or a date. It is 0 if there is none that can be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(s, 0), 86400)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now).Round(time.Second))
	}
	return 0
}
