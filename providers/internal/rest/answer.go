package rest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/zonelint/zonelint/providers"
)

// Judge makes the error of an answer by its status, as most APIs use them: nil
// for 2xx. said is what the API says of it in a body of its own form; "" is a
// body of another form, which comes from something that stands before the API,
// and of which only a refusal of the credentials says for certain that a write
// was not made. A 5xx never does.
func (a *Answer) Judge(said string) error {
	if a.Status >= 200 && a.Status < 300 {
		return nil
	}
	ours := said != ""
	if said = Clean(said); ours {
		said = fmt.Sprintf("%s (HTTP %d)", said, a.Status)
	} else {
		said = fmt.Sprintf("HTTP %d", a.Status)
	}
	is := func(err error) error { return fmt.Errorf("%w: %s", err, said) }
	switch {
	case a.Status == http.StatusTooManyRequests:
		return &providers.RetryError{After: RetryAfter(a.Header, time.Now()), Err: errors.New(said)}
	case a.Status >= 500 || a.Status == http.StatusRequestTimeout:
		if a.Read {
			return is(providers.ErrUnavailable)
		}
		return is(providers.ErrUnknownOutcome)
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		return is(providers.ErrUnauthorized)
	case !ours && a.Read:
		said += ", which is not an answer of the API"
		return is(providers.ErrUnavailable)
	case !ours:
		return is(providers.ErrUnknownOutcome)
	case a.Status == http.StatusNotFound && a.Read:
		return is(providers.ErrNoZone)
	case a.Status >= 400:
		return is(providers.ErrRefused)
	}
	return is(providers.ErrUnavailable)
}
