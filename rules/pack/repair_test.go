package pack_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// A bare zone gets what a host and two senders ask for: one SPF record within
// ten lookups, nothing that any rule has against it, and nothing more in a
// second run.
func TestRepairOfBareZone(t *testing.T) {
	senders := []*pack.Pack{find(t, "mailgun"), find(t, "mailjet")}
	for _, p := range askingPacks() {
		if p.Kind == pack.Sender || p.Kind == pack.NoMail {
			continue
		}
		t.Run(p.ID, func(t *testing.T) {
			given := pack.Bindings{}
			for _, o := range append([]*pack.Pack{p}, senders...) {
				maps.Copy(given, givenFor(o))
			}
			s := pack.Selector{Forced: append([]*pack.Pack{p}, senders...), All: pack.Builtin(), Given: given}
			src := web
			for line := range strings.Lines(theRest(p)) {
				if strings.Contains(line, " IN A ") {
					src += line
				}
			}
			z := mended(t, read(t, src), s)
			var texts []string
			apex, _ := z.Node(z.Apex)
			for r := range apex.Records() {
				if r.Type == zone.TypeTXT && spf.Parse(r.Text()).Form == spf.SPF {
					texts = append(texts, r.Text())
				}
			}
			if len(texts) != 1 {
				t.Fatalf("SPF records %q", texts)
			}
			k := spf.Parse(texts[0])
			if !k.Valid() || k.Lookups() > 10 || !k.Includes("mailgun.org") || !k.Includes("spf.mailjet.com") {
				t.Errorf("SPF %q: %d lookups", texts[0], k.Lookups())
			}
			if t.Failed() {
				for r := range z.Records() {
					t.Log(r)
				}
			}
		})
	}
}

// givenFor returns values for the variables of a pack that the user may give.
func givenFor(p *pack.Pack) pack.Bindings {
	out := pack.Bindings{}
	for _, v := range p.Variables {
		out[v.Name] = values(p)[v.Name]
	}
	return out
}

