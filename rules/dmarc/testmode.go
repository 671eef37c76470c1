package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var testMode = &rules.Rule{
	ID:       "dmarc-test-mode",
	Severity: rules.Info,
	Summary:  "a DMARC policy is in test mode",
	What:     "A DMARC record has t=y and a policy other than none.",
	Why: "Receivers by RFC 9989 apply the policy one level below the one that the record names: quarantine for reject, none for quarantine. " +
		"Older ones do not know the tag and apply the policy as it is named.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=quarantine; t=y; rua=mailto:dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section A.6"},
	Run: onEntries(func(p *rules.Pass, s *Set, e *Entry) {
		t, ok := e.DMARC.Tag("t")
		if !ok || s.Place == AtAuthorisation || !strings.EqualFold(t.Value.Of(e.DMARC.Text), "y") {
			return
		}
		// The tag has no effect on a policy of none.
		tag, policy := e.DMARC.strongest()
		if policy <= None {
			return
		}
		p.Report(rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To),
			fmt.Sprintf("With t=y receivers by RFC 9989 apply %s instead of %s=%s, while older ones ignore the tag and apply %s. Remove it when the test is over.", policy-1, tag, policy, policy)))
	}),
}

// strongest returns the strongest policy that the record names and its tag.
func (r *Record) strongest() (tag string, policy Policy) {
	for _, name := range [...]string{"p", "sp", "np"} {
		if q := r.policy(name); q > policy {
			tag, policy = name, q
		}
	}
	return tag, policy
}

// policy returns the policy that a tag names, NoPolicy if it is absent or not
// valid.
func (r *Record) policy(tag string) Policy {
	t, ok := r.Tag(tag)
	if !ok {
		return NoPolicy
	}
	return ParsePolicy(t.Value.Of(r.Text))
}
