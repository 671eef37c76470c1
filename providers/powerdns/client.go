package powerdns

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
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
	"github.com/zonelint/zonelint/zone"
)

// client makes requests to the API of one server. It is safe for use by several
// goroutines.
type client struct {
	base     *url.URL
	key      string
	http     *http.Client
	timeout  time.Duration // of one try to read; a write has twice as long
	pause    time.Duration // before the second try; it doubles
	patience time.Duration // all pauses for one request
}

// The bounds of what is asked for and taken.
const (
	maxTries = 5
	maxBody  = 512 << 20 // octets of one answer: a zone comes in one
)

func newClient(base *url.URL, o Options) *client {
	return &client{
		base: base, key: o.Key,
		timeout:  cmp.Or(o.Timeout, time.Minute),
		pause:    cmp.Or(o.Pause, 250*time.Millisecond),
		patience: cmp.Or(o.Patience, 15*time.Second),
		http: &http.Client{
			Transport: http.DefaultTransport.(*http.Transport).Clone(),
			// The API does not redirect; who does is not the API and gets no key.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// zonePath is where a zone is. In its id, PowerDNS writes octets other than
// letters, digits, dot and hyphen in hexadecimal after "=".
func zonePath(z zone.Name) string {
	if z == zone.Root {
		return "zones/=2E"
	}
	var b strings.Builder
	for _, c := range []byte(z.String()) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "=%02X", c)
	}
	return "zones/" + b.String()
}

// get reads, and tries again what may pass: lost connections, answers that are
// too slow, 429 and 5xx.
func (c *client) get(ctx context.Context, path, query string, into any) error {
	passes := func(err error) bool {
		return errors.Is(err, providers.ErrRateLimited) || errors.Is(err, providers.ErrUnavailable)
	}
	return c.persist(ctx, passes, func() error {
		body, err := c.once(ctx, http.MethodGet, path, query, nil)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(body, into); err != nil {
			return fmt.Errorf("the answer is not that of PowerDNS's API; see whether %s is right: %w", URLVariable, providers.ErrRefused)
		}
		return nil
	})
}

// persist makes a request until it is answered or the patience is at its end.
func (c *client) persist(ctx context.Context, passes func(error) bool, try func() error) error {
	var waited time.Duration
	pause := c.pause
	for n := 1; ; n++ {
		err := try()
		if err == nil || ctx.Err() != nil || n == maxTries || !passes(err) {
			return err
		}
		wait := pause/2 + rand.N(pause/2+1)
		var limited *providers.RetryError
		if errors.As(err, &limited) {
			wait = max(wait, limited.After)
		}
		deadline, bounded := ctx.Deadline()
		if waited+wait > c.patience || bounded && time.Until(deadline) <= wait {
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

// once makes one request. Of a read that fails for a reason that may pass the
// error wraps ErrUnavailable; of a write, if and only if it never left.
func (c *client) once(ctx context.Context, method, path, query string, body []byte) ([]byte, error) {
	read, timeout := method == http.MethodGet, c.timeout
	if !read {
		timeout *= 2 // nobody knows what comes of a write that is not waited for
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var sent atomic.Bool // it may have been
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	u := c.base.JoinPath(path)
	u.RawQuery = query
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("request: %w", providers.ErrRefused)
	}
	req.Header.Set("X-API-Key", c.key)
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
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			err = fmt.Errorf("no answer in time: %w", err)
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			err = fmt.Errorf("the connection was closed, as PowerDNS does to addresses that are not in its webserver-allow-from: %w", err)
		}
		if !read && sent.Load() {
			return fmt.Errorf("%w: %w", providers.ErrUnknownOutcome, err)
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
	return b, vet(read, resp, b)
}

// vet tells an answer from an error. Only an error of the API's own says for
// certain that a write was not made; a 5xx never does.
func vet(read bool, resp *http.Response, body []byte) error {
	status := resp.StatusCode
	if read && status == http.StatusOK || !read && status == http.StatusNoContent {
		return nil
	}
	var a struct {
		Error string `json:"error"`
	}
	ours := json.Unmarshal(body, &a) == nil && a.Error != ""
	said := fmt.Sprintf("HTTP %d", status)
	if ours {
		said = fmt.Sprintf("%s (HTTP %d)", clean(a.Error), status)
	}
	is := func(err error) error { return fmt.Errorf("%w: %s", err, said) }
	switch {
	case status == http.StatusTooManyRequests:
		return &providers.RetryError{After: retryAfter(resp.Header, time.Now()), Err: errors.New(said)}
	case status >= 500 || status == http.StatusRequestTimeout:
		if read {
			return is(providers.ErrUnavailable)
		}
		return is(providers.ErrUnknownOutcome)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		said += "; see whether " + KeyVariable + " is the api-key of this server"
		return is(providers.ErrUnauthorized)
	case ours && (status == http.StatusNotFound || status == http.StatusUnprocessableEntity) && noZone(a.Error):
		return is(providers.ErrNoZone)
	case ours && status >= 400:
		return is(providers.ErrRefused)
	case read:
		said += ", which is not an answer of PowerDNS's API; see whether " + URLVariable + " and " + ServerVariable + " are right"
		return is(providers.ErrRefused)
	}
	return is(providers.ErrUnknownOutcome)
}

// noZone reports whether the error says that there is no such zone.
func noZone(said string) bool {
	return strings.HasPrefix(said, "Could not find domain") || strings.HasPrefix(said, "Not Found")
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