// mended applies the fixes of all rules, and checks that they settle.
func mended(t *testing.T, z *zone.Zone, s pack.Selector) *zone.Zone {
	t.Helper()
	e, err := rules.NewEngine(all.Rules(s), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := e.Fix(z, rules.Unsafe)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Left {
		if f.Severity > rules.Info && f.Rule.ID != "dmarc-missing" { // whose policy is for the owner to choose
			t.Errorf("left: %s: %s", f.Rule.ID, f.Message)
		}
	}
	again, err := e.Fix(res.Zone, rules.Unsafe)
	if err != nil || len(again.Changes) > 0 {
		t.Errorf("a second run changes %v, %v", again.Changes, err)
	}
	return res.Zone
}

// Fixes of zones where something of a host is there.
func TestRepairs(t *testing.T) {
	s := pack.Selector{All: pack.Builtin()}
	tests := []struct {
		name string
		zone string
		s    pack.Selector
		upTo rules.Safety
		want []string
		left []string
	}{
		{
			"a redirect beside all", mxs("10 mx.yandex.net") + spfRecord("v=spf1 redirect=_spf.yandex.net ~all") + goodDMARC, s, rules.Unsafe,
			[]string{`-example.com. 3600 IN TXT "v=spf1 redirect=_spf.yandex.net ~all"`, `+example.com. 3600 IN TXT "v=spf1 redirect=_spf.yandex.net"`},
			[]string{"pack-record-missing"},
		},
		{
			"all before the redirect", mxs("10 mx.yandex.net") + spfRecord("v=spf1 -all redirect=_spf.yandex.net") + goodDMARC, s, rules.Unsafe,
			[]string{`-example.com. 3600 IN TXT "v=spf1 -all redirect=_spf.yandex.net"`, `+example.com. 3600 IN TXT "v=spf1 redirect=_spf.yandex.net"`},
			[]string{"pack-record-missing"},
		},
		{
			"old and new Google", newGoogleMX + legacyMX + newGoogleSPF + goodDMARC, s, rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 1 smtp.google.com."},
			[]string{"pack-record-missing"},
		},
		{
			"past a gateway", mxs("10 eu-smtp-inbound-1.mimecast.com", "10 eu-smtp-inbound-2.mimecast.com", "20 example-com.mail.protection.outlook.com") +
				spfRecord("v=spf1 include:eu._netblocks.mimecast.com include:spf.protection.outlook.com -all") + m365Auto + m365DKIM + goodDMARC, s, rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 20 example-com.mail.protection.outlook.com."},
			nil,
		},
		{
			"verification by MX", m365 + "@ IN MX 32767 ms12345678.msv1.invalid.\n", s, rules.Unsafe,
			[]string{"-example.com. 3600 IN MX 32767 ms12345678.msv1.invalid."},
			nil,
		},
		{
			"left over", goodMX + goodSPF + goodDMARC + goodRecords + m365Auto, s, rules.Unsafe,
			[]string{"-autodiscover.example.com. 3600 IN CNAME autodiscover.outlook.com."},
			nil,
		},
		{
			"left over, not asked", goodMX + goodSPF + goodDMARC + goodRecords + m365Auto, s, rules.Safe,
			nil,
			[]string{"pack-leftover"},
		},
		{
			"still a sender", goodMX + spfRecord("v=spf1 include:spf.webmo.fr include:spf.protection.outlook.com ~all") + goodDMARC + goodRecords + m365Auto, s, rules.Unsafe,
			nil, nil,
		},
		{
			"a policy that is too mild", "@ IN MX 0 .\n" + spfRecord("v=spf1 -all") + "_dmarc IN TXT \"v=DMARC1; p=none; rua=mailto:a@example.com\"\n",
			pack.Selector{Forced: []*pack.Pack{find(t, "no-mail")}},
			rules.Unsafe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:a@example.com"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject; rua=mailto:a@example.com"`},
			nil,
		},
		{
			"two sets of OVH", mxs("1 mx1.mail.ovh.net", "5 mx1.ovh.net") + spfRecord("v=spf1 include:mx.ovh.com ~all") + goodDMARC, s, rules.Unsafe,
			[]string{
				"+_autodiscover._tcp.example.com. 3600 IN SRV 0 0 443 mailconfig.ovh.net.",
				"+autoconfig.example.com. 3600 IN CNAME mailconfig.ovh.net.", "+autodiscover.example.com. 3600 IN CNAME mailconfig.ovh.net.",
			},
			nil,
		},
		{
			"the alias of the host's policy", mxs("10 mx.simply.com") + spfRecord("v=spf1 include:spf.simply.com -all"),
			pack.Selector{Forced: []*pack.Pack{find(t, "simply")}},
			rules.Safe,
			[]string{
				"+_autodiscover._tcp.example.com. 3600 IN SRV 0 0 443 maildiscover.simply.com.", "+_dmarc.example.com. 3600 IN CNAME dmarc.simply.com.",
				"+autoconfig.example.com. 3600 IN CNAME maildiscover.simply.com.",
				"+simplycom1._domainkey.example.com. 3600 IN CNAME dkim1.simply.com.", "+simplycom2._domainkey.example.com. 3600 IN CNAME dkim2.simply.com.",
			},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, head+tt.zone, pack.Rules(tt.s), tt.upTo)
			slices.Sort(changes)
			slices.Sort(tt.want)
			if !slices.Equal(changes, tt.want) {
				t.Errorf("changes:\n%s\nwant:\n%s", strings.Join(changes, "\n"), strings.Join(tt.want, "\n"))
			}
			slices.Sort(left)
			if !slices.Equal(left, tt.left) {
				t.Errorf("left %q, want %q", left, tt.left)
			}
		})
	}
}

// Whatever of a pack's zone is missing, or says something else, the fixes bring
// back a zone that no rule has anything against.
func TestRepairOfEveryRecord(t *testing.T) {
	for _, p := range askingPacks() {
		t.Run(p.ID, func(t *testing.T) {
			e, err := rules.NewEngine(all.Rules(pack.Selector{Forced: []*pack.Pack{p}, All: pack.Builtin(), Given: givenFor(p)}), rules.Options{})
			if err != nil {
				t.Fatal(err)
			}
			as := wanted(asks(p))
			for i, k := range as {
				rest := zoneOf(as, func(j int) bool { return i == j }) + theRest(p)
				for _, src := range []string{rest, rest + k.other} {
					if k.level == pack.Optional && src != rest {
						continue // another service of the domain's own
					}
					z := read(t, src)
					res, err := e.Fix(z, rules.Unsafe)
					if err != nil {
						t.Fatal(err)
					}
					for _, f := range res.Left {
						if f.Severity > rules.Info && !(f.Fix != nil && f.Fix.Safety == rules.Manual) {
							t.Errorf("%s, %q: left: %s: %s", k.what, src[len(rest):], f.Rule.ID, f.Message)
						}
					}
					again, err := e.Fix(res.Zone, rules.Unsafe)
					if err != nil || len(again.Changes) > 0 {
						t.Errorf("%s, %q: a second run changes %v, %v", k.what, src[len(rest):], again.Changes, err)
					}
				}
			}
		})
	}
}
