package dmarc

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var missing = &rules.Rule{
	ID:       "dmarc-missing",
	Severity: rules.Warning,
	Summary:  "a domain that is used for mail has no DMARC record",
	What: "The zone's domain has an MX or an SPF record, but no DMARC record at _dmarc; or it has neither, but a subdomain has an SPF record and receivers find no DMARC record for it. " +
		"Zones below a registered domain are not looked at, since the record of that domain covers them; neither are public suffixes.",
	Why: "Without DMARC receivers are not told what to do with mail that forges the domain, and send no reports about it. " +
		"Large mailbox providers expect a record from those who send much mail.",
	Bad: `@ IN MX 10 mx.example.net.
`,
	Good: `@ IN MX 10 mx.example.net.
_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.5", "RFC 9989, section 4.10", "RFC 9989, section 5.1.4"},
	Fix:  rules.Manual,
	Run:  rules.On(rules.Zones, checkMissing),
}

func checkMissing(p *rules.Pass, z *zone.Zone) {
	if !z.Complete {
		return
	}
	apex, ok := z.Node(z.Apex)
	if !ok {
		return
	}
	found, name, a := policyAt(z, z.Apex)
	if found || a.Status == zone.Unknown || a.Status == zone.Aliased || !IsOrganizational(z.Apex) || misplacedFor(z, name) {
		return
	}
	mail, sends := usedForMail(apex)
	if !mail {
		checkMissingBelow(p, z)
		return
	}
	record := "v=DMARC1; p=none; rua=mailto:MAILBOX"
	advice := "add %s TXT \"%s\", with the mailbox that is to get the reports"
	message := fmt.Sprintf("%s has no DMARC record, so receivers are not told what to do with mail that forges it, and nobody gets reports. Add one at %s.", z.Apex, name)
	if a.Status == zone.Found {
		message = fmt.Sprintf("The TXT records that answer for %s are no DMARC record, so receivers are not told what to do with mail that forges %s. Add one.", name, z.Apex)
	}
	f := p.AtApex(zone.TypeTXT, message)
	f.Name = name
	if !sends {
		record, advice = "v=DMARC1; p=reject", "add %s TXT \"%s\""
		f.Message = fmt.Sprintf("%s says that it sends no mail, but has no DMARC record to have forged mail refused. Add one at %s.", z.Apex, name)
		f.Severity = rules.Info
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf(advice, name, record)))
}

// checkMissingBelow looks for subdomains that may send mail and for which
// receivers find no policy, where the domain itself is not used for mail. Only
// SPF shows that a name sends.
func checkMissingBelow(p *rules.Pass, z *zone.Zone) {
	var first zone.Record
	names := map[zone.Name]bool{}
	for r := range z.OfType(zone.TypeTXT) {
		if !addressable(r.Name) || !isSPF(r) || names[r.Name] || z.Cut(r.Name) != "" {
			continue
		}
		if n, _ := z.Node(r.Name); !sends(n) {
			continue
		}
		// Receivers by RFC 9989 may find one between the two.
		found, name, a := policyAt(z, r.Name)
		if found || !a.Status.Absent() && a.Status != zone.Found || misplacedFor(z, name) || newer(p, r.Name).state == present {
			continue
		}
		if len(names) == 0 {
			first = r
		}
		names[r.Name] = true
	}
	if len(names) == 0 {
		return
	}
	whose := fmt.Sprintf("%s has", first.Name)
	if n := len(names) - 1; n > 0 {
		whose = fmt.Sprintf("%s and %d more subdomains have", first.Name, n)
	}
	f := rules.At(first, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf(
		"%s an SPF record but no DMARC record, and neither has %s, so receivers are not told what to do with forged mail. Add one at _dmarc.%s.", whose, z.Apex, z.Apex))
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add _dmarc.%s TXT \"v=DMARC1; p=none; rua=mailto:MAILBOX\", with the mailbox that is to get the reports", z.Apex)))
}

// usedForMail reports whether a domain has an MX that is not null or an SPF
// record, and whether it may send: its SPF record does not refuse all mail.
func usedForMail(n zone.Node) (mail, sends bool) {
	for r := range n.Records() {
		switch r.Type {
		case zone.TypeMX:
			if r.Target() != zone.Root {
				mail, sends = true, true
			}
		case zone.TypeTXT:
			if !isSPF(r) {
				continue
			}
			mail = true
			sends = sends || !strings.EqualFold(strings.Join(strings.Fields(r.Text()), " "), "v=spf1 -all")
		}
	}
	return mail, sends
}

// isSPF reports whether a TXT record is an SPF record (RFC 7208, section 4.5).
func isSPF(r zone.Record) bool {
	s := r.TextPrefix(len("v=spf1 "))
	return strings.EqualFold(strings.TrimSuffix(s, " "), "v=spf1")
}

// IsOrganizational reports whether a domain is registered directly below
// a public suffix. That is the Organizational Domain of RFC 7489, section 3.2;
// the tree walk of RFC 9989, section 4.10, gives the same where only it has a
// record.
func IsOrganizational(apex zone.Name) bool {
	name := strings.TrimSuffix(apex.String(), ".")
	if name == "arpa" || strings.HasSuffix(name, ".arpa") {
		return false
	}
	org, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && org == name
}

// misplacedFor reports whether a record that was meant to stand at a policy
// name stands somewhere else, which is a finding of its own.
func misplacedFor(z *zone.Zone, policy zone.Name) bool {
	// "_dmarc.example.com" without its final dot, inside example.com.
	doubled := policy[:len(policy)-1] + z.Apex
	if len(doubled) <= zone.MaxName {
		if n, ok := z.Node(doubled); ok && (n.Has(zone.TypeTXT) || n.Has(zone.TypeCNAME)) {
			return true
		}
	}
	for r := range z.OfType(zone.TypeTXT) {
		if (r.Name == policy.Parent() || r.Name.Parent() == policy.Parent()) && policyName(r.Name) == policy && Meant(r.TextPrefix(40)) {
			return true
		}
	}
	return false
}
