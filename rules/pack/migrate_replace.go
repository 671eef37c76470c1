package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
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
				x.note("%s CNAME %s stays, though %s keeps what it leads to: zonelint does not know that policy. Look it up, and put a TXT record with it in the place of the alias", name, r.Target(), h.pack.ID)
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
	if was == "" {
		return zone.Record{}, false
	}
	least := policyOf("v=DMARC1; p=" + was)
	for _, k := range x.keep {
		d := k.pack.DMARC
		if d == nil {
			continue
		}
		if d.CNAME != nil && d.Policy != "" && policyOf("v=DMARC1; p="+d.Policy) >= least {
			if target, _, ok := k.pack.compiled.dmarc.render(k.scope); ok {
				return zone.NewName(alias.Name, zone.TypeCNAME, alias.TTL, target), true
			}
		}
		if d.Create != "" && policyOf(d.Create) >= least {
			return zone.NewTXT(alias.Name, alias.TTL, d.Create), true
		}
	}
	return zone.NewTXT(alias.Name, alias.TTL, "v=DMARC1; p="+strings.ToLower(was)), true
}
