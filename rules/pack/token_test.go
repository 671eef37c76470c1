package pack_test

import (
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// The names that Microsoft 365 makes of domains, as they were seen.
func TestM365Token(t *testing.T) {
	s := pack.Selector{Forced: []*pack.Pack{find(t, "microsoft365")}}
	list := pack.Rules(s)
	e, err := rules.NewEngine(list, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for domain, token := range map[string]string{
		"contoso.com":          "contoso-com",
		"lu-wi.at":             "luwi-at0e",
		"bad-gastein.at":       "badgastein-at0i",
		"gemeinde-eben.at":     "gemeindeeben-at02b",
		"gross-st-florian.at":  "grossstflorian-at01cb",
		"bad-fischau-brunn.at": "badfischaubrunn-at0i1i",
		"xn--gllesheim-q9a.de": "xngllesheimq9a-de0m2c",
		"Sub.Lu-Wi.AT":         "sub-luwi-at01e",
		"find-child-arrangement-option.service.gov.uk": "findchildarrangementoption-service-gov-uk01be2e",
	} {
		src := "$TTL 3600\n@ IN SOA ns1.example.net. h.example.net. 1 7200 3600 1209600 3600\n@ IN NS ns1.example.net.\n"
		z, err := masterfile.Parse("x.zone", []byte(src), masterfile.Options{Origin: zone.MustName(domain)})
		if err != nil {
			t.Fatal(err)
		}
		want := "add MX 0 " + token + ".mail.protection.outlook.com."
		var got string
		for _, f := range e.Run(z) {
			if f.Rule.ID == "pack-mx-missing" {
				got = f.Fix.Description
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", domain, got, want)
		}
	}
	// The name may be that of another domain of the organization.
	other := web + "@ IN MX 0 luwi-at0e.mail.protection.outlook.com.\n" + m365SPF + m365Auto + m365DKIM + goodDMARC
	if fs := ruletest.Lint(t, "test.zone", other, list); len(fs) > 0 {
		t.Errorf("another domain's name: %v", fs)
	}
}
