// Package propagation asks the name servers of a zone, each of them, whether
// they answer with what a run has made at a provider.
//
// Between the provider and those who send mail stand the servers that are named
// in the NS records of the zone: they may be secondaries that get the zone some
// time later, or never.
package propagation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// Server is one address of a name server.
type Server struct {
	Name zone.Name
	Addr netip.AddrPort
}

// String names the server, with the port if that is not 53.
func (s Server) String() string {
	addr := s.Addr.String()
	if s.Addr.Port() == 53 {
		addr = s.Addr.Addr().String()
	}
	return fmt.Sprintf("%s (%s)", s.Name, addr)
}

// maxServers bounds what a delegation can make us ask.
const maxServers = 100

// ErrNoServers: the name servers of the zone are not known.
var ErrNoServers = errors.New("the name servers of the zone are not known")

// Find returns the name servers of the zone at all of their addresses, in the
// order of names and addresses, as the DNS has them; port is theirs, and 0 is 53.
// Notes name those of which not all addresses are known. The error wraps
// ErrNoServers.
func Find(z zone.Name, world resolve.Server, port uint16) (servers []Server, notes []string, err error) {
	if port == 0 {
		port = 53
	}
	fail := func(format string, args ...any) ([]Server, []string, error) {
		return nil, nil, fmt.Errorf("%w: %w", ErrNoServers, fmt.Errorf(format, args...))
	}
	ask := func(name zone.Name, t zone.Type) (resolve.Answer, error) {
		a := resolve.Lookup(nil, []resolve.Server{world}, name, t)
		if a.Status != zone.Unknown {
			return a, nil
		}
		if a.Err == nil {
			a.Err = errors.New("nobody knows")
		}
		return a, fmt.Errorf("%s %s: %w", name, t, a.Err)
	}
	ns, err := ask(z, zone.TypeNS)
	switch {
	case err != nil:
		return fail("%w", err)
	case ns.Status != zone.Found || len(ns.Aliases) > 0:
		return fail("the DNS has no zone %s; is it delegated to the provider?", z)
	}
	var names []zone.Name
	for _, r := range ns.Records {
		names = append(names, r.Target())
	}
	slices.SortFunc(names, zone.CompareNames)
	for _, name := range slices.Compact(names) {
		var addrs []netip.Addr
		var unknown error
		for _, t := range []zone.Type{zone.TypeA, zone.TypeAAAA} {
			a, err := ask(name, t)
			unknown = cmp.Or(unknown, err)
			for _, r := range a.Records {
				addrs = append(addrs, r.Addr())
			}
		}
		switch {
		case unknown != nil && len(addrs) == 0:
			return fail("%w", unknown)
		case unknown != nil:
			notes = append(notes, fmt.Sprintf("the name server %s may have further addresses (%v)", name, unknown))
		case len(addrs) == 0:
			notes = append(notes, fmt.Sprintf("the name server %s has no address", name))
		}
		slices.SortFunc(addrs, netip.Addr.Compare)
		for _, a := range slices.Compact(addrs) {
			servers = append(servers, Server{name, netip.AddrPortFrom(a, port)})
		}
		if len(servers) > maxServers {
			return fail("it has more than %d addresses of name servers", maxServers)
		}
	}
	if len(servers) == 0 {
		return fail("none of its name servers has an address")
	}
	return servers, notes, nil
}

// RRset is what is to be answered for a name and type; without Records there is
// to be none.
type RRset struct {
	Key     zone.Key
	Records []zone.Record
	ttl     bool // the change is one of the TTL, so that it counts
}

// Expect returns what the servers answer for the RRsets of a plan once they have
// the zone as it was read after it, wildcards and aliases minded. open are those
// of which that cannot be told, since the provider's servers answer with
// something of their own, or another zone does.
func Expect(after *providers.Snapshot, plan *providers.Plan) (want []RRset, open []zone.Key) {
	z := after.Zone()
	for _, c := range plan.RRsets {
		reply := resolve.Ask(z, c.Key.Name, c.Key.Type)
		if reply.Status == zone.Unknown || masked(after, c.Key) {
			open = append(open, c.Key)
			continue
		}
		s := RRset{Key: c.Key, ttl: onlyTTL(c)}
		if reply.Status == zone.Found {
			s.Records = reply.Records
		}
		want = append(want, s)
	}
	return want, open
}

// masked reports whether something at the name is answered for with something
// else.
func masked(s *providers.Snapshot, k zone.Key) bool {
	return slices.ContainsFunc(s.Items, func(it providers.Item) bool {
		return it.Masked && it.Record.Name == k.Name && (it.Record.Type == k.Type || it.Record.Type == zone.TypeCNAME)
	})
}

// onlyTTL reports whether the records are the same before and after, but for
// their TTL.
func onlyTTL(c providers.RRsetChange) bool {
	records := func(items []providers.Item) []zone.Record {
		var out []zone.Record
		for _, it := range items {
			out = append(out, it.Record)
		}
		return out
	}
	return same(records(c.Before), records(c.After), false)
}

// same reports whether two RRsets hold the same records; the TTL counts only if
// it is asked for, since providers round them.
func same(a, b []zone.Record, ttl bool) bool {
	if len(a) != len(b) {
		return false
	}
	left := slices.Clone(b)
	for _, r := range a {
		i := slices.IndexFunc(left, func(o zone.Record) bool {
			r.Name = o.Name // a wildcard's, in what is expected
			return providers.SameRecord(r, o) && (!ttl || r.TTL == o.TTL)
		})
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}

// served asks a server for an RRset and says in what its answer differs; "" if
// in nothing.
func (s RRset) served(ctx context.Context, a *resolve.Authority) (string, error) {
	got, err := a.Query(ctx, s.Key.Name, s.Key.Type)
	if err != nil || same(s.Records, got, s.ttl) {
		return "", err
	}
	return fmt.Sprintf("%s %s is %s", s.Key.Name, s.Key.Type, words(got)), nil
}

// words tells records, as many as are of use on a screen.
func words(rs []zone.Record) string {
	const most, width = 3, 100
	if len(rs) == 0 {
		return "not there"
	}
	text := ""
	for i, r := range rs[:min(most, len(rs))] {
		data := r.RData()
		if len(data) > width {
			data = data[:width-3] + "..."
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", r.TTL, data)
	}
	if more := len(rs) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
