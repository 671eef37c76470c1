package hygiene

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

// A record of 65,535 octets in strings of a few takes no time that matters.
func TestManyStrings(t *testing.T) {
	e, err := rules.NewEngine([]*rules.Rule{joined, quotes}, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	apex := zone.MustName("example.com")
	for _, c := range []struct{ owner, first, more string }{
		{"example.com", "v=spf1", "mx"},
		{"example.com", "v=spf1 a", "m"},
		{"example.com", "v=spf1 \"", "\"a\""},
		{"_dmarc.example.com", "v=DMARC1", "p=none"},
		{"_dmarc.example.com", "v=DMARC1; x=", "p=none"},
		{"_dmarc.example.com", "v=DMARC1; rua=mailto:a@x.fr", "mailto:a@x.fr"},
		{"_dmarc.example.com", "v=DMARC1; rua=", "mailto:"},
		{"k._domainkey.example.com", "v=DKIM1; p=", "k=A"},
	} {
		ruletest.Linear(t, 15000, func(octets int) {
			strs := []string{c.first}
			for n := len(c.first); n+len(c.more)+1 < octets; n += len(c.more) + 1 {
				strs = append(strs, c.more)
			}
			b := zone.NewBuilder(1)
			b.Add(zone.Record{Name: zone.MustName(c.owner), Type: zone.TypeTXT, Class: zone.ClassIN, TTL: 60, Data: zone.StringsData(strs)})
			e.Run(b.Zone(apex))
		})
	}
}

func TestIsTerm(t *testing.T) {
	for term, want := range map[string]bool{
		"all": true, "-all": true, "+all": true, "ALL": true, "all.": false, "-all-": false, "--all": false, "": false, "-": false,
		"a": true, "mx": true, "amx": false, "a/24": true, "a//64": true, "a/24//64": true, "a:x.example.net/24": true, "a:x/24": false, "a/x": false,
		"a:": false, "mx:example.com": true, "ptr": true, "ptr:example.com": true, "ptr/24": false,
		"ip4:192.0.2.1": true, "ip4:192.0.2.1/24": true, "ip4:192.0.2.1/33": false, "ip4:192.0.2": false, "ip4:2001:db8::1": false, "ip4": false, "ip4:192.0.2.1/": false,
		"ip6:2001:db8::1": true, "ip6:2001:db8::/129": false, "ip6:192.0.2.1": false, "ip6:fe80::1%eth0": false,
		"include:example.com": true, "include:example.com.": true, "include:example.commx": false, "include:com": false, "include:a_b.example.com": true,
		"include:example.lan": false, "include:": false, "include": false, "include:%{i}.example.com": true, "include:%{i}.example.comx": false,
		"exists:%{i}": true, "exists:%{i}x": false, "redirect=example.com": true, "exp=example.com": true, "redirect=example.com-all": false, "x=y": false,
	} {
		if got := isTerm(term, false, true); got != want {
			t.Errorf("%q: %v", term, got)
		}
	}
	if !isTerm("V=SPF1", true, true) || isTerm("v=spf1mx", true, true) || isTerm("mx", true, true) || !isTerm("include:example.lan", false, false) {
		t.Error("the version, or domains of any kind")
	}
}

func TestUnquote(t *testing.T) {
	for text, want := range map[string]string{
		`"a"`: "a", `"a" "b"`: "ab", ` "a"  "b" `: "ab", `a" "b`: "ab", `"a`: "a", `a"`: "a", `'a'`: "a", `\"a\"`: "a", `""`: "", `"`: "", ``: "", `a`: "",
		`"a" b "c"`: "", `a "b" c`: "", `'a" "b'`: "", `"a" "b`: "ab", `a"b`: "",
	} {
		got, _, ok := unquote(text)
		if !ok {
			got = ""
		}
		if got != want || strings.ContainsAny(got, `"`) {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
