package bimi

import (
	"fmt"
	"strconv"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var noEnforcement = &rules.Rule{
	ID:       "bimi-no-dmarc-enforcement",
	Severity: rules.Warning,
	Summary:  "a domain has a BIMI record but no DMARC policy that BIMI asks for",
	What: "The DMARC record that holds for the domain of a BIMI record says p=none or sp=none, or p=quarantine for less than all mail (pct). " +
		"A record that declines BIMI is left alone, and so is a domain whose DMARC record is not at hand.",
	Why: "Without p=quarantine for all mail, or p=reject, mailbox providers must not process BIMI, so they show no logo.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a="
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a="
`,
	Refs: []string{draft + ", section 7.1"},
	Fix:  rules.Manual,
	Run:  rules.On(Sets, checkEnforcement),
}

func checkEnforcement(p *rules.Pass, s *Set) {
	domain := Domain(s.Name)
	var e *Entry // the one record in force
	for i := range s.Entries {
		if s.Entries[i].Version.Valid() {
			if e != nil {
				return
			}
			e = &s.Entries[i]
		}
	}
	if domain == "" || e == nil || e.Declined() || domain.IsWildcard() {
		return
	}
	at, rr, policy := policyOf(p, domain)
	if at == "" {
		return
	}
	span, seen := lax(&policy, at != domain)
	if seen == "" {
		return
	}
	f := rules.At(e.RR, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf(
		"The DMARC record at %s says %s, with which mailbox providers show no logo. Raise it to quarantine or reject for all mail once reports show that it passes.", rr.Name, seen))
	f.Related = []rules.Related{{Span: rr.Span(zone.TextPart(span.From, span.To)), Message: "the DMARC policy"}}
	p.Report(f.WithFix(rules.Manual, "raise the DMARC policy once reports show that all mail passes"))
}

// policyOf returns the DMARC record that holds for a domain, and the domain that
// has it, as far up as the zone is known; "" where none is known for certain.
func policyOf(p *rules.Pass, domain zone.Name) (at zone.Name, rr zone.Record, policy dmarc.Record) {
	for n := domain; n.Within(p.Zone.Apex); n = n.Parent() {
		owner, err := n.Child("_dmarc")
		if err != nil {
			return "", rr, policy
		}
		a := p.Lookup(owner, zone.TypeTXT)
		if a.Status == zone.Unknown {
			return "", rr, policy
		}
		valid := 0
		for _, r := range a.Records {
			if d := dmarc.Parse(r.Text(), true, nil); d.Version.Valid() {
				valid++
				at, rr, policy = n, r, d
			}
		}
		switch {
		case valid == 1:
			return at, rr, policy
		case valid > 1:
			return "", rr, policy // another rule speaks of it
		}
	}
	return "", rr, policy
}

// lax returns where a DMARC record does not ask for what BIMI needs, and what it
// says; "" if it does. Inherited says that the record is a parent's, whose
// policy for subdomains holds.
func lax(r *dmarc.Record, inherited bool) (tagvalue.Span, string) {
	span := func(t tagvalue.Tag) tagvalue.Span { return tagvalue.Span{From: t.Name.From, To: t.Value.To} }
	p, hasP := r.Tag("p")
	sp, hasSP := r.Tag("sp")
	subdomains := dmarc.ParsePolicy(sp.Value.Of(r.Text))
	if hasSP && subdomains == dmarc.None {
		return span(sp), "sp=none"
	}
	policy, from := dmarc.ParsePolicy(p.Value.Of(r.Text)), p
	if inherited && hasSP && subdomains != dmarc.NoPolicy {
		policy, from = subdomains, sp
	}
	if !hasP {
		return tagvalue.Span{}, "" // a record without effect, of which another rule speaks
	}
	if dmarc.ParsePolicy(p.Value.Of(r.Text)) == dmarc.None {
		return span(p), "p=none"
	}
	if pct, ok := r.Tag("pct"); ok && policy == dmarc.Quarantine {
		if n, err := strconv.Atoi(pct.Value.Of(r.Text)); err == nil && 0 <= n && n < 100 {
			return span(pct), fmt.Sprintf("%s=quarantine for %d percent of the mail", from.Name.Of(r.Text), n)
		}
	}
	return tagvalue.Span{}, ""
}
