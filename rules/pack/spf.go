package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// spfState is what the apex says about SPF.
type spfState struct {
	// records are the TXT records that receivers select (RFC 7208, section
	// 4.5), parsed by the same index.
	records []zone.Record
	parsed  []*spf.Record
	// astray says that there is a record meant for SPF that receivers do not
	// find: of another form, type or owner. Other rules have findings about it.
	astray bool
	// absent says that the apex certainly has no other TXT records.
	absent bool
}

func (c *check) readSPF() {
	if c.pack.SPF == nil || c.base != c.z.Apex {
		return
	}
	if c.site.spf == nil {
		c.site.spf = readSPF(c.z)
	}
	c.spf = *c.site.spf
}

func readSPF(z *zone.Zone) *spfState {
	s := new(spfState)
	a := z.Lookup(z.Apex, zone.TypeTXT)
	s.absent = a.Status.Absent() || a.Status == zone.Found && z.Complete
	for _, k := range spf.At(z, z.Apex) {
		if k.SPF.Form == spf.SPF {
			s.records, s.parsed = append(s.records, k.Record), append(s.parsed, k.SPF)
		} else {
			s.astray = true
		}
	}
	if len(s.records) > 0 {
		return s
	}
	if apex, ok := z.Node(z.Apex); ok && apex.Has(zone.TypeSPF) {
		s.astray = true
	}
	s.astray = s.astray || len(spf.At(z, doubled(z.Apex, z.Apex))) > 0
	return s
}

// answer is what can be said about whether a record passes a host.
type answer uint8

const (
	no      answer = iota // not as far as the zone shows
	unknown               // another zone decides
	yes
)

// passes reports whether a host that passes for name passes by the record,
// through includes and redirects that the zone itself answers for. Includes of
// other zones are taken to be about other hosts.
func (c *check) passes(k *spf.Record, name string, depth int) answer {
	if k.Includes(name) {
		return yes
	}
	if depth == 0 {
		return unknown
	}
	for _, t := range k.Terms {
		if t.Kind == spf.All {
			return no
		}
		if t.Kind != spf.Include || t.Qualifier != spf.Pass || t.Faulty {
			continue
		}
		if next, ok := c.spfAt(t.Domain); ok && c.passes(next, name, depth-1) == yes {
			return yes
		}
	}
	i := k.Redirect()
	if i < 0 {
		return no
	}
	if next, ok := c.spfAt(k.Terms[i].Domain); ok {
		return c.passes(next, name, depth-1)
	}
	if c.ofAnother(k.Terms[i].Domain) {
		return no
	}
	return unknown
}

// ofAnother reports whether a name is one that another pack of the zone asks
// for: what passes there are the servers of that host.
func (c *check) ofAnother(name string) bool {
	n, err := zone.ParseName(name, zone.Root)
	return err == nil && slices.ContainsFunc(c.all, func(o *Pack) bool { return o != c.pack && o.sendsBy(n) })
}

// spfAt returns the SPF record at a name of the zone, if it has exactly one.
func (c *check) spfAt(domain string) (*spf.Record, bool) {
	name, err := zone.ParseName(domain, zone.Root)
	if err != nil {
		return nil, false
	}
	a := c.z.Lookup(name, zone.TypeTXT) // Unknown outside the zone
	for range maxChain {
		if a.Status != zone.Aliased {
			break
		}
		a = c.z.Lookup(a.Records()[0].Target(), zone.TypeTXT)
	}
	var found *spf.Record
	for _, r := range a.Records() {
		if k := spf.Parse(r.Text()); k.Form == spf.SPF {
			if found != nil {
				return nil, false
			}
			found = k
		}
	}
	return found, found != nil
}

