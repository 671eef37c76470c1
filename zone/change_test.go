package zone_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
)

// places is a source that can point at nothing.
type places struct{}

func (*places) Span(zone.Loc, zone.Part) zone.Span { return zone.Span{} }
func (*places) Comment(zone.Loc) string            { return "" }
func (*places) Comments(string) []zone.Comment     { return nil }
func (*places) Text(string) []byte                 { return nil }

// placed makes a zone whose records have places.
func placed(t *testing.T, lines ...string) *zone.Zone {
	t.Helper()
	src := &places{}
	b := zone.NewBuilder(len(lines))
	for i, l := range lines {
		r := below(t, l)
		r.Loc = zone.Loc{Source: src, Offset: uint32(i)}
		b.Add(r)
	}
	return b.Zone(example)
}

func TestApply(t *testing.T) {
	start := []string{"@ MX 10 a", "@ MX 20 b", "a A 192.0.2.1", "b A 192.0.2.2", "@ MX 10 a"}
	nth := func(z *zone.Zone, i int) zone.Record { return slices.Collect(z.Records())[i] }
	tests := []struct {
		name    string
		changes func(z *zone.Zone) zone.ChangeSet
		want    []string // nil if it cannot be applied
	}{
		{"nothing", func(*zone.Zone) zone.ChangeSet { return nil }, start},
		{"add", func(*zone.Zone) zone.ChangeSet { return zone.ChangeSet{zone.Add(below(t, "c A 192.0.2.3"))} }, append(slices.Clone(start), "c A 192.0.2.3")},
		{"remove", func(z *zone.Zone) zone.ChangeSet { return zone.ChangeSet{zone.Remove(nth(z, 1))} }, []string{"@ MX 10 a", "a A 192.0.2.1", "b A 192.0.2.2", "@ MX 10 a"}},
		{"remove the first of two equal ones", func(z *zone.Zone) zone.ChangeSet { return zone.ChangeSet{zone.Remove(nth(z, 0))} }, []string{"@ MX 20 b", "a A 192.0.2.1", "b A 192.0.2.2", "@ MX 10 a"}},
		{"remove the second of two equal ones", func(z *zone.Zone) zone.ChangeSet { return zone.ChangeSet{zone.Remove(nth(z, 4))} }, []string{"@ MX 10 a", "@ MX 20 b", "a A 192.0.2.1", "b A 192.0.2.2"}},
		{"remove an RRset", func(z *zone.Zone) zone.ChangeSet {
			return zone.ChangeSet{zone.Remove(z.RRset(example, zone.TypeMX)...)}
		}, []string{"a A 192.0.2.1", "b A 192.0.2.2"}},
		{"replace in place", func(z *zone.Zone) zone.ChangeSet {
			return zone.ChangeSet{zone.Replace(nth(z, 1), nth(z, 1).WithTarget(child("c")))}
		}, []string{"@ MX 10 a", "@ MX 20 c", "a A 192.0.2.1", "b A 192.0.2.2", "@ MX 10 a"}},
		{"move in place", func(z *zone.Zone) zone.ChangeSet { return zone.Move(nth(z, 2), child("c")) }, []string{"@ MX 10 a", "@ MX 20 b", "c A 192.0.2.1", "b A 192.0.2.2", "@ MX 10 a"}},
		{"several", func(z *zone.Zone) zone.ChangeSet {
			return zone.ChangeSet{zone.Remove(nth(z, 0), nth(z, 4)), zone.Replace(nth(z, 3), below(t, "b A 192.0.2.9")), zone.Add(below(t, "@ MX 0 ."))}
		}, []string{"@ MX 20 b", "a A 192.0.2.1", "b A 192.0.2.9", "@ MX 0 ."}},
		{"remove what is not there", func(*zone.Zone) zone.ChangeSet { return zone.ChangeSet{zone.Remove(below(t, "c A 192.0.2.3"))} }, nil},
		{"remove what stands elsewhere", func(z *zone.Zone) zone.ChangeSet {
			r := nth(z, 1)
			r.Loc.Offset = 77
			return zone.ChangeSet{zone.Remove(r)}
		}, nil},
		{"remove with another TTL", func(z *zone.Zone) zone.ChangeSet {
			r := nth(z, 1)
			r.TTL++
			return zone.ChangeSet{zone.Remove(r)}
		}, nil},
		{"remove twice", func(z *zone.Zone) zone.ChangeSet {
			return zone.ChangeSet{zone.Remove(nth(z, 1)), zone.Remove(nth(z, 1))}
		}, nil},
		{"in the place of what stays", func(z *zone.Zone) zone.ChangeSet { return zone.ChangeSet{zone.Add(nth(z, 1))} }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := placed(t, start...)
			z.Complete, z.Problems = true, []zone.Problem{{Message: "x"}}
			cs := tt.changes(z)
			got, ok := z.Apply(cs)
			if ok != (tt.want != nil) {
				t.Fatalf("applied: %v", ok)
			}
			if before := short(slices.Collect(z.Records())); !slices.Equal(before, start) {
				t.Errorf("the zone itself changed: %q", before)
			}
			if !ok {
				if got != z {
					t.Error("what cannot be applied gives another zone")
				}
				return
			}
			if rs := short(slices.Collect(got.Records())); !slices.Equal(rs, tt.want) {
				t.Errorf("got %q, want %q", rs, tt.want)
			}
			if got.Apex != z.Apex || got.Class != z.Class || !got.Complete || len(got.Problems) != 1 || got.Source != z.Source {
				t.Error("the zone lost something")
			}
		})
	}
}

