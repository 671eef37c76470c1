package hygiene

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var rname = &rules.Rule{
	ID:       "zone-rname",
	Severity: rules.Warning,
	Summary:  "the SOA record does not name a mailbox that can be written to",
	What: "The second name of the SOA record is the mailbox of the person responsible for the zone, with a dot in place of the @. " +
		"It is reported where it holds an @ or got the origin put behind it, and as advice where its domain certainly takes no mail.",
	Why: "Whoever sees a mistake in the zone, such as mail that is lost, writes to that mailbox. With an @ the address is read as another one, and the mail comes back.",
	Bad: "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1.example.net. hostmaster@example.com. 2026112101 7200 3600 1209600 3600\n" +
		"@ IN NS ns1.example.net.\n@ IN MX 10 mail.example.net.\n",
	Good: "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1.example.net. hostmaster.example.com. 2026112101 7200 3600 1209600 3600\n" +
		"@ IN NS ns1.example.net.\n@ IN MX 10 mail.example.net.\n",
	Refs: []string{"RFC 1035, section 3.3.13", "RFC 1035, section 8", "RFC 1912, section 2.2"},
	Fix:  rules.Safe,
	Run:  rules.On(rules.Records(zone.TypeSOA), checkRName),
}

func checkRName(p *rules.Pass, r zone.Record) {
	soa, ok := r.SOA()
	if !ok || r.Name != p.Zone.Apex || soa.RName.NumLabels() < 2 {
		return
	}
	part := zone.Field(1)
	if strings.IndexByte(string(soa.RName), '@') >= 0 {
		checkAt(p, r, soa, written(r, part))
		return
	}
	if repeats(soa.RName, p.Zone.Apex) {
		word := written(r, part)
		if full, _, ok := completed(soa.RName, word); ok && full.Below(p.Zone.Apex) {
			f := rules.At(r, part, fmt.Sprintf("The mailbox %s lacks its final dot, so it is read as %s. Write %s with the dot.", word, mailbox(soa.RName), full))
			p.Report(f.WithFix(rules.Safe, fmt.Sprintf("write the mailbox as %s", full), zone.Replace(r, withRName(r, soa, full))))
			return
		}
	}
	checkContact(p, r, soa.RName)
}

// checkAt reports a mailbox that is written with an @: that is part of a label
// then, and the dot behind it ends what is read as the local part.
func checkAt(p *rules.Pass, r zone.Record, soa zone.SOA, word string) {
	f := rules.At(r, zone.Field(1), fmt.Sprintf("The mailbox %s is written with an @, where the SOA record has a dot, so it is read as another address.", soa.RName))
	meant, ok := splitMailbox(soa.RName, p.Zone.Apex, word)
	if !ok {
		p.Report(f.WithFix(rules.Manual, "write the mailbox with a dot in place of the @"))
		return
	}
	f.Message += fmt.Sprintf(" Write %s", meant)
	p.Report(f.WithFix(rules.Safe, fmt.Sprintf("write the mailbox as %s", meant), zone.Replace(r, withRName(r, soa, meant))))
}

// splitMailbox returns the mailbox that a name with an @ was meant as: what
// stands before it is the first label, dots and all (RFC 1035, section 8). It
// is not certain what is meant if the word that wrote the name has no final
// dot, unless its domain is the zone's own or a whole one.
func splitMailbox(n, apex zone.Name, word string) (meant zone.Name, ok bool) {
	local := ""
	for ; len(n) > 1; n = n.Parent() {
		before, after, found := strings.Cut(n.Label(), "@")
		if !found {
			local += before + "."
			continue
		}
		local += before
		if local == "" || after == "" || len(local) > zone.MaxLabel || strings.Contains(after, "@") {
			return "", false
		}
		domain := zone.Name([]byte{byte(len(after))}) + zone.Name(after) + n.Parent()
		if relative(word) && domain.Below(apex) && domain.Parent() != apex {
			// The dot is missing too, unless that was a host of the zone.
			domain = domain[:len(domain)-len(apex)] + zone.Root
			if domain != apex && registered(domain) == 0 {
				return "", false
			}
		}
		meant = zone.Name([]byte{byte(len(local))}) + zone.Name(local) + domain
		return meant, len(meant) <= zone.MaxName
	}
	return "", false
}

// withRName returns an SOA record with another mailbox.
func withRName(r zone.Record, soa zone.SOA, name zone.Name) zone.Record {
	r.Data = string(soa.MName) + string(name) + r.Data[len(r.Data)-20:]
	return r
}

// mailbox writes a name as the address that it stands for.
func mailbox(n zone.Name) string {
	return n.Label() + "@" + strings.TrimSuffix(n.Parent().String(), ".")
}

// checkContact gives advice on a mailbox whose domain has no mail (RFC 5321,
// section 5.1; RFC 7505).
func checkContact(p *rules.Pass, r zone.Record, name zone.Name) {
	domain := name.Parent()
	if !domain.Within(p.Zone.Apex) && len(p.Servers) == 0 {
		return
	}
	mx := p.Lookup(domain, zone.TypeMX)
	why := ""
	switch {
	case mx.Status == zone.Found:
		for _, o := range mx.Records {
			if o.Target() != zone.Root {
				return
			}
		}
		why = fmt.Sprintf("%s has a null MX", domain)
	case !mx.Status.Absent() || !p.Lookup(domain, zone.TypeA).Status.Absent() || !p.Lookup(domain, zone.TypeAAAA).Status.Absent():
		return
	default:
		why = fmt.Sprintf("%s has neither an MX nor an address", domain)
	}
	f := rules.At(r, zone.Field(1), fmt.Sprintf("Mail to %s, the contact of the zone, cannot be delivered: %s. Name a mailbox that is read.", mailbox(name), why)).As(rules.Info)
	if domain.Parent() == p.Zone.Apex && mx.Status == zone.NameError {
		f.Message += fmt.Sprintf(" If %s.%s@%s is meant, write %s\\.%s.%s", name.Label(), domain.Label(), strings.TrimSuffix(p.Zone.Apex.String(), "."), name.Label(), domain.Label(), p.Zone.Apex)
	}
	p.Report(f.WithFix(rules.Manual, "name a mailbox that takes mail"))
}
