package evaluate

import (
	"fmt"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// pointers are the names of the client's address.
type pointers struct {
	reply     resolve.Answer // to the question for PTR records
	validated []zone.Name    // which are at the address
	unclear   []zone.Name    // whose addresses nobody knows
}

// pointers finds the names of the client's address and validates the first ten
// of them (RFC 7208, sections 4.6.4 and 5.5).
func (c *checker) pointers() *pointers {
	if c.names != nil {
		return c.names
	}
	p := &pointers{reply: c.lookup(reverse(c.ip), zone.TypePTR)}
	c.names = p
	for _, r := range p.reply.Records[:min(len(p.reply.Records), maxPTR)] {
		name := r.Target()
		a := c.lookup(name, c.family())
		switch {
		case a.Status == zone.Unknown && a.Err == nil:
			p.unclear = append(p.unclear, name)
		case a.Status == zone.Found:
			for _, r := range a.Records {
				if r.Addr() == c.ip {
					p.validated = append(p.validated, name)
					break
				}
			}
		}
	}
	return p
}

// unanswered is what becomes of a term that needs the names of the client where
// there are none. An error is no match: the reverse zone is not the sender's.
func (c *checker) unanswered(p *pointers, i int) answer {
	if p.reply.Status == zone.Unknown && p.reply.Err != nil {
		return notMatched("the PTR records of %s cannot be had: %v", c.ip, p.reply.Err)
	}
	return c.missing(p.reply, zone.TypePTR, i, Unknown)
}

// ptr is RFC 7208, section 5.5.
func (c *checker) ptr(to aim, i int) answer {
	p := c.pointers()
	if p.reply.Status != zone.Found {
		return c.unanswered(p, i)
	}
	for _, name := range p.validated {
		if name.Within(to.name) {
			return answer{outcome: Matched, detail: fmt.Sprintf("%s is a name of %s", name, c.ip)}
		}
	}
	a := notMatched("no name of %s within %s is at that address", c.ip, to.name)
	for _, name := range p.unclear {
		if name.Within(to.name) {
			c.gap(name, c.family(), i, Unknown)
			a = answer{outcome: Unclear, detail: fmt.Sprintf("nothing is known of the %s records of %s", c.family(), name)}
		}
	}
	return a
}

// validated is the macro %{p}: the validated name of the client that is nearest
// to the domain (RFC 7208, section 7.3). Its query counts as a lookup (section
// 4.6.4). bad tells what keeps the macro from being expanded.
func (c *checker) validated(f *frame, i int, bad *answer) string {
	const none = "unknown"
	if a := c.count(); a.outcome != NotMatched {
		*bad = a
		return none
	}
	p := c.pointers()
	if p.reply.Status != zone.Found {
		// A DNS error and a void answer both give "unknown".
		if a := c.unanswered(p, i); a.outcome != NotMatched {
			*bad = a
		}
		return none
	}
	best := zone.Name("")
	for _, name := range p.validated {
		switch {
		case name == f.name:
			return written(name)
		case best == "", name.Below(f.name) && !best.Below(f.name):
			best = name
		}
	}
	if len(p.unclear) > 0 {
		name := p.unclear[0]
		c.gap(name, c.family(), i, Unknown)
		*bad = answer{outcome: Unclear, detail: fmt.Sprintf("nothing is known of the %s records of %s", c.family(), name)}
	}
	if best == "" {
		return none
	}
	return written(best)
}