func TestReplaceAndMove(t *testing.T) {
	z := placed(t, "a MX 10 b")
	r := slices.Collect(z.Records())[0]
	r.Notes = zone.Unquoted
	o := r.WithTarget(child("c"))
	o.Loc, o.Notes = zone.Loc{}, zone.LongString
	c := zone.Replace(r, o)
	if c.Name != r.Name || c.Type != r.Type || c.After[0].Loc != r.Loc || c.After[0].Notes != 0 || c.After[0].Target() != child("c") || c.Before[0] != r {
		t.Errorf("got %+v", c)
	}
	cs := zone.Move(r, child("d"))
	if len(cs) != 2 || cs[0].Name != r.Name || cs[0].After != nil || cs[1].Name != child("d") || cs[1].After[0].Name != child("d") || cs[1].After[0].Loc != r.Loc {
		t.Errorf("got %+v", cs)
	}
	if got := append(cs, c).Keys(); !slices.Equal(got, []zone.Key{{Name: r.Name, Type: r.Type}, {Name: child("d"), Type: r.Type}}) {
		t.Errorf("keys %v", got)
	}
	if !z.Holds(zone.ChangeSet{zone.Remove(r)}) || !z.Holds(cs) || z.Holds(zone.ChangeSet{zone.Remove(o)}) || z.Holds(zone.ChangeSet{zone.Remove(r, r)}) || !z.Holds(nil) {
		t.Error("holds")
	}
}

func TestDiff(t *testing.T) {
	key := zone.Key{Name: example, Type: zone.TypeMX}
	tests := []struct {
		name       string
		a, b       []string
		gone, come []string
	}{
		{"equal", []string{"@ MX 1 a", "@ MX 2 b"}, []string{"@ MX 2 b", "@ MX 1 a"}, nil, nil},
		{"more", []string{"@ MX 1 a"}, []string{"@ MX 1 a", "@ MX 2 b"}, nil, []string{"@ MX 2 b"}},
		{"less", []string{"@ MX 1 a", "@ MX 2 b"}, []string{"@ MX 1 a"}, []string{"@ MX 2 b"}, nil},
		{"one of two equal ones", []string{"@ MX 1 a", "@ MX 1 a"}, []string{"@ MX 1 a"}, []string{"@ MX 1 a"}, nil},
		{"another of the same", []string{"@ MX 1 a"}, []string{"@ MX 1 a", "@ MX 1 a"}, nil, []string{"@ MX 1 a"}},
		{"other data", []string{"@ MX 1 a"}, []string{"@ MX 1 b"}, []string{"@ MX 1 a"}, []string{"@ MX 1 b"}},
		{"other RRsets", []string{"@ MX 1 a", "a A 192.0.2.1"}, []string{"@ MX 1 a"}, nil, nil},
	}
	for _, tt := range tests {
		cs := zone.Diff(zoneOf(t, tt.a...), zoneOf(t, tt.b...), []zone.Key{key})
		if len(tt.gone)+len(tt.come) == 0 {
			if cs != nil {
				t.Errorf("%s: %v", tt.name, cs)
			}
			continue
		}
		if len(cs) != 1 || cs[0].Name != example || cs[0].Type != zone.TypeMX || !slices.Equal(short(cs[0].Before), tt.gone) || !slices.Equal(short(cs[0].After), tt.come) {
			t.Errorf("%s: %+v", tt.name, cs)
		}
	}
	// A string that is too long is written anew though it says the same.
	r := zone.NewTXT(example, 60, "x")
	long := r
	long.Notes = zone.LongString
	one := func(r zone.Record) *zone.Zone {
		b := zone.NewBuilder(1)
		b.Add(r)
		return b.Zone(example)
	}
	if cs := zone.Diff(one(long), one(r), []zone.Key{{Name: example, Type: zone.TypeTXT}}); len(cs) != 1 {
		t.Errorf("got %v", cs)
	}
	r.Notes = zone.Unquoted | zone.Commented
	if cs := zone.Diff(one(r), one(zone.NewTXT(example, 60, "x")), []zone.Key{{Name: example, Type: zone.TypeTXT}}); cs != nil {
		t.Errorf("got %v", cs)
	}
}

