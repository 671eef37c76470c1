package pack

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// replace finds what comes in the place of MX and SPF records that go, and of
// an alias at _dmarc. The rest is what the rules find missing.
func (x *mover) replace() error {
	x.settlePolicy()
	bare, ok := x.z.Apply(x.changes())
	if !ok {
		return fmt.Errorf("zone %s: the records of the old host cannot be removed; nothing was changed", x.z.Apex)
	}
	var checks []*check
	for _, p := range x.to {
		c := &check{z: bare, pack: p, base: bare.Apex, by: ByUser, sure: true, forced: true, all: append(slices.Clone(x.to), x.gateways...)}
		c.read(x.given)
		checks = append(checks, c)
	}
	for _, c := range checks {
		if err := x.replaceMX(c); err != nil {
			return err
		}
	}
	x.replaceSPF(checks)
	return nil
}

// replaceMX puts the MX records of a new host in the place of those that go.
func (x *mover) replaceMX(c *check) error {
	i := slices.IndexFunc(x.gone, departure.takesMail)
	if i < 0 || c.pack.MX == nil || c.behind != nil {
		return nil
	}
	come := c.mx.want
	if c.mx.present() {
		come = c.missing()
	}
	rs, ok := c.newMX(come)
	if !ok {
		return fmt.Errorf("zone %s: the MX records of %s need values%s; nothing was changed", x.z.Apex, c.pack.ID, c.unknown(come))
	}
	for _, r := range rs {
		if c.z.RRset(c.z.Apex, zone.TypeMX) == nil {
			r.TTL = x.gone[i].TTL
		}
		if !slices.ContainsFunc(x.mx, func(o zone.Record) bool { return o.Data == r.Data }) {
			x.mx = append(x.mx, r)
		}
	}
	return nil
}

// takesMail reports whether the record is an MX record that mail goes by.
func (d departure) takesMail() bool { return d.Type == zone.TypeMX && d.want == nil }

// settlePolicy finds the record to put in the place of an alias at _dmarc: one
// with the policy that the old host keeps there. An alias whose policy is not
// known stays: any other policy would be weaker, or stop mail that passes now.
func (x *mover) settlePolicy() {
	name, err := x.z.Apex.Child(policyOwner)
	if err != nil {
		return
	}
	for _, r := range x.z.RRset(name, zone.TypeCNAME) {
		for _, h := range x.old {
			if !h.keepsPolicy(r) || slices.ContainsFunc(x.keep, func(k *holding) bool { return k.keepsPolicy(r) }) || r.Notes&zone.Generated != 0 {
				continue
			}
			next, ok := x.newPolicy(h, r)
			if !ok {
				x.note("%s CNAME %s stays, though %s keeps what it leads to: zonelint does not know that policy (--live asks for it). Put a TXT record with the same in the place of the alias", name, r.Target(), h.pack.ID)
				continue
			}
			x.gone = append(x.gone, departure{Record: r, of: h.pack, grip: strong})
			x.policy = &next
			return
		}
	}
}

// newPolicy returns the DMARC record in the place of an old host's alias: the
// alias of a new host, or a record with at least the same policy.
func (x *mover) newPolicy(h *holding, alias zone.Record) (zone.Record, bool) {
	was := h.pack.DMARC.Policy
	text := "v=DMARC1; p=" + was
	if seen := x.policyAt(alias.Target()); seen != "" {
		was, text = "", seen
	}
	if text == "v=DMARC1; p=" {
		return zone.Record{}, false
	}
	least := policyOf(text)
	for _, k := range x.keep {
		d := k.pack.DMARC
		switch {
		case d == nil:
		case d.CNAME != nil:
			if target, _, ok := k.pack.compiled.dmarc.render(k.scope); ok && d.Policy != "" && policyOf("v=DMARC1; p="+d.Policy) >= least {
				return zone.NewName(alias.Name, zone.TypeCNAME, alias.TTL, target), true
			}
		case was != "" && d.Create != "" && policyOf(d.Create) >= least:
			return zone.NewTXT(alias.Name, alias.TTL, d.Create), true
		}
	}
	return zone.NewTXT(alias.Name, alias.TTL, text), true
}

// policyTags are the tags that say what receivers do; where reports go is the
// old host's affair.
var policyTags = []string{"p", "sp", "np", "adkim", "aspf"}

// policyAt returns the policy of the DMARC record at a name, as a record of its
// own; "" if it is not known.
func (x *mover) policyAt(name zone.Name) string {
	found := ""
	for _, r := range resolve.Lookup(x.z, x.servers, name, zone.TypeTXT).Records {
		text := r.Text()
		k := dmarc.Parse(text, true, nil)
		if !k.Version.Valid() {
			continue
		}
		if _, ok := k.Tag("p"); !ok || found != "" {
			return "" // none is in force (RFC 9989, section 4.10)
		}
		found = "v=DMARC1"
		for _, name := range policyTags {
			if t, ok := k.Tag(name); ok {
				found += "; " + name + "=" + t.Value.Of(text)
			}
		}
	}
	return found
}
