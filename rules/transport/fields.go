package transport

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var stsIDMissing = &rules.Rule{
	ID:       "sts-id-missing",
	Severity: rules.Error,
	Summary:  "an MTA-STS record has no id",
	What:     "An MTA-STS record has no field id, or has it in capitals: the names of fields are case-sensitive.",
	Why:      "By the id senders tell whether the policy has changed. A record without one is invalid, and they deliver as if there were no MTA-STS.",
	Bad: `_mta-sts IN TXT "v=STSv1;"
mta-sts IN A 192.0.2.1
`,
	Good: `_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8461, section 3.1"},
	Fix:  rules.Safe,
	Run:  STS.checkEach(checkMissing),
}

var tlsrptRUAMissing = &rules.Rule{
	ID:       "tlsrpt-rua-missing",
	Severity: rules.Error,
	Summary:  "a TLS-RPT record names no address for reports",
	What:     "A TLS-RPT record has no field rua, has it without a value, or has it in capitals: the names of fields are case-sensitive.",
	Why:      "Senders do not know where to send their reports, so that failing encryption goes unnoticed.",
	Bad: `_smtp._tls IN TXT "v=TLSRPTv1;"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
`,
	Refs: []string{"RFC 8460, section 3"},
	Fix:  rules.Safe,
	Run:  TLSRPT.checkEach(checkMissing),
}

func checkMissing(p *rules.Pass, s *Set, e *Entry) {
	field := s.Standard.field
	what, todo := "has no id, so senders take it for none and apply no MTA-STS. Add one, such as id=20261121", "add an id that changes with each change of the policy"
	if s.Standard == TLSRPT {
		what, todo = "has no rua, so senders do not know where to send reports. Add the address, such as rua=mailto:tls@example.com", "add rua= with the address that takes the reports"
	}
	if f := e.first(field); f != nil {
		if s.Standard == TLSRPT && f.Value.Empty() {
			found := rules.At(e.RR, zone.TextPart(f.Name.From, f.Value.To), "The field rua has no address, so senders do not know where to send reports. Add one, such as rua=mailto:tls@example.com.")
			p.Report(found.WithFix(rules.Manual, todo))
		}
		return
	}
	if f := e.own(s.Standard); f != nil {
		found := rules.At(e.RR, zone.TextPart(f.Name.From, f.Name.To), fmt.Sprintf("The names of fields are case-sensitive, so that senders find no %s in this record and take it for none. Write %s=.", field, field))
		p.Report(found.WithFix(rules.Safe, fmt.Sprintf("write %s in small letters", field), zone.Replace(e.RR, e.RR.WithText(f.Name.From, f.Name.To, field))))
		return
	}
	for _, f := range e.Fields {
		if f.Faults.Has(tagvalue.NoEquals | tagvalue.NoName) {
			return // the syntax rule speaks of what may be meant as the field
		}
	}
	part := zone.TextPart(e.Version.Span.From, e.Version.Span.To)
	if e.Version.Span.Empty() {
		part = zone.Part{Kind: zone.PartRData}
	}
	p.Report(rules.At(e.RR, part, fmt.Sprintf("This %s record %s.", s.Standard.Name, what)).WithFix(rules.Manual, todo))
}

var stsIDFormat = &rules.Rule{
	ID:       "sts-id-format",
	Severity: rules.Error,
	Summary:  "the id of an MTA-STS record is not 1 to 32 letters and digits",
	What:     "The id of an MTA-STS record is empty, is longer than 32 characters, or holds something else than letters and digits, such as hyphens or a blank.",
	Why:      "A record with such an id is invalid, and senders deliver as if there were no MTA-STS.",
	Bad: `_mta-sts IN TXT "v=STSv1; id=2026-11-21"
mta-sts IN A 192.0.2.1
`,
	Good: `_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8461, section 3.1"},
	Fix:  rules.Safe,
	Run:  STS.checkEach(checkID),
}

func checkID(p *rules.Pass, s *Set, e *Entry) {
	f := e.own(s.Standard) // only the first counts (RFC 8461, section 3.2)
	if f == nil {
		return
	}
	value := f.Value.Of(e.Text)
	if validID(value) {
		return
	}
	from, what := f.Value.From, fmt.Sprintf("%q is no id", tagvalue.Excerpt(value))
	switch {
	case value == "":
		from, what = f.Name.From, "The id is empty"
	case len(value) > 32:
		what = fmt.Sprintf("The id has %d characters", len(value))
	}
	found := rules.At(e.RR, zone.TextPart(from, f.Value.To), what+", so senders take the record for none and apply no MTA-STS. Use 1 to 32 letters and digits.")
	// The id means nothing but that it is another one than before, and a
	// record that was invalid gave senders none.
	if kept := lettersAndDigits(value); validID(kept) {
		found = found.WithFix(rules.Safe, "keep the letters and digits of the id", zone.Replace(e.RR, e.RR.WithText(f.Value.From, f.Value.To, kept)))
	} else {
		found = found.WithFix(rules.Manual, "give it an id of 1 to 32 letters and digits that it did not have before")
	}
	p.Report(found)
}

// lettersAndDigits returns the letters and digits of s in ASCII.
func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && alphanumeric(byte(r)) {
			return r
		}
		return -1
	}, s)
}

