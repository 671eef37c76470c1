package dkim

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/faults"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var syntax = &rules.Rule{
	ID:       "dkim-syntax",
	Severity: rules.Error,
	Summary:  "a DKIM key record is not a list of tags with values",
	What: "Something in a DKIM key record is not of the form tag=value; tag=value: a missing semicolon or equals sign, text that is no tag, " +
		"nothing between two semicolons, a control character, or quotes and backslashes that were escaped twice and are now part of the text. " +
		"Blanks around tags and within the key do no harm.",
	Why: "Verifiers must ignore a key record that does not keep to the format, so its signatures fail. Some read on, but they may lose the tag.",
	Bad: "s1._domainkey IN TXT ( \"v=DKIM1 k=rsa; p=" + exampleKey[:216] + "\"\n    \"" + exampleKey[216:] + "\" )\n",
	Good: "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa; p=" + exampleKey[:100] + " \"\n    \"" + exampleKey[100:300] + "\"\n" +
		"    \" " + exampleKey[300:] + ";\" )\n",
	Refs: []string{"RFC 6376, section 3.2", "RFC 6376, section 3.6.1", "RFC 6376, section 6.1.2"},
	Fix:  rules.Safe,
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		if s.Split {
			return
		}
		for i := range s.Entries {
			if e := &s.Entries[i]; e.DKIM.Debris {
				checkDebris(p, e)
			} else {
				checkSyntax(p, e)
			}
		}
	}),
}

