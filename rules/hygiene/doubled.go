package hygiene

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var doubledOrigin = &rules.Rule{
	ID:       "zone-doubled-origin",
	Severity: rules.Error,
	Summary:  "a name without its final dot got the origin put behind it",
	What: "A full name such as _dmarc.example.com or mx.example.net is written without a final dot, so it is relative and means " +
		"_dmarc.example.com.example.com. or mx.example.net.example.com. It is reported where the name repeats the origin, or where a target ends in a " +
		"top-level domain and the zone has no such name.",
	Why: "The record exists, but under a name or with a target that nobody asks for: the DMARC policy is not found, and mail for an MX whose name does not exist is not delivered.",
	Bad: "_dmarc.example.com IN TXT \"v=DMARC1; p=none\"\n" +
		"@ IN MX 10 mx.example.net\n",
	Good: "_dmarc.example.com. IN TXT \"v=DMARC1; p=none\"\n" +
		"@ IN MX 10 mx.example.net.\n",
	Refs:       []string{"RFC 1035, section 5.1"},
	Fix:        rules.Safe,
	Supersedes: []string{"mx-target-nx"},
	Run:        rules.On(names, checkDoubled),
}

// names is the zone, apart from rules.Zones so that this long look at it can
// have a processor of its own.
var names = &rules.Subject[*zone.Zone]{Each: rules.Zones.Each}

func checkDoubled(p *rules.Pass, z *zone.Zone) {
	if soa, ok := doubledApex(z); ok {
		f := rules.At(soa, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf(
			"With this owner, which lacks its final dot, the SOA record makes %s of the zone. Write %s with the dot, or @.", z.Apex, half(z.Apex)))
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("write the owner of the SOA record as %s", half(z.Apex))))
		return
	}
	if z.Apex.NumLabels() < 2 {
		return // com.com. is a domain like others
	}
	d := doubling{Pass: p, z: z}
	for _, t := range [...]zone.Type{zone.TypeMX, zone.TypeCNAME, zone.TypeNS, zone.TypeSRV} {
		for r := range z.OfType(t) {
			if r.Target().Below(z.Apex) {
				d.target(r)
			}
		}
	}
	for n := range z.Nodes() {
		if d.apexInside(n.Name()) && n.Types() > 0 {
			d.owner(n)
		}
	}
}

// apexInside reports whether the octets of the apex stand in a name before its
// end, at a label or not. That is rare, and quickly seen.
func (d *doubling) apexInside(name zone.Name) bool {
	i := strings.Index(string(name), string(d.z.Apex[:len(d.z.Apex)-1]))
	return i >= 0 && i < len(name)-len(d.z.Apex)
}

// half returns the first half of a name that is some labels twice.
func half(n zone.Name) zone.Name { return n[:(len(n)-1)/2] + zone.Root }

// doubledApex returns the SOA record of a zone whose apex came about by a
// missing dot: written relative, and the same labels twice.
func doubledApex(z *zone.Zone) (soa zone.Record, ok bool) {
	h := half(z.Apex)
	if !repeats(z.Apex, h) || h.NumLabels() < 2 || 2*len(h)-1 != len(z.Apex) {
		return soa, false
	}
	rs := z.RRset(z.Apex, zone.TypeSOA)
	if len(rs) == 0 {
		return soa, false
	}
	full, origin, ok := completed(z.Apex, written(rs[0], zone.Part{Kind: zone.PartOwner}))
	return rs[0], ok && full == h && origin == h
}

// doubling looks for doubled names in one zone.
type doubling struct {
	*rules.Pass
	z *zone.Zone
	// meant are names with the apex twice that some record points at on
	// purpose, as far as one can tell: nothing proves a missing dot.
	meant map[zone.Name]bool
	// ancestors are the names below the apex that have an owner below them;
	// made when a name is first looked for.
	ancestors map[zone.Name]bool
}

// proof is how sure it is that a dot is missing.
type proof uint8

const (
	unlikely proof = iota
	likely         // the name has the apex twice, but its writing does not show why
	byOrigin       // it has, since the $ORIGIN before it lacks its own dot
	byName         // the written name ends in the origin that was put behind it
)

// judge compares a name of a record with the word that wrote it and returns
// the name that was meant.
func (d *doubling) judge(r zone.Record, name zone.Name, word string) (intended zone.Name, sure proof) {
	twice := repeats(name, d.z.Apex)
	sure = unlikely
	if twice {
		intended, sure = name[:len(name)-len(d.z.Apex)]+zone.Root, likely
	}
	full, origin, ok := completed(name, word)
	switch {
	case !ok:
	case full.Within(origin) && origin.NumLabels() > 1 && origin.Within(d.z.Apex):
		return full, byName
	case twice && repeats(origin, d.z.Apex) && originLacksDot(r):
		return intended, byOrigin
	}
	return intended, sure
}

