package evaluate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// Evaluate answers a query. It asks no more than the limits of RFC 7208,
// section 4.6.4, allow. The time is linear in the length of the records, and of
// Sender and Helo for each macro that asks for them.
func Evaluate(q Query) *Verdict {
	c := &checker{Query: q, ip: q.IP.Unmap().WithZone(""), v: &Verdict{}}
	domain := c.identify()
	var e end
	if !proper(domain) {
		e = end{result: None, reason: fmt.Sprintf("%.80q is no domain name", domain)}
	} else {
		e = c.check(domain, 0, -1)
	}
	c.v.Result, c.v.Reason, c.v.Path = e.result, e.reason, e.path
	if len(c.v.Gaps) > 0 && !c.certain(e.result) {
		c.v.Result, c.v.Otherwise = Unknown, e.result
	}
	if e.result == Fail && e.at != nil {
		c.explain(e.at)
	}
	return c.v
}

// checker is one evaluation.
type checker struct {
	Query
	ip     netip.Addr
	sender string // <sender> with its local-part
	local  string
	origin string // domain of the sender

	v     *Verdict
	stack []zone.Name // whose records are being evaluated
	names *pointers
	// postponed says that the result is known and only the explanation is
	// sought, so that nothing counts any more.
	postponed bool
}

// identify settles <sender> and returns the initial <domain> (RFC 7208, sections
// 2.4, 4.1 and 4.3).
func (c *checker) identify() string {
	identity := c.Sender
	if identity == "" {
		identity = c.Helo
	}
	// A local-part in quotes may hold an "@".
	i := strings.LastIndexByte(identity, '@')
	c.local, c.origin = identity[:max(i, 0)], strings.TrimSuffix(identity[i+1:], ".")
	if c.local == "" {
		c.local = "postmaster"
	}
	c.sender = c.local + "@" + c.origin
	c.v.Identity = c.sender
	if name, err := nameOf(c.origin); err == nil && proper(c.origin) {
		c.v.Domain = name
	}
	return identity[i+1:]
}

// proper reports whether the initial <domain> may be a domain name: address
// literals and names that are not in A-labels are not (RFC 7208, section 4.3).
func proper(domain string) bool {
	for i := range len(domain) {
		if domain[i] <= ' ' || domain[i] > '~' {
			return false
		}
	}
	return domain != "" && domain[0] != '['
}

// frame is a record that is being evaluated.
type frame struct {
	domain string // <domain>, without a final dot
	name   zone.Name
	depth  int
	record zone.Record
	spf    *spf.Record
}

func (f *frame) place(from, to int) Place {
	return Place{f.name, f.record, from, to, f.spf.Text[from:to]}
}

// end is how an evaluation of check_host() ended.
type end struct {
	result Result
	reason string
	path   []Place
	at     *frame // whose mechanism matched; nil if none did
}

// check is check_host() for a domain that the term of a step leads to, -1 if
// none does (RFC 7208, sections 4.3 to 4.7).
func (c *checker) check(domain string, depth, step int) end {
	name, err := nameOf(domain)
	if err != nil || name.NumLabels() < 2 {
		return end{result: None, reason: fmt.Sprintf("%.80q is no fully qualified domain name", domain)}
	}
	a := c.lookup(name, zone.TypeTXT)
	switch {
	case a.Status == zone.Unknown && a.Err != nil:
		return end{result: TempError, reason: fmt.Sprintf("the TXT records of %s cannot be had: %v", name, a.Err)}
	case a.Status == zone.Unknown:
		c.gap(a.Name, zone.TypeTXT, step, Unknown)
		return end{result: Unknown, reason: fmt.Sprintf("nothing is known of the TXT records of %s", a.Name)}
	case a.Status == zone.NameError:
		return end{result: None, reason: fmt.Sprintf("%s does not exist", a.Name)}
	case a.Status == zone.NoData:
		return end{result: None, reason: fmt.Sprintf("%s has no TXT record", a.Name)}
	}
	f, e := c.choose(name, a.Records)
	if f == nil {
		return e
	}
	f.domain, f.depth = strings.TrimSuffix(domain, "."), depth
	c.stack = append(c.stack, name)
	defer func() { c.stack = c.stack[:len(c.stack)-1] }()
	return c.evaluate(f)
}

