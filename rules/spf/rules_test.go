package spf_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/spf"
)

func TestExamples(t *testing.T) { ruletest.Examples(t, spf.Rules()) }

// TestZones checks records by themselves: the zones hold no other.
func TestZones(t *testing.T) {
	ruletest.Zones(t, "testdata/*.zone", slices.DeleteFunc(spf.Rules(), func(r *rules.Rule) bool { return r.ID == "spf-a-mx-void" }))
}

func TestTrees(t *testing.T) { ruletest.Zones(t, "testdata/tree/*.zone", spf.Rules()) }

// TestFixClass checks that no finding of an example has a milder fix than its
// rule says, and that a fix exists where the rule says so.
func TestFixClass(t *testing.T) {
	for _, r := range spf.Rules() {
		class := rules.Safety(0)
		for _, f := range ruletest.Lint(t, "bad.zone", rules.Example(r.Bad), spf.Rules()) {
			if f.Rule.ID == r.ID && f.Fix != nil && (class == 0 || f.Fix.Safety < class) {
				class = f.Fix.Safety
			}
		}
		if class != 0 && class < r.Fix || class == 0 && r.Fix != 0 && r.Fix != rules.Safe && r.Fix != rules.Unsafe {
			t.Errorf("%s: the example has a fix of class %q, the rule %q", r.ID, class, r.Fix)
		}
	}
}

// hosts is what the terms a and mx find.
const hosts = "@ IN A 192.0.2.1\n@ IN MX 10 mx.example.net.\n"

// fixed fixes the TXT record of a text at the apex and returns the texts that
// are there then, and the rules of what is left.
func fixed(t *testing.T, upTo rules.Safety, texts ...string) (after []string, left []string) {
	t.Helper()
	src := rules.ExampleHeader + hosts
	for _, s := range texts {
		src += "@ IN TXT \"" + s + "\"\n"
	}
	changes, left := ruletest.Fixed(t, src, spf.Rules(), upTo)
	after = slices.Clone(texts)
	for _, c := range changes {
		_, text, _ := strings.Cut(c, " TXT ")
		text = strings.ReplaceAll(strings.Trim(text, `"`), `" "`, "")
		if c[0] == '+' {
			after = append(after, text)
		} else if i := slices.Index(after, text); i >= 0 {
			after = slices.Delete(after, i, i+1)
		}
	}
	return after, left
}

