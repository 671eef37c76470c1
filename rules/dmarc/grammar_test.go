package dmarc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// The generators below follow the ABNF of RFC 9989, section 4.8.

func pick(t *rapid.T, of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }

func wsp(t *rapid.T) string { return pick(t, "", "", "", " ", "\t", "  \t ") }

func equals(t *rapid.T) string { return wsp(t) + "=" + wsp(t) }

func sep(t *rapid.T) string { return wsp(t) + ";" + wsp(t) }

// anyCase writes the letters of a literal in any case.
func anyCase(t *rapid.T, s string) string {
	switch rapid.IntRange(0, 4).Draw(t, "case") {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

func anyURI(t *rapid.T) string {
	uri := pick(t, "mailto:", "MAILTO:", "mailto:") + rapid.StringMatching(`[a-z0-9._+-]{1,12}(%2[1Cc]x)?@(example\.com|[a-z]{1,9}\.example\.net)(\?subject=([a-z]|%20){1,9})?`).Draw(t, "address")
	if rapid.IntRange(0, 9).Draw(t, "other") == 0 {
		uri = rapid.StringMatching(`https?://[a-z]{1,8}\.example/[a-z]{0,4}(\?[a-z]=[a-z]{1,4}&[a-z])?`).Draw(t, "uri")
	}
	if rapid.IntRange(0, 5).Draw(t, "sized") == 0 {
		uri += "!" + fmt.Sprint(rapid.IntRange(0, 99999).Draw(t, "size")) + pick(t, "", "k", "m", "g", "t", "M")
	}
	return uri
}

func anyURIs(t *rapid.T) string {
	list := anyURI(t)
	for range rapid.IntRange(0, 2).Draw(t, "more") {
		list += wsp(t) + "," + wsp(t) + anyURI(t)
	}
	return list
}

// value draws the value of a tag.
func value(t *rapid.T, tag string) string {
	switch tag {
	case "p", "sp", "np":
		return anyCase(t, pick(t, "none", "quarantine", "reject"))
	case "t":
		return anyCase(t, pick(t, "y", "n"))
	case "psd":
		return anyCase(t, pick(t, "y", "n", "u"))
	case "adkim", "aspf":
		return anyCase(t, pick(t, "r", "s"))
	case "rua", "ruf":
		return anyURIs(t)
	case "fo":
		return anyCase(t, pick(t, "0", "1", "d", "s", "0:d", "1:s", "0:d:s", "1:s:d", "d:0", "s:1:d", "d:s", "d:s:1"))
	}
	// Any printing character but a semicolon. An equals sign behind a blank would
	// rather be a tag whose semicolon is missing, a backslash before one is rather
	// left of an escape, and quotation marks of quoting twice.
	return rapid.StringMatching(`[!#-&(-:<>-[\]-~]([ !#-&(-:<>-[\]-~]{0,20}[!#-&(-:<>-[\]-~])?`).Draw(t, "value")
}

// drawTags draws tags in any order, with a policy or an address for reports
// (section 4.10.1).
func drawTags(t *rapid.T) []string {
	names := []string{"p", "sp", "np", "t", "psd", "adkim", "aspf", "rua", "ruf", "fo"}
	for range rapid.IntRange(0, 2).Draw(t, "unknown") {
		names = append(names, "x"+rapid.StringMatching(`[a-z]{4,9}`).Draw(t, "name"))
	}
	seen := map[string]bool{}
	var out []string
	for _, n := range rapid.Permutation(names).Draw(t, "order")[:rapid.IntRange(0, len(names)).Draw(t, "tags")] {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	if !seen["p"] && !seen["rua"] {
		out = append(out, pick(t, "p", "rua"))
	}
	return out
}

func drawRecord(t *rapid.T) string {
	text := pick(t, "v", "v", "V") + equals(t) + "DMARC1"
	for _, n := range drawTags(t) {
		text += sep(t) + anyCase(t, n) + equals(t) + value(t, n)
	}
	if rapid.Bool().Draw(t, "closed") {
		text += sep(t)
	}
	return text
}

// malformed are the rules that call a record malformed, in whatever degree.
var malformed = strings.Fields("dmarc-syntax dmarc-dup-tag dmarc-p-invalid dmarc-sp-invalid dmarc-np-invalid dmarc-psd-invalid dmarc-t-invalid " +
	"dmarc-align-invalid dmarc-fo-invalid dmarc-uri-syntax")

// errorsOf returns the errors of all rules in a zone of example.com, and what
// else calls a record malformed.
func errorsOf(t *rapid.T, e *rules.Engine, lines string) map[string][]string {
	z, err := masterfile.Parse("p.zone", []byte(rules.ExampleHeader+"@ IN A 192.0.2.1\n"+lines), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, f := range e.Run(z) {
		if f.Severity == rules.Error || slices.Contains(malformed, f.Rule.ID) {
			out[f.Name.String()] = append(out[f.Name.String()], f.Rule.ID+": "+f.Message)
		}
	}
	return out
}

func engine(t *testing.T) *rules.Engine {
	t.Helper()
	e, err := rules.NewEngine(all.Rules(pack.Selector{}), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// line writes a TXT record, its text cut into strings anywhere.
func line(t *rapid.T, owner, text string) string {
	cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
	out := owner + " IN TXT"
	for _, s := range []string{text[:cut], text[cut:]} {
		for len(s) > 255 {
			out += " " + zone.Quote(s[:255])
			s = s[255:]
		}
		out += " " + zone.Quote(s)
	}
	return out + "\n"
}

// TestValid draws ten times a hundred records of the grammar: no rule of any
// package finds an error in one.
func TestValid(t *testing.T) {
	e := engine(t)
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for i := range 10 {
			b.WriteString(line(t, fmt.Sprintf("_dmarc.n%d", i), drawRecord(t)))
		}
		if errs := errorsOf(t, e, b.String()); len(errs) > 0 {
			t.Fatalf("%v\n%s", errs, b.String())
		}
	})
}

// TestMutations draws valid records and makes each void in every way there is:
// every time an error is found.
func TestMutations(t *testing.T) {
	e := engine(t)
	for _, m := range []struct {
		name   string
		mutate func(version, rest string) []string // the records to publish
	}{
		{"version in small letters", func(_, rest string) []string { return []string{"v=dmarc1" + rest} }},
		{"another version", func(_, rest string) []string { return []string{"v=DMARC2" + rest} }},
		{"no version", func(_, rest string) []string { return []string{strings.TrimLeft(rest, "; \t")} }},
		{"version without its name", func(_, rest string) []string { return []string{"DMARC1" + rest} }},
		{"version behind", func(version, rest string) []string { return []string{strings.TrimLeft(rest, "; \t") + "; " + version} }},
		{"a blank before", func(version, rest string) []string { return []string{" " + version + rest} }},
		{"quotes", func(version, rest string) []string { return []string{`"` + version + rest + `"`} }},
		{"no semicolon behind the version", func(version, rest string) []string { return []string{version + " " + strings.TrimLeft(rest, "; \t")} }},
		{"p misspelt", func(version, rest string) []string { return []string{version + "; p=rejekt" + rest} }},
		{"p empty", func(version, rest string) []string { return []string{version + "; p=" + rest} }},
		{"p with a colon", func(version, rest string) []string { return []string{version + "; p:reject" + rest} }},
		{"sp misspelt", func(version, rest string) []string { return []string{version + "; p=none; sp=all" + rest} }},
		{"np misspelt", func(version, rest string) []string { return []string{version + "; p=none; np=all" + rest} }},
		{"no p", func(version, rest string) []string { return []string{version + rest} }},
		{"p twice", func(version, rest string) []string { return []string{version + "; p=none; p=reject" + rest} }},
		{"two records", func(version, rest string) []string {
			return []string{version + "; p=none" + rest, version + "; p=reject" + rest}
		}},
	} {
		t.Run(m.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				rest := sep(t) + pick(t, "adkim=s", "t=n", "fo=1") + pick(t, "", sep(t)+"psd=u", sep(t))
				if strings.Contains(m.name, "version") || m.name == "a blank before" || m.name == "quotes" {
					rest = sep(t) + "p=" + value(t, "p") + rest
				}
				lines := ""
				for _, text := range m.mutate("v=DMARC1", rest) {
					lines += line(t, "_dmarc.n", text)
				}
				if errs := errorsOf(t, e, lines); len(errs["_dmarc.n.example.com."]) == 0 {
					t.Fatalf("nothing is found in\n%s", lines)
				}
			})
		})
	}
}

// TestExamplesOfRFC has the records of RFC 9989, appendix B, RFC 7489, appendix
// B, and RFC 9990, section 4: no rule calls one of them malformed.
func TestExamplesOfRFC(t *testing.T) {
	e := engine(t)
	for _, r := range []string{
		`_dmarc IN TXT ( "v=DMARC1; p=none; " "rua=mailto:dmarc-feedback@example.com" )`,
		`_dmarc IN TXT ( "v=DMARC1; p=none; " "rua=mailto:dmarc-feedback@example.com; " "ruf=mailto:auth-reports@example.com" )`,
		`_dmarc IN TXT ( "v=DMARC1; p=none; " "rua=mailto:dmarc-feedback@example.com; " "ruf=mailto:auth-reports@thirdparty.example.net" )`,
		`example.net._report._dmarc IN TXT "v=DMARC1;"`,
		`example.net._report._dmarc IN TXT "v=DMARC1"`,
		`*._report._dmarc IN TXT "v=DMARC1"`,
		`example.net._report._dmarc IN TXT ( "v=DMARC1; " "rua=mailto:aggregate-reports@example.com; " "ruf=mailto:failure-reports@example.com" )`,
		`_dmarc.test IN TXT ( "v=DMARC1; p=quarantine; " "rua=mailto:dmarc-feedback@example.com," "mailto:tld-test@thirdparty.example.net; " "t=y" )`,
		`_dmarc.test IN TXT ( "v=DMARC1; p=quarantine; " "rua=mailto:dmarc-feedback@example.com," "mailto:tld-test@thirdparty.example.net!10m; " "pct=25" )`,
		`_dmarc IN TXT ( "v=DMARC1; p=reject; " "rua=mailto:dmarc-feedback@example.com," "mailto:tld-test@thirdparty.example.net" )`,
		`_dmarc IN TXT "v=DMARC1; p=reject; aspf=r; rua=mailto:dmarc-feedback@example.com"`,
	} {
		z, err := masterfile.Parse("p.zone", []byte(rules.ExampleHeader+"@ IN A 192.0.2.1\n"+r+"\n"), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range e.Run(z) {
			if f.Severity == rules.Error || slices.Contains(malformed, f.Rule.ID) || f.Rule.ID == "dmarc-report-auth-own" {
				t.Errorf("%s: %s: %s", r, f.Rule.ID, f.Message)
			}
		}
	}
}

// TestVoid has records that receivers do not take for a policy, or that their
// readers disagree about.
func TestVoid(t *testing.T) {
	e := engine(t)
	for _, text := range []string{
		"v=DMARC12", "v=DMARC1", "v=DMARC1;", "v=dmarc1; p=none", "v=DMARC1 p=none", "v=DMARC1; sp=invalid", "v=DMARC1; p=none; p=reject", "v=DMARC1;;",
		"v=DMARC1; adkim=x", "v=DMARC1; fo=", "v=DMARC1; fo=bad", "v=DMARC1; p=badvalue", "v=DMARC1; sp=bad", "v=DMARC1; pct=110", "v=DMARC1; rua=", "v=DMARC1; rua=bogus",
		"v=DMARC1; rua=mailto:dmarc-feedback@example.com!", "v=DMARC1; rua=mailto:dmarc-feedback@example.com!10p", "p=reject; v=DMARC1", "v=DMARC1; sp=reject; np=reject",
	} {
		z, err := masterfile.Parse("p.zone", []byte(rules.ExampleHeader+"_dmarc IN TXT "+zone.Quote(text)+"\n"), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(e.Run(z), func(f rules.Finding) bool { return f.Severity == rules.Error })
		if !found {
			t.Errorf("%q has no error", text)
		}
	}
}
