package pack

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// clientSRVRule is silent unless Selector.ClientSRV asks for it: few domains
// have such records, and mail works without them.
func clientSRVRule(s Selector, run rules.Runner) *rules.Rule {
	if !s.ClientSRV {
		run = rules.On(rules.Zones, func(*rules.Pass, *zone.Zone) {})
	}
	return &rules.Rule{
		ID:       "pack-client-srv",
		Severity: rules.Info,
		Summary:  "there is no SRV record by which mail programs find the servers of the mail host (only with --client-srv)",
		What: "The zone has no SRV record for IMAP, POP3 or submission, and the mail host has a server for it with TLS. Looked for only with --client-srv. " +
			"Nothing is said where any SRV record of the protocol is there, with or without TLS, and be it one that says that there is no such service; " +
			"nor of hosts with several products, whose server is not known.",
		Why: "Some mail programs find the settings of an account by these records. The others, which are most, look for autoconfig or autodiscover. " +
			"Where the server is not below the user's own domain, a program has to ask the user whether it is the right one.",
		Bad:   "@ IN MX 1 smtp.google.com.\n",
		Good:  "_imaps._tcp IN SRV 0 1 993 imap.gmail.com.\n_pop3s._tcp IN SRV 10 1 995 pop.gmail.com.\n_submissions._tcp IN SRV 0 1 465 smtp.gmail.com.\n",
		Refs:  []string{"RFC 6186, section 3", "RFC 6186, section 6", "RFC 8314, section 5.1"},
		Fix:   rules.Safe,
		Run:   run,
		Packs: []string{"google-workspace"},
	}
}

// clientServices are the services that mail programs look for, with the label
// for TLS from the first octet, that for STARTTLS, and the priority: that of
// POP3 is worse, so that a program which can do both takes IMAP (RFC 6186,
// section 3.4).
var clientServices = []struct {
	protocol      Protocol
	tls, starttls string
	priority      uint16
}{
	{IMAP, "_imaps", "_imap", 0},
	{POP3, "_pop3s", "_pop3", 10},
	{Submission, "_submissions", "_submission", 0},
}

// clientSRV finds the services of the mailbox host that no SRV record tells of.
func clientSRV(given Bindings) func(*rules.Pass, *composition) {
	return func(p *rules.Pass, comp *composition) {
		var c *check // of the one host with the mailboxes
		for _, k := range comp.checks {
			if k.pack.Kind != Mailbox && k.pack.Kind != Server && (k.pack.Kind != Settings || !k.forced) {
				continue
			}
			if c != nil {
				return
			}
			c = k
		}
		if c == nil || len(c.pack.Clients) == 0 || !c.sure && c.behind == nil {
			return // without MX records, an include alone does not show where the mailboxes are
		}
		settings, err := Selector{Given: given}.Settings(c.pack, c.z, "")
		if err != nil {
			return
		}
		choice, _ := Choose(settings, "")
		if len(choice.Others) > 0 {
			return // what the customer bought is not known
		}
		servers := slices.Concat(choice.Incoming, choice.Outgoing)
		for _, s := range clientServices {
			server, ok := c.toPublish(p, servers, s.protocol)
			if !ok || c.told(s.tls) || c.told(s.starttls) {
				continue
			}
			label := s.tls
			if server.Security == StartTLS {
				label = s.starttls
			}
			owner, err := c.z.Apex.Child(label + "._tcp")
			if err != nil {
				continue // too long for a name
			}
			target, err := zone.ParseName(server.Server, zone.Root)
			if err != nil {
				continue
			}
			r := zone.NewSRV(owner, newTTL(c.z, owner, zone.TypeSRV), s.priority, 1, server.Port, target)
			f := p.AtApex(zone.TypeSRV, fmt.Sprintf("No SRV record tells mail programs the %s server of %s, so those that look for one have to guess. Add %s SRV %s.",
				protocolNames[s.protocol], c.pack.ID, owner, r.RData()))
			f.Name = owner
			c.report(p, f.WithFix(rules.Safe, fmt.Sprintf("add %s SRV %s", owner.Relative(c.z.Apex), r.RData()), zone.Add(r)))
		}
	}
}

// toPublish returns the server of a protocol to name in an SRV record, one with
// TLS from the first octet before others (RFC 8314, section 5.1). ok is false if
// there is none of which the host itself tells, that a user can log in to with
// the address (RFC 6186, section 4), and that has a name of its own (RFC 2782).
func (c *check) toPublish(p *rules.Pass, settings []Setting, protocol Protocol) (best Setting, ok bool) {
	for _, s := range settings {
		if s.Protocol != protocol || s.Unconfirmed || s.Advice == Discouraged || s.User == Account || s.Missing != nil {
			continue
		}
		if ok && (best.Security == TLS || s.Security != TLS) {
			continue
		}
		if name, err := zone.ParseName(s.Server, zone.Root); err == nil && c.isServer(p, name) {
			best, ok = s, true
		}
	}
	return best, ok
}

// isServer reports whether a name is not known to be an alias or to have no
// address. A name of the zone itself must have one there.
func (c *check) isServer(p *rules.Pass, name zone.Name) bool {
	if name.Within(c.z.Apex) {
		return c.z.Lookup(name, zone.TypeA).Status == zone.Found || c.z.Lookup(name, zone.TypeAAAA).Status == zone.Found
	}
	if len(p.Servers) == 0 {
		return true
	}
	a, aaaa := p.Lookup(name, zone.TypeA), p.Lookup(name, zone.TypeAAAA)
	return len(a.Aliases) == 0 && !(a.Status.Absent() && aaaa.Status.Absent())
}

// told reports whether the zone, or the pack's own list of records, has anything
// at the owner of a service, or may have.
func (c *check) told(label string) bool {
	for i := range c.pack.Records {
		if r := &c.pack.Records[i]; r.Type == zone.TypeSRV && r.Name.Text == label+"._tcp" {
			return true
		}
	}
	owner, err := c.z.Apex.Child(label + "._tcp")
	if err != nil {
		return false
	}
	return !c.z.Lookup(owner, zone.TypeSRV).Status.Absent() || c.z.RRset(doubled(owner, c.z.Apex), zone.TypeSRV) != nil
}
