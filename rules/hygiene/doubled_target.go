package hygiene

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// targetField is the index of the RDATA field that holds the target.
func targetField(t zone.Type) zone.Part {
	switch t {
	case zone.TypeMX:
		return zone.Field(1)
	case zone.TypeSRV:
		return zone.Field(3)
	}
	return zone.Field(0)
}

// target judges a target below the apex.
func (d *doubling) target(r zone.Record) {
	name := r.Target()
	if !d.apexInside(name) && !d.domainInside(name) {
		return
	}
	_, exists := d.z.Node(name)
	if exists && !d.apexInside(name) {
		return
	}
	word := written(r, targetField(r.Type))
	intended, sure := d.judge(r, name, word)
	switch {
	case sure == unlikely:
		if !exists {
			d.outside(r, name, word)
		}
	case sure > likely:
		d.reportTarget(r, intended, sure)
	case !isSuffix(d.z.Apex):
		if d.meant == nil {
			d.meant = map[zone.Name]bool{}
		}
		d.meant[name] = true
		if exists {
			return
		}
		f := rules.At(r, targetField(r.Type), fmt.Sprintf(
			"This %s target is %s, with %s twice. Most likely %s is meant.", r.Type, name, d.z.Apex, intended)).As(rules.Warning)
		if r.Type == zone.TypeMX && d.z.Lookup(name, zone.TypeSOA).Status == zone.NameError {
			f.Severity = rules.Error // whatever was meant, it is no mail server
		}
		d.Report(d.retarget(f, r, intended, rules.Unsafe))
	}
}

// reportTarget reports a target of which it is certain that a dot is missing.
func (d *doubling) reportTarget(r zone.Record, intended zone.Name, sure proof) {
	name := r.Target()
	why := fmt.Sprintf("This %s target lacks its final dot", r.Type)
	if sure == byOrigin {
		why = "The $ORIGIN above lacks its final dot"
	}
	but, severity := "which does not exist", rules.Error
	_, exists := d.z.Node(name)
	switch a := d.z.Lookup(name, zone.TypeSOA); {
	case exists:
		but, severity = "which only exists since its own dot is missing too", rules.Warning
	case a.Wildcard != "":
		but, severity = fmt.Sprintf("for which only the wildcard %s answers", a.Wildcard), rules.Warning
	case a.Status == zone.Unknown:
		but, severity = "which is hardly meant", rules.Warning
	}
	f := rules.At(r, targetField(r.Type), fmt.Sprintf("%s, so it means %s, %s. Write %s with the dot.", why, name, but, intended)).As(severity)
	if sure == byOrigin {
		f.Message = fmt.Sprintf("%s, so this target means %s, %s. It is to be %s", why, name, but, intended)
	}
	d.Report(d.retarget(f, r, intended, rules.Safe))
}

// outside judges a target that repeats no origin: a host of another domain, if
// it ends in a top-level domain and the zone has no such name.
func (d *doubling) outside(r zone.Record, name zone.Name, word string) {
	intended, origin, ok := completed(name, word)
	if !ok || !origin.Within(d.z.Apex) {
		return
	}
	labels := registered(intended)
	if labels == 0 || intended.NumLabels() < labels {
		return
	}
	a := d.z.Lookup(name, zone.TypeSOA)
	wild := a.Wildcard != ""
	if a.Status != zone.NameError && !wild || !complete(d.z) {
		return
	}
	// A name that is no longer than a registered domain ("s1.dev",
	// "mail.email") may as well be a host of the zone that is gone.
	strong := intended.NumLabels() > labels
	if d.inZone(intended, origin) || wild && !strong {
		return
	}
	f := rules.At(r, targetField(r.Type), "")
	class := rules.Unsafe
	switch {
	case wild:
		f.Severity = rules.Warning
		f.Message = fmt.Sprintf("This %s target has no final dot, so it means %s, which only the wildcard %s answers for. Most likely %s with the dot is meant.", r.Type, name, a.Wildcard, intended)
	case strong:
		class = rules.Safe
		f.Message = fmt.Sprintf("This %s target lacks its final dot, so it means %s, which does not exist. Write %s with the dot.", r.Type, name, intended)
	default:
		if r.Type != zone.TypeMX {
			f.Severity = rules.Warning
		}
		f.Message = fmt.Sprintf("This %s target means %s, which does not exist. If %s is meant, write it with its final dot.", r.Type, name, intended)
	}
	d.Report(d.retarget(f, r, intended, class))
}

