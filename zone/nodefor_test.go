package zone

import "testing"

// NodeFor and Lookup agree on which name answers.
func TestNodeFor(t *testing.T) {
	b := NewBuilder(8)
	add := func(name string, typ Type) {
		b.Add(Record{Name: MustName(name), Type: typ, Class: ClassIN, TTL: 60, Data: string(MustName("x.example.net"))})
	}
	for _, n := range []string{"www.example.com", "*.wild.example.com", "deep.host.wild.example.com"} {
		add(n, TypeCNAME)
	}
	add("sub.example.com", TypeNS)
	add("a.sub.example.com", TypePTR)
	add("old.example.com", TypeDNAME)
	add("a.old.example.com", TypePTR)
	z := b.Zone(MustName("example.com"))
	z.Complete = true
	for name, want := range map[string]string{
		"www.example.com":            "www.example.com.",
		"example.com":                "",
		"none.example.com":           "",
		"a.wild.example.com":         "*.wild.example.com.",
		"host.wild.example.com":      "", // exists, for the sake of what is below it
		"x.host.wild.example.com":    "",
		"deep.host.wild.example.com": "deep.host.wild.example.com.",
		"a.sub.example.com":          "",
		"a.old.example.com":          "",
		"old.example.com":            "old.example.com.",
		"www.example.net":            "",
	} {
		got := ""
		if n, ok := z.NodeFor(MustName(name)); ok {
			got = n.Name().String()
		}
		if got != want {
			t.Errorf("%s is answered by %q, want %q", name, got, want)
		}
		a := z.Lookup(MustName(name), TypeCNAME)
		if found := a.Status == Found; found && want == "" || found && a.Wildcard != "" && a.Wildcard.String() != want {
			t.Errorf("Lookup of %s: %v", name, a)
		}
	}
}
