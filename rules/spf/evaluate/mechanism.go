package evaluate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// answer is what became of a term, and why.
type answer struct {
	outcome Outcome
	detail  string
	inner   *end // of an include
}

func notMatched(format string, args ...any) answer {
	return answer{outcome: NotMatched, detail: fmt.Sprintf(format, args...)}
}

// aim is the <target-name> of a term.
type aim struct {
	domain string
	name   zone.Name
}

// results are what the qualifiers give (RFC 7208, section 4.6.2).
var results = map[spf.Qualifier]Result{spf.Pass: Pass, spf.Fail: Fail, spf.SoftFail: SoftFail, spf.Neutral: Neutral}

// mechanism tests one mechanism; done is false if the next is to be tested.
func (c *checker) mechanism(f *frame, t *spf.Term) (e end, done bool) {
	i := c.begin(f, t)
	a := c.match(f, t, i)
	c.done(i, a)
	place := c.v.Trace[i].Place
	e = end{reason: a.detail, path: []Place{place}}
	if a.inner != nil {
		e.path = append(e.path, a.inner.path...)
	}
	switch a.outcome {
	case Matched:
		e.result, e.at = results[t.Qualifier], f
		e.reason = fmt.Sprintf("%s of %s matches", place.Text, f.name)
		if a.detail != "" {
			e.reason += ": " + a.detail
		}
	case Failed:
		e.result = TempError
	case Broken:
		e.result = PermError
	default:
		return end{}, false
	}
	return e, true
}

// match tests a mechanism (RFC 7208, section 5).
func (c *checker) match(f *frame, t *spf.Term, i int) answer {
	switch t.Kind {
	case spf.All:
		return answer{outcome: Matched}
	case spf.IP4, spf.IP6:
		if contains(t.Addr, max(t.Bits4, t.Bits6), c.ip) {
			return answer{outcome: Matched}
		}
		return answer{}
	}
	to, a := c.target(f, t, i)
	if a.outcome != NotMatched || a.detail != "" && t.Kind != spf.Include {
		return a
	}
	switch t.Kind {
	case spf.Include:
		if a.detail != "" {
			return answer{outcome: Broken, detail: a.detail}
		}
		return c.include(f, to, i)
	case spf.A:
		return c.a(t, to, i)
	case spf.MX:
		return c.mx(t, to, i)
	case spf.PTR:
		return c.ptr(to, i)
	}
	return c.exists(t, to, i)
}

// target counts a term that queries the DNS (RFC 7208, section 4.6.4) and
// returns its <target-name> (section 4.8). The answer is NotMatched with a
// detail if that is no domain name, which section 4.8 leaves undefined.
func (c *checker) target(f *frame, t *spf.Term, i int) (aim, answer) {
	if a := c.count(); a.outcome != NotMatched {
		return aim{}, a
	}
	if t.Domain == "" {
		return aim{f.domain, f.name}, answer{}
	}
	return c.expand(f, t.Domain, i)
}

// expand expands a domain-spec (RFC 7208, sections 4.8 and 7.3).
func (c *checker) expand(f *frame, spec string, i int) (aim, answer) {
	domain := spec
	if strings.Contains(spec, "%") {
		var bad answer
		domain, _ = spf.Expand(spec, func(letter byte) string { return c.value(f, letter, i, &bad) })
		if bad.outcome != NotMatched {
			return aim{}, bad
		}
	}
	domain = fit(domain)
	name, err := nameOf(domain)
	if err != nil {
		return aim{}, notMatched("%.80q is no domain name", domain)
	}
	return aim{domain, name}, answer{}
}

// count counts a term or macro that queries the DNS.
func (c *checker) count() answer {
	if c.postponed {
		return answer{}
	}
	if c.v.Lookups++; c.v.Lookups > MaxLookups {
		return answer{outcome: Broken, detail: fmt.Sprintf("the evaluation needs more than %d lookups", MaxLookups)}
	}
	return answer{}
}

// void counts a term whose query has no answer, each once (RFC 7208, section
// 4.6.4, which counts terms). The addresses of the hosts of an mx or a ptr do
// not count: they have limits of their own.
func (c *checker) void(i int) answer {
	if c.postponed {
		return answer{}
	}
	if s := &c.v.Trace[i]; !s.void {
		s.void = true
		c.v.Voids++
	}
	if c.v.Voids > MaxVoids {
		return answer{outcome: Broken, detail: fmt.Sprintf("more than %d lookups are void: the names do not exist or have no such records", MaxVoids)}
	}
	return answer{}
}

