package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// newMX returns the records of exchanges for the apex. ok is false if the name
// of one is not known.
func (c *check) newMX(xs []wantMX) (rs []zone.Record, ok bool) {
	ttl := newTTL(c.z, c.z.Apex, zone.TypeMX)
	for i := range xs {
		name, _, known := xs[i].render(c.scope)
		if !known {
			return nil, false
		}
		rs = append(rs, zone.NewMX(c.z.Apex, ttl, xs[i].preference, name))
	}
	return rs, true
}

// withMX gives a finding the fix of adding MX records in the place of others,
// or says that their names are not known.
func (c *check) withMX(f rules.Finding, s rules.Safety, what string, come []wantMX, gone ...zone.Record) rules.Finding {
	rs, ok := c.newMX(come)
	if !ok {
		return f.WithFix(rules.Manual, what+c.unknown(come))
	}
	return f.WithFix(s, what, zone.Change{Name: c.z.Apex, Type: zone.TypeMX, Before: gone, After: rs})
}

// unknown says where the values of the variables of MX records are found.
func (c *check) unknown(xs []wantMX) string {
	var vs []Value
	for _, x := range xs {
		vs = append(vs, x.value)
	}
	return c.whereFrom(vs...)
}

// whereFrom says what the variables are that values lack.
func (c *check) whereFrom(vs ...Value) string {
	var out []string
	for _, v := range vs {
		for _, name := range v.Variables() {
			if _, ok := c.scope.render(Value{parts: []part{{name, true}}}); ok {
				continue
			}
			for _, k := range c.pack.Variables {
				if k.Name == name {
					out = append(out, fmt.Sprintf("{%s} is %s", name, k.About))
				}
			}
		}
	}
	if slices.Sort(out); len(out) == 0 {
		return ""
	}
	return "; " + strings.Join(slices.Compact(out), "; ") + " (--var gives it)"
}

