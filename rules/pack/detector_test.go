package pack_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// sign returns a pack that is told by the lines of detect.
func sign(t *testing.T, id, kind, detect, rest string) *pack.Pack {
	t.Helper()
	if rest == "" {
		rest = fmt.Sprintf("mx: {records: [{preference: 10, exchange: mx.%s.example}]}\n", id)
	}
	return parse(t, fmt.Sprintf("id: %s\nname: %s\nkind: %s\nconfidence: documented\nchecked: 2026-11-21\nsources: [{title: Set-up}]\ndetect: {%s}\n%s", id, id, kind, detect, rest))
}

func TestDetector(t *testing.T) {
	cname := func(name, target string) string {
		return fmt.Sprintf("records: [{name: %s, type: CNAME, target: %s, level: required}]\n", name, target)
	}
	all := []*pack.Pack{
		sign(t, "box", "mailbox", "mx: [box.example], spf: [s.box.example], autoconfig: [auto.box.example]", ""),
		sign(t, "gate", "gateway", "mx: [gate.example], spf: [s.gate.example]", ""),
		sign(t, "base", "mailbox", "mx: [shared.example]", ""),
		sign(t, "resold", "mailbox", "mx: [shared.example], instead-of: base, spf: [s.resold.example], targets: [t.resold.example]", ""),
		sign(t, "twin-a", "mailbox", "mx: [twin.example], targets: [a.twin.example]", ""),
		sign(t, "twin-b", "mailbox", "mx: [twin.example], autoconfig: [b.twin.example]", ""),
		sign(t, "like-a", "mailbox", "spf: [s.like.example]", cname("a", "a.like.example")),
		sign(t, "like-b", "mailbox", "spf: [s.like.example]", cname("b", "b.like.example")),
		sign(t, "wide", "mailbox", "mx: [wide.example], spf: [wide.example]", ""),
		sign(t, "narrow", "mailbox", "mx: ['*.in.wide.example'], spf: [s.wide.example]", ""),
		sign(t, "within", "mailbox", "addresses: [192.0.2.0/28, '2001:db8::/64']", ""),
		sign(t, "send", "sender", "spf: [s.send.example], targets: ['*.dkim.send.example'], names: [send._domainkey, x.send]", cname("k1._domainkey", "k1.dkim.send.example")),
		sign(t, "aps", "sender", "spf: [s.aps.example]", "spf: {level: optional, terms: ['include:s.aps.example'], all: ~all}\n"),
		sign(t, "signs", "mailbox", "mx: [signs.example]", "mx: {records: [{preference: 10, exchange: mx.signs.example}]}\nspf: {level: required, terms: ['include:s.aps.example'], all: ~all}\n"+cname("k9._domainkey", "k9.dkim.send.example")),
		sign(t, "isp", "settings", "mx: [isp.example], spf: [s.isp.example], autoconfig: [auto.isp.example]", ""),
		sign(t, "server", "server", "mx: [server.example]", ""),
	}
	tests := []struct{ name, zone, want string }{
		{"a gateway and the host behind, by SPF", mxs("10 mx.gate.example") + spfRecord("v=spf1 include:s.gate.example include:s.box.example -all"), "gate mx, box spf"},
		{"a gateway and the host behind, by MX too", mxs("10 mx.gate.example", "20 mx.box.example") + spfRecord("v=spf1 include:s.wide.example -all"), "gate mx, box mx"},
		{"a gateway and the host behind, by autoconfig", mxs("10 mx.gate.example") + "autoconfig IN CNAME auto.box.example.\n", "gate mx, box autoconfig"},
		{"SPF of a gateway tells nothing", spfRecord("v=spf1 include:s.gate.example -all"), ""},
		{"SPF comes before autoconfig", spfRecord("v=spf1 include:s.wide.example -all") + "autoconfig IN CNAME auto.box.example.\n", "narrow spf"},
		{"a redirect", spfRecord("v=spf1 redirect=s.box.example"), "box spf"},
		{"instead of another: nothing shows", mxs("10 mx.shared.example"), "base mx"},
		{"instead of another, by SPF", mxs("10 mx.shared.example") + spfRecord("v=spf1 include:s.resold.example -all"), "resold mx"},
		{"instead of another, by a target", mxs("10 mx.shared.example") + "x.y IN CNAME t.resold.example.\n", "resold mx"},
		{"unclear", mxs("10 mx.twin.example"), "twin-a mx unclear twin-b"},
		{"clear by a target", mxs("10 mx.twin.example") + "x IN CNAME a.twin.example.\n", "twin-a mx"},
		{"clear by autoconfig", mxs("10 mx.twin.example") + "autoconfig IN CNAME b.twin.example.\n", "twin-b mx"},
		{"both are shown", mxs("10 mx.twin.example") + "x IN CNAME a.twin.example.\nautoconfig IN CNAME b.twin.example.\n", "twin-a mx unclear twin-b"},
		{"unclear by SPF", spfRecord("v=spf1 include:s.like.example -all"), "like-a spf unclear like-b"},
		{"clear by its alias", spfRecord("v=spf1 include:s.like.example -all") + "b IN CNAME b.like.example.\n", "like-b spf"},
		{"the more special of two, MX", mxs("10 mx.in.wide.example"), "narrow mx"},
		{"the more special of two, SPF", spfRecord("v=spf1 include:s.wide.example -all"), "narrow spf"},
		{"the wider of two", mxs("10 in.wide.example"), "wide mx"},
		{"by address", "@ IN MX 10 mail\nmail IN A 192.0.2.3\n", "within address"},
		{"by address, IPv6", "@ IN MX 10 mail\nmail IN AAAA 2001:db8::5\n", "within address"},
		{"another address", "@ IN MX 10 mail\nmail IN A 192.0.2.16\nwww2 IN A 192.0.2.3\n", ""},
		{"an address elsewhere", "@ IN MX 10 mail.example.net.\nmail IN A 192.0.2.3\n", ""},
		{"a sender by its target", mxs("10 mx.box.example") + "k1._domainkey IN CNAME k1.dkim.send.example.\n", "box mx, send target"},
		{"a sender by a name", "send._domainkey IN TXT \"p=x\"\n", "send name"},
		{"a sender by an empty name", "y.x.send IN A 192.0.2.99\n", ""},
		{"a sender by SPF", spfRecord("v=spf1 include:s.send.example -all"), "send spf"},
		{"a sender by much", spfRecord("v=spf1 include:s.send.example -all") + "k1._domainkey IN CNAME k1.dkim.send.example.\nsend._domainkey IN TXT \"p=x\"\n", "send target"},
		{"a sender that the host sends by", mxs("10 mx.signs.example") + spfRecord("v=spf1 include:s.aps.example -all") + "k9._domainkey IN CNAME k9.dkim.send.example.\n", "signs mx"},
		{"the sender in its own right", mxs("10 mx.box.example") + spfRecord("v=spf1 include:s.aps.example -all"), "box mx, aps spf"},
		{"two senders in the order of packs", spfRecord("v=spf1 include:s.aps.example include:s.send.example -all"), "send spf, aps spf"},
		{"MX of an isp", mxs("10 mx.isp.example"), ""},
		{"SPF of an isp", spfRecord("v=spf1 include:s.isp.example -all"), ""},
		{"autoconfig of an isp", "autoconfig IN CNAME auto.isp.example.\n", ""},
		{"a server", mxs("10 mx.server.example"), "server mx"},
		{"two hosts", mxs("10 mx.box.example", "20 mx.server.example", "30 mx2.box.example"), "box mx, server mx"},
	}
	d := pack.NewDetector(pack.Selector{All: all})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := read(t, head+tt.zone)
			var got []string
			for _, s := range d.Detect(z) {
				text := fmt.Sprintf("%s %s", s.Pack.ID, s.By)
				for _, o := range s.Unclear {
					text += " unclear " + o.ID
				}
				got = append(got, text)
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
			if d.Any(z) != (tt.want != "") {
				t.Errorf("any: %t", d.Any(z))
			}
		})
	}
}