// repeats reports whether a name ends in the labels of apex twice.
func repeats(name, apex zone.Name) bool {
	n := len(apex) - 1
	start := len(name) - 1 - 2*n
	return start >= 0 && name[start:start+n] == apex[:n] && name.Within(apex) && (name[:len(name)-1-n] + zone.Root).Within(apex)
}

// completed returns the name that a word would be with a final dot and the
// origin with which it gave name; ok is false if it is not relative.
func completed(name zone.Name, word string) (full, origin zone.Name, ok bool) {
	if !relative(word) {
		return "", "", false
	}
	full, err := zone.ParseName(word, zone.Root)
	if err != nil || !strings.HasPrefix(string(name), string(full[:len(full)-1])) {
		return "", "", false
	}
	return full, name[len(full)-1:], true
}

// relative reports whether a word is a name without a final dot.
func relative(word string) bool {
	if word == "" || word == "@" {
		return false
	}
	_, err := zone.ParseName(word, "")
	return err == zone.ErrRelative
}

// originLacksDot reports whether the last $ORIGIN before a record is written
// without a final dot.
func originLacksDot(r zone.Record) bool {
	if !r.Editable() {
		return false
	}
	s := r.Span(zone.Part{Kind: zone.PartRecord})
	src := r.Loc.Source.Text(s.File)
	if s.Start.Offset > len(src) {
		return false
	}
	for rest := string(src[:s.Start.Offset]); rest != ""; {
		at := strings.LastIndexAny(rest, "\r\n")
		if f := strings.Fields(rest[at+1:]); len(f) > 1 && strings.EqualFold(f[0], "$ORIGIN") {
			return relative(strings.TrimSuffix(f[1], ";"))
		}
		rest = rest[:max(at, 0)]
	}
	return false
}

// owner judges an owner that has the apex inside.
func (d *doubling) owner(n zone.Node) {
	rs := slices.Collect(n.Records())
	r, name := rs[0], n.Name()
	word := written(r, zone.Part{Kind: zone.PartOwner})
	intended, sure := d.judge(r, name, word)
	if sure == unlikely || isSuffix(d.z.Apex) {
		return
	}
	f := rules.At(r, ownerPart(r), fmt.Sprintf(
		"This name is %s, with %s twice, where nobody looks for it. Most likely %s is meant.", name, d.z.Apex, intended))
	class := rules.Unsafe
	switch sure {
	case byName:
		f.Message = fmt.Sprintf("This name lacks its final dot, so it means %s, where nobody looks for it. Write %s or %s.", name, intended, intended.Relative(d.z.Apex))
	case byOrigin:
		f.Message = fmt.Sprintf("The $ORIGIN above lacks its final dot, so this name means %s, where nobody looks for it. It is to be %s", name, intended)
	default:
		f.Severity = rules.Warning
	}
	if sure > likely && !d.meant[name] {
		class = rules.Safe
	}
	for _, o := range rs[1:] {
		f.Related = append(f.Related, rules.Related{Span: o.Span(zone.Part{Kind: zone.PartRecord}), Message: "a record of the same name"})
	}
	d.Report(moveTo(d.z, f, rs, intended, class))
}

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
	if name.Parent() == d.z.Apex {
		return // one label: an ordinary host of the zone
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
		if r.Type == zone.TypeMX && d.z.Lookup(name, zone.TypeA).Status == zone.NameError {
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
	switch a := d.z.Lookup(name, zone.TypeA); {
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
	class := rules.Safe
	if d.z.Lookup(intended, zone.TypeA).Status == zone.NameError {
		class = rules.Unsafe
	}
	d.Report(d.retarget(f, r, intended, class))
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
	a := d.z.Lookup(name, zone.TypeA)
	wild := a.Wildcard != ""
	if a.Status != zone.NameError && !wild || !complete(d.z) || d.isAncestor(name) {
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

// isAncestor reports whether an owner lies below a name.
func (d *doubling) isAncestor(name zone.Name) bool {
	if d.ancestors == nil {
		d.ancestors = map[zone.Name]bool{}
		for n := range d.z.Nodes() {
			for a := n.Name().Parent(); a.Below(d.z.Apex) && !d.ancestors[a]; a = a.Parent() {
				d.ancestors[a] = true
			}
		}
	}
	return d.ancestors[name]
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
	changed := r.WithTarget(to)
	for _, o := range d.z.RRset(r.Name, r.Type) {
		if o.Data == changed.Data {
			return f.WithFix(rules.Unsafe, fmt.Sprintf("remove the %s record; there is one with %s already", r.Type, to), zone.Remove(r))
		}
		if o.Loc != r.Loc && o.Target() == to {
			class = rules.Unsafe // the same host twice
		}
	}
	return f.WithFix(class, fmt.Sprintf("write the target as %s", to), zone.Replace(r, changed))
}
