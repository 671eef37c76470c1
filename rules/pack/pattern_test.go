package pack

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern  string
		has, not string // names, apart by spaces
	}{
		{"a.example", "a.example x.a.example y.x.A.Example", "example b.example xa.example"},
		{"A.Example.", "a.example x.a.example", "example"},
		{"*.a.example", "x.a.example", "a.example y.x.a.example"},
		{"mx*.a.example", "mx.a.example mx1.a.example MX-2.a.example", "amx.a.example a.mx1.a.example a.example"},
		{"*aspmx.l.example", "aspmx.l.example alt1-aspmx.l.example", "alt1.aspmx.l.example l.example"},
		{"*.aspmx.l.example", "alt1.aspmx.l.example", "aspmx.l.example"},
		{"in.*.a.example", "in.eu-west-1.a.example", "in.a.example out.eu.a.example in.x.y.a.example x.in.eu.a.example"},
		{"d*.*.ess.example", "d1a.b.ess.example", "e1a.b.ess.example d1.ess.example"},
		{"*-in*b*.a.example", "eu-in-ab-2.a.example x-inb.a.example -inb.a.example", "eu-in-2.a.example in-b.a.example"},
		{"*a*a.b.example", "aa.b.example xaya.b.example", "a.b.example"},
		{"**.a.example", "x.a.example", "a.example"},
	}
	for _, tt := range tests {
		var p Pattern
		if err := p.UnmarshalText([]byte(tt.pattern)); err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		if want := strings.ToLower(strings.TrimSuffix(tt.pattern, ".")) + "."; p.String() != want {
			t.Errorf("%s is written %s", tt.pattern, p)
		}
		for list, want := range map[string]bool{tt.has: true, tt.not: false} {
			for name := range strings.FieldsSeq(list) {
				if got := p.Matches(zone.MustName(name)); got != want {
					t.Errorf("%s has %s: %t", tt.pattern, name, got)
				}
			}
		}
	}
	for text, want := range map[string]string{
		"":                             "too wide: at least two labels belong here, and the last without *",
		"example":                      "too wide: at least two labels belong here, and the last without *",
		"*":                            "too wide: at least two labels belong here, and the last without *",
		"a.*":                          "too wide: at least two labels belong here, and the last without *",
		"a b.example":                  "no domain name: ' ' cannot stand in one",
		"{x}.example":                  "no domain name: '{' cannot stand in one",
		"é.example":                    "no domain name: 'é' cannot stand in one",
		"*.example..net":               "no domain name: empty label: two dots in a row",
		strings.Repeat("a", 64) + ".x": "no domain name: label of more than 63 octets",
	} {
		err := new(Pattern).UnmarshalText([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "192.0.2.0/24": "192.0.2.0/24", "192.0.2.1/32": "192.0.2.1", "2001:db8::/32": "2001:db8::/32", "2001:DB8::1": "2001:db8::1",
		"192.0.2.1/24": "", "192.0.2": "", "a.example": "", "": "", "192.0.2.0/33": "",
	} {
		var n Network
		err := n.UnmarshalText([]byte(text))
		if want == "" {
			if err == nil || err.Error() != "no address and no network such as 192.0.2.0/24" {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if err != nil || n.String() != want {
			t.Errorf("%q: %s, %v", text, n, err)
		}
	}
	var n Network
	if err := n.UnmarshalText([]byte("192.0.2.0/24")); err != nil || !n.Contains(netip.MustParseAddr("192.0.2.255")) || n.Contains(netip.MustParseAddr("192.0.3.0")) {
		t.Error(err)
	}
}

// What is given for a pattern never panics, and a pattern without "*" has its
// own name and those below.
func FuzzPattern(f *testing.F) {
	f.Add("mx*.a.example", "mx1.a.example")
	f.Add("*-in*b*.a.example.", "-inb.a.example")
	f.Add("a.example", `x\.y.a.example`)
	f.Fuzz(func(t *testing.T, text, s string) {
		var p Pattern
		if p.UnmarshalText([]byte(text)) != nil {
			return
		}
		name, err := zone.ParseName(s, zone.Root)
		if err != nil {
			return
		}
		got := p.Matches(name)
		if len(p.globs) == 0 && got != name.Within(p.suffix) {
			t.Errorf("%s has %s: %t", p, name, got)
		}
		if got && name.NumLabels() < len(p.globs)+p.suffix.NumLabels() {
			t.Errorf("%s has %s", p, name)
		}
		own, err := zone.ParseName(strings.ReplaceAll(p.Text, "*", "x"), zone.Root)
		if err == nil && !p.Matches(own) {
			t.Errorf("%s has not %s", p, own)
		}
	})
}
