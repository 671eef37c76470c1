package pack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// spfRecord returns an SPF record at the apex.
func spfRecord(text string) string { return "@ IN TXT \"" + text + "\"\n" }

// mxs returns MX records at the apex, "preference exchange" each.
func mxs(records ...string) string {
	var s strings.Builder
	for _, r := range records {
		s.WriteString("@ IN MX " + r + ".\n")
	}
	return s.String()
}

const runboxKeys = "selector1._domainkey IN CNAME selector1-example-com.domainkey.runbox.com.\n" +
	"selector2._domainkey IN CNAME selector2-example-com.domainkey.runbox.com.\n"

// What hosts' customers publish, though the host prints something else, is as
// good: nothing but advice is given.
func TestGoodShapes(t *testing.T) {
	s := pack.Selector{All: pack.Builtin()}
	list := all.Rules(s)
	tests := []struct {
		name string
		zone string
		want string // the packs that are seen
	}{
		{"OVH, three of five", mxs("1 mx1.mail.ovh.net", "5 mx2.mail.ovh.net", "100 mx3.mail.ovh.net") + spfRecord("v=spf1 include:mx.ovh.com -all") + goodDMARC, "ovh"},
		{"OVH, two of five", mxs("1 mx4.mail.ovh.net", "10 mx3.mail.ovh.net") + spfRecord("v=spf1 include:mx.ovh.com ~all") + goodDMARC, "ovh"},
		{"OVH, of two sets", mxs("1 mx0.mail.ovh.net", "1 mx1.ovh.net", "50 mxb.ovh.net") + spfRecord("v=spf1 include:mx.ovh.com ~all") + goodDMARC, "ovh"},
		{"Google, new", newGoogleMX + newGoogleSPF + goodDMARC, "google-workspace"},
		{"Google, legacy", legacyMX + newGoogleSPF + goodDMARC, "google-workspace"},
		{"Google, first years", mxs("10 ASPMX.L.GOOGLE.COM", "20 ALT1.ASPMX.L.GOOGLE.COM", "20 alt2.aspmx.l.google.com", "30 aspmx2.googlemail.com", "30 aspmx3.googlemail.com") + newGoogleSPF + goodDMARC, "google-workspace"},
		{"Microsoft", m365, "microsoft365"},
		{"Microsoft, token of another domain", strings.Replace(m365, "@ IN MX 0 example-com.", "@ IN MX 0 contoso0e.", 1), "microsoft365"},
		{"Microsoft, DANE", strings.ReplaceAll(strings.Replace(m365, "mail.protection.outlook.com", "q-v1.mx.microsoft", 1), "contoso.onmicrosoft.com", "contoso.w-v1.dkim.mail.microsoft"), "microsoft365"},
		{"Microsoft from GoDaddy", m365MX + spfRecord("v=spf1 include:secureserver.net -all") + m365Auto + "email IN CNAME email.secureserver.net.\n" + goodDMARC, "microsoft365-godaddy"},
		{"IONOS, DMARC by CNAME", mxs("10 mx00.ionos.de", "10 mx01.ionos.de") + spfRecord("v=spf1 include:_spf-eu.ionos.com ~all") + "_dmarc IN CNAME dmarc.ionos.de.\nautodiscover IN CNAME adsredir.ionos.info.\ns1-ionos._domainkey IN CNAME s1.dkim.ionos.com.\ns2-ionos._domainkey IN CNAME s2.dkim.ionos.com.\ns42582890._domainkey IN CNAME s42582890.dkim.ionos.com.\n", "ionos"},
		{"Simply, DMARC by CNAME", mxs("10 mx.simply.com") + spfRecord("v=spf1 include:spf.simply.com -all") + "_dmarc IN CNAME dmarc.simply.com.\nsimplycom1._domainkey IN CNAME dkim1.simply.com.\nsimplycom2._domainkey IN CNAME dkim2.simply.com.\n", "simply"},
		{"Yandex, redirect", mxs("10 mx.yandex.net") + spfRecord("v=spf1 redirect=_spf.yandex.net") + goodDMARC, "yandex360"},
		{"Yandex, include", mxs("10 mx.yandex.ru") + spfRecord("v=spf1 ip4:192.0.2.1 include:_spf.yandex.net ~all") + goodDMARC, "yandex360"},
		{"Mail.ru, redirect", mxs("10 emx.mail.ru") + spfRecord("v=spf1 redirect=_spf.mail.ru") + goodDMARC, "mailru-vk"},
		{"Strato, redirect", mxs("5 smtpin.rzone.de") + spfRecord("v=spf1 redirect=_spf.strato.com") + goodDMARC, "strato"},
		{"Hostpoint, redirect", mxs("10 mx1.mail.hostpoint.ch", "10 mx2.mail.hostpoint.ch") + spfRecord("v=spf1 a redirect=spf.mail.hostpoint.ch") + goodDMARC, "hostpoint"},
		{"Aruba, within the domain", "@ IN MX 10 mx\nmx IN A 62.149.128.74\nmx IN A 62.149.128.151\n" + spfRecord("v=spf1 include:_spf.aruba.it ~all") + goodDMARC, "aruba"},
		{"Aruba, another name", "@ IN MX 10 mail.example.com.\nmail IN A 62.149.128.166\nmx IN A 62.149.128.151\n" + spfRecord("v=spf1 include:spf.aruba.it ~all") + goodDMARC, "aruba"},
		{"Hetzner, ?all", mxs("10 www471.your-server.de") + spfRecord("v=spf1 +a +mx ?all") + goodDMARC, "hetzner-webhosting"},
		{"Hetzner, mx alone", mxs("10 dedi7.your-server.de") + spfRecord("v=spf1 mx -all") + goodDMARC, "hetzner-webhosting"},
		{"Loopia, page", mxs("10 mailcluster.loopia.se", "20 mail2.loopia.se") + spfRecord("v=spf1 include:kundspf.loopia.se -all") + goodDMARC, "loopia"},
		{"Loopia, zone", mxs("10 mailcluster.loopia.se", "20 mail2.loopia.se") + spfRecord("v=spf1 include:spf.loopia.se -all") + goodDMARC, "loopia"},
		{"Zoho, older SPF", mxs("10 mx.zoho.eu", "20 mx2.zoho.eu", "50 mx3.zoho.eu") + spfRecord("v=spf1 include:zoho.eu ~all") + goodDMARC, "zoho"},
		{"Zoho, newer SPF", mxs("10 mx.zoho.com", "20 mx2.zoho.com", "50 mx3.zoho.com") + spfRecord("v=spf1 include:zohomail.com ~all") + goodDMARC, "zoho"},
		{"Runbox, redirect", mxs("10 mx.runbox.com") + spfRecord("v=spf1 redirect=spf.runbox.com") + goodDMARC + runboxKeys, "runbox"},
		{"Runbox, include", mxs("10 mx.runbox.com") + spfRecord("v=spf1 include:spf.runbox.com -all") + goodDMARC + runboxKeys, "runbox"},
		{"Fastmail, older", mxs("10 in1-smtp.messagingengine.com", "20 in2-smtp.messagingengine.com") + spfRecord("v=spf1 include:spf.messagingengine.com ?all") + goodDMARC + "fm1._domainkey IN CNAME fm1.example.com.dkim.fmhosted.com.\nfm2._domainkey IN CNAME fm2.example.com.dkim.fmhosted.com.\nfm3._domainkey IN CNAME fm3.example.com.dkim.fmhosted.com.\n", "fastmail"},
		{"netcup, within the domain", "@ IN MX 10 mail\n@ IN MX 50 mxf7a1.netcup.net.\nmail IN A 192.0.2.2\n" + spfRecord("v=spf1 mx a include:_spf.webhosting.systems ~all") + goodDMARC + "key1._domainkey IN CNAME key1._domainkey.webhosting.systems.\nkey2._domainkey IN CNAME key2._domainkey.webhosting.systems.\n", "netcup"},
		{"one.com, of the domain", mxs("10 example.com.mx.one.com") + spfRecord("v=spf1 include:_custspf.one.com ~all") + goodDMARC, "onecom"},
		{"one.com, its own name servers", mxs("10 mx1.pub.mailpod7-cph3.one.com", "10 mx2.pub.mailpod7-cph3.one.com", "10 mx3.pub.mailpod7-cph3.one.com", "10 mx4.pub.mailpod7-cph3.one.com") + spfRecord("v=spf1 include:_custspf.one.com ~all") + goodDMARC, "onecom"},
		{"Plesk", "@ IN MX 10 mail\nmail IN A 192.0.2.2\nwebmail IN A 192.0.2.2\n" + spfRecord("v=spf1 +a +mx +a:server.example.net -all") + goodDMARC, ""},
		{"Proofpoint, Microsoft behind", mxs("10 mx1-us1.ppe-hosted.com", "20 mx2-us1.ppe-hosted.com") + spfRecord("v=spf1 a:dispatch-us.ppe-hosted.com include:spf.protection.outlook.com ~all") + m365Auto + m365DKIM + goodDMARC, "proofpoint-essentials microsoft365"},
		{"Barracuda, Google behind", mxs("10 d123456a.ess.barracudanetworks.com", "20 d123456b.ess.barracudanetworks.com") + spfRecord("v=spf1 include:_spf.google.com include:spf.ess.barracudanetworks.com -all") + goodDMARC, "barracuda google-workspace"},
		{"Mimecast of South Africa", mxs("10 za-smtp-inbound-1.mimecast.co.za", "10 za-smtp-inbound-2.mimecast.co.za") + spfRecord("v=spf1 include:za._netblocks.mimecast.com include:spf.protection.outlook.com -all") + m365Auto + m365DKIM + goodDMARC, "mimecast microsoft365"},
		{"Cloudflare, older names", mxs("13 amir.mx.cloudflare.net", "86 linda.mx.cloudflare.net", "24 isaac.mx.cloudflare.net") + spfRecord("v=spf1 include:_spf.mx.cloudflare.net ~all") + goodDMARC, "cloudflare-routing"},
		{"Amazon SES with a return path", "@ IN MX 10 mail.example.net.\n" + spfRecord("v=spf1 ip4:192.0.2.1 -all") + goodDMARC + "abc123._domainkey IN CNAME abc123.dkim.amazonses.com.\nbounce IN MX 10 feedback-smtp.eu-west-1.amazonses.com.\nbounce IN TXT \"v=spf1 include:amazonses.com -all\"\n", "amazon-ses"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := web + tt.zone
			for _, b := range bad(ruletest.Lint(t, "test.zone", src, list)) {
				t.Error(b)
			}
			var ids []string
			for _, d := range s.Detect(read(t, src)) {
				ids = append(ids, d.Pack.ID)
			}
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("recognised as %q", got)
			}
		})
	}
}

