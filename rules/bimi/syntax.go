package bimi

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/faults"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var syntax = &rules.Rule{
	ID:       "bimi-syntax",
	Severity: rules.Error,
	Summary:  "a BIMI record is not a list of tags with values",
	What: "Something in a BIMI record behind its version is not of the form tag=value; tag=value: a missing semicolon or equals sign, text that is no tag, " +
		"a character beyond ASCII. Nothing between two semicolons is a warning.",
	Why: "A record with wrong syntax fails at mailbox providers, which must not repair it, so they show no logo.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg a=https://example.com/logo.pem"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem;"
`,
	Refs: []string{draft + ", section 4.3", draft + ", section 7.7", "RFC 6376, section 3.2"},
	Fix:  rules.Safe,
	Run:  each(checkSyntax),
}

func checkSyntax(p *rules.Pass, _ *Set, e *Entry) {
	var list []faults.Fault
	for i := range e.Tags {
		if e.Tags[i].Faults.Has(faults.Any) {
			list = e.appendFaults(list, &e.Tags[i])
		}
	}
	faults.Report(p, e.RR, e.Text, list, "write the record as tag=value; tag=value")
}

// appendFaults adds the mistakes in the syntax of one tag, in the order of the
// text.
func (r *Record) appendFaults(list []faults.Fault, t *tagvalue.Tag) []faults.Fault {
	name := tagvalue.Excerpt(t.Name.Of(r.Text))
	add := func(from, to int, repair []tagvalue.Edit, do, seen string, args ...any) {
		message := ""
		if len(list) < tagvalue.Most { // no more are told
			message = fmt.Sprintf(seen, args...) + ", so mailbox providers ignore the record. " + do
		}
		list = append(list, faults.Fault{From: from, To: to, Message: message, Repairs: repair, ByHand: true})
	}
	if t.Faults.Has(tagvalue.NoSemicolon) {
		add(t.Name.From, max(t.Equals+1, t.Name.To), []tagvalue.Edit{{From: t.Whole.From, To: t.Name.From, Text: "; "}}, "Write \"; \" before it.", "A semicolon is missing before %q", name+"=")
	}
	switch {
	case t.Faults.Has(tagvalue.Empty):
		add(max(t.Whole.From-1, 0), min(t.Whole.To+1, len(r.Text)), []tagvalue.Edit{tagvalue.Removal(r.Text, t)}, "", "")
		f := &list[len(list)-1]
		f.Severity = rules.Warning
		f.Message = "Nothing stands between two semicolons, so mailbox providers that read strictly ignore the record. Remove one of them."
	case t.Faults.Has(tagvalue.NoEquals):
		add(t.Name.From, t.Name.To, r.missingEquals(t), "Write it as tag=value or remove it.", "%q is no tag, since it has no \"=\"", name)
	case t.Faults.Has(tagvalue.NoName):
		add(t.Equals, max(t.Value.To, t.Equals+1), nil, "Write which tag it is or remove it.", "No tag stands before %q", tagvalue.Excerpt(r.Text[t.Equals:max(t.Value.To, t.Equals+1)]))
	case t.Faults.Has(tagvalue.BadName):
		add(t.Name.From, t.Name.To, nil, "Correct or remove it.", "%q is no name of a tag, which has letters, digits and \"_\" only", name)
	}
	if t.Faults.Has(tagvalue.BadOctet) && !strings.EqualFold(name, "l") && !strings.EqualFold(name, "a") { // their rules speak of it
		what := fmt.Sprintf("the control character %d", r.Text[t.BadOctet])
		if r.Text[t.BadOctet] >= 0x80 {
			what = "a character beyond ASCII"
		}
		add(t.BadOctet, t.BadOctet+1, nil, "Remove it.", "The record holds %s here", what)
	}
	return list
}

// missingEquals returns the edit that makes a tag of "l:https://..."; nil if
// none is meant.
func (r *Record) missingEquals(t *tagvalue.Tag) []tagvalue.Edit {
	text := t.Name.Of(r.Text)
	name, rest, ok := strings.Cut(text, ":")
	if !ok || !known(name) || r.folded(name) != nil {
		return nil
	}
	if v := strings.Trim(rest, " \t"); CheckURI(v) != 0 {
		return nil
	}
	at := t.Name.From + len(name)
	return []tagvalue.Edit{{From: at, To: at + 1, Text: "="}}
}

var dupTag = &rules.Rule{
	ID:       "bimi-dup-tag",
	Severity: rules.Error,
	Summary:  "a BIMI record has a tag twice",
	What:     "A tag stands more than once in a BIMI record, be it with the same value or another.",
	Why:      "A tag that is repeated makes the whole list invalid, so mailbox providers ignore the record and show no logo.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/a.svg; l=https://example.com/b.svg; a="
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/b.svg; a="
`,
	Refs: []string{draft + ", section 4.3", "RFC 6376, section 3.2"},
	Fix:  rules.Safe,
	Run:  each(checkDuplicates),
}

