package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// each calls found for the verdicts of a kind.
func (c *check) each(kind verdictKind, found func(verdict)) {
	for _, v := range c.verdicts {
		if v.kind == kind {
			found(v)
		}
	}
}

// lower makes a finding advice where the pack was seen by signs that do not
// show that the host is used in this way.
func (c *check) lower(s rules.Severity) rules.Severity {
	if c.by == BySPF && c.pack.Kind == Sender {
		return min(s, rules.Info)
	}
	return s
}

// data returns the RDATA that the pack asks for as a person writes it.
func (c *check) data(w *wantRecord) string {
	switch {
	case w.Target != nil:
		_, text, _ := w.targets[0].render(c.scope)
		switch w.Type {
		case zone.TypeMX:
			return fmt.Sprintf("%d %s", w.Preference, text)
		case zone.TypeSRV:
			return fmt.Sprintf("%d %d %d %s", w.Preference, w.Weight, w.Port, text)
		}
		return text
	case w.Text != nil:
		text, _ := c.scope.render(*w.Text)
		return zone.Quote(text)
	case w.Data != nil:
		text, _ := c.scope.render(*w.Data)
		return text
	}
	return w.Addresses[0].String()
}

// say returns the record as a person says it.
func (c *check) say(w *wantRecord) string {
	name, _ := c.scope.render(w.Name)
	if c.base != c.z.Apex {
		name += "." + c.base.Relative(c.z.Apex)
	}
	return fmt.Sprintf("%s %s %s", name, w.Type, c.data(w))
}

// newRecord returns the record to write. ok is false if that is not known.
func (c *check) newRecord(v verdict) (r zone.Record, ok bool) {
	if v.owner == "" {
		return r, false
	}
	ttl := newTTL(c.z, v.owner, v.Type)
	switch {
	case v.Target != nil:
		name, _, known := v.targets[0].render(c.scope)
		switch {
		case !known:
			return r, false
		case v.Type == zone.TypeMX:
			return zone.NewMX(v.owner, ttl, v.Preference, name), true
		case v.Type == zone.TypeSRV:
			return zone.NewSRV(v.owner, ttl, v.Preference, v.Weight, v.Port, name), true
		}
		return zone.NewName(v.owner, v.Type, ttl, name), true
	case v.Text != nil:
		text, known := c.scope.render(*v.Text)
		return zone.NewTXT(v.owner, ttl, text), known
	case v.Data != nil:
		text, known := c.scope.render(*v.Data)
		if !known {
			return r, false
		}
		rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", v.owner, ttl, v.Type, text))
		if err != nil || rr == nil {
			return r, false
		}
		r, err = zone.FromRR(rr)
		return r, err == nil
	}
	if n := v.Addresses[0]; n.IsSingleIP() {
		return zone.NewAddress(v.owner, ttl, n.Addr()), true
	}
	return r, false
}

// follows says what the lack of a record means.
func (c *check) follows(v verdict) string {
	at := v.Name.Text
	if v.owner != "" {
		at = v.owner.String()
	}
	switch {
	case v.Purpose == ForDKIM:
		return fmt.Sprintf("so mail that %s signs for the domain fails DKIM", c.pack.ID)
	case v.Purpose == ForBounces:
		return fmt.Sprintf("so mail that %s sends is not aligned with the domain by SPF", c.pack.ID)
	case v.Purpose == ForTracking:
		return "so links in the mail do not carry the domain's name"
	case v.Purpose == ForService:
		return fmt.Sprintf("so the service that %s offers there is not found", c.pack.ID)
	case v.Type == zone.TypeSRV:
		return "so mail programs that look for their settings do not find them"
	case v.Type == zone.TypeCNAME:
		return fmt.Sprintf("so mail programs set up with %s find no server", at)
	}
	return "which the host asks for"
}

func recordMissing(p *rules.Pass, c *check) {
	c.each(missing, func(v verdict) {
		level := c.lower(v.absent())
		if level == 0 {
			return
		}
		f := p.AtApex(v.Type, fmt.Sprintf("%s, which %s asks for, is missing, %s. Add it.", c.say(v.wantRecord), c.pack.ID, c.follows(v))).As(level)
		if v.owner != "" {
			f.Name = v.owner
		}
		c.report(p, c.putRecord(f, rules.Safe, v))
	})
}

func recordWrong(p *rules.Pass, c *check) {
	c.each(wrong, func(v verdict) {
		first := v.have[0]
		part := zone.Part{Kind: zone.PartRData}
		message := fmt.Sprintf("%s wants %s here, not %s, %s. Change it.", c.pack.ID, c.say(v.wantRecord), first.RData(), c.follows(v))
		switch {
		case v.Type == zone.TypeCNAME:
			part = zone.Field(0)
			message = fmt.Sprintf("%s wants %s to be an alias of %s, but it is an alias of %s, so mail programs that use it reach another server. Change the target.",
				c.pack.ID, v.owner, c.data(v.wantRecord), first.Target())
			if v.Purpose == ForService {
				message = fmt.Sprintf("%s wants %s to be an alias of %s, but it is an alias of %s, %s. Change the target.",
					c.pack.ID, v.owner, c.data(v.wantRecord), first.Target(), c.follows(v))
			}
			if v.Purpose == ForDKIM {
				message = fmt.Sprintf("%s wants %s to be an alias of %s, where it keeps the key, but it is an alias of %s, %s. Change the target.",
					c.pack.ID, v.owner, c.data(v.wantRecord), first.Target(), c.follows(v))
			}
		case v.Text != nil && kindOf(v.Text.Text) == spfText:
			c.report(p, c.mergeSPF(v))
			return
		}
		f := rules.At(first, part, message).As(c.lower(v.Level.wrong()))
		r, ok := c.newRecord(v)
		if !ok {
			c.report(p, f.WithFix(rules.Manual, "write "+c.say(v.wantRecord)+c.whereFrom(c.values(v)...)))
			return
		}
		what := "write " + c.say(v.wantRecord)
		if v.Type == zone.TypeCNAME {
			what = fmt.Sprintf("point %s at %s", v.owner, r.Target())
		}
		c.report(p, f.WithFix(rules.Unsafe, what, zone.Change{Name: v.owner, Type: v.Type, Before: v.have, After: []zone.Record{r}}))
	})
}

