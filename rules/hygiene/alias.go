package hygiene

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

var cnameChain = &rules.Rule{
	ID:       "zone-cname-chain",
	Severity: rules.Warning,
	Summary:  "a name is behind more CNAMEs than resolvers follow",
	What: "The target of a CNAME is a CNAME too, and so on for more than eight in a row. Shorter chains work everywhere and are not reported. " +
		"CNAMEs outside of the zone count where their zone is given too, or the DNS is asked (--live).",
	Why: "Resolvers bound the number of CNAMEs that they follow; older ones gave up after eight, others after ten or eleven. " +
		"Behind such a chain, mail programs and receivers find a host, key or policy in one network and not in another.",
	Bad: "imap IN CNAME a1\na1 IN CNAME a2\na2 IN CNAME a3\na3 IN CNAME a4\na4 IN CNAME a5\na5 IN CNAME a6\n" +
		"a6 IN CNAME a7\na7 IN CNAME a8\na8 IN CNAME mail\nmail IN A 192.0.2.1\n",
	Good: "imap IN CNAME mail\nmail IN A 192.0.2.1\n",
	Refs: []string{"RFC 1034, section 3.6.2", "RFC 1034, section 5.2.2"},
	Fix:  rules.Unsafe,
	Run:  rules.On(cnames, checkChain),
}

var cnameDangling = &rules.Rule{
	ID:       "zone-cname-dangling",
	Severity: rules.Warning,
	Summary:  "a CNAME points at a name that does not exist",
	What: "The target of a CNAME lies in the zone, and the zone has nothing there. A target outside of the zone is judged where its zone is given too, " +
		"or the DNS is asked (--live). Names that certificate authorities look at for a moment are passed over; DKIM selectors and _dmarc names have rules of their own.",
	Why: "The name leads nowhere: a mail program does not find its server, a receiver no policy or key. " +
		"Where the target's domain is no longer registered, whoever registers it answers for the name.",
	Bad:  "imap IN CNAME mail\n",
	Good: "imap IN CNAME mail\nmail IN A 192.0.2.1\n",
	Refs: []string{"RFC 1034, section 3.6.2", "RFC 2308, section 2.1"},
	Fix:  rules.Manual,
	Run:  rules.On(cnames, checkDangling),
}

// alias is a CNAME record. It is good for one visit.
type alias struct {
	zone.Record
	target zone.Name

	asked bool
	far   resolve.Answer
}

// cnames is the subject of all CNAME records.
var cnames = &rules.Subject[*alias]{New: func() func(*rules.Pass, func(*alias)) { return new(alias).each }}

func (c *alias) each(p *rules.Pass, visit func(*alias)) {
	for r := range p.Zone.OfType(zone.TypeCNAME) {
		*c = alias{Record: r, target: r.Target()}
		visit(c)
	}
}

// behind looks the target up, once for all rules: outside of the zone that asks
// one server after another.
func (c *alias) behind(p *rules.Pass) *resolve.Answer {
	if !c.asked {
		c.asked, c.far = true, p.Lookup(c.target, zone.TypeA)
	}
	return &c.far
}

// maxAliases is how many CNAMEs in a row every resolver follows: Unbound took
// no more than eight until version 1.13.2.
const maxAliases = 8

func checkChain(p *rules.Pass, r *alias) {
	t := r.target
	if !t.Within(p.Zone.Apex) {
		if len(p.Servers) == 0 || len(r.behind(p).Aliases) < maxAliases {
			return
		}
	} else if n, ok := p.Zone.NodeFor(t); !ok || !n.Has(zone.TypeCNAME) {
		return
	}
	a := p.Lookup(r.Name, zone.TypeA)
	if len(a.Aliases) <= maxAliases || a.Aliases[0] != r.Name || errors.Is(a.Err, resolve.ErrLoop) {
		return
	}
	f := rules.At(r.Record, zone.Field(0), fmt.Sprintf(
		"%s is behind at least %d CNAMEs in a row, and some resolvers follow no more than %d, so they do not find it. Point it at the host itself.", r.Name, len(a.Aliases), maxAliases))
	if a.Status == zone.Found && a.From == resolve.Itself {
		p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("point the CNAME at %s, where the chain ends", a.Name), zone.Replace(r.Record, r.WithTarget(a.Name))))
		return
	}
	p.Report(f.WithFix(rules.Manual, "point the CNAME at the name where the chain ends"))
}

func checkDangling(p *rules.Pass, r *alias) {
	t, apex := r.target, p.Zone.Apex
	within := t.Within(apex)
	if !within && len(p.Servers) == 0 {
		return
	}
	if _, ok := p.Zone.Node(t); ok || !r.Name.Within(apex) || p.Zone.Cut(r.Name) != "" || forChallenge(r.Name) || forChallenge(t) || belowDomainKey(r.Name) || r.Name.Label() == "_dmarc" {
		return
	}
	a := r.behind(p)
	if a.Status != zone.NameError {
		return
	}
	if n := len(a.Aliases); n > 0 && a.Aliases[n-1].Within(apex) {
		return // the last CNAME of the zone is the one to mend
	}
	where := ""
	switch {
	case a.From == resolve.Itself:
		where = " in the zone"
	case a.Date != "":
		where = " as of " + a.Date
	}
	f := rules.At(r.Record, zone.Field(0), fmt.Sprintf("This CNAME points at %s, and there is no such name%s, so %s leads nowhere. Correct the target, or remove the CNAME.", a.Name, where, r.Name))
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("point the CNAME of %s at a name that exists, or remove it", r.Name)))
}

// forChallenge reports whether a name is there for the proofs that certificate
// authorities ask for, which stand in the DNS for minutes only (RFC 8555,
// section 8.4).
func forChallenge(n zone.Name) bool { return strings.Contains(string(n), "\x0f_acme-challenge") }
