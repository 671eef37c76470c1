package pack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// clientHosts are the servers of mail programs that packs know, by their names,
// what is best known first. Those with variables are not among them, nor those
// of which nothing is confirmed.
type clientHosts map[zone.Name][]clientRow

type clientRow struct {
	pack *Pack
	*Client
}

func newClientHosts(packs []*Pack) clientHosts {
	out := clientHosts{}
	sure := map[zone.Name]bool{} // what is confirmed of a server is some ground for a verdict
	seen := map[*Pack]bool{}
	for _, p := range packs {
		if seen[p] {
			continue
		}
		seen[p] = true
		for i := range p.Clients {
			c := &p.Clients[i]
			if !c.Host.Fixed() {
				continue
			}
			if name, err := zone.ParseName(c.Host.Text, zone.Root); err == nil {
				out[name] = append(out[name], clientRow{p, c})
				sure[name] = sure[name] || !c.Unconfirmed
			}
		}
	}
	for name, rows := range out {
		if !sure[name] {
			delete(out, name)
			continue
		}
		slices.SortStableFunc(rows, func(a, b clientRow) int {
			return cmp.Or(first(!a.Unconfirmed, !b.Unconfirmed), first(a.pack.Confidence.Confirmed(), b.pack.Confidence.Confirmed()))
		})
	}
	return out
}

// retired reports whether a server works no more.
func (r clientRow) retired() bool { return r.Advice == Retired || r.pack.Status == Closed }

// clientRecord is a record of the zone that leads mail programs to a server
// that a pack knows.
type clientRecord struct {
	zone.Record
	rows []clientRow
	live []clientRow // those that still work
}

// clientSubject yields the CNAME and SRV records that lead to known servers.
func clientSubject(s Selector) *rules.Subject[clientRecord] {
	hosts := newClientHosts(slices.Concat(s.All, s.Forced))
	return &rules.Subject[clientRecord]{Each: func(p *rules.Pass, visit func(clientRecord)) {
		if len(hosts) == 0 || p.Zone.Class != zone.ClassIN {
			return
		}
		for _, t := range []zone.Type{zone.TypeCNAME, zone.TypeSRV} {
			for r := range p.Zone.OfType(t) {
				rows := hosts[r.Target()]
				if rows == nil {
					continue
				}
				c := clientRecord{Record: r, rows: rows}
				for _, row := range rows {
					if !row.retired() {
						c.live = append(c.live, row)
					}
				}
				visit(c)
			}
		}
	}}
}

// report gives a finding the pack that knows the server.
func (c *clientRecord) report(p *rules.Pass, f rules.Finding) {
	f.Pack = c.rows[0].pack.ID
	if !c.rows[0].pack.Confidence.Confirmed() {
		f.Severity = rules.Info
		f.Message += unconfirmed
	}
	p.Report(f)
}

func clientRetired(p *rules.Pass, c clientRecord) {
	if len(c.live) > 0 {
		return
	}
	part := zone.Field(0)
	if c.Type == zone.TypeSRV {
		part = zone.Field(3)
	}
	f := rules.At(c.Record, part, fmt.Sprintf("%s leads mail programs to %s, a server that %s has given up: they find nothing there, or someone else. Remove the record, or name the server that has the mailboxes now.",
		c.Name, c.Target(), c.rows[0].pack.Name))
	c.report(p, f.WithFix(rules.Unsafe, fmt.Sprintf("remove %s %s %s", c.Name.Relative(p.Zone.Apex), c.Type, c.RData()), zone.Remove(c.Record)))
}

// service is what the owner of an SRV record offers (RFC 6186, section 3; RFC
// 8314, section 5.1).
type service struct {
	protocol Protocol
	security Security // TLS, or StartTLS for services that begin in the clear
}

var services = map[string]service{
	"_imap": {IMAP, StartTLS}, "_imaps": {IMAP, TLS},
	"_pop3": {POP3, StartTLS}, "_pop3s": {POP3, TLS},
	"_submission": {Submission, StartTLS}, "_submissions": {Submission, TLS},
	"_sieve": {ManageSieve, StartTLS},
}

// usualPorts are the ports of services by the labels of their owners.
var usualPorts = map[string]uint16{
	"_imap": 143, "_imaps": 993, "_pop3": 110, "_pop3s": 995, "_submission": 587, "_submissions": 465, "_sieve": 4190,
}

// usual reports whether a port is that of some service of mail.
func usual(port uint16) bool {
	for _, p := range usualPorts {
		if p == port {
			return true
		}
	}
	return port == 25
}

