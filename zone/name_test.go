package zone_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
)

var example = zone.MustName("example.com")

func TestParseName(t *testing.T) {
	label63, label64 := strings.Repeat("a", 63), strings.Repeat("a", 64)
	tests := []struct {
		text   string
		origin zone.Name
		want   zone.Name
		err    error
	}{
		{".", "", "\x00", nil},
		{"com.", "", "\x03com\x00", nil},
		{"Example.COM.", "", "\x07example\x03com\x00", nil},
		{"www", example, "\x03www\x07example\x03com\x00", nil},
		{"www.a", example, "\x03www\x01a\x07example\x03com\x00", nil},
		{"www", zone.Root, "\x03www\x00", nil},
		{"@", example, example, nil},
		{"@", zone.Root, zone.Root, nil},
		{`\@`, example, "\x01@\x07example\x03com\x00", nil},
		{"@.a", example, "\x01@\x01a\x07example\x03com\x00", nil},
		{"*", example, "\x01*\x07example\x03com\x00", nil},
		{`a\.b.c.`, "", "\x03a.b\x01c\x00", nil},
		{`\065\a\..`, "", "\x03aa.\x00", nil},
		{`\000\255.`, "", "\x02\x00\xff\x00", nil},
		{`\\.`, "", "\x01\\\x00", nil},
		{`a\`, example, "", zone.ErrEscape},
		{`a\1.`, "", "", zone.ErrEscape},
		{`a\12`, example, "", zone.ErrEscape},
		{`a\1x2.`, "", "", zone.ErrEscape},
		{`a\256.`, "", "", zone.ErrEscape},
		{`a\999.`, "", "", zone.ErrEscape},
		{"\u00e4.", "", "\x02\xc3\xa4\x00", nil},
		{"", example, "", zone.ErrNameEmpty},
		{"a..b.", "", "", zone.ErrLabelEmpty},
		{"a..", "", "", zone.ErrLabelEmpty},
		{"..", "", "", zone.ErrDotFirst},
		{".a.", "", "", zone.ErrDotFirst},
		{"a", "", "", zone.ErrRelative},
		{"@", "", "", zone.ErrRelative},
		{label63 + ".", "", zone.Name("\x3f" + label63 + "\x00"), nil},
		{label64 + ".", "", "", zone.ErrLabelLong},
		{label64, example, "", zone.ErrLabelLong},
		{strings.Repeat(`\097`, 63) + ".", "", zone.Name("\x3f" + label63 + "\x00"), nil},
		{strings.Repeat("a.", 127), "", zone.Name(strings.Repeat("\x01a", 127) + "\x00"), nil},
		{strings.Repeat("a.", 128), "", "", zone.ErrNameLong},
		{strings.Repeat("a.", 120) + "a", example, zone.Name(strings.Repeat("\x01a", 121)) + example, nil},
		{strings.Repeat("a.", 120) + "aa", example, "", zone.ErrNameLong},
	}
	for _, tt := range tests {
		got, err := zone.ParseName(tt.text, tt.origin)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("ParseName(%.40q, %s) = %q, %v, want %q, %v", tt.text, tt.origin, got, err, tt.want, tt.err)
		}
		buf, err := zone.AppendName([]byte("before"), []byte(tt.text), tt.origin)
		if string(buf) != "before"+string(tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("AppendName(%.40q, %s) = %q, %v", tt.text, tt.origin, buf, err)
		}
	}
}

func TestMustNamePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	zone.MustName("a..b")
}

// names draws names of any octets, seldom near the limits.
func names() *rapid.Generator[zone.Name] {
	return rapid.Custom(func(t *rapid.T) zone.Name {
		var b []byte
		for range rapid.IntRange(0, 6).Draw(t, "labels") {
			l := rapid.SliceOfN(rapid.Byte(), 1, 63).Draw(t, "label")
			if len(b)+len(l)+2 > zone.MaxName {
				break
			}
			b = append(b, byte(len(l)))
			for _, c := range l {
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				b = append(b, c)
			}
		}
		return zone.Name(append(b, 0))
	})
}

func TestNameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, origin := names().Draw(t, "name"), names().Draw(t, "origin")
		if got, err := zone.ParseName(n.String(), ""); err != nil || got != n {
			t.Fatalf("%q is %s, read again %q, %v", n, n, got, err)
		}
		if got, err := zone.ParseName(n.Relative(origin), origin); err != nil || got != n {
			t.Fatalf("%q below %s is %s, read again %q, %v", n, origin, n.Relative(origin), got, err)
		}
		// miekg/dns reads the same from it.
		buf := make([]byte, 300)
		end, err := dns.PackDomainName(n.String(), buf, 0, nil, false)
		if err != nil || zone.Name(buf[:end]) != n {
			t.Fatalf("%s is %q for miekg/dns, %v", n, buf[:end], err)
		}
		if len(n)+len(origin)-1 <= zone.MaxName {
			below := n[:len(n)-1] + origin
			if !below.Within(origin) || below.Below(origin) != (n != zone.Root) {
				t.Fatalf("%s is not within %s", below, origin)
			}
			if got, err := zone.ParseName(below.Relative(origin), origin); err != nil || got != below {
				t.Fatalf("%s below %s is %s, read again %s, %v", below, origin, below.Relative(origin), got, err)
			}
			if below.Without(origin, example) != n[:len(n)-1]+example {
				t.Fatalf("%s without %s is %s", below, origin, below.Without(origin, example))
			}
		}
		if n.NumLabels() != len(n.Labels()) || n.NumLabels() != dns.CountLabel(n.String()) {
			t.Fatalf("%s has %d labels", n, n.NumLabels())
		}
		joined := zone.Name("")
		for p := n; p != ""; p = p.Parent() {
			if !n.Within(p) {
				t.Fatalf("%s is not within %s", n, p)
			}
			if l := p.Label(); l != "" {
				joined += zone.Name(rune(len(l))) + zone.Name(l)
			}
		}
		if joined+"\x00" != n {
			t.Fatalf("the labels of %q give %q", n, joined)
		}
	})
}

func TestParseNameAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune(`aB.\0129@ "\x80`))).Draw(t, "text")
		n, err := zone.ParseName(s, example)
		if err != nil {
			if n != "" {
				t.Fatalf("%q: %q with the error %v", s, n, err)
			}
			return
		}
		if again, err := zone.ParseName(n.String(), ""); err != nil || again != n || len(n) > zone.MaxName {
			t.Fatalf("%q is %q, read again %q, %v", s, n, again, err)
		}
	})
}