// Of two equal records the one goes that really went.
func TestDiffTellsEqualRecordsApart(t *testing.T) {
	a := placed(t, "@ MX 1 a", "@ MX 1 a")
	rs := slices.Collect(a.Records())
	for i := range rs {
		b, ok := a.Apply(zone.ChangeSet{zone.Remove(rs[i])})
		if !ok {
			t.Fatal("not applied")
		}
		cs := zone.Diff(a, b, []zone.Key{{Name: example, Type: zone.TypeMX}})
		if len(cs) != 1 || len(cs[0].Before) != 1 || cs[0].Before[0].Loc != rs[i].Loc || cs[0].After != nil {
			t.Errorf("record %d: %+v", i, cs)
		}
	}
}

// What Diff finds is what Apply makes.
func TestDiffAndApply(t *testing.T) {
	build := func(rs []zone.Record, src *places) *zone.Zone {
		b := zone.NewBuilder(0)
		for i, r := range rs {
			if r.Notes &= zone.Unquoted; src != nil {
				r.Loc = zone.Loc{Source: src, Offset: uint32(i)}
			}
			b.Add(r)
		}
		return b.Zone(example)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := build(zones().Draw(t, "before"), &places{})
		b := build(zones().Draw(t, "after"), nil)
		var keys []zone.Key
		for _, z := range []*zone.Zone{a, b} {
			for r := range z.Records() {
				if k := (zone.Key{Name: r.Name, Type: r.Type}); !slices.Contains(keys, k) {
					keys = append(keys, k)
				}
			}
		}
		cs := zone.Diff(a, b, keys)
		if !a.Holds(cs) {
			t.Fatal("the zone does not hold what goes")
		}
		got, ok := a.Apply(cs)
		if !ok {
			t.Fatalf("not applied: %v", cs)
		}
		sorted := func(z *zone.Zone) []zone.Record {
			rs := slices.Collect(z.Records())
			for i := range rs {
				rs[i].Loc, rs[i].Notes = zone.Loc{}, 0
			}
			slices.SortFunc(rs, zone.CompareRecords)
			return rs
		}
		if g, w := sorted(got), sorted(b); !slices.Equal(g, w) {
			t.Fatalf("got %v, want %v", g, w)
		}
		if left := zone.Diff(got, b, keys); left != nil {
			t.Fatalf("left: %v", left)
		}
	})
}

func TestCompareRecords(t *testing.T) {
	sorted := []zone.Record{
		below(t, "@ A 192.0.2.1"), below(t, "@ A 192.0.2.2"), below(t, "@ MX 1 a"), below(t, "a A 192.0.2.1"), below(t, "b.a A 192.0.2.1"), below(t, "b A 192.0.2.1"),
	}
	later := sorted[5]
	later.TTL++
	sorted = append(sorted, later)
	for i, a := range sorted {
		for j, b := range sorted {
			if got := zone.CompareRecords(a, b); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%s to %s: %d", a, b, got)
			}
		}
	}
}

func TestSame(t *testing.T) {
	r := below(t, "a MX 1 b")
	same := r
	same.Notes, same.Loc = zone.Unquoted, zone.Loc{Source: &places{}, Offset: 3}
	if !r.Same(same) {
		t.Error("the way a record is written makes no difference")
	}
	for i, o := range []zone.Record{below(t, "a MX 2 b"), below(t, "b MX 1 b"), below(t, "a KX 1 b"), below(t, "a MX 1 c")} {
		if r.Same(o) {
			t.Errorf("%d: %s is the same as %s", i, o, r)
		}
	}
	other := r
	other.TTL++
	third := r
	third.Class = zone.ClassCH
	if r.Same(other) || r.Same(third) {
		t.Error("TTL and class make a difference")
	}
}
