package pack_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

func parse(t *testing.T, src string) *pack.Pack {
	t.Helper()
	p, err := pack.Parse("test.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func read(t *testing.T, src string) *zone.Zone {
	t.Helper()
	z, _ := ruletest.Parse(t, "test.zone", src, nil)
	return z
}

// pairOf returns a pack with two MX records, the second with the preference.
func pairOf(id string, second int) string {
	return fmt.Sprintf(`id: %s
name: A host
kind: mailbox
confidence: documented
checked: 2026-11-21
sources: [{title: Set-up}]
detect: {mx: [a.example]}
mx:
  exclusive: true
  records:
  - {preference: 10, exchange: mx.a.example}
  - {preference: %d, exchange: mx2.a.example}
`, id, second)
}

// host returns a pack for MX records under a domain.
func host(t *testing.T, id, domain, confidence string, exclusive bool) *pack.Pack {
	return parse(t, fmt.Sprintf(`id: %s
name: A host
kind: mailbox
confidence: %s
checked: 2026-11-21
sources: [{title: Set-up, url: "https://example.net/dns"}]
detect: {mx: [%s]}
mx:
  exclusive: %t
  records:
  - {preference: 10, exchange: mx.%s}
`, id, confidence, domain, exclusive, domain))
}

func TestDetect(t *testing.T) {
	s := pack.Selector{All: append(pack.Builtin(), host(t, "other", "other.example", "documented", true))}
	tests := []struct{ name, zone, want string }{
		{"MX", "@ IN MX 5 mail.example.net.\n@ IN MX 10 MX.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n", "webmo mx MX 10 mx.webmo.fr."},
		{"any server", "@ IN MX 10 a.b.webmo.fr.\n", "webmo mx MX 10 a.b.webmo.fr."},
		{"two hosts", "@ IN MX 10 mx.other.example.\n@ IN MX 20 mx.webmo.fr.\n", "other mx MX 10 mx.other.example., webmo mx MX 20 mx.webmo.fr."},
		{"without the final dot", "@ IN MX 10 mx.webmo.fr\n", "webmo mx MX 10 mx.webmo.fr.example.com."},
		{"another name", "@ IN MX 10 mx.notwebmo.fr.\n", ""},
		{"below the apex", "sub IN MX 10 mx.webmo.fr.\n", ""},
		{"SPF", "@ IN TXT \"v=spf1 include:SPF.webmo.fr. -all\"\n", "webmo spf SPF include:spf.webmo.fr"},
		{"SPF beside another host's MX", "@ IN MX 1 mail.example.net.\n" + goodSPF + goodRecords, ""},
		{"SPF beside the null MX", "@ IN MX 0 .\n" + goodSPF, ""},
		{"SPF that does not pass", "@ IN TXT \"v=spf1 -include:spf.webmo.fr -all\"\n", ""},
		{"autoconfig", goodRecords, "webmo autoconfig autoconfig CNAME autoconfig.webmo.fr."},
		{"autoconfig without the final dot", "autoconfig IN CNAME autoconfig.webmo.fr\n", "webmo autoconfig autoconfig CNAME autoconfig.webmo.fr.example.com."},
		{"autoconfig elsewhere", "autoconfig IN CNAME autoconfig.example.net.\n", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, d := range s.Detect(read(t, head+tt.zone)) {
				got = append(got, fmt.Sprintf("%s %s %s", d.Pack.ID, d.By, d.Why))
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}

// found returns "severity rule pack fix" of each finding.
func found(t *testing.T, src string, s pack.Selector) []string {
	t.Helper()
	var out []string
	for _, f := range ruletest.Lint(t, "test.zone", src, pack.Rules(s)) {
		fix := rules.Safety(0)
		if f.Fix != nil {
			fix = f.Fix.Safety
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", f.Severity, f.Rule.ID, f.Pack, fix))
	}
	slices.Sort(out)
	return out
}

func TestSeveralPacks(t *testing.T) {
	a, b := host(t, "a", "a.example", "documented", true), host(t, "b", "b.example", "documented", true)
	guess := host(t, "guess", "a.example", "memory", true)
	shared := host(t, "shared", "a.example", "template", false)
	pair := parse(t, pairOf("pair", 20))
	equal := parse(t, pairOf("equal", 10))
	soft := parse(t, strings.Replace(minimal, "mx:\n  records:\n  - {preference: 10, exchange: mx.example.net.}\n", `spf: {level: optional, terms: ['include:s.example.net'], all: ~all, create: "v=spf1 include:s.example.net ~all"}
dmarc: {level: optional, create: v=DMARC1; p=none}
records:
- {name: a, type: CNAME, target: a.example.net, level: optional}
- {name: b, type: CNAME, target: b.example.net, level: optional}
- {name: c, type: CNAME, target: c.example.net, level: recommended}
`, 1))
	soft.ID = "soft"
	both := "@ IN MX 10 mx.a.example.\n@ IN MX 20 mx.b.example.\n"
	tests := []struct {
		name string
		zone string
		s    pack.Selector
		want []string
	}{
		{"both named", both, pack.Selector{Forced: []*pack.Pack{a, b}}, nil},
		{"named twice", both, pack.Selector{Forced: []*pack.Pack{a, a}}, []string{"error pack-mx-foreign a unsafe"}},
		{"both named and a third host", both + "@ IN MX 30 mx.c.example.\n", pack.Selector{Forced: []*pack.Pack{a, b}}, []string{
			"error pack-mx-foreign a unsafe", "error pack-mx-foreign b unsafe",
		}},
		{"both seen: nobody knows which", both, pack.Selector{All: []*pack.Pack{a, b}}, []string{
			"error pack-mx-foreign a manual", "error pack-mx-foreign b manual",
		}},
		{"one named, both seen", both, pack.Selector{Forced: []*pack.Pack{a}, All: []*pack.Pack{a, b}}, []string{"error pack-mx-foreign a unsafe"}},
		{"facts that nobody confirms are no ground for an error", "@ IN MX 20 mx.b.example.\n", pack.Selector{Forced: []*pack.Pack{guess}}, []string{"warning pack-mx-foreign guess unsafe"}},
		{"not exclusive", both, pack.Selector{Forced: []*pack.Pack{shared}}, nil},
		{"not exclusive and missing", "@ IN MX 20 mx.b.example.\n", pack.Selector{Forced: []*pack.Pack{shared}}, []string{"warning pack-mx-missing shared safe"}},
		{"the null MX is never shared", "@ IN MX 0 .\n@ IN MX 10 mx.a.example.\n", pack.Selector{Forced: []*pack.Pack{shared}}, []string{"warning pack-mx-foreign shared unsafe"}},
		{"an exchange with two records counts by the lower", "@ IN MX 30 mx.a.example.\n@ IN MX 1 mx.a.example.\n@ IN MX 20 mx2.a.example.\n", pack.Selector{Forced: []*pack.Pack{pair}}, nil},
		{"alike is as good where the host says so", "@ IN MX 1 mx3.a.example.\n@ IN MX 9 mx.a.example.\n@ IN MX 10 mx2.a.example.\n", pack.Selector{Forced: []*pack.Pack{equal}}, nil},
		{"optional and recommended records", "a IN CNAME x.example.net.\n", pack.Selector{Forced: []*pack.Pack{soft}}, []string{
			"info pack-record-missing soft safe", "info pack-record-wrong soft unsafe",
		}},
		{"another class", strings.ReplaceAll(head, "IN", "CH"), pack.Selector{Forced: []*pack.Pack{a}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := head + tt.zone
			if strings.Contains(tt.zone, "SOA") {
				src = tt.zone
			}
			if got := found(t, src, tt.s); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Severities and classes of the findings that testdata places.
func TestSeverities(t *testing.T) {
	s := pack.Selector{Forced: []*pack.Pack{webmo(t)}}
	tests := []struct {
		zone string
		want []string
	}{
		{goodMX + goodSPF + goodDMARC + goodRecords, nil},
		{goodSPF + goodDMARC + goodRecords, []string{"error pack-mx-missing webmo safe"}},
		{"@ IN MX 10 mx.webmo.fr.\n" + goodSPF + goodDMARC + goodRecords, []string{"warning pack-mx-missing webmo safe"}},
		{"@ IN MX 9 mx.webmo.fr.\n@ IN MX 9 mx.example.net.\n" + goodSPF + goodDMARC + goodRecords, []string{"error pack-mx-foreign webmo unsafe", "warning pack-mx-missing webmo manual"}},
		{"@ IN MX 9 mx.webmo.fr.\n@ IN MX 9 mxsecondary.webmo.fr.\n" + goodSPF + goodDMARC + goodRecords, []string{"warning pack-mx-preference webmo unsafe"}},
		{goodMX + "@ IN TXT \"v=spf1 -all\"\n" + goodDMARC + goodRecords, []string{"error pack-spf-include webmo safe"}},
		{goodMX + "@ IN TXT \"v=spf1 ~all\"\n" + goodDMARC + goodRecords, []string{"warning pack-spf-include webmo safe"}},
		{goodMX + "@ IN TXT \"v=spf1 include:_spf.example.net -all\"\n" + goodDMARC + goodRecords, []string{"warning pack-spf-include webmo safe"}},
		{goodMX, []string{
			"warning pack-dmarc-missing webmo safe", "warning pack-record-missing webmo safe", "warning pack-record-missing webmo safe",
			"warning pack-record-missing webmo safe", "warning pack-record-missing webmo safe", "warning pack-spf-missing webmo safe",
		}},
		{goodMX + goodSPF + goodDMARC + "autoconfig IN CNAME a.example.net.\npop IN A 192.0.2.1\nimap IN CNAME imap.webmo.fr.\nsmtp IN CNAME smtp.webmo.fr.\n", []string{
			"warning pack-record-conflict webmo unsafe", "warning pack-record-wrong webmo unsafe",
		}},
	}
	for _, tt := range tests {
		if got := found(t, head+tt.zone, s); !slices.Equal(got, tt.want) {
			t.Errorf("%s\ngot %q, want %q", tt.zone, got, tt.want)
		}
	}
	weak := found(t, head+goodSPF+goodDMARC+goodRecords, pack.Selector{All: pack.Builtin()})
	if want := []string{"warning pack-mx-missing webmo unsafe"}; !slices.Equal(weak, want) {
		t.Errorf("seen by SPF alone: got %q, want %q", weak, want)
	}
}

// examples returns a value for each variable of a pack.
func examples(p *pack.Pack) pack.Bindings {
	out := pack.Bindings{}
	for _, v := range p.Variables {
		switch {
		case v.Example != "":
			out[v.Name] = v.Example
		case v.Default == "" || v.Default[0] != '{':
			out[v.Name] = cmp.Or(v.Default, "x1")
		}
	}
	return out
}

// Every pack mends a bare zone so that nothing is left, is recognised by what
// it made, and is content with each SPF record that its host prints.
func TestEveryPack(t *testing.T) {
	for _, p := range pack.Builtin() {
		t.Run(p.ID, func(t *testing.T) {
			if p.MX == nil && p.SPF == nil && p.DMARC == nil && len(p.Records) == 0 { // client settings alone
				return
			}
			z := read(t, bare)
			e, err := rules.NewEngine(pack.Rules(pack.Selector{Forced: []*pack.Pack{p}, Given: examples(p)}), rules.Options{})
			if err != nil {
				t.Fatal(err)
			}
			res, err := e.Fix(z, rules.Safe)
			if err != nil || len(res.Left) > 0 || len(res.Changes) == 0 {
				t.Fatalf("changes %v, left %v, %v", res.Changes, res.Left, err)
			}
			var ids []string
			for _, d := range (pack.Selector{All: pack.Builtin()}).Detect(res.Zone) {
				ids = append(ids, d.Pack.ID)
			}
			told := len(p.Detect.MX)+len(p.Detect.Addresses)+len(p.Detect.SPF)+len(p.Detect.Targets) > 0
			if told && !slices.Equal(ids, []string{p.ID}) {
				t.Errorf("recognised as %v", ids)
			}
			if p.SPF == nil {
				return
			}
			for _, text := range p.SPF.Documented {
				src := head + "@ IN TXT " + zone.Quote(text) + "\n"
				for _, f := range found(t, src, pack.Selector{Forced: []*pack.Pack{p}}) {
					if strings.Contains(f, "pack-spf") {
						t.Errorf("%s: %s", text, f)
					}
				}
			}
		})
	}
}

func TestMessages(t *testing.T) {
	rest := goodSPF + goodDMARC + goodRecords
	tests := []struct{ zone, message, fix string }{
		{
			rest, "example.com. has no MX record of webmo, so its mail does not get there. Add MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr. to the zone.",
			"add MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr.",
		},
		{
			"@ IN MX 10 mx.webmo.fr.\n" + rest, "MX 20 mxsecondary.webmo.fr. of webmo is missing, so mail has fewer ways there when a server is down. Add it.",
			"add MX 20 mxsecondary.webmo.fr.",
		},
		{
			"@ IN MX 1 mx7.webmo.fr.\n" + rest, "MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr. of webmo are missing, so mail has fewer ways there when a server is down. Add them.",
			"add MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr.",
		},
		{
			"@ IN MX 1 a.example.net.\n@ IN MX 2 b.example.net.\n@ IN MX 3 c.example.net.\n@ IN MX 4 d.example.net.\n@ IN MX 5 e.example.net.\n" + rest,
			"Mail for example.com. goes to a.example.net., not to webmo. Put MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr. in the place of what is there.",
			"replace MX 1 a.example.net., MX 2 b.example.net., MX 3 c.example.net. and 2 more by MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr.",
		},
		{
			"@ IN MX 5 a.example.net.\n" + goodMX + rest,
			"a.example.net. is no server of webmo: mail that it takes does not reach the mailboxes there. Remove this MX record.",
			"remove MX 5 a.example.net.",
		},
		{
			"@ IN MX 0 .\n" + rest,
			"The null MX says that example.com. takes no mail, so none reaches webmo. Put MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr. in its place.",
			"replace MX 0 . by MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr.",
		},
		{
			"@ IN MX 0 .\n" + goodMX + rest, "The null MX says that example.com. takes no mail, against the MX records of webmo beside it. Remove the null MX.",
			"remove MX 0 .",
		},
		{
			"@ IN MX 20 mx.webmo.fr.\n@ IN MX 10 mxsecondary.webmo.fr.\n" + rest,
			"With preference 10 mxsecondary.webmo.fr. is tried before mx.webmo.fr., which webmo wants first. Set MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr. instead.",
			"set MX 10 mx.webmo.fr. and MX 20 mxsecondary.webmo.fr.",
		},
		{
			goodMX + goodDMARC + goodRecords,
			`example.com. has no SPF record, so receivers cannot tell mail that webmo sends for it from forged mail. Add "v=spf1 mx include:spf.webmo.fr ~all".`,
			`add TXT "v=spf1 mx include:spf.webmo.fr ~all"`,
		},
		{
			goodMX + "@ IN TXT \"v=spf1 mx -all\"\n" + goodDMARC + goodRecords,
			"The SPF record does not include spf.webmo.fr, so mail sent through webmo may fail SPF. Insert include:spf.webmo.fr before -all.", "add include:spf.webmo.fr",
		},
		{
			goodMX + "@ IN TXT \"v=spf1 -all\"\n" + goodDMARC + goodRecords,
			"The SPF record passes no server, so receivers reject the mail that is sent through webmo. Insert include:spf.webmo.fr before -all.", "add include:spf.webmo.fr",
		},
		{
			goodMX + "@ IN TXT \"v=spf1 ~include:spf.webmo.fr -all\"\n" + goodDMARC + goodRecords,
			"~include:spf.webmo.fr does not pass the servers of webmo, so mail sent through it fails SPF. Write include:spf.webmo.fr.", "write include:spf.webmo.fr",
		},
		{
			goodMX + goodSPF + goodRecords,
			`There is no DMARC record at _dmarc.example.com., so receivers are told nothing about forged mail. Add "v=DMARC1; p=none" there.`,
			`add _dmarc TXT "v=DMARC1; p=none"`,
		},
		{
			goodMX + goodSPF + goodDMARC,
			"pop CNAME pop.webmo.fr., which webmo asks for, is missing, so mail programs set up with pop.example.com. find no server. Add it.",
			"add pop CNAME pop.webmo.fr.",
		},
		{
			goodMX + goodSPF + goodDMARC + "pop IN CNAME pop.example.net.\n",
			"webmo wants pop.example.com. to be an alias of pop.webmo.fr., but it is an alias of pop.example.net., so mail programs that use it reach another server. Change the target.",
			"point pop.example.com. at pop.webmo.fr.",
		},
		{
			goodMX + goodSPF + goodDMARC + "pop IN A 192.0.2.7\npop IN TXT \"x\"\n",
			"webmo wants pop.example.com. to be an alias of pop.webmo.fr., but it holds A 192.0.2.7 and TXT \"x\", so mail programs that use it reach another server. Replace that by the CNAME record.",
			"replace A 192.0.2.7 and TXT \"x\" of pop by CNAME pop.webmo.fr.",
		},
	}
	for _, tt := range tests {
		fs := ruletest.Lint(t, "test.zone", head+tt.zone, forced(t))
		i := slices.IndexFunc(fs, func(f rules.Finding) bool { return f.Message == tt.message })
		if i < 0 {
			t.Errorf("no finding says %q:", tt.message)
			for _, f := range fs {
				t.Log(f.Message)
			}
			continue
		}
		if fs[i].Fix.Description != tt.fix {
			t.Errorf("fix %q, want %q", fs[i].Fix.Description, tt.fix)
		}
	}
}
