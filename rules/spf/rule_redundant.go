package spf

import (
	"net/netip"

	"github.com/zonelint/zonelint/rules"
)

var dupInclude = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-dup-include",
		Severity: rules.Info,
		Summary:  "an SPF record has the same term twice",
		What:     "An include, a, mx, ptr or exists stands in a record for the second time, before any all. Addresses are the subject of spf-ip-redundant.",
		Why:      "What did not match the first time does not match the second time, but it counts again among the ten terms that may query the DNS.",
		Bad:      "@ IN TXT \"v=spf1 include:_spf.example.net a:mail.example.net include:_spf.example.net -all\"\n",
		Good:     "@ IN TXT \"v=spf1 include:_spf.example.net a:mail.example.net -all\"\n",
		Refs:     []string{"RFC 7208, section 4.6.4", "RFC 7208, section 4.6.2"},
		Fix:      rules.Safe,
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		again(c.SPF, func(i, first int) {
			t, f := &c.SPF.Terms[i], &c.SPF.Terms[first]
			out = append(out, verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) + " is there already as " +
				quote(c.SPF.Text[f.From:f.To]) + ", so it matches nothing but counts among the ten terms that may query the DNS. Remove it."})
		})
		return out
	},
	mend: func(c *Candidate) []mending {
		remove := map[int]bool{}
		again(c.SPF, func(i, _ int) { remove[i] = true })
		return []mending{{rules.Safe, "remove what is there already", c.SPF.without(func(i int, _ Term) bool { return remove[i] })}}
	},
}

// again calls found for each term that queries the DNS and is there before.
func again(r *Record, found func(i, first int)) {
	terms := r.tested()
	if n := r.Lookups(); n < 2 {
		return
	}
	var seen map[string]int
	for i := range terms {
		t := &terms[i]
		if !t.looksUp() || !t.Kind.Mechanism() || t.Faulty || len(terms) <= few && !repeats(terms, i) {
			continue
		}
		if seen == nil {
			seen = map[string]int{}
		}
		k := t.key()
		if first, ok := seen[k]; ok {
			found(i, first)
		} else {
			seen[k] = i
		}
	}
}

// few is up to how many terms it is cheaper to compare each with each.
const few = 24

// repeats reports whether another term is of the same kind and may have the
// same domain, so that it is worth to make a key of it.
func repeats(terms []Term, i int) bool {
	t := &terms[i]
	for j := range terms {
		if o := &terms[j]; j != i && o.Kind == t.Kind && (sameDomain(o.Domain, t.Domain)) {
			return true
		}
	}
	return false
}

var ipRedundant = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-ip-redundant",
		Severity: rules.Info,
		Summary:  "an address of an SPF record lies in a network that stands before it",
		What: "An ip4 or ip6 term names an address or network that lies in one of an earlier term. " +
			"If the two have different qualifiers it is a warning, since the later one is meant to change something and does not.",
		Why:  "The first term that matches decides, so the later one has no effect; it only makes the record longer and hides what is meant.",
		Bad:  "@ IN TXT \"v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.7 -all\"\n",
		Good: "@ IN TXT \"v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.7 -all\"\n",
		Refs: []string{"RFC 7208, section 4.6.2", "RFC 7208, section 5.6"},
		Fix:  rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		covered(c.SPF, func(i, by int) {
			t, o := &c.SPF.Terms[i], &c.SPF.Terms[by]
			v := verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) + " lies in " +
				quote(c.SPF.Text[o.From:o.To]) + " before it, which decides, so it has no effect. "}
			if t.Qualifier == o.Qualifier {
				v.message += "Remove it."
			} else {
				v.severity = rules.Warning
				v.message += "Put it before that term if it is an exception, or remove it."
			}
			out = append(out, v)
		})
		return out
	},
	mend: func(c *Candidate) []mending {
		remove := map[int]bool{}
		covered(c.SPF, func(i, by int) { remove[i] = c.SPF.Terms[i].Qualifier == c.SPF.Terms[by].Qualifier })
		edits := c.SPF.without(func(i int, _ Term) bool { return remove[i] })
		if edits == nil {
			return []mending{{safety: rules.Manual, description: "put the exception before the network, or remove it"}}
		}
		return []mending{{rules.Unsafe, "remove the addresses that have no effect", edits}}
	},
}

// network returns what ip4 and ip6 match.
func (t *Term) network() (netip.Prefix, bool) {
	bits := int(t.Bits4)
	switch {
	case t.Faulty || !t.Addr.IsValid():
		return netip.Prefix{}, false
	case t.Kind == IP6:
		bits = int(t.Bits6)
	}
	if bits < 0 {
		bits = t.Addr.BitLen()
	}
	p, err := t.Addr.Prefix(bits)
	return p, err == nil
}

// covered calls found for each ip4 and ip6 term that lies in an earlier one.
func covered(r *Record, found func(i, by int)) {
	terms := r.tested()
	if len(terms) > few {
		coveredOfMany(terms, found)
		return
	}
	for i := range terms {
		p, ok := terms[i].network()
		if !ok {
			continue
		}
		for j := range i {
			if terms[j].Kind != terms[i].Kind {
				continue
			}
			if q, ok := terms[j].network(); ok && q.Bits() <= p.Bits() && q.Contains(p.Addr()) {
				found(i, j)
				break
			}
		}
	}
}

// coveredOfMany is covered in linear time.
func coveredOfMany(terms []Term, found func(i, by int)) {
	seen := map[netip.Prefix]int{}
	var lengths [129]bool // of the networks that were seen
	for i := range terms {
		p, ok := terms[i].network()
		if !ok {
			continue
		}
		by := -1
		for bits := 0; bits <= p.Bits(); bits++ {
			if !lengths[bits] {
				continue
			}
			wider, _ := p.Addr().Prefix(bits)
			if j, ok := seen[wider]; ok && (by < 0 || j < by) {
				by = j
			}
		}
		if by >= 0 {
			found(i, by)
			continue
		}
		seen[p], lengths[p.Bits()] = i, true
	}
}
