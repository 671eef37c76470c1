package dmarc

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var wildcard = &rules.Rule{
	ID:       "dmarc-wildcard",
	Severity: rules.Info,
	Summary:  "a wildcard TXT record holds a DMARC policy",
	What: "A TXT record of a wildcard is a DMARC record. It is a warning where its policy is weaker than the one of the domain above it, " +
		"or where that has none.",
	Why: "The wildcard answers for _dmarc below names that do not exist in the zone, and for no name that does: " +
		"subdomains that send mail are not covered by it, and those that nobody made get its policy instead of the domain's own, which covers all of them anyway. " +
		"Where the domain has no _dmarc name the wildcard answers for that too, until someone makes one.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject"
* IN TXT "v=DMARC1; p=none"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; sp=none"
`,
	Refs: []string{"RFC 4592, section 3.3.1", "RFC 9989, section 4.10.1", "RFC 7489, section 6.6.3"},
	Fix:  rules.Manual, // other names may count on what the wildcard answers
	Run: onEntries(func(p *rules.Pass, s *Set, e *Entry) {
		if s.Place != AtPolicy || !s.Name.IsWildcard() || s.valid() != 1 || !e.DMARC.Version.Valid() {
			return
		}
		domain := s.Name.Parent()
		name, err := domain.Child("_dmarc")
		if err != nil {
			return
		}
		own := e.DMARC.policyFor(false, true)
		up, known := at(p, domain)
		f := rules.At(e.Record, zone.Part{Kind: zone.PartOwner}, "")
		switch policy := up.absentPolicy(); {
		case known == open:
			return
		case s.zone.Lookup(name, zone.TypeTXT).Wildcard == s.Name:
			f.Message = fmt.Sprintf("Only since %s does not exist this wildcard answers for it, and stops as soon as a record stands there or below. Move the policy to %s.", name, name)
			f = f.WithFix(rules.Manual, "move it to "+name.String())
		case known == absent:
			f.Message = fmt.Sprintf("This policy answers for names below %s that do not exist, but not for %s nor for the names below it that do. Publish it at %s.", domain, domain, name)
			f = f.As(rules.Warning).WithFix(rules.Manual, fmt.Sprintf("publish the policy at %s and remove the wildcard record", name))
		case own < policy:
			f.Message = fmt.Sprintf("This policy answers for names below %s that do not exist, and is weaker than %s, which they would get from %s. Remove it.", domain, policy, name)
			f = f.As(rules.Warning).WithFix(rules.Manual, "remove the DMARC record of the wildcard")
		case own > policy:
			f.Message = fmt.Sprintf("This policy answers only for names below %s that do not exist, which the tags sp and np of %s are for. Say it there.", domain, name)
			f = f.WithFix(rules.Manual, fmt.Sprintf("write np=%s in the record at %s, and remove this one", own, name))
		default:
			f.Message = fmt.Sprintf("This policy answers only for names below %s that do not exist, which the tags sp and np of %s are for. Remove it.", domain, name)
			f = f.WithFix(rules.Manual, "remove the DMARC record of the wildcard")
		}
		p.Report(f)
	}),
}

// absentPolicy returns the policy of a record for subdomains that do not exist.
func (r *Record) absentPolicy() Policy {
	policy := r.policyFor(true, true)
	if np := r.policy("np"); np != NoPolicy && policy != NoPolicy {
		return np
	}
	return policy
}
