package pack_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
)

// What a zone shows of packs, one line a pack: its id, what becomes of it, and
// each sign with its place.
func TestObserve(t *testing.T) {
	byAddress := host(t, "by-address", "other.example", "documented", true)
	byAddress.Detect.Addresses = []pack.Network{{Prefix: netip.MustParsePrefix("198.51.100.0/24")}}
	twice := host(t, "twice", "mx.twice.example", "documented", true)
	twice.Detect.MX = append(twice.Detect.MX, twice.Detect.MX[0])
	d := pack.NewDetector(pack.Selector{All: append(pack.Builtin(), byAddress, twice)})
	for name, tt := range map[string]struct {
		zone string
		want []string
	}{
		"nothing":    {"www IN A 192.0.2.1\n", nil},
		"no MX host": {"@ IN MX 10 mx.elsewhere.example.\n", nil},
		"every sign of one pack": {
			"@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n@ IN TXT \"v=spf1 include:spf.webmo.fr ~all\"\nautoconfig IN CNAME autoconfig.webmo.fr.\n",
			[]string{"webmo applies: mx@6:12-24 MX 10 mx.webmo.fr. | mx@7:12-33 MX 20 mxsecondary.webmo.fr. | spf@8:18-38 SPF include:spf.webmo.fr | autoconfig@9:21-41 autoconfig CNAME autoconfig.webmo.fr."},
		},
		"a final dot forgotten": {
			"@ IN MX 10 mx.webmo.fr\n",
			[]string{"webmo applies: mx@6:12-23 MX 10 mx.webmo.fr.example.com., by which mx.webmo.fr. is meant"},
		},
		"a gateway with the host behind it": {
			"@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN TXT \"v=spf1 include:spf.webmo.fr ~all\"\n",
			[]string{"mimecast applies: mx@6:12-43 MX 10 eu-smtp-inbound-1.mimecast.com.", "webmo applies behind mimecast: spf@7:18-38 SPF include:spf.webmo.fr"},
		},
		"a sender": {
			"@ IN MX 10 mx.webmo.fr.\n@ IN TXT \"v=spf1 include:spf.webmo.fr include:sendgrid.net ~all\"\n",
			[]string{"webmo applies: mx@6:12-24 MX 10 mx.webmo.fr. | spf@7:18-38 SPF include:spf.webmo.fr", "sendgrid applies: spf@7:39-59 SPF include:sendgrid.net"},
		},
		"two packs with the same MX": {
			"@ IN MX 10 inbound-smtp.eu-west-1.amazonaws.com.\n",
			[]string{"ses-inbound or workmail does not (other packs have the same servers, and the zone does not tell which of them it is): mx@6:12-49 MX 10 inbound-smtp.eu-west-1.amazonaws.com."},
		},
		"the same MX behind a gateway": {
			"@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN MX 20 example-com.mail.protection.outlook.com.\n",
			[]string{
				"mimecast applies: mx@6:12-43 MX 10 eu-smtp-inbound-1.mimecast.com.",
				"microsoft365 applies behind mimecast: mx@7:12-52 MX 20 example-com.mail.protection.outlook.com.",
				"microsoft365-godaddy does not (microsoft365 has the same servers, and the zone shows no more of this one than they have in common): mx@7:12-52 MX 20 example-com.mail.protection.outlook.com.",
			},
		},
		"one of them shown": {
			"@ IN MX 10 inbound-smtp.eu-west-1.amazonaws.com.\nautodiscover IN CNAME autodiscover.mail.eu-west-1.awsapps.com.\n",
			[]string{
				"workmail applies: mx@6:12-49 MX 10 inbound-smtp.eu-west-1.amazonaws.com. | target@7:23-63 autodiscover CNAME autodiscover.mail.eu-west-1.awsapps.com.",
				"ses-inbound does not (workmail has the same servers, and the zone shows no more of this one than they have in common): mx@6:12-49 MX 10 inbound-smtp.eu-west-1.amazonaws.com.",
			},
		},
		"one of them shown, with the sender that it sends by": {
			"@ IN MX 10 inbound-smtp.eu-west-1.amazonaws.com.\n@ IN TXT \"v=spf1 include:amazonses.com -all\"\nautodiscover IN CNAME autodiscover.mail.eu-west-1.awsapps.com.\n",
			[]string{
				"workmail applies: mx@6:12-49 MX 10 inbound-smtp.eu-west-1.amazonaws.com. | target@8:23-63 autodiscover CNAME autodiscover.mail.eu-west-1.awsapps.com.",
				"amazon-ses does not (what was seen is part of workmail): spf@7:18-39 SPF include:amazonses.com",
				"ses-inbound does not (workmail has the same servers, and the zone shows no more of this one than they have in common): mx@6:12-49 MX 10 inbound-smtp.eu-west-1.amazonaws.com.",
			},
		},
		"a gateway that only sends": {
			"@ IN MX 10 mx.webmo.fr.\n@ IN TXT \"v=spf1 include:eu._netblocks.mimecast.com -all\"\n",
			[]string{"webmo applies: mx@6:12-24 MX 10 mx.webmo.fr.", "mimecast does not (only the MX records tell a gateway): spf@7:18-52 SPF include:eu._netblocks.mimecast.com"},
		},
		"two patterns for one name": {
			"@ IN MX 10 mx.twice.example.\n",
			[]string{"twice applies: mx@6:12-29 MX 10 mx.twice.example."},
		},
		"one name twice": {
			"@ IN MX 10 mx.webmo.fr.\n@ IN TXT \"v=spf1 include:spf.webmo.fr include:spf.webmo.fr ~all\"\n",
			[]string{"webmo applies: mx@6:12-24 MX 10 mx.webmo.fr. | spf@7:18-38 SPF include:spf.webmo.fr | spf@7:39-59 SPF include:spf.webmo.fr"},
		},
		"a name that tells": {
			"resend._domainkey IN TXT \"v=DKIM1; p=AAAA\"\n",
			[]string{"resend applies: name@6:1-18 a record at resend._domainkey"},
		},
		"two hosts": {
			"@ IN MX 10 mx.zoho.eu.\n@ IN MX 10 mx00.ionos.de.\n",
			[]string{"zoho applies: mx@6:12-23 MX 10 mx.zoho.eu.", "ionos applies: mx@7:12-26 MX 10 mx00.ionos.de."},
		},
		"a host that was": {
			"@ IN MX 10 mx.webmo.fr.\n@ IN TXT \"v=spf1 include:mx.ovh.com ~all\"\n",
			[]string{"webmo applies: mx@6:12-24 MX 10 mx.webmo.fr.", "ovh does not (the MX records lead elsewhere: this is left over, or another way in which the domain sends): spf@7:18-36 SPF include:mx.ovh.com"},
		},
		"a provider without customers' domains": {
			"@ IN MX 10 smtp-in.orange.fr.\n",
			[]string{"orange-fr does not (it takes no mail for customers' domains): mx@6:12-30 MX 10 smtp-in.orange.fr."},
		},
		"an address of the host": {
			"@ IN MX 10 mail\nmail IN A 198.51.100.7\n",
			[]string{"by-address applies: address@6:12-16 MX 10 mail.example.com. with an address of the host"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, k := range d.Observe(read(t, rules.ExampleHeader+tt.zone)) {
				var signs []string
				for _, s := range k.Signs {
					at := s.Record.Span(s.Part)
					signs = append(signs, fmt.Sprintf("%s@%d:%d-%d %s", s.By, at.Start.Line, at.Start.Column, at.End.Column, s.Text))
				}
				line := k.Pack.ID
				for _, o := range k.Unclear {
					line += " or " + o.ID
				}
				switch {
				case k.Applies && k.Behind != nil:
					line += " applies behind " + k.Behind.ID
				case k.Applies:
					line += " applies"
				default:
					line += " does not (" + k.Reason + ")"
				}
				got = append(got, line+": "+strings.Join(signs, " | "))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}
