package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// mxSet is the MX RRset of the apex as the pack sees it.
type mxSet struct {
	// own are the MX records of the pack in the zone, by their index.
	own []ownMX
	// kin are further servers of the host, foreign those of others that may not
	// stand beside them, the null MX among them.
	kin, foreign []zone.Record
	// twice says that some exchange of the host has two records.
	twice bool
	// absent says that there is certainly no other MX record at the apex.
	absent bool
}

// ownMX is what the zone has of one MX record of the pack.
type ownMX struct {
	// record is the record with its exchange, the one of lowest preference; it
	// has no Type if there is none.
	record zone.Record
	// covered says that the exchange is there, or will be once a mistake is
	// mended that has a finding of its own: its final dot was forgotten, or an
	// alias of the zone stands in its place.
	covered bool
}

func (m *MX) index(exchange zone.Name) int {
	return slices.IndexFunc(m.Records, func(x MXExchange) bool { return x.Exchange == exchange })
}

func (c *check) readMX() {
	if c.pack.MX == nil {
		return
	}
	c.mx.own = make([]ownMX, len(c.pack.MX.Records))
	a := c.z.Lookup(c.z.Apex, zone.TypeMX)
	c.mx.absent = a.Status.Absent() || a.Status == zone.Found && c.z.Complete
	if a.Status == zone.Found {
		for _, r := range a.Records() {
			c.readExchange(r)
		}
	}
	if len(c.missing()) == 0 {
		return
	}
	// MX records at example.com.example.com. are those of a zone that forgot
	// the final dot of their owner.
	for _, r := range c.z.RRset(doubled(c.z.Apex, c.z.Apex), zone.TypeMX) {
		if i := c.pack.MX.index(r.Target()); i >= 0 {
			c.mx.own[i].covered = true
		}
	}
}

func (c *check) readExchange(r zone.Record) {
	m := &c.mx
	if i := c.pack.MX.index(r.Target()); i >= 0 {
		own := &m.own[i]
		m.twice = m.twice || own.record.Type != 0
		if own.record.Type == 0 || r.Preference() < own.record.Preference() {
			own.record = r
		}
		own.covered = true
		return
	}
	kin := c.leadsTo(r.Target(), func(n zone.Name) bool {
		if i := c.pack.MX.index(n); i >= 0 {
			m.own[i].covered = true
			return true
		}
		return c.pack.serves(n)
	})
	switch {
	case kin:
		m.kin = append(m.kin, r)
	case c.forced && c.otherOf(r.Target()) != nil:
		// The user named both hosts.
	case !c.pack.MX.Exclusive && r.Target() != zone.Root:
		// It may stand beside the host's. A null MX never may (RFC 7505, section
		// 3).
	default:
		m.foreign = append(m.foreign, r)
	}
}

// otherOf returns the pack of the zone that serves a foreign exchange, nil if
// none does.
func (c *check) otherOf(exchange zone.Name) *Pack {
	for _, o := range c.all {
		if o.serves(exchange) {
			return o
		}
	}
	return nil
}

// present reports whether some server of the host takes the zone's mail.
func (m *mxSet) present() bool {
	return len(m.kin) > 0 || slices.ContainsFunc(m.own, func(o ownMX) bool { return o.covered })
}

// missing returns the MX records of the pack that the zone lacks, if that is
// certain.
func (c *check) missing() []MXExchange {
	var out []MXExchange
	if c.pack.MX == nil || !c.mx.absent {
		return nil
	}
	for i, x := range c.pack.MX.Records {
		if !c.mx.own[i].covered {
			out = append(out, x)
		}
	}
	return out
}

// newMX returns the records of exchanges for the apex.
func (c *check) newMX(xs []MXExchange) []zone.Record {
	ttl := newTTL(c.z, c.z.Apex, zone.TypeMX)
	out := make([]zone.Record, len(xs))
	for i, x := range xs {
		out[i] = zone.NewMX(c.z.Apex, ttl, x.Preference, x.Exchange)
	}
	return out
}

func mxMissing(p *rules.Pass, c *check) {
	missing := c.missing()
	if len(missing) == 0 {
		return
	}
	add := zone.Change{Name: c.z.Apex, Type: zone.TypeMX, After: c.newMX(missing)}
	what := mxList(missing)
	if c.mx.present() {
		f := p.AtApex(zone.TypeMX, fmt.Sprintf("%s of %s is missing, so mail has fewer ways there when a server is down. Add it.", what, c.pack.ID)).As(rules.Warning)
		if len(missing) > 1 {
			f.Message = fmt.Sprintf("%s of %s are missing, so mail has fewer ways there when a server is down. Add them.", what, c.pack.ID)
		}
		if r, ok := c.anyOwn(); ok {
			f = rules.At(r, zone.Field(1), f.Message).As(rules.Warning)
		}
		if len(c.mx.foreign) > 0 {
			f = f.WithFix(rules.Manual, "remove the MX records of other hosts, then add "+what)
		} else {
			f = f.WithFix(rules.Safe, "add "+what, add)
		}
		c.report(p, f)
		return
	}
	if len(c.mx.foreign) > 0 {
		return // mxForeign says where mail goes instead, and what to put there
	}
	f := p.AtApex(zone.TypeMX, fmt.Sprintf("%s has no MX record of %s, so its mail does not get there. Add %s to the zone.", c.z.Apex, c.pack.ID, what)).As(rules.Error)
	if !c.sure {
		// The address of the apex may be meant to take the mail (RFC 5321,
		// section 5.1): MX records would lead it away from there.
		c.report(p, f.As(rules.Warning).WithFix(rules.Unsafe, "add "+what, add))
		return
	}
	c.report(p, f.WithFix(rules.Safe, "add "+what, add))
}

