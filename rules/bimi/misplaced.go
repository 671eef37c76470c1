package bimi

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var wrongPlace = &rules.Rule{
	ID:       "bimi-wrong-place",
	Severity: rules.Error,
	Summary:  "a BIMI record stands where no mailbox provider looks",
	What: "A TXT record that begins with v=BIMI1 stands at a name that is no selector, for example at the domain itself or at _bimi. " +
		"Targets of a CNAME at a selector and wildcards are left alone. It is a warning below the domain, since a CNAME in another zone could lead there.",
	Why: "Mailbox providers ask for default._bimi.example.com, or for another selector that a message names, and for nothing else, so they show no logo.",
	Bad: `@ IN TXT "v=BIMI1; l=https://example.com/logo.svg; a="
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a="
`,
	Refs: []string{draft + ", section 4.3", draft + ", section 7.2"},
	Fix:  rules.Safe,
	Run:  rules.On(Sets, checkMisplaced),
}

func checkMisplaced(p *rules.Pass, s *Set) {
	if s.Place != Elsewhere {
		return
	}
	severity, unless, safety := rules.Warning, " unless a CNAME leads here", rules.Unsafe
	if s.Name == s.zone.Apex {
		// Nobody points a CNAME at a domain.
		severity, unless, safety = rules.Error, "", rules.Safe
	}
	name := target(s.Name, s.zone.Apex)
	var direct zone.Answer
	taken := false
	if name != "" {
		direct = s.zone.Lookup(name, zone.TypeTXT)
		for _, r := range p.Lookup(name, zone.TypeTXT).Records {
			taken = taken || Parse(r.Text(), true, nil).Version.Form != tagvalue.NotMeant
		}
	}
	for _, e := range s.Entries {
		f := rules.At(e.RR, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf("This BIMI record stands at %s, but mailbox providers only look at selectors such as %s, so it has no effect%s. Move it there.", s.Name, name, unless)).As(severity)
		switch {
		case name == "":
			f.Message = fmt.Sprintf("This BIMI record stands at %s, where no mailbox provider looks%s. Move it to default._bimi of its domain.", s.Name, unless)
			f = f.WithFix(rules.Manual, "move the record to default._bimi of the domain that it is for")
		case taken:
			f.Message = fmt.Sprintf("This BIMI record stands at %s, but mailbox providers look at %s, which has its own, so it has no effect%s. Remove it.", s.Name, name, unless)
			f = f.As(rules.Warning).WithFix(rules.Unsafe, fmt.Sprintf("remove it, since %s has a BIMI record", name), zone.Remove(e.RR))
		case len(s.Entries) > 1:
			f = f.WithFix(rules.Manual, fmt.Sprintf("move one of the %d records to %s and remove the others", len(s.Entries), name))
		case direct.Status == zone.Unknown, direct.Status == zone.Aliased && direct.Wildcard == "":
			// A delegation, a CNAME, or a source that is not the whole zone.
			f = f.WithFix(rules.Manual, fmt.Sprintf("publish it where %s is answered for and remove it here", name))
		case direct.Status == zone.Aliased:
			f = f.WithFix(rules.Unsafe, fmt.Sprintf("move it to %s, in place of what the wildcard answers there", name), zone.Move(e.RR, name)...)
		default:
			f = f.WithFix(safety, fmt.Sprintf("move it to %s", name), zone.Move(e.RR, name)...)
		}
		p.Report(f)
	}
}

// target returns the name that a misplaced record was probably meant for, ""
// where none makes sense.
func target(owner, apex zone.Name) zone.Name {
	selector, domain := "default", owner
	switch first, parent := owner.Label(), owner.Parent(); {
	case owner == apex:
	case first == "_bimi" || first == "bimi":
		domain = parent
	case len(parent) > 1 && parent.Label() == "bimi":
		selector, domain = first, parent.Parent()
	}
	for n := domain; len(n) > 1; n = n.Parent() {
		if n[1] == '_' || n.IsWildcard() {
			return "" // _domainkey, _tcp and the like are no mail domains
		}
	}
	if len(domain) <= 1 || !domain.Within(apex) || strings.ContainsAny(selector, ".\\\" ") {
		return ""
	}
	name, err := domain.Child(selector + "._bimi")
	if err != nil {
		return ""
	}
	return name
}
