package mx

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

const neighbour = `$ORIGIN example.net.
$TTL 3600
@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ IN NS ns1
mx IN A 192.0.2.1
mx2 IN A 192.0.2.1
six IN AAAA 2001:db8::1
text IN TXT "no address"
alias IN CNAME alias2
alias2 IN CNAME mx
away IN CNAME mx.example.org.
lo IN A 127.0.0.1
sub IN NS ns.sub
`

// Hosts outside of the zone are judged by the zones that are given, and stay
// unknown where those do not know.
func TestServers(t *testing.T) {
	z, err := masterfile.Parse("example.net.zone", []byte(neighbour), masterfile.Options{})
	if err != nil || len(z.Problems) > 0 {
		t.Fatal(err, z.Problems)
	}
	near := resolve.NewZones([]*zone.Zone{z})
	world := resolve.NewWorld([]*zone.Zone{z})
	for _, c := range []struct {
		servers []resolve.Server
		src     string
		want    string
	}{
		{nil, "@ MX 10 gone.example.net.", ""},
		{[]resolve.Server{near}, "@ MX 10 gone.example.net.", `error mx-target-nx: The exchange gone.example.net. does not exist, so mail cannot be delivered to it. Correct the name, or ask the mail host for it.`},
		{[]resolve.Server{near}, "@ MX 10 text.example.net.", `error mx-target-nx: The exchange text.example.net. has neither an A nor an AAAA record, so mail cannot be delivered to it. Correct the name, or ask the mail host for it.`},
		{[]resolve.Server{near}, "@ MX 10 mx.example.net.", ""},
		{[]resolve.Server{near}, "@ MX 10 mx.example.org.", ""},
		{[]resolve.Server{near}, "@ MX 10 mx.sub.example.net.", ""},
		{[]resolve.Server{world}, "@ MX 10 mx.example.org.", `error mx-target-nx: The exchange mx.example.org. does not exist, so mail cannot be delivered to it. Correct the name, or ask the mail host for it.`},
		{[]resolve.Server{near}, "@ MX 10 alias.example.net.", `error mx-target-cname: The exchange alias.example.net. is a CNAME for alias2.example.net., but an MX must name a host that has addresses itself, or senders may refuse to deliver. Name the host.`},
		{[]resolve.Server{near}, "@ MX 10 away.example.net.", `error mx-target-cname: The exchange away.example.net. is a CNAME for mx.example.org., but an MX must name a host that has addresses itself, or senders may refuse to deliver. Name the host.`},
		{[]resolve.Server{near}, "@ MX 10 mail\nmail CNAME mx.example.net.", `error mx-target-cname: The exchange mail.example.com. is a CNAME for mx.example.net., but an MX must name a host that has addresses itself, or senders may refuse to deliver. Name the host.`},
		{[]resolve.Server{near}, "@ MX 10 lo.example.net.", `error mx-loopback: The exchange lo.example.net. has the address 127.0.0.1, the sender's own machine, so mail cannot be delivered to it. Give the public address of the mail server, or MX 0 . if there is no mail.`},
		{[]resolve.Server{near}, "@ MX 10 six.example.net.", `info mx-ipv6-only: No mail server of example.com. has an IPv4 address, so senders without IPv6 cannot deliver mail to it. Give one of them an A record.`},
		{[]resolve.Server{near}, "@ MX 10 six.example.net.\n@ MX 20 mx.example.org.", ""},
		{[]resolve.Server{near}, "@ MX 10 mx.example.net.\n@ MX 20 mx2.example.net.", `info mx-same-address: mx.example.net. and mx2.example.net. have the same address, 192.0.2.1: that is one mail server, not two. Give the second another address, or leave it out.`},
		{[]resolve.Server{world}, "@ MX 0 .", ""},
	} {
		z, err := masterfile.Parse("example.com.zone", []byte(rules.ExampleHeader+c.src+"\n"), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := rules.NewEngine(Rules(), rules.Options{Servers: c.servers})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range e.Run(z) {
			got = append(got, f.Severity.String()+" "+f.Rule.ID+": "+f.Message)
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.src, s, c.want)
		}
	}
}

