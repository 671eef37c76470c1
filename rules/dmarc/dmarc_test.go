package dmarc

import (
	"slices"
	"strings"
	"testing"

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

// header begins the zones of tests: example.com has a host that takes reports.
const header = rules.ExampleHeader + "@ IN A 192.0.2.1\n"

const mail = "@ IN MX 10 mx.example.net.\n"

func TestFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		upTo          rules.Safety
		changes, left []string
	}{
		{"missing", mail, rules.Unsafe, nil, []string{"dmarc-missing"}},
		{
			"apex", mail + `@ IN TXT "v=DMARC1; p=none"`, rules.Safe,
			[]string{`-example.com. 3600 IN TXT "v=DMARC1; p=none"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none"`},
			nil,
		},
		{
			"apex and void", mail + `@ IN TXT " v=dmarc1, p=non;rua=mailto:a@example.com"`, rules.Safe,
			[]string{
				`-example.com. 3600 IN TXT " v=dmarc1, p=non;rua=mailto:a@example.com"`,
				`+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none;rua=mailto:a@example.com"`,
			},
			nil,
		},
		{
			"apex copy", mail + "@ IN TXT \"v=DMARC1; p=none\"\n_dmarc IN TXT \"v=DMARC1; p=reject\"", rules.Safe,
			nil,
			[]string{"dmarc-misplaced"},
		},
		{
			"apex copy removed", mail + "@ IN TXT \"v=DMARC1; p=none\"\n_dmarc IN TXT \"v=DMARC1; p=reject\"", rules.Unsafe,
			[]string{`-example.com. 3600 IN TXT "v=DMARC1; p=none"`},
			nil,
		},
		{
			"beside a CNAME", mail + "@ IN TXT \"v=DMARC1; p=none\"\n_dmarc IN CNAME example.dmarc.example.net.", rules.Unsafe,
			nil,
			[]string{"dmarc-misplaced"},
		},
		{
			"under a wildcard CNAME", mail + "@ IN TXT \"v=DMARC1; p=none\"\n* IN CNAME www\nwww IN A 192.0.2.1", rules.Safe,
			[]string{`-example.com. 3600 IN TXT "v=DMARC1; p=none"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none"`},
			nil,
		},
		{
			"under a wildcard CNAME that leads away", mail + "@ IN TXT \"v=DMARC1; p=none\"\n* IN CNAME www.example.net.", rules.Safe,
			nil,
			[]string{"dmarc-misplaced"},
		},
		{
			"two at the apex", mail + "@ IN TXT \"v=DMARC1; p=none\"\n@ IN TXT \"v=DMARC1; p=reject\"", rules.Unsafe,
			nil,
			[]string{"dmarc-misplaced", "dmarc-misplaced"},
		},
		{
			"without the underscore", mail + "dmarc IN TXT \"v=DMARC1; p=none\"", rules.Unsafe,
			[]string{`-dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none"`},
			nil,
		},
		{
			"alike", "_dmarc IN TXT \"v=DMARC1; p=none\"\n_dmarc IN TXT \"v=DMARC1;\" \"p=none\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "v=DMARC1;" "p=none"`},
			nil,
		},
		{
			"different", "_dmarc IN TXT \"v=DMARC1; p=none\"\n_dmarc IN TXT \"v=DMARC1; p=reject\"", rules.Unsafe,
			nil,
			[]string{"dmarc-multiple"},
		},
		{
			"one void beside a good one", "_dmarc IN TXT \"v=DMARC1; p=none\"\n_dmarc IN TXT \"v=dmarc1; p=none\"", rules.Unsafe,
			nil,
			[]string{"dmarc-version"},
		},
		{
			"strings kept", "_dmarc IN TXT \"V=dmarc1; p=quarantine; \" \"rua=mailto:a@example.com\"", rules.Safe,
			[]string{
				`-_dmarc.example.com. 3600 IN TXT "V=dmarc1; p=quarantine; " "rua=mailto:a@example.com"`,
				`+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=quarantine; " "rua=mailto:a@example.com"`,
			},
			nil,
		},
		{
			"late", "_dmarc IN TXT \"p=reject; v=DMARC1; sp=none\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "p=reject; v=DMARC1; sp=none"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject; sp=none"`},
			[]string{"dmarc-sp-none"},
		},
		{
			"no version", "_dmarc IN TXT \" p=reject\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT " p=reject"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject"`},
			nil,
		},
		{
			"loose", "_dmarc IN TXT \"v = DMARC1 ; p=reject\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "v = DMARC1 ; p=reject"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1 ; p=reject"`},
			nil,
		},
		{"another version", "_dmarc IN TXT \"v=DMARC2; p=reject\"", rules.Unsafe, nil, []string{"dmarc-version"}},
		{
			"p missing", "_dmarc IN TXT \"v=DMARC1; rua=mailto:a@example.com\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "v=DMARC1; rua=mailto:a@example.com"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:a@example.com"`},
			nil,
		},
		{
			"p and rua missing", "_dmarc IN TXT \"v=DMARC1\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "v=DMARC1"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none"`},
			nil,
		},
		{"p missing beside sp", "_dmarc IN TXT \"v=DMARC1; sp=reject; rua=mailto:a@example.com\"", rules.Safe, nil, []string{"dmarc-p-missing"}},
		{"p is a guess", "_dmarc IN TXT \"v=DMARC1; p=rejected\"", rules.Safe, nil, []string{"dmarc-p-invalid"}},
		{
			"p is certain", "_dmarc IN TXT \"v=DMARC1; p='Reject.'\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "v=DMARC1; p='Reject.'"`, `+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject"`},
			nil,
		},
		{
			"syntax", `_dmarc IN TXT "v=DMARC1;; p:reject rua=mailto:a@example.com,aspf=s; ;"`, rules.Safe,
			[]string{
				`-_dmarc.example.com. 3600 IN TXT "v=DMARC1;; p:reject rua=mailto:a@example.com,aspf=s; ;"`,
				`+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject; rua=mailto:a@example.com; aspf=s;"`,
			},
			nil,
		},
		{
			"an empty first tag", "_dmarc IN TXT \"; p=none; v=DMARC\"", rules.Safe,
			[]string{`-_dmarc.example.com. 3600 IN TXT "; p=none; v=DMARC"`, `+_dmarc.example.com. 3600 IN TXT "p=none; v=DMARC"`},
			[]string{"dmarc-version"},
		},
		{
			"parked", "a IN MX 0 .\n_dmarc.a IN TXT \"v=DMARC1; p=none; sp=Quarantine; np=reject\"", rules.Unsafe,
			[]string{`-_dmarc.a.example.com. 3600 IN TXT "v=DMARC1; p=none; sp=Quarantine; np=reject"`, `+_dmarc.a.example.com. 3600 IN TXT "v=DMARC1; p=reject; sp=reject; np=reject"`},
			nil,
		},
		{"parked for a test", "a IN MX 0 .\n_dmarc.a IN TXT \"v=DMARC1; p=quarantine; t=y\"", rules.Unsafe, nil, []string{"dmarc-parked", "dmarc-test-mode"}},
		{"a wildcard in place of _dmarc", "* IN TXT \"v=DMARC1; p=none\"", rules.Unsafe, nil, []string{"dmarc-wildcard"}},
		{
			"duplicates", "_dmarc IN TXT \"v=DMARC1; p=none; v=DMARC1; p=none; sp=none; p=none\"", rules.Safe,
			[]string{
				`-_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none; v=DMARC1; p=none; sp=none; p=none"`,
				`+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none; sp=none"`,
			},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, header+c.zone+"\n", Rules(), c.upTo)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

