package dmarc

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var parked = &rules.Rule{
	ID:       "dmarc-parked",
	Severity: rules.Info,
	Summary:  "a domain without mail has a DMARC policy weaker than reject",
	What: "A domain has a null MX, no SPF record that lets anyone send, and a DMARC record of its own whose policy is not reject. " +
		"A domain without a DMARC record is not looked at.",
	Why: "All mail in the name of such a domain is forged, so nothing is lost if it is refused, and with a weaker policy it is let in.",
	Bad: `@ IN MX 0 .
_dmarc IN TXT "v=DMARC1; p=none"
`,
	Good: `@ IN MX 0 .
_dmarc IN TXT "v=DMARC1; p=reject"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 7505, section 4.2", "RFC 7208, section 10.1.2"},
	Fix:  rules.Unsafe,
	Run:  rules.On(nulls, checkParked),
}

// nulls is the subject of null MX records.
var nulls = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	for r := range p.Zone.OfType(zone.TypeMX) {
		if r.Target() == zone.Root {
			visit(r)
		}
	}
}}

func checkParked(p *rules.Pass, mx zone.Record) {
	if n, _ := p.Zone.Node(mx.Name); p.Zone.Cut(mx.Name) != "" || sends(n) {
		return
	}
	name, err := mx.Name.Child("_dmarc")
	if err != nil {
		return
	}
	n, ok := p.Zone.Node(name)
	if !ok {
		return
	}
	txt := n.RRset(zone.TypeTXT)
	r, s := only(txt)
	// A policy that is not valid is reported as such.
	if s != present || r.policy("p") == NoPolicy || r.policy("p") == Reject {
		return
	}
	for _, t := range txt {
		if !Parse(t.Text(), true, nil).Version.Valid() {
			continue
		}
		tag, _ := r.Tag("p")
		f := rules.At(t, zone.TextPart(tag.Name.From, tag.Value.To),
			fmt.Sprintf("%s has a null MX and lets nobody send mail, but with p=%s receivers let in mail that forges it. Write p=reject.", mx.Name, r.policy("p")))
		if edits := r.rejecting(); edits != nil {
			f = f.WithFix(rules.Unsafe, "ask for mail of the domain and its subdomains to be rejected", zone.Replace(t, tagvalue.Apply(t, r.Text, edits)))
		} else {
			f = f.WithFix(rules.Manual, "write a record that says p=reject and no more about the policy")
		}
		p.Report(f)
	}
}

// rejecting returns the edits that make reject of every policy of the record,
// nil where another tag bears on what they mean.
func (r *Record) rejecting() []tagvalue.Edit {
	var edits []tagvalue.Edit
	for i := range r.Tags {
		t := &r.Tags[i]
		if t.Faults != 0 {
			return nil
		}
		switch number(t.Name.Of(r.Text)) {
		case number("p"), number("sp"), number("np"):
			switch ParsePolicy(t.Value.Of(r.Text)) {
			case NoPolicy:
				return nil
			case Reject:
			default:
				edits = append(edits, tagvalue.Edit{From: t.Value.From, To: t.Value.To, Text: Reject.String()})
			}
		case number("t"), number("pct"):
			return nil
		}
	}
	return edits
}

// sends reports whether a domain has an MX that is not null or an SPF record
// that may let someone send.
func sends(n zone.Node) bool {
	_, sends := usedForMail(n)
	return sends
}
