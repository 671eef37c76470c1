package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone/resolve"
)

// worldFlags say who answers for names outside of the zone that is checked.
func worldFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.BoolFlag{Name: "live", Category: groupWorld, Usage: "ask the DNS for names that are in none of the zones; without it nothing is asked, and what depends on such names stays open"},
		&urfave.StringSliceFlag{Name: "resolver", Category: groupWorld, Usage: "`ADDR`: ask this server, an IP address with an optional :PORT; implies --live; repeatable; the next is asked where one fails (default: those of the system)"},
		&urfave.DurationFlag{Name: "dns-timeout", Category: groupWorld, Usage: "`TIME`: wait so long for a reply, which is awaited twice from each server (default: " + resolve.DefaultTimeout.String() + ")"},
		&urfave.IntFlag{Name: "dns-queries", Category: groupWorld, Usage: fmt.Sprintf("`N`: ask so many questions at a time (default: %d)", resolve.DefaultQueries)},
		&urfave.StringSliceFlag{Name: "zonedata", Category: groupWorld, Usage: "`FILE|DIR`: take these zones, which are not checked, and those that are for all the DNS there is; repeatable"},
	}
}

// serversOf reads the flags of worldFlags and returns who answers for names
// outside of a zone, in the order in which they are asked: beside is the zones
// of the run, nil if there is only one. l reads the zones of --zonedata. Which
// DNS servers failed is told when the run ends.
//
// The facts are those of further packs too.
func (a *app) serversOf(c *urfave.Context, l *loader, beside *neighbours, further ...*pack.Pack) ([]resolve.Server, error) {
	var servers []resolve.Server
	if beside != nil {
		servers = append(servers, beside)
	}
	live, err := dnsOptions(c)
	if err != nil {
		return nil, err
	}
	data := c.StringSlice("zonedata")
	switch {
	case live != nil && len(data) > 0:
		return nil, usagef("leave one of them out", "--zonedata is all the DNS there is, and --live asks for more")
	case len(data) > 0:
		zones, err := a.zoneData(c, l, data)
		if err != nil {
			return nil, err
		}
		return append(servers, resolve.NewWorld(zones)), nil
	case live != nil:
		// Before the facts: what the DNS says now is better than what was seen.
		a.dns = resolve.NewDNS(c.Context, *live)
		servers = append(servers, a.dns)
	}
	return append(servers, pinned(c, further)), nil
}

// pinned returns the server of what packs know of the DNS: those that are
// built in, further ones, and those of files that --pack names. A file that cannot be read is
// told where its records are asked for.
func pinned(c *urfave.Context, further []*pack.Pack) resolve.Server {
	packs := pack.Over(pack.Builtin(), further)
	for _, arg := range c.StringSlice("pack") {
		if p, err := pack.Named(arg); err == nil {
			packs = append(packs, p)
		} else if folder, err := pack.LoadFolder(arg); err == nil {
			packs = append(packs, folder...)
		}
	}
	return resolve.NewFacts(pack.Facts(packs))
}

// asksOutside reports whether the flags of worldFlags bring in the DNS or zones
// besides the one in question.
func asksOutside(c *urfave.Context) bool {
	return c.Bool("live") || len(c.StringSlice("resolver"))+len(c.StringSlice("zonedata")) > 0
}

// tellSilent says which DNS servers a run asked in vain.
func (a *app) tellSilent() {
	if a.dns == nil {
		return
	}
	for _, err := range a.dns.Failures() {
		a.complain("%v; what only it could tell stays open; check its address, or name another with --resolver", err)
	}
}

// dnsOptions reads the flags on the DNS; nil says that it is not to be asked.
func dnsOptions(c *urfave.Context) (*resolve.DNSOptions, error) {
	o := &resolve.DNSOptions{Timeout: c.Duration("dns-timeout"), Queries: c.Int("dns-queries")}
	for _, s := range c.StringSlice("resolver") {
		addr, err := resolverOf(s)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(o.Servers, addr) {
			o.Servers = append(o.Servers, addr)
		}
	}
	live := c.Bool("live") || len(o.Servers) > 0
	switch {
	case c.IsSet("live") && !c.Bool("live") && len(o.Servers) > 0:
		return nil, usagef("leave one of them out", "--resolver asks the DNS and --live=false does not")
	case c.IsSet("dns-timeout") && (o.Timeout < time.Millisecond || o.Timeout > time.Minute):
		return nil, usagef("give a time from 1ms to 1m, such as 500ms or 5s", "--dns-timeout %s", o.Timeout)
	case c.IsSet("dns-queries") && (o.Queries < 1 || o.Queries > maxQueries):
		return nil, usagef(fmt.Sprintf("give a number from 1 to %d", maxQueries), "--dns-queries %d", o.Queries)
	case !live && c.IsSet("dns-timeout"):
		return nil, usagef("add --live", "--dns-timeout has no meaning where the DNS is not asked")
	case !live && c.IsSet("dns-queries"):
		return nil, usagef("add --live", "--dns-queries has no meaning where the DNS is not asked")
	case !live:
		return nil, nil
	case len(o.Servers) == 0:
		var err error
		if o.Servers, err = systemResolvers(resolvConf); err != nil {
			return nil, usagef("name a DNS server with --resolver", "%v", err)
		}
	}
	return o, nil
}

// maxQueries bounds --dns-queries; each question holds a socket.
const maxQueries = 500

// errPort is for port 0 and for what is no number.
var errPort = errors.New("the port is not a number from 1 to 65535")

// resolverOf reads a value of --resolver.
func resolverOf(s string) (netip.AddrPort, error) {
	addr, err := parseResolver(s)
	if err != nil {
		return addr, usagef("give an IP address such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353", "--resolver %q: %v", s, err)
	}
	return addr, nil
}

// parseResolver reads an IP address with an optional port.
func parseResolver(s string) (netip.AddrPort, error) {
	bare := s
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		bare = s[1 : len(s)-1]
	}
	if a, err := netip.ParseAddr(bare); err == nil {
		return netip.AddrPortFrom(a, 53), nil
	}
	ap, err := netip.ParseAddrPort(s)
	if err != nil {
		return ap, errors.New("not an IP address")
	}
	if ap.Port() == 0 {
		return ap, errPort
	}
	return ap, nil
}

// resolvConf is where the system names its resolvers (resolv.conf(5)).
const resolvConf = "/etc/resolv.conf"

// maxSystem is how many resolvers of the system are asked, as in libc.
const maxSystem = 3

func systemResolvers(path string) ([]netip.AddrPort, error) {
	conf, err := dns.ClientConfigFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("the DNS servers of this system (%s) are not known: %s: %w", runtime.GOOS, path, cause(err))
	}
	var out []netip.AddrPort
	for _, s := range conf.Servers {
		if a, err := netip.ParseAddr(s); err == nil && len(out) < maxSystem {
			out = append(out, netip.AddrPortFrom(a, 53))
		}
	}
	if len(out) == 0 { // "If no nameserver entries are present, the default is to use the name server on the local machine."
		out = append(out, netip.MustParseAddrPort("127.0.0.1:53"))
	}
	return out, nil
}
