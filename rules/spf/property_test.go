package spf_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// pieces make records that are wrong in every way that a rule knows.
var pieces = strings.Split("a|mx|ptr|+a|?mx|-all|~all|+all|all|?all|a:a.example|A:A.EXAMPLE|mx:b.example/24//64|include:c.example|-include:c.example|"+
	"exists:%{i}.example|exists:%{p}.example|ip4:192.0.2.1|ip4:192.0.2.1/32|ip6:2001:db8::/32|redirect=d.example|redirect=e.example|exp=f.example|exp=g.example|x=y|"+
	"include=c.example|redirct=d.example|v=spf1|ra=a@b|rp=5|rr=all|moo|inlcude:c.example|-al|mx;|a,|-all.|;|include:|c.example|include: c.example|- all|:c.example|/24|"+
	"ip4:1.2.3|ip4:192.0.2.0/024|ip4:2001:db8::1|ip6:192.0.2.1|a/24/64|mx/33|a:|a:host|a:192.0.2.1|192.0.2.7|ipv4:192.0.2.8|--all|-redirect=d.example|redirect:d.example|"+
	"ip4:192.0.2.1~all|mxinclude:c.example|include:c.example-all|include:c.exampleinclude:d.example|a,mx,ptr|a:x..example|a:http://a.example|exists:%(i).example|exists:%{z}.example|exists:%{c}.example|"+
	"\t|\u00a0|–all|\u200ba|“|ä|%|a:b.example|a:c.example|a:d.example|a:e.example|a:f.example|a:g.example", "|")

func drawText(t *rapid.T) string {
	start := rapid.SampledFrom([]string{"v=spf1", "v=spf1", "v=spf1", "v=spf1", " v=spf1", "\"v=spf1", "v=spf1;", "v=spf1,", "v=spf10", "spf1", "v = spf1", "v=sfp1", "\ufeffv=spf1\t"}).Draw(t, "start")
	parts := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 16).Draw(t, "parts")
	sep := rapid.SampledFrom([]string{" ", " ", " ", " ", "  ", "", "; "}).Draw(t, "sep")
	text := start + sep + strings.Join(parts, sep)
	if rapid.Bool().Draw(t, "closed") {
		text += rapid.SampledFrom([]string{" -all", " ~all", "\"", ";", " ", "\n"}).Draw(t, "end")
	}
	return text
}

// TestFixProperties checks on random zones what holds for every fix: it makes
// its finding go, brings no other of any rule but for advice that the mistake
// hid, and leaves nothing to do for a second run.
func TestFixProperties(t *testing.T) {
	e, err := rules.NewEngine(spf.Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	severity := map[string]rules.Severity{}
	for _, r := range e.Rules() {
		severity[r.ID] = r.Severity
	}
	rapid.Check(t, func(t *rapid.T) {
		src := rules.ExampleHeader
		for range rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "records") {
			typ := rapid.SampledFrom([]string{"TXT", "TXT", "TXT", "TXT", "TXT", "TXT", "SPF"}).Draw(t, "type")
			text := drawText(t)
			cut := 0
			if len(text) > 0 {
				cut = rapid.IntRange(0, min(len(text)-1, 255)).Draw(t, "cut")
			}
			for _, s := range [][2]string{{text[:cut], text[cut:]}} {
				src += "@ IN " + typ + " " + zone.Quote(s[0])
				if len(s[1]) <= 255 {
					src += " " + zone.Quote(s[1])
				}
				src += "\n"
			}
		}
		z, err := masterfile.Parse("p.zone", []byte(src), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		before := counts(e.Run(z))
		for _, upTo := range []rules.Safety{rules.Safe, rules.Unsafe} {
			res, err := e.Fix(z, upTo)
			if err != nil {
				t.Fatalf("%v\n%s", err, src)
			}
			for i, why := range res.NotMade {
				t.Fatalf("%s: %s\n%s", res.Left[i].Rule.ID, why, src)
			}
			for id, n := range counts(res.Left) {
				if n > before[id] && severity[id] > rules.Info {
					t.Fatalf("%s: %d findings before, %d after %v\n%s", id, before[id], n, res.Changes, src)
				}
			}
			again, err := e.Fix(res.Zone, upTo)
			if err != nil || len(again.Changes) > 0 {
				t.Fatalf("a second run makes %v (%v)\n%s", again.Changes, err, src)
			}
			for _, f := range e.Run(res.Zone) {
				if f.Fix != nil && f.Fix.Safety <= upTo {
					t.Fatalf("%s is left though it could be fixed\n%s", f.Rule.ID, src)
				}
			}
		}
	})
}

func counts(fs []rules.Finding) map[string]int {
	out := map[string]int{}
	for _, f := range fs {
		out[f.Rule.ID]++
	}
	return out
}
