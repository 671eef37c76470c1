package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// clientHosts are the servers of mail programs that packs know, by their names;
// those with variables are not among them.
type clientHosts map[zone.Name][]clientRow

type clientRow struct {
	pack *Pack
	*Client
}

func newClientHosts(packs []*Pack) clientHosts {
	out := clientHosts{}
	for _, p := range packs {
		for i := range p.Clients {
			c := &p.Clients[i]
			if !c.Host.Fixed() || c.Unconfirmed {
				continue
			}
			if name, err := zone.ParseName(c.Host.Text, zone.Root); err == nil {
				out[name] = append(out[name], clientRow{p, c})
			}
		}
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

// clientPort finds SRV records whose port the server does not have for the
// service.
func clientPort(p *rules.Pass, c clientRecord) {
	if c.Type != zone.TypeSRV || len(c.live) == 0 {
		return
	}
	label := strings.ToLower(c.Name.Label())
	want, ok := services[label]
	if !ok {
		return
	}
	_, _, port := c.SRV()
	var same []clientRow // rows of the protocol
	for _, r := range c.live {
		if r.Protocol == want.protocol {
			same = append(same, r)
		}
	}
	if len(same) == 0 {
		var has []string
		for _, r := range c.live {
			has = append(has, string(r.Protocol))
		}
		slices.Sort(has)
		c.report(p, rules.At(c.Record, zone.Field(3), fmt.Sprintf("%s offers %s at %s, which %s runs for %s alone: mail programs find no answer. Name its server for %s.",
			c.Name, want.protocol, c.Target(), c.rows[0].pack.Name, enumerate(slices.Compact(has)), want.protocol)).
			WithFix(rules.Manual, fmt.Sprintf("name the server of %s for %s", c.rows[0].pack.ID, want.protocol)))
		return
	}
	at := func(r clientRow) bool { return r.Port == port }
	if slices.ContainsFunc(same, func(r clientRow) bool { return at(r) && (r.Security == TLS) == (want.security == TLS) }) {
		return
	}
	var good []clientRow // ports for the service as its name says it
	for _, r := range same {
		if (r.Security == TLS) == (want.security == TLS) {
			good = append(good, r)
		}
	}
	message := fmt.Sprintf("%s has no %s service on port %d of %s: mail programs find no answer there.", c.rows[0].pack.Name, label, port, c.Target())
	if slices.ContainsFunc(same, at) {
		message = fmt.Sprintf("Port %d of %s is not for %s, which %s: mail programs that believe the record cannot connect.", port, c.Target(), label, speaks(want.security))
	}
	if len(good) == 0 {
		c.report(p, rules.At(c.Record, zone.Field(2), message+" Remove the record.").WithFix(rules.Unsafe, "remove it", zone.Remove(c.Record)))
		return
	}
	priority, weight, _ := c.SRV()
	next := zone.NewSRV(c.Name, c.TTL, priority, weight, good[0].Port, c.Target())
	next.Loc = c.Loc
	c.report(p, rules.At(c.Record, zone.Field(2), fmt.Sprintf("%s Write %d.", message, good[0].Port)).
		WithFix(rules.Unsafe, fmt.Sprintf("write port %d", good[0].Port), zone.Replace(c.Record, next)))
}

func speaks(s Security) string {
	if s == TLS {
		return "speaks TLS from the first octet"
	}
	return "begins without TLS"
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
			plain = true
		}
	}
	if !plain {
		return
	}
	c.report(p, rules.At(c.Record, zone.Field(2), fmt.Sprintf("Port %d of %s has no TLS, so mail programs send passwords and mail in the clear. Offer a service with TLS instead.", port, c.Target())).
		WithFix(rules.Manual, "offer a service with TLS of the host, or remove the record"))
}
