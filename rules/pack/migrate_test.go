package pack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// builtins returns the builtin packs with ids.
func builtins(t *testing.T, ids ...string) []*pack.Pack {
	t.Helper()
	var out []*pack.Pack
	for _, id := range ids {
		p, err := pack.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// lines returns the records of a change set, each as "-" or "+" and its line.
func lines(cs zone.ChangeSet) []string {
	var out []string
	for _, c := range cs {
		for _, r := range c.Before {
			out = append(out, "-"+r.String())
		}
		for _, r := range c.After {
			out = append(out, "+"+r.String())
		}
	}
	slices.Sort(out)
	return out
}

func moved(t *testing.T, src string, from, to []*pack.Pack, given pack.Bindings) *pack.Move {
	t.Helper()
	m, err := pack.NewMigration(from, pack.Selector{Forced: to, All: pack.Builtin(), Given: given})
	if err != nil {
		t.Fatal(err)
	}
	mv, err := m.Plan(read(t, src))
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Plan(mv.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Changes) > 0 {
		t.Errorf("a second run changes\n%s", strings.Join(lines(again.Changes), "\n"))
	}
	return mv
}

const (
	googleMX = "@ IN MX 1 smtp.google.com.\n"
	comeMX   = "+example.com. 3600 IN MX 10 mx.webmo.fr.\n+example.com. 3600 IN MX 20 mxsecondary.webmo.fr.\n"
	goneMX   = "-example.com. 3600 IN MX 1 smtp.google.com.\n"
)

// The SPF record and the MX records of a move to webmo, and what else changes
// apart from the aliases of webmo.
func TestMigrationChanges(t *testing.T) {
	key := `"v=DKIM1; k=rsa; p=` + rsaKey[:96] + `"`
	tests := []struct {
		name  string
		from  string // ids
		to    string
		given pack.Bindings
		zone  string
		want  string // lines
		loss  []string
		note  []string
	}{
		{
			name: "nothing of the old host", from: "microsoft365", to: "webmo",
			zone: googleMX,
		},
		{
			name: "MX and SPF", from: "google-workspace", to: "webmo",
			zone: googleMX + `@ IN TXT "v=spf1 include:_spf.google.com include:sendgrid.net ip4:192.0.2.1 -all"` + "\n" + goodDMARC + goodRecords,
			want: goneMX + comeMX +
				`-example.com. 3600 IN TXT "v=spf1 include:_spf.google.com include:sendgrid.net ip4:192.0.2.1 -all"` + "\n" +
				`+example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr include:sendgrid.net ip4:192.0.2.1 -all"`,
			loss: []string{
				"mail for example.com. goes to webmo instead of google-workspace",
				"mail sent through google-workspace no longer passes SPF: include:_spf.google.com is removed",
			},
		},
		{
			name: "the SPF record names both hosts", from: "google-workspace", to: "webmo",
			zone: googleMX + `@ IN TXT "v=spf1 a mx include:spf.webmo.fr include:_spf.google.com ~all"` + "\n" + goodDMARC + goodRecords,
			want: goneMX + comeMX +
				`-example.com. 3600 IN TXT "v=spf1 a mx include:spf.webmo.fr include:_spf.google.com ~all"` + "\n" +
				`+example.com. 3600 IN TXT "v=spf1 a mx include:spf.webmo.fr ~all"`,
		},
		{
			name: "two SPF records, one of each host", from: "google-workspace", to: "webmo",
			zone: googleMX + goodSPF + `@ IN TXT "v=spf1 include:_spf.google.com ~all"` + "\n" + goodDMARC + goodRecords,
			want: goneMX + comeMX + `-example.com. 3600 IN TXT "v=spf1 include:_spf.google.com ~all"`,
		},
		{
			name: "a redirect, beside others", from: "yandex360", to: "webmo",
			zone: "@ IN MX 10 mx.yandex.net.\n" + `@ IN TXT "v=spf1 ip4:192.0.2.1 redirect=_spf.yandex.net"` + "\n" + goodDMARC + goodRecords,
			want: "-example.com. 3600 IN MX 10 mx.yandex.net.\n" + comeMX +
				`-example.com. 3600 IN TXT "v=spf1 ip4:192.0.2.1 redirect=_spf.yandex.net"` + "\n" +
				`+example.com. 3600 IN TXT "v=spf1 ip4:192.0.2.1 include:spf.webmo.fr ~all"`,
			loss: []string{"mail sent through yandex360 no longer passes SPF: redirect=_spf.yandex.net is removed"},
		},
		{
			name: "from one redirect to another", from: "yandex360", to: "strato", given: pack.Bindings{"key-domain": "rzone.de"},
			zone: "@ IN MX 10 mx.yandex.net.\n" + `@ IN TXT "v=spf1 redirect=_spf.yandex.net"` + "\n" + goodDMARC +
				"strato-dkim-0002._domainkey IN CNAME strato-dkim-0002._domainkey.rzone.de.\nstrato-dkim-0003._domainkey IN CNAME strato-dkim-0003._domainkey.rzone.de.\n" +
				"autoconfig IN CNAME autoconfigure.strato.de.\n_autodiscover._tcp IN SRV 0 100 443 autoconfigure.strato.de.\n",
			want: "-example.com. 3600 IN MX 10 mx.yandex.net.\n+example.com. 3600 IN MX 5 smtpin.rzone.de.\n" +
				`-example.com. 3600 IN TXT "v=spf1 redirect=_spf.yandex.net"` + "\n" +
				`+example.com. 3600 IN TXT "v=spf1 redirect=_spf.strato.com"`,
		},
		{
			name: "to a redirect: all stays, so it is an include", from: "google-workspace", to: "strato",
			zone: googleMX + `@ IN TXT "v=spf1 include:_spf.google.com -all"` + "\n" + goodDMARC +
				"strato-dkim-0002._domainkey IN CNAME strato-dkim-0002._domainkey.rzone.de.\nstrato-dkim-0003._domainkey IN CNAME strato-dkim-0003._domainkey.rzone.de.\n" +
				"autoconfig IN CNAME autoconfigure.strato.de.\n_autodiscover._tcp IN SRV 0 100 443 autoconfigure.strato.de.\n",
			want: goneMX + "+example.com. 3600 IN MX 5 smtpin.rzone.de.\n" +
				`-example.com. 3600 IN TXT "v=spf1 include:_spf.google.com -all"` + "\n" +
				`+example.com. 3600 IN TXT "v=spf1 include:_spf.strato.com -all"`,
		},
		{
			name: "the record that the apex includes", from: "google-workspace", to: "webmo",
			zone: googleMX + `@ IN TXT "v=spf1 include:_spf.example.com ~all"` + "\n" + `_spf IN TXT "v=spf1 include:_spf.google.com ip4:192.0.2.7 ~all"` + "\n" + goodDMARC + goodRecords,
			want: goneMX + comeMX +
				`-_spf.example.com. 3600 IN TXT "v=spf1 include:_spf.google.com ip4:192.0.2.7 ~all"` + "\n" +
				`+_spf.example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr ip4:192.0.2.7 ~all"`,
		},
		{
			name: "a key, and that of another", from: "google-workspace", to: "webmo",
			zone: googleMX + goodSPF + goodDMARC + goodRecords + "google._domainkey IN TXT " + key + "\ns1._domainkey IN TXT " + key + "\n",
			want: goneMX + comeMX + "-google._domainkey.example.com. 3600 IN TXT " + key,
			loss: []string{
				"mail for example.com. goes to webmo instead of google-workspace",
				"mail that google-workspace has signed and that is still on its way fails DKIM: the key at google._domainkey.example.com. is removed; to be sure, put that back for a week",
			},
		},
		{
			name: "a key whose selector is not known", from: "google-workspace", to: "webmo",
			zone: googleMX + goodSPF + goodDMARC + goodRecords + "s1._domainkey IN TXT " + key + "\n",
			want: goneMX + comeMX,
			note: []string{"s1._domainkey.example.com. stays, since a key does not tell whose it is: remove what is of google-workspace"},
		},
		{
			name: "an alias of the old host's server where the new one wants its own", from: "google-workspace", to: "webmo",
			zone: googleMX + goodSPF + goodDMARC + strings.ReplaceAll(goodRecords, "imap.webmo.fr.", "imap.gmail.com."),
			want: goneMX + comeMX + "-imap.example.com. 3600 IN CNAME imap.gmail.com.\n+imap.example.com. 3600 IN CNAME imap.webmo.fr.",
			loss: []string{
				"mail for example.com. goes to webmo instead of google-workspace",
				"mail programs that use imap.example.com. reach imap.webmo.fr. instead of imap.gmail.com.",
			},
		},
		{
			name: "other services of the same company stay", from: "google-workspace", to: "webmo",
			zone: googleMX + goodSPF + goodDMARC + goodRecords + "calendar IN CNAME ghs.googlehosted.com.\n@ IN TXT \"google-site-verification=abc\"\n",
			want: goneMX + comeMX,
		},
		{
			name: "the MX of another name", from: "google-workspace", to: "webmo",
			zone: googleMX + goodSPF + goodDMARC + goodRecords + "lists IN MX 1 smtp.google.com.\n",
			want: goneMX + comeMX,
			note: []string{"lists.example.com. MX 1 smtp.google.com. stays: it is the mail of another name than example.com."},
		},
		{
			name: "a foreign MX beside", from: "google-workspace", to: "webmo",
			zone: googleMX + "@ IN MX 50 mx.example.net.\n" + goodSPF + goodDMARC + goodRecords,
			want: goneMX + comeMX,
		},
		{
			name: "the policy that the old host keeps", from: "simply", to: "webmo",
			zone: "@ IN MX 10 mx.simply.com.\n_dmarc IN CNAME dmarc.simply.com.\n" + goodSPF + goodRecords,
			want: "-example.com. 3600 IN MX 10 mx.simply.com.\n" + comeMX + "-_dmarc.example.com. 3600 IN CNAME dmarc.simply.com.\n" + `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject"`,
			loss: []string{"the DMARC policy of example.com. is no longer kept by simply: TXT \"v=DMARC1; p=reject\" takes the place of the alias"},
		},
		{
			name: "a policy that is not known stays", from: "ionos", to: "webmo",
			zone: "@ IN MX 10 mx00.ionos.de.\n@ IN MX 10 mx01.ionos.de.\n_dmarc IN CNAME dmarc.ionos.de.\n" + goodSPF + goodRecords,
			want: "-example.com. 3600 IN MX 10 mx00.ionos.de.\n-example.com. 3600 IN MX 10 mx01.ionos.de.\n" + comeMX,
			note: []string{"_dmarc.example.com. CNAME dmarc.ionos.de. stays, though ionos keeps what it leads to: zonelint does not know that policy (--live asks for it). Put a TXT record with the same in the place of the alias"},
		},
		{
			name: "the address of the old MX, unless something leads to it", from: "aruba", to: "webmo",
			zone: "@ IN MX 10 mx\nmx IN A 62.149.128.151\n" + goodSPF + goodDMARC + goodRecords,
			want: "-example.com. 3600 IN MX 10 mx.example.com.\n" + comeMX + "-mx.example.com. 3600 IN A 62.149.128.151",
		},
		{
			name: "a server told by its address alone, and the TTL of what goes", from: "aruba", to: "webmo",
			zone: "@ 300 IN MX 10 post\npost IN A 62.149.128.160\n" + goodSPF + goodDMARC + goodRecords,
			want: "-example.com. 300 IN MX 10 post.example.com.\n" + strings.ReplaceAll(comeMX, "3600", "300"),
		},
		{
			name: "an address that something leads to", from: "aruba", to: "webmo",
			zone: "@ IN MX 10 mx\nmx IN A 62.149.128.151\nold IN CNAME mx\n" + goodSPF + goodDMARC + goodRecords,
			want: "-example.com. 3600 IN MX 10 mx.example.com.\n" + comeMX,
			note: []string{"mx.example.com. A 62.149.128.151 stays, since old.example.com. CNAME leads to it"},
		},
		{
			name: "a server of one's own, whose name nothing tells", from: "mailcow", to: "webmo",
			zone: "@ IN MX 10 mail.example.net.\nautodiscover IN CNAME mail.example.net.\nother IN CNAME mail.example.net.\n" + goodSPF + goodDMARC + goodRecords,
			want: "-example.com. 3600 IN MX 10 mail.example.net.\n" + comeMX + "-autodiscover.example.com. 3600 IN CNAME mail.example.net.",
		},
		{
			name: "no server of one's own, for its name is known", from: "mailcow", to: "webmo",
			zone: googleMX + goodSPF + goodDMARC + goodRecords,
		},
		{
			name: "a forgotten final dot", from: "google-workspace", to: "webmo",
			zone: "@ IN MX 1 smtp.google.com\n" + goodSPF + goodDMARC + goodRecords,
			want: "-example.com. 3600 IN MX 1 smtp.google.com.example.com.\n" + comeMX,
		},
		{
			name: "no mail any more", from: "google-workspace", to: "no-mail",
			zone: googleMX + `@ IN TXT "v=spf1 include:_spf.google.com ~all"` + "\n" + `_dmarc IN TXT "v=DMARC1; p=reject"` + "\n",
			want: goneMX + "+example.com. 3600 IN MX 0 .\n" + `-example.com. 3600 IN TXT "v=spf1 include:_spf.google.com ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 -all"`,
			loss: []string{"mail for example.com. is refused; until now google-workspace takes it"},
		},
		{
			name: "from no mail", from: "no-mail", to: "webmo",
			zone: "@ IN MX 0 .\n" + `@ IN TXT "v=spf1 -all"` + "\n" + goodDMARC + goodRecords,
			want: "-example.com. 3600 IN MX 0 .\n" + comeMX + `-example.com. 3600 IN TXT "v=spf1 -all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr -all"`,
		},
		{
			name: "a sender for another", from: "sendgrid", to: "postmark", given: pack.Bindings{"selector": "20260101", "key": rsaKey[:96]},
			zone: goodMX + `@ IN TXT "v=spf1 include:spf.webmo.fr include:sendgrid.net ~all"` + "\n" + goodDMARC +
				"s1._domainkey IN CNAME s1.domainkey.u123456.wl012.sendgrid.net.\nem1 IN CNAME u123456.wl012.sendgrid.net.\nnews._domainkey.sub IN CNAME s1.domainkey.u123456.wl012.sendgrid.net.\nlinks.sub IN CNAME u123456.wl012.sendgrid.net.\npm-bounces IN CNAME pm.mtasv.net.\n" +
				"20260101._domainkey IN TXT \"k=rsa; p=" + rsaKey[:96] + "\"\n",
			want: `-example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr include:sendgrid.net ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr ~all"` + "\n" +
				"-s1._domainkey.example.com. 3600 IN CNAME s1.domainkey.u123456.wl012.sendgrid.net.\n-em1.example.com. 3600 IN CNAME u123456.wl012.sendgrid.net.\n" +
				"-news._domainkey.sub.example.com. 3600 IN CNAME s1.domainkey.u123456.wl012.sendgrid.net.\n-links.sub.example.com. 3600 IN CNAME u123456.wl012.sendgrid.net.",
			loss: []string{
				"mail sent through sendgrid no longer passes SPF: include:sendgrid.net is removed",
				"mail that sendgrid has signed and that is still on its way fails DKIM: the keys at s1._domainkey.example.com. and news._domainkey.sub.example.com. are removed; to be sure, put that back for a week",
				"mail that sendgrid sends has no return path in the domain: em1.example.com. CNAME is removed",
			},
		},
		{
			name: "behind a gateway", from: "google-workspace", to: "webmo",
			zone: "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN MX 10 eu-smtp-inbound-2.mimecast.com.\n" + `@ IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:_spf.google.com ~all"` + "\n" + goodDMARC + goodRecords,
			want: `-example.com. 3600 IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:_spf.google.com ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:spf.webmo.fr ~all"`,
			note: []string{"mimecast takes the mail before the mailbox host: tell it where the mailboxes are now, and name it with --pack too"},
		},
		{
			name: "a gateway that goes", from: "mimecast", to: "webmo",
			zone: "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN MX 10 eu-smtp-inbound-2.mimecast.com.\n" + `@ IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:spf.webmo.fr ~all"` + "\n" + goodDMARC + goodRecords,
			want: "-example.com. 3600 IN MX 10 eu-smtp-inbound-1.mimecast.com.\n-example.com. 3600 IN MX 10 eu-smtp-inbound-2.mimecast.com.\n" + comeMX +
				`-example.com. 3600 IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:spf.webmo.fr ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr ~all"`,
		},
		{
			name: "behind a gateway that is named", from: "google-workspace", to: "webmo mimecast", given: pack.Bindings{"region": "eu"},
			zone: "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN MX 10 eu-smtp-inbound-2.mimecast.com.\n@ IN MX 20 smtp.google.com.\n" + `@ IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:_spf.google.com ~all"` + "\n" + goodDMARC + goodRecords,
			want: `-example.com. 3600 IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:_spf.google.com ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 include:eu._netblocks.mimecast.com include:spf.webmo.fr ~all"` + "\n" +
				"-example.com. 3600 IN MX 20 smtp.google.com.",
		},
		{
			name: "two hosts at once", from: "google-workspace yandex360", to: "webmo",
			zone: googleMX + "@ IN MX 10 mx.yandex.net.\n" + `@ IN TXT "v=spf1 include:_spf.google.com include:_spf.yandex.net ~all"` + "\n" + goodDMARC + goodRecords,
			want: goneMX + "-example.com. 3600 IN MX 10 mx.yandex.net.\n" + comeMX +
				`-example.com. 3600 IN TXT "v=spf1 include:_spf.google.com include:_spf.yandex.net ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr ~all"`,
		},
		{
			name: "a host without SPF: nothing is left that passes", from: "google-workspace", to: "ses-inbound", given: pack.Bindings{"region": "eu-west-1"},
			zone: googleMX + `@ IN TXT "v=spf1 include:_spf.google.com -all"` + "\n" + goodDMARC,
			want: goneMX + "+example.com. 3600 IN MX 10 inbound-smtp.eu-west-1.amazonaws.com.\n" + `-example.com. 3600 IN TXT "v=spf1 include:_spf.google.com -all"`,
			note: []string{"the SPF record of example.com. goes as a whole, since it names nobody else: publish one that names who sends for the domain now"},
		},
		{
			name: "a value that could be anything is not that of another host", from: "cpanel-godaddy", to: "webmo",
			zone: googleMX + `@ IN TXT "v=spf1 include:secureserver.net ~all"` + "\n" + "autodiscover IN CNAME autodiscover.outlook.com.\n" + goodDMARC + goodRecords,
			want: `-example.com. 3600 IN TXT "v=spf1 include:secureserver.net ~all"` + "\n" + `+example.com. 3600 IN TXT "v=spf1 include:spf.webmo.fr ~all"`,
		},
		{
			name: "a policy of MTA-STS", from: "google-workspace", to: "webmo",
			zone: googleMX + goodSPF + goodDMARC + goodRecords + `_mta-sts IN TXT "v=STSv1; id=1"` + "\n",
			want: goneMX + comeMX,
			note: []string{"the MTA-STS policy of example.com. must list the new MX servers before the change, or senders that heed it deliver nothing"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mv := moved(t, head+tt.zone, builtins(t, strings.Fields(tt.from)...), builtins(t, strings.Fields(tt.to)...), tt.given)
			want := slices.DeleteFunc(strings.Split(tt.want, "\n"), func(s string) bool { return s == "" })
			slices.Sort(want)
			if got := lines(mv.Changes); !slices.Equal(got, want) {
				t.Errorf("changes:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			contains(t, "losses", mv.Losses, tt.loss)
			contains(t, "notes", mv.Notes, tt.note)
			if tt.want == "" && len(mv.Losses) > 0 {
				t.Errorf("losses %q without a change", mv.Losses)
			}
		})
	}
}

// contains checks that texts are among others, in their order.
func contains(t *testing.T, what string, have, want []string) {
	t.Helper()
	at := 0
	for _, w := range want {
		i := slices.Index(have[at:], w)
		if i < 0 {
			t.Errorf("%s lack %q, or not in this order:\n%s", what, w, strings.Join(have, "\n"))
			return
		}
		at += i + 1
	}
}

// A policy that another zone or the DNS tells is kept, without its reports.
func TestMigrationPolicySeen(t *testing.T) {
	src := head + "@ IN MX 10 mx00.ionos.de.\n_dmarc IN CNAME dmarc.ionos.de.\n" + goodSPF + goodRecords
	for record, want := range map[string]string{
		"v=DMARC1; p=quarantine; sp=none; rua=mailto:r@ionos.de; aspf=s": "v=DMARC1; p=quarantine; sp=none; aspf=s",
		"v=DMARC1; p=none": "v=DMARC1; p=none",
		"v=DMARC1":         "",
		"not a policy":     "",
	} {
		facts := resolve.NewFacts([]resolve.Fact{{Name: zone.MustName("dmarc.ionos.de."), Type: zone.TypeTXT, Data: []string{zone.TextData(record)}}})
		m, err := pack.NewMigration(builtins(t, "ionos"), pack.Selector{Forced: builtins(t, "webmo"), All: pack.Builtin()}, facts)
		if err != nil {
			t.Fatal(err)
		}
		mv, err := m.Plan(read(t, src))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, r := range mv.Zone.RRset(zone.MustName("_dmarc.example.com."), zone.TypeTXT) {
			got = r.Text()
		}
		if got != want {
			t.Errorf("%q becomes %q, want %q", record, got, want)
		}
	}
}

func TestMigrationThatCannotBe(t *testing.T) {
	for _, tt := range []struct{ from, to, want string }{
		{"webmo", "webmo", "webmo is the old host and the new one"},
		{"google-workspace", "sendgrid postmark", "google-workspace takes the domain's mail, and none of sendgrid and postmark does: name the host that will"},
		{"google-workspace", "workmail", "the records of workmail need values; {region} is the AWS region of the organization, such as eu-west-1 (--var gives it)"},
	} {
		_, err := pack.NewMigration(builtins(t, strings.Fields(tt.from)...), pack.Selector{Forced: builtins(t, strings.Fields(tt.to)...), All: pack.Builtin()})
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("from %s to %s: %s\nwant %s", tt.from, tt.to, got, tt.want)
		}
	}
}
