package proxy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

func TestValidate(t *testing.T) {
	if err := rules.Validate(Rules()); err != nil {
		t.Error(err)
	}
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }

func TestExamples(t *testing.T) { ruletest.Examples(t, Rules()) }

// Where mail needs a host that is proxied, and where it does not; want is the
// line of each finding with its severity.
func TestHosts(t *testing.T) {
	const on = " ; cf_tags=cf-proxied:true"
	for _, tc := range []struct {
		name, zone string
		want       []string
	}{
		{"nothing proxied", "@ MX 10 mail\nmail A 192.0.2.1", nil},
		{"proxied web", "@ MX 10 mail\nmail A 192.0.2.1\n@ A 192.0.2.1" + on + "\nwww A 192.0.2.1" + on, nil},
		{"MX host", "@ MX 10 mail\nmail A 192.0.2.1" + on + "\nmail AAAA 2001:db8::1" + on, []string{"2 warning"}},
		{"of several names", "@ MX 10 mail\nsub MX 10 mail\nmail A 192.0.2.1" + on, []string{"3 warning"}},
		{"the second record alone", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1" + on, []string{"3 warning"}},
		{"the top as MX host", "@ MX 10 @\n@ A 192.0.2.1" + on, []string{"2 warning"}},
		{"through an alias", "@ MX 10 mail\nmail CNAME web\nweb A 192.0.2.1" + on, []string{"3 warning"}},
		{"through a proxied alias", "@ MX 10 mail\nmail CNAME mx.host.example." + on, []string{"2 warning"}},
		{"through a wildcard", "@ MX 10 mail\n* A 192.0.2.1" + on, []string{"2 warning"}},
		{"outside of the zone", "@ MX 10 mail.host.example.\n* A 192.0.2.1" + on, nil},
		{"aliases in a circle", "@ MX 10 a\na CNAME b\nb CNAME a\nwww A 192.0.2.1" + on, nil},
		{"null MX", "@ MX 0 .\n@ A 192.0.2.1" + on, nil},
		{"IMAP host", "_IMAPS._tcp SRV 0 1 993 imap\nimap A 192.0.2.1" + on, []string{"2 warning"}},
		{"autodiscover", "_autodiscover._tcp SRV 0 1 443 web\nweb A 192.0.2.1" + on, nil},
		{
			"SPF", "@ TXT \"V=spf1 a mx A:relay.example.com/24 a:%{d} -a:no.example.com ~all\"\n@ A 192.0.2.1" + on + "\nrelay A 192.0.2.1" + on + "\nno A 192.0.2.1" + on,
			[]string{"2 warning", "3 warning"},
		},
		{"another text", "@ TXT \"about a:www.example.com\"\nwww A 192.0.2.1" + on, nil},
		{"texts by an alias", "s1._domainkey CNAME s1.host.example." + on + "\n_DMARC CNAME d.host.example." + on + "\nwww CNAME w.example." + on, []string{"1 error", "2 error"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := strings.Count(rules.Example(""), "\n")
			var got []string
			for _, f := range ruletest.Lint(t, "test.zone", rules.Example(tc.zone+"\n"), Rules()) {
				got = append(got, fmt.Sprintf("%d %s", f.Span.Start.Line-before, f.Severity))
				if !strings.Contains(f.Message, "to DNS only.") || strings.Contains(f.Message, "%!") || strings.Contains(f.Message, "  ") {
					t.Errorf("message %q", f.Message)
				}
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}
