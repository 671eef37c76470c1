package mx

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var m365Invalid = &rules.Rule{
	ID:       "mx-m365-invalid",
	Severity: rules.Warning,
	Summary:  "an MX names a host below .invalid, which never exists",
	What: "The exchange of an MX record lies below the top-level domain invalid, which is kept free for ever. Microsoft 365 had domains proven with " +
		"an MX record for a name below msv1.invalid, which is of no use afterwards. It is an error where no other MX is there.",
	Why: "Mail cannot be delivered to such a host. Beside other MX records it only delays mail, since some senders try it; alone, it makes all mail bounce.",
	Bad: `@ IN MX 10 mx.example.net.
@ IN MX 32767 ms12345678.msv1.invalid.
`,
	Good: `@ IN MX 10 mx.example.net.
@ IN TXT "MS=ms12345678"
`,
	Refs:       []string{"RFC 6761, section 6.4", "RFC 2606, section 2"},
	Fix:        rules.Unsafe,
	Supersedes: []string{"mx-target-nx", "mx-target-cname"},
	Run:        rules.On(sets, checkInvalid),
}

var (
	invalid = zone.MustName("invalid")
	msv1    = zone.MustName("msv1.invalid")
)

func checkInvalid(p *rules.Pass, s *set) {
	for _, r := range s.records {
		host := r.Target()
		if !host.Within(invalid) || invalid.Within(s.zone.Apex) {
			continue
		}
		alone := !slices.ContainsFunc(s.records, func(o zone.Record) bool { return !o.Target().Within(invalid) })
		what := "lies below .invalid, where no host ever exists"
		if host.Below(msv1) {
			what = "is what Microsoft 365 had as proof of a domain, and no mail server"
		}
		if alone {
			f := rules.At(r, exchange, fmt.Sprintf("The exchange %s %s, and %s has no other MX, so mail to it bounces. Name a mail server.", host, what, s.name))
			p.Report(f.As(rules.Error).WithFix(rules.Manual, "name the mail server of the domain, or MX 0 . if it takes no mail"))
			continue
		}
		f := rules.At(r, exchange, fmt.Sprintf("The exchange %s %s, so senders that try it lose time. Remove this record.", host, what))
		p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("remove the MX record of %s", host), zone.Remove(r)))
	}
}
