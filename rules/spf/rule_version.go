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
		Run:        rules.On(Candidates, s.checkVersion),
	}
}

func isVersionFault(k FaultKind) bool {
	return k == LeadingText || k == VersionEnd || k == VersionToken
}

func (s ruleset) checkVersion(p *rules.Pass, c *Candidate) {
	if c.SPF.Form != Meant {
		return
	}
	beside, first := neighbours(p.Zone, c)
	fix := s.versionFix(c)
	if beside {
		fix = &rules.Fix{Safety: rules.Unsafe, Description: "remove this record, which has no effect", Changes: zone.ChangeSet{zone.Remove(c.Record)}}
	} else if !first {
		fix = nil // the first of them is mended; then this one is beside it
	}
	for i := range c.SPF.Faults {
		fault := &c.SPF.Faults[i]
		if !isVersionFault(fault.Kind) {
			continue
		}
		seen, what, do := explainVersion(c.SPF, fault)
		consequence := ", so receivers discard the record and " + c.Record.Name.String() + " has no SPF. "
		severity := rules.Error
		if beside {
			consequence, severity = ", so receivers discard the record; another SPF record is in force here. ", rules.Warning
			do = "Remove this one."
		}
		f := c.At(fault.From, fault.To, seen+what+consequence+do).As(severity)
		f.Fix = fix
		p.Report(f)
	}
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
		return quote(text), " is not followed by a blank as it must be", "Write \"v=spf1 \" and the terms."
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
	after := Candidate{Record: edited(c.Record, edits)}
	after.SPF = Parse(after.Record.Text())
	if after.SPF.Form != SPF || !better(s.count(c), s.count(&after), -1) {
		return nil
	}
	return &rules.Fix{
		Safety: safety, Description: "write the record as " + quoteLong(after.SPF.Text),
		Changes: zone.ChangeSet{zone.Replace(c.Record, after.Record)},
	}
}

// neighbours reports whether the owner of a candidate has an SPF record beside
// it, and whether it is the first that is only meant as one.
func neighbours(z *zone.Zone, c *Candidate) (beside, first bool) {
	first = true
	before := true
	for _, o := range At(z, c.Record.Name) {
		if o.Record.Same(c.Record) && o.Record.Loc == c.Record.Loc {
			before = false
			continue
		}
		if o.SPF.Form == SPF {
			beside = true
		} else if before {
			first = false
		}
	}
	return beside, first
}
