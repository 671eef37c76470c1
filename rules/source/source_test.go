package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

func TestValidate(t *testing.T) {
	if err := rules.Validate([]*rules.Rule{hidden}); err != nil {
		t.Error(err)
	}
}

func TestExamples(t *testing.T) { ruletest.Examples(t, Rules()) }

func record(rrdatas string) string {
	return rules.Example(`{"address": "google_dns_record_set.a", "mode": "managed", "type": "google_dns_record_set", "values": {
"managed_zone": "main", "name": "example.com.", "type": "TXT", "ttl": 300, "rrdatas": ` + rrdatas + `}}`)
}

// How bad it is that blanks are lost.
func TestSplit(t *testing.T) {
	for _, tc := range []struct{ rrdatas, want string }{
		{`["v=spf1 mx -all"]`, "error safe"},
		{`["V=SPF1 mx"]`, "error safe"},
		{`["v=DMARC1; p=none"]`, "info safe"},
		{`["v=DKIM1 ; k=rsa; p=AAAA"]`, "info safe"},
		{`["some words"]`, "warning unsafe"},
		{`["v=DMARC1 p=none"]`, "warning unsafe"},
		{`["one", "\"v=spf1 mx -all\"", "\"a\" \"b\""]`, ""},
		{`["\"v=spf1\"mx", "\"v=spf1 \" mx"]`, ""},
		{`["\"v=spf1\" mx"]`, "error safe"},
	} {
		var got []string
		for _, f := range ruletest.Lint(t, "plan.json", record(tc.rrdatas), Rules()) {
			got = append(got, fmt.Sprintf("%s %s", f.Severity, f.Fix.Safety))
			if f.Span.Address != "google_dns_record_set.a" || f.Span.Start.Line != 4 {
				t.Errorf("%s: %v", tc.rrdatas, f.Span)
			}
		}
		if s := strings.Join(got, ", "); s != tc.want {
			t.Errorf("%s: %q, want %q", tc.rrdatas, s, tc.want)
		}
	}
}

func TestFix(t *testing.T) {
	changes, left := ruletest.Fixed(t, record(`["v=spf1 include:example.net -all", "x y"]`), Rules(), rules.Safe)
	want := []string{
		`-example.com. 300 IN TXT "v=spf1" "include:example.net" "-all"`,
		`+example.com. 300 IN TXT "v=spf1 include:example.net -all"`,
	}
	if d := cmp.Diff(want, changes); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(left) != 1 {
		t.Error(left)
	}
}
