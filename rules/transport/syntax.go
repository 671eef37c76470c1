package transport

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/faults"
	"github.com/zonelint/zonelint/rules/tagvalue"
)

var stsSyntax = &rules.Rule{
	ID:       "sts-syntax",
	Severity: rules.Error,
	Summary:  "an MTA-STS record is not a list of fields with values",
	What: "Something in an MTA-STS record behind its version is not of the form name=value; name=value: a missing semicolon or equals sign, " +
		"a blank where none may stand, text that is no field, a field without a value, nothing between two semicolons. Fields that senders do not know are allowed.",
	Why: "Senders must take a record with wrong syntax for none and deliver as if there were no MTA-STS. Some are more lenient, but nobody can rely on it.",
	Bad: `_mta-sts IN TXT "v=STSv1; id = 20261121"
mta-sts IN A 192.0.2.1
`,
	Good: `_mta-sts IN TXT "v=STSv1; id=20261121;"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8461, section 3.1"},
	Fix:  rules.Safe,
	Run:  STS.checkEach(checkSyntax),
}

var tlsrptSyntax = &rules.Rule{
	ID:       "tlsrpt-syntax",
	Severity: rules.Error,
	Summary:  "a TLS-RPT record is not a list of fields with values",
	What: "Something in a TLS-RPT record behind its version is not of the form name=value; name=value: a missing semicolon or equals sign, " +
		"a blank where none may stand, text that is no field, a field without a value, nothing between two semicolons. Fields that senders do not know are allowed.",
	Why: "A sender cannot read the record and sends no reports, so that failing encryption goes unnoticed. Some are more lenient, but nobody can rely on it.",
	Bad: `_smtp._tls IN TXT "v=TLSRPTv1; rua: mailto:tls@example.com"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com;"
`,
	Refs: []string{"RFC 8460, section 3"},
	Fix:  rules.Safe,
	Run:  TLSRPT.checkEach(checkSyntax),
}

func checkSyntax(p *rules.Pass, s *Set, e *Entry) {
	var list []faults.Fault
	for i := range e.Fields {
		list = e.appendFaults(list, s.Standard, i)
	}
	faults.Report(p, e.RR, e.Text, list, "write the record as name=value; name=value")
}

// appendFaults adds the mistakes in the syntax of one field, in the order of
// the text. What is wrong with the value of the standard's own field is for
// other rules.
func (r *Record) appendFaults(list []faults.Fault, s *Standard, i int) []faults.Fault {
	f := &r.Fields[i]
	name, value := f.Name.Of(r.Text), f.Value.Of(r.Text)
	add := func(from, to int, do string, repairs []tagvalue.Edit, seen string, args ...any) {
		message := ""
		if len(list) < tagvalue.Most { // no more are told
			message = fmt.Sprintf(seen, args...) + ", so senders ignore the record. " + do
		}
		list = append(list, faults.Fault{From: from, To: to, Message: message, Repairs: repairs, ByHand: true})
	}
	if f.Faults.Has(tagvalue.NoSemicolon) {
		add(f.Name.From, f.Equals+1, "Write \"; \" before it.", []tagvalue.Edit{{From: f.Whole.From, To: f.Name.From, Text: "; "}}, "A semicolon is missing before %q", name+"=")
	}
	switch {
	case f.Faults.Has(tagvalue.Empty):
		add(max(f.Whole.From-1, 0), min(f.Whole.To+1, len(r.Text)), "Remove one of them.", []tagvalue.Edit{tagvalue.Removal(r.Text, f)}, "Nothing stands between two semicolons")
		return list
	case f.Faults.Has(tagvalue.NoEquals) && f.Value.From > f.Name.To:
		add(f.Name.From, f.Value.To, fmt.Sprintf("Write %s=%s.", s.field, tagvalue.Excerpt(value)), []tagvalue.Edit{{From: f.Name.From, To: f.Value.From, Text: s.field + "="}}, "%q has no \"=\"", tagvalue.Excerpt(r.Text[f.Name.From:f.Value.To]))
	case f.Faults.Has(tagvalue.NoEquals):
		add(f.Name.From, f.Name.To, "Write it as name=value or remove it.", nil, "%q is no field, since it has no \"=\"", tagvalue.Excerpt(name))
		return list
	case f.Faults.Has(tagvalue.NoName):
		add(f.Equals, f.Value.To, "Write which field it is or remove it.", nil, "No name stands before %q", tagvalue.Excerpt(r.Text[f.Equals:f.Value.To]))
		return list
	case !validName(name):
		add(f.Name.From, f.Name.To, "Correct or remove it.", nil, "%q is no name of a field, which is at most 32 letters, digits, \"_\", \"-\" and \".\"", tagvalue.Excerpt(name))
	case f.Name.To < f.Equals || f.Equals+1 < f.Value.From && value != "":
		from, to := f.Name.To, max(f.Equals+1, f.Value.From)
		add(from, to, fmt.Sprintf("Write %s= without blanks.", name), []tagvalue.Edit{{From: from, To: to, Text: "="}}, "A blank stands beside the \"=\" of the field %s", name)
	}
	switch own := strings.EqualFold(name, s.field); {
	case own:
	case value == "":
		add(f.Name.From, f.Equals+1, "Give it one or remove it.", nil, "The field %s has no value", tagvalue.Excerpt(name))
	default:
		if at := badValue(value); at >= 0 {
			at += f.Value.From
			add(at, at+1, "Remove it.", nil, "The value of the field %s holds %q, which may not stand there", tagvalue.Excerpt(name), r.Text[at:at+1])
		}
	}
	// A blank may only stand beside a semicolon.
	if !f.Closed && f.Whole.To == len(r.Text) && f.Value.To < f.Whole.To && value != "" {
		add(f.Value.To, f.Whole.To, "Remove it.", []tagvalue.Edit{{From: f.Value.To, To: f.Whole.To, Text: ""}}, "A blank stands at the end of the record")
	}
	return list
}