func TestNameString(t *testing.T) {
	for n, want := range map[zone.Name]string{
		"":                                 "",
		"\x00":                             ".",
		"\x03www\x00":                      "www.",
		"\x0ba.;()\"\\@$ \x7f\x00":         `a\.\;\(\)\"\\\@\$\032\127.`,
		"\x02\xc3\xa4\x00":                 `\195\164.`,
		"\x01*\x03com\x00":                 "*.com.",
		"\x06_dmarc\x04a-b'\x00":           "_dmarc.a-b'.",
		zone.MustName("xn--mnchen-3ya.de"): "xn--mnchen-3ya.de.",
	} {
		if got := n.String(); got != want {
			t.Errorf("%q: got %s, want %s", string(n), got, want)
		}
	}
}

func TestRelative(t *testing.T) {
	tests := []struct {
		name, origin zone.Name
		want         string
	}{
		{zone.MustName("www.example.com"), example, "www"},
		{zone.MustName("a.b.example.com"), example, "a.b"},
		{example, example, "@"},
		{zone.MustName("com"), example, "com."},
		{zone.MustName("myexample.com"), example, "myexample.com."},
		{zone.Root, example, "."},
		{zone.MustName("www"), zone.Root, "www."},
		{zone.Root, zone.Root, "."},
		{example, "", "example.com."},
		{zone.Name("\x01@") + example, example, `\@`},
	}
	for _, tt := range tests {
		if got := tt.name.Relative(tt.origin); got != tt.want {
			t.Errorf("%s below %s: got %s, want %s", tt.name, tt.origin, got, tt.want)
		}
	}
}

