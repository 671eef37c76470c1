package zone_test

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// at is a question and its answer: the status, and the wildcard it came from.
type at struct {
	name string
	typ  zone.Type
	want zone.Status
	wild string
}

func checkLookups(t *testing.T, z *zone.Zone, tests []at) {
	t.Helper()
	for _, tt := range tests {
		n, err := zone.ParseName(tt.name, example)
		if err != nil {
			t.Fatal(err)
		}
		a := z.Lookup(n, tt.typ)
		wild := ""
		if a.Wildcard != "" {
			wild = a.Wildcard.Relative(example)
		}
		if a.Status != tt.want || wild != tt.wild {
			t.Errorf("%s %s: status %d from %q, want %d from %q", n, tt.typ, a.Status, wild, tt.want, tt.wild)
		}
		want := tt.typ
		if tt.want == zone.Aliased {
			want = zone.TypeCNAME
		}
		if rs := a.Records(); (len(rs) > 0) != (tt.want == zone.Found || tt.want == zone.Aliased) || len(rs) > 0 && rs[0].Type != want {
			t.Errorf("%s %s: records %v", n, tt.typ, rs)
		}
		if a.Status.Absent() != (tt.want == zone.NoData || tt.want == zone.NameError) {
			t.Errorf("%s %s: absent", n, tt.typ)
		}
	}
}

func TestLookup(t *testing.T) {
	z := zoneOf(t,
		"@ SOA ns host 1 2 3 4 5", "@ NS ns", "@ MX 10 mail", "mail A 192.0.2.1", "www CNAME @", "a.b.c A 192.0.2.1",
		"sub NS ns.sub", "ns.sub A 192.0.2.1", "deep.sub NS ns.sub", "old DNAME new", "below.old A 192.0.2.1", "other.example.net. A 192.0.2.1",
	)
	checkLookups(t, z, []at{
		{"@", zone.TypeMX, zone.Found, ""},
		{"@", zone.TypeNS, zone.Found, ""},
		{"@", zone.TypeA, zone.NoData, ""},
		{"mail", zone.TypeA, zone.Found, ""},
		{"mail", zone.TypeAAAA, zone.NoData, ""},
		{"none", zone.TypeA, zone.NameError, ""},
		{"www", zone.TypeA, zone.Aliased, ""},
		{"www", zone.TypeCNAME, zone.Found, ""},
		{"x.www", zone.TypeA, zone.NameError, ""},
		// Delegations: the zone does not answer at or below them.
		{"sub", zone.TypeA, zone.Unknown, ""},
		{"sub", zone.TypeNS, zone.Unknown, ""},
		{"ns.sub", zone.TypeA, zone.Unknown, ""},
		{"x.deep.sub", zone.TypeA, zone.Unknown, ""},
		{"xsub", zone.TypeA, zone.NameError, ""},
		// DNAME: redirects what is below it, not itself.
		{"old", zone.TypeDNAME, zone.Found, ""},
		{"old", zone.TypeA, zone.NoData, ""},
		{"x.old", zone.TypeA, zone.Unknown, ""},
		{"below.old", zone.TypeA, zone.Unknown, ""},
		// Outside.
		{"example.net.", zone.TypeA, zone.Unknown, ""},
		{"other.example.net.", zone.TypeA, zone.Unknown, ""},
		{"com.", zone.TypeA, zone.Unknown, ""},
		{"myexample.com.", zone.TypeA, zone.Unknown, ""},
		{".", zone.TypeA, zone.Unknown, ""},
	})
	if z.Cuts() != 2 || z.Cut(child("x.deep.sub")) != child("sub") || z.Cut(child("sub")) != child("sub") || z.Cut(child("xsub")) != "" || z.Cut(example) != "" {
		t.Errorf("%d cuts, the one of x.deep.sub is %s", z.Cuts(), z.Cut(child("x.deep.sub")))
	}
}