// checkDebris reports quotes and backslashes within the text of a record.
func checkDebris(p *rules.Pass, e *Entry) {
	text := e.DKIM.Text
	from := strings.IndexAny(text, `"\`)
	f := rules.At(e.Record, zone.TextPart(from, from+1), fmt.Sprintf(
		"The text of this DKIM key holds %q, which was escaped twice or pasted along, so verifiers cannot read the key. Remove the quotes and backslashes within the text.", text[from:from+1]))
	clean := strings.TrimSpace(undebris(text))
	d := Parse(clean, nil)
	if d.Sound() && len(d.Tags) > 0 {
		p.Report(f.WithFix(rules.Safe, "remove the quotes and backslashes within the text", zone.Replace(e.Record, e.WithText(0, len(text), clean))))
		return
	}
	p.Report(f.WithFix(rules.Manual, "publish the key anew, without quotes and backslashes within the text"))
}

// undebris removes quotes and backslashes, and the blanks that part strings,
// which are no part of them.
func undebris(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
		case '"':
			j := i + 1
			for j < len(text) && (blank(text[j]) || text[j] == '\\') {
				j++
			}
			if j < len(text) && text[j] == '"' {
				i = j
			}
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

func checkSyntax(p *rules.Pass, e *Entry) {
	var list []faults.Fault
	for i := range e.DKIM.Tags {
		if e.DKIM.Tags[i].Faults.Has(faults.Any) {
			list = appendFaults(list, &e.DKIM, i)
		}
	}
	faults.Report(p, e.Record, e.DKIM.Text, list, "write the record as tag=value; tag=value")
}

// appendFaults adds the mistakes of one tag.
func appendFaults(list []faults.Fault, r *Record, i int) []faults.Fault {
	t := &r.Tags[i]
	name := t.Name.Of(r.Text)
	add := func(from, to int, severity rules.Severity, repair []tagvalue.Edit, format string, args ...any) {
		list = append(list, faults.Fault{From: from, To: to, Message: fmt.Sprintf(format, args...), Severity: severity, Repairs: repair})
	}
	if t.Faults.Has(tagvalue.NoSemicolon) {
		add(t.Name.From, max(t.Equals+1, t.Name.To), rules.Error, []tagvalue.Edit{{From: t.Whole.From, To: t.Name.From, Text: "; "}},
			"A semicolon is missing before %q, so verifiers take it for a part of the value before it and the key is void. Write \"; \" before it.", tagvalue.Excerpt(r.Text[t.Name.From:max(t.Equals+1, t.Name.To)]))
	}
	switch {
	case t.Faults.Has(tagvalue.Empty):
		add(max(t.Whole.From-1, 0), min(t.Whole.To+1, len(r.Text)), rules.Error, []tagvalue.Edit{tagvalue.Removal(r.Text, t)},
			"Nothing stands between two semicolons, and verifiers that keep to the RFC refuse such a key. Remove one of them.")
	case t.Faults.Has(tagvalue.NoEquals) && r.keyWithoutTag(t):
		// dkim-no-p says it.
	case t.Faults.Has(tagvalue.NoEquals) && len(name) > 1 && strings.IndexByte(known, name[0]) >= 0 && name[1] == ':':
		add(t.Name.From, t.Name.To, rules.Error, []tagvalue.Edit{{From: t.Name.From + 1, To: t.Name.From + 2, Text: "="}},
			"%q has no \"=\", so it is no tag and the key is void. Write %s=.", tagvalue.Excerpt(name), name[:1])
	case t.Faults.Has(tagvalue.NoEquals):
		add(t.Name.From, t.Name.To, rules.Error, nil, "%q is no tag, since it has no \"=\", and verifiers refuse such a key. Write it as tag=value or remove it.", tagvalue.Excerpt(name))
	case t.Faults.Has(tagvalue.NoName):
		add(t.Equals, max(t.Value.To, t.Equals+1), rules.Error, nil, "No tag stands before %q, and verifiers refuse such a key. Write which tag it is or remove it.", tagvalue.Excerpt(r.Text[t.Equals:max(t.Value.To, t.Equals+1)]))
	case t.Faults.Has(tagvalue.BadName):
		add(t.Name.From, t.Name.To, rules.Error, nil, "%q is no name of a tag, which has letters, digits and \"_\" only, and verifiers refuse such a key. Correct or remove it.", tagvalue.Excerpt(name))
	}
	if at := r.badOctet(t); at >= 0 {
		severity := rules.Error
		c := r.Text[at]
		if c == '\r' || c == '\n' || name == "n" {
			severity = rules.Warning // taken for a blank, or for a part of a note
		}
		what := fmt.Sprintf("the control character %d", c)
		if c >= 0x80 {
			what = "a character beyond ASCII"
		}
		add(at, at+1, severity, nil, "This DKIM key holds %s, which may not stand there, and verifiers may refuse the key. Remove it.", what)
	}
	return list
}

// badOctet returns where an octet stands in a tag that may not, -1 if none does.
// A line end with a blank behind it may: it is folding white space (RFC 6376,
// section 2.8).
func (r *Record) badOctet(t *tagvalue.Tag) int {
	if !t.Faults.Has(tagvalue.BadOctet) {
		return -1
	}
	for i := t.BadOctet; i < t.Whole.To; i++ {
		switch c := r.Text[i]; {
		case c == '\r' && i+2 < t.Whole.To && r.Text[i+1] == '\n' && (r.Text[i+2] == ' ' || r.Text[i+2] == '\t'):
			i += 2
		case (c < ' ' || c > '~') && c != '\t':
			return i
		}
	}
	return -1
}

var dupTag = &rules.Rule{
	ID:       "dkim-dup-tag",
	Severity: rules.Error,
	Summary:  "a DKIM key record has a tag twice",
	What:     "A tag stands more than once in a DKIM key record, be it with the same value or another.",
	Why:      "A tag that is repeated makes the whole list invalid, so verifiers refuse the key and signatures fail. Others take the first or the last value.",
	Bad:      "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa; k=rsa; p=" + exampleKey[:200] + "\"\n    \"" + exampleKey[200:] + "\" )\n",
	Good:     "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa; p=" + exampleKey[:216] + "\"\n    \"" + exampleKey[216:] + "\" )\n",
	Refs:     []string{"RFC 6376, section 3.2"},
	Fix:      rules.Safe,
	Run:      record(checkDuplicates),
}

func checkDuplicates(p *rules.Pass, e *Entry) {
	d := &e.DKIM
	var edits []tagvalue.Edit
	again := 0
	for i := range d.Tags {
		if t := &d.Tags[i]; t.Faults.Has(tagvalue.Duplicate) {
			again++
			if d.Tags[t.First].Value.Of(d.Text) == t.Value.Of(d.Text) {
				edits = append(edits, tagvalue.Removal(d.Text, t))
			}
		}
	}
	if again == 0 {
		return
	}
	repaired := tagvalue.Apply(e.Record, d.Text, edits)
	again = 0
	for i := range d.Tags {
		t := &d.Tags[i]
		if !t.Faults.Has(tagvalue.Duplicate) {
			continue
		}
		if again++; again > tagvalue.Most {
			return
		}
		first, name := &d.Tags[t.First], tagvalue.Excerpt(t.Name.Of(d.Text))
		f := rules.At(e.Record, zone.TextPart(t.Name.From, max(t.Value.To, t.Equals+1)), "")
		f.Related = []rules.Related{{Span: e.Span(zone.TextPart(first.Name.From, max(first.Value.To, first.Equals+1))), Message: "the first"}}
		if first.Value.Of(d.Text) == t.Value.Of(d.Text) {
			f.Message = fmt.Sprintf("The tag %s stands here again, which makes the key record invalid. Remove it.", name)
			f = f.WithFix(rules.Safe, "remove the repeated tags", zone.Replace(e.Record, repaired))
		} else {
			f.Message = fmt.Sprintf("The tag %s stands here again, with another value, which makes the key record invalid. Keep one.", name)
			f = f.WithFix(rules.Manual, fmt.Sprintf("keep the tag %s that is meant", name))
		}
		p.Report(f)
	}
}
