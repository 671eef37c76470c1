package mx

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var nullMixed = &rules.Rule{
	ID:       "mx-null-mixed",
	Severity: rules.Warning,
	Summary:  "a null MX stands beside other MX records",
	What: "A name has an MX record with the exchange \".\", which says that no mail is taken, and another one, " +
		"mostly one that names a mail server.",
	Why: "A domain with a null MX must have no other MX record. Most senders pass over the null MX and deliver to the others, " +
		"but what they do is not defined, and some refuse to deliver.",
	Bad: `@ IN MX 0 .
@ IN MX 10 mx.example.net.
`,
	Good: `@ IN MX 10 mx.example.net.
`,
	Refs: []string{"RFC 7505, section 3"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkNullMixed),
}

func checkNullMixed(p *rules.Pass, s *set) {
	var nulls []zone.Record
	for _, r := range s.records {
		if null(r) {
			nulls = append(nulls, r)
		}
	}
	if len(nulls) == 0 {
		return
	}
	if len(nulls) == len(s.records) {
		checkNulls(p, s)
		return
	}
	for _, r := range nulls {
		f := rules.At(r, exchange, fmt.Sprintf("%s has a null MX, which says that it takes no mail, beside MX records that name a mail server, so senders may refuse to deliver. Keep one or the other.", s.name))
		p.Report(f.WithFix(rules.Unsafe, "remove the null MX", zone.Remove(nulls...)))
	}
}

// checkNulls reports null MX records that differ from each other.
func checkNulls(p *rules.Pass, s *set) {
	keep := s.records[0]
	for _, r := range s.records {
		if r.Preference() < keep.Preference() {
			keep = r
		}
	}
	for _, r := range s.records {
		if r.Preference() == keep.Preference() {
			continue
		}
		f := rules.At(r, exchange, fmt.Sprintf("%s has null MX records with the preferences %d and %d, but a null MX must be the only MX. Remove this one.", s.name, keep.Preference(), r.Preference()))
		p.Report(f.WithFix(rules.Safe, fmt.Sprintf("keep only MX %d .", keep.Preference()), zone.Remove(r)))
	}
}

var nullPref = &rules.Rule{
	ID:       "mx-null-pref",
	Severity: rules.Warning,
	Summary:  "a null MX has a preference that is not 0",
	What:     "An MX record with the exchange \".\" has another preference than 0. It is the only MX record of its name.",
	Why: "A null MX is defined with the preference 0. A sender that compares both fields sees an MX that leads nowhere instead, " +
		"and may keep the mail for days before it bounces.",
	Bad: `@ IN MX 10 .
`,
	Good: `@ IN MX 0 .
`,
	Refs: []string{"RFC 7505, section 3"},
	Fix:  rules.Safe,
	Run:  rules.On(sets, checkNullPref),
}

func checkNullPref(p *rules.Pass, s *set) {
	r := s.records[0]
	if !null(r) || r.Preference() == 0 {
		return
	}
	change := zone.Change{Name: r.Name, Type: r.Type}
	for _, old := range s.records {
		if old.Data != r.Data {
			return // mx-null-mixed speaks first
		}
		c := zone.Replace(old, zone.NewMX(old.Name, old.TTL, 0, zone.Root))
		change.Before, change.After = append(change.Before, c.Before...), append(change.After, c.After...)
	}
	f := rules.At(r, zone.Field(0), fmt.Sprintf("The preference of the null MX is %d, but a null MX is \"0 .\", and some senders take another for a broken MX. Write 0.", r.Preference()))
	p.Report(f.WithFix(rules.Safe, "set the preference of the null MX to 0", change))
}
