package spf

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/ruletest"
)

// exampleValue are the values of the examples in RFC 7208, section 7.4.
func exampleValue(letter byte) string {
	return map[byte]string{
		's': "strong-bad@email.example.com", 'o': "email.example.com", 'd': "email.example.com", 'l': "strong-bad",
		'i': "192.0.2.3", 'v': "in-addr", 'h': "a..b/c+d=e", 'c': "192.0.2.3",
	}[letter]
}

func TestExpand(t *testing.T) {
	for in, want := range map[string]string{
		// Section 7.4.
		"%{s}": "strong-bad@email.example.com", "%{o}": "email.example.com", "%{d}": "email.example.com",
		"%{d4}": "email.example.com", "%{d3}": "email.example.com", "%{d2}": "example.com", "%{d1}": "com",
		"%{dr}": "com.example.email", "%{d2r}": "example.email",
		"%{l}": "strong-bad", "%{l-}": "strong.bad", "%{lr}": "strong-bad", "%{lr-}": "bad.strong", "%{l1r-}": "strong",
		"%{ir}.%{v}._spf.%{d2}":             "3.2.0.192.in-addr._spf.example.com",
		"%{lr-}.lp._spf.%{d2}":              "bad.strong.lp._spf.example.com",
		"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}":   "bad.strong.lp.3.2.0.192.in-addr._spf.example.com",
		"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}":  "3.2.0.192.in-addr.strong.lp._spf.example.com",
		"%{d2}.trusted-domains.example.net": "example.com.trusted-domains.example.net",
		// Section 7.3.
		"%%%_%-":                     "% %20",
		"%{S}":                       "strong-bad%40email.example.com",
		"%{D2R}":                     "example.email",
		"%{d127}":                    "email.example.com",
		"%{d99999999999999999999}":   "email.example.com",
		"%{d02}":                     "example.com",
		"%{h}":                       "a..b/c+d=e",
		"%{hr}":                      "b/c+d=e..a", // parts may be empty
		"%{h2}":                      ".b/c+d=e",
		"%{h/+=}":                    "a..b.c.d.e",
		"%{h3r+=/}":                  "d.c.a..b",
		"%{H}":                       "a..b%2Fc%2Bd%3De",
		"":                           "",
		"plain:text/with=everything": "plain:text/with=everything",
	} {
		if got, ok := Expand(in, exampleValue); !ok || got != want {
			t.Errorf("Expand(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"%", "%a", "%(d)", "%{", "%{}", "%{x}", "%{d0}", "%{d00r}", "%{dr2}", "%{d", "%{d!}", "%{c}", "%{r}", "%{T}", "a b", "\x80", "a\tb"} {
		if got, ok := Expand(in, exampleValue); ok {
			t.Errorf("Expand(%q) = %q", in, got)
		}
	}
}

func TestExpandExplanation(t *testing.T) {
	for in, want := range map[string]string{
		"%{c} is not of %{d}": "192.0.2.3 is not of email.example.com",
		"two  blanks%_":       "two  blanks ",
		"":                    "",
	} {
		if got, ok := ExpandExplanation(in, exampleValue); !ok || got != want {
			t.Errorf("ExpandExplanation(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"100%", "%{x}", "%{c0}", "\xef\xbb\xbfText", "a\nb", "\x1b[31m"} {
		if got, ok := ExpandExplanation(in, exampleValue); ok {
			t.Errorf("ExpandExplanation(%q) = %q", in, got)
		}
	}
}

func TestExpandLinear(t *testing.T) {
	for _, unit := range []string{"%{d}", "%{", "%{d.-+,/_=}", "%%", "%{d9999", "a"} {
		ruletest.Linear(t, 20000, func(size int) {
			ExpandExplanation(strings.Repeat(unit, size/len(unit)), exampleValue)
		})
	}
}
