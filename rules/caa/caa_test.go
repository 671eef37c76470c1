package caa

import (
	"slices"
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

func TestFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		upTo          rules.Safety
		changes, left []string
	}{
		{"final dot", `@ IN CAA 0 issue "letsencrypt.org."`, rules.Safe, []string{`-example.com. 3600 IN CAA 0 issue "letsencrypt.org."`, `+example.com. 3600 IN CAA 0 issue "letsencrypt.org"`}, nil},
		{"semicolons", `@ IN CAA 0 issue "ca.example ;; a=b;"`, rules.Safe, []string{`-example.com. 3600 IN CAA 0 issue "ca.example ;; a=b;"`, `+example.com. 3600 IN CAA 0 issue "ca.example; a=b"`}, nil},
		{"no semicolon", `@ IN CAA 0 issue "ca.example a=b"`, rules.Safe, []string{`-example.com. 3600 IN CAA 0 issue "ca.example a=b"`, `+example.com. 3600 IN CAA 0 issue "ca.example; a=b"`}, nil},
		{"methods", `@ IN CAA 0 issue "ca.example; validationmethods=dns-01, http-01"`, rules.Safe, []string{`-example.com. 3600 IN CAA 0 issue "ca.example; validationmethods=dns-01, http-01"`, `+example.com. 3600 IN CAA 0 issue "ca.example; validationmethods=dns-01,http-01"`}, nil},
		{"list, not safely", `@ IN CAA 0 issue "a.example, b.example"`, rules.Safe, nil, []string{"caa-syntax"}},
		{
			"list", `@ IN CAA 128 issue "a.example, b.example"`, rules.Unsafe,
			[]string{`-example.com. 3600 IN CAA 128 issue "a.example, b.example"`, `+example.com. 3600 IN CAA 128 issue "a.example"`, `+example.com. 3600 IN CAA 128 issue "b.example"`},
			nil,
		},
		{"URL", `@ IN CAA 0 issue "https://letsencrypt.org/"`, rules.Unsafe, []string{`-example.com. 3600 IN CAA 0 issue "https://letsencrypt.org/"`, `+example.com. 3600 IN CAA 0 issue "letsencrypt.org"`}, nil},
		{"garbage", `@ IN CAA 0 issue "%%%"`, rules.Unsafe, nil, []string{"caa-syntax"}},
		{"misspelt", `@ IN CAA 0 issue "letsencrypt.com"`, rules.Unsafe, []string{`-example.com. 3600 IN CAA 0 issue "letsencrypt.com"`, `+example.com. 3600 IN CAA 0 issue "letsencrypt.org"`}, nil},
		{"flags and case", `@ IN CAA 1 ISSUE "letsencrypt.org"`, rules.Safe, []string{`-example.com. 3600 IN CAA 1 ISSUE "letsencrypt.org"`, `+example.com. 3600 IN CAA 0 issue "letsencrypt.org"`}, nil},
		{"critical typo", `@ IN CAA 128 isuse "letsencrypt.org"`, rules.Unsafe, []string{`-example.com. 3600 IN CAA 128 isuse "letsencrypt.org"`, `+example.com. 3600 IN CAA 128 issue "letsencrypt.org"`}, nil},
		{"critical", `@ IN CAA 128 tbs "x"`, rules.Unsafe, []string{`-example.com. 3600 IN CAA 128 tbs "x"`, `+example.com. 3600 IN CAA 0 tbs "x"`}, []string{"caa-tag-unknown"}},
		{"iodef", `@ IN CAA 0 iodef "a@example.com"`, rules.Safe, []string{`-example.com. 3600 IN CAA 0 iodef "a@example.com"`, `+example.com. 3600 IN CAA 0 iodef "mailto:a@example.com"`}, nil},
		{"contact", "@ IN CAA 0 contactemail \"mailto:a@example.com\"\n@ IN CAA 0 contactphone \"tel:+1-2\"", rules.Safe, []string{
			`-example.com. 3600 IN CAA 0 contactemail "mailto:a@example.com"`, `-example.com. 3600 IN CAA 0 contactphone "tel:+1-2"`,
			`+example.com. 3600 IN CAA 0 contactemail "a@example.com"`, `+example.com. 3600 IN CAA 0 contactphone "+1-2"`,
		}, nil},
		{"deny", "@ IN CAA 0 issue \";\"\n@ IN CAA 0 issue \"letsencrypt.org\"", rules.Unsafe, []string{`-example.com. 3600 IN CAA 0 issue ";"`}, nil},
		{"copy", "@ IN CAA 0 issue \"letsencrypt.org\"\n@ IN CAA 0 issue \"letsencrypt.org;\"", rules.Safe, []string{`-example.com. 3600 IN CAA 0 issue "letsencrypt.org;"`}, nil},
		{"restriction", "@ IN CAA 0 issue \"ca.example\"\n@ IN CAA 0 issue \"ca.example; validationmethods=dns-01\"", rules.Unsafe, []string{`-example.com. 3600 IN CAA 0 issue "ca.example"`}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+c.zone+"\n", Rules(), c.upTo)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

func TestSeverities(t *testing.T) {
	for record, want := range map[string]string{
		`@ IN CAA 0 issue "a."`:                                  "error caa-syntax",
		`@ IN CAA 0 issue "ca.example; accounturi=1"`:            "error caa-parameter",
		`@ IN CAA 0 issue "ca.example; validationmethods=dns01"`: "warning caa-parameter",
		`@ IN CAA 0 issue "ca.example; account-uri=a:b"`:         "warning caa-parameter",
		`@ IN CAA 128 isuse "letsencrypt.org"`:                   "error caa-critical-unknown",
		`@ IN CAA 128 tbs "x"`:                                   "warning caa-critical-unknown",
		`@ IN CAA 0 isuse "x"`:                                   "warning caa-tag-unknown",
		`@ IN CAA 0 tbs "x"`:                                     "info caa-tag-unknown",
		`@ IN CAA \# 3 000178`:                                   "info caa-tag-unknown",
		`@ IN CAA \# 3 00012d`:                                   "error caa-tag-unknown",
		`@ IN CAA 2 issue ";"`:                                   "warning caa-flags-reserved",
	} {
		fs := ruletest.Lint(t, "test.zone", rules.ExampleHeader+record+"\n", Rules())
		if len(fs) != 1 || fs[0].Severity.String()+" "+fs[0].Rule.ID != want {
			t.Errorf("%s: %v", record, fs)
		}
	}
}
