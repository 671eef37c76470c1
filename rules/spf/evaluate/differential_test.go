package evaluate_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	oracle "blitiri.com.ar/go/spf"
	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules/spf/evaluate"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// stub answers the oracle from a zone.
type stub struct {
	zone *zone.Zone
}

var errNotFound = &net.DNSError{Err: "not found", IsNotFound: true}

func (s stub) lookup(domain string, t zone.Type) ([]zone.Record, error) {
	name, err := zone.ParseName(strings.TrimSuffix(domain, ".")+".", zone.Root)
	if err != nil {
		return nil, errNotFound
	}
	a := resolve.Lookup(s.zone, nil, name, t)
	if a.Status != zone.Found {
		return nil, errNotFound
	}
	// The DNS holds a record once (RFC 2181, section 5).
	slices.SortFunc(a.Records, zone.CompareRecords)
	return slices.CompactFunc(a.Records, zone.Record.Same), nil
}

func (s stub) LookupTXT(_ context.Context, name string) (out []string, err error) {
	records, err := s.lookup(name, zone.TypeTXT)
	for _, r := range records {
		out = append(out, r.Text())
	}
	return out, err
}

func (s stub) LookupMX(_ context.Context, name string) (out []*net.MX, err error) {
	records, err := s.lookup(name, zone.TypeMX)
	for _, r := range records {
		out = append(out, &net.MX{Host: r.Target().String(), Pref: r.Preference()})
	}
	return out, err
}

func (s stub) LookupIPAddr(_ context.Context, name string) (out []net.IPAddr, err error) {
	for _, t := range []zone.Type{zone.TypeA, zone.TypeAAAA} {
		records, err := s.lookup(name, t)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			out = append(out, net.IPAddr{IP: r.Addr().AsSlice()})
		}
	}
	return out, nil
}

func (s stub) LookupAddr(_ context.Context, addr string) (out []string, err error) {
	records, err := s.lookup(arpa(netip.MustParseAddr(addr)), zone.TypePTR)
	for _, r := range records {
		out = append(out, r.Target().String())
	}
	return out, err
}

// arpa returns the name that holds the PTR records of an address.
func arpa(ip netip.Addr) string {
	b := ip.AsSlice()
	out := ""
	for _, c := range b {
		if ip.Is4() {
			out = fmt.Sprintf("%d.", c) + out
		} else {
			out = fmt.Sprintf("%x.%x.", c&15, c>>4) + out
		}
	}
	if ip.Is4() {
		return out + "in-addr.arpa"
	}
	return out + "ip6.arpa"
}

var (
	hosts   = []string{"n0.example.com", "n1.example.com", "n2.example.com", "a.n2.example.com", "n4.example.net", "n5.example.net"}
	clients = []string{"192.0.2.1", "192.0.2.77", "198.51.100.1", "2001:db8::1", "2001:db8::8000:1"}
)

// drawTerm draws a term that both read alike.
func drawTerm(t *rapid.T) string {
	pick := func(list ...string) string { return rapid.SampledFrom(list).Draw(t, "of") }
	host := func() string {
		return pick(append(hosts, "%{d}", "%{o}", "none.example.com", "n%{h1}.example.com", "%{l1r-}.%{d2}", "%{v}.%{ir}.n1.example.com", "%{L}.example.net.")...)
	}
	target := func() string { return pick("", "", ":"+host()) }
	lengths := func() string { return pick("", "", "/24", "/0", "//64", "/32//0", "/28//96") }
	q := pick("", "", "+", "-", "~", "?")
	switch pick("all", "ip4", "ip6", "a", "a", "mx", "mx", "ptr", "exists", "include", "include", "include", "redirect", "other") {
	case "all":
		return q + "all"
	case "ip4":
		return q + "ip4:" + pick("192.0.2.0/26", "192.0.2.1", "198.51.100.0/24", "0.0.0.0/0", "203.0.113.1")
	case "ip6":
		return q + "ip6:" + pick("2001:db8::/97", "2001:db8::1", "::/0", "2001:db8:1::/48")
	case "a":
		return q + "a" + target() + lengths()
	case "mx":
		return q + "mx" + target() + lengths()
	case "ptr":
		return q + "ptr" + target()
	case "exists":
		return q + "exists:" + host()
	case "include":
		return q + "include:" + host()
	case "redirect":
		return "redirect=" + host()
	}
	return pick("x=%{d}%%", "y.z-1=", "exp=n1.example.com")
}