// clientPort finds SRV records that name a server for a service which it does
// not have, or not on that port. What a port says by itself, whichever the
// server, is for the rules about SRV records.
func clientPort(p *rules.Pass, c clientRecord) {
	if c.Type != zone.TypeSRV || len(c.live) == 0 {
		return
	}
	label := strings.ToLower(c.Name.Label())
	want, ok := services[label]
	if !ok {
		return
	}
	var same []clientRow // rows of the protocol
	for _, r := range c.live {
		if r.Protocol == want.protocol {
			same = append(same, r)
		}
	}
	if len(same) == 0 {
		c.otherProtocol(p, want)
		return
	}
	_, _, port := c.SRV()
	at := func(r clientRow) bool { return r.Port == port }
	begins := func(r clientRow) bool { return (r.Security == TLS) == (want.security == TLS) }
	switch {
	case slices.ContainsFunc(same, func(r clientRow) bool { return at(r) && begins(r) }):
		return
	case port == 0, usual(port) && port != usualPorts[label]:
		return // srv-port-zero, srv-port-tls, srv-port-wrong
	}
	host := same[0].pack.Name
	good := slices.IndexFunc(same, func(r clientRow) bool { return begins(r) && r.Security != Plain })
	todo, remedy := offer(same)
	switch {
	case port == usualPorts[label]:
		// A host need not list all that its servers can do.
		f := rules.At(c.Record, zone.Field(2), fmt.Sprintf("The settings that %s gives for %s have no port %d with %s, so mail programs may find no answer there. %s",
			host, c.Target(), port, begin(want.security), todo)).As(rules.Info)
		c.report(p, f.WithFix(rules.Manual, remedy))
	case good >= 0:
		priority, weight, _ := c.SRV()
		next := zone.NewSRV(c.Name, c.TTL, priority, weight, same[good].Port, c.Target())
		next.Loc = c.Loc
		f := rules.At(c.Record, zone.Field(2), fmt.Sprintf("%s has no %s service on port %d of %s, so mail programs that believe the record do not connect. Write %d.", host, label, port, c.Target(), same[good].Port))
		c.report(p, f.WithFix(rules.Unsafe, fmt.Sprintf("write port %d", same[good].Port), zone.Replace(c.Record, next)))
	default:
		f := rules.At(c.Record, zone.Field(2), fmt.Sprintf("%s has no %s service on port %d of %s, so mail programs that believe the record do not connect. %s", host, label, port, c.Target(), todo))
		c.report(p, f.WithFix(rules.Manual, remedy))
	}
}

// otherProtocol reports a server that is for other protocols than the service.
func (c *clientRecord) otherProtocol(p *rules.Pass, want service) {
	var has []string
	var right zone.Name
	for _, r := range c.live {
		has = append(has, protocolNames[r.Protocol])
		for i := range r.pack.Clients {
			o := &r.pack.Clients[i]
			if right == "" && o.Protocol == want.protocol && o.Host.Fixed() && o.Security != Plain && o.Advice != Retired && !o.Unconfirmed {
				right, _ = zone.ParseName(o.Host.Text, zone.Root)
			}
		}
	}
	slices.Sort(has)
	what := protocolNames[want.protocol]
	f := rules.At(c.Record, zone.Field(3), fmt.Sprintf("%s names %s for %s, but %s gives that server for %s only, so mail programs may find no answer. Name its server for %s.",
		c.Name, c.Target(), what, c.live[0].pack.Name, enumerate(slices.Compact(has)), what))
	if right == "" { // the host has none, or says nothing of it
		c.report(p, f.As(rules.Info).WithFix(rules.Manual, fmt.Sprintf("name a server for %s, or remove the record", what)))
		return
	}
	c.report(p, f.WithFix(rules.Manual, fmt.Sprintf("name %s, the server of %s for %s", right, c.live[0].pack.ID, what)))
}

// protocolNames are the protocols as people write them.
var protocolNames = map[Protocol]string{IMAP: "IMAP", POP3: "POP3", Submission: "submission", ManageSieve: "ManageSieve"}

// begin says how TLS begins.
func begin(s Security) string {
	if s == TLS {
		return "TLS from the first octet"
	}
	return "STARTTLS"
}

// offer says which service to offer instead, in a sentence and as a fix: the
// best of some rows.
func offer(rows []clientRow) (todo, remedy string) {
	best := slices.MinFunc(rows, func(a, b clientRow) int { return Setting{Client: a.Client}.compare(Setting{Client: b.Client}) })
	if best.Security == Plain {
		return "Remove the record.", "remove the record, or name a server with TLS"
	}
	what := fmt.Sprintf("%s with port %d", serviceOf(best.Client), best.Port)
	return "Offer " + what + " instead.", "offer " + what
}

// serviceOf returns the label of the service that a server offers.
func serviceOf(c *Client) string {
	for label, s := range services {
		if s.protocol == c.Protocol && (s.security == TLS) == (c.Security == TLS) {
			return label
		}
	}
	return "_sieve" // which has no other label
}

// clientPlain finds SRV records that lead to a port on which the server has no
// TLS at all.
func clientPlain(p *rules.Pass, c clientRecord) {
	if c.Type != zone.TypeSRV || len(c.live) == 0 {
		return
	}
	want, ok := services[strings.ToLower(c.Name.Label())]
	if !ok {
		return
	}
	_, _, port := c.SRV()
	plain := false
	for _, r := range c.live {
		if r.Protocol == want.protocol && r.Port == port {
			if r.Security != Plain {
				return
			}
			plain = plain || !r.Unconfirmed
		}
	}
	if !plain {
		return
	}
	c.report(p, rules.At(c.Record, zone.Field(2), fmt.Sprintf("Port %d of %s has no TLS, so mail programs send passwords and mail in the clear. Offer a service with TLS instead.", port, c.Target())).
		WithFix(rules.Manual, "offer a service with TLS of the host, or remove the record"))
}
