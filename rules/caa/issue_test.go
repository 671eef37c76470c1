package caa

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

// grammar is the ABNF of RFC 8659, section 4.2, written as a regular
// expression.
var grammar = func() *regexp.Regexp {
	const (
		wsp   = `[ \t]*`
		label = `[A-Za-z0-9](?:-*[A-Za-z0-9])*`
		param = label + wsp + `=` + wsp + `[\x21-\x3A\x3C-\x7E]*`
	)
	return regexp.MustCompile(`\A` + wsp + `(?:` + label + `(?:\.` + label + `)*` + wsp + `)?(?:;` + wsp + `(?:` + param + `(?:` + wsp + `;` + wsp + param + `)*` + wsp + `)?)?\z`)
}()

func describe(value string) string {
	i := ParseIssue(value)
	out := []string{"issuer=" + i.Issuer.Of(value)}
	for _, p := range i.Parameters {
		out = append(out, p.Tag.Of(value)+"="+p.Value.Of(value))
	}
	names := map[FaultKind]string{FaultIssuer: "issuer", FaultTrailing: "trailing", FaultEmpty: "empty", FaultEquals: "equals", FaultTag: "tag", FaultValue: "value"}
	for _, f := range i.Faults {
		out = append(out, fmt.Sprintf("%s@%d:%s", names[f.Kind], f.From, f.Of(value)))
	}
	return strings.Join(out, "|")
}

func TestParseIssue(t *testing.T) {
	for value, want := range map[string]string{
		"":                               "issuer=",
		";":                              "issuer=",
		" \t ; \t":                       "issuer=",
		"ca.example":                     "issuer=ca.example",
		"\tca.example ":                  "issuer=ca.example",
		"ca.example;":                    "issuer=ca.example",
		"ca.example; a=b":                "issuer=ca.example|a=b",
		"; a=b":                          "issuer=|a=b",
		"ca ;a = b=c ;x-1=; y=:<>":       "issuer=ca|a=b=c|x-1=|y=:<>",
		"a--b.xn--c":                     "issuer=a--b.xn--c",
		"%%%%%":                          "issuer=%%%%%|issuer@0:%%%%%",
		"ca.example.":                    "issuer=ca.example.|issuer@0:ca.example.",
		".":                              "issuer=.|issuer@0:.",
		"-a":                             "issuer=-a|issuer@0:-a",
		"a-.b":                           "issuer=a-.b|issuer@0:a-.b",
		"a_b":                            "issuer=a_b|issuer@0:a_b",
		"ca.example x":                   "issuer=ca.example x|issuer@0:ca.example x",
		"ca.example a=b":                 "issuer=ca.example|trailing@11:a=b",
		"ca; a=b;":                       "issuer=ca|a=b|empty@7:;",
		"ca;;":                           "issuer=ca|empty@2:;|empty@3:;",
		"ca; ;a=b":                       "issuer=ca|a=b|empty@2:;",
		"ca; a":                          "issuer=ca|equals@4:a",
		"ca; =a":                         "issuer=ca|tag@4:=a",
		"ca; a_=a":                       "issuer=ca|tag@4:a_",
		"ca; a=b c":                      "issuer=ca|value@6:b c",
		"ca; a=\u00e4":                   "issuer=ca|value@6:\u00e4",
		"ca\n":                           "issuer=ca\n|issuer@0:ca\n",
		"ca; a=b\x00; c=d":               "issuer=ca|c=d|value@6:b\x00",
		"\"ca.example\"":                 "issuer=\"ca.example\"|issuer@0:\"ca.example\"",
		"ca.example, ca2.example; a=b ;": "issuer=ca.example, ca2.example|a=b|issuer@0:ca.example, ca2.example|empty@29:;",
	} {
		if got := describe(value); got != want {
			t.Errorf("%q:\n got %q\nwant %q", value, got, want)
		}
	}
}

func FuzzParseIssue(f *testing.F) {
	for _, s := range []string{"ca.example; a=b", ";", "%%%%%", "ca;;", "ca a=b", "a--b.c ; x = y ; z=", "ca; a=\u00e4", "a.b, c.d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		i := ParseIssue(value)
		if got, want := len(i.Faults) == 0, grammar.MatchString(value); got != want {
			t.Fatalf("%q: valid %v, want %v: %s", value, got, want, describe(value))
		}
		for _, fault := range i.Faults {
			if fault.From >= fault.To || fault.To > len(value) {
				t.Fatalf("%q: %+v", value, fault)
			}
		}
	})
}

