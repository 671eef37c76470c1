package powerdns

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// client makes requests to the API of one server. It is safe for use by several
// goroutines.
type client struct{ api *rest.Client }

func newClient(base *url.URL, o Options) *client {
	return &client{rest.New(rest.Options{
		Base:      base,
		Authorize: func(r *http.Request, _ []byte) { r.Header.Set("X-API-Key", o.Key) },
		Timeout:   cmp.Or(o.Timeout, time.Minute),
		Writes:    2,
		Pause:     cmp.Or(o.Pause, 250*time.Millisecond),
		Patience:  cmp.Or(o.Patience, 15*time.Second),
		Tries:     5,
		MaxBody:   512 << 20, // a zone comes in one answer
		Lost:      lost,
	})}
}

// lost says what may be behind a connection that ends without an answer.
func lost(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the connection was closed, as PowerDNS does to addresses that are not in its webserver-allow-from: %w", err)
	}
	return err
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
	return c.api.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Query: query}, func(a *rest.Answer) error {
		if err := vet(a); err != nil {
			return err
		}
		if err := json.Unmarshal(a.Body, into); err != nil {
			return fmt.Errorf("the answer is not that of PowerDNS's API; see whether %s is right: %w", URLVariable, providers.ErrRefused)
		}
		return nil
	})
}

// patch writes. It tries again only after an answer that says for certain that
// nothing was written: 429, which proxies before the API give.
func (c *client) patch(ctx context.Context, path string, body []byte) error {
	return c.api.Do(ctx, rest.Request{Method: http.MethodPatch, Path: path, Body: body}, vet)
}

// vet tells an answer from an error. Only an error of the API's own says for
// certain that a write was not made; a 5xx never does.
func vet(got *rest.Answer) error {
	read, status := got.Read, got.Status
	if read && status == http.StatusOK || !read && status == http.StatusNoContent {
		return nil
	}
	var a struct {
		Error string `json:"error"`
	}
	ours := json.Unmarshal(got.Body, &a) == nil && a.Error != ""
	said := fmt.Sprintf("HTTP %d", status)
	if ours {
		said = fmt.Sprintf("%s (HTTP %d)", rest.Clean(a.Error), status)
	}
	is := func(err error) error { return fmt.Errorf("%w: %s", err, said) }
	switch {
	case status == http.StatusTooManyRequests:
		return &providers.RetryError{After: rest.RetryAfter(got.Header, time.Now()), Err: errors.New(said)}
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
