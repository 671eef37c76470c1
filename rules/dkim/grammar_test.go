package dkim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/dkim"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// The generators below follow the ABNF of RFC 6376, sections 2.10, 3.2 and
// 3.6.1, with RFC 8463 for the type ed25519.

func pick(t *rapid.T, of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }

// fws is folding white space or none.
func fws(t *rapid.T) string { return pick(t, "", "", "", " ", "\t ", "\r\n ", " \r\n\t") }

func anyCase(t *rapid.T, s string) string {
	if rapid.IntRange(0, 5).Draw(t, "case") == 0 {
		return strings.ToUpper(s)
	}
	return s
}

// colons writes a list as h, s and t have it, of which one word is given.
func colons(t *rapid.T, word string, others ...string) string {
	words := []string{word}
	for range rapid.IntRange(0, 2).Draw(t, "others") {
		words = append(words, pick(t, append(others, rapid.StringMatching(`[a-z]([a-z0-9-]{0,5}[a-z0-9])?`).Draw(t, "word"))...))
	}
	out := ""
	for i, w := range rapid.Permutation(words).Draw(t, "order") {
		if i > 0 {
			out += fws(t) + ":" + fws(t)
		}
		out += w
	}
	return out
}

// folded puts folding white space into base64.
func folded(t *rapid.T, key string) string {
	for at := len(key); at > 0; {
		at -= rapid.IntRange(1, 200).Draw(t, "fold")
		if at >= 0 {
			key = key[:at] + pick(t, " ", "\t", "\r\n ", "  ") + key[at:]
		}
	}
	return key
}

type tag struct{ name, value string }

// drawTags draws the tags behind the version, in any order.
func drawTags(t *rapid.T) []tag {
	tags := []tag{{"p", dkim.Key2048}}
	switch rapid.IntRange(0, 3).Draw(t, "key") {
	case 0:
		tags = append(tags, tag{"k", "rsa"})
	case 1:
		tags = []tag{{"k", "ed25519"}, {"p", dkim.KeyEd}}
	case 2:
		tags[0].value = dkim.Key1024
	}
	if i := len(tags) - 1; tags[i].name == "p" {
		tags[i].value = folded(t, tags[i].value)
	} else {
		tags[0].value = folded(t, tags[0].value)
	}
	if rapid.Bool().Draw(t, "h") {
		tags = append(tags, tag{"h", colons(t, anyCase(t, "sha256"), "sha1")})
	}
	if rapid.Bool().Draw(t, "s") {
		tags = append(tags, tag{"s", colons(t, pick(t, "*", "email", "EMail"), "tlsrpt", "*")})
	}
	if rapid.Bool().Draw(t, "t") {
		tags = append(tags, tag{"t", colons(t, pick(t, "y", "s", "Y", "x-new"))})
	}
	if rapid.Bool().Draw(t, "n") {
		// qp-section, without the semicolon and the equals sign, which are written
		// as =3B and =3D. Quotation marks are rather of quoting twice, and a
		// backslash at the end of escaping twice.
		tags = append(tags, tag{"n", rapid.StringMatching(`(([!#-:<>-~]|=3B|=3D|=E9|[ !#-:<>-~][!#-:<>-~]){0,20}[!#-&(-:<>-[\]-~])?`).Draw(t, "note")})
	}
	if rapid.Bool().Draw(t, "other") {
		tags = append(tags, tag{
			rapid.StringMatching(`[a-z][a-z0-9_]{1,6}`).Draw(t, "name"),
			rapid.StringMatching(`([!#-&(-:<-[\]-~]([!#-:<-[\]-~]{0,9}[ \t]{1,2}[!#-&(-:<>-[\]-~])?)?`).Draw(t, "value"),
		})
	}
	return rapid.Permutation(tags).Draw(t, "order")
}

