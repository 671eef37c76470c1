package zone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
)

// zoneOf makes a complete zone of example.com of records written as
// "owner type data", relative to it.
func zoneOf(t *testing.T, lines ...string) *zone.Zone {
	t.Helper()
	b := zone.NewBuilder(0)
	for _, l := range lines {
		b.Add(below(t, l))
	}
	z := b.Zone(example)
	z.Complete = true
	return z
}

// below reads a record of example.com.
func below(t *testing.T, line string) zone.Record {
	t.Helper()
	f := strings.SplitN(line, " ", 3)
	return record(t, "$ORIGIN example.com.\n"+f[0]+" 3600 IN "+f[1]+" "+f[2])
}

func child(labels string) zone.Name {
	n, err := zone.ParseName(labels, example)
	if err != nil {
		panic(err)
	}
	return n
}

// short writes records as zoneOf reads them.
func short(rs []zone.Record) []string {
	var out []string
	for _, r := range rs {
		out = append(out, fmt.Sprintf("%s %s %s", r.Name.Relative(example), r.Type, strings.Join(r.FieldsUnder(example), " ")))
	}
	return out
}

func TestZoneIndex(t *testing.T) {
	all := []string{
		"@ SOA ns host 1 2 3 4 5", "@ NS ns", "@ MX 10 mail", "mail A 192.0.2.1", "@ MX 20 mail2", "mail AAAA 2001:db8::1",
		"www CNAME @", "mail A 192.0.2.2", `@ TXT "a"`, "_sip._tcp SRV 1 2 3 mail", `@ CAA 0 issue "x"`, `odd TYPE65280 \# 1 00`, `odd TYPE65281 \# 1 00`, `odd TYPE65280 \# 1 01`,
	}
	z := zoneOf(t, all...)
	if z.Len() != len(all) || z.NumNodes() != 5 || z.Apex != example || z.Class != zone.ClassIN {
		t.Errorf("%d records at %d owners of %s", z.Len(), z.NumNodes(), z.Apex)
	}
	if got := short(slices.Collect(z.Records())); !slices.Equal(got, all) {
		t.Errorf("records %q", got)
	}
	var owners []string
	for n := range z.Nodes() {
		owners = append(owners, n.Name().Relative(example))
	}
	if want := []string{"@", "mail", "www", "_sip._tcp", "odd"}; !slices.Equal(owners, want) {
		t.Errorf("owners %q", owners)
	}
	for typ, want := range map[zone.Type][]string{
		zone.TypeMX: {"@ MX 10 mail", "@ MX 20 mail2"}, zone.TypeA: {"mail A 192.0.2.1", "mail A 192.0.2.2"}, zone.TypePTR: nil,
		65280: {`odd TYPE65280 \# 1 00`, `odd TYPE65280 \# 1 01`},
	} {
		if got := short(slices.Collect(z.OfType(typ))); !slices.Equal(got, want) {
			t.Errorf("of type %s: %q", typ, got)
		}
		var inSets []string
		for s := range z.RRsetsOf(typ) {
			if s.Type != typ || s.Name != s.Records[0].Name {
				t.Errorf("RRset %+v", s)
			}
			inSets = append(inSets, short(s.Records)...)
		}
		if !slices.Equal(inSets, want) {
			t.Errorf("RRsets of type %s: %q", typ, inSets)
		}
		n := 0
		for node := range z.NodesOf(typ) {
			if !node.Has(typ) {
				t.Errorf("%s has no %s", node.Name(), typ)
			}
			if got := short(slices.Collect(node.Of(typ))); !slices.Equal(got, want) {
				t.Errorf("%s of type %s: %q", node.Name(), typ, got)
			}
			n++
		}
		if n != min(len(want), 1) {
			t.Errorf("%d owners of type %s", n, typ)
		}
	}
	if got := short(z.RRset(child("mail"), zone.TypeA)); !slices.Equal(got, []string{"mail A 192.0.2.1", "mail A 192.0.2.2"}) {
		t.Errorf("RRset %q", got)
	}
	if z.RRset(child("none"), zone.TypeA) != nil || z.RRset(child("www"), zone.TypeA) != nil || z.RRset(child("tcp"), zone.TypeSRV) != nil {
		t.Error("an RRset of what is not there")
	}
}

