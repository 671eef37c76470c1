package pack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// every is a pack that asks for a record of each type, at a level and below
// the apex.
const every = `id: every
name: Every type
kind: mailbox
confidence: documented
checked: 2026-11-21
sources: [{title: Set-up}]
variables:
- {name: selector, about: the selector, default: s1}
- {name: key, about: the key, pattern: '[A-Za-z0-9+/=]+', example: AAAA}
- {name: code, about: the code that the panel shows, pattern: '[0-9]+', example: '7'}
records:
`

// each are the records that a test asks for one by one.
var each = map[string]string{
	"cname":     "{name: a, type: CNAME, target: x.host.example, alternatives: [y.host.example], level: required}",
	"optional":  "{name: a, type: CNAME, target: x.host.example, level: optional}",
	"advised":   "{name: a, type: CNAME, target: x.host.example, level: recommended}",
	"srv":       "{name: _imaps._tcp, type: SRV, preference: 1, weight: 2, port: 993, target: x.host.example, level: required, purpose: clients}",
	"mx":        "{name: bounce, type: MX, preference: 10, target: x.host.example, level: required, purpose: bounces}",
	"a":         "{name: a, type: A, addresses: [192.0.2.1, 192.0.2.0/24], level: required}",
	"net":       "{name: a, type: A, addresses: [192.0.2.0/24], level: required}",
	"aaaa":      "{name: a, type: AAAA, addresses: ['2001:db8::1'], level: required}",
	"ns":        "{name: a, type: NS, target: ns.host.example, level: required}",
	"caa":       "{name: '@', type: CAA, data: '0 issue \"ca.example\"', level: required}",
	"txt":       "{name: '@', type: TXT, text: 'host={code}', level: required}",
	"verify":    "{name: '@', type: TXT, text: 'host={code}', level: required, purpose: verification}",
	"spf":       "{name: bounce, type: TXT, text: 'v=spf1 include:s.host.example mx ~all', level: required, purpose: bounces}",
	"dmarc":     "{name: _dmarc.sub, type: TXT, text: 'v=DMARC1; p=quarantine', level: required}",
	"dkim":      "{name: '{selector}._domainkey', type: TXT, text: 'v=DKIM1; k=rsa; p={key}', level: required, purpose: dkim}",
	"dkimfixed": "{name: s1._domainkey, type: TXT, text: 'v=DKIM1; p=AAAABBBB', level: required, purpose: dkim}",
	"alias":     "{name: s1._domainkey, type: CNAME, target: 's1.{code}.host.example', level: required, purpose: dkim}",
	"track":     "{name: t, type: CNAME, target: t.host.example, level: recommended, purpose: tracking}",
	"obsolete":  "{name: a, type: CNAME, target: old.host.example, level: obsolete}",
	"forbidden": "{name: a, type: CNAME, target: bad.host.example, level: forbidden, about: it does harm to programs}",
	"badspf":    "{name: '@', type: TXT, text: 'v=spf1 include:old.host.example -all', level: forbidden}",
	"oldtxt":    "{name: '@', type: TXT, text: 'old={code}', level: obsolete}",
}