func drawRecord(t *rapid.T) string {
	text, sep := "", ""
	if rapid.IntRange(0, 3).Draw(t, "version") > 0 {
		text, sep = fws(t)+"v"+fws(t)+"="+fws(t)+"DKIM1"+fws(t), ";"
	}
	for _, g := range drawTags(t) {
		text += sep + fws(t) + g.name + fws(t) + "=" + fws(t) + g.value + fws(t)
		sep = ";"
	}
	if rapid.Bool().Draw(t, "closed") {
		text += ";"
	}
	return text
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

// malformed are the rules that call a key malformed, in whatever degree.
var malformed = strings.Fields("dkim-version dkim-syntax dkim-dup-tag dkim-no-p dkim-base64 dkim-key-der dkim-ed25519-len dkim-k-unknown dkim-h-sha1 dkim-s-not-email")

// faults returns the errors in a zone of example.com, and what else calls a key
// malformed.
func faults(t *rapid.T, e *rules.Engine, lines string) []string {
	var out []string
	for _, f := range e.Run(parsed(t, lines)) {
		if f.Severity == rules.Error || slices.Contains(malformed, f.Rule.ID) {
			out = append(out, f.Name.String()+" "+f.Rule.ID+": "+f.Message)
		}
	}
	return out
}

// TestValid draws ten times a hundred keys of the grammar: none has an error.
func TestValid(t *testing.T) {
	e, err := rules.NewEngine(all.Rules(pack.Selector{}), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for i := range 10 {
			b.WriteString(line(t, fmt.Sprintf("s%d._domainkey", i), drawRecord(t)))
		}
		if fs := faults(t, e, b.String()); len(fs) > 0 {
			t.Fatalf("%q\n%s", fs, b.String())
		}
	})
}

// TestMutations draws valid keys and makes each void in every way there is:
// every time an error is found.
func TestMutations(t *testing.T) {
	e, err := rules.NewEngine(all.Rules(pack.Selector{}), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	with := func(tags []tag, name, value string) []tag {
		out := slices.DeleteFunc(slices.Clone(tags), func(g tag) bool { return g.name == name })
		return append(out, tag{name, value})
	}
	value := func(tags []tag, name string) string {
		for _, g := range tags {
			if g.name == name {
				return g.value
			}
		}
		return ""
	}
	for _, m := range []struct {
		name   string
		mutate func(tags []tag) [][]tag // the records to publish
	}{
		{"version in small letters", func(tags []tag) [][]tag { return [][]tag{append([]tag{{"v", "dkim1"}}, tags...)} }},
		{"another version", func(tags []tag) [][]tag { return [][]tag{append([]tag{{"v", "DKIM2"}}, tags...)} }},
		{"version behind", func(tags []tag) [][]tag { return [][]tag{append(tags, tag{"v", "DKIM1"})} }},
		{"no key", func(tags []tag) [][]tag {
			return [][]tag{append([]tag{{"v", "DKIM1"}}, slices.DeleteFunc(tags, func(g tag) bool { return g.name == "p" })...)}
		}},
		{"key cut short", func(tags []tag) [][]tag { return [][]tag{with(tags, "p", dkim.Key2048[:200])} }},
		{"key with a bad octet", func(tags []tag) [][]tag {
			p := value(tags, "p")
			return [][]tag{with(tags, "p", p[:20]+"*"+p[20:])}
		}},
		{"key of other octets", func(tags []tag) [][]tag {
			return [][]tag{with(with(tags, "k", "rsa"), "p", strings.Repeat("Zm9v", 60))}
		}},
		{"key of the other type", func(tags []tag) [][]tag { return [][]tag{with(with(tags, "k", "ed25519"), "p", dkim.Key2048)} }},
		{"key too short", func(tags []tag) [][]tag { return [][]tag{with(with(tags, "k", "rsa"), "p", dkim.Key768)} }},
		{"Ed25519 too short", func(tags []tag) [][]tag { return [][]tag{with(with(tags, "k", "ed25519"), "p", dkim.KeyEd[:40])} }},
		{"unknown type", func(tags []tag) [][]tag { return [][]tag{with(tags, "k", "dsa")} }},
		{"empty type", func(tags []tag) [][]tag { return [][]tag{with(tags, "k", "")} }},
		{"sha1 alone", func(tags []tag) [][]tag { return [][]tag{with(tags, "h", "sha1")} }},
		{"another service", func(tags []tag) [][]tag { return [][]tag{with(tags, "s", "other")} }},
		{"the key twice", func(tags []tag) [][]tag {
			return [][]tag{append(tags, tag{"p", dkim.Key1024 + " "}, tag{"p", dkim.KeyEd})}
		}},
		{"two keys", func(tags []tag) [][]tag {
			return [][]tag{tags, {{"k", "ed25519"}, {"n", "another"}, {"p", dkim.KeyEd}}}
		}},
		{"text that is no tag", func(tags []tag) [][]tag { return [][]tag{append(tags, tag{"hello", ""})} }},
	} {
		t.Run(m.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				lines := ""
				for _, tags := range m.mutate(drawTags(t)) {
					text := ""
					for _, g := range tags {
						if g.name == "hello" {
							text += g.name + ";"
							continue
						}
						text += fws(t) + g.name + "=" + fws(t) + g.value + fws(t) + ";"
					}
					lines += line(t, "s._domainkey", text)
				}
				for _, f := range e.Run(parsed(t, lines)) {
					if f.Severity == rules.Error && f.Name == "\x01s\x0a_domainkey\x07example\x03com\x00" {
						return
					}
				}
				t.Fatalf("nothing is found in\n%s", lines)
			})
		})
	}
}

