package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var isSPFText = &rules.Rule{
	ID:       "dmarc-is-spf",
	Severity: rules.Warning,
	Summary:  "an SPF record stands at a _dmarc name",
	What:     "A TXT record at a _dmarc name begins with v=spf1. Beside a DMARC record it is advice; what a wildcard answers there is left alone.",
	Why:      "Receivers look at that name for DMARC alone and skip the SPF record: it is no policy for forged mail, and no SPF record of the domain either.",
	Bad: `_dmarc IN TXT "v=spf1 mx -all"
`,
	Good: `@ IN TXT "v=spf1 mx -all"
_dmarc IN TXT "v=DMARC1; p=none"
`,
	Refs: []string{"RFC 9989, section 4.5", "RFC 9989, section 4.10", "RFC 7208, section 3"},
	Fix:  rules.Unsafe,
	Run:  rules.On(Sets, checkSPFText),
}

func checkSPFText(p *rules.Pass, s *Set) {
	if !label(s.Name) {
		return
	}
	for _, r := range s.Others {
		if !isSPF(r) {
			continue
		}
		domain := s.Domain()
		severity := rules.Warning
		message := fmt.Sprintf("An SPF record stands where receivers look for the DMARC record of %s, so they find no policy. Publish DMARC here, and SPF at %s.", domain, domain)
		if len(s.Entries) > 0 {
			severity = rules.Info
			message = fmt.Sprintf("An SPF record stands beside the DMARC record of %s, where no receiver looks for SPF. Remove it; SPF stands at %s.", domain, domain)
		}
		f := rules.At(r, zone.Part{Kind: zone.PartRData}, message).As(severity)
		if n, ok := s.zone.Node(domain); ok && hasSPF(n) {
			f = f.WithFix(rules.Unsafe, "remove it, since "+domain.String()+" has an SPF record", zone.Remove(r))
		} else {
			f = f.WithFix(rules.Manual, "move it to "+domain.String()+" if it is meant as the SPF record there, else remove it")
		}
		p.Report(f)
	}
}

func hasSPF(n zone.Node) bool {
	for r := range n.Of(zone.TypeTXT) {
		if isSPF(r) {
			return true
		}
	}
	return false
}

var unrelatedText = &rules.Rule{
	ID:       "dmarc-unrelated-txt",
	Severity: rules.Info,
	Summary:  "a TXT record that is none of DMARC stands at a _dmarc name",
	What:     "A TXT record at a _dmarc name is not meant as DMARC, nor as SPF (dmarc-is-spf). What a wildcard answers there is left alone.",
	Why: "The name is for DMARC alone. Receivers skip the record, but whoever wants to find it does not look there, " +
		"and some tools take the DMARC record beside it for broken.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none"
_dmarc IN TXT "example-site-verification=abc"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none"
@ IN TXT "example-site-verification=abc"
`,
	Refs: []string{"RFC 9989, section 4.5", "RFC 9989, section 4.10"},
	Fix:  rules.Manual,
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		if !label(s.Name) {
			return
		}
		n := 0
		for _, r := range s.Others {
			if isSPF(r) {
				continue
			}
			p.Report(rules.At(r, zone.Part{Kind: zone.PartRData},
				fmt.Sprintf("This text at %s is no DMARC record, and receivers skip it. Put it where it is looked for.", s.Name)).
				WithFix(rules.Manual, "move the record to the name that it is for"))
			if n++; n == tagvalue.Most {
				return
			}
		}
	}),
}

var reportAuthOwn = &rules.Rule{
	ID:       "dmarc-report-auth-own",
	Severity: rules.Warning,
	Summary:  "a record that accepts another domain's DMARC reports does not do so",
	What: "A TXT record below _report._dmarc is to accept the reports of another domain, but does not begin with v=DMARC1, " +
		"or directs them to a mailbox of another domain than the one that accepts them.",
	Why: "Receivers send reports about one domain to a mailbox of another only if that one accepts them with a record v=DMARC1; and " +
		"it can direct them to another mailbox of its own only. Else the reports are not sent.",
	Bad: `example.net._report._dmarc IN TXT "DMARC1"
`,
	Good: `example.net._report._dmarc IN TXT "v=DMARC1;"
`,
	Refs: []string{"RFC 7489, section 7.1", "RFC 9990, section 4"},
	Fix:  rules.Manual,
	Run:  rules.On(Sets, checkAuthorisation),
}

func checkAuthorisation(p *rules.Pass, s *Set) {
	if s.Place != AtAuthorisation {
		return
	}
	host := destination(s.Name)
	if len(s.Entries) == 0 && len(s.Others) > 0 {
		p.Report(rules.At(s.Others[0], zone.Part{Kind: zone.PartRData},
			fmt.Sprintf("No TXT record at %s begins with v=DMARC1, so receivers do not send reports of that domain to mailboxes at %s. Write \"v=DMARC1;\".", s.Name, host)).
			WithFix(rules.Manual, "publish \"v=DMARC1;\" here, or remove the record"))
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		n := 0
		e.DMARC.eachURI(func(u uri) bool {
			text := u.span.Of(e.DMARC.Text)
			if !ValidURI(text) || len(text) < 7 || !strings.EqualFold(text[:7], "mailto:") {
				return true
			}
			address, _, _ := strings.Cut(text[7:], "!")
			address, _, _ = strings.Cut(address, "?")
			domain, err := zone.ParseName(address[strings.LastIndexByte(address, '@')+1:], zone.Root)
			if err != nil || domain == host {
				return true
			}
			p.Report(rules.At(e.Record, zone.TextPart(u.span.From, u.span.To),
				fmt.Sprintf("This record may direct reports to another mailbox at %s, but not to one at %s, so receivers do not send them there. Name a mailbox at %s.", host, domain, host)).
				WithFix(rules.Manual, fmt.Sprintf("name a mailbox at %s, or none", host)))
			n++
			return n < tagvalue.Most
		})
	}
}

// destination returns the domain that accepts reports by a record at name.
func destination(name zone.Name) zone.Name {
	for n := name.Parent(); len(n) > 1; n = n.Parent() {
		if strings.HasPrefix(string(n), "\x07_report\x06_dmarc") {
			return n.Parent().Parent()
		}
	}
	return zone.Root
}
