package dmarc

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var pMissing = &rules.Rule{
	ID:       "dmarc-p-missing",
	Severity: rules.Warning,
	Summary:  "a DMARC record has no p tag",
	What:     "A DMARC record has a valid rua address but no p tag.",
	Why: "By RFC 9989 receivers act as if the record said p=none. RFC 7489 requires the tag and only advises receivers to do so, " +
		"so older ones may ignore the record.",
	Bad: `_dmarc IN TXT "v=DMARC1; rua=mailto:dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.10.1", "RFC 7489, section 6.3", "RFC 7489, section 6.6.3"},
	Fix:  rules.Safe,
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		checkNoPolicy(p, s, true, "The record has no p tag. Receivers by RFC 9989 act as if it said p=none, older ones may ignore it, since RFC 7489 requires the tag. Say which policy you want.")
	}),
}

var pMissingNoRUA = &rules.Rule{
	ID:       "dmarc-p-missing-no-rua",
	Severity: rules.Error,
	Summary:  "a DMARC record has neither a p tag nor a valid rua address",
	What:     "A DMARC record has no p tag, and no rua tag with a syntactically valid URI either.",
	Why:      "Receivers apply no DMARC processing at all then, as if there were no record.",
	Bad: `_dmarc IN TXT "v=DMARC1; adkim=s"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; adkim=s"
`,
	Refs: []string{"RFC 9989, section 4.10.1", "RFC 7489, section 6.6.3"},
	Fix:  rules.Safe,
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		checkNoPolicy(p, s, false, "The record has neither a p tag nor a valid rua address, so receivers apply no DMARC, as if it were not there. Add a policy.")
	}),
}

// checkNoPolicy reports records without a p tag, those that ask for reports or
// those that do not. Records that accept another domain's reports need none
// (RFC 9989, section 4.7, "p").
func checkNoPolicy(p *rules.Pass, s *Set, reports bool, message string) {
	if s.Place == AtAuthorisation {
		return
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		if _, ok := e.DMARC.Tag("p"); ok || e.DMARC.Reports() != reports {
			continue
		}
		v := e.DMARC.Version
		f := rules.At(e.Record, zone.TextPart(v.Span.From, v.Span.To), message)
		if !v.Valid() {
			// dmarc-version repairs the record first.
			f = rules.At(e.Record, zone.Part{Kind: zone.PartRData}, message).WithFix(rules.Manual, "add p=none, p=quarantine or p=reject behind the version")
			p.Report(f)
			continue
		}
		safety := rules.Safe
		for _, name := range []string{"sp", "np"} {
			if t, ok := e.DMARC.Tag(name); ok && ParsePolicy(t.Value.Of(e.DMARC.Text)) > None {
				safety = rules.Unsafe // the policy of subdomains comes into force with it
			}
		}
		p.Report(f.WithFix(safety, "add p=none, which asks for no action", zone.Replace(e.Record, e.WithText(v.Span.To, v.Span.To, "; p=none"))))
	}
}

var pInvalid = policyRule("dmarc-p-invalid", "p", rules.Rule{
	Bad: `_dmarc IN TXT "v=DMARC1; p=quarentine"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=quarantine"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.10.1", "RFC 7489, section 6.6.3"},
})

var spInvalid = policyRule("dmarc-sp-invalid", "sp", rules.Rule{
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject; sp=rejected"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; sp=reject"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.10.1", "RFC 7489, section 6.6.3"},
})

var npInvalid = policyRule("dmarc-np-invalid", "np", rules.Rule{
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject; np=rejct"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; np=reject"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.10.1"},
})

// policyRule makes the rule about the value of a tag whose values are policies.
func policyRule(id, tag string, r rules.Rule) *rules.Rule {
	r.ID, r.Severity, r.Fix = id, rules.Error, rules.Safe
	r.Summary = fmt.Sprintf("the value of the DMARC tag %s is not none, quarantine or reject", tag)
	r.What = fmt.Sprintf("A DMARC record has a tag %s whose value is no policy. The values are none, quarantine and reject, in any case.", tag)
	r.Why = "One such value takes the whole policy out of force. If the record has a valid rua address, receivers act as if it said p=none, " +
		"which makes it a warning; if it has none, they apply no DMARC at all."
	r.Run = rules.On(Sets, func(p *rules.Pass, s *Set) {
		if s.Place == AtAuthorisation {
			return
		}
		for i := range s.Entries {
			checkPolicy(p, &s.Entries[i], tag)
		}
	})
	return &r
}

func checkPolicy(p *rules.Pass, e *Entry, tag string) {
	t, ok := e.DMARC.Tag(tag)
	if !ok {
		return
	}
	value := t.Value.Of(e.DMARC.Text)
	if ParsePolicy(value) != NoPolicy {
		return
	}
	severity, effect := rules.Error, "and the record has no valid rua address, so receivers apply no DMARC at all"
	if e.DMARC.Reports() {
		severity, effect = rules.Warning, "so receivers act as if the record said p=none"
	}
	if tag == "np" {
		effect += " (those that know RFC 9989)"
	}
	near, certain := nearPolicy(value)
	advice := "none, quarantine or reject"
	if near != NoPolicy {
		advice = near.String()
	}
	what := fmt.Sprintf("%q is no policy", tagvalue.Excerpt(value))
	part := zone.TextPart(t.Value.From, t.Value.To)
	if value == "" {
		what = fmt.Sprintf("The tag %s has no value", tag)
		part = zone.TextPart(t.Name.From, t.Value.From)
	}
	f := rules.At(e.Record, part, fmt.Sprintf("%s, %s. Write %s=%s.", what, effect, tag, advice)).As(severity)
	switch {
	case near == NoPolicy:
		f = f.WithFix(rules.Manual, fmt.Sprintf("choose %s=none, %s=quarantine or %s=reject", tag, tag, tag))
	case certain || near == None && tag == "p":
		f = f.WithFix(rules.Safe, fmt.Sprintf("write %s=%s", tag, near), zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, near.String())))
	default:
		// What was meant is a guess, and mail may be refused by it.
		f = f.WithFix(rules.Unsafe, fmt.Sprintf("write %s=%s", tag, near), zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, near.String())))
	}
	p.Report(f)
}