// anyOwn returns the first of the pack's MX records that the zone has.
func (c *check) anyOwn() (zone.Record, bool) {
	for _, o := range c.mx.own {
		if o.record.Type != 0 {
			return o.record, true
		}
	}
	return zone.Record{}, false
}

func mxForeign(p *rules.Pass, c *check) {
	if len(c.mx.foreign) == 0 {
		return
	}
	first := c.mx.foreign[0]
	f := rules.At(first, zone.Field(1), "").As(rules.Error)
	switch {
	case first.Target() == zone.Root && c.mx.present():
		f.Message = fmt.Sprintf("The null MX says that %s takes no mail, against the MX records of %s beside it. Remove the null MX.", c.z.Apex, c.pack.ID)
	case first.Target() == zone.Root:
		f.Message = fmt.Sprintf("The null MX says that %s takes no mail, so none reaches %s. Put %s in its place.", c.z.Apex, c.pack.ID, mxList(c.pack.MX.Records))
	case c.mx.present():
		f.Message = fmt.Sprintf("%s is no server of %s: mail that it takes does not reach the mailboxes there. Remove this MX record.", first.Target(), c.pack.ID)
	default:
		f.Message = fmt.Sprintf("Mail for %s goes to %s, not to %s. Put %s in the place of what is there.", c.z.Apex, first.Target(), c.pack.ID, mxList(c.pack.MX.Records))
	}
	for _, r := range c.mx.foreign[1:] {
		f.Related = append(f.Related, rules.Related{Span: r.Span(zone.Field(1)), Message: fmt.Sprintf("%s is no server of %s either", r.Target(), c.pack.ID)})
	}
	for _, r := range c.mx.foreign {
		if o := c.otherOf(r.Target()); o != nil {
			c.report(p, f.WithFix(rules.Manual, fmt.Sprintf("decide whether %s or %s hosts the mail, and name it with --pack", c.pack.ID, o.ID)))
			return
		}
	}
	come := c.newMX(c.missing())
	what := "remove " + recordList(c.mx.foreign)
	if len(come) > 0 {
		what = "replace " + recordList(c.mx.foreign) + " by " + mxList(c.missing())
	}
	c.report(p, f.WithFix(rules.Unsafe, what, zone.Change{Name: c.z.Apex, Type: zone.TypeMX, Before: c.mx.foreign, After: come}))
}

// mxPreference finds two servers that are tried in another order than the host
// asks for; other figures in the same order do no harm (RFC 5321, section 5.1).
func mxPreference(p *rules.Pass, c *check) {
	if c.pack.MX == nil {
		return
	}
	for i, want := range c.pack.MX.Records {
		for j, later := range c.pack.MX.Records {
			a, b := &c.mx.own[i].record, &c.mx.own[j].record
			if a.Type == 0 || b.Type == 0 || want.Preference >= later.Preference || a.Preference() < b.Preference() {
				continue
			}
			message := "With preference %d %s is tried before %s, which %s wants first. Set %s instead."
			if a.Preference() == b.Preference() {
				message = "With preference %d too, %s gets as much mail as %s, which %s wants tried first. Set %s instead."
			}
			f := rules.At(*b, zone.Field(0), fmt.Sprintf(message, b.Preference(), b.Target(), a.Target(), c.pack.ID, mxList(c.pack.MX.Records))).As(rules.Warning)
			c.report(p, c.fixPreferences(f))
			return
		}
	}
}

func (c *check) fixPreferences(f rules.Finding) rules.Finding {
	if c.mx.twice {
		return f // which of two records stays is another finding's matter
	}
	ch := zone.Change{Name: c.z.Apex, Type: zone.TypeMX}
	for i, x := range c.pack.MX.Records {
		r := c.mx.own[i].record
		if r.Type == 0 || r.Preference() == x.Preference {
			continue
		}
		n := zone.NewMX(r.Name, r.TTL, x.Preference, x.Exchange)
		n.Loc = r.Loc
		ch.Before, ch.After = append(ch.Before, r), append(ch.After, n)
	}
	return f.WithFix(rules.Unsafe, "set "+mxList(c.pack.MX.Records), ch)
}

// mxText says an MX record as a person does.
func mxText(r zone.Record) string {
	return MXExchange{r.Preference(), r.Target()}.String()
}

func mxList(xs []MXExchange) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = x.String()
	}
	return enumerate(parts)
}

func recordList(rs []zone.Record) string {
	parts := make([]string, len(rs))
	for i, r := range rs {
		parts[i] = r.Type.String() + " " + r.RData()
	}
	return enumerate(parts)
}

// enumerate joins parts as a sentence does; of many it names the first three.
func enumerate(parts []string) string {
	if n := len(parts) - 3; n > 1 {
		parts = append(slices.Clone(parts[:3]), fmt.Sprintf("%d more", n))
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