// inZone reports whether a target that was completed with an origin is likely
// one of the zone's own, which happens to be gone: the zone has something at or
// below its last labels. Not so if it ends in the zone's domain.
func (d *doubling) inZone(intended, origin zone.Name) bool {
	if intended.Within(d.z.Apex) {
		return false
	}
	for n := intended.Parent(); len(n) > 1; n = n.Parent() {
		at := n[:len(n)-1] + origin
		if _, ok := d.z.Node(at); ok || d.isAncestor(at) {
			return true
		}
	}
	return false
}

// isAncestor reports whether an owner lies below a name. One that is doubled
// itself does not count: what lies above it within the zone is of its mistake.
func (d *doubling) isAncestor(name zone.Name) bool {
	if d.ancestors == nil {
		d.ancestors = map[zone.Name]bool{}
		for n := range d.z.Nodes() {
			if d.apexInside(n.Name()) && d.doubled(n) {
				continue
			}
			for a := n.Name().Parent(); a.Below(d.z.Apex) && !d.ancestors[a]; a = a.Parent() {
				d.ancestors[a] = true
			}
		}
	}
	return d.ancestors[name]
}

// doubled reports whether an owner that has the apex inside came about by a
// missing dot.
func (d *doubling) doubled(n zone.Node) bool {
	for r := range n.Records() {
		_, sure := d.judge(r, n.Name(), written(r, zone.Part{Kind: zone.PartOwner}))
		return sure != unlikely
	}
	return false
}

// registered returns the number of labels that the registered domain of a name
// has: 2 for mx.webmo.fr, 3 for mx.example.co.uk; 0 if it ends in no top-level
// domain that is known, or in labels that no host has.
func registered(name zone.Name) int {
	for _, l := range name.Labels() {
		if !plainLabel(l) {
			return 0
		}
	}
	s := name.String()
	s = s[:len(s)-1]
	suffix, icann := publicsuffix.PublicSuffix(s)
	for !icann {
		// The suffix of a hosting company lies below one of ICANN's.
		_, rest, ok := strings.Cut(suffix, ".")
		if !ok {
			return 0
		}
		suffix, icann = publicsuffix.PublicSuffix(rest)
	}
	return strings.Count(suffix, ".") + 2
}

// isSuffix reports whether others register names below a name: there,
// com.com.com. is no mistake.
func isSuffix(name zone.Name) bool {
	s := name.String()
	s = strings.TrimSuffix(s, ".")
	suffix, _ := publicsuffix.PublicSuffix(s)
	return suffix == s
}

// retarget gives a finding the fix that points a record at another name, of
// the given class at best.
func (d *doubling) retarget(f rules.Finding, r zone.Record, to zone.Name, class rules.Safety) rules.Finding {
	if to == r.Name {
		return f.WithFix(rules.Manual, "point the record at a host; "+to.String()+" is its own name")
	}
	if d.z.Lookup(to, zone.TypeSOA).Status == zone.NameError {
		// Not certain what was meant; or its own dot is missing, and comes first.
		return f.WithFix(rules.Manual, fmt.Sprintf("write the target as %s, and give that an address", to))
	}
	if k := (zone.Key{Name: r.Name, Type: r.Type}); d.beside.Key != k {
		d.beside = rrset{k, map[string]bool{}, map[zone.Name]int{}}
		for _, o := range d.z.RRset(r.Name, r.Type) {
			d.beside.data[o.Data] = true
			d.beside.targets[o.Target()]++
		}
	}
	changed := r.WithTarget(to)
	if d.beside.data[changed.Data] {
		return f.WithFix(rules.Unsafe, fmt.Sprintf("remove the %s record; there is one with %s already", r.Type, to), zone.Remove(r))
	}
	if d.beside.targets[to] > 0 {
		class = rules.Unsafe // the same host twice
	}
	return f.WithFix(class, fmt.Sprintf("write the target as %s", to), zone.Replace(r, changed))
}
