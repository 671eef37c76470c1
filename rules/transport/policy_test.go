package transport

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

// faultPlaces is "line:column+length rule" of each mistake of a policy.
func faultPlaces(p *Policy) []string {
	var out []string
	for _, f := range p.Faults {
		s := p.span(f.Span)
		level := ""
		if f.Severity != rules.Error {
			level = " " + f.Severity.String()
		}
		out = append(out, fmt.Sprintf("%d:%d+%d %s%s", s.Start.Line, s.Start.Column, f.To-f.From, strings.TrimPrefix(f.Rule, "sts-policy-"), level))
	}
	return out
}

func TestParsePolicy(t *testing.T) {
	const rest = "mode: enforce\nmx: a.example\nmax_age: 604800\n"
	for _, c := range []struct {
		text string
		want []string
	}{
		{"version: STSv1\n" + rest, nil},
		{"version: STSv1\r\nmode:testing\r\nmx: \t*.a.example \r\nmax_age:0", nil},
		{"max_age: 31557600\nfuture-1.x: a b: c=é;\nmode: none\nversion: STSv1\n", nil},
		{"version: STSv1\nmode: enforce\nmx: a.example\nmx: a.example\nmx: xn--p1ai\nmax_age: 0000000001\nx: 1\nx: 2\n", nil},
		{"", []string{"1:1+0 version", "1:1+0 mode", "1:1+0 max-age", "1:1+0 mx"}},
		{"\ufeffversion: STSv1\n" + rest, []string{"1:1+3 syntax"}},
		{"version: STSv2\n" + rest, []string{"1:10+5 version"}},
		{"version: stsv1\n" + rest, []string{"1:10+5 version"}},
		{"version:\n" + rest, []string{"1:1+8 version"}},
		{"Version: STSv1\n" + rest, []string{"1:1+7 syntax"}},
		{" version: STSv1\n" + rest, []string{"1:1+8 syntax"}},
		{"version: STSv1\n\n" + rest + "\n", []string{"2:1+0 syntax warning", "6:1+0 syntax warning"}},
		{"version: STSv1\nversion: STSv2\n" + rest, []string{"2:1+14 dup-field warning"}},
		{"version: STSv1\nmode enforce\n" + rest, []string{"2:1+12 syntax"}},
		{"version: STSv1\nx_: y\n_x: y\n" + rest, []string{"3:1+2 syntax"}},
		{"version: STSv1\nx:\n" + rest, []string{"2:1+2 syntax"}},
		{"version: STSv1\nx: a\x01b\n" + rest, []string{"2:5+1 syntax"}},
		{"version: STSv1\nx: \xff\n" + rest, []string{"2:4+1 syntax"}},
		{"version: STSv1\rmode: none\r", []string{"1:10+17 version", "1:15+1 syntax", "1:1+25 mode", "1:1+25 max-age", "1:1+25 mx"}},
		{"version: STSv1\nmode: Enforce\nmx: a.example\nmax-age: 1\n", []string{"2:7+7 mode", "4:1+7 syntax"}},
		{"version: STSv1\nmode: testing\nmax_age: 31557601\n", []string{"3:10+8 max-age", "1:1+14 mx"}},
		{"version: STSv1\nmode: none\nmax_age: -1\n", []string{"3:10+2 max-age"}},
		{"version: STSv1\nmode: none\nmax_age: 00000000001\n", []string{"3:10+11 max-age"}},
		{"version: STSv1\nmode: none\nmax_age:  \n", []string{"3:1+8 max-age"}},
		{"version: STSv1\nmode: enforce\nmax_age: 1\nmx: .a.example\nmx: *.\nmx: *\nmx: *.*.a\nmx: a.*\nmx: a.example.\nmx: a_b\nmx: -a\nmx: a-.b\nmx: a..b\nmx: é.example\nmx: [192.0.2.1]\nmx: a b\nmx:\n", []string{
			"4:5+10 mx", "5:5+2 mx", "6:5+1 mx", "7:5+5 mx", "8:5+3 mx", "9:5+10 mx", "10:5+3 mx", "11:5+2 mx", "12:5+4 mx", "13:5+4 mx", "14:5+10 mx", "15:5+11 mx", "16:5+3 mx", "17:1+3 mx",
		}},
	} {
		p := ParsePolicy("mta-sts.txt", []byte(c.text))
		got := faultPlaces(p)
		if !sameSet(got, c.want) {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func TestPolicyValues(t *testing.T) {
	p := ParsePolicy("p", []byte("mode: testing\nmode: enforce\nmax_age: 86400\nmax_age: 1\nmx: A.Example\nmx: *.b.example\nversion: STSv1"))
	if p.Mode != "testing" || p.MaxAge != 86400 || len(p.MX) != 2 {
		t.Fatalf("%+v", p)
	}
	for host, want := range map[string]bool{"a.example": true, "b.example": false, "x.b.example": true, "x.y.b.example": false, "x.a.example": false, ".": false} {
		covers := slices.ContainsFunc(p.MX, func(m Pattern) bool { return m.Covers(zone.MustName(host)) })
		if covers != want {
			t.Errorf("%s: covered %v, want %v", host, covers, want)
		}
	}
}

func TestPolicyRules(t *testing.T) {
	const (
		sts     = "_mta-sts IN TXT \"v=STSv1; id=1\"\nmta-sts IN A 192.0.2.1\n"
		enforce = "version: STSv1\nmode: enforce\nmx: mx.example.net\nmx: *.mx.example.net\nmax_age: 604800\n"
		one     = "version: STSv1\nmode: enforce\nmx: mx.example.net\nmax_age: 604800\n"
	)
	for _, c := range []struct {
		name, zone, policy, domain string
		want                       []string
	}{
		{"all covered", sts + "@ IN MX 10 mx.example.net.\n@ IN MX 20 a.mx.example.net.\n", enforce, "", nil},
		{"not covered", sts + "@ IN MX 10 mx.example.net.\n@ IN MX 20 a.b.mx.example.net.\n@ IN MX 30 a.mx.example.net.\n", enforce, "", []string{"9:12+19 error sts-mx-not-covered"}},
		{"testing", sts + "@ IN MX 10 mx2.example.net.\n@ IN MX 10 mx.example.net.\n", strings.ReplaceAll(one, "enforce", "testing"), "", []string{"8:12+16 warning sts-mx-not-covered", "2:7+7 info sts-mode-testing"}},
		{"stale", sts + "@ IN MX 10 mx.example.net.\n", enforce, "", []string{"4:5+16 info sts-policy-mx-stale"}},
		{"none", sts + "@ IN MX 10 mx2.example.net.\n", "version: STSv1\nmode: none\nmax_age: 0\n", "", []string{"2:7+4 info sts-mode-none"}},
		{"short", sts + "@ IN MX 10 mx.example.net.\n", strings.ReplaceAll(one, "604800", "86399"), "", []string{"4:10+5 warning sts-maxage-short"}},
		{"a pattern that cannot be read", sts + "@ IN MX 10 mx2.example.net.\n", strings.ReplaceAll(one, "example.net", "example.net."), "", []string{"3:5+15 error sts-policy-mx"}},
		{"null MX", sts + "@ IN MX 0 .\n", one, "", nil},
		{"no record", "@ IN MX 10 mx.example.net.\n", one, "", []string{"3:1+1 warning sts-missing"}},
		{"a CNAME out of the zone", "@ IN MX 10 mx.example.net.\n_mta-sts IN CNAME _mta-sts.example.net.\nmta-sts IN CNAME mta-sts.example.net.\n", one, "", nil},
		{"a record of another kind", "@ IN MX 10 mx.example.net.\n_mta-sts IN TXT \"x\"\n", one, "", []string{"3:1+1 warning sts-missing"}},
		{"another domain", sts + "@ IN MX 10 mx2.example.net.\n", one, "example.org", nil},
		{"below the apex", sts + "@ IN MX 10 mx2.example.net.\na IN MX 10 mx3.example.net.\n_mta-sts.a IN TXT \"v=STSv1; id=1\"\nmta-sts.a IN A 192.0.2.1\n", one, "a.example.com", []string{"9:12+16 error sts-mx-not-covered", "3:5+14 info sts-policy-mx-stale"}},
		{"delegated", sts + "@ IN MX 10 mx.example.net.\na IN NS ns1.example.net.\n", "x", "a.example.com", nil},
		{"two domains", sts + "@ IN MX 10 mx.example.net.\na IN MX 10 a.mx.example.net.\n_mta-sts.a IN TXT \"v=STSv1; id=1\"\nmta-sts.a IN A 192.0.2.1\n", enforce, "", nil},
		{"no mail", "www IN A 192.0.2.1\n", "x", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ParsePolicy("mta-sts.txt", []byte(c.policy))
			if c.domain != "" {
				p.Domain = zone.MustName(c.domain)
			}
			var got []string
			for _, f := range ruletest.Lint(t, "test.zone", rules.ExampleHeader+c.zone, Rules(p)) {
				if f.Rule == tlsrptMissing {
					continue
				}
				got = append(got, fmt.Sprintf("%d:%d+%d %s %s", f.Span.Start.Line, f.Span.Start.Column, f.Span.End.Column-f.Span.Start.Column, f.Severity, f.Rule.ID))
			}
			if !sameSet(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// drawPolicy draws a policy from the grammar of RFC 8461, section 3.2.
func drawPolicy(t *rapid.T) []string {
	field := func(name, value string) string {
		return name + ":" + rapid.StringMatching(`[ \t]{0,2}`).Draw(t, "blank") + value + rapid.StringMatching(`[ \t]{0,2}`).Draw(t, "end")
	}
	mode := rapid.SampledFrom([]string{"none", "testing", "enforce"}).Draw(t, "mode")
	lines := []string{
		field("version", "STSv1"), field("mode", mode),
		field("max_age", strconv.Itoa(rapid.IntRange(0, maxAge).Draw(t, "age"))),
	}
	least := 1
	if mode == "none" {
		least = 0
	}
	for range rapid.IntRange(least, 3).Draw(t, "hosts") {
		lines = append(lines, field("mx", rapid.StringMatching(`(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,8}[A-Za-z0-9])?\.){0,3}[A-Za-z0-9]([A-Za-z0-9-]{0,8}[A-Za-z0-9])?`).Draw(t, "mx")))
	}
	for range rapid.IntRange(0, 2).Draw(t, "extensions") {
		lines = append(lines, field(rapid.StringMatching(`x[A-Za-z0-9_.-]{0,31}`).Draw(t, "name"), rapid.StringMatching(`[!-~é]([ -~é]{0,9}[!-~é])?`).Draw(t, "value")))
	}
	return rapid.Permutation(lines).Draw(t, "order")
}

// TestGeneratedPolicies holds a policy that the grammar gives for free of
// mistakes.
func TestGeneratedPolicies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		lines := drawPolicy(t)
		for i, l := range lines {
			b.WriteString(l)
			if i+1 < len(lines) || rapid.Bool().Draw(t, "last") {
				b.WriteString(rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "break"))
			}
		}
		if p := ParsePolicy("mta-sts.txt", []byte(b.String())); len(p.Faults) > 0 {
			t.Fatalf("%q: %q", b.String(), faultPlaces(p))
		}
	})
}

// TestMutatedPolicies holds each way to make a policy void for found.
func TestMutatedPolicies(t *testing.T) {
	without := func(lines []string, name string) []string {
		return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, name+":") })
	}
	rapid.Check(t, func(t *rapid.T) {
		lines := drawPolicy(t)
		mutated := map[string][][]string{
			"sts-policy-version": {without(lines, "version"), append([]string{"version: STSv1.0"}, without(lines, "version")...)},
			"sts-policy-mode":    {without(lines, "mode"), append([]string{"mode: report"}, without(lines, "mode")...)},
			"sts-policy-max-age": {without(lines, "max_age"), append([]string{"max_age: 1d"}, without(lines, "max_age")...), append([]string{"max_age: 31557601"}, without(lines, "max_age")...)},
			"sts-policy-mx":      {append(without(without(lines, "mx"), "mode"), "mode: enforce"), append([]string{"mx: a_b.example"}, lines...), append([]string{"mx: a.*.example"}, lines...)},
			"sts-policy-syntax":  {append([]string{"x"}, lines...), append([]string{": x"}, lines...), append([]string{"x y: z"}, lines...), append([]string{"x: \x00"}, lines...), append([]string{"x:"}, lines...), append([]string{"MODE: none"}, lines...)},
		}
		for rule, texts := range mutated {
			for _, l := range texts {
				text := strings.Join(l, "\n")
				p := ParsePolicy("mta-sts.txt", []byte(text))
				if !slices.ContainsFunc(p.Faults, func(f PolicyFault) bool { return f.Rule == rule && f.Severity == rules.Error }) {
					t.Fatalf("%q has no error of %s", text, rule)
				}
			}
		}
	})
}

