package mx

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var dupHost = &rules.Rule{
	ID:       "mx-dup-host",
	Severity: rules.Warning,
	Summary:  "two MX records name the same host",
	What:     "A name has several MX records with the same exchange and different preferences.",
	Why: "The second record is no second way for the mail: senders try the same host again. Mostly another host was meant, " +
		"or a preference was changed by adding a record.",
	Bad: `@ IN MX 10 mx.example.net.
@ IN MX 20 mx.example.net.
`,
	Good: `@ IN MX 10 mx.example.net.
@ IN MX 20 mx2.example.net.
`,
	Refs: []string{"RFC 5321, section 5.1", "RFC 1035, section 3.3.9"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkDupHost),
}

func checkDupHost(p *rules.Pass, s *set) {
	// Nearly all sets are small; the map is for those that are not.
	const small = 16
	var best map[zone.Name]zone.Record
	if len(s.records) > small {
		best = make(map[zone.Name]zone.Record, len(s.records))
		for _, r := range s.records {
			if b, ok := best[r.Target()]; !ok || r.Preference() < b.Preference() {
				best[r.Target()] = r
			}
		}
	}
	var keep zone.Record
	for _, r := range s.records {
		if best != nil {
			keep = best[r.Target()]
		} else {
			keep = r
			for _, o := range s.records {
				if o.Preference() < keep.Preference() && o.Target() == r.Target() {
					keep = o
				}
			}
		}
		// The same preference too is the same record twice, which is no matter
		// of mail.
		if keep.Preference() == r.Preference() || null(r) {
			continue
		}
		f := rules.At(r, exchange, fmt.Sprintf("%s names %s with the preferences %d and %d: that is one mail server, not two. Name another host, or remove this record.", s.name, r.Target(), keep.Preference(), r.Preference()))
		f.Related = []rules.Related{{Span: keep.Span(exchange), Message: "the same host"}}
		p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("keep only MX %d %s", keep.Preference(), keep.Target()), zone.Remove(r)))
	}
}
