package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/faults"
	"github.com/zonelint/zonelint/rules/tagvalue"
)

var syntax = &rules.Rule{
	ID:       "dmarc-syntax",
	Severity: rules.Warning,
	Summary:  "a DMARC record is not a list of tags with values",
	What: "Something in a DMARC record behind its version is not of the form tag=value; tag=value: a missing semicolon or equals sign, " +
		"text that is no tag, a name of other things than letters, a tag without a value, nothing between two semicolons, a control character.",
	Why: "Receivers skip what they cannot read and take the default for it, and strict ones refuse the record. " +
		"Where that hits p, sp or np the policy is lost, which makes it an error.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=reject rua=mailto:dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.8", "RFC 6376, section 3.2", "RFC 7489, section 6.4"},
	Fix:  rules.Safe,
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		for i := range s.Entries {
			checkSyntax(p, &s.Entries[i])
		}
	}),
}

func checkSyntax(p *rules.Pass, e *Entry) {
	var list []faults.Fault
	for i := range e.DMARC.Tags {
		t := &e.DMARC.Tags[i]
		if t.Faults.Has(faults.Any) || t.Value.Empty() {
			list = appendFaults(list, &e.DMARC, i)
		}
	}
	faults.Report(p, e.Record, e.DMARC.Text, list, "write the record as tag=value; tag=value")
}

// isPolicy reports whether the value of a tag is a policy, without which the
// record is void or acts as p=none (RFC 9989, section 4.10.1).
func isPolicy(name string) bool {
	switch strings.ToLower(name) {
	case "p", "sp", "np":
		return true
	}
	return false
}

// appendFaults adds the mistakes of one tag.
func appendFaults(list []faults.Fault, r *Record, i int) []faults.Fault {
	t := &r.Tags[i]
	name, value := t.Name.Of(r.Text), t.Value.Of(r.Text)
	severity := rules.Warning
	if isPolicy(name) {
		severity = rules.Error
	}
	add := func(from, to int, repair []tagvalue.Edit, format string, args ...any) {
		list = append(list, faults.Fault{From: from, To: to, Message: fmt.Sprintf(format, args...), Severity: severity, Repairs: repair})
	}
	if t.Faults.Has(tagvalue.NoSemicolon) {
		before := &r.Tags[i-1]
		if isPolicy(before.Name.Of(r.Text)) {
			severity = rules.Error
		}
		add(t.Name.From, t.Equals+1, []tagvalue.Edit{{From: t.Whole.From, To: t.Name.From, Text: "; "}},
			"A semicolon is missing before %q, so receivers read it as a part of the value of %s and lose both. Write \"; \" before it.", name+"=", before.Name.Of(r.Text))
	}
	switch {
	case t.Faults.Has(tagvalue.Empty):
		add(max(t.Whole.From-1, 0), min(t.Whole.To+1, len(r.Text)), []tagvalue.Edit{tagvalue.Removal(r.Text, t)},
			"Nothing stands between two semicolons, so receivers that read strictly refuse the record. Remove one of them.")
	case t.Faults.Has(tagvalue.NoEquals) && t.Value.From > t.Name.To:
		add(t.Name.From, t.Value.To, []tagvalue.Edit{{From: t.Name.To, To: t.Value.From, Text: "="}},
			"%q has no \"=\", so receivers skip it. Write %s=%s.", tagvalue.Excerpt(r.Text[t.Name.From:t.Value.To]), name, tagvalue.Excerpt(value))
	case t.Faults.Has(tagvalue.NoEquals):
		add(t.Name.From, t.Name.To, nil, "%q is no tag, since it has no \"=\", and receivers skip it. Write it as tag=value or remove it.", tagvalue.Excerpt(name))
	case t.Faults.Has(tagvalue.NoName):
		add(t.Equals, t.Value.To, nil, "No tag stands before %q, so receivers skip it. Write which tag it is or remove it.", tagvalue.Excerpt(r.Text[t.Equals:t.Value.To]))
	case t.Faults.Has(tagvalue.BadName) && known(name):
		from := t.Whole.From
		for from < t.Name.From && (r.Text[from] == ' ' || r.Text[from] == '\t') {
			from++
		}
		add(from, t.Name.To, []tagvalue.Edit{{From: from, To: t.Name.From, Text: ""}},
			"A quote or a blank that is none in ASCII stands before the tag %s, so receivers do not know the tag and skip it. Remove that.", name)
	case t.Faults.Has(tagvalue.BadName):
		add(t.Name.From, t.Name.To, nil, "%q is no name of a tag, since names are letters only, and receivers skip it. Correct or remove it.", tagvalue.Excerpt(name))
	case value == "" && !isPolicy(name):
		add(t.Name.From, t.Equals+1, nil, "The tag %s has no value, so receivers skip it. Give it one or remove it.", name)
	}
	if t.Faults.Has(tagvalue.BadOctet) && (r.Text[t.BadOctet] < ' ' || r.Text[t.BadOctet] == 0x7f) {
		add(t.BadOctet, t.BadOctet+1, nil, "The record holds the control character %d here, so receivers cannot read the tag %s. Remove it.", r.Text[t.BadOctet], name)
	}
	return list
}
