package mx

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var hostChars = &rules.Rule{
	ID:       "mx-host-chars",
	Severity: rules.Warning,
	Summary:  "an MX names a host with characters that no host name has",
	What: "The exchange of an MX record has a label with other characters than letters, digits and hyphens, such as an underscore, " +
		"or one that begins or ends with a hyphen.",
	Why: "The DNS takes any name, but a host name is of letters, digits and hyphens. BIND refuses to load a zone with such an MX unless it is told not to look, " +
		"and a sender that checks names does not deliver to it.",
	Bad: `@ IN MX 10 mail_1.example.net.
`,
	Good: `@ IN MX 10 mail-1.example.net.
`,
	Refs: []string{"RFC 1123, section 2.1", "RFC 5321, section 2.3.5", "RFC 2181, section 11"},
	Fix:  rules.Manual,
	Run:  rules.On(sets, eachHost(checkChars)),
}

var hostNumericTLD = &rules.Rule{
	ID:       "mx-host-numeric-tld",
	Severity: rules.Warning,
	Summary:  "an MX names a host whose last label is a number",
	What:     "The last label of an exchange is all digits. No top-level domain is, so that an address can be told from a name.",
	Why:      "No such host exists in the public DNS, so mail cannot be delivered to it. Mostly the end of the name is missing, or an address was written with too few or too many parts.",
	Bad: `@ IN MX 10 mail.2.
`,
	Good: `@ IN MX 10 mail2.example.net.
`,
	Refs: []string{"RFC 3696, section 2", "RFC 1123, section 2.1"},
	Fix:  rules.Manual,
	Run:  rules.On(sets, eachHost(checkNumericTLD)),
}

var hostDoubleDash = &rules.Rule{
	ID:       "mx-host-double-dash",
	Severity: rules.Info,
	Summary:  "an MX names a host with a label of a reserved form",
	What: "A label of an exchange has hyphens in its third and fourth place and does not begin with xn. Such labels are reserved, " +
		"as xn-- is used for names that are not ASCII.",
	Why: "It works today. Programs that know international names may refuse the host, since no meaning is given to its first letters.",
	Bad: `@ IN MX 10 eu--mail.example.net.
`,
	Good: `@ IN MX 10 eu-mail.example.net.
@ IN MX 20 xn--caf-dma.example.net.
`,
	Refs: []string{"RFC 5890, section 2.3.1", "RFC 5891, section 4.2.3.1"},
	Run:  rules.On(sets, eachHost(checkDoubleDash)),
}

// eachHost runs a check of one record for those of a set that name a host, and
// no address instead.
func eachHost(check func(p *rules.Pass, r zone.Record)) func(*rules.Pass, *set) {
	return func(p *rules.Pass, s *set) {
		for _, r := range s.records {
			if !null(r) {
				check(p, r)
			}
		}
	}
}

// isAddress reports whether an exchange is an address, which is the business of
// mx-target-ip.
func isAddress(host zone.Name) bool {
	_, _, ok := addressIn(host)
	return ok
}

func checkChars(p *rules.Pass, r zone.Record) {
	host := r.Target()
	label, odd := oddLabel(host)
	if !odd || isAddress(host) {
		return
	}
	var what string
	switch i := strings.IndexFunc(label, func(c rune) bool { return !hostChar(c) }); {
	case i < 0:
		what = fmt.Sprintf("has the label %q, which begins or ends with a hyphen", label)
	case !ascii(label):
		what = "holds characters beyond ASCII, for which the DNS has the form xn--"
	default:
		c, _ := utf8.DecodeRuneInString(label[i:])
		what = fmt.Sprintf("holds %q", string(c))
	}
	f := rules.At(r, exchange, fmt.Sprintf(
		"The exchange %s %s, which no host name does: some senders do not deliver to it, and BIND refuses the zone by default. Name a host of letters, digits and hyphens.", host, what))
	p.Report(f.WithFix(rules.Manual, "give the mail server a name of letters, digits and hyphens, and name that in the MX"))
}

// oddLabel returns the first label of a name that is not made as RFC 1123,
// section 2.1, has those of hosts.
func oddLabel(n zone.Name) (label string, odd bool) {
	for i := 0; i < len(n)-1; i += int(n[i]) + 1 {
		l := n[i+1 : i+1+int(n[i])]
		if l[0] == '-' || l[len(l)-1] == '-' {
			return string(l), true
		}
		for k := range len(l) {
			if !hostChar(rune(l[k])) {
				return string(l), true
			}
		}
	}
	return "", false
}

func hostChar(c rune) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' }

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func checkNumericTLD(p *rules.Pass, r zone.Record) {
	host := r.Target()
	// The last octet of the name is the root, the one before is of its label.
	if c := host[len(host)-2]; c < '0' || c > '9' || host.Within(p.Zone.Apex) {
		return
	}
	last := host
	for len(last.Parent()) > 1 {
		last = last.Parent()
	}
	if strings.Trim(last.Label(), "0123456789") != "" || isAddress(host) {
		return
	}
	f := rules.At(r, exchange, fmt.Sprintf("The exchange %s ends in the number %s, but no top-level domain is one, so mail cannot be delivered to it. Write the name of the mail server.", host, last.Label()))
	p.Report(f.WithFix(rules.Manual, "name the mail server by its whole name"))
}

func checkDoubleDash(p *rules.Pass, r zone.Record) {
	host := r.Target()
	for n := host; len(n) > 1; n = n.Parent() {
		if n[0] < 4 || n[3] != '-' || n[4] != '-' || n[1] == 'x' && n[2] == 'n' {
			continue
		}
		p.Report(rules.At(r, exchange, fmt.Sprintf("The label %q of the exchange %s has hyphens in its third and fourth place, as only international names (xn--) have. Some programs may refuse the name; another one would be wiser.", n.Label(), host)))
		return
	}
}