// choose finds the SPF record among TXT records (RFC 7208, section 4.5), and its
// syntax errors (section 4.6).
func (c *checker) choose(name zone.Name, records []zone.Record) (*frame, end) {
	var f *frame
	meant := false
	for _, rec := range records {
		r := spf.Parse(rec.Text())
		switch {
		case r.Form == spf.Meant:
			meant = true
		case r.Form != spf.SPF:
		case f == nil:
			f = &frame{name: name, record: rec, spf: r}
		case f.record.Data != rec.Data: // else the DNS holds it once (RFC 2181, section 5)
			first := f.place(0, len(f.spf.Text))
			second := Place{name, rec, 0, len(r.Text), r.Text}
			return nil, end{result: PermError, reason: fmt.Sprintf("%s has more than one SPF record", name), path: []Place{first, second}}
		}
	}
	switch {
	case f == nil && meant:
		return nil, end{result: None, reason: fmt.Sprintf("%s has a text that is meant as SPF, but receivers discard it because it does not begin with \"v=spf1\" and a blank", name)}
	case f == nil:
		return nil, end{result: None, reason: fmt.Sprintf("none of the TXT records of %s is an SPF record", name)}
	case !f.spf.Valid():
		fault := f.spf.Faults[0]
		c.v.Syntax = true
		return nil, end{result: PermError, reason: fmt.Sprintf("the SPF record of %s has a syntax error", name), path: []Place{f.place(fault.From, fault.To)}}
	}
	return f, end{}
}

// evaluate tests the terms of a record (RFC 7208, section 4.6).
func (c *checker) evaluate(f *frame) end {
	for i := range f.spf.Terms {
		t := &f.spf.Terms[i]
		if !t.Kind.Mechanism() {
			continue
		}
		if e, done := c.mechanism(f, t); done {
			return e
		}
	}
	// With an "all" this is not reached, so that a redirect beside it is ignored
	// (RFC 7208, section 6.1).
	if i := f.spf.Redirect(); i >= 0 {
		return c.redirect(f, &f.spf.Terms[i])
	}
	return end{result: Neutral, reason: fmt.Sprintf("no mechanism of %s matches", f.name)}
}

// redirect follows a redirect modifier (RFC 7208, section 6.1).
func (c *checker) redirect(f *frame, t *spf.Term) end {
	i := c.begin(f, t)
	place := c.v.Trace[i].Place
	to, a := c.target(f, t, i)
	if a.outcome == NotMatched && a.detail == "" {
		a = c.leadsBack(to)
	}
	if a.outcome == Unclear {
		c.done(i, a)
		return end{result: Unknown, reason: a.detail, path: []Place{place}}
	}
	if a.outcome != NotMatched || a.detail != "" {
		a.outcome = Broken // a malformed target is a permerror here
		c.done(i, a)
		return end{result: PermError, reason: a.detail, path: []Place{place}}
	}
	e := c.check(to.domain, f.depth+1, i)
	switch e.result {
	case None:
		e.result = PermError
		a = answer{outcome: Broken, detail: e.reason}
	case Unknown:
		a = answer{outcome: Unclear, detail: e.reason}
	default:
		a = answer{outcome: Taken, detail: e.result.String()}
	}
	c.done(i, a)
	e.path = append([]Place{place}, e.path...)
	return e
}

// leadsBack reports that a record is being evaluated already: all up to this
// term would come out as before, until the limit of lookups is reached.
func (c *checker) leadsBack(to aim) answer {
	if slices.Contains(c.stack, to.name) {
		return answer{outcome: Broken, detail: fmt.Sprintf("it leads back to %s, whose record leads here, until the limit of %d lookups is exceeded", to.name, MaxLookups)}
	}
	return answer{}
}

func (c *checker) lookup(name zone.Name, t zone.Type) resolve.Answer {
	a := resolve.Lookup(c.Zone, c.Servers, name, t)
	if p := (Pinned{a.Name, a.Date}); a.From == resolve.Pinned && !slices.Contains(c.v.Pinned, p) {
		c.v.Pinned = append(c.v.Pinned, p)
	}
	return a
}

// gap notes a question that nobody can answer, once a term.
func (c *checker) gap(name zone.Name, t zone.Type, step int, gives Result) {
	if c.postponed {
		return
	}
	g := Gap{name, t, step, gives}
	if !slices.Contains(c.v.Gaps, g) {
		c.v.Gaps = append(c.v.Gaps, g)
	}
}

// certain reports whether a result holds whatever the answers to all gaps are:
// if each is only whether an address matches, at a term that would give the same
// result. A term may also turn out to be a void lookup too many.
func (c *checker) certain(r Result) bool {
	terms := map[int]bool{}
	for _, g := range c.v.Gaps {
		if g.gives != r || r == Unknown {
			return false
		}
		terms[g.Step] = true
	}
	return c.v.Voids+len(terms) <= MaxVoids
}

// begin adds a term to the trace.
func (c *checker) begin(f *frame, t *spf.Term) int {
	c.v.Trace = append(c.v.Trace, Step{Place: f.place(t.From, t.To), Depth: f.depth})
	return len(c.v.Trace) - 1
}

// done says what became of a term.
func (c *checker) done(i int, a answer) {
	s := &c.v.Trace[i]
	s.Outcome, s.Detail = a.outcome, a.detail
	s.Lookups, s.Voids = c.v.Lookups, c.v.Voids
}
