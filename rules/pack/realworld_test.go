package pack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

const (
	newGoogleMX = "@ IN MX 1 smtp.google.com.\n"
	legacyMX    = "@ IN MX 1 aspmx.l.google.com.\n@ IN MX 5 alt1.aspmx.l.google.com.\n@ IN MX 5 alt2.aspmx.l.google.com.\n" +
		"@ IN MX 10 alt3.aspmx.l.google.com.\n@ IN MX 10 alt4.aspmx.l.google.com.\n"
	newGoogleSPF = "@ IN TXT \"v=spf1 include:_spf.google.com ~all\"\n"
	m365MX       = "@ IN MX 0 example-com.mail.protection.outlook.com.\n"
	m365SPF      = "@ IN TXT \"v=spf1 include:spf.protection.outlook.com -all\"\n"
	m365Auto     = "autodiscover IN CNAME autodiscover.outlook.com.\n"
	m365DKIM     = "selector1._domainkey IN CNAME selector1-example-com._domainkey.contoso.onmicrosoft.com.\n" +
		"selector2._domainkey IN CNAME selector2-example-com._domainkey.contoso.onmicrosoft.com.\n"
	m365 = m365MX + m365SPF + m365Auto + m365DKIM + goodDMARC
)

// What goes wrong in zones as they are found.
func TestRealZones(t *testing.T) {
	list := all.Rules(pack.Selector{All: pack.Builtin()})
	tests := []struct {
		name string
		zone string
		want []string // "severity rule"
	}{
		{"MX is the apex", "@ IN MX 10 @\n@ IN TXT \"v=spf1 mx -all\"\n" + goodDMARC, nil},
		{"no SPF", newGoogleMX + goodDMARC, []string{"info pack-record-missing", "warning pack-spf-missing"}},
		{"autodiscover of Microsoft, mail elsewhere", newGoogleMX + newGoogleSPF + goodDMARC + m365Auto, []string{"info pack-leftover", "info pack-record-missing"}},
		{"autodiscover of Microsoft behind a gateway", "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN MX 10 eu-smtp-inbound-2.mimecast.com.\n@ IN TXT \"v=spf1 include:eu._netblocks.mimecast.com include:spf.protection.outlook.com -all\"\n" + m365Auto + m365DKIM + goodDMARC, nil},
		{"?all", newGoogleMX + "@ IN TXT \"v=spf1 include:_spf.google.com ?all\"\n" + goodDMARC, []string{"info pack-record-missing"}},
		{"null MX", "@ IN MX 0 .\n@ IN TXT \"v=spf1 -all\"\n_dmarc IN TXT \"v=DMARC1; p=reject\"\n", nil},
		{"null MX and SPF of a host", "@ IN MX 0 .\n" + newGoogleSPF + goodDMARC, nil},
		{"no autodiscover", m365MX + m365SPF + m365DKIM + goodDMARC, []string{"warning pack-record-missing"}},
		{"ptr", newGoogleMX + "@ IN TXT \"v=spf1 ptr include:_spf.google.com ~all\"\n" + goodDMARC, []string{"info pack-record-missing", "warning spf-ptr"}},
		{"SRV of cPanel", newGoogleMX + newGoogleSPF + goodDMARC + "_autodiscover._tcp IN SRV 0 0 443 cpanelemaildiscovery.cpanel.net.\n", []string{"info pack-leftover", "info pack-record-missing"}},
		{"_dc-mx", "@ IN MX 10 _dc-mx.0123456789ab\n" + newGoogleSPF + goodDMARC, []string{"error mx-target-nx", "warning mx-host-chars"}},
		{"Google without its include", newGoogleMX + "@ IN TXT \"v=spf1 mx ~all\"\n" + goodDMARC, []string{"info pack-record-missing", "warning pack-spf-include"}},
		{"Microsoft without its include", strings.Replace(m365, "include:spf.protection.outlook.com", "ip4:192.0.2.1", 1), []string{"warning pack-spf-include"}},
		{"no all", newGoogleMX + "@ IN TXT \"v=spf1 include:_spf.google.com\"\n" + goodDMARC, []string{"info pack-record-missing", "warning spf-no-terminal"}},
		{"localhost", "@ IN MX 10 localhost.\n@ IN TXT \"v=spf1 mx -all\"\n" + goodDMARC, []string{"error mx-loopback"}},
		{"an include twice", newGoogleMX + "@ IN TXT \"v=spf1 include:_spf.google.com include:_spf.google.com ~all\"\n" + goodDMARC, []string{"info pack-record-missing", "info spf-dup-include"}},
		{"two hosts", newGoogleMX + "@ IN MX 10 example-com.mail.protection.outlook.com.\n@ IN TXT \"v=spf1 include:_spf.google.com include:spf.protection.outlook.com -all\"\n" + m365Auto + m365DKIM + goodDMARC, []string{"error pack-mx-foreign", "error pack-mx-foreign", "info pack-record-missing"}},
		{"verification by MX", m365 + "@ IN MX 32767 ms12345678.msv1.invalid.\n", []string{"info pack-record-unwanted"}},
		{"verification by MX of the host before", newGoogleMX + newGoogleSPF + goodDMARC + "@ IN MX 32767 ms12345678.msv1.invalid.\n", []string{"info pack-record-missing", "warning mx-m365-invalid"}},
		{"qualifier glued", "@ IN MX 10 mx.zoho.com.\n@ IN MX 20 mx2.zoho.com.\n@ IN MX 50 mx3.zoho.com.\n@ IN TXT \"v=spf1 include:zohomail.com~all\"\n" + goodDMARC, []string{"error spf-glued-term", "info pack-record-missing"}},
		{"MX is an address", "@ IN MX 10 192.0.2.1\n@ IN TXT \"v=spf1 mx -all\"\n" + goodDMARC, []string{"error mx-target-ip"}},
		{"no dot behind autodiscover", strings.Replace(m365, "autodiscover.outlook.com.", "autodiscover.outlook.com", 1), []string{"error zone-doubled-origin"}},
		{"terms after all", newGoogleMX + "@ IN TXT \"v=spf1 ~all include:_spf.google.com\"\n" + goodDMARC, []string{"info pack-record-missing", "warning spf-after-all"}},
		{"old and new Google", newGoogleMX + legacyMX + newGoogleSPF + goodDMARC, []string{"info pack-record-missing", "warning pack-mx-mixed"}},
		{"verification by MX of Google", newGoogleMX + "@ IN MX 15 abcdef.mx-verification.google.com.\n" + newGoogleSPF + goodDMARC, []string{"info pack-record-missing", "info pack-record-unwanted"}},
		{"two all", newGoogleMX + "@ IN TXT \"v=spf1 include:_spf.google.com ~all -all\"\n" + goodDMARC, []string{"info pack-record-missing", "warning spf-after-all"}},
		{"no dot behind the MX", strings.Replace(m365, "outlook.com.\n", "outlook.com\n", 1), []string{"error zone-doubled-origin"}},
		{"+all", newGoogleMX + "@ IN TXT \"v=spf1 include:_spf.google.com +all\"\n" + goodDMARC, []string{"info pack-record-missing", "warning spf-plus-all"}},
		{"a space behind include:", newGoogleMX + "@ IN TXT \"v=spf1 include: _spf.google.com ~all\"\n" + goodDMARC, []string{"error spf-unknown-term", "info pack-record-missing"}},
		{"redirect with all", "@ IN MX 10 mx.yandex.net.\n@ IN TXT \"v=spf1 redirect=_spf.yandex.net ~all\"\n" + goodDMARC, []string{"info pack-record-missing", "warning pack-spf-include"}},
		{"dash", newGoogleMX + "@ IN TXT \"v=spf1 include:_spf.google.com \xe2\x80\x93all\"\n" + goodDMARC, []string{"error spf-unknown-term", "info pack-record-missing"}},
		{"more than ten", newGoogleMX + "@ IN TXT \"v=spf1 a mx a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net a:h.example.net include:_spf.google.com ~all\"\n" + goodDMARC, []string{"error spf-lookups", "info pack-record-missing"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range ruletest.Lint(t, "test.zone", web+tt.zone, list) {
				got = append(got, fmt.Sprintf("%s %s", f.Severity, f.Rule.ID))
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
