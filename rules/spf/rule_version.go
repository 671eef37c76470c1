package spf

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func (s ruleset) versionToken() *rules.Rule {
	return &rules.Rule{
		ID:       "spf-version-token",
		Severity: rules.Error,
		Summary:  "a text that is meant as an SPF record does not begin with v=spf1 and a blank",
		What: "A TXT record is evidently meant as SPF, but something stands before v=spf1, no blank follows it, or it is misspelt. " +
			"Beside a right SPF record at the same name it is a warning only. Texts that merely mention SPF are left alone.",
		Why:  "Receivers discard a record that does not begin with exactly v=spf1, followed by a blank or the end. To them the domain has no SPF.",
		Bad:  "@ IN TXT \" v=spf1 mx -all\"\n",
		Good: "@ IN TXT \"v=spf1 mx -all\"\n",
		Refs: []string{"RFC 7208, section 4.5", "RFC 7208, section 12"},
		Fix:  rules.Safe,
		// It names what is wrong with the characters at the start.
		Supersedes: []string{"zone-txt-nonascii"},
		Run:        rules.On(owners, s.checkVersion),
	}
}

func isVersionFault(k FaultKind) bool {
	return k == LeadingText || k == VersionEnd || k == VersionToken
}

func (s ruleset) checkVersion(p *rules.Pass, o owner) {
	beside := len(o.selected) > 0
	for i := range o.meant {
		c := &o.meant[i]
		var fix *rules.Fix
		switch {
		case beside:
			fix = &rules.Fix{Safety: rules.Unsafe, Description: "remove this record, which has no effect", Changes: zone.ChangeSet{zone.Remove(c.Record)}}
		case i == 0 && c.SPF.mendable(): // once it is mended, the others are beside it
			fix = s.versionFix(c)
		}
		for j := range c.SPF.Faults {
			if fault := &c.SPF.Faults[j]; isVersionFault(fault.Kind) {
				f := versionFinding(c, fault, beside)
				f.Fix = fix
				p.Report(f)
			}
		}
	}
}

func versionFinding(c *Candidate, fault *Fault, beside bool) rules.Finding {
	seen, what, do := explainVersion(c.SPF, fault)
	if beside {
		return c.At(fault.From, fault.To, seen+what+", so receivers discard the record; another SPF record is in force here. Remove this one.").As(rules.Warning)
	}
	return c.At(fault.From, fault.To, seen+what+", so receivers discard the record and "+c.Record.Name.String()+" has no SPF. "+do)
}

// explainVersion says what was seen of a fault in the version section, and what
// to do.
func explainVersion(r *Record, f *Fault) (seen, what, do string) {
	text := r.Text[f.From:f.To]
	switch f.Kind {
	case LeadingText:
		switch {
		case strings.Trim(text, " ") == "":
			seen = "A blank stands"
		case hasQuote(text):
			seen = "A quotation mark stands"
		default:
			seen = "An invisible character stands"
		}
		return seen, " before the SPF record", "Begin the record with v=spf1."
	case VersionEnd:
		return quote(text), " is not followed by a blank as it must be", "Write v=spf1, a blank and the terms."
	}
	return quote(text), " is not the version v=spf1", "Begin the record with v=spf1."
}

// hasQuote reports whether there is a quotation mark of any kind in s.
func hasQuote(s string) bool {
	for at := 0; at < len(s); {
		c, n := classAt(s[at:])
		if c == quoteMark || strings.IndexByte("\"'`", s[at]) >= 0 {
			return true
		}
		at += n
	}
	return false
}

// versionFix mends the version section. What else is wrong with the record has
// been judged already, so that nothing new comes to light.
func (s ruleset) versionFix(c *Candidate) *rules.Fix {
	var edits []Edit
	safety := rules.Safe
	for _, f := range c.SPF.Faults {
		if isVersionFault(f.Kind) {
			edits = append(edits, f.Repair...)
			if !f.Sure {
				safety = rules.Unsafe
			}
		}
	}
	edits = ordered(slices.Clone(edits))
	after := Candidate{Record: edited(c.Record, edits), grower: c.grower}
	after.SPF = Parse(after.Record.Text())
	if after.SPF.Form != SPF || !s.better(s.count(c), s.count(&after), -1) {
		return nil
	}
	return &rules.Fix{
		Safety: safety, Description: "write the record as " + quoteLong(after.SPF.Text),
		Changes: zone.ChangeSet{zone.Replace(c.Record, after.Record)},
	}
}
