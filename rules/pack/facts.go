package pack

import (
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// Facts returns what packs know of records outside of their customers' zones,
// such as what the host's SPF record includes.
func Facts(packs []*Pack) []resolve.Fact {
	var out []resolve.Fact
	for _, p := range packs {
		for _, k := range p.Pinned {
			out = append(out, resolve.Fact{Name: k.Name, Type: zone.TypeTXT, Data: []string{zone.TextData(k.Text)}, Date: string(k.Date)})
		}
	}
	return out
}

// validatePinned checks that SPF records that are pinned are valid: what they
// cost is counted.
func (d *decoder) validatePinned(p *Pack) {
	seen := map[zone.Name]bool{}
	for i := range p.Pinned {
		k := &p.Pinned[i]
		if seen[k.Name] {
			d.failAt(&k.Name, "name: %s is pinned above already", k.Name)
		}
		seen[k.Name] = true
		if r := spf.Parse(k.Text); r.Form != spf.Other && !r.Valid() {
			d.failAt(&k.Text, "text: %q is no valid SPF record", k.Text)
		}
	}
}
