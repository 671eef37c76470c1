package rest

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/zonelint/zonelint/providers"
)

// Base reads the address of an API from a variable. Credentials go there with
// every request, so they must not travel in the clear: http is only for this
// machine.
func Base(variable, s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s is not the address of an API, such as https://api.example.net/v1", variable)
	}
	if host := u.Hostname(); u.Scheme == "http" && host != "localhost" && host != "127.0.0.1" && host != "::1" {
		return nil, fmt.Errorf("%s would send the credentials in the clear; use https", variable)
	}
	return u, nil
}

// CheckToken finds the mistakes in a token or key that need no request.
func CheckToken(variable, token string) error {
	bad := func(what string) error {
		return fmt.Errorf("%s %s: %w", variable, what, providers.ErrUnauthorized)
	}
	switch {
	case token == "":
		return bad("is not set")
	case strings.HasPrefix(strings.ToLower(token), "bearer "), strings.HasPrefix(strings.ToLower(token), "token "):
		return bad("begins with the name of a scheme; set it to the token alone")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' }):
		return bad("has a blank, a quote or another character that no token has; set it to the token alone")
	}
	return nil
}
