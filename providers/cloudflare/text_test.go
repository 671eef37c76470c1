package cloudflare_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/zone"
)

func TestParseText(t *testing.T) {
	long := strings.Repeat("x", 600)
	for _, tc := range []struct {
		in   string
		want []string // nil is an error
	}{
		{`"a"`, []string{"a"}},
		{`"a" "b"`, []string{"a", "b"}},
		{`"a""b"`, []string{"a", "b"}},
		{" \"a\"\t \"b\" ", []string{"a", "b"}},
		{`""`, []string{""}},
		{``, []string{""}},
		{`a b`, []string{"a b"}},
		{`a "b"`, []string{`a "b"`}},
		{`a\b`, []string{`a\b`}},
		{`"a\"b"`, []string{`a"b`}},
		{`"a\\"`, []string{`a\`}},
		{`"\195\188;\;"`, []string{"ü;;"}},
		{`"ü"`, []string{"ü"}},
		{`"` + long + `"`, []string{long[:255], long[:255], long[:90]}},
		{long, []string{long[:255], long[:255], long[:90]}},
		{`"a`, nil},
		{`"`, nil},
		{`"a\"`, nil},
		{`"a\`, nil},
		{`"a" b`, nil},
		{`"\25"`, nil},
		{`"\256"`, nil},
		{`"\2x5"`, nil},
	} {
		got, err := cloudflare.ParseText(tc.in)
		if (err != nil) != (tc.want == nil) || !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, %v; want %q", tc.in, got, err, tc.want)
		}
	}
}

// What is written is read as it was, whatever the octets.
func FuzzTextRoundTrip(f *testing.F) {
	for _, s := range []string{"", "v=spf1 -all", `a "b" \ ; c`, "\x00\xff\n", "ü", strings.Repeat(`"\`, 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 60000 {
			return
		}
		r := zone.NewTXT(example, 300, text)
		content := cloudflare.WriteText(r)
		strs, err := cloudflare.ParseText(content)
		if err != nil || !slices.Equal(strs, r.Strings()) {
			t.Errorf("%q is written as %s and read as %q: %v", text, content, strs, err)
		}
		if strings.ContainsFunc(content, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q is written as %q, which JSON may change", text, content)
		}
	})
}

// Nothing that Cloudflare can answer with makes reading fail in a bad way.
func FuzzParseText(f *testing.F) {
	for _, s := range []string{`"a" "b"`, `"a\"`, `"\999"`, "a", `"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		strs, err := cloudflare.ParseText(content)
		if err != nil {
			return
		}
		for _, s := range strs {
			if len(s) > zone.MaxString {
				t.Errorf("a string of %d octets", len(s))
			}
		}
	})
}