var stsDupField = &rules.Rule{
	ID:       "sts-dup-field",
	Severity: rules.Warning,
	Summary:  "an MTA-STS record has a field twice",
	What:     "A field stands more than once in an MTA-STS record.",
	Why:      "Senders take the first one and ignore the others. If a later id was meant to announce a new policy, they do not see it.",
	Bad: `_mta-sts IN TXT "v=STSv1; id=20261121; id=20261122"
mta-sts IN A 192.0.2.1
`,
	Good: `_mta-sts IN TXT "v=STSv1; id=20261122"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8461, section 3.2"},
	Fix:  rules.Safe,
	Run:  STS.checkEach(checkDuplicates),
}

var tlsrptDupTag = &rules.Rule{
	ID:       "tlsrpt-dup-tag",
	Severity: rules.Warning,
	Summary:  "a TLS-RPT record has a field twice",
	What:     "A field, mostly rua, stands more than once in a TLS-RPT record. Several addresses belong into one rua, parted by commas.",
	Why: "The RFC does not say which of several fields counts. Senders take all of them, the first or none, " +
		"so that reports may not come, or not to every address.",
	Bad: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com; rua=mailto:tls@example.net"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com,mailto:tls@example.net"
`,
	Refs: []string{"RFC 8460, section 3"},
	Fix:  rules.Safe,
	Run:  TLSRPT.checkEach(checkDuplicates),
}

func checkDuplicates(p *rules.Pass, s *Set, e *Entry) {
	var again []tagvalue.Tag // in the order of the text
	for i := range e.Fields {
		if f := &e.Fields[i]; f.Faults.Has(tagvalue.Duplicate) || e.versionAgain(f) {
			again = append(again, *f)
		}
	}
	if len(again) == 0 {
		return
	}
	var edits []tagvalue.Edit
	for _, f := range again {
		if first, same := e.firstOf(f); same {
			edits = append(edits, tagvalue.Removal(e.Text, &f))
		} else if s.Standard == TLSRPT && e.addresses(&f) {
			// One rua with all addresses is the same to every sender that reads both.
			edits = append(edits, tagvalue.Removal(e.Text, &f), tagvalue.Edit{From: first.To, To: first.To, Text: "," + f.Value.Of(e.Text)})
		}
	}
	slices.SortStableFunc(edits, func(a, b tagvalue.Edit) int { return cmp.Or(a.From-b.From, a.To-b.To) })
	var repaired zone.Record
	if len(edits) > 0 {
		repaired = tagvalue.Apply(e.RR, e.Text, edits)
	}
	for _, f := range again[:min(len(again), tagvalue.Most)] {
		first, same := e.firstOf(f)
		name := tagvalue.Excerpt(f.Name.Of(e.Text))
		found := rules.At(e.RR, zone.TextPart(f.Name.From, f.Value.To), "")
		found.Related = []rules.Related{{Span: e.RR.Span(zone.TextPart(first.From, first.To)), Message: "the first"}}
		switch {
		case same:
			found.Message = fmt.Sprintf("The field %s stands here again, with the same value, which senders ignore at best. Remove it.", name)
			found = found.WithFix(rules.Safe, "remove the repeated fields", zone.Replace(e.RR, repaired))
		case s.Standard == STS:
			found.Message = fmt.Sprintf("The field %s stands here again, with another value, but senders only take the first. Keep the one that is meant.", name)
			found = found.WithFix(rules.Manual, fmt.Sprintf("keep the field %s that is meant", name))
		case e.addresses(&f):
			found.Message = "The field rua stands here again, and senders may take only one of them or none. Write all addresses in one, parted by commas."
			found = found.WithFix(rules.Safe, "write all addresses in one rua", zone.Replace(e.RR, repaired))
		default:
			found.Message = fmt.Sprintf("The field %s stands here again, with another value, and senders may take either. Keep the one that is meant.", name)
			found = found.WithFix(rules.Manual, fmt.Sprintf("keep the field %s that is meant", name))
		}
		p.Report(found)
	}
}

// versionAgain reports whether a field is a second version; the first is not
// among the fields where it leads the record.
func (r *Record) versionAgain(f *tagvalue.Tag) bool {
	return r.Version.Form != tagvalue.VersionLate && r.is(f, "v") && !r.Version.Span.Empty()
}

// addresses reports whether a field and the one that it repeats are both a rua
// with a value.
func (r *Record) addresses(f *tagvalue.Tag) bool {
	return r.is(f, "rua") && !f.Value.Empty() && !r.Fields[f.First].Value.Empty()
}

// firstOf returns the span of the field that a duplicate repeats, and whether
// they say the same.
func (r *Record) firstOf(f tagvalue.Tag) (first tagvalue.Span, same bool) {
	if r.versionAgain(&f) {
		_, value, _ := strings.Cut(r.Version.Span.Of(r.Text), "=")
		return r.Version.Span, f.Value.Of(r.Text) == value
	}
	o := r.Fields[f.First]
	return tagvalue.Span{From: o.Name.From, To: o.Value.To}, o.Value.Of(r.Text) == f.Value.Of(r.Text)
}
