package providers

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// redacted stands where a credential was.
const redacted = "[redacted]"

// shortSecret is the length below which a value is too common a word to be
// looked for: replacing every "a" would tell the secret rather than hide it.
const shortSecret = 4

// Redactor keeps known credentials out of what is written and shown. The nil
// Redactor knows none.
type Redactor struct {
	forms []string // of all secrets, the longest first
}

// NewRedactor returns a Redactor for the values of credentials, in all the
// forms that they take in URLs, JSON and Basic authentication.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	for _, s := range secrets {
		if len(s) < shortSecret {
			continue
		}
		quoted, _ := json.Marshal(s)
		r.forms = append(r.forms, s, url.QueryEscape(s), url.PathEscape(s), strings.Trim(string(quoted), `"`),
			base64.StdEncoding.EncodeToString([]byte(s)), base64.URLEncoding.EncodeToString([]byte(s)))
	}
	slices.SortFunc(r.forms, func(a, b string) int { return len(b) - len(a) })
	r.forms = slices.Compact(r.forms)
	return r
}

// Text returns s with the credentials replaced.
func (r *Redactor) Text(s string) string {
	if r == nil {
		return s
	}
	for _, f := range r.forms {
		s = strings.ReplaceAll(s, f, redacted)
	}
	return s
}

// Holds reports whether a credential stands in b.
func (r *Redactor) Holds(b []byte) bool {
	return r != nil && slices.ContainsFunc(r.forms, func(f string) bool { return strings.Contains(string(b), f) })
}

// Error returns an error that is what err is for errors.Is, without the
// credentials. What err wraps is not reachable through it, except for a
// *RetryError.
func (r *Redactor) Error(err error) error {
	if err == nil || r == nil || len(r.forms) == 0 {
		return err
	}
	return &redactedError{r.Text(err.Error()), err, r}
}

type redactedError struct {
	text string
	err  error
	by   *Redactor
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.err, target) }

// As gives the delay of a RetryError and nothing else.
func (e *redactedError) As(target any) bool {
	var retry *RetryError
	t, ok := target.(**RetryError)
	if !ok || !errors.As(e.err, &retry) {
		return false
	}
	*t = &RetryError{After: retry.After, Err: e.by.Error(retry.Err)}
	return true
}

// Backend returns b with all its errors redacted.
func (r *Redactor) Backend(b Backend) Backend { return &redacting{b, r} }

type redacting struct {
	b Backend
	r *Redactor
}

func (x *redacting) Zones(ctx context.Context) ([]zone.Name, error) {
	zs, err := x.b.Zones(ctx)
	return zs, x.r.Error(err)
}

func (x *redacting) Snapshot(ctx context.Context, z zone.Name) (*Snapshot, error) {
	s, err := x.b.Snapshot(ctx, z)
	return s, x.r.Error(err)
}

func (x *redacting) Apply(ctx context.Context, z zone.Name, s Step) error {
	return x.r.Error(x.b.Apply(ctx, z, s))
}