// drawWorld draws a DNS of a few names that point at each other.
func drawWorld(t *rapid.T) *zone.Zone {
	b := zone.NewBuilder(64)
	add := func(name string, typ zone.Type, data string) {
		b.Add(zone.Record{Name: zone.MustName(name), Type: typ, Class: zone.ClassIN, TTL: 60, Data: data})
	}
	for i, host := range hosts {
		name := zone.MustName(host)
		for range rapid.SampledFrom([]int{0, 1, 1, 1, 1, 1, 1, 2}).Draw(t, "records") {
			terms := rapid.SliceOfN(rapid.Custom(drawTerm), 0, 5).Draw(t, "terms")
			seen := map[string]bool{}
			text := "v=spf1"
			for _, term := range terms {
				if kind, _, _ := strings.Cut(term, "="); kind == "redirect" || kind == "exp" {
					if seen[kind] {
						continue
					}
					seen[kind] = true
				}
				text += " " + term
			}
			b.Add(zone.NewTXT(name, 60, text))
		}
		// Of both families or none: the oracle asks for both at once, so that to
		// it a name without those of one is no void lookup.
		if i != 3 && rapid.Bool().Draw(t, "addresses") {
			for _, ip := range []string{rapid.SampledFrom(clients[:3]).Draw(t, "a"), rapid.SampledFrom(clients[3:]).Draw(t, "aaaa")} {
				addr := netip.MustParseAddr(ip)
				typ := zone.TypeA
				if addr.Is6() {
					typ = zone.TypeAAAA
				}
				add(host, typ, string(addr.AsSlice()))
			}
		}
		for k := range rapid.SampledFrom([]int{0, 1, 2, 10, 11}).Draw(t, "mx") {
			b.Add(zone.NewMX(name, 60, uint16(k), zone.MustName(hosts[(i+k)%len(hosts)])))
		}
	}
	for _, ip := range clients {
		// Never none: to the oracle a second ptr that finds none is not void.
		for k := range rapid.IntRange(1, 3).Draw(t, "ptr") {
			b.Add(zone.NewName(zone.MustName(arpa(netip.MustParseAddr(ip))), zone.TypePTR, 60, zone.MustName(hosts[(k*2+1)%len(hosts)])))
		}
	}
	z := b.Zone(zone.Root)
	z.Complete = true
	return z
}

// An implementation of receivers gives the same results. It departs from RFC
// 7208 in ways that the worlds here do not meet: it looks for syntax errors only
// up to the term that matches, ignores exp, asks for A and AAAA records at once,
// takes %{p} for "unknown", drops the empty parts of a macro, counts the void
// PTR lookup of an address once, and fails for an MX host with a DNS error even
// if another one matches.
func TestDifferential(t *testing.T) {
	counts := map[evaluate.Result]int{}
	check := func(t *rapid.T) {
		z := drawWorld(t)
		ip := rapid.SampledFrom(append(clients, "::ffff:192.0.2.1")).Draw(t, "client")
		sender := rapid.SampledFrom([]string{"joe", "n1-n2", "a-b+c"}).Draw(t, "local") + "@" + rapid.SampledFrom(hosts).Draw(t, "domain")
		helo := rapid.SampledFrom([]string{"1", "x.2", "n4.example.net"}).Draw(t, "helo")
		v := evaluate.Evaluate(evaluate.Query{Zone: z, IP: netip.MustParseAddr(ip), Sender: sender, Helo: helo})
		want, why := oracle.CheckHostWithSender(net.ParseIP(ip), helo, sender, oracle.WithResolver(stub{z}))
		if v.Result.String() != string(want) {
			var zone strings.Builder
			for r := range z.Records() {
				zone.WriteString(r.String() + "\n")
			}
			t.Errorf("%s from %s: %s (%s)\nwant %s (%v)\n%s", sender, ip, v.Result, v.Reason, want, why, zone.String())
		}
		counts[v.Result]++
	}
	for range 10 {
		rapid.Check(t, check)
	}
	for _, r := range []evaluate.Result{evaluate.None, evaluate.Neutral, evaluate.Pass, evaluate.Fail, evaluate.SoftFail, evaluate.PermError} {
		if counts[r] == 0 {
			t.Errorf("no world gives %s: %v", r, counts)
		}
	}
	if counts[evaluate.Unknown]+counts[evaluate.TempError] > 0 {
		t.Errorf("%v", counts)
	}
	t.Log(counts)
}
