package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
)

// statusOriginTimeout is Cloudflare's own: what stands behind its edge was
// reached and did not answer in time.
const statusOriginTimeout = 524

// answer is what the API answers with.
type answer struct {
	Success  bool            `json:"success"`
	Errors   []apiError      `json:"errors"`
	Result   json.RawMessage `json:"result"`
	Info     *resultInfo     `json:"result_info"`
	Messages json.RawMessage `json:"messages"`
}

type apiError struct {
	Code    int        `json:"code"`
	Message string     `json:"message"`
	Chain   []apiError `json:"error_chain"`
}

type resultInfo struct {
	TotalCount int `json:"total_count"`
}

// The codes that something is made of here.
const (
	codeThrottled     = 971   // Please wait and consider throttling your request speed
	codeInvalidHeader = 6003  // Invalid request headers
	codeNoRoute       = 7003  // Could not route to /zones/..., perhaps your object identifier is invalid
	codeTokenInvalid  = 9109  // Invalid access token; Unauthorized to access requested resource
	codeAuth          = 10000 // Authentication error
	codeNoRecord      = 81044 // Record does not exist
	codeExists        = 81057 // The record already exists
	codeIdentical     = 81058 // An identical record already exists
)

func (a *answer) has(codes ...int) bool { return hasCode(a.Errors, codes) }

func hasCode(es []apiError, codes []int) bool {
	return slices.ContainsFunc(es, func(e apiError) bool { return slices.Contains(codes, e.Code) || hasCode(e.Chain, codes) })
}

// said is what the API says in its errors, on one line.
func (a *answer) said(status int) string {
	var parts []string
	var add func([]apiError)
	add = func(es []apiError) {
		for _, e := range es {
			parts = append(parts, fmt.Sprintf("%s (%d)", rest.Clean(e.Message), e.Code))
			add(e.Chain)
		}
	}
	if add(a.Errors); len(parts) == 0 {
		return fmt.Sprintf("HTTP %d", status)
	}
	if len(parts) > 5 {
		parts = append(parts[:5], fmt.Sprintf("and %d more", len(parts)-5))
	}
	return strings.Join(parts, "; ")
}

// vet tells an answer from an error. Only an error with the API's own body says
// for certain that a write was not made; a 5xx never does.
func vet(got *rest.Answer) (*answer, error) {
	status, body := got.Status, got.Body
	var a answer
	err := json.Unmarshal(body, &a)
	ours := err == nil && (a.Success || len(a.Errors) > 0)
	said := a.said(status)
	if !ours {
		said = fmt.Sprintf("HTTP %d with %s", status, kind(got.Header, body))
		if got.Read && status < 400 {
			said += "; if that stays so, see whether " + BaseURLVariable + " is right"
		}
	}
	open := func() error {
		if got.Read {
			return fmt.Errorf("%w: %s", providers.ErrUnavailable, said)
		}
		if status == http.StatusGatewayTimeout || status == statusOriginTimeout || status == http.StatusRequestTimeout {
			return &lateError{said}
		}
		return fmt.Errorf("%w: %s", providers.ErrUnknownOutcome, said)
	}
	switch {
	case status == http.StatusTooManyRequests || ours && status < 500 && a.has(codeThrottled):
		return nil, &providers.RetryError{After: rest.RetryAfter(got.Header, time.Now()), Err: errors.New(said)}
	case status >= 500 || status == http.StatusRequestTimeout:
		return nil, open()
	case status == http.StatusUnauthorized || status == http.StatusForbidden,
		status >= 400 && ours && a.has(codeInvalidHeader, codeTokenInvalid, codeAuth):
		return nil, &tokenError{said}
	case !ours, status < 200, status >= 300 && status < 400, status < 300 && !a.Success:
		return nil, open()
	case status < 300:
		return &a, nil
	case a.has(codeNoRoute):
		return nil, fmt.Errorf("%w: %s", providers.ErrNoZone, said)
	case a.has(codeNoRecord, codeExists, codeIdentical):
		return nil, fmt.Errorf("%w: %s", providers.ErrStale, said)
	}
	return nil, fmt.Errorf("%w: %s", providers.ErrRefused, said)
}

// lateError is the answer of a gateway that did not wait for the end of a write,
// which may still come to pass.
type lateError struct{ said string }

func (e *lateError) Error() string { return providers.ErrUnknownOutcome.Error() + ": " + e.said }

func (e *lateError) Unwrap() []error {
	return []error{providers.ErrUnknownOutcome, context.DeadlineExceeded}
}

// kind says what an answer that is not the API's consists of.
func kind(h http.Header, body []byte) string {
	t, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	switch {
	case len(body) == 0:
		return "an empty answer"
	case json.Valid(body):
		return "JSON that is not of Cloudflare's API"
	case strings.Contains(t, "html"):
		return "a web page in place of an answer"
	}
	return "an answer that is not JSON"
}
