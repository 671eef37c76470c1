package providers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zonelint/zonelint/zone"
)

// What a Backend reports; test with errors.Is.
var (
	// ErrUnauthorized: the credentials are wrong, expired or too narrow.
	ErrUnauthorized = errors.New("the provider refused the credentials")
	// ErrRateLimited: too many requests; of a write, that it was not made.
	ErrRateLimited = errors.New("the provider asks to slow down")
	// ErrRefused: the provider refused the request as it stands; nothing was
	// made.
	ErrRefused = errors.New("the provider refused the request")
	// ErrNoZone: the account has no such zone.
	ErrNoZone = errors.New("no such zone at the provider")
	// ErrUnavailable: the provider could not be reached, or did not work; of a
	// write, that it never left (no connection). A write that was sent and got
	// a 5xx, or no answer, is ErrUnknownOutcome.
	ErrUnavailable = errors.New("the provider cannot be reached")
	// ErrStale: the zone is not as it was when the change was planned; nothing
	// was made.
	ErrStale = errors.New("the zone has changed since the plan was made")
	// ErrUnknownOutcome: the write may have been made or not.
	ErrUnknownOutcome = errors.New("it is not known whether the change was made")
	// ErrPartial: some operations of a step were made and others not, or more
	// than was asked for.
	ErrPartial = errors.New("the change was made in part")
	// ErrUnsupported: the provider cannot store such a record.
	ErrUnsupported = errors.New("not supported by the provider")
)

// What planning and applying report besides; test with errors.Is.
var (
	// ErrGuard: the plan does what zonelint never does, or more than it may.
	ErrGuard = errors.New("refused")
	// ErrPlan: the plan is damaged, or from another version.
	ErrPlan = errors.New("not a plan that can be applied")
	// ErrLocked: another run works on the zone on this machine.
	ErrLocked = errors.New("another zonelint run is changing this zone")
	// ErrIncomplete: not all operations are known to be done. The report says
	// which.
	ErrIncomplete = errors.New("the plan was not carried out wholly")
	// ErrUnverified: all operations were made as far as is known, but the zone
	// could not be read back, or is not as it was planned.
	ErrUnverified = errors.New("the changes could not be verified")
)

// RetryError is an ErrRateLimited that says when to ask again.
type RetryError struct {
	After time.Duration // 0 if the provider did not say
	Err   error         // may be nil
}

func (e *RetryError) Error() string {
	s := ErrRateLimited.Error()
	if e.After > 0 {
		s += fmt.Sprintf(" (try again in %s)", e.After)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives ErrRateLimited and the cause.
func (e *RetryError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrRateLimited}
	}
	return []error{ErrRateLimited, e.Err}
}

// RefusedError says which RRsets of a plan cannot be changed. Without them there
// may be a plan.
type RefusedError struct {
	Refusals []Refusal // at least one, in the order of the changes
}

// Refusal is why an RRset is not changed.
type Refusal struct {
	Key zone.Key
	Err error // wraps ErrGuard or ErrUnsupported
}

// Why is the reason without the words of ErrGuard.
func (r Refusal) Why() string {
	return strings.TrimPrefix(r.Err.Error(), ErrGuard.Error()+": ")
}

func (e *RefusedError) add(k zone.Key, err error) {
	e.Refusals = append(e.Refusals, Refusal{k, err})
}

// orNil returns the error, or nil if nothing was refused.
func (e *RefusedError) orNil() error {
	if len(e.Refusals) == 0 {
		return nil
	}
	return e
}

// Error tells the first refusals.
func (e *RefusedError) Error() string {
	const most = 3
	text := e.Refusals[0].Err.Error()
	for _, r := range e.Refusals[1:min(most, len(e.Refusals))] {
		if why := r.Why(); !strings.Contains(text, why) {
			text += "; " + why
		}
	}
	if more := len(e.Refusals) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// Unwrap gives the reasons.
func (e *RefusedError) Unwrap() []error {
	var out []error
	for _, r := range e.Refusals {
		out = append(out, r.Err)
	}
	return out
}

// notMade reports whether the error of a write says for certain that nothing
// was written.
func notMade(err error) bool {
	if errors.Is(err, ErrUnknownOutcome) || errors.Is(err, ErrPartial) {
		return false
	}
	for _, e := range []error{ErrRefused, ErrUnauthorized, ErrRateLimited, ErrStale, ErrUnavailable, ErrUnsupported, ErrNoZone} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// inFlight reports whether the error of a write says that nobody waited for
// its end, so that it may still come to pass.
func inFlight(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func isPartial(err error) bool { return errors.Is(err, ErrPartial) }
