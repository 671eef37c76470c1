package all_test

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// An owner and a target that lack their dots are two findings, and no rule
// calls anything missing or wrong besides that is right once they have them.
func TestDoubledWithPack(t *testing.T) {
	webmo, err := pack.Find("webmo")
	if err != nil {
		t.Fatal(err)
	}
	const src = `$ORIGIN jardin-bio.fr.
$TTL 3600
@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ IN NS ns1.example.net.
@ IN MX 10 mx.webmo.fr.
@ IN MX 20 mxsecondary.webmo.fr.
@ IN TXT "v=spf1 include:spf.webmo.fr ~all"
_dmarc IN TXT "v=DMARC1; p=none"
autoconfig IN CNAME autoconfig.webmo.fr.
imap.jardin-bio.fr IN CNAME imap.webmo.fr.
pop IN CNAME pop.webmo.fr
smtp IN CNAME smtp.webmo.fr.
`
	list := all.Rules(pack.Selector{Forced: []*pack.Pack{webmo}, All: pack.Builtin()})
	want := []string{"10:1+18 zone-doubled-origin", "11:14+12 zone-doubled-origin"}
	if got := ruletest.Places(ruletest.Lint(t, "jardin-bio.fr.zone", src, list)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, left := ruletest.Fixed(t, src, list, rules.Safe); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
