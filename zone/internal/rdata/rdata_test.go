package rdata

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

func TestStrings(t *testing.T) {
	for _, tc := range []struct{ src, want string }{
		{`"a" "b"`, "a|b"},
		{`"a""b"`, "a|b"},
		{`"a"b`, "a|b-"},
		{`a b`, "a-|b-"},
		{`"a \" \\ \065"`, `a " \ A`},
		{`""`, ""},
		{`a\ b`, "a b-"},
		{`"a`, "!a quote is not closed"},
		{`"a\`, "!" + zone.ErrEscape.Error()},
		{`"a\25"`, "!" + zone.ErrEscape.Error()},
		{`"a\256"`, "!" + zone.ErrEscape.Error()},
		{strings.Repeat("x", 65_001), "!" + errTextLong.Error()},
	} {
		words, err := Strings(tc.src)
		var got []string
		for _, w := range words {
			if !w.Quoted {
				w.Text += "-"
			}
			got = append(got, w.Text)
		}
		s := strings.Join(got, "|")
		if err != nil {
			s = "!" + err.Error()
		}
		if s != tc.want {
			t.Errorf("%.40s: %q, want %q", tc.src, s, tc.want)
		}
	}
}

// The octets of the text are found in what was written.
func TestWhere(t *testing.T) {
	const src = `"v=sp\"f1 " "mx"`
	words, err := Strings(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		from, to int
		want     string
	}{
		{0, 4, `v=sp`}, {4, 5, `\"`}, {8, 9, `mx`[:1]}, {7, 9, ` " "m`}, {8, 10, `mx`}, {8, 99, `mx`}, {0, 0, ""}, {50, 60, ""},
	} {
		start, end := Where(words, tc.from, tc.to)
		if got := src[start:end]; got != tc.want {
			t.Errorf("%d to %d: %q, want %q", tc.from, tc.to, got, tc.want)
		}
	}
}

func TestParse(t *testing.T) {
	origin := zone.MustName("example.com")
	for _, tc := range []struct {
		typ, text, want string
	}{
		{"MX", "10 mail", "example.com. 60 IN MX 10 mail.example.com."},
		{"MX", "10 mail.example.net.", "example.com. 60 IN MX 10 mail.example.net."},
		{"CNAME", "@", "example.com. 60 IN CNAME example.com."},
		{"CNAME", "bücher.example.", "example.com. 60 IN CNAME xn--bcher-kva.example."},
		{"AAAA", "::ffff:192.0.2.1", "example.com. 60 IN AAAA ::ffff:192.0.2.1"},
		{"A", "::1", "!not the address of an A record"},
		{"A", "192.0.2.1 192.0.2.2", "!not the address of an A record"},
		{"MX", "10", "!not the data of an MX record"},
		{"MX", "10 a\nb MX 10 c", "!a line break or NUL"},
		{"MX", "", "!not the data of an MX record"},
		{"SRV", "1 2 3 a.b. ; x", "example.com. 60 IN SRV 1 2 3 a.b."},
		{"HTTPS", "1 . alpn=h2", "example.com. 60 IN HTTPS 1 . alpn=\"h2\""},
	} {
		typ, _ := zone.ParseType(tc.typ)
		r, err := Parse(origin, typ, 60, tc.text, origin)
		got := strings.TrimSpace(r.String())
		if err != nil {
			got = "!" + err.Error()
		}
		if got != tc.want {
			t.Errorf("%s %q: %s\nwant %s", tc.typ, tc.text, got, tc.want)
		}
	}
}