func parsed(t *rapid.T, lines string) *zone.Zone {
	z, err := masterfile.Parse("p.zone", []byte(rules.ExampleHeader+lines), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestExamplesOfRFC has the keys of RFC 6376, appendix C, and RFC 8463, appendix
// A, and others of all tags: what is found in each, without advice.
func TestExamplesOfRFC(t *testing.T) {
	const brisbane = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
	for text, want := range map[string]string{
		"v=DKIM1; p=" + brisbane: "warning dkim-rsa-lt2048",
		"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB": "warning dkim-rsa-lt2048",
		"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=":                                                                                                   "",
		"v = DKIM1 ;   h\t=\tsha1 \t:\t SHA256:unknown\t;k=ed25519; n = notes...; p = JDc bZ0Hpb a5NK\tXI4UAW3G0IDhhFOxhJTDybZEwe1FeA=  ;s = email : tlsrpt; unknown = bogus;": "",
		"v=DKIM1":         "error dkim-no-p",
		"p=; v=DKIM1":     "error dkim-version",
		"v=dkim1; p=":     "error dkim-version",
		"V=DKIM2; p=;":    "", // the names of tags are told apart by case, so V is an unknown one
		"v=DKIM1; p=; p=": "error dkim-dup-tag",
		"v=DKIM1; p=JDcbZ0Hpba5NKXI4UAW3G0IDhhFOxhJTDybZEwe1FeA=":        "error dkim-key-der",
		"v=DKIM1; k=ed25519; p=HbawiMnQXTCopHTkR0jlKQ==":                 "error dkim-ed25519-len",
		"v=DKIM1; k=unknown; p=":                                         "error dkim-k-unknown",
		"p=MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=": "error dkim-key-der",
	} {
		e, err := rules.NewEngine(dkim.Rules(), rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		z, err := masterfile.Parse("p.zone", []byte(rules.ExampleHeader+"brisbane._domainkey IN TXT "+cut(text)+"\n"), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range e.Run(z) {
			if f.Severity > rules.Info {
				got = append(got, f.Severity.String()+" "+f.Rule.ID)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: got %q, want %q", text, s, want)
		}
	}
}

// cut writes a text as strings of a master file.
func cut(text string) string {
	out := ""
	for len(text) > 255 {
		out += zone.Quote(text[:255]) + " "
		text = text[255:]
	}
	return out + zone.Quote(text)
}
