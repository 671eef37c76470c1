package caa

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
)

var syntax = &rules.Rule{
	ID:       "caa-syntax",
	Severity: rules.Error,
	Summary:  "the value of a CAA issue, issuewild or issuemail property is malformed",
	What: "The value is not a domain name of letters, digits and hyphens, optionally followed by a semicolon and parameters of the form tag=value " +
		"with semicolons between them. A final dot, a URL, several names in one record and a semicolon behind the last parameter are such mistakes.",
	Why: "CAs must take a malformed value for one that lets nobody issue. The certificate of the mail server or of the MTA-STS policy host " +
		"then cannot be renewed, and mail programs and senders refuse the connection once it has run out.",
	Bad: `@ IN CAA 0 issue "letsencrypt.org."
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org; validationmethods=dns-01"
`,
	Refs: []string{"RFC 8659, section 4.2", "RFC 8659, section 4.3", "RFC 9495, section 3"},
	Fix:  rules.Unsafe,
	Run:  each(checkSyntax),
}

// most is the number of faults of one value that are shown.
const most = 8

func checkSyntax(p *rules.Pass, q *property) {
	if len(q.issue.Faults) == 0 {
		return
	}
	changes, class := q.mend()
	clash := changes != nil && q.clashes()
	so := fmt.Sprintf("so CAs take this %s property for one that lets nobody issue", q.tag)
	for _, fault := range q.issue.Faults[:min(len(q.issue.Faults), most)] {
		text := excerpt(fault.Of(q.value))
		var message string
		switch fault.Kind {
		case FaultIssuer:
			message = fmt.Sprintf("%q is no domain name of a CA, %s. Write one name of letters, digits and hyphens, without a final dot.", text, so)
		case FaultTrailing:
			message = fmt.Sprintf("%q follows the CA's name without a semicolon, %s. Put a semicolon before it.", text, so)
		case FaultEmpty:
			message = fmt.Sprintf("This semicolon has no parameter behind it, %s. Remove it.", so)
		case FaultEquals:
			message = fmt.Sprintf("%q is no parameter of the form tag=value, %s. Correct or remove it.", text, so)
		case FaultTag:
			message = fmt.Sprintf("%q has no tag of letters, digits and hyphens before \"=\", %s. Correct or remove it.", text, so)
		case FaultValue:
			message = fmt.Sprintf("The parameter value %q holds a blank or another character that may not stand there, %s. Write it without.", text, so)
		}
		f := rules.At(q.Record, at(fault.Span), message)
		switch {
		case changes != nil && clash:
			p.Report(f.WithFix(rules.Manual, "decide which of the records of this name is to stay, since in its right form this one would contradict or repeat another"))
		case changes != nil:
			p.Report(f.WithFix(class, "write the value in its right form", changes...))
		default:
			p.Report(f.WithFix(rules.Manual, "write the domain name of the CA as the CA documents it for CAA records"))
		}
	}
}
