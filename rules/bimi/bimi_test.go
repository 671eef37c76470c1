package bimi

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// TestMain draws a thousand records in each property test.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestValidate(t *testing.T) {
	if err := rules.Validate(Rules()); err != nil {
		t.Error(err)
	}
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }

func TestExamples(t *testing.T) { ruletest.Examples(t, Rules()) }

func TestFixes(t *testing.T) {
	for _, c := range []struct {
		name, text, fixed string
		left              []string
	}{
		{"case", "v=bimi1; l=; a=", "v=BIMI1; l=; a=", nil},
		{"capital V", "V=BIMI1; l=; a=", "v=BIMI1; l=; a=", nil},
		{"behind", " v=BIMI1; l=; a=", "v=BIMI1; l=; a=", nil},
		{"unclosed", "v=BIMI1 l=; a=", "v=BIMI1; l=; a=", nil},
		{"late", "l=; v=BIMI1; a=", "v=BIMI1; l=; a=", nil},
		{"missing", "l=https://e.example/l.svg; a=https://e.example/l.pem", "v=BIMI1; l=https://e.example/l.svg; a=https://e.example/l.pem", nil},
		{"another version", "v=BIMI2; l=; a=", "", []string{"bimi-version"}},
		{"glued", "v=BIMI1; l=https://e.example/l.svg, a=https://e.example/l.pem", "v=BIMI1; l=https://e.example/l.svg; a=https://e.example/l.pem", nil},
		{"colon", "v=BIMI1; l: https://e.example/l.svg;; a=https://e.example/l.pem", "v=BIMI1; l= https://e.example/l.svg; a=https://e.example/l.pem", nil},
		{"twice the same", "v=BIMI1; l=; l=; a=; v=BIMI1", "v=BIMI1; l=; a=", nil},
		{"twice another", "v=BIMI1; l=; a=; a=https://e.example/l.pem", "", []string{"bimi-dup-tag"}},
		{"capital L", "v=BIMI1; L=; A=", "v=BIMI1; l=; a=", nil},
		{"brackets", "v=BIMI1; l=<https://e.example/l.svg>; a='https://e.example/l.pem'", "v=BIMI1; l=https://e.example/l.svg; a=https://e.example/l.pem", nil},
		{"http", "v=BIMI1; l=http://e.example/l.svg; a=https://e.example/l.pem", "", []string{"bimi-l-https"}},
		{"words", "v=BIMI1; l=; a=; avp=BRAND; lps=\\\"true\\\"", "v=BIMI1; l=; a=; avp=brand; lps=true", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+`default._bimi IN TXT "`+c.text+"\"\n", Rules(), rules.Safe)
			var want []string
			if c.fixed != "" {
				want = []string{`-default._bimi.example.com. 3600 IN TXT "` + c.text + `"`, `+default._bimi.example.com. 3600 IN TXT "` + c.fixed + `"`}
			}
			if !slices.Equal(changes, want) {
				t.Errorf("changes:\n got %q\nwant %q", changes, want)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

func TestPlaceFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		upTo          rules.Safety
		changes, left []string
	}{
		{
			"apex", `@ IN TXT "v=BIMI1; l=; a="`, rules.Safe,
			[]string{`-example.com. 3600 IN TXT "v=BIMI1; l=; a="`, `+default._bimi.example.com. 3600 IN TXT "v=BIMI1; l=; a="`},
			nil,
		},
		{"no selector", `_bimi IN TXT "v=BIMI1; l=; a="`, rules.Safe, nil, []string{"bimi-wrong-place"}},
		{
			"no underscore", `brand.bimi.a IN TXT "v=BIMI1; l=; a="`, rules.Unsafe,
			[]string{`-brand.bimi.a.example.com. 3600 IN TXT "v=BIMI1; l=; a="`, `+brand._bimi.a.example.com. 3600 IN TXT "v=BIMI1; l=; a="`},
			nil,
		},
		{
			"beside its own", "@ IN TXT \"v=BIMI1; l=; a=\"\ndefault._bimi IN TXT \"v=BIMI1; l=; a=\"", rules.Unsafe,
			[]string{`-example.com. 3600 IN TXT "v=BIMI1; l=; a="`},
			nil,
		},
		{"beside a CNAME", "@ IN TXT \"v=BIMI1; l=; a=\"\ndefault._bimi IN CNAME bimi.example.net.", rules.Unsafe, nil, []string{"bimi-wrong-place"}},
		{
			"alike", "x._bimi IN TXT \"v=BIMI1; l=; a=\"\nx._bimi IN TXT \"v=BIMI1;l=; a=;\"", rules.Safe,
			[]string{`-x._bimi.example.com. 3600 IN TXT "v=BIMI1;l=; a=;"`},
			nil,
		},
		{"one void beside a good one", "x._bimi IN TXT \"v=BIMI1; l=; a=\"\nx._bimi IN TXT \"v=bimi1; l=; a=\"", rules.Unsafe, nil, []string{"bimi-version"}},
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

func TestSeverity(t *testing.T) {
	const dmarc = "_dmarc IN TXT \"v=DMARC1; p=reject\"\n"
	for _, c := range []struct{ zone, want string }{
		{dmarc + `x._bimi IN TXT "v=bimi1; l=; a="`, "error bimi-version"},
		{dmarc + `x._bimi IN TXT "V=BIMI1; l=; a="`, "warning bimi-version"},
		{dmarc + "x._bimi IN TXT \"v=bimi1; l=; a=\"\nx._bimi IN TXT \"v=BIMI1; l=; a=\"", "warning bimi-version"},
		{`@ IN TXT "v=BIMI1; l=; a="`, "error bimi-wrong-place"},
		{`_bimi IN TXT "v=BIMI1; l=; a="`, "warning bimi-wrong-place"},
		{`x._bimi IN TXT "v=BIMI1; l=;; a="`, "warning bimi-syntax"},
		{`x._bimi IN TXT "v=BIMI1; l=; a=; b=c"`, "info bimi-unknown-tag"},
		{`x._bimi IN TXT "v=BIMI1; L=; a="`, "warning bimi-unknown-tag"},
		{`x._bimi IN TXT "v=BIMI1; l=; a="`, ""},
	} {
		var got []string
		for _, f := range ruletest.Lint(t, "test.zone", rules.ExampleHeader+c.zone+"\n", Rules()) {
			got = append(got, f.Severity.String(), f.Rule.ID)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.zone, s, c.want)
		}
	}
}