// newSPF returns the record for a zone that has none, with "{name}" where a
// variable is not known.
func (c *check) newSPF() (text string, ok bool) {
	want := c.pack.SPF
	if want.Create != "" {
		return c.withoutVoid(want.Create), true
	}
	text, ok = "v=spf1", true
	for i := range c.pack.compiled.spf[0] {
		term, known := c.scope.render(c.pack.compiled.spf[0][i].text)
		text += " " + term
		ok = ok && known
	}
	if want.All != "" {
		text += " " + want.All
	}
	return text, ok
}

// withoutVoid returns a record without the term "a" if the apex certainly has no
// address, and without "mx" if it has no MX record and gets none: they would
// pass nobody, and receivers allow two such terms (RFC 7208, section 4.6.4).
func (c *check) withoutVoid(text string) string {
	lacks := func(t zone.Type) bool { return c.z.Lookup(c.z.Apex, t).Status.Absent() }
	if lacks(zone.TypeA) && lacks(zone.TypeAAAA) {
		text = strings.Replace(text, " a ", " ", 1)
	}
	if lacks(zone.TypeMX) && !c.sure {
		text = strings.Replace(text, " mx ", " ", 1)
	}
	return text
}

func spfMissing(p *rules.Pass, c *check) {
	want := c.pack.SPF
	if want == nil || len(c.spf.records) > 0 || c.spf.astray || !c.spf.absent || want.Level.absent() == 0 {
		return
	}
	text, ok := c.newSPF()
	f := p.AtApex(zone.TypeTXT, fmt.Sprintf("%s has no SPF record, so receivers cannot tell mail that %s sends for it from forged mail. Add %s.",
		c.z.Apex, c.pack.ID, zone.Quote(text))).As(want.Level.absent())
	what := "add TXT " + zone.Quote(text)
	if !ok {
		c.report(p, f.WithFix(rules.Manual, what+c.whereFrom(want.Terms...)))
		return
	}
	r := zone.NewTXT(c.z.Apex, newTTL(c.z, c.z.Apex, zone.TypeTXT), text)
	c.report(p, f.WithFix(rules.Safe, what, zone.Add(r)))
}

func spfInclude(p *rules.Pass, c *check) {
	want := c.pack.SPF
	if want == nil || len(c.spf.records) == 0 || want.Level.absent() == 0 {
		return
	}
	for _, w := range c.lackedTerms() {
		c.report(p, c.lacksTerm(w))
	}
}

// lackedTerms returns the terms that the record lacks of the list that it comes
// nearest to; none if it has all of one.
func (c *check) lackedTerms() []*wantTerm {
	var least []*wantTerm
	for _, list := range c.pack.compiled.spf {
		var lacked []*wantTerm
		for i := range list {
			w := &list[i]
			if !slices.ContainsFunc(c.spf.parsed, func(k *spf.Record) bool { return c.settled(k, w) }) {
				lacked = append(lacked, w)
			}
		}
		if len(lacked) == 0 {
			return nil
		}
		if least == nil || len(lacked) < len(least) && len(lacked) < len(list) {
			least = lacked
		}
	}
	return least
}

// holds reports whether a record has the term itself, in force, and takes over
// what it tells of the variables.
func (c *check) holdsTerm(k *spf.Record, w *wantTerm) bool {
	all := k.All()
	for i, t := range k.Terms {
		if all >= 0 && i >= all && t.Kind != w.kind || t.Faulty || t.Kind != w.kind {
			continue
		}
		switch t.Kind {
		case spf.Include:
			if all >= 0 && i > all || t.Qualifier != spf.Pass {
				continue
			}
		case spf.Redirect:
			if all >= 0 {
				continue
			}
		default:
			if termText(t) == w.key && (all < 0 || i <= all) {
				return true
			}
			continue
		}
		if b, ok := w.domain.match(strings.ToLower(strings.TrimSuffix(t.Domain, ".")), c.scope.bound); ok {
			c.bind(b)
			return true
		}
	}
	return false
}

