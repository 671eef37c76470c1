package rfc2136

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Scheme begins a Target as it is written.
const Scheme = "axfr://"

// Target is a zone on a server that lets it be transferred.
type Target struct {
	Server string // host:port
	Zone   zone.Name
	text   string // as it was written
}

// IsTarget reports whether an argument is meant as a Target.
func IsTarget(s string) bool {
	return len(s) >= len(Scheme) && strings.EqualFold(s[:len(Scheme)], Scheme)
}

// String returns the target as it was written.
func (t Target) String() string { return t.text }

// ParseTarget reads "axfr://server/zone", with "server:port" if the port is not
// 53; an IPv6 address with a port stands in brackets.
func ParseTarget(s string) (Target, error) {
	bad := func(why string) (Target, error) {
		return Target{}, fmt.Errorf("%q is not %sserver/zone: %s", s, Scheme, why)
	}
	if !IsTarget(s) {
		return bad("it begins otherwise")
	}
	host, name, _ := strings.Cut(s[len(Scheme):], "/")
	server, err := parseServer(host)
	if err != nil {
		return bad("the server is a host name or an address, with :port if that is not 53")
	}
	// No name of a zone ends with a slash, but a URL may.
	if name = strings.TrimSuffix(name, "/"); name == "" {
		return bad("name the zone behind a slash")
	}
	if name, err = url.PathUnescape(name); err != nil {
		return bad("a percent sign takes two hexadecimal digits")
	}
	apex, err := zone.ParseName(name, zone.Root)
	if err != nil {
		return bad(err.Error())
	}
	return Target{server, apex, s}, nil
}

// Transfer reads the zone. The request is signed if env has a TSIG key, which no
// error holds.
func (t Target) Transfer(ctx context.Context, env func(string) string) (*providers.Snapshot, error) {
	o, err := options(env)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	o.Server = t.Server
	b, err := New(o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	b.called, b.setting = t.String(), "the name of the server"
	s, err := b.Snapshot(ctx, t.Zone)
	return s, providers.NewRedactor(o.Secret).Error(err)
}
