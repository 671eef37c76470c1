package transport

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

func engine(t testing.TB) *rules.Engine {
	t.Helper()
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// judged returns the findings about one TXT record.
func judged(e *rules.Engine, owner, text string) []rules.Finding {
	b := zone.NewBuilder(1)
	b.Add(zone.NewTXT(zone.MustName(owner+".example.com"), 3600, text))
	return e.Run(b.Zone(zone.MustName("example.com")))
}

// joined writes the fields of a record with delimiters of its grammar.
func joined(t *rapid.T, fields []string) string {
	delimiter := rapid.StringMatching(`;[ \t]{0,2}`)
	text := fields[0]
	for i, f := range fields[1:] {
		if i > 0 {
			text += rapid.StringMatching(`[ \t]{0,2}`).Draw(t, "before")
		}
		text += delimiter.Draw(t, "delimiter") + f
	}
	if rapid.Bool().Draw(t, "end") {
		text += delimiter.Draw(t, "delimiter")
	}
	return text
}

// drawSTS draws the fields of a record by RFC 8461, section 3.1.
func drawSTS(t *rapid.T) []string {
	fields := []string{"id=" + rapid.StringMatching(`[A-Za-z0-9]{1,32}`).Draw(t, "id")}
	for i := range rapid.IntRange(0, 2).Draw(t, "extensions") {
		fields = append(fields, fmt.Sprintf("x%d", i)+rapid.StringMatching(`[A-Za-z0-9_.-]{0,29}=[!-:<>-~]{1,8}`).Draw(t, "extension"))
	}
	return append([]string{"v=STSv1"}, rapid.Permutation(fields).Draw(t, "order")...)
}

// drawTLSRPT draws the fields of a record by RFC 8460, section 3.
func drawTLSRPT(t *rapid.T) []string {
	uri := rapid.StringMatching(`(mailto:[a-z0-9._+-]{1,8}@([a-z0-9]{1,8}\.){0,2}example|https://([a-z0-9]{1,8}\.){0,2}example(:[0-9]{2,4})?(/[a-z0-9._~%-]{0,0}[a-z0-9._~-]{0,8}){0,2}(\?[a-z0-9=&]{0,8})?)`)
	comma := rapid.StringMatching(`[ \t]?,[ \t]?`)
	rua := "rua=" + uri.Draw(t, "uri")
	for range rapid.IntRange(0, 2).Draw(t, "more") {
		rua += comma.Draw(t, "comma") + uri.Draw(t, "uri")
	}
	fields := []string{rua}
	for i := range rapid.IntRange(0, 2).Draw(t, "extensions") {
		fields = append(fields, fmt.Sprintf("x%d", i)+rapid.StringMatching(`[A-Za-z0-9_.-]{0,29}=[!-:<>-~]{1,8}`).Draw(t, "extension"))
	}
	return append([]string{"v=TLSRPTv1"}, rapid.Permutation(fields).Draw(t, "order")...)
}

// TestGenerated holds records that the grammars give for free of findings.
func TestGenerated(t *testing.T) {
	e := engine(t)
	for owner, draw := range map[string]func(*rapid.T) []string{"_mta-sts": drawSTS, "_smtp._tls": drawTLSRPT} {
		t.Run(owner, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				text := joined(t, draw(t))
				for _, f := range judged(e, owner, text) {
					if f.Rule != stsHostMissing {
						t.Fatalf("%q: %s: %s", text, f.Rule.ID, f.Message)
					}
				}
			})
		})
	}
}