// termText returns a term as it is compared: in lower case, without a final dot
// and without a prefix length that is that of a whole address.
func termText(t spf.Term) string {
	t.Domain = strings.TrimSuffix(t.Domain, ".")
	if t.Kind == spf.IP4 && t.Bits4 == 32 {
		t.Bits4 = -1
	}
	if t.Kind == spf.IP6 && t.Bits6 == 128 {
		t.Bits6 = -1
	}
	return strings.ToLower(t.String())
}

// maxLookups is how many terms of a record may make a receiver query the DNS
// (RFC 7208, section 4.6.4).
const maxLookups = 10

// maxIncludes bounds how deep includes are followed within the zone: a receiver
// gives up after ten lookups (RFC 7208, section 4.6.4).
const maxIncludes = 10

// settled reports whether a record needs no term of the pack: it has it, may
// pass the same senders by a redirect to another zone, or has a mistake about it
// that is another rule's finding.
func (c *check) settled(k *spf.Record, w *wantTerm) bool {
	if c.holdsTerm(k, w) {
		return true
	}
	name := ""
	if w.name != "" {
		name = domain(w.name)
		if c.passes(k, name, maxIncludes) != no {
			return true
		}
	} else if i := k.Redirect(); i >= 0 && k.All() < 0 && !c.ofAnother(k.Terms[i].Domain) {
		if _, here := c.spfAt(k.Terms[i].Domain); !here {
			return true
		}
	}
	all := k.All()
	if all >= 0 && k.Terms[all].Qualifier == spf.Pass {
		return true // everyone passes
	}
	if name == "" {
		return !k.Valid()
	}
	for i, t := range k.Terms {
		if all >= 0 && i > all && isInclude(t, name) {
			return true // it stands where it is never tested
		}
	}
	return !k.Valid() && strings.Contains(strings.ToLower(k.Text), name)
}

func isInclude(t spf.Term, name string) bool {
	return t.Kind == spf.Include && strings.EqualFold(strings.TrimSuffix(t.Domain, "."), name)
}

// domain returns a name as SPF terms have it, without the final dot.
func domain(name zone.Name) string { return strings.TrimSuffix(name.String(), ".") }

// lacksTerm returns the finding about an SPF record that does not pass the
// host's senders.
func (c *check) lacksTerm(w *wantTerm) rules.Finding {
	r, k := c.spf.records[0], c.spf.parsed[0]
	term, known := c.scope.render(w.text)
	all := k.All()
	for i, t := range k.Terms {
		if i == all || w.name == "" {
			break
		}
		if isInclude(t, domain(w.name)) {
			f := rules.At(r, zone.TextPart(t.From, t.To), fmt.Sprintf("%s does not pass the servers of %s, so mail sent through it fails SPF. Write %s.",
				k.Text[t.From:t.To], c.pack.ID, term)).As(c.pack.SPF.Level.absent())
			return f.WithFix(rules.Unsafe, "write "+term, zone.Replace(r, r.WithText(t.From, t.To, term)))
		}
	}
	if w.kind == spf.Redirect && all >= 0 && w.name != "" && k.Redirect() >= 0 && strings.EqualFold(strings.TrimSuffix(k.Terms[k.Redirect()].Domain, "."), domain(w.name)) {
		return c.deadRedirect(r, k, term)
	}
	where := "Add " + term
	if all >= 0 {
		where = fmt.Sprintf("Insert %s before %s", term, k.Text[k.Terms[all].From:k.Terms[all].To])
	}
	lacks := "include " + strings.TrimPrefix(term, "include:")
	if w.kind != spf.Include {
		lacks = "have " + term
	}
	f := rules.At(r, zone.TextPart(0, len(k.Text)), fmt.Sprintf("The SPF record does not %s, so mail sent through %s may fail SPF. %s.",
		lacks, c.pack.ID, where)).As(c.pack.SPF.Level.absent())
	if c.sure && passesNobody(k) {
		f.Message = fmt.Sprintf("The SPF record passes no server, so receivers reject the mail that is sent through %s. %s.", c.pack.ID, where)
		f.Severity = rules.Error
	}
	switch {
	case len(c.spf.records) > 1:
		return f // which record is to stay is another finding's matter
	case !known:
		return f.WithFix(rules.Manual, "add "+term+c.whereFrom(w.text))
	case w.kind == spf.Redirect && (all >= 0 || k.Redirect() >= 0):
		return f.WithFix(rules.Manual, fmt.Sprintf("end the record in %s; beside all, or a second time, a redirect has no effect", term))
	case k.Lookups() >= maxLookups && w.kind != spf.IP4 && w.kind != spf.IP6:
		return f.WithFix(rules.Manual, fmt.Sprintf("remove a term that costs a DNS lookup, of which %d are in use, then add %s", k.Lookups(), term))
	}
	return f.WithFix(rules.Safe, "add "+term, zone.Replace(r, withTerm(r, k, term)))
}

