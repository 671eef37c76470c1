package pack

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// policyOwner is where receivers look for a domain's DMARC record (RFC 9989,
// section 4.5).
const policyOwner = "_dmarc"

func dmarcMissing(p *rules.Pass, c *check) {
	want := c.pack.DMARC
	if want == nil || want.Level.absent() == 0 || c.speaksOfDMARC() != c.pack {
		return
	}
	name := zone.Name("\x06"+policyOwner) + c.z.Apex
	if len(name) > zone.MaxName {
		return
	}
	alias, lacks := c.lacksDMARC(name)
	if !lacks || !dmarc.IsOrganizational(c.z.Apex) {
		return
	}
	if want.Create == "" {
		c.lacksAlias(p, name)
		return
	}
	f := p.AtApex(zone.TypeTXT, fmt.Sprintf("There is no DMARC record at %s, so receivers are told nothing about forged mail. Add %s there.",
		name, zone.Quote(want.Create))).As(rules.Warning)
	f.Name = name
	if alias != "" {
		c.report(p, f.WithFix(rules.Manual, fmt.Sprintf("add TXT %s at %s, of which %s is an alias", zone.Quote(want.Create), alias, name)))
		return
	}
	r := zone.NewTXT(name, newTTL(c.z, name, zone.TypeTXT), want.Create)
	c.report(p, f.WithFix(rules.Safe, fmt.Sprintf("add %s TXT %s", policyOwner, zone.Quote(want.Create)), zone.Add(r)))
}

// speaksOfDMARC returns the pack whose record a zone without any is to get: the
// first that asks for one, the mailbox host's before those of senders.
func (c *check) speaksOfDMARC() *Pack {
	for _, p := range c.all {
		if p.DMARC != nil && p.DMARC.Level.absent() > 0 {
			return p
		}
	}
	return nil
}

// lacksAlias reports that there is no DMARC record where the host wants an
// alias of its own.
func (c *check) lacksAlias(p *rules.Pass, name zone.Name) {
	if n, ok := c.z.Node(name); ok && n.Has(zone.TypeCNAME) {
		return // which says as much as the zone can
	}
	target, text, known := c.pack.compiled.dmarc.render(c.scope)
	f := p.AtApex(zone.TypeCNAME, fmt.Sprintf("There is no DMARC record at %s, so receivers are told nothing about forged mail. %s keeps one for its customers: make the name an alias of %s.",
		name, c.pack.ID, text)).As(rules.Warning)
	f.Name = name
	what := fmt.Sprintf("add %s CNAME %s", policyOwner, text)
	if n, ok := c.z.Node(name); !known || ok && n.HasOther() {
		c.report(p, f.WithFix(rules.Manual, what+c.whereFrom(*c.pack.DMARC.CNAME)))
		return
	}
	c.report(p, f.WithFix(rules.Safe, what, zone.Add(zone.NewName(name, zone.TypeCNAME, newTTL(c.z, name, zone.TypeCNAME), target))))
}

// dmarcWeak finds a DMARC record that asks for less than the host wants.
func dmarcWeak(p *rules.Pass, c *check) {
	want := c.pack.DMARC
	if want == nil || want.Minimum == "" {
		return
	}
	least := dmarc.ParsePolicy(want.Minimum)
	name := zone.Name("\x06"+policyOwner) + c.z.Apex
	if len(name) > zone.MaxName {
		return
	}
	for _, r := range c.z.RRset(name, zone.TypeTXT) {
		text := r.Text()
		k := dmarc.Parse(text, true, nil)
		t, ok := k.Tag("p")
		if !ok || !k.Version.Valid() {
			continue
		}
		if got := dmarc.ParsePolicy(t.Value.Of(text)); got == dmarc.NoPolicy || got >= least {
			continue // what is no policy is another rule's finding
		}
		f := rules.At(r, zone.TextPart(t.Value.From, t.Value.To), fmt.Sprintf("%s wants a DMARC policy of at least %s, and this is %s. Set p=%s.",
			c.pack.ID, want.Minimum, t.Value.Of(text), want.Minimum)).As(c.lower(want.Level.wrong()))
		c.report(p, f.WithFix(rules.Unsafe, "set p="+want.Minimum, zone.Replace(r, r.WithText(t.Value.From, t.Value.To, want.Minimum))))
	}
}