// mergeSPF returns the finding about an SPF record below the apex that lacks
// terms of the pack's.
func (c *check) mergeSPF(v verdict) rules.Finding {
	r := v.have[0]
	text := r.Text()
	have, want := spf.Parse(text), spf.Parse(v.Text.Text)
	next := r
	var lacked []string
	for _, t := range want.Terms {
		if t.Kind == spf.All || t.Kind.Modifier() || slices.ContainsFunc(have.Terms, func(o spf.Term) bool { return termText(o) == termText(t) }) {
			continue
		}
		lacked = append(lacked, t.String())
		next = withTerm(next, spf.Parse(next.Text()), t.String())
	}
	if len(lacked) == 0 { // but a redirect, which the domain's own terms may speak against
		f := rules.At(r, zone.TextPart(0, len(text)), fmt.Sprintf("%s wants the SPF record %s at %s, and what is there does not pass the same servers, %s. Change it.",
			c.pack.ID, zone.Quote(v.Text.Text), v.owner, c.follows(v))).As(c.lower(v.Level.absent()))
		return f.WithFix(rules.Manual, "write "+c.say(v.wantRecord))
	}
	terms := strings.Join(lacked, " ")
	f := rules.At(r, zone.TextPart(0, len(text)), fmt.Sprintf("The SPF record at %s lacks %s, %s. Add it.", v.owner, terms, c.follows(v))).As(c.lower(v.Level.absent()))
	if len(v.have) > 1 {
		return f.WithFix(rules.Manual, "write "+c.say(v.wantRecord))
	}
	return f.WithFix(rules.Safe, "add "+terms, zone.Replace(r, next))
}

func recordConflict(p *rules.Pass, c *check) {
	c.each(conflict, func(v verdict) {
		follows := "so mail programs that use it reach another server"
		if v.Purpose == ForService {
			follows = c.follows(v)
		}
		f := rules.At(v.have[0], zone.Part{Kind: zone.PartRData}, fmt.Sprintf("%s wants %s to be an alias of %s, but it holds %s, %s. Replace that by the CNAME record.",
			c.pack.ID, v.owner, c.data(v.wantRecord), recordList(v.have), follows)).As(c.lower(v.Level.wrong()))
		c.report(p, c.putRecord(f, rules.Unsafe, v))
	})
}

func recordUnwanted(p *rules.Pass, c *check) {
	c.each(unwanted, func(v verdict) {
		message := fmt.Sprintf("%s no longer uses %s %s. Remove it.", c.pack.ID, v.owner, recordList(v.have))
		level := rules.Info
		if v.Level == Forbidden {
			message = fmt.Sprintf("%s says that %s %s does harm. Remove it.", c.pack.ID, v.owner, recordList(v.have))
			level = rules.Warning
		}
		if v.About != "" {
			message = fmt.Sprintf("%s %s is not wanted by %s: %s. Remove it.", v.owner, recordList(v.have), c.pack.ID, strings.TrimSuffix(v.About, "."))
		}
		f := rules.At(v.have[0], zone.Part{Kind: zone.PartRData}, message).As(level)
		c.report(p, f.WithFix(rules.Unsafe, "remove "+recordList(v.have), zone.Remove(v.have...)))
	})
}

// values are the values of the pack's record that may have variables.
func (c *check) values(v verdict) []Value {
	out := []Value{v.Name}
	for _, k := range []*Value{v.Target, v.Text, v.Data} {
		if k != nil {
			out = append(out, *k)
		}
	}
	return out
}

// putRecord puts the pack's record in the place of what is in its way.
func (c *check) putRecord(f rules.Finding, s rules.Safety, v verdict) rules.Finding {
	if v.Type == zone.TypeCNAME && v.owner != "" {
		if at, ok := c.pointer(v.owner); ok {
			return f.WithFix(rules.Manual, fmt.Sprintf("first let the %s record of %s point elsewhere than at %s, which is to be an alias", at.Type, at.Name, v.owner))
		}
	}
	r, ok := c.newRecord(v)
	if !ok {
		how := ""
		if v.About != "" {
			how = "; " + strings.TrimSuffix(v.About, ".")
		}
		return f.WithFix(rules.Manual, "add "+c.say(v.wantRecord)+c.whereFrom(c.values(v)...)+how)
	}
	var cs zone.ChangeSet
	for _, have := range v.have {
		i := slices.IndexFunc(cs, func(gone zone.Change) bool { return gone.Type == have.Type })
		if i < 0 {
			cs = append(cs, zone.Remove(have))
			continue
		}
		cs[i].Before = append(cs[i].Before, have)
	}
	what := "add " + c.say(v.wantRecord)
	if len(cs) > 0 {
		what = fmt.Sprintf("replace %s of %s by CNAME %s", recordList(v.have), v.Name, c.data(v.wantRecord))
	}
	return f.WithFix(s, what, append(cs, zone.Add(r))...)
}
