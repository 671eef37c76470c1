package caa

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var denyUseless = &rules.Rule{
	ID:       "caa-deny-useless",
	Severity: rules.Warning,
	Summary:  "a CAA record that forbids all CAs stands beside one that allows a CA",
	What:     "A name has a property issue, issuewild or issuemail without a CA, such as \";\", beside one of the same tag that names a CA.",
	Why: "Authorizations add up, so that the one that forbids has no effect: the CA that is named issues certificates for the mail hosts, " +
		"whatever the other record was meant for.",
	Bad: `@ IN CAA 0 issue ";"
@ IN CAA 0 issue "letsencrypt.org"
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org"
@ IN CAA 0 issuewild ";"
`,
	Refs: []string{"RFC 8659, section 4.2"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkDeny),
}

func checkDeny(p *rules.Pass, s *set) {
	if len(s.properties) < 2 {
		return
	}
	allows := map[string]*property{}
	for i := range s.properties {
		if q := &s.properties[i]; q.restricts() && !q.issue.Denies() && allows[q.tag] == nil {
			allows[q.tag] = q
		}
	}
	for i := range s.properties {
		q := &s.properties[i]
		other := allows[q.tag]
		// A malformed value forbids too, but hardly on purpose: caa-syntax.
		if other == nil || !q.restricts() || len(q.issue.Faults) > 0 || !q.issue.Denies() {
			continue
		}
		f := rules.At(q.Record, valueOf(q), fmt.Sprintf("This %s property forbids all CAs, which has no effect beside the one that allows %q. Remove one of them.", q.tag, excerpt(other.issuer())))
		f.Related = []rules.Related{{Span: other.Span(valueOf(other)), Message: "this one allows a CA"}}
		p.Report(f.WithFix(rules.Unsafe, "remove the record that has no effect", zone.Remove(q.Record)))
	}
}

// valueOf is the value of a property as a part of its record, with its quotes
// where it is empty.
func valueOf(q *property) zone.Part {
	if q.value == "" {
		return zone.Field(2)
	}
	return at(Span{0, len(q.value)})
}

var duplicate = &rules.Rule{
	ID:       "caa-duplicate",
	Severity: rules.Warning,
	Summary:  "a CAA record says again what another one says, or takes its restriction away",
	What: "Two records of a name authorize the same CA by the same property. Either they differ in nothing that counts, " +
		"or one has the parameters accounturi or validationmethods and the other has no parameters at all.",
	Why: "Authorizations add up. A restriction to one account or method has no effect beside a record that allows the CA without it, so that " +
		"others may get a certificate for the mail host in ways that were to be closed. A copy is forgotten when the other one is changed.",
	Bad: `@ IN CAA 0 issue "letsencrypt.org"
@ IN CAA 0 issue "letsencrypt.org; validationmethods=dns-01"
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org; validationmethods=dns-01"
@ IN CAA 0 issue "digicert.com"
`,
	Refs: []string{"RFC 8659, section 4.2", "RFC 8657, section 3", "RFC 8657, section 4"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkDuplicates),
}

func checkDuplicates(p *rules.Pass, s *set) {
	if len(s.properties) < 2 {
		return
	}
	first := map[string]*property{} // by all that counts
	free := map[string]*property{}  // by tag and issuer, of those without parameters
	for i := range s.properties {
		q := &s.properties[i]
		if !q.restricts() || len(q.issue.Faults) > 0 {
			continue
		}
		if len(q.issue.Parameters) == 0 && !q.issue.Denies() && free[q.tag+" "+q.issuer()] == nil {
			free[q.tag+" "+q.issuer()] = q
		}
		key := q.meaning()
		other := first[key]
		if other == nil {
			first[key] = q
			continue
		}
		if other.Data == q.Data {
			continue // zone-dup-record
		}
		f := rules.At(q.Record, valueOf(q), fmt.Sprintf("This %s property says the same as another one of %s. Remove it, so that a later change is not made to one of them only.", q.tag, s.name))
		f.Related = []rules.Related{{Span: other.Span(valueOf(other)), Message: "the first one"}}
		p.Report(f.WithFix(rules.Safe, "remove the second one", zone.Remove(q.Record)))
	}
	for i := range s.properties {
		q := &s.properties[i]
		other := free[q.tag+" "+q.issuer()]
		if other == nil || !q.restricts() || len(q.issue.Faults) > 0 || !q.bound() {
			continue
		}
		f := rules.At(q.Record, valueOf(q), fmt.Sprintf("The restriction of this %s property has no effect, since another record allows %q without it. Remove the other record.", q.tag, excerpt(q.issuer())))
		f.Related = []rules.Related{{Span: other.Span(valueOf(other)), Message: "this one allows the CA without a restriction"}}
		p.Report(f.WithFix(rules.Unsafe, "remove the record without the restriction", zone.Remove(other.Record)))
	}
}

// meaning returns a text that two properties share that say the same: tags,
// issuers and the names of parameters are alike whatever their case, and blanks
// do not count.
func (p *property) meaning() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %s", p.flags&critical, p.tag, p.issuer())
	for _, param := range p.issue.Parameters {
		b.WriteString(";" + strings.ToLower(param.Tag.Of(p.value)) + "=" + param.Value.Of(p.value))
	}
	return b.String()
}

// bound reports whether the property is bound to an account or to methods.
func (p *property) bound() bool {
	if p.tag == tagMail {
		return false
	}
	for _, param := range p.issue.Parameters {
		if tag := param.Tag.Of(p.value); strings.EqualFold(tag, accountURI) || strings.EqualFold(tag, methods) {
			return true
		}
	}
	return false
}

var wildOnly = &rules.Rule{
	ID:       "caa-wild-only",
	Severity: rules.Info,
	Summary:  "CAA records restrict wildcard certificates only",
	What:     "A name has an issuewild property that names a CA, and no issue property. Where issuewild forbids all CAs, that is on purpose and not told.",
	Why: "issuewild counts for certificates of wildcard names only. For all others, such as that of the mail server, " +
		"every CA may issue as if there were no CAA record.",
	Bad: `@ IN CAA 0 issuewild "letsencrypt.org"
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org"
@ IN CAA 0 issuewild "letsencrypt.org"
`,
	Refs: []string{"RFC 8659, section 4.3"},
	Fix:  rules.Manual,
	Run:  rules.On(sets, checkWild),
}

func checkWild(p *rules.Pass, s *set) {
	var wild *property
	for i := range s.properties {
		q := &s.properties[i]
		switch {
		case q.tag == tagIssue || !q.known && meant(q.tag) == tagIssue:
			return
		case q.tag == tagWild && !q.issue.Denies() && wild == nil:
			wild = q
		}
	}
	if wild == nil || p.Zone.Unread(s.name, zone.TypeCAA) {
		return
	}
	f := rules.At(wild.Record, tagField, fmt.Sprintf("%s has an issuewild property but no issue property, so every CA may issue certificates that are not for a wildcard, such as that of a mail server. Add an issue property.", s.name))
	p.Report(f.WithFix(rules.Manual, "add an issue property that names the CAs that may issue"))
}
