package mx

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var wildcard = &rules.Rule{
	ID:       "mx-wildcard",
	Severity: rules.Info,
	Summary:  "a wildcard MX takes mail for names that do not exist",
	What: "A wildcard name has MX records that are not null. Some mail hosts ask for that, so that addresses below any name work. " +
		"A wildcard answers only for names that do not exist: a name with any record, and all below it, need MX records of their own.",
	Why: "Mail to any misspelt name is accepted, and every such name can be forged unless a wildcard SPF record or the DMARC policy covers it.",
	Bad: `* IN MX 10 mx.example.net.
`,
	Good: `lists IN MX 10 mx.example.net.
`,
	Refs: []string{"RFC 7208, section 3.5", "RFC 4592, section 3.3", "RFC 1034, section 4.3.3"},
	Run:  rules.On(sets, checkWildcard),
}

func checkWildcard(p *rules.Pass, s *set) {
	if !s.name.IsWildcard() {
		return
	}
	for _, r := range s.records {
		if null(r) {
			continue
		}
		p.Report(rules.At(r, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf("The wildcard %s makes every name that does not exist take mail, while names that exist need MX records of their own. Keep it only if your mail host asks for it.", s.name)))
		return
	}
}