// A gateway before each mailbox host, with a sender: clean, and all three are
// recognised. The host's MX beside those of the gateway is found.
func TestGateways(t *testing.T) {
	s := pack.Selector{All: pack.Builtin()}
	list := all.Rules(s)
	sender := find(t, "sendgrid")
	for _, g := range askingPacks() {
		if g.Kind != pack.Gateway {
			continue
		}
		for _, p := range askingPacks() {
			if p.Kind != pack.Mailbox || p.SPF == nil || len(p.Detect.SPF) == 0 || p.ID == "tuta" || p.ID == "godaddy-professional" { // whose keys have the names of the sender's
				continue
			}
			t.Run(g.ID+"/"+p.ID, func(t *testing.T) {
				src := together(g, p, sender)
				for _, b := range bad(ruletest.Lint(t, "test.zone", src, list)) {
					t.Error(b)
				}
				var ids []string
				for _, d := range s.Detect(read(t, src)) {
					ids = append(ids, d.Pack.ID)
				}
				want := []string{g.ID, p.ID, sender.ID}
				if len(ids) > 0 && !slices.Equal(ids, want) {
					t.Errorf("recognised as %v", ids)
				}
				past := src + asks(p)[0].line
				fs := ruletest.Lint(t, "test.zone", past, list)
				if p.MX != nil && !told(fs, "pack-gateway-bypassed") {
					t.Errorf("past the gateway: %v", ruletest.IDs(fs))
				}
				for _, f := range fs {
					if f.Rule.ID == "pack-mx-foreign" && f.Severity == rules.Error && f.Pack == p.ID {
						t.Errorf("past the gateway: %s", f.Message)
					}
				}
				if t.Failed() {
					t.Log(past)
				}
			})
		}
	}
}
