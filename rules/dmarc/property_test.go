package dmarc_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// palette is lines of which a zone is put together at random: policies in every
// place, and what bears on them.
var palette = strings.Split(strings.TrimSpace(`
@ IN MX 10 mx.example.net.
@ IN MX 0 .
@ IN A 192.0.2.1
@ IN TXT "v=spf1 mx -all"
@ IN TXT "v=spf1 -all"
@ IN TXT "v=DMARC1; p=none"
_dmarc IN TXT "v=DMARC1; p=none; sp=none; np=quarantine"
_dmarc IN TXT "v=DMARC1; p=quarantine; pct=0; t="
_dmarc IN TXT "v=DMARC1; p=reject; rau=mailto:a@nomail.example.com"
_dmarc IN TXT " v=dmarc1, p=non;rua=a@example.com"
_dmarc IN CNAME policy
policy IN TXT "v=DMARC1; p=reject; psd=n"
policy IN TXT "x"
* IN TXT "v=DMARC1; p=none"
* IN TXT "v=DMARC1; p=reject"
*._dmarc IN TXT "v=DMARC1; p=none"
a IN MX 0 .
a IN MX 10 mx
a IN TXT "v=spf1 mx -all"
_dmarc.a IN TXT "v=DMARC1; p=none; sp=quarantine; psd=n; rua=mailto:a@example.com"
_dmarc.a IN TXT "v=DMARC1; p=quarantine; t=y"
dmarc.a IN TXT "v=DMARC1; p=none"
_dmarc.a IN TXT "v=spf1 -all"
b.a IN MX 10 mx
b.a IN MX 0 .
_dmarc.b.a IN TXT "v=DMARC1; p=none; sp=reject"
_dmarc.b.a IN CNAME gone
*.a IN TXT "v=DMARC1; p=none"
nomail IN TXT "x"
a.example.com._report._dmarc IN TXT "v=DMARC1"
_dmarc.a IN NS ns.example.net.
`), "\n")

// TestFixProperties checks on random zones what holds for every fix: it makes
// its finding go, brings no worse one, and leaves nothing to do for a second
// run.
func TestFixProperties(t *testing.T) {
	e, err := rules.NewEngine(dmarc.Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		src := rules.ExampleHeader + strings.Join(rapid.SliceOfN(rapid.SampledFrom(palette), 1, 9).Draw(t, "lines"), "\n") + "\n"
		z, err := masterfile.Parse("p.zone", []byte(src), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		before := map[string]bool{}
		for _, f := range e.Run(z) {
			before[f.Rule.ID] = true
		}
		for _, upTo := range []rules.Safety{rules.Safe, rules.Unsafe} {
			res, err := e.Fix(z, upTo)
			if err != nil {
				t.Fatalf("%v\n%s", err, src)
			}
			for _, f := range res.Left {
				if !before[f.Rule.ID] && f.Severity > rules.Info && len(res.Changes) > 0 {
					t.Fatalf("new finding %s: %s after %v\n%s", f.Rule.ID, f.Message, res.Changes, src)
				}
			}
			again, err := e.Fix(res.Zone, upTo)
			if err != nil || len(again.Changes) > 0 {
				t.Fatalf("a second run makes %v (%v)\n%s", again.Changes, err, src)
			}
		}
	})
}
