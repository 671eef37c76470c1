package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
)

// tokensURL is where tokens are made.
const tokensURL = "https://dash.cloudflare.com/profile/api-tokens"

// tokenError is an answer that refuses the token.
type tokenError struct{ said string }

func (e *tokenError) Error() string { return providers.ErrUnauthorized.Error() + ": " + e.said }
func (e *tokenError) Unwrap() error { return providers.ErrUnauthorized }

// detail is what the API said of the token.
func detail(err error) string {
	var t *tokenError
	if errors.As(err, &t) {
		return t.said
	}
	return "no more is known"
}

// diagnose says why the token was refused and what to do. The API answers with
// the same codes to a wrong, an expired and a too narrow token; whether it is
// valid at all has to be asked for.
func (c *client) diagnose(ctx context.Context, action, need string) string {
	narrow := fmt.Sprintf("the token in %s may not %s; give it the permission %s for that zone at %s", TokenVariable, action, need, tokensURL)
	if len(c.token) == 37 && strings.Trim(c.token, "0123456789abcdef") == "" {
		return fmt.Sprintf("%s looks like a Global API Key, which is not used; make an API token at %s", TokenVariable, tokensURL)
	}
	if strings.HasPrefix(c.token, "cfat_") { // belongs to an account and is not known here
		return fmt.Sprintf("the token in %s is wrong or expired, or may not %s; see at Manage Account, Account API Tokens whether it is active and has the permission %s", TokenVariable, action, need)
	}
	a, err := c.getOnce(ctx, "user/tokens/verify")
	if err != nil {
		if errors.Is(err, providers.ErrUnauthorized) {
			return fmt.Sprintf("Cloudflare does not accept the token in %s: it is mistyped, deleted, expired or not meant for this address; make a new one with Zone: Zone: Read and Zone: DNS: Edit at %s", TokenVariable, tokensURL)
		}
		return narrow
	}
	var v struct {
		Status    string `json:"status"`
		ExpiresOn string `json:"expires_on"`
	}
	if json.Unmarshal(a.Result, &v) != nil {
		return narrow
	}
	switch v.Status {
	case "expired":
		when := ""
		if v.ExpiresOn != "" {
			when = " on " + rest.Clean(v.ExpiresOn)
		}
		return fmt.Sprintf("the token in %s expired%s; give it a later end or make a new one at %s", TokenVariable, when, tokensURL)
	case "disabled":
		return fmt.Sprintf("the token in %s is disabled; enable it or make a new one at %s", TokenVariable, tokensURL)
	}
	return narrow
}