// An alias within the zone is replaced by the host that a neighbour has behind
// it; an alias of the mail host's own is for the mail host to change.
func TestServersFix(t *testing.T) {
	z, err := masterfile.Parse("example.net.zone", []byte(neighbour), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for src, want := range map[string]string{
		"@ MX 10 mail\nmail CNAME alias.example.net.": "unsafe name mx.example.net. instead of its alias",
		"@ MX 10 alias.example.net.":                  "manual ask the mail host for the name of its server, which is mx.example.net. today",
		"@ MX 10 away.example.net.":                   "manual name the host behind the CNAME, if that has addresses of its own",
	} {
		own, err := masterfile.Parse("example.com.zone", []byte(rules.ExampleHeader+src+"\n"), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := rules.NewEngine(Rules(), rules.Options{Servers: []resolve.Server{resolve.NewZones([]*zone.Zone{z})}})
		if err != nil {
			t.Fatal(err)
		}
		fs := e.Run(own)
		if len(fs) != 1 || fs[0].Fix.Safety.String()+" "+fs[0].Fix.Description != want {
			t.Errorf("%s: %+v", src, fs)
		}
	}
}

func TestUnreachable(t *testing.T) {
	for a, want := range map[string]bool{
		"0.0.0.0": true, "0.255.255.255": true, "1.0.0.0": false, "9.255.255.255": false, "10.0.0.0": true, "10.255.255.255": true, "11.0.0.0": false,
		"100.63.255.255": false, "100.64.0.0": true, "100.127.255.255": true, "100.128.0.0": false, "127.255.255.255": true, "128.0.0.0": false,
		"169.253.255.255": false, "169.254.0.0": true, "169.255.0.0": false, "172.15.255.255": false, "172.16.0.0": true, "172.31.255.255": true, "172.32.0.0": false,
		"192.0.2.1": false, "192.167.255.255": false, "192.168.0.0": true, "192.169.0.0": false, "198.17.255.255": false, "198.18.0.0": true, "198.19.255.255": true, "198.20.0.0": false,
		"198.51.100.1": false, "203.0.113.1": false, "223.255.255.255": false, "224.0.0.0": true, "239.255.255.255": true, "240.0.0.0": true, "255.255.255.255": true,
		"::": true, "::1": true, "::2": false, "64:ff9b::1": false, "100::1": true, "100:0:0:1::": false, "2001:db8::1": false, "2606:4700::1": false,
		"fbff::": false, "fc00::": true, "fdff::1": true, "fe00::": false, "fe80::1": true, "febf::": true, "fec0::": false, "ff02::1": true, "::ffff:10.0.0.1": true, "::ffff:9.9.9.9": false,
	} {
		addr := netip.MustParseAddr(a)
		if got := unreachable(addr) != nil; got != want {
			t.Errorf("%s: %v", a, got)
		}
		if want && !oddAddress(string(addr.AsSlice())) {
			t.Errorf("%s is passed over", a)
		}
	}
}

func TestSeverities(t *testing.T) {
	for src, want := range map[string]string{
		"@ MX 10 a\na A 127.0.0.1":                                           "error mx-loopback",
		"@ MX 10 a\na A 127.0.0.1\na A 192.0.2.1":                            "warning mx-loopback",
		"@ MX 10 a\na A 10.0.0.1":                                            "",
		"@ MX 10 a\na A 10.0.0.1\n@ A 192.168.0.1":                           "",
		"@ MX 10 a\na A 10.0.0.1\n@ A 192.0.2.1":                             "warning mx-loopback",
		"@ MX 10 a\na A 10.0.0.1\n@ AAAA 2001:db8::1":                        "",
		"@ MX 10 a\na AAAA fd00::1\n@ AAAA 2001:db8::1":                      "info mx-ipv6-only, warning mx-loopback",
		"@ MX 10 a\na A 10.0.0.1\n@ A 192.168.0.1\n@ MX 20 b\nb A 192.0.2.1": "",
		"@ MX 10 a\na A 10.0.0.1\n@ MX 20 b\nb A 192.0.2.1":                  "warning mx-loopback",
		"@ MX 10 a\na A 10.0.0.1\na A 192.0.2.1":                             "warning mx-loopback",
		"@ MX 10 x.invalid.":                                                 "error mx-m365-invalid",
		"@ MX 10 x.invalid.\n@ MX 20 mx.example.net.":                        "warning mx-m365-invalid",
		"@ MX 10 x.msv1.invalid.\n@ MX 20 y.msv1.invalid.":                   "error mx-m365-invalid, error mx-m365-invalid",
	} {
		z, err := masterfile.Parse("example.com.zone", []byte(rules.ExampleHeader+src+"\n"), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range engine(t).Run(z) {
			got = append(got, f.Severity.String()+" "+f.Rule.ID)
		}
		slices.Sort(got)
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: got %q, want %q", src, s, want)
		}
	}
}
