package powerdns

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"github.com/zonelint/zonelint/providers"
)

// checkKey finds the mistakes that need no request.
func checkKey(key string) error {
	bad := func(what string) error {
		return fmt.Errorf("%s %s: %w", KeyVariable, what, providers.ErrUnauthorized)
	}
	switch {
	case key == "":
		return bad("is not set; it is the api-key of pdns.conf")
	case strings.HasPrefix(key, "$scrypt$"):
		return bad("is the hash of a key; set it to the key itself")
	case strings.TrimSpace(key) != key || strings.ContainsFunc(key, unicode.IsControl):
		return bad("has a blank at an end or a control character; set it to the key alone")
	}
	return nil
}

// parseBase reads the URL of the API. The key goes there with every request, so
// it must not travel in the clear over public networks; PowerDNS itself speaks
// plain HTTP, which is left to private ones.
func parseBase(s string) (*url.URL, error) {
	s = strings.TrimRight(s, "/")
	for _, end := range []string{"/v1", "/api"} {
		s = strings.TrimRight(strings.TrimSuffix(s, end), "/")
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s is not a URL such as http://127.0.0.1:8081", URLVariable)
	}
	if u.Scheme == "http" && !private(u.Hostname()) {
		return nil, fmt.Errorf("%s would send the key in the clear over a public network; use https, or a tunnel to the server", URLVariable)
	}
	return u, nil
}

// private reports whether a host is on this machine or in a private network:
// its address is of such (RFC 1918, RFC 4193, RFC 3927), or its name is one that
// public DNS does not have.
func private(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap()
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if !strings.Contains(host, ".") {
		return true
	}
	for _, end := range []string{".localhost", ".local", ".internal", ".home.arpa"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}
