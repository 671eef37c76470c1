package mx

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func TestValidate(t *testing.T) {
	if err := rules.Validate(Rules()); err != nil {
		t.Error(err)
	}
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }

func TestExamples(t *testing.T) { ruletest.Examples(t, Rules()) }

func TestFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		upTo          rules.Safety
		changes, left []string
	}{
		{
			"alias", "@ IN MX 10 a\na IN CNAME b\nb IN CNAME c\nc IN A 192.0.2.1", rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 10 a.example.com.", "+example.com. 3600 IN MX 10 c.example.com."},
			nil,
		},
		{"alias not safely", "@ IN MX 10 a\na IN CNAME c\nc IN A 192.0.2.1", rules.Safe, nil, []string{"mx-target-cname"}},
		{"alias of a host that is named too", "@ IN MX 10 a\n@ IN MX 20 c\na IN CNAME c\nc IN A 192.0.2.1", rules.Unsafe, nil, []string{"mx-target-cname"}},
		{"alias that leads away", "@ IN MX 10 a\na IN CNAME c.example.net.", rules.Unsafe, nil, []string{"mx-target-cname"}},
		{"alias of a delegated name", "@ IN MX 10 a\na IN CNAME c.sub\nsub IN NS c.sub\nc.sub IN A 192.0.2.1", rules.Unsafe, nil, []string{"mx-target-cname"}},
		{
			"alias by a wildcard, to a wildcard", "@ IN MX 10 a\n* IN CNAME x.w\n*.w IN A 192.0.2.1", rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 10 a.example.com.", "+example.com. 3600 IN MX 10 x.w.example.com."},
			nil,
		},
		{
			"two aliases of one host", "@ IN MX 10 a\n@ IN MX 20 b\na IN CNAME c\nb IN CNAME c\nc IN A 192.0.2.1", rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 10 a.example.com.", "-example.com. 3600 IN MX 20 b.example.com.", "+example.com. 3600 IN MX 10 c.example.com."},
			nil,
		},
		{
			"null MX mixed", "@ IN MX 0 .\n@ IN MX 5 .\n@ IN MX 10 mx.example.net.", rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 0 .", "-example.com. 3600 IN MX 5 ."},
			nil,
		},
		{
			"null MX preference", "@ IN MX 10 .\n@ 300 IN MX 10 .", rules.Safe,
			[]string{"-example.com. 3600 IN MX 10 .", "-example.com. 300 IN MX 10 .", "+example.com. 3600 IN MX 0 .", "+example.com. 300 IN MX 0 ."},
			nil,
		},
		{
			"host twice", "@ IN MX 30 mx.example.net.\n@ IN MX 10 mx.example.net.\n@ IN MX 20 mx.example.net.", rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 30 mx.example.net.", "-example.com. 3600 IN MX 20 mx.example.net."},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+c.zone+"\n", Rules(), c.upTo)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	for _, c := range []struct{ name, zone, want string }{
		{"nothing", "www IN A 192.0.2.1", ""},
		{"address", "@ IN A 192.0.2.1", "warning mx-missing"},
		{"IPv6 address", "@ IN AAAA 2001:db8::1", "warning mx-missing"},
		{"SPF alone", `@ IN TXT "v=spf1 include:example.net -all"`, "info mx-missing"},
		{"SPF that refuses all", `@ IN TXT "v=spf1 -all"`, ""},
		{"address and SPF", "@ IN A 192.0.2.1\n@ IN TXT \"v=spf1 a -all\"", "warning mx-missing"},
		{"address and SPF that refuses all", "@ IN A 192.0.2.1\n@ IN TXT \"V=spf1  -all\"", "info mx-missing"},
		{"no SPF", "@ IN TXT \"v=spf2 -all\"\n@ IN TXT \"v=DMARC1\"", ""},
		{"MX", "@ IN A 192.0.2.1\n@ IN MX 10 mx.example.net.", ""},
		{"null MX", "@ IN A 192.0.2.1\n@ IN MX 0 .", ""},
		{"wildcard MX", "@ IN A 192.0.2.1\n* IN MX 0 .", "warning mx-missing"},
		{"CNAME", "@ IN CNAME www.example.net.", ""},
		{"CNAME and address", "@ IN CNAME www.example.net.\n@ IN A 192.0.2.1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range ruletest.Lint(t, "test.zone", rules.ExampleHeader+c.zone+"\n", Rules()) {
				got = append(got, f.Severity.String()+" "+f.Rule.ID)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

func TestMissingByApex(t *testing.T) {
	for apex, want := range map[string]bool{
		"example.com": true, "example.co.uk": true, "com": false, ".": false, "2.0.192.in-addr.arpa": false, "arpa": false,
	} {
		z, err := masterfile.Parse("test.zone", []byte("@ 3600 IN SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ 3600 IN A 192.0.2.1\n"), masterfile.Options{Origin: zone.MustName(apex)})
		if err != nil {
			t.Fatal(err)
		}
		e := engine(t)
		if got := len(e.Run(z)) == 1; got != want {
			t.Errorf("%s: got %v", apex, got)
		}
		z.Complete = false
		if fs := e.Run(z); len(fs) > 0 {
			t.Errorf("%s, incomplete: %v", apex, fs)
		}
	}
}

// A source that is not the whole zone does not prove that a host is missing,
// but what it holds can be judged.
func TestIncomplete(t *testing.T) {
	z, err := masterfile.Parse("test.zone", []byte(rules.ExampleHeader+`
@ IN MX 10 nowhere
@ IN MX 20 alias
alias IN CNAME host
@ IN MX 30 192.0.2.1
`), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	z.Complete = false
	if ids := ruletest.IDs(engine(t).Run(z)); !slices.Equal(ids, []string{"mx-target-cname", "mx-target-ip"}) {
		t.Errorf("%v", ids)
	}
}

// What is written in a message is checked here once for each kind of exchange.
func TestMessages(t *testing.T) {
	for record, want := range map[string]string{
		"@ IN MX 10 gone":         "gone.example.com. does not exist in the zone,",
		"@ IN MX 10 ns":           "ns.example.com. has neither an A nor an AAAA record,",
		"@ IN MX 10 a.w":          "a.w.example.com. has no records of its own and gets the CNAME of *.w.example.com. for ns.example.com.,",
		"@ IN MX 10 192.0.2.1":    "the IP address 192.0.2.1, but an MX takes a host name: it is read as the host 192.0.2.1.example.com., which does not exist",
		"@ IN MX 10 2001:DB8::1.": "the IP address 2001:db8::1, but",
		"w IN MX 10 192.0.2.1.z":  "192.0.2.1.z.example.com., which is hardly meant",
	} {
		fs := ruletest.Lint(t, "test.zone", rules.ExampleHeader+"ns IN TXT x\n*.w IN CNAME ns\n*.z IN A 192.0.2.1\n"+record+"\n", Rules())
		if len(fs) != 1 || !strings.Contains(fs[0].Message, want) {
			t.Errorf("%s: %+v", record, fs)
		}
	}
}

func TestLargeSet(t *testing.T) {
	e := engine(t)
	apex := zone.MustName("example.com")
	ruletest.Linear(t, 4000, func(size int) {
		b := zone.NewBuilder(size)
		for i := range size {
			host := zone.MustName(fmt.Sprintf("mx%d.example.net", i/2))
			b.Add(zone.NewMX(apex, 3600, uint16(i), host))
		}
		if n := len(e.Run(b.Zone(apex))); n != size/2 {
			t.Errorf("%d findings", n)
		}
	})
}

// Reverse zones are made of names that look like addresses.
func TestReverseZone(t *testing.T) {
	z, err := masterfile.Parse("test.zone", []byte("@ 3600 IN SOA ns.example.net. h.example.net. 1 2 3 4 5\n1 3600 IN MX 10 1.2.0.192\n"), masterfile.Options{Origin: zone.MustName("in-addr.arpa")})
	if err != nil {
		t.Fatal(err)
	}
	if ids := ruletest.IDs(engine(t).Run(z)); !slices.Equal(ids, []string{"mx-target-nx"}) {
		t.Errorf("%v", ids)
	}
}

func engine(t *testing.T) *rules.Engine {
	t.Helper()
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