func TestFixes(t *testing.T) {
	for _, c := range []struct {
		upTo  rules.Safety
		texts string // parted by " | "
		after string
		left  string // rules, parted by blanks
	}{
		// The version section.
		{rules.Safe, " v=spf1 mx -all", "v=spf1 mx -all", ""},
		{rules.Safe, "v=spf1; mx; -all;", "v=spf1 mx -all", ""},
		{rules.Safe, "v=spf10 mx -all", "v=spf10 mx -all", "spf-version-token"},
		{rules.Unsafe, "v=spf10 mx -all", "v=spf1 mx -all", ""},
		{rules.Safe, " v=spf1 mx -all | v=spf1 a -all", " v=spf1 mx -all | v=spf1 a -all", "spf-version-token"},
		{rules.Unsafe, " v=spf1 mx -all | v=spf1 a -all", "v=spf1 a -all", ""},
		{rules.Safe, " v=spf1 mx -all |  v=spf1 a -all", " v=spf1 a -all | v=spf1 mx -all", "spf-version-token"},
		// Terms.
		{rules.Safe, "v=spf1 mx, ip4:192.0.2.0/024 include: a.example ip4:192.0.2.9~all;", "v=spf1 mx ip4:192.0.2.0/24 include:a.example ip4:192.0.2.9 ~all", "spf-ip-redundant"},
		{rules.Safe, "v=spf1 mx moo ~all;", "v=spf1 mx moo ~all", "spf-unknown-term"},
		{rules.Safe, "v=spf1 inlcude:a.example ~all", "v=spf1 inlcude:a.example ~all", "spf-unknown-term"},
		{rules.Unsafe, "v=spf1 inlcude:a.example ~all", "v=spf1 include:a.example ~all", ""},
		{rules.Unsafe, "v=spf1 include:a.example-all", "v=spf1 include:a.example -all", ""},
		{rules.Unsafe, "v=spf1 include:a.example,include:b.example -all", "v=spf1 include:a.example include:b.example -all", ""},
		{rules.Safe, "v=spf1 redirect=a.example redirect=a.example", "v=spf1 redirect=a.example", ""},
		{rules.Unsafe, "v=spf1 redirect=a.example redirect=b.example", "v=spf1 redirect=a.example redirect=b.example", "spf-redirect-dup"},
		{rules.Unsafe, "v=spf1 include=a.example -all", "v=spf1 include:a.example -all", ""},
		{rules.Safe, "v=spf1 v=spf1 mx -all", "v=spf1 mx -all", ""},
		// Meaning.
		{rules.Safe, "v=spf1 mx", "v=spf1 mx", "spf-no-terminal"},
		{rules.Unsafe, "v=spf1 mx", "v=spf1 mx ~all", ""},
		{rules.Unsafe, "v=spf1", "v=spf1", "spf-no-terminal"},
		{rules.Unsafe, "v=spf1 mx all", "v=spf1 mx ~all", ""},
		{rules.Unsafe, "v=spf1 mx ptr ptr:a.example ~all", "v=spf1 mx ~all", ""},
		{rules.Unsafe, "v=spf1 ptr ~all", "v=spf1 ptr ~all", "spf-ptr"},
		{rules.Unsafe, "v=spf1 ptr mx redirect=a.example", "v=spf1 mx redirect=a.example", ""},
		{rules.Unsafe, "v=spf1 mx ~all include:a.example mx exp=b.example ip4:192.0.2.1", "v=spf1 mx include:a.example ip4:192.0.2.1 ~all", ""},
		{rules.Safe, "v=spf1 mx ~all ~all", "v=spf1 mx ~all", ""},
		{rules.Safe, "v=spf1 mx ~all -all", "v=spf1 mx ~all -all", "spf-after-all"},
		{rules.Unsafe, "v=spf1 mx ~all -all", "v=spf1 mx ~all", ""},
		{rules.Unsafe, "v=spf1 redirect=a.example mx ~all", "v=spf1 mx ~all", ""},
		{rules.Unsafe, "v=spf1 a mx ptr a:a.ex a:b.ex a:c.ex a:d.ex a:e.ex a:f.ex a:g.ex a:h.ex -all", "v=spf1 a mx a:a.ex a:b.ex a:c.ex a:d.ex a:e.ex a:f.ex a:g.ex a:h.ex -all", ""},
		{rules.Safe, "v=spf1 a mx a mx a mx a mx a mx a mx -all", "v=spf1 a mx -all", ""},
		// An eleventh query must not come of the move.
		{rules.Unsafe, "v=spf1 a mx a:a.ex a:b.ex a:c.ex a:d.ex a:e.ex a:f.ex a:g.ex a:h.ex -all a:i.ex", "v=spf1 a mx a:a.ex a:b.ex a:c.ex a:d.ex a:e.ex a:f.ex a:g.ex a:h.ex -all", ""},
		// Several records.
		{rules.Safe, "v=spf1 mx -all | v=spf1 include:a.example ~all", "v=spf1 mx -all | v=spf1 include:a.example ~all", "spf-multiple"},
		{rules.Unsafe, "v=spf1 mx ~all | v=spf1 MX include:a.example -all exp=e.example | v=spf1 ip4:192.0.2.1/32 ip4:192.0.2.1 ?all", "v=spf1 mx include:a.example ip4:192.0.2.1/32 -all exp=e.example", ""},
		{rules.Unsafe, "v=spf1 mx -all | v=spf1 redirect=a.example", "v=spf1 mx -all | v=spf1 redirect=a.example", "spf-multiple"},
		{rules.Unsafe, "v=spf1 mx -all | v=spf1 -a include:a.example ~all", "v=spf1 mx -all | v=spf1 -a include:a.example ~all", "spf-multiple"},
		{rules.Unsafe, "v=spf1 mx -all | v=spf1 moo -all", "v=spf1 mx -all | v=spf1 moo -all", "spf-multiple spf-unknown-term"},
		{rules.Safe, "v=spf1 mx -all | v=spf1 +mx  -all", "v=spf1 mx -all", ""},
		{rules.Unsafe, "v=spf1 a mx a:a.ex a:b.ex a:c.ex a:d.ex -all | v=spf1 a:e.ex a:f.ex a:g.ex a:h.ex a:i.ex -all", "v=spf1 a mx a:a.ex a:b.ex a:c.ex a:d.ex -all | v=spf1 a:e.ex a:f.ex a:g.ex a:h.ex a:i.ex -all", "spf-multiple"},
	} {
		after, left := fixed(t, c.upTo, strings.Split(c.texts, " | ")...)
		want := strings.Split(c.after, " | ")
		slices.Sort(after)
		slices.Sort(want)
		if !slices.Equal(after, want) || strings.Join(left, " ") != c.left {
			t.Errorf("%s\n got %q, left %q\nwant %q, left %q", c.texts, after, left, want, c.left)
		}
	}
}

