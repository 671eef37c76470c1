// Package hygiene holds the rules about a zone as such: what the reader of a
// file could not take, CNAMEs, RRsets, owners and targets that say something
// else than was meant, and TXT records that the master-file format mangled.
package hygiene

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Rules returns the rules of this package.
func Rules() []*rules.Rule {
	return []*rules.Rule{
		syntax, ttlMissing, include, dialect,
		cnameCoexist, cnameApex, cnameMultiple, cnameLoop, cnameChain, cnameDangling, dnameCoexist,
		dupRecord, ttlMixed,
		outOfZone, soaMissing, soaMultiple, rname,
		targetIP, doubledOrigin, occluded,
		longString, semicolon, unquoted, nonASCII, backslash, joined, quotes,
	}
}

// crowded is the owners that hold an RRset of several records, or a CNAME
// beside something else. Few do, so that a rule costs nothing on the others.
var crowded = &rules.Subject[zone.Node]{Each: func(p *rules.Pass, visit func(zone.Node)) {
	for n := range p.Zone.Nodes() {
		if n.Multi() || n.Has(zone.TypeCNAME) && n.Types() > 1 {
			visit(n)
		}
	}
}}

// targets is the records that point at a host and that another package does
// not look after: MX has rules of its own.
var targets = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	for _, t := range [...]zone.Type{zone.TypeCNAME, zone.TypeNS, zone.TypeSRV} {
		for r := range p.Zone.OfType(t) {
			visit(r)
		}
	}
}}

// enumerate joins words as a sentence does: "A, MX and TXT".
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// written returns the word with which the source wrote a part of a record; ""
// if it has none of its own: an inherited owner, a record made by $GENERATE or
// read from no file.
func written(r zone.Record, part zone.Part) string {
	if !r.Editable() {
		return ""
	}
	s := r.Span(part)
	src := r.Loc.Source.Text(s.File)
	if s.IsZero() || s.End.Offset > len(src) || s.Start.Offset >= s.End.Offset {
		return ""
	}
	w := string(src[s.Start.Offset:s.End.Offset])
	if strings.ContainsAny(w, " \t\r\n") {
		return "" // the whole record: the part has no place of its own
	}
	return w
}

// ownerPart is the owner of a record where that is written, else its type: an
// inherited owner is nothing to point at.
func ownerPart(r zone.Record) zone.Part {
	if owner := (zone.Part{Kind: zone.PartOwner}); written(r, owner) != "" {
		return owner
	}
	return zone.Part{Kind: zone.PartType}
}

// firsts remembers the first record that owners have of a type: an owner with
// many records may be asked for it many times.
type firsts map[zone.Name]zone.Record

// of returns the first record of a type that a node has. A firsts is for one
// type only.
func (f firsts) of(n zone.Node, t zone.Type) zone.Record {
	r, ok := f[n.Name()]
	if ok {
		return r
	}
	for r = range n.Records() {
		if r.Type == t {
			break
		}
	}
	f[n.Name()] = r
	return r
}

// complete reports whether what a zone does not hold is absent from its
// source: an entry of which not even the type was understood may be anything.
func complete(z *zone.Zone) bool {
	for _, pr := range z.Problems {
		if pr.Kind == zone.ProblemSyntax && pr.Type == 0 {
			return false
		}
	}
	return z.Complete
}

// plainLabel reports whether a label is made of letters, digits, hyphens and
// underscores.
func plainLabel(l string) bool {
	for i := 0; i < len(l); i++ {
		c := l[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return l != ""
}
