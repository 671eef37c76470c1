package hygiene

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules/ruletest"
)

// A doubled owner makes names within the zone that nobody meant ("fr" below
// jardin-bio.fr.), which must not hide the other dots that are missing.
func TestDoubledBesideDoubled(t *testing.T) {
	const head = "$ORIGIN jardin-bio.fr.\n$TTL 3600\n" +
		"@ SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600\n@ NS ns1.example.net.\n"
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"owner and target": {
			"imap.jardin-bio.fr CNAME imap.webmo.fr.\npop CNAME pop.webmo.fr\n",
			[]string{"5:1+18 zone-doubled-origin", "6:11+12 zone-doubled-origin"},
		},
		"written in full": {
			"imap.jardin-bio.fr.jardin-bio.fr. CNAME imap.webmo.fr.\npop CNAME pop.webmo.fr\n",
			[]string{"5:1+33 zone-doubled-origin", "6:11+12 zone-doubled-origin"},
		},
		"below another origin": {
			"$ORIGIN sub.jardin-bio.fr.\nimap.sub.jardin-bio.fr CNAME imap.webmo.fr.\npop CNAME pop.webmo.fr\n",
			[]string{"6:1+22 zone-doubled-origin", "7:11+12 zone-doubled-origin"},
		},
		"a label of the zone's own": {
			"imap.fr CNAME imap.webmo.fr.\npop CNAME pop.webmo.fr\n", []string{"6:11+12 zone-cname-dangling"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ruletest.Places(ruletest.Lint(t, "jardin-bio.fr.zone", head+c.src, Rules())); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