func TestRecords(t *testing.T) {
	tests := []struct {
		record, zone string
		want         string // severity, rule without "pack-record-", class of the fix; "" is none
		message, fix string // parts of them
	}{
		{"cname", "", "warning missing safe", "a CNAME x.host.example., which every asks for, is missing", "add a CNAME x.host.example."},
		{"cname", "a IN CNAME X.Host.example.\n", "", "", ""},
		{"cname", "a IN CNAME y.host.example.\n", "", "", ""},
		{"cname", "a IN CNAME b\nb IN CNAME y.host.example.\n", "", "", ""},
		{"cname", "* IN CNAME x.host.example.\n", "", "", ""},
		{"cname", "* IN CNAME z.host.example.\n", "warning missing safe", "", ""},
		{"cname", "a IN CNAME z.host.example.\n", "warning wrong unsafe", "but it is an alias of z.host.example.", "point a.example.com. at x.host.example."},
		{"cname", "a IN A 192.0.2.9\na IN TXT \"x\"\n", "warning conflict unsafe", "but it holds A 192.0.2.9 and TXT \"x\"", "replace A 192.0.2.9 and TXT \"x\" of a by CNAME x.host.example."},
		{"cname", "a IN A 192.0.2.9\n@ IN NS a\n", "warning conflict manual", "", "first let the NS record of example.com. point elsewhere than at a.example.com."},
		{"cname", "a IN NS ns1.example.net.\n", "", "", ""},
		{"cname", "a.example.com IN CNAME x.host.example.\n", "", "", ""},
		{"optional", "", "", "", ""},
		{"optional", "a IN CNAME z.host.example.\n", "info wrong unsafe", "", ""},
		{"advised", "", "info missing safe", "", ""},
		{"advised", "a IN A 192.0.2.9\n", "info conflict unsafe", "", ""},
		{"srv", "", "warning missing safe", "_imaps._tcp SRV 1 2 993 x.host.example., which every asks for, is missing, so mail programs that look for their settings do not find them", "add _imaps._tcp SRV 1 2 993 x.host.example."},
		{"srv", "_imaps._tcp IN SRV 9 9 993 x.host.example.\n", "", "", ""},
		{"srv", "_imaps._tcp IN SRV 0 0 0 .\n", "", "", ""},
		{"srv", "_imaps._tcp IN SRV 1 2 143 x.host.example.\n", "warning wrong unsafe", "not 1 2 143 x.host.example.", "write _imaps._tcp SRV 1 2 993 x.host.example."},
		{"srv", "_imaps._tcp IN SRV 1 2 993 z.host.example.\n", "warning wrong unsafe", "", ""},
		{"mx", "", "warning missing safe", "bounce MX 10 x.host.example., which every asks for, is missing, so mail that every sends is not aligned with the domain by SPF", "add bounce MX 10 x.host.example."},
		{"mx", "bounce IN MX 99 x.host.example.\n", "", "", ""},
		{"mx", "bounce IN MX 10 z.host.example.\n", "warning wrong unsafe", "", "write bounce MX 10 x.host.example."},
		{"a", "", "warning missing safe", "a A 192.0.2.1, which every asks for, is missing", "add a A 192.0.2.1"},
		{"a", "a IN A 192.0.2.200\n", "", "", ""},
		{"a", "a IN A 198.51.100.1\na IN A 192.0.2.200\n", "", "", ""},
		{"a", "a IN A 198.51.100.1\n", "warning wrong unsafe", "every wants a A 192.0.2.1 here, not 198.51.100.1", "write a A 192.0.2.1"},
		{"a", "a IN CNAME b.example.net.\n", "", "", ""},
		{"net", "", "warning missing manual", "a A 192.0.2.0/24", "add a A 192.0.2.0/24"},
		{"net", "a IN A 198.51.100.1\n", "warning wrong manual", "", "write a A 192.0.2.0/24"},
		{"aaaa", "a IN A 192.0.2.1\n", "warning missing safe", "a AAAA 2001:db8::1", ""},
		{"aaaa", "a IN AAAA 2001:db8::1\n", "", "", ""},
		{"ns", "", "warning missing safe", "a NS ns.host.example.", "add a NS ns.host.example."},
		{"ns", "a IN NS ns.host.example.\n", "", "", ""},
		{"caa", "", "warning missing safe", "@ CAA 0 issue \"ca.example\"", ""},
		{"caa", "@ IN CAA 0 issue \"other.example\"\n@ IN CAA 0 issue \"ca.example\"\n", "", "", ""},
		{"caa", "@ IN CAA 0 issue \"other.example\"\n", "warning missing safe", "", ""},
		{"txt", "", "warning missing manual", "@ TXT \"host={code}\"", "{code} is the code that the panel shows (--var gives it)"},
		{"txt", "@ IN TXT \"host=12\"\n", "", "", ""},
		{"txt", "@ IN TXT \"ho\" \"st=12\"\n", "", "", ""},
		{"txt", "@ IN TXT \"HOST=12\"\n", "warning missing manual", "", ""},
		{"txt", "@ IN TXT \"host=x\"\n", "warning missing manual", "", ""},
		{"verify", "", "", "", ""},
		{"spf", "", "warning missing safe", "", "add bounce TXT \"v=spf1 include:s.host.example mx ~all\""},
		{"spf", "bounce IN TXT \"v=spf1 MX a include:S.host.example -all\"\n", "", "", ""},
		{"spf", "bounce IN TXT \"v=spf1 a -all\"\n", "warning wrong safe", "The SPF record at bounce.example.com. lacks include:s.host.example mx", "add include:s.host.example mx"},
		{"spf", "bounce IN TXT \"v=spf1 mx\"\n", "warning wrong safe", "lacks include:s.host.example,", "add include:s.host.example"},
		{"spf", "bounce IN TXT \"site=1\"\n", "warning missing safe", "", ""},
		{"dmarc", "_dmarc.sub IN TXT \"v=DMARC1; p=reject; adkim=s\"\n", "", "", ""},
		{"dmarc", "_dmarc.sub IN TXT \"v=DMARC1; p=quarantine\"\n", "", "", ""},
		{"dmarc", "_dmarc.sub IN TXT \"v=DMARC1; p=none\"\n", "warning wrong unsafe", "", "write _dmarc.sub TXT \"v=DMARC1; p=quarantine\""},
		{"dkim", "", "warning missing manual", "s1._domainkey TXT \"v=DKIM1; k=rsa; p={key}\", which every asks for, is missing, so mail that every signs for the domain fails DKIM", "{key} is the key (--var gives it)"},
		{"dkim", "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=AAAA\"\n", "", "", ""},
		{"dkim", "s1._domainkey IN TXT \"k=rsa; t=y; p=AA\" \"AA\"\n", "", "", ""},
		{"dkim", "other._domainkey IN TXT \"k=rsa; p=AAAA\"\n", "", "", ""},
		{"dkim", "other._domainkey IN TXT \"v=DKIM1; p=\"\n", "warning missing manual", "", ""},
		{"dkimfixed", "s1._domainkey IN TXT \"p=AAAA BBBB; k=rsa\"\n", "", "", ""},
		{"dkimfixed", "s1._domainkey IN TXT \"v=DKIM1; p=CCCC\"\n", "warning wrong unsafe", "", "write s1._domainkey TXT"},
		{"dkimfixed", "s1._domainkey IN TXT \"site=1\"\n", "warning wrong unsafe", "here, not \"site=1\"", "write s1._domainkey TXT"},
		{"alias", "s1._domainkey IN CNAME s1.77.host.example.\n", "", "", ""},
		{"alias", "s1._domainkey IN CNAME s1.x.host.example.\n", "warning wrong manual", "where it keeps the key, but it is an alias of s1.x.host.example.", "{code} is the code"},
		{"alias", "s1._domainkey IN TXT \"v=DKIM1; p=AAAA\"\n", "warning conflict manual", "", ""},
		{"track", "", "info missing safe", "so links in the mail do not carry the domain's name", ""},
		{"obsolete", "", "", "", ""},
		{"obsolete", "a IN CNAME other.host.example.\n", "", "", ""},
		{"obsolete", "a IN CNAME old.host.example.\n", "info unwanted unsafe", "every no longer uses a.example.com. CNAME old.host.example.", "remove CNAME old.host.example."},
		{"forbidden", "a IN CNAME bad.host.example.\n", "warning unwanted unsafe", "is not wanted by every: it does harm to programs", ""},
		{"badspf", "@ IN TXT \"v=spf1  include:Old.host.example -ALL\"\n", "warning unwanted unsafe", "", ""},
		{"badspf", "@ IN TXT \"v=spf1 include:old.host.example mx -all\"\n", "", "", ""},
		{"oldtxt", "@ IN TXT \"old=5\"\n@ IN TXT \"old=x\"\n", "info unwanted unsafe", "", "remove TXT \"old=5\""},
	}
	for _, tt := range tests {
		t.Run(tt.record+"/"+tt.zone, func(t *testing.T) {
			p := parse(t, every+"- "+strings.ReplaceAll(each[tt.record], "\n", "")+"\n"+rest(each[tt.record]))
			s := pack.Selector{Forced: []*pack.Pack{p}}
			fs := ruletest.Lint(t, "test.zone", head+tt.zone, pack.Rules(s))
			got := ""
			if len(fs) > 0 {
				got = fmt.Sprintf("%s %s %s", fs[0].Severity, strings.TrimPrefix(fs[0].Rule.ID, "pack-record-"), fs[0].Fix.Safety)
			}
			if len(fs) > 1 || got != tt.want {
				t.Fatalf("got %q of %v, want %q", got, ruletest.IDs(fs), tt.want)
			}
			if len(fs) == 0 {
				return
			}
			if !strings.Contains(fs[0].Message, tt.message) || !strings.Contains(fs[0].Fix.Description, tt.fix) {
				t.Errorf("%s\n%s", fs[0].Message, fs[0].Fix.Description)
			}
			if fs[0].Fix.Safety == rules.Manual {
				return
			}
			if _, left := ruletest.Fixed(t, head+tt.zone, pack.Rules(s), rules.Unsafe); slices.Contains(left, fs[0].Rule.ID) {
				t.Errorf("the fix leaves %v", left)
			}
		})
	}
}

// rest uses the variables that a record does not.
func rest(record string) string {
	out := "- {name: unused, type: TXT, text: 'x"
	for _, v := range []string{"{selector}", "{key}", "{code}"} {
		if !strings.Contains(record, v) {
			out += v
		}
	}
	return out + "', level: optional}\n"
}
