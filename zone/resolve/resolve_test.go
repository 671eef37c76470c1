package resolve_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// parse reads a zone whose SOA record is given by its origin alone.
func parse(t *testing.T, origin, text string) *zone.Zone {
	t.Helper()
	head := "$ORIGIN " + origin + "\n$TTL 60\n@ SOA ns.invalid. hm.invalid. 1 2 3 4 5\n@ NS ns.invalid.\n"
	z, err := masterfile.Parse("test.zone", []byte(head+text), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

var statusNames = map[zone.Status]string{
	zone.Unknown: "unknown", zone.Found: "found", zone.Aliased: "aliased", zone.NoData: "no data", zone.NameError: "name error",
}

var fromNames = map[resolve.Origin]string{
	resolve.Nowhere: "nowhere", resolve.Itself: "itself", resolve.Neighbour: "neighbour", resolve.Pinned: "pinned", resolve.Live: "live",
}

// told writes an answer on a line: the status, who says it, how many records,
// the name it is about, and the aliases that led there.
func told(a resolve.Answer) string {
	s := fmt.Sprintf("%s %s %d %s", statusNames[a.Status], fromNames[a.From], len(a.Records), a.Name)
	for _, n := range a.Aliases {
		s += " <" + n.String()
	}
	return s
}

const checked = `
@       MX 10 mail
mail    A 192.0.2.1
www     CNAME mail
out     CNAME host.example.net.
far     CNAME a.example.org.
loop1   CNAME loop2
loop2   CNAME loop3.example.net.
self    CNAME self
deep.ent A 192.0.2.2
*.wild  A 192.0.2.3
*.wild  MX 5 mail
sub.wild TXT "x"
*.alias CNAME mail
child   NS ns.child
ns.child A 192.0.2.4
lame    NS ns.invalid.
moved   DNAME example.net.
long    DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.example.net.
dangling CNAME nothing.example.net.
`

func TestLookup(t *testing.T) {
	z := parse(t, "example.com.", checked)
	beside := resolve.NewZones([]*zone.Zone{
		parse(t, "example.net.", "host A 192.0.2.9\nloop3 CNAME loop1.example.com.\nback CNAME www.example.com.\n"),
		parse(t, "child.example.com.", "mx A 192.0.2.5\n"),
		parse(t, "example.net.", "host A 192.0.2.99\nhost A 192.0.2.98\nmore A 192.0.2.1\n"), // not served: the second of its name
	})
	for _, tt := range []struct {
		name, typ, want string
		err             error
	}{
		{"mail.example.com", "A", "found itself 1 mail.example.com.", nil},
		{"example.com", "MX", "found itself 1 example.com.", nil},
		{"mail.example.com", "AAAA", "no data itself 0 mail.example.com.", nil},
		{"nothing.example.com", "A", "name error itself 0 nothing.example.com.", nil},
		{"www.example.com", "A", "found itself 1 mail.example.com. <www.example.com.", nil},
		{"www.example.com", "CNAME", "found itself 1 www.example.com.", nil},
		{"www.example.com", "MX", "no data itself 0 mail.example.com. <www.example.com.", nil},

		// Empty non-terminals exist, RFC 4592, section 2.2.2.
		{"deep.ent.example.com", "A", "found itself 1 deep.ent.example.com.", nil},
		{"ent.example.com", "A", "no data itself 0 ent.example.com.", nil},

		// Wildcards, RFC 4592, section 3.3.
		{"x.wild.example.com", "A", "found itself 1 x.wild.example.com.", nil},
		{"y.x.wild.example.com", "MX", "found itself 1 y.x.wild.example.com.", nil},
		{"x.wild.example.com", "TXT", "no data itself 0 x.wild.example.com.", nil},
		{"sub.wild.example.com", "A", "no data itself 0 sub.wild.example.com.", nil},
		{"x.sub.wild.example.com", "A", "name error itself 0 x.sub.wild.example.com.", nil},
		{"wild.example.com", "A", "no data itself 0 wild.example.com.", nil},
		{"q.alias.example.com", "A", "found itself 1 mail.example.com. <q.alias.example.com.", nil},

		// From zone to zone and back.
		{"out.example.com", "A", "found neighbour 1 host.example.net. <out.example.com.", nil},
		{"dangling.example.com", "A", "name error neighbour 0 nothing.example.net. <dangling.example.com.", nil},
		{"host.example.net", "TXT", "no data neighbour 0 host.example.net.", nil},
		{"more.example.net", "A", "name error neighbour 0 more.example.net.", nil},
		{"back.example.net", "A", "found itself 1 mail.example.com. <back.example.net. <www.example.com.", nil},
		{"far.example.com", "A", "unknown nowhere 0 a.example.org. <far.example.com.", nil},
		{"example.org", "A", "unknown nowhere 0 example.org.", nil},
		{"com", "A", "unknown nowhere 0 com.", nil},
		{"xexample.net", "A", "unknown nowhere 0 xexample.net.", nil},

		// Delegations: to a zone that is given, and to one that is not.
		{"mx.child.example.com", "A", "found neighbour 1 mx.child.example.com.", nil},
		{"ns.child.example.com", "A", "name error neighbour 0 ns.child.example.com.", nil}, // glue is no answer
		{"mx.lame.example.com", "A", "unknown nowhere 0 mx.lame.example.com.", nil},

		// DNAME, RFC 6672.
		{"host.moved.example.com", "A", "found neighbour 1 host.example.net. <host.moved.example.com.", nil},
		{"no.moved.example.com", "A", "name error neighbour 0 no.example.net. <no.moved.example.com.", nil},
		{"moved.example.com", "A", "no data itself 0 moved.example.com.", nil},
		{strings.Repeat("d", 60) + "." + strings.Repeat("e", 60) + ".long.example.com", "A", "unknown itself 0 " + strings.Repeat("d", 60) + "." + strings.Repeat("e", 60) + ".long.example.com.", nil},

		{"self.example.com", "A", "unknown itself 0 self.example.com. <self.example.com.", resolve.ErrLoop},
		{"loop1.example.com", "A", "unknown neighbour 0 loop3.example.net. <loop1.example.com. <loop2.example.com. <loop3.example.net.", resolve.ErrLoop},
	} {
		typ, _ := zone.ParseType(tt.typ)
		a := resolve.Lookup(z, []resolve.Server{beside}, zone.MustName(tt.name), typ)
		if got := told(a); got != tt.want {
			t.Errorf("%s %s:\n got %s\nwant %s", tt.name, tt.typ, got, tt.want)
		}
		if tt.err != nil && !errors.Is(a.Err, tt.err) {
			t.Errorf("%s %s: error %v, want %v", tt.name, tt.typ, a.Err, tt.err)
		}
	}
}

// Sixteen CNAME records in a row are followed, more are not.
func TestLongChain(t *testing.T) {
	var b strings.Builder
	for i := range 17 {
		fmt.Fprintf(&b, "c%d CNAME c%d\n", i, i+1)
	}
	b.WriteString("c17 A 192.0.2.1\n")
	z := parse(t, "example.com.", b.String())
	for name, want := range map[string]error{"c0.example.com": resolve.ErrLong, "c1.example.com": resolve.ErrLong, "c2.example.com": nil} {
		a := resolve.Lookup(z, nil, zone.MustName(name), zone.TypeA)
		if !errors.Is(a.Err, want) || (a.Status == zone.Found) != (want == nil) {
			t.Errorf("%s: %s, error %v, want %v", name, told(a), a.Err, want)
		}
	}
}

// A zone that could not be read as a whole has no say on what is missing, and
// nobody else has either.
func TestIncomplete(t *testing.T) {
	z := parse(t, "example.com.", "mail A 192.0.2.1\nbad A 192.0.2\n")
	other := resolve.NewWorld(nil)
	for name, want := range map[string]string{
		"mail.example.com": "found itself 1 mail.example.com.",
		"bad.example.com":  "unknown itself 0 bad.example.com.",
		"no.example.com":   "name error itself 0 no.example.com.",
		"example.org":      "name error neighbour 0 example.org.",
	} {
		if got := told(resolve.Lookup(z, []resolve.Server{other}, zone.MustName(name), zone.TypeA)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	// As a neighbour it is silent in the same way.
	servers := []resolve.Server{resolve.NewZones([]*zone.Zone{z}), other}
	if got, want := told(resolve.Lookup(nil, servers, zone.MustName("bad.example.com"), zone.TypeA)), "unknown neighbour 0 bad.example.com."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Outside of the zones of a world there is nothing; what they delegate to zones
// that nobody has is lame, which is no proof of absence.
func TestWorld(t *testing.T) {
	w := resolve.NewWorld([]*zone.Zone{parse(t, "example.com.", "www CNAME web.example.net.\nlame NS ns.invalid.\n")})
	for name, want := range map[string]string{
		"example.com":        "no data neighbour 0 example.com.",
		"com":                "no data neighbour 0 com.",
		".":                  "no data neighbour 0 .",
		"org":                "name error neighbour 0 org.",
		"www.example.com":    "name error neighbour 0 web.example.net. <www.example.com.",
		"x.example.org":      "name error neighbour 0 x.example.org.",
		"a.lame.example.com": "unknown nowhere 0 a.lame.example.com.",
	} {
		if got := told(resolve.Lookup(nil, []resolve.Server{w}, zone.MustName(name), zone.TypeA)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestFacts(t *testing.T) {
	name := zone.MustName
	f := resolve.NewFacts([]resolve.Fact{
		{Name: name("spf.example.net"), Type: zone.TypeTXT, Data: []string{zone.TextData("v=spf1 -all"), zone.TextData("b"), zone.TextData("b")}, Date: "2026-11-20"},
		{Name: name("spf.example.net"), Type: zone.TypeTXT, Data: []string{zone.TextData("v=spf1 ?all")}, Date: "2025-01-01"},
		{Name: name("new.example.net"), Type: zone.TypeTXT, Data: []string{zone.TextData("old")}, Date: "2025-01-01"},
		{Name: name("new.example.net"), Type: zone.TypeTXT, Data: []string{zone.TextData("1"), zone.TextData("2"), zone.TextData("3")}, Date: "2026-01-01"},
		{Name: name("alias.example.net"), Type: zone.TypeCNAME, Data: []string{string(name("spf.example.net"))}, Date: "2026-11-19"},
		{Name: name("nomx.example.net"), Type: zone.TypeMX, Status: zone.NoData, Date: "2026-11-18"},
		{Name: name("gone.example.net"), Status: zone.NameError, Date: "2026-11-17"},
		{Name: name("empty.example.net"), Type: zone.TypeA},
	})
	for _, tt := range []struct{ name, typ, want, date string }{
		{"spf.example.net", "TXT", "found pinned 2 spf.example.net.", "2026-11-20"},
		{"new.example.net", "TXT", "found pinned 3 new.example.net.", "2026-01-01"},
		{"spf.example.net", "A", "unknown nowhere 0 spf.example.net.", ""}, // nothing is said of it
		{"x.spf.example.net", "TXT", "unknown nowhere 0 x.spf.example.net.", ""},
		{"alias.example.net", "TXT", "found pinned 2 spf.example.net. <alias.example.net.", "2026-11-20"},
		{"nomx.example.net", "MX", "no data pinned 0 nomx.example.net.", "2026-11-18"},
		{"nomx.example.net", "A", "unknown nowhere 0 nomx.example.net.", ""},
		{"gone.example.net", "AAAA", "name error pinned 0 gone.example.net.", "2026-11-17"},
		{"empty.example.net", "A", "unknown nowhere 0 empty.example.net.", ""},
	} {
		typ, _ := zone.ParseType(tt.typ)
		a := resolve.Lookup(nil, []resolve.Server{f}, name(tt.name), typ)
		if got := told(a); got != tt.want || a.Date != tt.date {
			t.Errorf("%s %s: %s (%s), want %s (%s)", tt.name, tt.typ, got, a.Date, tt.want, tt.date)
		}
	}
	// The zone itself and its neighbours come first.
	z := parse(t, "example.net.", "spf TXT \"v=spf1 a -all\"\n")
	a := resolve.Lookup(z, []resolve.Server{f}, name("spf.example.net"), zone.TypeTXT)
	if got, want := told(a), "found itself 1 spf.example.net."; got != want || a.Date != "" {
		t.Errorf("%s (%s), want %s", got, a.Date, want)
	}
}
