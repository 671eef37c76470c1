package caa

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// palette is records of which a name is put together at random.
var palette = strings.Split(strings.TrimSpace(`
0 issue "letsencrypt.org"
0 issue "letsencrypt.org."
0 issue "letsencrypt.com"
0 issue "LetsEncrypt.org;"
0 issue "letsencrypt.org; validationmethods=dns-01"
0 issue "letsencrypt.org; ValidationMethods=dns-01"
0 issue "letsencrypt.org; validation-methods=dns-01"
0 issue "letsencrypt.org; validationmethods=dns-01, http-01;"
0 issue "letsencrypt.org; validationmethods=dns01"
0 issue "letsencrypt.org, digicert.com"
0 issue "https://digicert.com"
0 issue ";"
1 issue ";"
0 ISSUE ""
129 Issue "digicert.com"
0 issues "digicert.com"
128 isuse "letsencrypt.com."
0 issuewild "digicert.com ;;"
0 issuewildcard ";"
0 issuewild ";"
0 issuemail "digicrt.com"
0 issuemail "%%"
0 iodef "a@example.com"
0 IODEF "mailto:a@example.com"
0 contactemail "mailto:a@example.com"
0 contactphone "tel:+1-2"
128 tbs "x"
`), "\n")

// Whatever the records of a name: a fix does away with its finding and brings
// none as bad, and a second run has nothing to do.
func TestFixesHold(t *testing.T) {
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, safety := range []rules.Safety{rules.Safe, rules.Unsafe} {
		t.Run(safety.String(), rapid.MakeCheck(func(t *rapid.T) {
			src := rules.ExampleHeader
			for _, r := range rapid.SliceOfN(rapid.SampledFrom(palette), 1, 5).Draw(t, "records") {
				src += "@ IN CAA " + r + "\n"
			}
			z, err := masterfile.Parse("p.zone", []byte(src), masterfile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkFixes(t, e, z, safety)
			res, err := e.Fix(z, safety)
			if err != nil {
				t.Fatal(err)
			}
			known := map[string]int{}
			for _, f := range e.Run(z) {
				known[f.Message]++
			}
			for _, f := range res.Left {
				if known[f.Message]--; known[f.Message] >= 0 || f.Severity == rules.Info {
					continue
				}
				for _, g := range res.Fixed {
					if f.Severity >= g.Severity {
						t.Fatalf("new finding %s: %s\n%s\n%v", f.Rule.ID, f.Message, src, lines(res.Zone))
					}
				}
			}
		}))
	}
}

func lines(z *zone.Zone) (out []string) {
	for r := range z.OfType(zone.TypeCAA) {
		out = append(out, r.String())
	}
	return out
}
