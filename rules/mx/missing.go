package mx

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var missing = &rules.Rule{
	ID:       "mx-missing",
	Severity: rules.Warning,
	Summary:  "a domain has no MX record",
	What: "The zone's domain has no MX record although it has an address. It is advice only where the domain's SPF record shows " +
		"that it sends no mail, or where it has an SPF record but no address. Top-level domains and reverse zones are not looked at.",
	Why: "Without an MX record senders deliver to the address of the domain itself, which is mostly a web server that takes no mail: " +
		"mail waits for days and bounces. A domain without mail says so with a null MX.",
	Bad: `@ IN A 192.0.2.1
`,
	Good: `@ IN A 192.0.2.1
@ IN MX 10 mx.example.net.
`,
	Refs: []string{"RFC 5321, section 5.1", "RFC 7505, section 3"},
	Fix:  rules.Manual,
	Run:  rules.On(rules.Zones, checkMissing),
}

func checkMissing(p *rules.Pass, z *zone.Zone) {
	if !z.Complete || z.Unread(z.Apex, zone.TypeMX) || len(z.Apex) <= 1 || len(z.Apex.Parent()) <= 1 || z.Apex.Within(arpa) {
		return
	}
	n, ok := z.Node(z.Apex)
	if !ok || n.Has(zone.TypeMX) || n.Has(zone.TypeCNAME) {
		return // with a CNAME there, zone-cname-apex has the word
	}
	address := ""
	spf, sends := false, false
	for r := range n.Records() {
		switch r.Type {
		case zone.TypeA, zone.TypeAAAA:
			if address == "" {
				address = r.Addr().String()
			}
		case zone.TypeTXT:
			if s := strings.Join(strings.Fields(r.TextPrefix(40)), " "); strings.EqualFold(s, "v=spf1") || len(s) > 7 && strings.EqualFold(s[:7], "v=spf1 ") {
				spf = true
				sends = sends || !strings.EqualFold(s, "v=spf1 -all")
			}
		}
	}
	var f rules.Finding
	advice := "add the MX records that your mail host gives, or MX 0 . if the domain takes no mail"
	switch {
	case address == "" && !sends:
		return
	case address == "":
		f = p.AtApex(zone.TypeMX, fmt.Sprintf("%s has an SPF record, but neither an MX nor an address, so mail that it sends cannot be answered. Add the MX of your mail host.", z.Apex)).As(rules.Info)
	case spf && !sends:
		f = p.AtApex(zone.TypeMX, fmt.Sprintf("%s sends no mail by its SPF record, but without an MX senders still try to deliver to its address %s. Say with a null MX that it takes none.", z.Apex, address)).As(rules.Info)
		advice = "add MX 0 . if the domain takes no mail"
	default:
		f = p.AtApex(zone.TypeMX, fmt.Sprintf("%s has no MX record, so senders deliver its mail to its own address %s. Add the MX of your mail host, or a null MX if it takes no mail.", z.Apex, address))
	}
	p.Report(f.WithFix(rules.Manual, advice))
}
