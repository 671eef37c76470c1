package mailbox

import (
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

func TestDomain(t *testing.T) {
	for uri, want := range map[string]string{
		"mailto:a@example.com":      "example.com.",
		"MAILTO:a@b@Example.com?x@": "example.com.",
		"mailto:a":                  "",
		"mailto:":                   "",
		"mailto:a@":                 "",
		"mailto:a@.":                "",
		"mailto:a@[192.0.2.1]":      "",
		"mailto:a@ex%41mple.com":    "",
		"https://example.com/@":     "",
	} {
		if got := Domain(uri).String(); got != want {
			t.Errorf("%q: got %q, want %q", uri, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	z, _ := ruletest.Parse(t, "test.zone", rules.ExampleHeader+`null IN MX 0 .
mail IN MX 10 mx.example.net.
host IN A 192.0.2.1
six IN AAAA 2001:db8::1
text IN TXT "x"
alias IN CNAME host
sub IN NS ns1.example.net.
`, nil)
	p := &rules.Pass{Zone: z}
	for name, want := range map[string]string{
		"null.example.com":  "has a null MX",
		"mail.example.com":  "",
		"host.example.com":  "",
		"six.example.com":   "",
		"text.example.com":  "has neither an MX nor an address",
		"alias.example.com": "",
		"none.example.com":  "does not exist",
		"a.sub.example.com": "",
		"example.net":       "",
	} {
		if got := Refused(p, zone.MustName(name)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
