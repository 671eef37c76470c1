package spf

import (
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var parked = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-parked",
		Severity: rules.Warning,
		Summary:  "a domain without mail does not say so in its SPF record",
		What: "A name has the MX record \".\", by which it takes no mail, and an SPF record that lets no host pass, but does not end in -all. " +
			"A record that names senders is left alone: a domain may send mail and take none.",
		Why: "Nobody may send mail for the domain, but forged mail is not told apart as clearly as it could be: with -all the result for it is fail.",
		Bad: "@ IN MX 0 .\n@ IN TXT \"v=spf1 ?all\"\n",
		Good: "@ IN MX 0 .\n" +
			"@ IN TXT \"v=spf1 -all\"\n",
		Refs: []string{"RFC 7208, section 10.1.2", "RFC 7505, section 4.2"},
		Fix:  rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		if c.grower == nil || len(c.SPF.Faults) > 0 {
			return nil
		}
		end := c.SPF.All()
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind == Redirect && end < 0 || t.Qualifier == Pass && (end < 0 || i <= end) {
				return nil
			}
		}
		if end >= 0 && c.SPF.Terms[end].Qualifier == Fail || !refuses(c.grower, c.Record.Name) {
			return nil
		}
		v := verdict{from: c.SPF.VersionFrom, to: c.SPF.VersionTo}
		if end >= 0 {
			v.from, v.to = c.SPF.Terms[end].From, c.SPF.Terms[end].To
		}
		v.message = c.Record.Name.String() + " takes no mail by its MX record and names no sender, but its SPF record does not end in -all, so forged mail is not refused. Publish \"v=spf1 -all\"."
		return []verdict{v}
	},
	mend: func(c *Candidate) []mending {
		if end := c.SPF.All(); end >= 0 {
			t := c.SPF.Terms[end]
			return []mending{{rules.Unsafe, "write -all", []Edit{{t.From, t.To, "-all"}}}}
		}
		n := len(c.SPF.Text)
		if k := len(c.SPF.Terms); k > 0 {
			n = c.SPF.Terms[k-1].To
		}
		return []mending{{rules.Unsafe, "add -all", []Edit{{n, n, " -all"}}}}
	},
}

// refuses reports whether a name of the zone has the one MX record "." (RFC
// 7505, section 3).
func refuses(g *grower, name zone.Name) bool {
	n, ok := g.zone.Node(name)
	if !ok || !n.Has(zone.TypeMX) {
		return false
	}
	for r := range n.Of(zone.TypeMX) {
		if r.Target() != zone.Root {
			return false
		}
	}
	return true
}
