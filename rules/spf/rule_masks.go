package spf

import (
	"strconv"

	"github.com/zonelint/zonelint/rules"
)

var hostBits = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-host-bits",
		Severity: rules.Info,
		Summary:  "a network of an SPF record is written with the address of a host in it",
		What:     "An ip4 or ip6 term has a prefix length, and bits of the address behind that length are not zero.",
		Why:      "Receivers compare only as many bits as the length says, so the term passes the whole network and not the one host that it seems to name.",
		Bad:      "@ IN TXT \"v=spf1 ip4:192.0.2.77/24 -all\"\n",
		Good:     "@ IN TXT \"v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.77 -all\"\n",
		Refs:     []string{"RFC 7208, section 5", "RFC 7208, section 5.6"},
		Fix:      rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			p, ok := t.network()
			if !ok || p.Addr() == t.Addr || p.Bits() == 0 { // everybody: spf-prefix-zero
				continue
			}
			name := t.Kind.String() + ":"
			out = append(out, verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) + " passes the whole network " + p.String() +
				". Write " + quote(name+p.String()) + " if that is meant, or " + quote(name+t.Addr.String()) + " for the host alone."})
		}
		return out
	},
	mend: func(*Candidate) []mending {
		return []mending{{safety: rules.Manual, description: "write the network with zeros behind its length, or the host without a length"}}
	},
}

var prefixZero = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-prefix-zero",
		Severity: rules.Warning,
		Summary:  "a term of an SPF record matches every address",
		What: "ip4 or ip6 has the length 0, so that it matches all addresses of its family, or a or mx has it, so that it does so as soon as there is one address. " +
			"Or the name of an exists term has no macro and an address, so that it is the same for all. " +
			"Terms with another qualifier than +, which let nobody pass, are left alone.",
		Why:  "As with +all, every host on the Internet passes SPF for the domain, and DMARC with it.",
		Bad:  "@ IN TXT \"v=spf1 ip4:192.0.2.0/0 -all\"\n",
		Good: "@ IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n",
		Refs: []string{"RFC 7208, section 5.6", "RFC 7208, section 5.3", "RFC 7208, section 5.7"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		for i := range c.SPF.tested() {
			t := &c.SPF.Terms[i]
			if t.Faulty || t.Qualifier != Pass {
				continue
			}
			if t.Kind == Exists && c.tree() != nil && c.tree().Branches[i].Always {
				out = append(out, verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) +
					" matches for every host, because the name always exists, so anybody may send mail in the name of the domain. Name the host with a, or use a macro."})
			}
			if t.Bits4 != 0 && t.Bits6 != 0 {
				continue
			}
			family := "IPv4"
			if t.Bits4 != 0 {
				family = "IPv6"
			} else if t.Bits6 == 0 {
				family = "IP"
			}
			out = append(out, verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) + " matches every " + family +
				" address, so anybody may send mail in the name of the domain. Write the length of the network that is meant."})
		}
		return out
	},
	mend: func(c *Candidate) []mending {
		for i := range c.SPF.tested() {
			t := &c.SPF.Terms[i]
			if t.Kind == IP4 && t.Bits4 == 0 && !t.Addr.IsUnspecified() {
				return []mending{{safety: rules.Manual, description: "write the length of the network, as in ip4:" + t.Addr.String() + "/" + strconv.Itoa(24)}}
			}
		}
		return []mending{{safety: rules.Manual, description: "write the length of the network that is meant"}}
	},
}
