package pack_test

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// Several records of one name and type stand side by side: what one of them is
// is not wrong for the others.
func TestSeveralOfOneName(t *testing.T) {
	p, err := pack.Parse("several.yaml", []byte(`id: several
name: Several
kind: sender
confidence: documented
checked: 2026-11-21
sources:
- title: a page
records:
- {name: send, type: MX, preference: 10, target: mx1.example.net, level: required}
- {name: send, type: MX, preference: 20, target: mx2.example.net, level: required}
- {name: web, type: A, addresses: [192.0.2.1], level: required}
- {name: web, type: A, addresses: [192.0.2.2], level: required}
`))
	if err != nil {
		t.Fatal(err)
	}
	rs := pack.Rules(pack.Selector{Forced: []*pack.Pack{p}})
	head := "$TTL 3600\n@ SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n"
	all := "send MX 10 mx1.example.net.\nsend MX 20 mx2.example.net.\nweb A 192.0.2.1\nweb A 192.0.2.2\n"
	for _, tt := range []struct {
		name, zone string
		want       []string
	}{
		{"all there", all, nil},
		{"one of two", "send MX 20 mx2.example.net.\nweb A 192.0.2.1\n", []string{"pack-record-missing", "pack-record-missing"}},
		{"another", "send MX 20 mx2.example.net.\nsend MX 5 old.example.net.\nweb A 192.0.2.1\nweb A 192.0.2.2\n", []string{"pack-record-wrong"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ruletest.IDs(ruletest.Lint(t, "z", head+tt.zone, rs)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			_, left := ruletest.Fixed(t, head+tt.zone, rs, rules.Unsafe)
			if len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// A term is there in whatever way it is written.
func TestSameTerm(t *testing.T) {
	p, err := pack.Parse("terms.yaml", []byte(`id: terms
name: Terms
kind: sender
confidence: documented
checked: 2026-11-21
sources:
- title: a page
spf: {level: required, terms: ['ip4:192.0.2.1', 'ip6:2001:db8::1/128', 'a:mail.example.net'], all: '~all'}
`))
	if err != nil {
		t.Fatal(err)
	}
	rs := pack.Rules(pack.Selector{Forced: []*pack.Pack{p}})
	head := "$TTL 3600\n@ SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n"
	for text, want := range map[string]int{
		"v=spf1 ip4:192.0.2.1/32 ip6:2001:DB8:0::1 A:Mail.example.net. ~all":    0,
		"v=spf1 ip4:192.0.2.1/24 ip6:2001:db8::1/64 a:mail.example.net/24 ~all": 3,
	} {
		if got := ruletest.IDs(ruletest.Lint(t, "z", head+"@ TXT \""+text+"\"\n", rs)); len(got) != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// The senders of a redirect pass by an include as well; where neither is, the
// redirect is named.
func TestRedirectBelow(t *testing.T) {
	p, err := pack.Parse("redirect.yaml", []byte(`id: redirect
name: Redirect
kind: sender
confidence: documented
checked: 2026-11-21
sources:
- title: a page
records:
- {name: send, type: TXT, text: 'v=spf1 redirect=_spf.example.net', level: required}
`))
	if err != nil {
		t.Fatal(err)
	}
	rs := pack.Rules(pack.Selector{Forced: []*pack.Pack{p}})
	head := "$TTL 3600\n@ SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n"
	for text, want := range map[string]string{
		"v=spf1 redirect=_SPF.example.net":     "",
		"v=spf1 include:_spf.example.net ~all": "",
		"v=spf1 a ~all":                        `redirect wants the SPF record "v=spf1 redirect=_spf.example.net" at send.example.com., and what is there does not pass the same servers, which the host asks for. Change it.`,
	} {
		got := ""
		for _, f := range ruletest.Lint(t, "z", head+"send TXT \""+text+"\"\n", rs) {
			got += f.Message
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
