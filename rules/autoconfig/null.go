package autoconfig

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var nullMixed = &rules.Rule{
	ID:       "srv-null-mixed",
	Severity: rules.Warning,
	Summary:  "SRV records say that a service is not offered, and name a server for it",
	What:     "A name has an SRV record with the target \".\", which says that the service is not offered, beside one that names a server.",
	Why: "What a mail program does with both is not defined: some take the service for not offered, others try to reach a host without a name. " +
		"The user may not be able to set up the account.",
	Bad: `_imap._tcp IN SRV 0 0 0 .
_imap._tcp IN SRV 0 1 143 imap.example.net.
`,
	Good: `_imap._tcp IN SRV 0 0 0 .
_imaps._tcp IN SRV 0 1 993 imap.example.net.
`,
	Refs: []string{"RFC 2782", "RFC 6186, section 3.4"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkNullMixed),
}

func checkNullMixed(p *rules.Pass, s *set) {
	if len(s.records) == 1 {
		return
	}
	var nulls []zone.Record
	for _, r := range s.records {
		if null(r) {
			nulls = append(nulls, r)
		}
	}
	if len(nulls) == 0 || len(nulls) == len(s.records) {
		return
	}
	for _, r := range nulls {
		f := rules.At(r, targetField, fmt.Sprintf("%s says with the target \".\" that the service is not offered, and names a server beside it. Keep one or the other.", s.name))
		p.Report(f.WithFix(rules.Unsafe, "remove the record that says that the service is not offered", zone.Remove(nulls...)))
	}
}

var nullFields = &rules.Rule{
	ID:       "srv-null-fields",
	Severity: rules.Info,
	Summary:  "an SRV record of a service that is not offered has a priority, weight or port",
	What:     "The only SRV record of a name has the target \".\", which says that the service is not offered, and other numbers than 0 0 0 before it.",
	Why: "The numbers have no meaning with this target. Someone who reads the record, or a mail program that looks at the port first, " +
		"may take it for a server that is to be tried.",
	Bad: `_imap._tcp IN SRV 0 0 143 .
`,
	Good: `_imap._tcp IN SRV 0 0 0 .
`,
	Refs: []string{"RFC 2782", "RFC 6186, section 3.4"},
	Fix:  rules.Safe,
	Run:  rules.On(sets, checkNullFields),
}

func checkNullFields(p *rules.Pass, s *set) {
	r := s.records[0]
	if len(s.records) > 1 || !null(r) {
		return
	}
	fields := [...]uint16{0, 0, 0}
	fields[0], fields[1], fields[2] = r.SRV()
	for i := len(fields) - 1; i >= 0; i-- {
		if fields[i] != 0 {
			f := rules.At(r, zone.Field(i), fmt.Sprintf("The target \".\" says that the service is not offered, with which this %d has no meaning. Write 0 0 0 before the dot.", fields[i]))
			p.Report(f.WithFix(rules.Safe, "write 0 0 0 before the dot", zone.Replace(r, withFields(r, 0, 0, 0))))
			return
		}
	}
}

var duplicate = &rules.Rule{
	ID:       "srv-duplicate",
	Severity: rules.Info,
	Summary:  "two SRV records name the same server and port",
	What:     "A service of mail has several SRV records with the same target and port that differ in priority or weight.",
	Why: "The second record is no second server: a mail program that fails to connect tries the same one again. " +
		"Mostly another server was meant, or a number was changed by adding a record.",
	Bad: `_imaps._tcp IN SRV 0 1 993 imap.example.net.
_imaps._tcp IN SRV 10 1 993 imap.example.net.
`,
	Good: `_imaps._tcp IN SRV 0 1 993 imap.example.net.
_imaps._tcp IN SRV 10 1 993 imap2.example.net.
`,
	Refs: []string{"RFC 2782"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkDuplicate),
}

func checkDuplicate(p *rules.Pass, s *set) {
	if s.service == nil || len(s.records) < 2 {
		return
	}
	best := make(map[string]zone.Record, len(s.records)) // by port and target
	for _, r := range s.records {
		key := r.Data[4:]
		if b, ok := best[key]; !ok || r.Data[:2] < b.Data[:2] {
			best[key] = r
		}
	}
	if len(best) == len(s.records) {
		return
	}
	for _, r := range s.records {
		keep := best[r.Data[4:]]
		if keep.Data == r.Data || null(r) { // the same record twice is zone-dup-record
			continue
		}
		priority, weight, _ := keep.SRV()
		f := rules.At(r, targetField, fmt.Sprintf("%s names %s with port %d more than once, which is one server. Name another one, or remove this record.", s.name, r.Target(), port(r)))
		f.Related = []rules.Related{{Span: keep.Span(targetField), Message: "the same server"}}
		p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("keep only SRV %d %d %d %s", priority, weight, port(r), r.Target()), zone.Remove(r)))
	}
}