// RFC 4592, section 2.2.1, is the source of most of these.
func TestLookupWildcard(t *testing.T) {
	z := zoneOf(t,
		"@ SOA ns host 1 2 3 4 5", "@ NS ns", "* TXT \"w\"", "* MX 10 host1", "sub.* TXT \"not a wildcard\"", "host1 A 192.0.2.1",
		"_ssh._tcp.host1 SRV 1 2 3 @", "_ssh._tcp.host2 SRV 1 2 3 @", "subdel NS ns", "*.alias CNAME host1", "*.cut NS ns",
	)
	checkLookups(t, z, []at{
		{"host3", zone.TypeMX, zone.Found, "*"},
		{"host3", zone.TypeA, zone.NoData, "*"},
		{"foo.bar", zone.TypeTXT, zone.Found, "*"},
		{"host1", zone.TypeMX, zone.NoData, ""},
		{"sub.*", zone.TypeMX, zone.NoData, ""},
		{"x.sub.*", zone.TypeMX, zone.NameError, ""},
		{"_telnet._tcp.host1", zone.TypeSRV, zone.NameError, ""},
		{"host.subdel", zone.TypeA, zone.Unknown, ""},
		{"ghost.*", zone.TypeMX, zone.NameError, ""},
		{"*", zone.TypeMX, zone.Found, ""},
		// Names that exist for what is below them (RFC 4592, section 2.2.2).
		{"host2", zone.TypeMX, zone.NoData, ""},
		{"_tcp.host1", zone.TypeMX, zone.NoData, ""},
		{"x.host2", zone.TypeMX, zone.NameError, ""},
		{"alias", zone.TypeMX, zone.NoData, ""},
		{"x.alias", zone.TypeMX, zone.Aliased, "*.alias"},
		{"x.y.alias", zone.TypeA, zone.Aliased, "*.alias"},
	})
}

// Without a wildcard nothing is gained by telling such names apart from those
// that do not exist, but both are absent.
func TestLookupEmptyNonTerminal(t *testing.T) {
	z := zoneOf(t, "@ SOA ns host 1 2 3 4 5", "a.b A 192.0.2.1")
	if s := z.Lookup(child("b"), zone.TypeA).Status; !s.Absent() {
		t.Errorf("status %d", s)
	}
}

// What a source that is not complete does not hold may still be there.
func TestLookupIncomplete(t *testing.T) {
	z := zoneOf(t, "@ SOA ns host 1 2 3 4 5", "a A 192.0.2.1", "w CNAME a", "*.x A 192.0.2.1")
	z.Complete = false
	checkLookups(t, z, []at{
		{"a", zone.TypeA, zone.Found, ""},
		{"a", zone.TypeMX, zone.Unknown, ""},
		{"none", zone.TypeA, zone.Unknown, ""},
		{"w", zone.TypeA, zone.Aliased, ""},
		{"y.x", zone.TypeA, zone.Found, "*.x"},
		{"y.x", zone.TypeMX, zone.Unknown, ""},
	})
}

// What an entry that could not be read may be is not absent.
func TestUnread(t *testing.T) {
	lost := func(ps ...zone.Problem) *zone.Zone {
		z := zoneOf(t, "@ SOA ns host 1 2 3 4 5", "a A 192.0.2.1", "* A 192.0.2.2")
		z.Problems = ps
		return z
	}
	z := lost(
		zone.Problem{Lost: true, Name: child("a"), Type: zone.TypeMX}, zone.Problem{Lost: true, Name: child("b")},
		zone.Problem{Lost: true, Type: zone.TypeSRV}, zone.Problem{Lost: true, Name: child("c"), Type: zone.TypeCNAME},
		zone.Problem{Name: child("d"), Type: zone.TypeTXT},
	)
	checkLookups(t, z, []at{
		{"a", zone.TypeA, zone.Found, ""},
		{"a", zone.TypeMX, zone.Unknown, ""},
		{"a", zone.TypeTXT, zone.NoData, ""},
		{"a", zone.TypeSRV, zone.Unknown, ""},
		{"b", zone.TypeA, zone.Unknown, ""},
		{"c", zone.TypeTXT, zone.Unknown, ""},
		{"d", zone.TypeTXT, zone.NoData, "*"},
		{"e", zone.TypeA, zone.Found, "*"},
		{"@", zone.TypeMX, zone.NoData, ""},
	})
	if !z.Unread(child("a"), zone.TypeMX) || z.Unread(child("a"), zone.TypeA) || !z.Unread(child("x"), zone.TypeSRV) || lost().Unread(child("a"), zone.TypeMX) {
		t.Error("unread")
	}
	if z := lost(zone.Problem{Lost: true}); !z.Unread(child("any"), zone.TypeA) {
		t.Error("what is not understood at all may be anything")
	}
}

func TestFilter(t *testing.T) {
	z := zoneOf(t, "a A 192.0.2.1", "b A 192.0.2.1", "a TXT \"x\"")
	got := zone.Filter(z.Records(), func(r zone.Record) bool { return r.Name == child("a") })
	if want := []string{"a A 192.0.2.1", `a TXT "x"`}; !slices.Equal(short(got), want) {
		t.Errorf("got %q", short(got))
	}
}
