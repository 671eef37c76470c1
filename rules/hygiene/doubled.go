package hygiene

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

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
	Supersedes: []string{"mx-target-nx", "srv-target-missing", "zone-cname-dangling", "dkim-cname-target", "dmarc-cname-target"},
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

// apexInside reports whether the labels of the apex stand in a name before its
// end. Each name of the zone is asked that, and hardly any has them.
func (d *doubling) apexInside(name zone.Name) bool {
	apex := d.z.Apex
	n := len(apex) - 1
	for i := 0; i+n+len(apex) <= len(name); i += int(name[i]) + 1 {
		if name[i] == apex[0] && name[i+1] == apex[1] && name[i:i+n] == apex[:n] {
			return true
		}
	}
	return false
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
	// origins are the $ORIGIN lines of the files that were looked at for them.
	origins map[string][]originLine
	// beside is the RRset that was last looked at to point one of its records
	// at another name.
	beside rrset
}

// rrset is the records of one name and type, to be looked up.
type rrset struct {
	zone.Key
	data    map[string]bool
	targets map[zone.Name]int // how many of the records have a target
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
	case full.Within(origin) && origin.Within(d.z.Apex):
		return full, byName
	case twice && repeats(origin, d.z.Apex) && d.originLacksDot(r):
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

// originLine is a line of a file that sets the origin.
type originLine struct {
	at       int // offset of the line
	relative bool
}

// originLacksDot reports whether the last $ORIGIN before a record is written
// without a final dot.
func (d *doubling) originLacksDot(r zone.Record) bool {
	if !r.Editable() {
		return false
	}
	s := r.Span(zone.Part{Kind: zone.PartRecord})
	lines, known := d.origins[s.File]
	if !known {
		lines = originLines(r.Loc.Source.Text(s.File))
		if d.origins == nil {
			d.origins = map[string][]originLine{}
		}
		d.origins[s.File] = lines
	}
	i, _ := slices.BinarySearchFunc(lines, s.Start.Offset, func(l originLine, at int) int { return l.at - at })
	return i > 0 && lines[i-1].relative
}

// originLines finds the $ORIGIN lines of a file.
func originLines(src []byte) []originLine {
	var out []originLine
	at := 0
	for line := range bytes.Lines(src) {
		if len(line) > 0 && line[0] == '$' {
			if f := bytes.Fields(line); len(f) > 1 && bytes.EqualFold(f[0], []byte("$ORIGIN")) {
				name, _, _ := bytes.Cut(f[1], []byte{';'})
				out = append(out, originLine{at, relative(string(name))})
			}
		}
		at += len(line)
	}
	return out
}

// domainInside reports whether a label of a name, between the first and the
// apex, has the form of a top-level domain: it is letters only, or an A-label
// (RFC 3696, section 2). Most targets have none, and are not looked up.
func (d *doubling) domainInside(name zone.Name) bool {
	for n := name.Parent(); len(n) > len(d.z.Apex); n = n.Parent() {
		l := n.Label()
		i := 0
		for i < len(l) && letter(l[i]) {
			i++
		}
		if i == len(l) || strings.HasPrefix(l, "xn--") {
			return true
		}
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
