package caa

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

var tagUnknown = &rules.Rule{
	ID:       "caa-tag-unknown",
	Severity: rules.Info,
	Summary:  "a CAA record has a property tag that is not known",
	What: "The tag of a CAA record is none of those that are registered: issue, issuewild, issuemail, issuevmc, iodef, contactemail and contactphone. " +
		"It is a warning if it is most likely a misspelt one, and an error if it is not made of letters and digits.",
	Why: "CAs pass over a property that they do not know, so that it neither restricts nor reports anything. " +
		"One that has the critical flag stops them: that is caa-critical-unknown.",
	Bad: `@ IN CAA 0 isuse "letsencrypt.org"
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org"
`,
	Refs: []string{"RFC 8659, section 4.1", "RFC 8659, section 4.5"},
	Fix:  rules.Unsafe,
	Run:  each(checkTag),
}

// otherTags are mistakes that are no slips of the pen.
var otherTags = map[string]string{"issuewildcard": tagWild, "issuewc": tagWild, "wildissue": tagWild, "mailissue": tagMail, "email": tagEmail, "phone": tagPhone}

// meant returns the tag that an unknown one most likely is; "" if none.
func meant(tag string) string {
	tag = strings.ToLower(tag)
	if other := otherTags[tag]; other != "" {
		return other
	}
	if len(tag) > 24 {
		return ""
	}
	best, distance := "", 3
	for _, k := range known {
		if most := min(distance-1, max(1, len(k)/4)); spelling.Within(tag, k, most) {
			best, distance = k, spelling.Distance(tag, k)
		}
	}
	return best
}

// validTag reports whether a tag is made of letters and digits (RFC 8659,
// section 4.1).
func validTag(tag string) bool {
	for j := 0; j < len(tag); j++ {
		if !alphanumeric(tag[j]) {
			return false
		}
	}
	return tag != ""
}

func checkTag(p *rules.Pass, q *property) {
	if q.known {
		return
	}
	switch near := meant(q.tag); {
	case !validTag(q.tag):
		// A master file can write such a tag in hexadecimal only.
		f := rules.At(q.Record, zone.Part{Kind: zone.PartRData}, fmt.Sprintf("The property tag %q is not made of letters and digits, so the record is void. Write a tag such as issue.", excerpt(q.tag))).As(rules.Error)
		p.Report(f.WithFix(rules.Manual, "write a registered tag such as issue"))
	case near != "":
		f := rules.At(q.Record, tagField, fmt.Sprintf("CAs do not know the property %q and pass over it; %q is most likely meant. Correct the tag.", q.tag, near)).As(rules.Warning)
		p.Report(q.fixTag(f, near))
	default:
		p.Report(rules.At(q.Record, tagField, fmt.Sprintf("The property %q is not registered, and CAs that do not know it pass over it. Keep it only if a CA asks for it.", excerpt(q.tag))))
	}
}

// fixTag gives a finding the fix that writes another tag.
func (q *property) fixTag(f rules.Finding, tag string) rules.Finding {
	if q.clashes() {
		return f.WithFix(rules.Manual, fmt.Sprintf("write the tag %s, or remove the record if another one of this name says what it was to say", tag))
	}
	return f.WithFix(rules.Unsafe, "write the tag "+tag, q.retag(q.flags, tag))
}

var criticalUnknown = &rules.Rule{
	ID:       "caa-critical-unknown",
	Severity: rules.Warning,
	Summary:  "a CAA property that is not known is marked as critical",
	What: "A CAA record has the flag 128, which makes it critical, and a property tag that is not registered. " +
		"It is an error if the tag is misspelt.",
	Why: "A CA must not issue any certificate for a name whose CAA records hold a critical property that it does not know: " +
		"no mail host of the domain gets a certificate.",
	Bad: `@ IN CAA 128 isuse "letsencrypt.org"
`,
	Good: `@ IN CAA 128 issue "letsencrypt.org"
`,
	Refs:       []string{"RFC 8659, section 4.1", "RFC 8659, section 4.5"},
	Fix:        rules.Unsafe,
	Supersedes: []string{"caa-tag-unknown"},
	Run:        each(checkCritical),
}

func checkCritical(p *rules.Pass, q *property) {
	if q.known || q.flags&critical == 0 {
		return
	}
	near := meant(q.tag)
	message := fmt.Sprintf("The property %q is marked as critical and not registered, so a CA that does not know it must not issue any certificate here. ", excerpt(q.tag))
	if near != "" {
		f := rules.At(q.Record, tagField, message+fmt.Sprintf("Most likely %q is meant: correct the tag.", near)).As(rules.Error)
		p.Report(q.fixTag(f, near))
		return
	}
	f := rules.At(q.Record, tagField, message+"Clear the flag, unless that is what you want.")
	p.Report(f.WithFix(rules.Unsafe, "clear the critical flag", q.retag(q.flags&^critical, q.written)))
}

var flagsReserved = &rules.Rule{
	ID:       "caa-flags-reserved",
	Severity: rules.Warning,
	Summary:  "a CAA record sets flags that are reserved",
	What:     "The flags of a CAA record are neither 0 nor 128. Only the highest bit has a meaning: 128 marks the property as critical.",
	Why: "Records must leave the other bits clear. CAs pass over them today, so a 1 that was meant to mark the property as critical does not; " +
		"once a bit is given a meaning, the certificates of the mail hosts may depend on it.",
	Bad: `@ IN CAA 1 issue "letsencrypt.org"
`,
	Good: `@ IN CAA 128 issue "letsencrypt.org"
`,
	Refs: []string{"RFC 8659, section 4.1"},
	Fix:  rules.Safe,
	Run:  each(checkFlags),
}

func checkFlags(p *rules.Pass, q *property) {
	if q.flags&^critical == 0 {
		return
	}
	clear := q.flags & critical
	hint := "Write 0, or 128 if the property is to be critical."
	if clear != 0 {
		hint = "Write 128."
	}
	f := rules.At(q.Record, flagsField, fmt.Sprintf("The flags %d set bits that are reserved and that CAs pass over. %s", q.flags, hint))
	p.Report(f.WithFix(rules.Safe, fmt.Sprintf("set the flags to %d, which CAs read alike", clear), q.retag(clear, q.written)))
}

var tagCase = &rules.Rule{
	ID:       "caa-tag-case",
	Severity: rules.Info,
	Summary:  "a CAA property tag is written in capitals",
	What:     "The property tag of a CAA record has capital letters. Tags match whatever their case, but are registered and written in lower case.",
	Why:      "Programs that compare the tag letter by letter pass over the property, so that it neither restricts nor reports anything for the mail hosts' certificates.",
	Bad: `@ IN CAA 0 Issue "letsencrypt.org"
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org"
`,
	Refs: []string{"RFC 8659, section 4.1", "RFC 8659, section 4.1.1"},
	Fix:  rules.Safe,
	Run:  each(checkTagCase),
}

func checkTagCase(p *rules.Pass, q *property) {
	if !q.known || q.written == q.tag {
		return
	}
	f := rules.At(q.Record, tagField, fmt.Sprintf("The tag %q is written in capitals, which some programs do not take for the same. Write it in lower case.", q.written))
	p.Report(f.WithFix(rules.Safe, "write the tag "+q.tag, q.retag(q.flags, q.tag)))
}
