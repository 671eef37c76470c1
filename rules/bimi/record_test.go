package bimi

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

func TestMeant(t *testing.T) {
	for _, c := range []struct {
		text  string
		named bool
		form  tagvalue.Form
	}{
		{"v=BIMI1", false, tagvalue.VersionGood},
		{"v=BIMI1 ; l=", false, tagvalue.VersionSpaced},
		{"v = BIMI1; l=", false, tagvalue.VersionGood},
		{"v=Bimi1; l=", false, tagvalue.VersionCase},
		{"v=BIMI12; l=", false, tagvalue.VersionOther},
		{"v=BIMI; l=", false, tagvalue.VersionOther},
		{"v=BIMIBUS1", false, tagvalue.NotMeant},
		{"BIMI1; l=", false, tagvalue.NotMeant},
		{"BIMI1; l=", true, tagvalue.VersionBare},
		{"l=https://example.com/l.svg", false, tagvalue.NotMeant},
		{"l=https://example.com/l.svg", true, tagvalue.VersionMissing},
		{"l=x; v=DKIM1", true, tagvalue.NotMeant},
		{"l=; v=BIMI1", true, tagvalue.VersionLate},
		{"v=spf1 -all", true, tagvalue.NotMeant},
		{"", true, tagvalue.NotMeant},
	} {
		if got := Parse(c.text, c.named, nil).Version.Form; got != c.form {
			t.Errorf("%q, named %v: form %d, want %d", c.text, c.named, got, c.form)
		}
	}
}

func TestCheckURI(t *testing.T) {
	for uri, want := range map[string]URIFault{
		"https://example.com":                  0,
		"HTTPS://user@example.com.:8443/a%2Cb": 0,
		"https://example.com/l.svg?a=b&c#d":    0,
		"https://xn--bcher-kva.example/l.svg":  0,
		"example.com/l.svg":                    NoURI,
		"1x:a":                                 NoURI,
		"http://example.com/l.svg":             OtherScheme,
		"data:image/svg+xml;base64":            OtherScheme,
		"https://a.example/a,b":                Several,
		"https://a.example/é":                  BadOctet,
		"https://a.example/%2":                 BadOctet,
		"https://a.example/a b":                BadOctet,
		"https:a.example":                      NoHost,
		"https://:443/":                        NoHost,
		"https://":                             NoHost,
		"https://localhost/":                   NoDomain,
		"https://[2001:db8::1]/":               NoDomain,
		"https://[::ffff:192.0.2.1]/":          NoDomain,
		"https://192.0.2.1/":                   NoDomain,
	} {
		if got := CheckURI(uri); got != want {
			t.Errorf("%q: got %d, want %d", uri, got, want)
		}
	}
}

func TestDomain(t *testing.T) {
	for owner, want := range map[string]string{
		"default._bimi.example.com": "example.com.",
		"a.b._bimi.a.example.com":   "a.example.com.",
		"_bimi.example.com":         "",
		"example.com":               "",
		"default.x_bimi.example":    "",
	} {
		if got := Domain(zone.MustName(owner)).String(); got != want {
			t.Errorf("%s: got %q, want %q", owner, got, want)
		}
	}
}