// TestTreeFixes fixes records that lead to others.
func TestTreeFixes(t *testing.T) {
	for _, c := range []struct {
		upTo              rules.Safety
		src, change, left string // change is the new text of the record that changes
	}{
		{rules.Safe, "v=spf1 include:none.example.com mx -all", "", "spf-include-none"},
		{rules.Unsafe, "v=spf1 include:none.example.com mx include:None.example.com. -all", "v=spf1 mx -all", ""},
		{rules.Unsafe, "v=spf1 mx redirect=none.example.com", "", "spf-redirect-none"},
		{rules.Unsafe, "v=spf1 include:example.com mx ~all", "v=spf1 mx ~all", ""},
		{rules.Unsafe, "v=spf1 mx include:_bad.example.com ~all", "", "spf-include-bad"},
		{rules.Unsafe, "v=spf1 a:x.example.com a:y.example.com mx:z.example.com mx ~all", "", "spf-a-mx-void spf-a-mx-void spf-void spf-a-mx-void"},
		{rules.Safe, "v=spf1 include:a.example mx include:a.example ~all", "v=spf1 include:a.example mx ~all", ""},
		{rules.Safe, "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.1 ~all", "", "spf-ip-redundant"},
		{rules.Unsafe, "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.1 ~all", "v=spf1 ip4:192.0.2.0/24 ~all", ""},
		{rules.Unsafe, "v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.1 ~all", "", "spf-ip-redundant"},
		{rules.Unsafe, "v=spf1 mx:null.example.com ip4:192.0.2.1 ~all", "v=spf1 ip4:192.0.2.1 ~all", ""},
		{rules.Unsafe, "v=spf1 ip4:192.0.2.1/24 ~all", "", "spf-host-bits"},
		{rules.Unsafe, "v=spf1 ip4:192.0.2.1/0 ~all", "", "spf-prefix-zero"},
		{rules.Unsafe, "v=spf1 mx exp=e.example ~all", "v=spf1 mx ~all", ""},
		// Eight of the eleven are in another record; the one that is there twice goes.
		{rules.Safe, "v=spf1 mx include:_eight.example.com mx ~all", "v=spf1 mx include:_eight.example.com ~all", ""},
		{rules.Safe, "v=spf1 mx a include:_eight.example.com ~all", "", "spf-lookups"},
	} {
		changes, left := ruletest.Fixed(t, rules.ExampleHeader+hosts+`@ IN AAAA 2001:db8::1
null IN MX 0 .
_eight IN TXT "v=spf1 a:1.ex a:2.ex a:3.ex a:4.ex a:5.ex a:6.ex a:7.ex a:8.ex"
_bad IN TXT "v=spf1 moo"
`+"@ IN TXT \""+c.src+"\"\n", spf.Rules(), c.upTo)
		left = slices.DeleteFunc(left, func(id string) bool { return id == "spf-unknown-term" }) // of _bad
		got := ""
		for _, line := range changes {
			if _, text, _ := strings.Cut(line, " TXT "); line[0] == '+' {
				got = strings.Trim(text, `"`)
			}
		}
		if got != c.change || strings.Join(left, " ") != c.left {
			t.Errorf("%s\n got %q, left %q\nwant %q, left %q", c.src, got, left, c.change, c.left)
		}
	}
	// Copies of one record, and a parked domain.
	for src, want := range map[string]string{
		"@ IN TXT \"v=spf1 -all\"\n@ IN TXT \"v=spf1 -all\"\n": `-example.com. 3600 IN TXT "v=spf1 -all"`,
		"@ IN MX 0 .\n@ IN TXT \"v=spf1 ~all\"\n":              `-example.com. 3600 IN TXT "v=spf1 ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 -all"`,
		"@ IN MX 0 .\n@ IN TXT \"v=spf1 ?a:x.example\"\n":      `-example.com. 3600 IN TXT "v=spf1 ?a:x.example"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 ?a:x.example -all"`,
	} {
		changes, left := ruletest.Fixed(t, rules.ExampleHeader+src, spf.Rules(), rules.Unsafe)
		if got := strings.Join(changes, "\n"); got != want || len(left) > 0 {
			t.Errorf("%s\n got %s, left %q\nwant %s", src, got, left, want)
		}
	}
}

