package rfc2136

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Scheme begins a target that Transfer reads.
const Scheme = "axfr://"

// Transfer reads a zone by transfer: target is "axfr://server/zone", with
// "server:port" if the port is not 53. The request is signed if env has a TSIG
// key.
func Transfer(ctx context.Context, target string, env func(string) string) (*providers.Snapshot, error) {
	server, apex, err := parseTarget(target)
	if err != nil {
		return nil, err
	}
	o, err := options(env)
	if err != nil {
		return nil, err
	}
	o.Server = server
	b, err := New(o)
	if err != nil {
		return nil, err
	}
	b.setting = "the name of the server"
	s, err := b.Snapshot(ctx, apex)
	return s, providers.NewRedactor(o.Secret).Error(err)
}

// parseTarget takes "axfr://server/zone" apart.
func parseTarget(target string) (server string, apex zone.Name, err error) {
	bad := func(why string) (string, zone.Name, error) {
		return "", "", fmt.Errorf("%q is not %sserver/zone: %s", target, Scheme, why)
	}
	if len(target) < len(Scheme) || !strings.EqualFold(target[:len(Scheme)], Scheme) {
		return bad("it begins otherwise")
	}
	server, name, ok := strings.Cut(target[len(Scheme):], "/")
	if !ok || name == "" {
		return bad("name the zone behind a slash")
	}
	if _, err := parseServer(server); err != nil {
		return bad("the server is a host name or an address, with :port if that is not 53")
	}
	if name, err = url.PathUnescape(name); err != nil {
		return bad("a percent sign takes two hexadecimal digits")
	}
	if apex, err = zone.ParseName(name, zone.Root); err != nil {
		return bad(err.Error())
	}
	return server, apex, nil
}
