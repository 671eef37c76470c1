package pack_test

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

func webmo(t *testing.T) *pack.Pack {
	t.Helper()
	p, err := pack.Find("webmo")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func forced(t *testing.T) []*rules.Rule {
	return pack.Rules(pack.Selector{Forced: []*pack.Pack{webmo(t)}, All: pack.Builtin()})
}

func detected(t *testing.T) []*rules.Rule {
	t.Helper()
	return pack.Rules(pack.Selector{All: pack.Builtin()})
}

func TestExamples(t *testing.T) {
	for _, r := range detected(t) {
		t.Run(r.ID, func(t *testing.T) {
			s := pack.Selector{All: pack.Builtin(), ClientSRV: r.ID == "pack-client-srv"}
			for _, id := range r.Packs {
				p, err := pack.Find(id)
				if err != nil {
					t.Fatal(err)
				}
				s.Forced = append(s.Forced, p)
			}
			list := pack.Rules(s)
			if ids := ruletest.IDs(ruletest.Lint(t, "bad.zone", rules.Example(r.Bad), list)); !slices.Contains(ids, r.ID) {
				t.Errorf("the bad example gives %v", ids)
			}
			if ids := ruletest.IDs(ruletest.Lint(t, "good.zone", rules.Example(r.Good), list)); slices.Contains(ids, r.ID) {
				t.Errorf("the good example gives %v", ids)
			}
		})
	}
}

func TestForced(t *testing.T) { ruletest.Zones(t, "testdata/forced/*.zone", forced(t)) }

func TestDetected(t *testing.T) { ruletest.Zones(t, "testdata/detected/*.zone", detected(t)) }

// bare is what a zone holds before anyone thinks of mail.
const bare = `$ORIGIN example.com.
@ 3600 IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ 7200 IN NS ns1.example.net.
@ 7200 IN NS ns2.example.net.
@ 7200 IN A 192.0.2.1
www 300 IN A 192.0.2.1
`

func TestFixBareZone(t *testing.T) {
	changes, left := ruletest.Fixed(t, bare, forced(t), rules.Safe)
	want := []string{
		"+example.com. 7200 IN MX 10 mx.webmo.fr.",
		"+example.com. 7200 IN MX 20 mxsecondary.webmo.fr.",
		`+example.com. 7200 IN TXT "v=spf1 a mx include:spf.webmo.fr ~all"`,
		`+_dmarc.example.com. 7200 IN TXT "v=DMARC1; p=none"`,
		"+autoconfig.example.com. 7200 IN CNAME autoconfig.webmo.fr.",
		"+pop.example.com. 7200 IN CNAME pop.webmo.fr.",
		"+imap.example.com. 7200 IN CNAME imap.webmo.fr.",
		"+smtp.example.com. 7200 IN CNAME smtp.webmo.fr.",
	}
	slices.Sort(changes)
	slices.Sort(want)
	if !slices.Equal(changes, want) || len(left) > 0 {
		t.Errorf("changes:\n%q\nwant:\n%q\nleft: %v", changes, want, left)
	}
}
