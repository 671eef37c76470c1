package cloudflare

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/zonelint/zonelint/providers/internal/rest"
)

// client makes requests to the API. It is safe for use by several goroutines.
type client struct {
	base  *url.URL
	token string
	api   *rest.Client
}

func newClient(base *url.URL, token string, timeout, pause, patience time.Duration) *client {
	return &client{base: base, token: token, api: rest.New(rest.Options{
		Base:      base,
		Authorize: func(r *http.Request, _ []byte) { r.Header.Set("Authorization", "Bearer "+token) },
		Timeout:   timeout,
		Writes:    4,
		Pause:     pause,
		Patience:  patience,
		Tries:     6,
		MaxBody:   64 << 20,
	})}
}

// get reads, and tries again what may pass: lost connections, answers that are
// too slow, 429, 5xx, and bodies that are not the API's.
func (c *client) get(ctx context.Context, path string, q url.Values) (*answer, error) {
	var a *answer
	err := c.api.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Query: q.Encode()}, vetInto(&a))
	return a, err
}

// getOnce reads, and tries nothing again.
func (c *client) getOnce(ctx context.Context, path string) (*answer, error) {
	var a *answer
	err := c.api.Once(ctx, rest.Request{Method: http.MethodGet, Path: path}, vetInto(&a))
	return a, err
}

// post writes. It tries again only after an answer that says for certain that
// nothing was written: 429.
func (c *client) post(ctx context.Context, path string, body []byte) (*answer, error) {
	var a *answer
	err := c.api.Do(ctx, rest.Request{Method: http.MethodPost, Path: path, Body: body}, vetInto(&a))
	return a, err
}

func vetInto(a **answer) func(*rest.Answer) error {
	return func(got *rest.Answer) (err error) {
		*a, err = vet(got)
		return err
	}
}
