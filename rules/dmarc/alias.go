package dmarc

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// alias is a CNAME at a "_dmarc" owner and what is found at its end.
type alias struct {
	zone.Record
	answer resolve.Answer
}

// policyAliases is the subject of every CNAME at a "_dmarc" owner.
var policyAliases = &rules.Subject[*alias]{Each: func(p *rules.Pass, visit func(*alias)) {
	for r := range p.Zone.OfTypeAt(zone.TypeCNAME, label) {
		if p.Zone.Cut(r.Name) != "" {
			continue
		}
		a := alias{r, p.Lookup(r.Name, zone.TypeTXT)}
		if len(a.answer.Aliases) > 0 { // no TXT record stands beside it
			visit(&a)
		}
	}
}}

var aliasTarget = &rules.Rule{
	ID:       "dmarc-cname-target",
	Severity: rules.Error,
	Summary:  "the CNAME at a _dmarc name leads to no DMARC record",
	What: "A CNAME stands at a _dmarc name, and certainly no DMARC record that receivers accept stands where it leads. " +
		"The target is looked for in the zone, in the other zones that are checked and in live DNS if asked for; where none of them knows, nothing is said.",
	Why: "A CNAME hands the policy to whoever runs the target. Without a record there the domain has no policy, although it looks as if it had one.",
	Bad: `_dmarc IN CNAME policy
`,
	Good: `_dmarc IN CNAME policy
policy IN TXT "v=DMARC1; p=none"
`,
	Refs:       []string{"RFC 9989, section 4.10", "RFC 1034, section 3.6.2"},
	Fix:        rules.Manual,
	Supersedes: []string{"dmarc-missing"},
	Run:        rules.On(policyAliases, checkAlias),
}

func checkAlias(p *rules.Pass, a *alias) {
	what := "no TXT record"
	switch status := a.answer.Status; {
	case status == zone.NameError:
		what = "nothing"
	case status == zone.Found:
		r, s := only(a.answer.Records)
		if s == present && (a.answer.From == resolve.Itself || r.policyFor(false, true) != NoPolicy) {
			return
		}
		if a.answer.From == resolve.Itself && meantAmong(a.answer.Records) {
			return // the record itself is reported
		}
		what = "no DMARC record that receivers accept"
	case !status.Absent():
		return
	}
	p.Report(rules.At(a.Record, zone.Field(0),
		fmt.Sprintf("%s leads to %s, where there is %s, so %s has no DMARC policy. Publish a record there, or one here in place of the CNAME.", a.Name, a.answer.Name, what, a.Name.Parent())).
		WithFix(rules.Manual, fmt.Sprintf("have a DMARC record published at %s, or publish one at %s in place of the CNAME", a.answer.Name, a.Name)))
}

// meantAmong reports whether one of the records is meant as DMARC.
func meantAmong(records []zone.Record) bool {
	for _, r := range records {
		if Parse(r.Text(), true, nil).Version.Form != NotDMARC {
			return true
		}
	}
	return false
}