func TestNode(t *testing.T) {
	z := zoneOf(t, "@ SOA ns host 1 2 3 4 5", "@ MX 10 a", "@ MX 20 b", `@ CAA 0 issue "x"`, "a A 192.0.2.1", "a TLSA 3 1 1 aa", `a TYPE65280 \# 0`, `b TYPE65280 \# 0`)
	apex, _ := z.Node(example)
	a, _ := z.Node(child("a"))
	b, _ := z.Node(child("b"))
	if _, ok := z.Node(child("c")); ok {
		t.Error("a node of an owner that has no records")
	}
	if _, ok := z.Node("\x01A\x07example\x03com\x00"); ok {
		t.Error("names are in lower case")
	}
	for _, tt := range []struct {
		n    zone.Node
		typ  zone.Type
		want bool
	}{
		{apex, zone.TypeMX, true},
		{apex, zone.TypeCAA, true},
		{apex, zone.TypeA, false},
		{apex, 65280, false},
		{a, zone.TypeA, true},
		{a, zone.TypeTLSA, true},
		{a, 65280, true},
		{a, 65281, false},
		{b, zone.TypeTLSA, false},
		{b, 65280, true},
	} {
		if tt.n.Has(tt.typ) != tt.want {
			t.Errorf("%s has %s: %v", tt.n.Name(), tt.typ, !tt.want)
		}
		if got := tt.n.RRset(tt.typ); (got != nil) != tt.want {
			t.Errorf("%s %s: %v", tt.n.Name(), tt.typ, got)
		}
	}
	if !apex.Multi() || a.Types() != 2 || apex.Types() != 3 || b.Multi() {
		t.Errorf("multi %v %v, types %d %d", apex.Multi(), b.Multi(), a.Types(), apex.Types())
	}
	for _, tt := range []struct {
		n    zone.Node
		but  []zone.Type
		want bool
	}{
		{apex, []zone.Type{zone.TypeSOA, zone.TypeMX, zone.TypeCAA}, false},
		{apex, []zone.Type{zone.TypeSOA, zone.TypeMX}, true},
		{apex, nil, true},
		{a, []zone.Type{zone.TypeA, zone.TypeTLSA}, true},
		{a, []zone.Type{zone.TypeA, zone.TypeTLSA, 65280}, false},
		{b, []zone.Type{zone.TypeA}, true},
		{b, []zone.Type{65281}, true},
		{b, []zone.Type{65280}, false},
	} {
		if got := tt.n.HasOther(tt.but...); got != tt.want {
			t.Errorf("%s has others than %v: %v", tt.n.Name(), tt.but, got)
		}
	}
	var got []zone.Record
	for r := range a.Records() {
		got = append(got, r)
	}
	if want := []string{"a A 192.0.2.1", "a TLSA 3 1 1 aa", `a TYPE65280 \# 0`}; !slices.Equal(short(got), want) {
		t.Errorf("got %q", short(got))
	}
}

func TestEmptyZone(t *testing.T) {
	z := zone.NewBuilder(0).Zone(example)
	if z.Len() != 0 || z.NumNodes() != 0 || z.Complete || len(slices.Collect(z.Records())) != 0 || z.Cuts() != 0 {
		t.Error("an empty zone is not empty")
	}
	if _, ok := z.Node(example); ok || z.RRset(example, zone.TypeA) != nil || z.Lookup(example, zone.TypeA).Status != zone.Unknown {
		t.Error("an empty zone knows something")
	}
	if new(zone.Zone).Len() != 0 {
		t.Error("the zero zone is not empty")
	}
	if _, ok := new(zone.Zone).Node(example); ok {
		t.Error("the zero zone has a node")
	}
}

// Iteration may be stopped anywhere.
func TestStop(t *testing.T) {
	z := zoneOf(t, "@ MX 10 a", "@ MX 20 b", "a A 192.0.2.1", "b A 192.0.2.1")
	n := 0
	for range z.Records() {
		n++
		break
	}
	for range z.OfType(zone.TypeA) {
		n++
		break
	}
	for range z.OfTypeAt(zone.TypeA, func(zone.Name) bool { return true }) {
		n++
		break
	}
	for range z.RRsetsOf(zone.TypeA) {
		n++
		break
	}
	for range z.NodesOf(zone.TypeA) {
		n++
		break
	}
	for node := range z.Nodes() {
		for range node.Records() {
			n++
			break
		}
		for range node.Of(zone.TypeMX) {
			n++
			break
		}
		break
	}
	if n != 7 {
		t.Errorf("%d turns", n)
	}
}

