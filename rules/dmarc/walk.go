package dmarc

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// state is what is known of the DMARC record of a domain.
type state uint8

const (
	open    state = iota // nobody knows whether there is one
	absent               // receivers find none
	present              // they find one
)

// at returns the DMARC record that receivers find for exactly this domain: the
// only one at its "_dmarc" name whose version they accept, in the zone or
// outside of it (RFC 9989, section 4.10, steps 2 and 6).
func at(p *rules.Pass, domain zone.Name) (r Record, s state) {
	name, err := domain.Child("_dmarc")
	if err != nil {
		return r, absent
	}
	a := p.Lookup(name, zone.TypeTXT)
	switch {
	case a.Status.Absent():
		return r, absent
	case a.Status != zone.Found:
		return r, open
	}
	return only(a.Records)
}

// only returns the one record among those at a name that receivers accept.
func only(records []zone.Record) (r Record, s state) {
	s = absent
	for _, txt := range records {
		d := Parse(txt.Text(), true, nil)
		if !d.Version.Valid() {
			continue
		}
		if s == present {
			return Record{}, absent // several are all discarded
		}
		r, s = d, present
	}
	return r, s
}

// walked is the most labels of a domain that the tree walk asks for, once it has asked for
// the domain itself (RFC 9989, section 4.10, step 4).
const walked = 7

// above returns the domain that the tree walk asks for after this one, "" at
// the end.
func above(domain zone.Name) zone.Name {
	n := domain.NumLabels()
	if n <= 1 {
		return ""
	}
	for ; n > walked+1; n-- {
		domain = domain.Parent()
	}
	return domain.Parent()
}

// course is the outcome of a tree walk.
type course struct {
	// state is open where a name that nobody knows of could change the outcome,
	// absent where there is no record at all.
	state state
	// org is the Organizational Domain (RFC 9989, section 4.10.2).
	org zone.Name
	// from is the domain whose record applies to domains below without one: the
	// Organizational Domain or, where that has none, the public suffix (section
	// 4.10.1).
	from   zone.Name
	record Record
}

// walk makes the tree walk of a domain. It begins at the domain itself or, to
// find the policy of a domain without a record, above it.
func walk(p *rules.Pass, domain zone.Name, itself bool) course {
	c := course{state: absent, org: domain}
	d := domain
	if !itself {
		d = above(domain)
	}
	for ; d != ""; d = above(d) {
		found, known := at(p, d)
		switch known {
		case absent:
			continue
		case open:
			// A public suffix has no record or one that says psd=y, so that the
			// Organizational Domain lies below it. If that has no record, what
			// applies is not known.
			if c.state != present || !isSuffix(d) {
				c.state = open
			}
			return c
		}
		switch psd, _ := found.Tag("psd"); {
		case strings.EqualFold(psd.Value.Of(found.Text), "n"):
			return course{present, d, d, found}
		case strings.EqualFold(psd.Value.Of(found.Text), "y") && d != domain:
			if org := under(domain, d); c.state != present || c.org != org {
				return course{present, org, d, found}
			}
			return c
		}
		c = course{present, d, d, found}
	}
	return c
}

// under returns the domain one label below another, on the way to the first.
func under(domain, top zone.Name) zone.Name {
	for domain.Parent() != top {
		domain = domain.Parent()
	}
	return domain
}

// isSuffix reports whether a domain is a public suffix that registries run,
// and not one where a company lets its customers have names.
func isSuffix(domain zone.Name) bool {
	name := strings.TrimSuffix(domain.String(), ".")
	suffix, icann := publicsuffix.PublicSuffix(name)
	return suffix == name && (icann || !strings.Contains(name, "."))
}

// listed returns the Organizational Domain by the public suffix list, as
// receivers by RFC 7489, section 3.2, find it; "" for a public suffix.
func listed(domain zone.Name) zone.Name {
	name := strings.TrimSuffix(domain.String(), ".")
	suffix, _ := publicsuffix.PublicSuffix(name)
	n := strings.Count(suffix, ".") + 2 // labels
	if domain.NumLabels() < n {
		return ""
	}
	for domain.NumLabels() > n {
		domain = domain.Parent()
	}
	return domain
}

// effect is what a kind of receiver does with mail of a domain that fails
// DMARC.
type effect struct {
	state  state
	from   zone.Name // the domain whose record it is
	policy Policy    // NoPolicy: no DMARC processing
}

// policyFor returns what a record asks for, for its own domain or for existing
// subdomains (RFC 9989, section 4.10.1; RFC 7489, section 6.6.3). Receivers by
// RFC 7489 do not know the tag np.
func (r *Record) policyFor(subdomain, np bool) Policy {
	policy := r.policy("p")
	bad := policy == NoPolicy
	for _, tag := range [...]string{"sp", "np"} {
		if t, ok := r.Tag(tag); ok && (tag == "sp" || np) {
			bad = bad || ParsePolicy(t.Value.Of(r.Text)) == NoPolicy
		}
	}
	switch {
	case bad && r.Reports():
		return None
	case bad:
		return NoPolicy
	}
	if sp := r.policy("sp"); subdomain && sp != NoPolicy {
		return sp
	}
	return policy
}

// newer returns the policy of a domain that exists for receivers by RFC 9989.
func newer(p *rules.Pass, domain zone.Name) effect {
	r, s := at(p, domain)
	if s == present {
		return effect{present, domain, r.policyFor(false, true)}
	}
	if s == open {
		return effect{}
	}
	c := walk(p, domain, false)
	if c.state != present {
		return effect{state: c.state}
	}
	return effect{present, c.from, c.record.policyFor(true, true)}
}

// older returns the policy of a domain for receivers by RFC 7489.
func older(p *rules.Pass, domain zone.Name) effect {
	r, s := at(p, domain)
	if s == present {
		return effect{present, domain, r.policyFor(false, false)}
	}
	if s == open {
		return effect{}
	}
	org := listed(domain)
	if org == "" || org == domain {
		return effect{state: absent}
	}
	if r, s = at(p, org); s != present {
		return effect{state: s}
	}
	return effect{present, org, r.policyFor(true, false)}
}
