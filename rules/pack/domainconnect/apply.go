package domainconnect

import (
	"errors"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

// Apply returns the changes by which a zone gets the records of a template, and
// loses those that conflict with them. The domain is the apex of the zone; host
// is relative to it, "" for the domain itself. Records of groups that are not
// given are left out, unless no group is given; variables that only they have
// need no value. params has the values of variables, others are ignored.
//
// Applied again to the zone that the changes lead to, a template changes
// nothing. The notes, with places in the template, are what to tell the user.
// The error joins an *Error for each mistake.
func Apply(z *zone.Zone, t *Template, params map[string]string, groups []string, host string) (zone.ChangeSet, []pack.Problem, error) {
	if host == "@" {
		host = ""
	}
	s := &scope{t: t, domain: strings.TrimSuffix(z.Apex.String(), "."), host: host, params: params}
	lines, notes, errs := s.lines(groups)
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	a := &application{scope: s, z: z, notes: slices.Concat(t.Notes, notes), owners: map[zone.Name]*owner{}}
	if len(groups) > 0 && len(lines) == 0 && len(notes) == 0 {
		a.note(Place{1, 1}, "no record of the template is in one of the groups; it has %s", enumerated(t.Groups()))
	}
	for i := range lines {
		if err := a.add(&lines[i]); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	a.mergeSPF()
	return a.changes(), a.notes, nil
}

// application is one template and one zone.
type application struct {
	*scope
	z     *zone.Zone
	notes []pack.Problem
	// owners are the names that the template has records at, or that lose some,
	// and order the same in the order of the template.
	owners map[zone.Name]*owner
	order  []zone.Name
}

// owner is what the template says about a name.
type owner struct {
	come []want
	// gone are the types of which all records conflict; everything says that
	// all do, text that all TXT records do, prefixes those that begin so.
	gone       map[zone.Type]bool
	everything bool
	text       bool
	prefixes   []string
	spf        spfRules
}

// want is a record to be there.
type want struct {
	zone.Record
	ttl int // of the template, -1 if it gives none
}

// spfRules are what the template says about the SPF record of a name.
type spfRules struct {
	lists []string // rules to be merged
	// whole are records that stand in the place of what the zone has.
	whole []string
	ttl   int
	at    Place
	given bool
}

func (a *application) note(at Place, format string, args ...any) {
	a.notes = append(a.notes, noteAt(at, format, args...))
}

// at returns what is said about a name.
func (a *application) at(name zone.Name) *owner {
	o := a.owners[name]
	if o == nil {
		o = &owner{gone: map[zone.Type]bool{}}
		a.owners[name] = o
		a.order = append(a.order, name)
	}
	return o
}

// add takes a record of the template with what it conflicts with (spec 2.3,
// "Conflicts").
func (a *application) add(l *line) *Error {
	name, err := zone.ParseName(below(l.owner, a.domain), zone.Root)
	if err != nil {
		return a.t.fail(ErrInvalidData, l.Host.Place, "%q is no domain name: %v", l.owner, err)
	}
	o := a.at(name)
	if l.Type != "NS" {
		a.undelegate(name)
	}
	if l.Type == "SPFM" {
		a.addSPF(o, l, l.data)
		return nil
	}
	r, bad := l.record(name)
	if bad != nil {
		return a.t.fail(ErrInvalidData, l.Place, "%v", bad)
	}
	switch l.Type {
	case "CNAME":
		o.everything = true
	case "A", "AAAA":
		o.gone[zone.TypeA], o.gone[zone.TypeAAAA] = true, true
	case "MX", "SRV":
		o.gone[r.Type] = true
	case "TXT":
		switch l.Mode {
		case ModeAll:
			o.text = true
		case ModePrefix:
			o.prefixes = append(o.prefixes, l.Prefix)
		}
		if a.addTextSPF(o, l) {
			return nil
		}
	case "NS":
		a.delegate(name, l)
	}
	if l.Type != "NS" || name != a.z.Apex {
		o.gone[zone.TypeCNAME] = true // RFC 1034, section 3.6.2
	}
	o.come = append(o.come, want{r, l.ttl})
	return nil
}

// undelegate removes the delegations at or above a name that gets records,
// which would be hidden below them.
func (a *application) undelegate(name zone.Name) {
	for n := name; n.Below(a.z.Apex); n = n.Parent() {
		if node, ok := a.z.Node(n); ok && node.Has(zone.TypeNS) {
			o := a.at(n)
			o.gone[zone.TypeNS], o.gone[zone.TypeDS] = true, true
		}
	}
}

// delegate removes what is at and below a name that becomes a delegation.
func (a *application) delegate(name zone.Name, l *line) {
	if name == a.z.Apex {
		a.note(l.Place, "the NS record changes which servers serve the whole zone; its other records stay")
		return
	}
	for node := range a.z.Nodes() {
		if node.Name().Within(name) {
			a.at(node.Name()).everything = true
		}
	}
}

// addSPF takes rules for the SPF record of a name.
func (a *application) addSPF(o *owner, l *line, list string) {
	o.gone[zone.TypeCNAME] = true
	if len(rules(list)) == 0 {
		a.note(l.Data.Place, "the SPF rules are empty, so nothing is merged")
		return
	}
	o.spf.lists = append(o.spf.lists, list)
	o.spf.take(l)
}

func (s *spfRules) take(l *line) {
	if !s.given {
		s.given, s.ttl, s.at = true, l.ttl, l.Place
	}
}

// addTextSPF takes a TXT record that is an SPF record, of which a name can have
// one alone (RFC 7208, section 3.2). It returns false for any other record.
func (a *application) addTextSPF(o *owner, l *line) bool {
	if !isSPF(l.data) {
		return false
	}
	replaces := l.Mode == ModeAll || l.Mode == ModePrefix && hasPrefix(l.data, l.Prefix)
	if !replaces && len(rules(l.data)) > 0 {
		a.addSPF(o, l, l.data)
		return true
	}
	o.gone[zone.TypeCNAME] = true
	o.spf.whole = append(o.spf.whole, l.data)
	o.spf.take(l)
	return true
}

// hasPrefix reports whether a text begins with the prefix of a conflict mode. A
// version tag counts in any case of letters, since the readers of most such
// records do not mind it.
func hasPrefix(text, prefix string) bool {
	if len(prefix) >= 2 && strings.EqualFold(prefix[:2], "v=") {
		return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
	}
	return strings.HasPrefix(text, prefix)
}

// mergeSPF makes one SPF record of each name that gets rules.
func (a *application) mergeSPF() {
	for _, name := range a.order {
		o := a.owners[name]
		if !o.spf.given {
			continue
		}
		base := o.spf.whole
		if len(base) == 0 {
			for _, r := range a.z.RRset(name, zone.TypeTXT) {
				if text := r.Text(); isSPF(text) {
					base = append(base, text)
				}
			}
			if len(base) > 1 {
				a.note(o.spf.at, "%s has %d SPF records, of which receivers take none (RFC 7208, section 4.5); they become one", name, len(base))
			}
		}
		var text string
		var notes []string
		if len(o.spf.whole) == 1 && len(o.spf.lists) == 0 {
			text = base[0]
		} else {
			text, notes = merge(base, o.spf.lists)
		}
		for _, n := range notes {
			a.note(o.spf.at, "%s: %s", name, n)
		}
		o.prefixes = append(o.prefixes, spfMark)
		o.come = append(o.come, want{zone.NewTXT(name, 0, text), o.spf.ttl})
	}
}

// spfMark stands in the list of prefixes for all SPF records.
const spfMark = "\x00spf"

// conflicts reports whether a record that the name has must go.
func (o *owner) conflicts(r zone.Record) bool {
	switch r.Type {
	case zone.TypeSOA:
		return false
	case zone.TypeRRSIG, zone.TypeNSEC:
		return false // these may stand anywhere (RFC 4034, sections 3 and 4)
	}
	if o.everything || o.gone[r.Type] || o.text && r.Type == zone.TypeTXT {
		return true
	}
	if r.Type != zone.TypeTXT || len(o.prefixes) == 0 {
		return false
	}
	text := r.Text()
	return slices.ContainsFunc(o.prefixes, func(p string) bool {
		if p == spfMark {
			return isSPF(text)
		}
		return hasPrefix(text, p)
	})
}

// record returns the record of a line.
func (l *line) record(name zone.Name) (zone.Record, error) {
	switch l.Type {
	case "A", "AAAA":
		return zone.NewAddress(name, 0, l.addr), nil
	case "TXT":
		return zone.NewTXT(name, 0, l.data), nil
	case "CNAME", "NS", "MX", "SRV":
		target, err := zone.ParseName(l.target, zone.Root)
		if err != nil {
			return zone.Record{}, err
		}
		switch l.Type {
		case "MX":
			return zone.NewMX(name, 0, uint16(l.priority), target), nil
		case "SRV":
			return zone.NewSRV(name, 0, uint16(l.priority), uint16(l.weight), uint16(l.port), target), nil
		case "NS":
			return zone.NewName(name, zone.TypeNS, 0, target), nil
		}
		return zone.NewName(name, zone.TypeCNAME, 0, target), nil
	}
	t, _ := zone.ParseType(l.Type)
	return parseData(name, t, 0, l.data)
}