func engine(t testing.TB) *rules.Engine {
	t.Helper()
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func zoneOf(owner, text string) *zone.Zone {
	b := zone.NewBuilder(1)
	b.Add(zone.NewTXT(zone.MustName(owner), 3600, text))
	z := b.Zone(zone.MustName("example.com"))
	z.Complete = true
	return z
}

// generated draws a record from the grammar of section 4.3.
func generated(t *rapid.T) []string {
	blank := rapid.StringMatching(`[ \t]{0,2}`)
	uri := rapid.StringMatching(`(https|HTTPS)://([a-z0-9][a-z0-9-]{0,8}\.){1,3}(example|xn--p1ai)(:[0-9]{1,4})?(/[A-Za-z0-9._~!$&'()*+:@%-]{0,0}[A-Za-z0-9._~!$&'()*+:@-]{0,10}){0,2}(/logo\.(svg|svgz|SVG))?(\?[a-z0-9=&/]{0,8})?`)
	tag := func(name, value string) string {
		return name + blank.Draw(t, "blank") + "=" + blank.Draw(t, "blank") + value
	}
	l, a := "", ""
	if rapid.Bool().Draw(t, "logo") {
		l = uri.Draw(t, "l")
		a = rapid.SampledFrom([]string{"", uri.Draw(t, "a")}).Draw(t, "evidence")
	}
	for _, image := range []string{"png", "jpg", "gif"} {
		if suffix(l) == image {
			l = ""
		}
	}
	if images[suffix(l)] || l == "" {
		l, a = "", ""
	}
	rest := []string{tag("l", l)}
	if rapid.Bool().Draw(t, "a") || a != "" {
		rest = append(rest, tag("a", a))
	}
	if rapid.Bool().Draw(t, "avp") {
		rest = append(rest, tag("avp", rapid.SampledFrom([]string{"brand", "personal"}).Draw(t, "avp")))
	}
	if rapid.Bool().Draw(t, "lps") {
		rest = append(rest, tag("lps", rapid.SampledFrom([]string{"true", "false"}).Draw(t, "lps")))
	}
	return append([]string{tag("v", value)}, rapid.Permutation(rest).Draw(t, "order")...)
}

// TestGenerated holds a record that the grammar gives for free of errors and
// warnings.
func TestGenerated(t *testing.T) {
	e := engine(t)
	rapid.Check(t, func(t *rapid.T) {
		sep := rapid.StringMatching(`[ \t]{0,2};[ \t]{0,2}`)
		var b strings.Builder
		for i, tag := range generated(t) {
			if i > 0 {
				b.WriteString(sep.Draw(t, "separator"))
			}
			b.WriteString(tag)
		}
		if rapid.Bool().Draw(t, "end") {
			b.WriteString(sep.Draw(t, "separator"))
		}
		for _, f := range e.Run(zoneOf("default._bimi.example.com", b.String())) {
			if f.Severity > rules.Info {
				t.Fatalf("%q: %s: %s", b.String(), f.Rule.ID, f.Message)
			}
		}
	})
}

// TestMutations holds each way to make a record void for found.
func TestMutations(t *testing.T) {
	e := engine(t)
	mutations := []struct {
		rule   string
		mutate func(tags []string) string
	}{
		{"bimi-version", func(tags []string) string { return strings.ToLower(tags[0]) + ";" + strings.Join(tags[1:], ";") }},
		{"bimi-version", func(tags []string) string { return " " + strings.Join(tags, ";") }},
		{"bimi-version", func(tags []string) string { return strings.Join(append(tags[1:], tags[0]), ";") }},
		{"bimi-version", func(tags []string) string { return tags[0] + "0;" + strings.Join(tags[1:], ";") }},
		{"bimi-version", func(tags []string) string { return tags[0] + " " + strings.Join(tags[1:], ";") }},
		{"bimi-l-missing", func(tags []string) string {
			kept := tags[:0:0]
			for _, t := range tags {
				if t[0] != 'l' || strings.HasPrefix(t, "lps") {
					kept = append(kept, t)
				}
			}
			return strings.Join(kept, ";")
		}},
		{"bimi-dup-tag", func(tags []string) string { return strings.Join(append(tags, tags[1]), ";") }},
		{"bimi-dup-tag", func(tags []string) string { return strings.Join(append(tags, tags[0]), ";") }},
		{"bimi-syntax", func(tags []string) string { return strings.Join(append(tags, "x"), ";") }},
		{"bimi-syntax", func(tags []string) string { return strings.Join(append(tags, "=x"), ";") }},
		{"bimi-syntax", func(tags []string) string { return strings.Join(append(tags, "a-b=x"), ";") }},
		{"bimi-syntax", func(tags []string) string { return strings.Join(append(tags, "x=\x01"), ";") }},
		{"bimi-syntax", func(tags []string) string {
			return tags[0] + ";" + strings.Join(tags[1:], ";") + " l=" // no semicolon before it
		}},
		{"bimi-l-https", func([]string) string { return "v=BIMI1;l=http://example.com/l.svg;a=" }},
		{"bimi-l-format", func([]string) string { return "v=BIMI1;l=https://example.com/l.jpeg;a=" }},
		{"bimi-a-https", func([]string) string { return "v=BIMI1;l=https://example.com/l.svg;a=example.com/l.pem" }},
	}
	rapid.Check(t, func(t *rapid.T) {
		tags := generated(t)
		for i, m := range mutations {
			text := m.mutate(append([]string(nil), tags...))
			found := false
			for _, f := range e.Run(zoneOf("default._bimi.example.com", text)) {
				found = found || f.Rule.ID == m.rule && f.Severity == rules.Error
			}
			if !found {
				t.Fatalf("mutation %d: %q has no error of %s", i, text, m.rule)
			}
		}
	})
}

// A record is at most 65,535 octets; work that grows with the square of that
// would stop the check of a zone.
func TestHostileRecords(t *testing.T) {
	e := engine(t)
	for _, unit := range []string{";", "l=;", "x=1 l=2 ", "v=BIMI1;", "L=https://a,", "a=\x01;", "avp=x lps=y,", "=;", "a-b=;"} {
		t.Run(unit, func(t *testing.T) {
			ruletest.Linear(t, 4000, func(size int) {
				z := zoneOf("default._bimi.example.com", "v=BIMI1;"+strings.Repeat(unit, size/len(unit)))
				if n := len(e.Run(z)); n == 0 || n > 150 {
					t.Errorf("%d findings", n)
				}
				if _, err := e.Fix(z, rules.Unsafe); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// FuzzFix proves that a record of no finding is one that a strict reader takes,
// that every span lies in the text, and that every fix does away with its
// finding and brings no other.
func FuzzFix(f *testing.F) {
	for _, s := range []string{
		"v=BIMI1; l=https://example.com/l.svg; a=https://example.com/l.pem; avp=brand; lps=true;", " V=bimi1 l=x", "l=; a=; v=BIMI1", "BIMI1;l:https://a.example/;;",
		"v = BIMI1 , l = <https://a.example/b>", "v=BIMI1; l=; L=; a=; A=x; avp=BRAND; lps=\"true\"; =; x", "v=BIMI1;l=https://a.example/a.png,https://b.example;a=self", "v=BIMI1;v=BIMI1;l=\xc3;a=%",
	} {
		f.Add(s)
	}
	e := engine(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		for _, owner := range []string{"example.com", "default._bimi.example.com", "_bimi.example.com"} {
			z := zoneOf(owner, text)
			res, err := e.Fix(z, rules.Unsafe)
			if err != nil {
				t.Fatalf("%s %q: %v", owner, text, err)
			}
			for i, why := range res.NotMade {
				if strings.Contains(why, "did not help") || strings.Contains(why, "not in the zone") {
					t.Fatalf("%s %q: %s: %s", owner, text, res.Left[i].Rule.ID, why)
				}
			}
		}
		r := Parse(text, true, nil)
		if len(e.Run(zoneOf("default._bimi.example.com", text))) == 0 && r.Version.Form != tagvalue.NotMeant {
			if err := strict(text); err != nil {
				t.Fatalf("%q: nothing was found, but %v", text, err)
			}
		}
	})
}

// strict reads a record in another way than Parse does.
func strict(text string) error {
	seen := map[string]string{}
	parts := strings.Split(text, ";")
	if strings.Trim(parts[len(parts)-1], " \t\r\n") == "" {
		parts = parts[:len(parts)-1]
	}
	for i, part := range parts {
		name, v, ok := strings.Cut(part, "=")
		name, v = strings.Trim(name, " \t\r\n"), strings.Trim(v, " \t\r\n")
		_, again := seen[name]
		switch {
		case !ok:
			return fmt.Errorf("%q is no tag", part)
		case again:
			return fmt.Errorf("%q stands twice", name)
		case i == 0 && (name != "v" || v != value):
			return fmt.Errorf("%q is no version", part)
		}
		seen[name] = v
	}
	l, ok := seen["l"]
	if !ok || l != "" && !strings.HasPrefix(strings.ToLower(l), "https://") {
		return fmt.Errorf("l is %q", l)
	}
	if a := seen["a"]; a != "" && !strings.HasPrefix(strings.ToLower(a), "https://") {
		return fmt.Errorf("a is %q", a)
	}
	return nil
}