func checkDuplicates(p *rules.Pass, _ *Set, e *Entry) {
	var edits []tagvalue.Edit
	var again []*tagvalue.Tag
	for i := range e.Tags {
		t := &e.Tags[i]
		if !e.repeated(t) {
			continue
		}
		again = append(again, t)
		if e.first(t).same {
			edits = append(edits, tagvalue.Removal(e.Text, t))
		}
	}
	if len(again) == 0 {
		return
	}
	var repaired zone.Record
	if len(edits) > 0 {
		repaired = tagvalue.Apply(e.RR, e.Text, edits)
	}
	for _, t := range again[:min(len(again), tagvalue.Most)] {
		first, name := e.first(t), tagvalue.Excerpt(t.Name.Of(e.Text))
		f := rules.At(e.RR, zone.TextPart(t.Name.From, max(t.Value.To, t.Equals+1)), "")
		f.Related = []rules.Related{{Span: e.RR.Span(zone.TextPart(first.From, first.To)), Message: "the first"}}
		if first.same {
			f.Message = fmt.Sprintf("The tag %s stands here again, which makes the record invalid. Remove it.", name)
			f = f.WithFix(rules.Safe, "remove the repeated tags", zone.Replace(e.RR, repaired))
		} else {
			f.Message = fmt.Sprintf("The tag %s stands here again, with another value, which makes the record invalid. Keep one.", name)
			f = f.WithFix(rules.Manual, fmt.Sprintf("keep the tag %s that is meant", name))
		}
		p.Report(f)
	}
}

// repeated reports whether a tag stands in the record before; the version is
// not among the tags where it leads the record.
func (r *Record) repeated(t *tagvalue.Tag) bool {
	return t.Faults.Has(tagvalue.Duplicate) || r.Version.Form != tagvalue.VersionLate && !r.Version.Span.Empty() && t.Equals >= 0 && t.Name.Of(r.Text) == "v"
}

// first returns the tag that a repeated one repeats, and whether they say the
// same.
func (r *Record) first(t *tagvalue.Tag) (first struct {
	tagvalue.Span
	same bool
},
) {
	if !t.Faults.Has(tagvalue.Duplicate) || t.Name.Of(r.Text) == "v" && r.Version.Form != tagvalue.VersionLate && !r.Version.Span.Empty() {
		first.Span, first.same = r.Version.Span, t.Value.Of(r.Text) == value
		return first
	}
	f := &r.Tags[t.First]
	first.Span = tagvalue.Span{From: f.Name.From, To: max(f.Value.To, f.Equals+1)}
	first.same = f.Value.Of(r.Text) == t.Value.Of(r.Text)
	return first
}

var unknownTag = &rules.Rule{
	ID:       "bimi-unknown-tag",
	Severity: rules.Info,
	Summary:  "a BIMI record has a tag that BIMI does not know",
	What:     "A BIMI record has another tag than v, l, a, avp and lps. One of these in capitals is a warning, since the names of tags are case-sensitive.",
	Why:      "Mailbox providers must ignore such a tag. If it is a slip of the pen, what it asks for is not done.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; A=https://example.com/logo.pem"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem"
`,
	Refs: []string{draft + ", section 4.3", "RFC 6376, section 3.2"},
	Fix:  rules.Safe,
	Run:  each(checkUnknown),
}

func checkUnknown(p *rules.Pass, _ *Set, e *Entry) {
	told := 0
	for i := range e.Tags {
		t := &e.Tags[i]
		name := t.Name.Of(e.Text)
		if t.Faults.Has(tagvalue.NoEquals|tagvalue.NoName|tagvalue.BadName|tagvalue.Empty) || strings.EqualFold(name, "v") {
			continue
		}
		small := strings.ToLower(name)
		if known(name) && name == small {
			continue
		}
		f := rules.At(e.RR, zone.TextPart(t.Name.From, t.Name.To), fmt.Sprintf("%q is no tag of BIMI, so mailbox providers ignore it. Remove it, unless it is meant for something else.", tagvalue.Excerpt(name)))
		if known(name) {
			f = f.As(rules.Warning)
			f.Message = fmt.Sprintf("The tag %s is written in capitals, and names of tags are case-sensitive, so mailbox providers may ignore it. Write %s.", name, small)
			if e.Tag(small) == nil && !t.Faults.Has(tagvalue.Duplicate) && e.folded(small) == t {
				f = f.WithFix(rules.Safe, fmt.Sprintf("write %s in small letters", small), zone.Replace(e.RR, e.RR.WithText(t.Name.From, t.Name.To, small)))
			} else {
				f = f.WithFix(rules.Manual, fmt.Sprintf("keep the tag %s that is meant", small))
			}
		}
		p.Report(f)
		if told++; told == tagvalue.Most {
			return
		}
	}
}
