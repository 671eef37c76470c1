package hygiene

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var targetIP = &rules.Rule{
	ID:       "zone-target-ip",
	Severity: rules.Error,
	Summary:  "a target is an IP address where a host name belongs",
	What: "The target of a CNAME, NS or SRV record is written as an IP address. Such a record takes a domain name, so that the address is read as one: " +
		"192.0.2.1 becomes the name 192.0.2.1.example.com. Addresses in MX records are mx-target-ip.",
	Why: "No such name exists, so the record leads nowhere: a mail program does not find its server, and a delegated zone does not answer.",
	Bad: "imap IN CNAME 192.0.2.1\n",
	Good: "imap IN A 192.0.2.1\n" +
		"_imaps._tcp IN SRV 0 1 993 imap\n",
	Refs:       []string{"RFC 1035, section 3.3.1", "RFC 1035, section 3.3.11", "RFC 2782"},
	Fix:        rules.Unsafe,
	Supersedes: []string{"zone-cname-dangling"},
	Run:        rules.On(targets, checkTargetIP),
}

func checkTargetIP(p *rules.Pass, r zone.Record) {
	t := r.Target()
	if !numeric(t) {
		return
	}
	addr, rest, ok := addressIn(t)
	if !ok {
		return
	}
	severity := rules.Error
	what := "which does not exist"
	if rest != zone.Root {
		if _, exists := p.Zone.Node(t); exists || !rest.Within(p.Zone.Apex) || !spellsAddress(r, rest) {
			return // a host that is named like that
		}
		if a := p.Zone.Lookup(t, zone.TypeSOA); !a.Status.Absent() || a.Wildcard != "" {
			severity, what = rules.Warning, "which is hardly meant"
		}
	}
	f := rules.At(r, targetField(r.Type), fmt.Sprintf(
		"This %s record points at the address %s, but takes a host name: it is read as the name %s, %s. ", r.Type, addr, t, what)).As(severity)
	if r.Type != zone.TypeCNAME {
		f.Message += "Point it at a host that has this address."
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("give %s a host name, and point the %s record at it", addr, r.Type)))
		return
	}
	as := zone.TypeA
	if addr.Is6() {
		as = zone.TypeAAAA
	}
	f.Message += fmt.Sprintf("Use an %s record.", as)
	n, _ := p.Zone.Node(r.Name)
	if n.HasOther(zone.TypeCNAME) || n.Multi() {
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("write %s as an %s record in place of the CNAME", addr, as)))
		return
	}
	address := zone.Record{Name: r.Name, Type: as, Class: r.Class, TTL: r.TTL, Data: string(addr.AsSlice())}
	p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("write %s as an %s record in place of the CNAME", addr, as), zone.Remove(r), zone.Add(address)))
}

// spellsAddress reports whether the target is written as an address and
// nothing more. Where one cannot see that, a reverse zone may have such names.
func spellsAddress(r zone.Record, rest zone.Name) bool {
	word := written(r, targetField(r.Type))
	if word == "" {
		return !rest.Within(arpa)
	}
	_, err := netip.ParseAddr(word)
	return err == nil
}

var arpa = zone.MustName("arpa")

// numeric reports whether a name may begin with an IP address, as hardly any
// does.
func numeric(n zone.Name) bool {
	if len(n) < 3 {
		return false
	}
	l := n.Label()
	return strings.IndexByte(l, ':') >= 0 || len(l) <= 3 && l[0] >= '0' && l[0] <= '9' && l[len(l)-1] >= '0' && l[len(l)-1] <= '9'
}

// addressIn returns the address that the first labels of a name spell, and the
// name behind it.
func addressIn(n zone.Name) (addr netip.Addr, rest zone.Name, ok bool) {
	rest = n.Parent()
	text := n.Label()
	if strings.IndexByte(text, ':') < 0 {
		for range 3 {
			if len(rest) <= 1 {
				return addr, "", false
			}
			text += "." + rest.Label()
			rest = rest.Parent()
		}
	}
	addr, err := netip.ParseAddr(text)
	return addr, rest, err == nil && addr.Zone() == ""
}
