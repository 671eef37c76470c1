package dmarc

import (
	"fmt"
	"iter"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var receiversDiffer = &rules.Rule{
	ID:       "dmarc-receivers-differ",
	Severity: rules.Warning,
	Summary:  "the two kinds of receiver find different DMARC policies for a domain",
	What: "A domain with an MX or SPF record has no DMARC record of its own, and stands below a subdomain that has one. " +
		"Receivers by RFC 9989 look for the policy by walking up the tree, those by RFC 7489 only at the registered domain, and what they find is not the same.",
	Why: "Forged mail that one kind refuses the other lets in, or mail that one lets in the other refuses.",
	Bad: `_dmarc.shop IN TXT "v=DMARC1; p=reject"
news.shop IN MX 10 mx.example.net.
`,
	Good: `_dmarc.shop IN TXT "v=DMARC1; p=reject"
_dmarc.news.shop IN TXT "v=DMARC1; p=reject"
news.shop IN MX 10 mx.example.net.
`,
	Refs: []string{"RFC 9989, section 4.10.1", "RFC 9989, section 4.10.2", "RFC 7489, section 6.6.3", "RFC 7489, section 3.2"},
	Fix:  rules.Manual,
	Run:  rules.On(rules.Zones, checkDiffer),
}

func checkDiffer(p *rules.Pass, z *zone.Zone) {
	if !mailBelow(z) {
		return
	}
	// The two find the same unless a record stands between a domain and the
	// registered one.
	between := map[zone.Name]bool{}
	for _, t := range [...]zone.Type{zone.TypeTXT, zone.TypeCNAME} {
		for r := range z.OfTypeAt(t, label) {
			if r.Name.Parent() == z.Apex && IsOrganizational(z.Apex) {
				continue
			}
			if d := r.Name.Parent(); listed(d) != "" && listed(d) != d {
				between[d] = true
			}
		}
	}
	if len(between) == 0 {
		return
	}
	type disagreement struct{ newer, older effect }
	type group struct {
		rules.Finding
		first zone.Name
		more  int
	}
	var order []disagreement
	groups := map[disagreement]*group{}
	seen := map[zone.Name]bool{}
	for r := range mailRecords(z) {
		if seen[r.Name] || !belowAny(r.Name, between, z.Apex) || z.Cut(r.Name) != "" {
			continue
		}
		seen[r.Name] = true
		is := disagreement{newer(p, r.Name), older(p, r.Name)}
		// Mail is treated alike by the policy none and without any.
		if is.newer.state == open || is.older.state == open || max(is.newer.policy, None) == max(is.older.policy, None) {
			continue
		}
		if g := groups[is]; g != nil {
			g.more++
			continue
		}
		groups[is] = &group{Finding: rules.At(r, zone.Part{Kind: zone.PartOwner}, ""), first: r.Name}
		order = append(order, is)
	}
	for _, is := range order {
		g := groups[is]
		name := g.first.String()
		if g.more > 0 {
			name = fmt.Sprintf("%s (and of %d more names)", name, g.more)
		}
		g.Message = fmt.Sprintf("For mail of %s receivers by RFC 9989 find %s, those by RFC 7489 %s. Give it a DMARC record of its own.", name, is.newer, is.older)
		p.Report(g.WithFix(rules.Manual, fmt.Sprintf("publish the policy that is meant at _dmarc.%s", g.first)))
	}
}

// String says what receivers find, for a message.
func (e effect) String() string {
	switch {
	case e.state != present:
		return "no policy"
	case e.policy == NoPolicy:
		return fmt.Sprintf("no valid policy at %s", e.from)
	}
	return fmt.Sprintf("the policy %s of %s", e.policy, e.from)
}

// mailRecords yields the records that show that a name is used in addresses:
// MX that are not null, and SPF. Wildcards and names such as _dmarc are none.
func mailRecords(z *zone.Zone) iter.Seq[zone.Record] {
	return func(yield func(zone.Record) bool) {
		for r := range z.OfType(zone.TypeMX) {
			if r.Target() != zone.Root && addressable(r.Name) && !yield(r) {
				return
			}
		}
		for r := range z.OfTypeAt(zone.TypeTXT, addressable) {
			if isSPF(r) && !yield(r) {
				return
			}
		}
	}
}

// mailBelow reports whether a name below the apex is used in addresses.
func mailBelow(z *zone.Zone) bool {
	for r := range mailRecords(z) {
		if r.Name != z.Apex {
			return true
		}
	}
	return false
}

// belowAny reports whether a name lies below one of the domains.
func belowAny(name zone.Name, domains map[zone.Name]bool, apex zone.Name) bool {
	for n := name.Parent(); n.Within(apex); n = n.Parent() {
		if domains[n] {
			return true
		}
	}
	return false
}

func addressable(name zone.Name) bool { return len(name) > 1 && name[1] != '*' && name[1] != '_' }