func mxMissing(p *rules.Pass, c *check) {
	if c.pack.MX == nil {
		return
	}
	missing := c.missing()
	if len(missing) == 0 {
		return
	}
	what := c.mxList(missing)
	if c.mx.present() {
		f := p.AtApex(zone.TypeMX, fmt.Sprintf("%s of %s is missing, so mail has fewer ways there when a server is down. Add it.", what, c.pack.ID)).As(rules.Warning)
		if len(missing) > 1 {
			f.Message = fmt.Sprintf("%s of %s are missing, so mail has fewer ways there when a server is down. Add them.", what, c.pack.ID)
		}
		if r, ok := c.anyOwn(); ok {
			f = rules.At(r, zone.Field(1), f.Message).As(rules.Warning)
		}
		switch {
		case len(c.mx.strays) > 0:
			return // mxMixed says it
		case len(c.mx.foreign) > 0:
			f = f.WithFix(rules.Manual, "remove the MX records of other hosts, then add "+what)
		default:
			f = c.withMX(f, rules.Safe, "add "+what, missing)
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
		c.report(p, c.withMX(f.As(rules.Warning), rules.Unsafe, "add "+what, missing))
		return
	}
	if c.pack.MX.Level != Required {
		f.Severity = c.pack.MX.Level.absent()
	}
	c.report(p, c.withMX(f, rules.Safe, "add "+what, missing))
}

// mxMixed finds records of two sets of the host that are not meant to stand
// together.
func mxMixed(p *rules.Pass, c *check) {
	if c.pack.MX == nil || c.pack.MX.AnySubset || len(c.mx.strays) == 0 || c.behind != nil {
		return
	}
	missing := c.missing()
	f := rules.At(c.mx.strays[0], zone.Field(1), fmt.Sprintf("%s belongs to another set of MX records of %s than the rest. The host means one set to be used: %s.",
		c.mx.strays[0].Target(), c.pack.ID, c.mxList(c.mx.want)))
	for _, r := range c.mx.strays[1:] {
		f.Related = append(f.Related, rules.Related{Span: r.Span(zone.Field(1)), Message: fmt.Sprintf("and so does %s", r.Target())})
	}
	what := "remove " + recordList(c.mx.strays)
	if len(missing) > 0 {
		what += " and add " + c.mxList(missing)
	}
	c.report(p, c.withMX(f, rules.Unsafe, what, missing, c.mx.strays...))
}

// gatewayBypassed finds MX records of the mailbox host beside those of the
// gateway before it.
func gatewayBypassed(p *rules.Pass, c *check) {
	if len(c.mx.bypass) == 0 {
		return
	}
	f := rules.At(c.mx.bypass[0], zone.Field(1), fmt.Sprintf("%s takes mail past %s, which is meant to filter it: senders of spam choose such records on purpose. Remove this MX record.",
		c.mx.bypass[0].Target(), c.behind.ID))
	for _, r := range c.mx.bypass[1:] {
		f.Related = append(f.Related, rules.Related{Span: r.Span(zone.Field(1)), Message: fmt.Sprintf("%s does so too", r.Target())})
	}
	c.report(p, f.WithFix(rules.Unsafe, "remove "+recordList(c.mx.bypass), zone.Remove(c.mx.bypass...)))
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
		f.Message = fmt.Sprintf("The null MX says that %s takes no mail, so none reaches %s. Put %s in its place.", c.z.Apex, c.pack.ID, c.mxList(c.mx.want))
	case c.mx.present():
		f.Message = fmt.Sprintf("%s is no server of %s: mail that it takes does not reach the mailboxes there. Remove this MX record.", first.Target(), c.pack.ID)
	default:
		f.Message = fmt.Sprintf("Mail for %s goes to %s, not to %s. Put %s in the place of what is there.", c.z.Apex, first.Target(), c.pack.ID, c.mxList(c.mx.want))
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
	come := c.missing()
	what := "remove " + recordList(c.mx.foreign)
	if len(come) > 0 {
		what = "replace " + recordList(c.mx.foreign) + " by " + c.mxList(come)
	}
	c.report(p, c.withMX(f, rules.Unsafe, what, come, c.mx.foreign...))
}

// mxPreference finds two servers that are tried in another order than the host
// asks for; other figures in the same order do no harm (RFC 5321, section 5.1).
func mxPreference(p *rules.Pass, c *check) {
	if c.pack.MX == nil || c.pack.MX.AnyPreference {
		return
	}
	for i, want := range c.mx.want {
		for j, later := range c.mx.want {
			a, b := &c.mx.own[i].record, &c.mx.own[j].record
			if a.Type == 0 || b.Type == 0 || want.preference >= later.preference || a.Preference() < b.Preference() {
				continue
			}
			message := "With preference %d %s is tried before %s, which %s wants first. Set %s instead."
			if a.Preference() == b.Preference() {
				message = "With preference %d too, %s gets as much mail as %s, which %s wants tried first. Set %s instead."
			}
			f := rules.At(*b, zone.Field(0), fmt.Sprintf(message, b.Preference(), b.Target(), a.Target(), c.pack.ID, c.mxList(c.mx.want))).As(rules.Warning)
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
	for i, x := range c.mx.want {
		r := c.mx.own[i].record
		if r.Type == 0 || r.Preference() == x.preference {
			continue
		}
		n := zone.NewMX(r.Name, r.TTL, x.preference, r.Target())
		n.Loc = r.Loc
		ch.Before, ch.After = append(ch.Before, r), append(ch.After, n)
	}
	return f.WithFix(rules.Unsafe, "set "+c.mxList(c.mx.want), ch)
}

// mxText says an MX record as a person does.
func mxText(r zone.Record) string { return fmt.Sprintf("MX %d %s", r.Preference(), r.Target()) }

// mxList says the records of a set as a person does.
func (c *check) mxList(xs []wantMX) string {
	parts := make([]string, len(xs))
	for i := range xs {
		_, text, _ := xs[i].render(c.scope)
		parts[i] = fmt.Sprintf("MX %d %s", xs[i].preference, text)
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
