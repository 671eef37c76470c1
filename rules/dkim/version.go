package dkim

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var version = &rules.Rule{
	ID:       "dkim-version",
	Severity: rules.Error,
	Summary:  "the version of a DKIM key is not v=DKIM1 at its front",
	What: "The tag v of a DKIM key record is not exactly DKIM1, or is not the first tag. " +
		"It may be missing: a key without it is of version DKIM1.",
	Why: "Verifiers must discard a record with another version, and letters in another case are another version. " +
		"A version behind other tags breaks the form that the RFC demands, and verifiers that keep to it refuse the key. Signatures then fail.",
	Bad:  "s1._domainkey IN TXT ( \"v=dkim1; k=rsa; p=" + exampleKey[:216] + "\"\n    \"" + exampleKey[216:] + "\" )\n",
	Good: "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa; p=" + exampleKey[:216] + "\"\n    \"" + exampleKey[216:] + "\" )\n",
	Refs: []string{"RFC 6376, section 3.6.1", "RFC 6376, section 6.1.2"},
	Fix:  rules.Safe,
	Run:  record(checkVersion),
}

func checkVersion(p *rules.Pass, e *Entry) {
	const good = "DKIM1"
	d := &e.DKIM
	v := d.Tag('v')
	if v == nil {
		return
	}
	value := v.Value.Of(d.Text)
	first := d.leads(v)
	if value == good && first {
		return
	}
	repaired := e.WithText(v.Value.From, v.Value.To, good)
	if v.Value.Empty() {
		repaired = e.WithText(v.Equals+1, v.Equals+1, good)
	}
	f := rules.At(e.Record, zone.TextPart(v.Name.From, max(v.Value.To, v.Equals+1)), "")
	if !first {
		repaired = tagvalue.Apply(e.Record, d.Text, []tagvalue.Edit{tagvalue.Removal(d.Text, v)})
		repaired = repaired.WithText(0, leadingBlanks(repaired.Text()), "v=DKIM1; ")
	}
	switch {
	case value == good:
		f.Message = "The version must be the first tag of a DKIM key, and verifiers that keep to the RFC refuse the key otherwise. Move v=DKIM1 to the front."
	case value == "":
		f.Message = "The version of this DKIM key is empty, so verifiers discard the key and its signatures fail. Write v=DKIM1."
	default:
		f.Message = fmt.Sprintf("%q is no version of a DKIM key, so verifiers discard the key and its signatures fail. Write v=DKIM1.", tagvalue.Excerpt(value))
	}
	// Where the rest is a good key, no other version can be meant.
	if value == good || strings.EqualFold(value, good) || d.Key.sound() || d.Key.Form == KeyRevoked {
		p.Report(f.WithFix(rules.Safe, "begin the record with v=DKIM1", zone.Replace(e.Record, repaired)))
		return
	}
	p.Report(f.WithFix(rules.Manual, "publish the key anew, beginning with v=DKIM1;"))
}

// leads reports whether nothing but empty tags stands before a tag.
func (r *Record) leads(t *tagvalue.Tag) bool {
	for i := range r.Tags {
		if !r.Tags[i].Faults.Has(tagvalue.Empty) {
			return &r.Tags[i] == t
		}
	}
	return false
}

func leadingBlanks(s string) int {
	n := 0
	for n < len(s) && blank(s[n]) {
		n++
	}
	return n
}
