package pack

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// verdict is what is wrong with one of pack.Records in the zone.
type verdict struct {
	*wantRecord
	kind  verdictKind
	owner zone.Name // "" if a variable in it is not known
	// have are the records in the way: the CNAME that points elsewhere, the
	// other data of the name; or what should not be there.
	have []zone.Record
}

type verdictKind uint8

const (
	// fine: the record is there, or something as good, or another rule has a
	// finding about the mistake that hides it, or nothing can be known.
	fine     verdictKind = iota
	missing              // nothing is there
	wrong                // records of the type, and none of them does
	conflict             // data that cannot stand beside the record
	unwanted             // what is obsolete or forbidden
)

func (c *check) judgeRecords() {
	for i := range c.pack.compiled.records {
		w := &c.pack.compiled.records[i]
		if w.owner != "" && c.stands(w) {
			continue
		}
		if v := c.judge(w); v.kind != fine && (v.kind == unwanted || !c.aliased(w)) {
			c.verdicts = append(c.verdicts, v)
		}
	}
}

// stands reports whether an alias stands in the zone as the pack has it, which
// is what most zones do.
func (c *check) stands(w *wantRecord) bool {
	if w.Type != zone.TypeCNAME || w.Level == Obsolete || w.Level == Forbidden {
		return false
	}
	n, ok := c.z.Node(w.ownerIn(c.base, c.scope))
	if !ok || !n.Has(zone.TypeCNAME) {
		return false
	}
	for have := range n.Records() {
		if have.Type == zone.TypeCNAME && have.Target() == w.targets[0].name {
			return true
		}
	}
	return false
}

func (c *check) judge(w *wantRecord) verdict {
	v := verdict{wantRecord: w}
	if !w.Name.Fixed() && c.somewhere(w) {
		return v
	}
	v.owner = w.ownerIn(c.base, c.scope)
	if w.Level == Obsolete || w.Level == Forbidden {
		return c.judgeUnwanted(v)
	}
	if v.owner == "" {
		if w.absent() > 0 && c.z.Complete && !c.otherKey(w) {
			v.kind = missing
		}
		return v
	}
	a := c.z.Lookup(v.owner, w.Type)
	switch {
	case a.Status == zone.Found:
		return c.judgeFound(v, a)
	case a.Status == zone.Aliased && w.Type != zone.TypeCNAME:
		return v // what the alias leads to is not this zone's
	case !a.Status.Absent() || c.z.RRset(doubled(v.owner, c.z.Apex), w.Type) != nil || c.otherKey(w):
		return v
	}
	v.kind = missing
	if w.Type != zone.TypeCNAME {
		return v
	}
	if n, ok := c.z.Node(v.owner); ok {
		for have := range n.Records() {
			if !besideCNAME(have.Type) {
				v.kind, v.have = conflict, append(v.have, have)
			}
		}
	}
	return v
}

// judgeFound looks at the records of the type that the owner has.
func (c *check) judgeFound(v verdict, a zone.Answer) verdict {
	rs := a.Records()
	if slices.ContainsFunc(rs, func(r zone.Record) bool { return c.does(v.wantRecord, r) }) {
		return v
	}
	switch {
	case a.Wildcard != "":
		// A wildcard answers with something else; the name itself is free.
		v.kind = missing
	case v.Type == zone.TypeTXT:
		v.kind = missing
		for _, r := range rs {
			// Nothing but the key may stand at a selector (RFC 6376, section 3.6.2.2).
			if k := kindOf(v.Text.Text); k == dkimText || k != plainText && k == kindOf(r.Text()) {
				v.kind, v.have = wrong, append(v.have, r)
			}
		}
	case v.Type == zone.TypeSRV && slices.ContainsFunc(rs, func(r zone.Record) bool { return r.Target() == zone.Root }):
		// The owner of the zone says that there is no such service (RFC 2782).
	case v.Type == zone.TypeNS || v.Type == zone.TypeCAA || v.Type == zone.TypeTLSA:
		v.kind = missing
	default:
		v.kind = missing
		if rs = c.unclaimed(v, rs); len(rs) > 0 {
			v.kind, v.have = wrong, rs
		}
	}
	return v
}

// unclaimed returns those of the records of an owner that are not what the pack
// asks for in another of its records.
func (c *check) unclaimed(v verdict, rs []zone.Record) []zone.Record {
	before := c.scope.bound
	defer func() { c.bind(before) }()
	return slices.DeleteFunc(slices.Clone(rs), func(r zone.Record) bool {
		for i := range c.pack.compiled.records {
			w := &c.pack.compiled.records[i]
			if w != v.wantRecord && w.Type == v.Type && w.Level != Obsolete && w.Level != Forbidden && w.ownerIn(c.base, c.scope) == v.owner && c.does(w, r) {
				return true
			}
		}
		return false
	})
}