func TestTypeSPFFixed(t *testing.T) {
	for _, c := range []struct {
		src, changes, left string
		upTo               rules.Safety
	}{
		{`@ 60 SPF "v=spf1 mx " "-all"`, `-example.com. 60 IN SPF "v=spf1 mx " "-all"` + "\n" + `+example.com. 60 IN TXT "v=spf1 mx " "-all"`, "", rules.Safe},
		{`@ 60 SPF "v=spf1 mx +all"`, "", "zone-spf-rrtype", rules.Unsafe},
		{"@ 60 SPF \"v=spf1 mx -all\"\n@ 60 TXT \"v=spf1 mx -all\"", `-example.com. 60 IN SPF "v=spf1 mx -all"`, "", rules.Unsafe},
		{"@ 60 SPF \"v=spf1 mx -all\"\n@ 60 TXT \"v=spf1 mx -all\"", "", "zone-spf-rrtype", rules.Safe},
	} {
		changes, left := ruletest.Fixed(t, rules.ExampleHeader+hosts+c.src+"\n", spf.Rules(), c.upTo)
		if got := strings.Join(changes, "\n"); got != c.changes || strings.Join(left, " ") != c.left {
			t.Errorf("%s\n got %s, left %q\nwant %s, left %s", c.src, got, left, c.changes, c.left)
		}
	}
}

func TestIncludes(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"v=spf1 ptr include:spf.webmo.fr ~all", true},
		{"v=spf1 a mx +INCLUDE:SPF.webmo.FR. -all", true},
		{"v=spf1 ?include:spf.webmo.fr ~all", false},
		{"v=spf1 -include:spf.webmo.fr ~all", false},
		{"v=spf1 ~all include:spf.webmo.fr", false},
		{"v=spf1 include:xspf.webmo.fr ~all", false},
		{"v=spf1 include=spf.webmo.fr ~all", false},
		{" v=spf1 include:spf.webmo.fr ~all", false},
		{"v=spf1 include: spf.webmo.fr ~all", false},
	} {
		if got := spf.Parse(c.text).Includes("spf.webmo.fr"); got != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
	for _, c := range []struct {
		text string
		want bool
	}{
		{"v=spf1 mx redirect=SPF.webmo.fr", true},
		{"v=spf1 redirect=spf.webmo.fr -all", false},
		{"v=spf1 redirect=webmo.fr", false},
	} {
		if got := spf.Parse(c.text).RedirectsTo("spf.webmo.fr"); got != c.want {
			t.Errorf("%q redirects: %v", c.text, got)
		}
	}
}
