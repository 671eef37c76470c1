package transport

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

// one is the change of the only TXT record of a name.
func one(name, before, after string) []string {
	return []string{
		"-" + name + `.example.com. 3600 IN TXT "` + before + `"`,
		"+" + name + `.example.com. 3600 IN TXT "` + after + `"`,
	}
}

func TestFixes(t *testing.T) {
	const host = "mta-sts IN A 192.0.2.1\n@ IN A 192.0.2.1\n"
	for _, c := range []struct {
		name, owner, text, fixed string
		left                     []string
	}{
		{"case", "_mta-sts", "V=STSV1; id=1", "v=STSv1; id=1", nil},
		{"behind", "_mta-sts", " v=STSv1; id=1", "v=STSv1; id=1", nil},
		{"unclosed", "_mta-sts", "v=STSv1, id=1", "v=STSv1; id=1", nil},
		{"spaced", "_mta-sts", "v=STSv1 ;id=1", "v=STSv1;id=1", nil},
		{"late", "_mta-sts", "id=1; v=STSv1;", "v=STSv1; id=1;", nil},
		{"missing", "_mta-sts", "id=1", "v=STSv1; id=1", nil},
		{"bare", "_mta-sts", "STSv1; id=1", "v=STSv1; id=1", nil},
		{"another version", "_mta-sts", "v=STSv2; id=1", "", []string{"sts-version"}},
		{"no such version", "_mta-sts", "v=STS1; id=1", "v=STSv1; id=1", nil},
		{"id in capitals", "_mta-sts", "v=STSv1; Id=1", "v=STSv1; id=1", nil},
		{"id with hyphens", "_mta-sts", "v=STSv1; id=2026-11-21", "v=STSv1; id=20261121", nil},
		{"id too long", "_mta-sts", "v=STSv1; id=" + strings.Repeat("1", 33), "", []string{"sts-id-format"}},
		{"no id", "_mta-sts", "v=STSv1;", "", []string{"sts-id-missing"}},
		{"syntax", "_mta-sts", "v=STSv1;; id = 1 ", "v=STSv1; id=1", nil},
		{"colon", "_mta-sts", "v=STSv1; id: 1;", "v=STSv1; id=1;", nil},
		{"same id", "_mta-sts", "v=STSv1; id=1; v=STSv1; id=1", "v=STSv1; id=1", nil},
		{"another id", "_mta-sts", "v=STSv1; id=1; id=2", "", []string{"sts-dup-field"}},
		{"TLS-RPT version", "_smtp._tls", "v=TLSRPT1 rua=a@example.com", "v=TLSRPTv1; rua=mailto:a@example.com", nil},
		{"addresses", "_smtp._tls", "v=TLSRPTv1; rua=<a@example.com>, mailto: b@example.com!10m", "v=TLSRPTv1; rua=mailto:a@example.com, mailto:b@example.com", nil},
		{"empty address", "_smtp._tls", "v=TLSRPTv1; rua=mailto:a@example.com,", "", []string{"tlsrpt-uri"}},
		{"two rua", "_smtp._tls", "v=TLSRPTv1; rua=mailto:a@example.com;rua=mailto:b@example.com; rua=mailto:c@example.com;", "v=TLSRPTv1; rua=mailto:a@example.com,mailto:b@example.com,mailto:c@example.com;", nil},
		{"two rua glued", "_smtp._tls", "v=TLSRPTv1; rua=mailto:a@example.com,rua=mailto:b@example.com", "v=TLSRPTv1; rua=mailto:a@example.com,mailto:b@example.com", nil},
		{"an empty rua first", "_smtp._tls", "v=TLSRPTv1; rua=; rua=mailto:b@example.com", "", []string{"tlsrpt-rua-missing", "tlsrpt-dup-tag"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := rules.ExampleHeader + host + c.owner + ` IN TXT "` + c.text + "\"\n"
			changes, left := ruletest.Fixed(t, src, Rules(), rules.Safe)
			var want []string
			if c.fixed != "" {
				want = one(c.owner, c.text, c.fixed)
			}
			if !slices.Equal(changes, want) {
				t.Errorf("changes:\n got %q\nwant %q", changes, want)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

func TestPlaceFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		upTo          rules.Safety
		changes, left []string
	}{
		{
			"apex", `@ IN TXT "v=STSv1; id=1"`, rules.Safe,
			[]string{`-example.com. 3600 IN TXT "v=STSv1; id=1"`, `+_mta-sts.example.com. 3600 IN TXT "v=STSv1; id=1"`},
			[]string{"sts-host-missing"},
		},
		{
			"without the underscore", "mta-sts IN A 192.0.2.1\nmta-sts IN TXT \"v=STSv1; id=1\"", rules.Unsafe,
			[]string{`-mta-sts.example.com. 3600 IN TXT "v=STSv1; id=1"`, `+_mta-sts.example.com. 3600 IN TXT "v=STSv1; id=1"`},
			nil,
		},
		{
			"old name", `_smtp-tlsrpt IN TXT "v=TLSRPTv1; rua=mailto:a@example.com"`, rules.Safe,
			[]string{`-_smtp-tlsrpt.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:a@example.com"`, `+_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:a@example.com"`},
			nil,
		},
		{
			"old name beside the new one", "_smtp-tlsrpt IN TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"\n_smtp._tls IN TXT \"v=TLSRPTv1; rua=mailto:b@example.com\"", rules.Safe,
			nil,
			[]string{"tlsrpt-old-name"},
		},
		{
			"beside a CNAME", "@ IN TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"\n_smtp._tls IN CNAME tls.example.net.", rules.Unsafe,
			nil,
			[]string{"tlsrpt-wrong-place"},
		},
		{
			"alike", "_smtp._tls IN TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"\n_smtp._tls IN TXT \"v=TLSRPTv1;\" \"rua=mailto:a@example.com\"", rules.Safe,
			[]string{`-_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1;" "rua=mailto:a@example.com"`},
			nil,
		},
		{
			"one void beside a good one", "_smtp._tls IN TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"\n_smtp._tls IN TXT \"v=tlsrptv1; rua=mailto:a@example.com\"", rules.Unsafe,
			nil,
			[]string{"tlsrpt-version"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+"@ IN A 192.0.2.1\n"+c.zone+"\n", Rules(), c.upTo)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

func TestSeverity(t *testing.T) {
	const host = "mta-sts IN A 192.0.2.1\n"
	for _, c := range []struct{ zone, want string }{
		{host + `_mta-sts IN TXT "v=STSv1 ; id=1"`, "warning sts-version"},
		{host + `_mta-sts IN TXT "v=stsv1; id=1"`, "error sts-version"},
		{host + "_mta-sts IN TXT \"v=stsv1; id=1\"\n_mta-sts IN TXT \"v=STSv1; id=1\"", "warning sts-version"},
		{host + `@ IN TXT "v=STSv1; id=1"`, "error sts-wrong-place"},
		{host + `www IN TXT "v=STSv1; id=1"`, "warning sts-wrong-place"},
		{`_mta-sts IN TXT "v=STSv1; id=1"`, "warning sts-host-missing"},
		{"@ IN MX 10 mx.example.net.\n_mta-sts IN TXT \"v=STSv1; id=1\"", "error sts-host-missing info tlsrpt-missing"},
		{`_smtp._tls IN TXT "v=TLSRPTv1; rua=http://example.com"`, "error tlsrpt-uri"},
		{`_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:a@example.net,http://example.com"`, "warning tlsrpt-uri"},
		{`_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:a@example.com"`, "warning tlsrpt-report-mx"},
	} {
		var got []string
		for _, f := range ruletest.Lint(t, "test.zone", rules.ExampleHeader+c.zone+"\n", Rules()) {
			got = append(got, f.Severity.String(), f.Rule.ID)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.zone, s, c.want)
		}
	}
}

// FuzzFix proves that every fix does away with its finding and brings no other,
// whatever the record says, and that the loop ends.
func FuzzFix(f *testing.F) {
	seed(f)
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	apex := zone.MustName("example.com")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		for _, owner := range []string{"example.com", "_mta-sts.example.com", "_smtp._tls.example.com", "_smtp-tlsrpt.example.com"} {
			b := zone.NewBuilder(2)
			b.Add(zone.NewMX(apex, 3600, 10, zone.MustName("mx.example.net")))
			b.Add(zone.NewTXT(zone.MustName(owner), 3600, text))
			b.Add(zone.NewName(zone.MustName("mta-sts.example.com"), zone.TypeCNAME, 3600, zone.MustName("mta-sts.example.net")))
			z := b.Zone(apex)
			z.Complete = true
			res, err := e.Fix(z, rules.Unsafe)
			if err != nil {
				t.Fatalf("%s %q: %v", owner, text, err)
			}
			for i, why := range res.NotMade {
				if strings.Contains(why, "did not help") || strings.Contains(why, "not in the zone") {
					t.Fatalf("%s %q: %s: %s", owner, text, res.Left[i].Rule.ID, why)
				}
			}
		}
	})
}
