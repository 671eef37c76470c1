package spf

import (
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var missing = &rules.Rule{
	ID:       "spf-missing",
	Severity: rules.Warning,
	Summary:  "a domain that may send mail has no SPF record",
	What: "The zone's domain has an MX or an address, so mail may come from it, but no SPF record. A wildcard does not cover the domain itself. " +
		"Zones below arpa and domains of a single label are left alone.",
	Why: "Receivers cannot tell mail of the domain's own servers from forged mail, and large mailbox providers refuse or file as spam what has neither SPF nor DKIM.",
	Bad: "@ IN MX 10 mx.example.net.\n",
	Good: "@ IN MX 10 mx.example.net.\n" +
		"@ IN TXT \"v=spf1 mx -all\"\n",
	Refs: []string{"RFC 7208, section 3", "RFC 7208, section 10.1.2"},
	Fix:  rules.Manual,
	Run:  rules.On(rules.Zones, checkMissing),
}

var arpa = zone.MustName("arpa")

func checkMissing(p *rules.Pass, z *zone.Zone) {
	if !z.Complete || z.Unread(z.Apex, zone.TypeTXT) || z.Apex.Within(arpa) || z.Apex.NumLabels() < 2 {
		return
	}
	apex, ok := z.Node(z.Apex)
	if !ok || apex.Has(zone.TypeCNAME) || apex.Has(zone.TypeSPF) || !mails(apex) {
		return
	}
	if anySPF(apex) {
		return
	}
	if len(z.Apex)*2-1 <= zone.MaxName {
		// A record at "example.com.example.com." is meant for the apex too.
		if doubled, ok := z.Node(z.Apex.Without(zone.Root, z.Apex)); ok && anySPF(doubled) {
			return
		}
	}
	message := z.Apex.String() + " has no SPF record, so receivers cannot tell its mail from forged mail. Publish a TXT record that names the servers which send its mail."
	if w, ok := z.Node("\x01*" + z.Apex); ok && anySPF(w) {
		message = z.Apex.String() + " has no SPF record: that of the wildcard does not cover the domain itself, so receivers cannot tell its mail from forged mail. Publish one here too."
	}
	f := p.AtApex(zone.TypeTXT, message)
	p.Report(f.WithFix(rules.Manual, "add a TXT record such as \"v=spf1 mx ~all\" that names all servers which send mail, or \"v=spf1 -all\" if none does"))
}

// mails reports whether a name can receive mail, or a host of that name send
// it: it has an address or an MX that is not null (RFC 7505).
func mails(n zone.Node) bool {
	if n.Has(zone.TypeA) || n.Has(zone.TypeAAAA) {
		return true
	}
	for r := range n.Of(zone.TypeMX) {
		if r.Target() != zone.Root {
			return true
		}
	}
	return false
}

// anySPF reports whether an owner has a TXT record that is or is meant as SPF.
func anySPF(n zone.Node) bool {
	for r := range n.Of(zone.TypeTXT) {
		if mayBeSPF(r) && (selected(r) || Parse(r.Text()).Form != Other) {
			return true
		}
	}
	return false
}