// What is unclear is said, and nothing else about any of the packs.
func TestUnclear(t *testing.T) {
	for src, want := range map[string]string{
		mxs("10 inbound-smtp.eu-west-1.amazonaws.com") + spfRecord("v=spf1 mx -all"): "MX 10 inbound-smtp.eu-west-1.amazonaws.com. is what ses-inbound and workmail have in common, so it is not clear what else the zone needs. Choose the pack with --pack.",
		spfRecord("v=spf1 include:secureserver.net -all"):                            "SPF include:secureserver.net is what godaddy-professional and microsoft365-godaddy have in common, so it is not clear what else the zone needs. Choose the pack with --pack.",
	} {
		fs := ruletest.Lint(t, "test.zone", head+src, detected(t))
		if len(fs) != 1 || fs[0].Rule.ID != "pack-unclear" || fs[0].Severity != rules.Info || fs[0].Message != want || fs[0].Fix != nil {
			t.Errorf("%v", fs)
		}
	}
}

// A provider that takes no customers' domains refuses their mail.
func TestConsumerMX(t *testing.T) {
	for exchange, want := range map[string]string{
		"mx01.posteo.de":                  "warning pack-mx-consumer posteo manual",
		"gmail-smtp-in.l.google.com":      "warning pack-mx-consumer gmail manual",
		"alt1.gmail-smtp-in.l.google.com": "warning pack-mx-consumer gmail manual",
		"smtp-in.orange.fr":               "warning pack-mx-consumer orange-fr manual",
		"mail.example.net":                "",
	} {
		got := strings.Join(found(t, head+mxs("10 "+exchange), pack.Selector{All: pack.Builtin()}), ", ")
		if got != want {
			t.Errorf("%s: %q", exchange, got)
		}
	}
}

// What is left over of another host, and what is not.
func TestLeftover(t *testing.T) {
	webmoZone := goodMX + goodSPF + goodDMARC + goodRecords
	tests := []struct{ name, zone, want string }{
		{"an alias", webmoZone + m365Auto, "info pack-leftover webmo unsafe"},
		{"an SRV record", webmoZone + "_autodiscover._tcp IN SRV 0 0 443 autodiscover.secureserver.net.\n", "info pack-leftover webmo unsafe"},
		{"services that are not mail's", webmoZone + "enterpriseregistration IN CNAME enterpriseregistration.windows.net.\n_sipfederationtls._tcp IN SRV 100 1 5061 sipfed.online.lync.com.\n", ""},
		{"at another name", webmoZone + "www2 IN CNAME autodiscover.outlook.com.\n", ""},
		{"of another type", webmoZone + "_x._tcp IN SRV 0 0 443 autodiscover.outlook.com.\n", ""},
		{"SPF still passes the host", goodMX + spfRecord("v=spf1 include:spf.webmo.fr include:spf.protection.outlook.com ~all") + goodDMARC + goodRecords + m365Auto, ""},
		{"of the host itself", m365, ""},
		{"behind a gateway", mxs("10 mx1-us1.ppe-hosted.com", "20 mx2-us1.ppe-hosted.com") + spfRecord("v=spf1 include:_spf-us.ppe-hosted.com -all") + goodDMARC + m365Auto, ""},
		{"no host is known", mxs("10 mail.example.net") + m365Auto, ""},
	}
	for _, tt := range tests {
		got := strings.Join(found(t, head+tt.zone, pack.Selector{All: pack.Builtin()}), ", ")
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