// FuzzRules proves that no record makes a rule panic, and that every fix does
// away with its finding and brings none as bad.
func FuzzRules(f *testing.F) {
	for _, tag := range []string{"issue", "issueWild", "issuemail", "iodef", "contactemail", "contactphone", "isuse", "", "a-b"} {
		for _, value := range []string{"ca.example; accounturi=x; validationmethods=dns01,,b", ";", "letsencrypt.com", "mailto:a@b.c", "<a@b.c>", "tel:+1 2", "a.b., c.d", "ca a=b;"} {
			f.Add(byte(129), tag, value, "ca.example")
		}
	}
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	apex := zone.MustName("example.com")
	f.Fuzz(func(t *testing.T, flags byte, tag, value, other string) {
		if len(tag) > 255 || len(value)+len(other) > 4000 {
			return
		}
		b := zone.NewBuilder(2)
		b.Add(zone.NewCAA(apex, 3600, flags, tag, value))
		b.Add(zone.NewCAA(apex, 3600, 0, "issue", other))
		z := b.Zone(apex)
		z.Complete = true
		checkFixes(t, e, z, rules.Unsafe)
	})
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func checkFixes(t fataler, e *rules.Engine, z *zone.Zone, upTo rules.Safety) {
	res, err := e.Fix(z, upTo)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for i, why := range res.NotMade {
		if strings.Contains(why, "did not help") {
			t.Fatalf("%s: %s: %s", res.Left[i].Rule.ID, res.Left[i].Message, why)
		}
	}
	again, err := e.Fix(res.Zone, upTo)
	if err != nil || len(again.Changes) > 0 {
		t.Fatalf("a second run changes %v (%v)", again.Changes, err)
	}
}

func TestLinear(t *testing.T) {
	for name, piece := range map[string]string{"semicolons": ";", "labels": "a.", "hyphens": "a-", "parameters": ";a=b", "blanks": " ", "commas": "a.b,", "methods": "x,"} {
		t.Run(name, func(t *testing.T) {
			ruletest.Linear(t, 20000, func(size int) { ParseIssue("ca" + strings.Repeat(piece, size)) })
		})
	}
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	apex := zone.MustName("example.com")
	for name, piece := range map[string]string{"semicolons": ";", "parameters": ";a=b", "methods": "x,", "addresses": "a@b,"} {
		t.Run("rules on "+name, func(t *testing.T) {
			ruletest.Linear(t, 3000, func(size int) {
				b := zone.NewBuilder(3)
				for _, tag := range []string{"issue", "iodef", "contactemail"} {
					b.Add(zone.NewCAA(apex, 3600, 0, tag, "ca;validationmethods="+strings.Repeat(piece, size)))
				}
				e.Run(b.Zone(apex))
			})
		})
	}
	t.Run("rules on many records", func(t *testing.T) {
		ruletest.Linear(t, 2000, func(size int) {
			b := zone.NewBuilder(size)
			for i := range size {
				b.Add(zone.NewCAA(apex, 3600, 0, "issue", fmt.Sprintf("ca%d.example; validationmethods=dns-01", i)))
			}
			e.Run(b.Zone(apex))
		})
	})
}

// drawValue draws a value of the grammar with an issuer.
func drawValue(t *rapid.T) string {
	wsp := func() string { return rapid.SampledFrom([]string{"", "", " ", "\t", "  "}).Draw(t, "wsp") }
	label := rapid.StringMatching(`[A-Za-z0-9](-{0,2}[A-Za-z0-9]){0,6}`)
	value := wsp() + label.Draw(t, "label") + "." + label.Draw(t, "label") + wsp()
	n := rapid.IntRange(-1, 3).Draw(t, "parameters")
	if n < 0 {
		return value
	}
	value += ";" + wsp()
	for i := range n {
		if i > 0 {
			value += wsp() + ";" + wsp()
		}
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			value += fmt.Sprintf("accounturi%d=https://ca.example/acct/1", i)
		default:
			value += "x" + label.Draw(t, "tag") + wsp() + "=" + wsp() + rapid.StringMatching(`[!-:<-~]{0,12}`).Draw(t, "value")
		}
	}
	return value + wsp()
}