// lacksDMARC reports whether the zone certainly has nothing at the policy owner
// that is meant as DMARC, nor anywhere from where it would be moved there.
// alias is the name that the policy owner is an alias of, "" if none: no TXT
// record can stand beside a CNAME, except that of a wildcard.
func (c *check) lacksDMARC(name zone.Name) (alias zone.Name, lacks bool) {
	if n, ok := c.z.Node(name); ok {
		for r := range n.Records() {
			if r.Type == zone.TypeTXT && dmarc.Meant(r.TextPrefix(40)) {
				return "", false // what most zones have
			}
		}
	}
	a := c.z.Lookup(name, zone.TypeTXT)
	own := a.Wildcard == ""
	for range maxChain {
		if a.Status != zone.Aliased {
			break
		}
		target := a.Records()[0].Target()
		if own {
			alias = target
		}
		a = c.z.Lookup(target, zone.TypeTXT)
	}
	if a.Status == zone.Found && !c.z.Complete || a.Status != zone.Found && !a.Status.Absent() {
		return "", false
	}
	for _, r := range a.Records() {
		if dmarc.Parse(r.Text(), true, nil).Version.Form != dmarc.NotDMARC {
			return "", false
		}
	}
	if _, ok := c.z.Node(doubled(name, c.z.Apex)); ok || c.strayDMARC() {
		return "", false
	}
	return alias, true
}

// strayDMARC reports whether a DMARC record for the apex stands at a name where
// receivers do not look: at the apex itself, or at a name like _dmarc.
func (c *check) strayDMARC() bool {
	for r := range c.z.OfType(zone.TypeTXT) {
		near := r.Name == c.z.Apex || r.Name == doubled(c.z.Apex, c.z.Apex) ||
			r.Name.Parent() == c.z.Apex && spelling.Distance(strings.Trim(r.Name.Label(), "_-"), "dmarc") <= 1
		if near && dmarc.Meant(r.TextPrefix(40)) {
			return true
		}
	}
	return false
}

// validateDMARC checks that the record to create is one that every receiver
// takes.
func (d *decoder) validateDMARC(m *DMARC) {
	if m.Minimum != "" && dmarc.ParsePolicy(m.Minimum) == dmarc.NoPolicy {
		d.failAt(&m.Minimum, "minimum: %q is none of none, quarantine and reject", m.Minimum)
	}
	if m.Policy != "" && dmarc.ParsePolicy(m.Policy) == dmarc.NoPolicy {
		d.failAt(&m.Policy, "policy: %q is none of none, quarantine and reject", m.Policy)
	}
	switch {
	case m.Policy != "" && m.CNAME == nil:
		d.failAt(&m.Policy, "policy: it is that of the record at cname, which is not given")
	case m.Create == "" && m.CNAME == nil:
		d.failAt(m, "dmarc lacks create, the record, or cname, the name to be an alias of")
	case m.Create != "" && m.CNAME != nil:
		d.failAt(m, "dmarc has create and cname; one of them is enough")
	}
	if m.Create == "" {
		return
	}
	r := dmarc.Parse(m.Create, true, nil)
	if r.Version.Form != dmarc.VersionGood {
		d.failAt(&m.Create, "create: %q does not begin with v=DMARC1;", m.Create)
		return
	}
	for _, t := range r.Tags {
		if t.Faults&^tagvalue.Empty != 0 {
			d.failAt(&m.Create, "create: %q in the DMARC record is not valid", t.Whole.Of(m.Create))
		}
	}
	if t, ok := r.Tag("p"); !ok || dmarc.ParsePolicy(t.Value.Of(m.Create)) == dmarc.NoPolicy {
		d.failAt(&m.Create, "create: the DMARC record has no policy: p must be none, quarantine or reject")
	}
}
