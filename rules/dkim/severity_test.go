package dkim

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// Verdicts that one rule gives in several degrees.
func TestSeverity(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a void version", "v=DKIM2; k=ed25519; p=" + rawKey, "error dkim-version"},
		{"a type in capitals", "v=DKIM1; k=ED25519; p=" + rawKey, "warning dkim-k-unknown"},
		{"an unknown type", "v=DKIM1; k=dsa; p=" + rawKey, "error dkim-k-unknown"},
		{"no padding", "v=DKIM1; k=ed25519; p=" + rawKey[:43], "warning dkim-base64"},
		{"truncated", "v=DKIM1; p=" + exampleKey[:100], "error dkim-base64"},
		{"octets behind the key", "v=DKIM1; p=" + exampleKey + "AAAA", "warning dkim-key-der"},
		{"no key at all", "v=DKIM1; p=AAAAAAAA", "error dkim-key-der"},
		{"an unknown flag", "v=DKIM1; t=x; k=ed25519; p=" + rawKey, "info dkim-t-unknown"},
		{"flags parted by a comma", "v=DKIM1; t=s,y; k=ed25519; p=" + rawKey, "warning dkim-t-unknown"},
		{"a control character", "v=DKIM1; x=\\001; k=ed25519; p=" + rawKey, "error dkim-syntax"},
		{"a control character in a note", "v=DKIM1; n=\\001; k=ed25519; p=" + rawKey, "warning dkim-syntax"},
		{"a revoked key has no use for h and s", "v=DKIM1; h=sha1; s=x; p=", "info dkim-revoked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range ruletest.Lint(t, "test.zone", rules.ExampleHeader+"s._domainkey IN TXT \""+c.text+"\"\n", Rules()) {
				got = append(got, f.Severity.String(), f.Rule.ID)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}