// The ABNF of RFC 8461, section 3.2, written in another way.
var (
	policyLine = regexp.MustCompile(`^(?:version:[ \t]*STSv1|mode:[ \t]*(?:none|testing|enforce)|max_age:[ \t]*[0-9]{1,10}|mx:[ \t]*(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|[A-Za-z0-9][A-Za-z0-9_.-]{0,31}:[ \t]*[^\x00- \x7f](?:[^\x00-\x08\x0a-\x1f\x7f]*[^\x00- \x7f])?)[ \t]*$`)
	ownField   = regexp.MustCompile(`(?i)^[ \t]*(?:version|mode|max[_-]age|mx)[ \t]*:`)
)

// FuzzPolicy compares the verdict with the ABNF and holds every place for one
// that lies in the file.
func FuzzPolicy(f *testing.F) {
	for _, s := range []string{
		"version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 86400\n", "version: STSv1\r\nmode: none\r\nmax_age: 0", "\ufeffVersion : stsv1\n\nmx: .a\nmode report\nmax-age: 99999999999\n",
		"mode: none\nmode: x\nversion:STSv1\nmax_age:1\n x: y\nx:\nmx: a..b\nmx: \xff\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := ParsePolicy("mta-sts.txt", []byte(text))
		void := false
		for _, fault := range p.Faults {
			if fault.From < 0 || fault.To < fault.From || fault.To > len(text) {
				t.Fatalf("%q: %+v lies outside of the text", text, fault)
			}
			s := p.span(fault.Span)
			if begin := s.Start.Offset - s.Start.Column + 1; begin < 0 || begin > 0 && text[begin-1] != '\n' || strings.Count(text[:begin], "\n") != s.Start.Line-1 {
				t.Fatalf("%q: %+v is no place", text, s.Start)
			}
			void = void || fault.Severity == rules.Error
		}
		if void || strings.Contains(text, "\r") || strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
			return
		}
		seen := map[string]bool{}
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			name, _, _ := strings.Cut(line, ":")
			again := seen[name] && name != "mx" && ownField.MatchString(line)
			if strings.Trim(line, " \t") != "" && !again && (!policyLine.MatchString(line) || ownField.MatchString(line) && !slices.Contains(names[:], name)) {
				t.Fatalf("%q: nothing was found wrong with %q", text, line)
			}
			seen[name] = true
		}
		if !seen["version"] || !seen["mode"] || !seen["max_age"] || p.Mode != "none" && !seen["mx"] {
			t.Fatalf("%q: nothing was found missing", text)
		}
	})
}

func TestHostilePolicies(t *testing.T) {
	z, _ := ruletest.Parse(t, "test.zone", rules.ExampleHeader+"@ IN MX 10 mx.example.net.\n", nil)
	for _, unit := range []string{"\n", "x\n", "mode: x\n", "mx: .\n", "mx: a.example\n", "x: y\n", "a", "x: \x01\n"} {
		t.Run(unit, func(t *testing.T) {
			ruletest.Linear(t, 10000, func(size int) {
				p := ParsePolicy("mta-sts.txt", []byte(goodPolicyText+strings.Repeat(unit, size/len(unit))))
				e, err := rules.NewEngine(Rules(p), rules.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if n := len(e.Run(z)); n > 200 {
					t.Errorf("%d findings", n)
				}
			})
		})
	}
}

const goodPolicyText = "version: STSv1\nmode: enforce\nmx: mx.example.net\nmax_age: 604800\n"