// Records of the grammar give no error, each kind a thousand times.
func TestValidGiveNoError(t *testing.T) {
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	apex := zone.MustName("example.com")
	phone := rapid.StringMatching(`\+[0-9][0-9().-]{0,12}[0-9]`)
	address := rapid.StringMatching(`[a-z0-9!#$%&'*+/=?^_{|}~-]{1,8}(\.[a-z0-9]{1,4})?@[a-z0-9]{1,8}\.[a-z]{2,4}`)
	kinds := map[string]func(*rapid.T) (string, string){
		"issue":     func(t *rapid.T) (string, string) { return "issue", drawValue(t) },
		"issuewild": func(t *rapid.T) (string, string) { return "issuewild", drawValue(t) },
		"issuemail": func(t *rapid.T) (string, string) { return "IssueMail", drawValue(t) },
		"rfc8657": func(t *rapid.T) (string, string) {
			method := rapid.SampledFrom([]string{"dns-01", "http-01", "tls-alpn-01", "ca-x", "CA-1"})
			list := strings.Join(rapid.SliceOfN(method, 1, 4).Draw(t, "methods"), ",")
			uri := rapid.StringMatching(`https://ca\.example/[a-zA-Z0-9/_.~%2F-]{0,9}1`).Filter(func(s string) bool { return !strings.Contains(strings.ReplaceAll(s, "%2F", ""), "%") })
			return "issue", "ca.example; validationmethods=" + list + " ;accounturi = " + uri.Draw(t, "uri")
		},
		"iodef": func(t *rapid.T) (string, string) {
			return "iodef", rapid.SampledFrom([]string{
				"mailto:" + rapid.StringMatching(`[a-z0-9._+-]{1,9}@[a-z]{1,9}\.[a-z]{2,3}`).Draw(t, "address"),
				rapid.StringMatching(`(http|HTTPS)://[a-z]{1,9}\.[a-z]{2,3}(:[0-9]{2})?(/[a-z]{0,3})?(\?[a-z=&]{0,5})?`).Draw(t, "url"),
			}).Draw(t, "kind")
		},
		"contactemail": func(t *rapid.T) (string, string) { return "contactemail", address.Draw(t, "address") },
		"contactphone": func(t *rapid.T) (string, string) { return "contactphone", phone.Draw(t, "phone") },
	}
	for name, draw := range kinds {
		t.Run(name, func(t *testing.T) {
			draws := 0
			for draws < 1000 {
				rapid.Check(t, func(t *rapid.T) {
					draws++
					tag, value := draw(t)
					if len(ParseIssue(value).Faults) > 0 && strings.HasPrefix(strings.ToLower(tag), "issue") {
						t.Fatalf("%q: %s", value, describe(value))
					}
					b := zone.NewBuilder(1)
					b.Add(zone.NewCAA(apex, 3600, 128*uint8(draws%2), tag, value))
					for _, f := range e.Run(b.Zone(apex)) {
						if f.Severity == rules.Error || f.Rule == contact {
							t.Fatalf("%s %q: %s: %s", tag, value, f.Rule.ID, f.Message)
						}
					}
				})
			}
		})
	}
}

// Each way of making a record void is found.
func TestMutations(t *testing.T) {
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	apex := zone.MustName("example.com")
	mutations := map[string]struct {
		tag    string
		mutate func(t *rapid.T, value string) string
		rule   string
	}{
		"final dot":        {"issue", func(_ *rapid.T, v string) string { return cutIssuer(v, ".") }, "caa-syntax"},
		"underscore":       {"issue", func(_ *rapid.T, v string) string { return cutIssuer(v, "_x") }, "caa-syntax"},
		"hyphen":           {"issuewild", func(_ *rapid.T, v string) string { return cutIssuer(v, "-") }, "caa-syntax"},
		"second name":      {"issuemail", func(_ *rapid.T, v string) string { return cutIssuer(v, ", ca2.example") }, "caa-syntax"},
		"empty parameter":  {"issue", func(_ *rapid.T, v string) string { return v + ";;" }, "caa-syntax"},
		"no equals":        {"issue", func(_ *rapid.T, v string) string { return v + "; policy" }, "caa-syntax"},
		"blank in a value": {"issue", func(_ *rapid.T, v string) string { return "ca.example; a=b c; d=e" }, "caa-syntax"},
		"control octet": {"issue", func(t *rapid.T, v string) string {
			return strings.TrimRight(v, " \t") + string(rune(rapid.SampledFrom([]int{0, 1, 10, 13, 127}).Draw(t, "octet")))
		}, "caa-syntax"},
		"URL":              {"issue", func(_ *rapid.T, v string) string { return "https://" + strings.TrimLeft(v, " \t") }, "caa-syntax"},
		"second account":   {"issue", func(*rapid.T, string) string { return "ca.example; accounturi=a:b; accounturi=a:c" }, "caa-parameter"},
		"second methods":   {"issue", func(*rapid.T, string) string { return "ca.example; validationmethods=dns-01; validationmethods=dns-01" }, "caa-parameter"},
		"iodef scheme":     {"iodef", func(*rapid.T, string) string { return "a@example.com" }, "caa-iodef"},
		"iodef host":       {"iodef", func(*rapid.T, string) string { return "https:///x" }, "caa-iodef"},
		"contact with tag": {"contactemail", func(*rapid.T, string) string { return "mailto:a@example.com" }, "caa-contact"},
		"phone of no land": {"contactphone", func(*rapid.T, string) string { return "0301234" }, "caa-contact"},
	}
	for name, m := range mutations {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			value := m.mutate(t, drawValue(t))
			b := zone.NewBuilder(1)
			b.Add(zone.NewCAA(apex, 3600, 0, m.tag, value))
			z := b.Zone(apex)
			if ids := ruletest.IDs(e.Run(z)); !slices.Contains(ids, m.rule) {
				t.Fatalf("%q: %v", value, ids)
			}
			checkFixes(t, e, z, rules.Unsafe)
		}))
	}
}

// cutIssuer puts something behind the issuer of a value.
func cutIssuer(value, insert string) string {
	i := ParseIssue(value).Issuer
	return value[:i.To] + insert + value[i.To:]
}
