package dmarc

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var spNone = &rules.Rule{
	ID:       "dmarc-sp-none",
	Severity: rules.Warning,
	Summary:  "a DMARC record protects the domain but not its subdomains",
	What:     "A DMARC record has p=quarantine or p=reject, but sp=none.",
	Why:      "Who forges mail takes a subdomain, any one, since receivers do nothing about those.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject; sp=none"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; sp=quarantine"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.10.1"},
	Fix:  rules.Manual,
	Run: onEntries(func(p *rules.Pass, s *Set, e *Entry) {
		policy := e.DMARC.meant("p")
		if s.Place == AtAuthorisation || policy <= None || e.DMARC.meant("sp") != None || s.organization(e) != "" {
			return
		}
		t, _ := e.DMARC.Tag("sp")
		p.Report(rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To),
			fmt.Sprintf("sp=none lets anyone forge mail of the subdomains, which p=%s stops for the domain itself. Write a stronger sp once the mail of the subdomains passes DMARC.", policy)).
			WithFix(rules.Manual, fmt.Sprintf("write sp=quarantine or sp=reject, or remove sp so that p=%s holds for subdomains", policy)))
	}),
}

var npWeaker = &rules.Rule{
	ID:       "dmarc-np-weaker",
	Severity: rules.Warning,
	Summary:  "a DMARC record asks for less for subdomains that do not exist than for those that do",
	What: "The policy of the tag np is weaker than that of sp or, without sp, of p. " +
		"With np=quarantine below a policy of reject it is advice.",
	Why: "Subdomains that do not exist send no mail, so all mail in their name is forged, and the weaker policy lets it in. " +
		"Receivers that do not know np (those by RFC 7489) take sp or p.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject; np=none"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=quarantine; np=reject"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.10.1"},
	Fix:  rules.Manual,
	Run: onEntries(func(p *rules.Pass, s *Set, e *Entry) {
		np := e.DMARC.meant("np")
		if s.Place == AtAuthorisation || np == NoPolicy {
			return
		}
		tag := "sp"
		if _, ok := e.DMARC.Tag(tag); !ok {
			tag = "p"
		}
		policy := e.DMARC.meant(tag)
		if np >= policy || s.organization(e) != "" {
			return
		}
		severity := rules.Warning
		if np > None {
			severity = rules.Info
		}
		t, _ := e.DMARC.Tag("np")
		p.Report(rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To),
			fmt.Sprintf("np=%s is weaker than %s=%s, so mail forged in the name of a subdomain that does not exist fares better than that of one that does. Remove np or make it as strong.", np, tag, policy)).
			As(severity).WithFix(rules.Manual, fmt.Sprintf("remove np or write np=%s", policy)))
	}),
}

var spIgnored = &rules.Rule{
	ID:       "dmarc-sp-ignored",
	Severity: rules.Info,
	Summary:  "the DMARC tag sp or np has no effect below the organizational domain",
	What: "A DMARC record of a subdomain has a tag sp or np, and the zone has a DMARC record for a domain above it. " +
		"Records with psd=n, and subdomains that are registered below a public suffix, are left alone.",
	Why: "Receivers take the policy of a name without a record of its own from the organizational domain, not from a subdomain between. " +
		"So what sp and np say here holds for nobody.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none"
_dmarc.news IN TXT "v=DMARC1; p=reject; sp=reject"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; sp=reject"
_dmarc.news IN TXT "v=DMARC1; p=reject"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.10.1", "RFC 9989, section 4.10.2", "RFC 7489, section 6.6.3"},
	Fix:  rules.Unsafe,
	Run:  onEntries(checkIgnored),
}

func checkIgnored(p *rules.Pass, s *Set, e *Entry) {
	// One that is no policy does have an effect (RFC 9989, section 4.10.1).
	ignored := func(tag string) bool { return e.DMARC.policy(tag) != NoPolicy }
	if !ignored("sp") && !ignored("np") {
		return
	}
	above := s.organization(e)
	if above == "" {
		return
	}
	var edits []tagvalue.Edit
	for _, t := range e.DMARC.Tags {
		if name := t.Name.Of(e.DMARC.Text); strings.EqualFold(name, "sp") && ignored("sp") || strings.EqualFold(name, "np") && ignored("np") {
			edits = append(edits, tagvalue.Removal(e.DMARC.Text, &t))
		}
	}
	for _, tag := range [...]string{"sp", "np"} {
		if t, ok := e.DMARC.Tag(tag); ok && ignored(tag) {
			f := rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To),
				fmt.Sprintf("%s above has a DMARC record, so receivers do not take the policy of names below %s from this one, and %s has no effect. Remove it.", above, s.Domain(), tag))
			p.Report(e.withEdits(f, rules.Unsafe, "remove what has no effect", edits...))
		}
	}
}

// meant returns the policy that a tag names or, misspelt, was probably meant to
// name, so that all that is wrong with a record is told at once.
func (r *Record) meant(tag string) Policy {
	t, ok := r.Tag(tag)
	if !ok {
		return NoPolicy
	}
	p := ParsePolicy(t.Value.Of(r.Text))
	if p == NoPolicy {
		p, _ = nearPolicy(t.Value.Of(r.Text))
	}
	return p
}

// organization returns a domain above that of the record which takes the
// organizational domain away from it: it has a DMARC record in the zone. It is
// "" where there is none or where it is open (RFC 9989, section 4.10.2;
// RFC 7489, section 3.2).
func (s *Set) organization(e *Entry) zone.Name {
	domain := s.Domain()
	if !label(s.Name) || domain == s.zone.Apex || s.valid() != 1 || !e.DMARC.Version.Valid() {
		return ""
	}
	if psd, ok := e.DMARC.Tag("psd"); ok && !strings.EqualFold(psd.Value.Of(e.DMARC.Text), "u") {
		return ""
	}
	name := strings.TrimSuffix(domain.String(), ".")
	if suffix, _ := publicsuffix.PublicSuffix(name); suffix == name || IsOrganizational(domain) {
		return ""
	}
	for d := domain.Parent(); len(d) > 1 && d.Within(s.zone.Apex); d = d.Parent() {
		r, ok := effective(s.zone, d)
		if !ok {
			continue
		}
		// A public suffix makes the domain one label below the organizational
		// one.
		if psd, ok := r.Tag("psd"); ok && strings.EqualFold(psd.Value.Of(r.Text), "y") {
			return ""
		}
		return d
	}
	return ""
}

// effective returns the DMARC record that receivers find for a domain in the
// zone: the only one there whose version they accept.
func effective(z *zone.Zone, domain zone.Name) (r Record, ok bool) {
	name, err := domain.Child("_dmarc")
	if err != nil {
		return r, false
	}
	_, a := follow(z, name)
	if a.Status != zone.Found {
		return r, false
	}
	for _, txt := range a.Records() {
		d := Parse(txt.Text(), true, nil)
		if !d.Version.Valid() {
			continue
		}
		if ok {
			return Record{}, false
		}
		r, ok = d, true
	}
	return r, ok
}