// deadRedirect returns the finding about the host's redirect beside "all", which
// puts it out of force (RFC 7208, section 6.1).
func (c *check) deadRedirect(r zone.Record, k *spf.Record, term string) rules.Finding {
	t := k.Terms[k.All()]
	text := k.Text[t.From:t.To]
	f := rules.At(r, zone.TextPart(t.From, t.To), fmt.Sprintf("Beside %s the redirect of %s has no effect, so mail sent through it fails SPF. Remove %s, and let the record end in %s.",
		text, c.pack.ID, text, term)).As(c.pack.SPF.Level.absent())
	from, to := t.From, t.To
	for from > 0 && k.Text[from-1] == ' ' {
		from--
	}
	return f.WithFix(rules.Unsafe, "remove "+text, zone.Replace(r, r.WithText(from, to, "")))
}

// passesNobody reports whether a record certainly lets no server pass: "-all"
// without any mechanism before it.
func passesNobody(k *spf.Record) bool {
	for _, t := range k.Terms {
		if t.Kind == spf.All {
			return t.Qualifier == spf.Fail && k.Valid()
		}
		if !t.Kind.Modifier() {
			return false
		}
	}
	return false
}

// withTerm returns the record with a mechanism before what ends it: "all", or
// a redirect, which reads best at the end.
func withTerm(r zone.Record, k *spf.Record, term string) zone.Record {
	last := k.All()
	if last < 0 {
		last = k.Redirect()
	}
	if last < 0 {
		end := len(strings.TrimRight(k.Text, " "))
		return r.WithText(end, end, " "+term)
	}
	at := k.Terms[last].From
	return r.WithText(at, at, term+" ")
}

func (d *decoder) validateSPF(p *Pack) {
	s := p.SPF
	if s.All != "" && !allPattern.MatchString(s.All) {
		d.failAt(&s.All, "all: %q is none of -all, ~all and ?all", s.All)
	}
	if s.Create != "" {
		d.validateRecord(&s.Create, "create", p)
		if k := spf.Parse(s.Create); s.All != "" && (k.All() < 0 || k.Text[k.Terms[k.All()].From:] != s.All) {
			d.failAt(&s.Create, "create: the record does not end in %s", s.All)
		}
	}
	for i := range s.Documented {
		d.validateRecord(&s.Documented[i], "documented", p)
	}
}

// validateRecord checks an SPF record of a pack: it must be valid, and do what
// the pack asks for.
func (d *decoder) validateRecord(text *string, what string, p *Pack) {
	k := spf.Parse(*text)
	if k.Form != spf.SPF {
		d.failAt(text, "%s: %q is no SPF record", what, *text)
		return
	}
	for _, f := range k.Faults {
		d.failAt(text, "%s: %q in the SPF record is not valid", what, k.Text[f.From:f.To])
	}
	c := &check{pack: p, scope: scope{bound: Bindings{}}}
	for _, list := range p.compiled.spf {
		if !slices.ContainsFunc(list, func(w wantTerm) bool { return !c.holdsTerm(k, &w) }) {
			return
		}
	}
	d.failAt(text, "%s: the SPF record lacks what terms asks for", what)
}