// judgeUnwanted finds the records that the pack does not want any more.
func (c *check) judgeUnwanted(v verdict) verdict {
	if v.owner == "" {
		return v
	}
	n, ok := c.z.Node(v.owner)
	if !ok || !n.Has(v.Type) {
		return v
	}
	for r := range n.Records() {
		if r.Type == v.Type && c.says(v.wantRecord, r) {
			v.kind, v.have = unwanted, append(v.have, r)
		}
	}
	return v
}

// says reports whether a record of the zone is the one that the pack does not
// want: what does as much, or more, is not.
func (c *check) says(w *wantRecord, r zone.Record) bool {
	if w.Text == nil || kindOf(w.Text.Text) != spfText {
		return c.does(w, r)
	}
	have := spf.Parse(r.Text())
	return slices.ContainsFunc(w.texts, func(m matcher) bool {
		return have.Form == spf.SPF && strings.EqualFold(have.String(), spf.Parse(m.value.Text).String())
	})
}

// does reports whether a record of the zone does what the pack asks for, and
// takes over what it tells of the variables.
func (c *check) does(w *wantRecord, r zone.Record) bool {
	switch w.Type {
	case zone.TypeCNAME:
		return c.leadsTo(r.Target(), func(n zone.Name) bool { return c.isTarget(w, n) })
	case zone.TypeSRV:
		_, _, port := r.SRV()
		return port == w.Port && c.isTarget(w, r.Target())
	case zone.TypeMX, zone.TypeNS:
		return c.isTarget(w, r.Target())
	case zone.TypeA, zone.TypeAAAA:
		return inNetworks(w.Addresses, r)
	case zone.TypeTXT:
		text := r.Text()
		return c.matches(w, func(m matcher) (Bindings, bool) { return satisfies(m, text, c.scope.bound) })
	}
	data := r.RData()
	return c.matches(w, func(m matcher) (Bindings, bool) { return m.match(data, c.scope.bound) })
}

func (c *check) isTarget(w *wantRecord, name zone.Name) bool {
	for i := range w.targets {
		if b, ok := w.targets[i].is(name, c.scope.bound); ok {
			c.bind(b)
			return true
		}
	}
	return false
}

func (c *check) matches(w *wantRecord, match func(matcher) (Bindings, bool)) bool {
	for _, m := range w.texts {
		if b, ok := match(m); ok {
			c.bind(b)
			return true
		}
	}
	return false
}

// somewhere looks for the record at all owners that its name may mean.
func (c *check) somewhere(w *wantRecord) bool {
	for r := range c.z.OfType(w.Type) {
		if !r.Name.Within(c.base) {
			continue
		}
		before := c.scope.bound
		if b, ok := w.named.match(strings.ToLower(r.Name.Relative(c.base)), before); ok {
			c.bind(b)
			if c.does(w, r) {
				return true
			}
			c.bind(before)
		}
	}
	return false
}

// aliased reports whether some name is an alias of what a sender wants one to
// be: its customers may choose other names, for the keys by the selector.
func (c *check) aliased(w *wantRecord) bool {
	if c.pack.Kind != Sender || w.Type != zone.TypeCNAME {
		return false
	}
	for r := range c.z.OfType(zone.TypeCNAME) {
		if c.isTarget(w, r.Target()) {
			return true
		}
	}
	return false
}

// keysAt is where the keys of a domain stand (RFC 6376, section 3.6.2.1).
const keysAt = "\x0a_domainkey"

// otherKey reports whether the zone has a DKIM key at another selector than the
// one of the pack, whose key nobody can tell from it.
func (c *check) otherKey(w *wantRecord) bool {
	if w.Purpose != ForDKIM || w.Text == nil || w.Text.Fixed() || len(c.base)+len(keysAt) > zone.MaxName {
		return false
	}
	for r := range c.z.OfType(zone.TypeTXT) {
		if r.Name.Below(keysAt+c.base) && isKey(r) {
			return true
		}
	}
	// Some hosts keep the key for those who make the name an alias.
	for r := range c.z.OfType(zone.TypeCNAME) {
		if r.Name.Below(keysAt+c.base) && anyMatches(c.pack.Detect.Targets, r.Target()) {
			return true
		}
	}
	return false
}

// absent returns how bad it is that the record is missing; 0 if it need not be
// there. What proves that the domain is the customer's is asked for once, by
// the host itself.
func (w *wantRecord) absent() rules.Severity {
	if w.Purpose == ForVerification {
		return 0
	}
	return w.Level.absent()
}

// besideCNAME reports whether a type may stand beside a CNAME record (RFC 4034,
// sections 3 and 4).
func besideCNAME(t zone.Type) bool { return t == zone.TypeRRSIG || t == zone.TypeNSEC }
