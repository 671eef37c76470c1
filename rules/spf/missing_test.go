package spf_test

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		name, records string
		want          bool
	}{
		{"an MX", "@ IN MX 10 mx.example.net.", true},
		{"an address", "@ IN A 192.0.2.1", true},
		{"an IPv6 address", "@ IN AAAA 2001:db8::1", true},
		{"nothing to do with mail", "www IN A 192.0.2.1", false},
		{"a null MX", "@ IN MX 0 .", false},
		{"a null MX and an address", "@ IN MX 0 .\n@ IN A 192.0.2.1", true},
		{"a CNAME, which leads elsewhere", "@ IN CNAME www.example.net.\n@ IN A 192.0.2.1", false},
		{"SPF", "@ IN A 192.0.2.1\n@ IN TXT \"v=spf1 -all\"", false},
		{"faulty SPF", "@ IN A 192.0.2.1\n@ IN TXT \"v=spf1 moo\"", false},
		{"a text meant as SPF", "@ IN A 192.0.2.1\n@ IN TXT \" v=spf1 -all\"", false},
		{"SPF without quotes", "@ IN A 192.0.2.1\n@ IN TXT v=spf1 -all", false},
		{"SPF in the type SPF", "@ IN A 192.0.2.1\n@ IN SPF \"v=spf1 -all\"", false},
		{"SPF at the doubled origin", "@ IN A 192.0.2.1\nexample.com IN TXT \"v=spf1 -all\"", false},
		{"SPF at a host", "@ IN A 192.0.2.1\nwww IN TXT \"v=spf1 -all\"", true},
		{"SPF at the wildcard", "@ IN A 192.0.2.1\n* IN TXT \"v=spf1 -all\"", true},
		{"other TXT", "@ IN A 192.0.2.1\n@ IN TXT \"v=spf2.0/pra -all\"", true},
	} {
		fs := ruletest.Lint(t, "m.zone", rules.ExampleHeader+c.records+"\n", spf.Rules())
		got := false
		for _, f := range fs {
			if f.Rule.ID != "spf-missing" {
				continue
			}
			got = true
			if wild := strings.Contains(f.Message, "wildcard"); wild != strings.HasPrefix(c.records, "@ IN A 192.0.2.1\n*") {
				t.Errorf("%s: %s", c.name, f.Message)
			}
			if f.Span.Start.Line != 3 || f.Span.Start.Column != 1 || f.Fix == nil || f.Fix.Safety != rules.Manual {
				t.Errorf("%s: at %v with fix %+v", c.name, f.Span, f.Fix)
			}
		}
		if got != c.want {
			t.Errorf("%s: missing %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMissingElsewhere(t *testing.T) {
	e, err := rules.NewEngine(spf.Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		apex     string
		complete bool
		want     int
	}{
		{"example.com", true, 1},
		{"example.com", false, 0},
		{"com", true, 0},
		{"2.0.192.in-addr.arpa", true, 0},
	} {
		src := "@ 3600 IN SOA ns hostmaster 1 7200 3600 1209600 3600\n@ 3600 IN A 192.0.2.1\n"
		z, err := masterfile.Parse("z", []byte(src), masterfile.Options{Origin: zone.MustName(c.apex)})
		if err != nil {
			t.Fatal(err)
		}
		z.Complete = c.complete
		if fs := e.Run(z); len(fs) != c.want {
			t.Errorf("%s (complete: %v): %v", c.apex, c.complete, ruletest.IDs(fs))
		}
	}
}

func TestAt(t *testing.T) {
	z, _ := ruletest.Parse(t, "z", rules.ExampleHeader+"@ IN TXT \"\" \"v=spf1 -all\"\n@ IN TXT \"other\"\n@ IN TXT \"v=spf1;\"\n", spf.Rules())
	var got []spf.Form
	for _, c := range spf.At(z, z.Apex) {
		got = append(got, c.SPF.Form)
	}
	if len(got) != 2 || got[0] != spf.SPF || got[1] != spf.Meant {
		t.Errorf("%v", got)
	}
	if cs := spf.At(z, zone.MustName("www.example.com")); cs != nil {
		t.Errorf("%v", cs)
	}
}