// missing is what becomes of a term whose query is not answered with records.
// gives is the result of its record if it matched.
func (c *checker) missing(r resolve.Answer, t zone.Type, i int, gives Result) answer {
	switch {
	case r.Status == zone.Unknown && r.Err != nil:
		return answer{outcome: Failed, detail: fmt.Sprintf("the %s records of %s cannot be had: %v", t, r.Name, r.Err)}
	case r.Status == zone.Unknown:
		c.gap(r.Name, t, i, gives)
		return answer{outcome: Unclear, detail: fmt.Sprintf("nothing is known of the %s records of %s", t, r.Name)}
	}
	if a := c.void(i); a.outcome != NotMatched {
		return a
	}
	if r.Status == zone.NameError {
		return notMatched("%s does not exist", r.Name)
	}
	return notMatched("%s has no %s record", r.Name, t)
}

// include is RFC 7208, section 5.2.
func (c *checker) include(f *frame, to aim, i int) answer {
	if a := c.leadsBack(to); a.outcome != NotMatched {
		return a
	}
	e := c.check(to.domain, f.depth+1, i)
	a := answer{detail: fmt.Sprintf("%s gives %s", to.name, e.result), inner: &e}
	switch e.result {
	case Pass:
		a.outcome, a.detail = Matched, e.reason
	case TempError:
		a.outcome, a.detail = Failed, e.reason
	case PermError, None:
		a.outcome, a.detail = Broken, e.reason
	case Unknown:
		a.outcome, a.detail = Unclear, e.reason
	}
	// What hangs on a gap in there is more than the answer to one question.
	for j := range c.v.Gaps {
		if c.v.Gaps[j].Step > i {
			c.v.Gaps[j].gives = Unknown
		}
	}
	return a
}

// family is the type of the addresses that are fetched (RFC 7208, section 5).
func (c *checker) family() zone.Type {
	if c.ip.Is4() {
		return zone.TypeA
	}
	return zone.TypeAAAA
}

// among returns the address of the records that is the client's or, with a
// prefix length, lies in its network.
func (c *checker) among(records []zone.Record, t *spf.Term) (netip.Addr, bool) {
	bits := t.Bits4
	if !c.ip.Is4() {
		bits = t.Bits6
	}
	for _, r := range records {
		if a := r.Addr(); contains(a, bits, c.ip) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// contains reports whether the network of an address holds ip; bits is -1 for
// the address alone.
func contains(addr netip.Addr, bits int16, ip netip.Addr) bool {
	if bits < 0 {
		return addr == ip
	}
	return netip.PrefixFrom(addr, int(bits)).Contains(ip)
}

// a is RFC 7208, section 5.3.
func (c *checker) a(t *spf.Term, to aim, i int) answer {
	r := c.lookup(to.name, c.family())
	if r.Status != zone.Found {
		return c.missing(r, c.family(), i, results[t.Qualifier])
	}
	if at, ok := c.among(r.Records, t); ok {
		return answer{outcome: Matched, detail: fmt.Sprintf("%s is at %s", to.name, at)}
	}
	return notMatched("%s is at other addresses", to.name)
}

// mx is RFC 7208, section 5.4.
func (c *checker) mx(t *spf.Term, to aim, i int) answer {
	gives := results[t.Qualifier]
	r := c.lookup(to.name, zone.TypeMX)
	if r.Status != zone.Found {
		// Nobody knows how many hosts there may be.
		return c.missing(r, zone.TypeMX, i, Unknown)
	}
	if len(r.Records) > spf.MaxMX {
		return answer{outcome: Broken, detail: fmt.Sprintf("%s has %d MX records, more than the %d that are allowed", to.name, len(r.Records), spf.MaxMX)}
	}
	slices.SortStableFunc(r.Records, func(a, b zone.Record) int { return cmp.Compare(a.Preference(), b.Preference()) })
	var unclear []resolve.Answer
	for _, mx := range r.Records {
		host := mx.Target()
		if host == zone.Root { // a null MX (RFC 7505)
			continue
		}
		h := c.lookup(host, c.family())
		switch {
		case h.Status == zone.Found:
			if at, ok := c.among(h.Records, t); ok {
				return answer{outcome: Matched, detail: fmt.Sprintf("the MX host %s is at %s", host, at)}
			}
		case h.Status == zone.Unknown && h.Err != nil:
			return c.missing(h, c.family(), i, gives)
		case h.Status == zone.Unknown:
			unclear = append(unclear, h)
		}
	}
	a := notMatched("no MX host of %s is at this address", to.name)
	for n, h := range unclear {
		if m := c.missing(h, c.family(), i, gives); n == 0 {
			a = m
		}
	}
	return a
}

// exists is RFC 7208, section 5.7.
func (c *checker) exists(t *spf.Term, to aim, i int) answer {
	r := c.lookup(to.name, zone.TypeA)
	if r.Status != zone.Found {
		return c.missing(r, zone.TypeA, i, results[t.Qualifier])
	}
	return answer{outcome: Matched, detail: fmt.Sprintf("%s has an A record", to.name)}
}