// TestMutations holds each way to make a record void for found.
func TestMutations(t *testing.T) {
	e := engine(t)
	all := func(fields []string) string { return strings.Join(fields, ";") }
	without := func(name string) func([]string) string {
		return func(fields []string) string {
			return all(slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return strings.HasPrefix(f, name+"=") }))
		}
	}
	appended := func(f string) func([]string) string {
		return func(fields []string) string { return all(append(slices.Clone(fields), f)) }
	}
	type mutation struct {
		rule   string
		mutate func([]string) string
	}
	shared := func(kind string) []mutation {
		return []mutation{
			{kind + "-version", func(f []string) string { return all(append([]string{strings.ToLower(f[0])}, f[1:]...)) }},
			{kind + "-version", func(f []string) string { return " " + all(f) }},
			{kind + "-version", func(f []string) string { return all(append(f[1:len(f):len(f)], f[0])) }},
			{kind + "-version", func(f []string) string { return f[0] + "0;" + all(f[1:]) }},
			{kind + "-version", func(f []string) string { return f[0] + " " + all(f[1:]) }},
			{kind + "-version", func(f []string) string { return strings.Replace(all(f), "=", " = ", 1) }},
			{kind + "-syntax", appended("x")},
			{kind + "-syntax", appended("x=")},
			{kind + "-syntax", appended("x =y")},
			{kind + "-syntax", appended("x=a b")},
			{kind + "-syntax", appended("x=a=b")},
			{kind + "-syntax", appended("_x=y")},
			{kind + "-syntax", appended("=y")},
			{kind + "-syntax", appended("y=\x01")},
			{kind + "-syntax", func(f []string) string { return f[0] + ";;" + all(f[1:]) }},
		}
	}
	for _, c := range []struct {
		owner     string
		draw      func(*rapid.T) []string
		mutations []mutation
	}{
		{"_mta-sts", drawSTS, append(
			shared("sts"), mutation{"sts-id-missing", without("id")},
			mutation{"sts-id-format", func(f []string) string { return strings.Replace(all(f), "id=", "id=-", 1) }},
			mutation{"sts-id-format", func(f []string) string {
				return strings.Replace(all(f), "id=", "id="+strings.Repeat("0", 32), 1)
			}},
		)},
		{"_smtp._tls", drawTLSRPT, append(
			shared("tlsrpt"), mutation{"tlsrpt-rua-missing", without("rua")},
			mutation{"tlsrpt-uri", func(f []string) string { return strings.Replace(all(f), "rua=", "rua=a@example.com,", 1) }},
			mutation{"tlsrpt-uri", func(f []string) string { return strings.Replace(all(f), "rua=", "rua=,", 1) }},
			mutation{"tlsrpt-uri", func(f []string) string {
				return strings.Replace(all(f), "rua=", "rua=mailto:a@example.com!10m,", 1)
			}},
		)},
	} {
		t.Run(c.owner, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				fields := c.draw(t)
				for i, m := range c.mutations {
					text := m.mutate(slices.Clone(fields))
					if !slices.ContainsFunc(judged(e, c.owner, text), func(f rules.Finding) bool { return f.Rule.ID == m.rule && f.Severity == rules.Error }) {
						t.Fatalf("mutation %d: %q has no error of %s", i, text, m.rule)
					}
				}
			})
		})
	}
}

// TestGeneratedTLSA holds TLSA records of RFC 6698, section 2.1, with the usages
// of RFC 7672 for free of findings, and each octet that is wrong for found.
func TestGeneratedTLSA(t *testing.T) {
	e := engine(t)
	owner := zone.MustName("_25._tcp.mail.example.com")
	found := func(data []byte) []string {
		b := zone.NewBuilder(1)
		b.Add(zone.Record{Name: owner, Type: zone.TypeTLSA, Class: zone.ClassIN, TTL: 3600, Data: string(data)})
		return ruletest.IDs(e.Run(b.Zone(zone.MustName("example.com"))))
	}
	rapid.Check(t, func(t *rapid.T) {
		matching := rapid.ByteRange(0, 2).Draw(t, "matching")
		size := []int{rapid.IntRange(1, 300).Draw(t, "size"), 32, 64}[matching]
		data := append([]byte{rapid.ByteRange(2, 3).Draw(t, "usage"), rapid.ByteRange(0, 1).Draw(t, "selector"), matching}, rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "data")...)
		want := []string(nil)
		if matching == 2 {
			want = []string{"tlsa-no-sha256"} // which is advice
		}
		if ids := found(data); !slices.Equal(ids, want) {
			t.Fatalf("%s: %q", hex.EncodeToString(data), ids)
		}
		for i, rule := range []string{"tlsa-usage", "tlsa-selector", "tlsa-mtype"} {
			bad := slices.Clone(data)
			bad[i] = rapid.ByteRange(4, 254).Draw(t, "unassigned")
			if !slices.Contains(found(bad), rule) {
				t.Fatalf("%s has no %s", hex.EncodeToString(bad), rule)
			}
		}
		usage := slices.Clone(data)
		usage[0] -= 2
		if !slices.Contains(found(usage), "tlsa-smtp-choice") {
			t.Fatalf("%s has no tlsa-smtp-choice", hex.EncodeToString(usage))
		}
		if matching > 0 && (!slices.Contains(found(data[:len(data)-1]), "tlsa-len") || !slices.Contains(found(append(data, 0)), "tlsa-len")) || !slices.Contains(found(data[:3]), "tlsa-len") {
			t.Fatalf("%s with another length has no tlsa-len", hex.EncodeToString(data))
		}
	})
}