// Verdicts that depend on what else the zone holds.
func TestSeverity(t *testing.T) {
	for _, c := range []struct{ name, zone, want string }{
		{"misplaced at the apex", `@ IN TXT "v=DMARC1; p=none"`, "error dmarc-misplaced safe"},
		{"misplaced at a mail domain", "a IN MX 10 mx.example.net.\na IN TXT \"v=DMARC1; p=none\"", "error dmarc-misplaced unsafe"},
		{"misplaced at an SPF domain", "a IN TXT \"v=spf1 -all\"\na IN TXT \"v=DMARC1; p=none\"", "error dmarc-misplaced unsafe"},
		{"misplaced at a bare name", `a IN TXT "v=DMARC1; p=none"`, "warning dmarc-misplaced unsafe"},
		{"misplaced among selectors", `s._domainkey IN TXT "v=DMARC1; p=none"`, "warning dmarc-misplaced manual"},
		{"misplaced below _dmarc", `a._dmarc IN TXT "v=DMARC1; p=none"`, "warning dmarc-misplaced manual"},
		{"misplaced beside the right one", "@ IN TXT \"v=DMARC1; p=none\"\n_dmarc IN TXT \"v=DMARC1; p=none\"", "warning dmarc-misplaced unsafe"},
		{"misplaced beside a delegation", "@ IN TXT \"v=DMARC1; p=none\"\n_dmarc IN NS ns1.example.net.", "error dmarc-misplaced manual"},
		{"void", `_dmarc IN TXT "v=dmarc1; p=none"`, "error dmarc-version safe"},
		{"void beside a good one", "_dmarc IN TXT \"v=dmarc1; p=none\"\n_dmarc IN TXT \"v=DMARC1; p=none\"", "warning dmarc-version manual"},
		{"two void", "_dmarc IN TXT \"v=dmarc1; p=none\"\n_dmarc IN TXT \" v=DMARC1; p=none\"", "error dmarc-version manual error dmarc-version manual"},
		{"loose", `_dmarc IN TXT "v= DMARC1; p=none"`, "info dmarc-version safe"},
		{"semicolon before the policy", `_dmarc IN TXT "v=DMARC1; aspf=s p=none"`, "error dmarc-syntax safe"},
		{"semicolon behind the policy", `_dmarc IN TXT "v=DMARC1; p=none aspf=s"`, "error dmarc-syntax safe"},
		{"semicolon elsewhere", `_dmarc IN TXT "v=DMARC1; p=none; aspf=s adkim=s"`, "warning dmarc-syntax safe"},
		{"policy with reports", `_dmarc IN TXT "v=DMARC1; p=rejec; rua=mailto:a@example.com"`, "warning dmarc-p-invalid unsafe"},
		{"policy without reports", `_dmarc IN TXT "v=DMARC1; p=rejec; rua=a@example.com"`, "error dmarc-p-invalid unsafe warning dmarc-uri-scheme safe"},
		{"policy none", `_dmarc IN TXT "v=DMARC1; p=nome"`, "error dmarc-p-invalid safe"},
		{"policy none of subdomains", `_dmarc IN TXT "v=DMARC1; p=reject; sp=nome"`, "warning dmarc-sp-none manual error dmarc-sp-invalid unsafe"},
		{"same value again", `_dmarc IN TXT "v=DMARC1; p=none; p=none"`, "warning dmarc-dup-tag safe"},
		{"another value", `_dmarc IN TXT "v=DMARC1; p=none; p=reject"`, "error dmarc-dup-tag manual"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range ruletest.Lint(t, "test.zone", header+c.zone+"\n", Rules()) {
				if f.Rule == missing {
					continue
				}
				got = append(got, f.Severity.String(), f.Rule.ID, f.Fix.Safety.String())
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}
