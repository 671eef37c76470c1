package dkim

import (
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

const rawKey = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		form       KeyForm
		bits       int
	}{
		{"a key", "v=DKIM1; k=rsa; p=" + exampleKey, KeyRSA, 2048},
		{"without a version", "p=" + exampleKey, KeyRSA, 2048},
		{"with all tags", "v = DKIM1 ; h=sha256 : sha1; k=rsa;n=see \"k=x\" there; p= " + exampleKey + " ;s=*:email;t=y:s; x_1=", KeyRSA, 2048},
		{"blanks within", "p=" + exampleKey[:76] + " \t" + exampleKey[76:150] + "\r\n " + exampleKey[150:], KeyRSA, 2048},
		{"1024 bits", "k=rsa; p=" + key1024, KeyRSA, 1024},
		{"768 bits", "k=rsa; p=" + key768, KeyRSA, 768},
		{"revoked", "v=DKIM1; p=", KeyRevoked, 0},
		{"revoked without a version", "p= ;", KeyRevoked, 0},
		{"ed25519", "v=DKIM1; k=ed25519; p=" + rawKey, KeyEd25519, 0},
		{"ed25519 too short", "v=DKIM1; k=ed25519; p=" + rawKey[:40], KeyStrange, 0},
		{"raw as RSA", "v=DKIM1; p=" + rawKey, KeyStrange, 0},
		{"truncated", "v=DKIM1; p=" + exampleKey[:200], KeyTruncated, 0},
		{"truncated within four", "v=DKIM1; p=" + exampleKey[:201], KeyTruncated, 0},
		{"an octet that is none", "v=DKIM1; p=" + exampleKey[:200] + "*" + exampleKey[200:], KeyBadOctet, 0},
		{"no p", "v=DKIM1; k=rsa", KeyMissing, 0},
		{"an unknown type", "v=DKIM1; k=dsa; p=" + exampleKey, KeyUnread, 0},
		{"a semicolon is missing", "v=DKIM1; k=rsa p=" + exampleKey, KeyRSA, 2048},
		{"a semicolon is missing behind the key", "v=DKIM1; p=" + exampleKey + " k=rsa", KeyRSA, 2048},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Parse(c.text, nil)
			if !r.Meant || r.Key.Form != c.form || r.Key.Bits != c.bits {
				t.Errorf("got meant %v, form %d, %d bits; want form %d, %d bits", r.Meant, r.Key.Form, r.Key.Bits, c.form, c.bits)
			}
		})
	}
}

func TestNotMeant(t *testing.T) {
	for _, text := range []string{
		"", ";", "v=spf1 -all", "v=DMARC1; p=none", "p=reject", "p=none; rua=mailto:a@example.com", "v=STSv1; id=1",
		"v=TLSRPTv1; rua=mailto:a@example.com", "google-site-verification=abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
		"o=~; r=postmaster@example.com", "some words about DKIM", "dkim=all", "t=y", "ra=dkim; rp=100",
	} {
		if r := Parse(text, nil); r.Meant {
			t.Errorf("%q is meant as a DKIM key", text)
		}
	}
}

// The offsets of all that is wrong with one text.
func TestAllFaults(t *testing.T) {
	text := "v=DKIM2; k=rsa; ; x; t=q; p=" + exampleKey[:40] + "*"
	r := Parse(text, nil)
	if got := r.Key.Bad; got != len(text)-1 {
		t.Errorf("the bad octet is at %d", got)
	}
	if len(r.Tags) != 6 {
		t.Errorf("%d tags", len(r.Tags))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"v=DKIM1; k=rsa; p=" + exampleKey, "v=DKIM1; k=ed25519; p=" + rawKey, "p=", "v=DKIM1 k=rsa,p=MII=;;", `"v=DKIM1\; p=" "MII"`,
		"v=DKIM1; p=-----BEGIN PUBLIC KEY-----" + exampleKey + "-----END PUBLIC KEY-----", "k=rsa; p=" + key768 + "; h=:sha1; t=y,s; g=; q=dns",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 400 {
			return
		}
		r := Parse(text, nil)
		for i := range r.Tags {
			tag := &r.Tags[i]
			if tag.Name.From < 0 || tag.Value.To > len(text) || tag.Name.From > tag.Name.To || tag.Value.From > tag.Value.To {
				t.Fatalf("tag %d lies outside the text: %+v", i, tag)
			}
		}
		if r.Key.Form == KeyBadOctet && (r.Key.Bad < 0 || r.Key.Bad >= len(text)) {
			t.Fatalf("the bad octet is at %d", r.Key.Bad)
		}
		ruletest.Fixed(t, "$TTL 60\ns._domainkey TXT "+quoted(text)+"\n", Rules(), rules.Unsafe)
	})
}

// quoted writes any text as strings of a master file.
func quoted(text string) string {
	var b strings.Builder
	b.WriteString("( \"\"")
	for len(text) > 0 {
		n := min(len(text), 200)
		b.WriteString(" \"")
		for i := range n {
			c := text[i]
			b.WriteString("\\" + string([]byte{'0' + c/100, '0' + c/10%10, '0' + c%10}))
		}
		b.WriteString("\"")
		text = text[n:]
	}
	return b.String() + " )"
}

func TestLinear(t *testing.T) {
	for name, unit := range map[string]string{
		"tags": "k=rsa;", "names": "abc=;", "empty": ";", "words": "k=rsa ", "items": "t=y:s:", "base64": "p=MIIB", "quotes": `"\`, "padding": "p===",
	} {
		t.Run(name, func(t *testing.T) {
			ruletest.Linear(t, 4_000, func(size int) {
				src := "$TTL 60\ns._domainkey TXT " + quoted(("v=DKIM1;" + strings.Repeat(unit, size/len(unit)))[:size]) + "\n"
				ruletest.Lint(t, "x.zone", src, Rules())
			})
		})
	}
}

// TestLinearZone checks that following the CNAMEs of selectors takes time in
// proportion to their number.
func TestLinearZone(t *testing.T) {
	ruletest.Linear(t, 400, func(size int) {
		var b strings.Builder
		b.WriteString(rules.ExampleHeader)
		for i := range size {
			n := strconv.Itoa(i)
			b.WriteString("s" + n + "._domainkey IN CNAME k" + n + "\nk" + n + " IN TXT \"v=DKIM1; p=\"\ns" + n + ".domainkey IN TXT \"v=DKIM1; p=\"\nt" + n + "._domainkey IN CNAME t" + strconv.Itoa(i+1) + "._domainkey\n")
		}
		ruletest.Lint(t, "x.zone", b.String(), Rules())
	})
}
