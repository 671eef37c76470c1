package spf

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func (s ruleset) multiple() *rules.Rule {
	return &rules.Rule{
		ID:       "spf-multiple",
		Severity: rules.Error,
		Summary:  "a name has several SPF records",
		What:     "Several TXT records at one name begin with v=spf1. The same record twice counts as well, though many name servers serve it once. Other TXT records beside one SPF record do no harm.",
		Why: "Receivers must not choose between them: they end with a permanent error, so none of the records is in force and mail does not pass SPF. " +
			"It often happens when a second mail service is set up.",
		Bad: "@ IN TXT \"v=spf1 mx -all\"\n" +
			"@ IN TXT \"v=spf1 include:_spf.example.net ~all\"\n",
		Good: "@ IN TXT \"v=spf1 mx include:_spf.example.net -all\"\n" +
			"@ IN TXT \"site-verification=abc\"\n",
		Refs: []string{"RFC 7208, section 3.2", "RFC 7208, section 4.5"},
		Fix:  rules.Unsafe,
		Run:  rules.On(owners, s.checkMultiple),
	}
}

func (s ruleset) checkMultiple(p *rules.Pass, o owner) {
	if len(o.selected) < 2 {
		return
	}
	var several []Candidate
	data := map[string]bool{}
	for _, c := range o.selected {
		// Servers and caches may make one of records of the same RDATA (RFC 2181,
		// section 5).
		if !data[c.Record.Data] {
			data[c.Record.Data] = true
			several = append(several, c)
		}
	}
	if len(several) < 2 {
		p.Report(copied(o.selected))
		return
	}
	part := zone.Part{Kind: zone.PartRData}
	first, second := several[0], several[1]
	f := rules.At(second.Record, part, fmt.Sprintf(
		"%s has %d SPF records, so receivers end with a permanent error and none is in force. Merge them into one.", second.Record.Name, len(several)))
	f.Related = append(f.Related, rules.Related{Span: first.Record.Span(part), Message: "the first SPF record"})
	for _, c := range several[2:] {
		f.Related = append(f.Related, rules.Related{Span: c.Record.Span(part), Message: "another SPF record"})
	}
	f.Fix = s.merging(o.selected, several)
	p.Report(f)
}

// copied is the finding about several records of the same RDATA: a receiver that
// is given all of them does not choose one (RFC 7208, section 4.5).
func copied(cs []Candidate) rules.Finding {
	part := zone.Part{Kind: zone.PartRData}
	name := cs[0].Record.Name
	f := rules.At(cs[1].Record, part, fmt.Sprintf(
		"%s has the same SPF record %d times: where a name server does not make one of them, receivers end with a permanent error. Remove the copies.", name, len(cs)))
	f.Related = append(f.Related, rules.Related{Span: cs[0].Record.Span(part), Message: "the first SPF record"})
	change := zone.Change{Name: name, Type: zone.TypeTXT}
	for _, c := range cs[1:] {
		change.Before = append(change.Before, c.Record)
	}
	return f.WithFix(rules.Safe, "keep one of the records, which are the same", change)
}

// merging returns the fix that makes one record of all that are selected;
// several are those that differ.
func (s ruleset) merging(selected, several []Candidate) *rules.Fix {
	manual := &rules.Fix{Safety: rules.Manual, Description: "merge the records into one that names all senders and ends in one \"all\""}
	parsed := make([]*Record, len(several))
	before := make([]int, len(s))
	for i := range several {
		if !several[i].SPF.mendable() {
			return manual
		}
		parsed[i] = several[i].SPF
		for j, n := range s.count(&several[i]) {
			before[j] += n
		}
	}
	text, same := merge(parsed)
	if text == "" {
		return manual
	}
	change := zone.Change{Name: several[0].Record.Name, Type: zone.TypeTXT}
	kept := several[0].Record
	if text != kept.Text() {
		kept.Data, kept.Notes = zone.TextData(text), 0
		change.Before = append(change.Before, several[0].Record)
		change.After = append(change.After, kept)
	}
	for _, c := range selected[1:] {
		change.Before = append(change.Before, c.Record)
	}
	if !s.better(before, s.count(&Candidate{Record: kept, SPF: Parse(text)}), -1) {
		return manual
	}
	fix := &rules.Fix{Safety: rules.Unsafe, Description: "merge the records into " + quoteLong(text), Changes: zone.ChangeSet{change}}
	if same {
		fix.Safety, fix.Description = rules.Safe, "keep one of the records, which say the same"
	}
	return fix
}