func TestWithin(t *testing.T) {
	tests := []struct {
		name, ancestor zone.Name
		within, below  bool
	}{
		{example, example, true, false},
		{zone.MustName("a.example.com"), example, true, true},
		{zone.MustName("a.b.example.com"), example, true, true},
		{zone.MustName("myexample.com"), example, false, false},
		{zone.MustName("com"), example, false, false},
		{example, zone.Root, true, true},
		{zone.Root, zone.Root, true, false},
		{zone.Root, example, false, false},
		{"", example, false, false},
		{example, "", false, false},
		{"", "", false, false},
		// Labels that hold what looks like the wire form of the ancestor.
		{"\x0c\x07example\x03com\x00", example, false, false},
		{"\x0d\x01\x07example\x03com\x00", example, false, false},
		{"\x01\x0c\x07example\x03com\x00", example, true, true},
	}
	for _, tt := range tests {
		if got := tt.name.Within(tt.ancestor); got != tt.within {
			t.Errorf("%q within %q: %v", string(tt.name), string(tt.ancestor), got)
		}
		if got := tt.name.Below(tt.ancestor); got != tt.below {
			t.Errorf("%q below %q: %v", string(tt.name), string(tt.ancestor), got)
		}
	}
}

func TestNameParts(t *testing.T) {
	n := zone.MustName(`a\.b.Example.com`)
	if got := n.Labels(); !slices.Equal(got, []string{"a.b", "example", "com"}) {
		t.Errorf("labels %q", got)
	}
	if n.Label() != "a.b" || n.Parent() != example || n.NumLabels() != 3 {
		t.Errorf("label %q, parent %s, %d labels", n.Label(), n.Parent(), n.NumLabels())
	}
	if zone.Root.Label() != "" || zone.Root.Parent() != "" || zone.Root.Labels() != nil || zone.Root.NumLabels() != 0 {
		t.Error("the root has labels")
	}
	if zone.Name("").Parent() != "" || zone.Name("").Label() != "" {
		t.Error("no name has labels")
	}
	for s, want := range map[string]bool{"*.example.com": true, "*": true, "**.example.com": false, "a.*.example.com": false, `\042.com`: true, "example.com": false, ".": false} {
		if zone.MustName(s).IsWildcard() != want {
			t.Errorf("%s: wildcard is not %v", s, want)
		}
	}
}

func TestChild(t *testing.T) {
	tests := []struct {
		of     zone.Name
		labels string
		want   string
		err    error
	}{
		{example, "_dmarc", "_dmarc.example.com.", nil},
		{example, "S1._domainkey", "s1._domainkey.example.com.", nil},
		{zone.Root, "com", "com.", nil},
		{example, `a\.b`, `a\.b.example.com.`, nil},
		{example, "", "", zone.ErrNameEmpty},
		{example, "a..b", "", zone.ErrLabelEmpty},
		{zone.MustName(strings.Repeat("a.", 126)), "aa", "", zone.ErrNameLong},
	}
	for _, tt := range tests {
		got, err := tt.of.Child(tt.labels)
		if got.String() != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s of %s: got %s, %v, want %s, %v", tt.labels, tt.of, got, err, tt.want, tt.err)
		}
	}
}

// The order of RFC 4034, section 6.1.
func TestCompareNames(t *testing.T) {
	sorted := []zone.Name{
		zone.MustName("example"), zone.MustName("a.example"), zone.MustName("yljkjljk.a.example"), zone.MustName("Z.a.example"),
		zone.MustName("zABC.a.EXAMPLE"), zone.MustName("z.example"), zone.MustName(`\001.z.example`), zone.MustName("*.z.example"), zone.MustName(`\200.z.example`),
	}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := zone.CompareNames(a, b); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%s to %s: %d", a, b, got)
			}
		}
	}
}