// The index holds what was put in, whatever room was made.
func TestManyOwners(t *testing.T) {
	const owners = 100_000
	for _, room := range []int{0, 10, owners, 3 * owners} {
		b := zone.NewBuilder(room)
		for i := range owners {
			name := child(fmt.Sprintf("n%d", i))
			b.Add(zone.NewMX(name, 60, uint16(i), name))
			if i%10 == 0 {
				b.Add(zone.NewTXT(child(fmt.Sprintf("n%d", i/2)), 60, fmt.Sprint(i)))
			}
		}
		z := b.Zone(example)
		if z.NumNodes() != owners || z.Len() != owners+owners/10 {
			t.Fatalf("%d records at %d owners", z.Len(), z.NumNodes())
		}
		for i := range owners {
			name := child(fmt.Sprintf("n%d", i))
			rs := z.RRset(name, zone.TypeMX)
			if len(rs) != 1 || rs[0].Preference() != uint16(i) || rs[0].Target() != name {
				t.Fatalf("%s: %v", name, rs)
			}
			if txt := z.RRset(name, zone.TypeTXT); (len(txt) == 1) != (i%5 == 0 && i < owners/2) {
				t.Fatalf("%s: %v", name, txt)
			}
		}
		if _, ok := z.Node(child(fmt.Sprintf("n%d", owners))); ok {
			t.Error("a node that is not there")
		}
	}
}

// zones draws records of few owners and types, so that they meet.
func zones() *rapid.Generator[[]zone.Record] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) zone.Record {
		types := []zone.Type{zone.TypeA, zone.TypeMX, zone.TypeTXT, zone.TypeCAA, zone.TypeTLSA, 65280, 65281}
		name := rapid.SampledFrom([]string{"@", "a", "b", "a.b", "*", "*.a", "c.d.e"}).Draw(t, "owner")
		return zone.Record{
			Name: child(name), Type: rapid.SampledFrom(types).Draw(t, "type"), Class: zone.ClassIN,
			TTL: uint32(rapid.IntRange(1, 2).Draw(t, "ttl")), Data: rapid.StringN(0, 2, -1).Draw(t, "data"),
			Notes: zone.Notes(rapid.IntRange(0, 3).Draw(t, "notes")),
		}
	}), 0, 30)
}

func TestIndexHoldsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := zones().Draw(t, "records")
		b := zone.NewBuilder(rapid.IntRange(0, 40).Draw(t, "room"))
		for _, r := range rs {
			b.Add(r)
		}
		z := b.Zone(example)
		if got := slices.Collect(z.Records()); !slices.Equal(got, rs) {
			t.Fatalf("got %v, want %v", got, rs)
		}
		seen := 0
		for n := range z.Nodes() {
			want := slices.DeleteFunc(slices.Clone(rs), func(r zone.Record) bool { return r.Name != n.Name() })
			if got := slices.Collect(n.Records()); !slices.Equal(got, want) {
				t.Fatalf("%s: got %v, want %v", n.Name(), got, want)
			}
			seen += len(want)
		}
		if seen != len(rs) {
			t.Fatalf("%d of %d records have a node", seen, len(rs))
		}
		types := map[zone.Type]bool{}
		for _, r := range rs {
			types[r.Type] = true
		}
		for typ := range types {
			want := slices.DeleteFunc(slices.Clone(rs), func(r zone.Record) bool { return r.Type != typ })
			if got := slices.Collect(z.OfType(typ)); !slices.Equal(got, want) {
				t.Fatalf("%s: got %v, want %v", typ, got, want)
			}
			for s := range z.RRsetsOf(typ) {
				ofSet := slices.DeleteFunc(slices.Clone(want), func(r zone.Record) bool { return r.Name != s.Name })
				if got := slices.Collect(z.OfTypeAt(typ, func(n zone.Name) bool { return n == s.Name })); !slices.Equal(got, ofSet) {
					t.Fatalf("%s at %s: got %v, want %v", typ, s.Name, got, ofSet)
				}
				if !slices.Equal(s.Records, ofSet) || !slices.Equal(z.RRset(s.Name, typ), ofSet) {
					t.Fatalf("%s %s: got %v, want %v", s.Name, typ, s.Records, ofSet)
				}
				want = slices.DeleteFunc(want, func(r zone.Record) bool { return r.Name == s.Name })
			}
			if len(want) > 0 {
				t.Fatalf("no RRset has %v", want)
			}
		}
	})
}
