package octodns

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// reader makes a zone of files.
type reader struct {
	opts     Options
	limits   Limits
	origin   zone.Name
	source   *source
	left     int // YAML nodes that may still be read
	problems []zone.Problem
	told     map[*node]bool  // nodes that a problem speaks of already
	included map[*node]*node // what !include nodes stand for
	lost     bool            // part of the zone could not be read
	full     bool            // a limit was reached
	values   valueReader
}

// entry is one record of octoDNS: all values of an owner and type.
type entry struct {
	name     zone.Name
	typ      zone.Type
	ttl      uint32 // seconds
	owner    *node  // the key
	list     *node  // that holds the record, nil if the owner has but one
	rec      *node  // the mapping
	typeNode *node
	ttlNode  *node // nil if it has none
	key      *node // "value" or "values"
	value    *node // what stands behind that key
	provider Provider
	// locked says why the entry cannot be changed; "" if it can.
	locked  string
	dropped bool // another file replaces it
	first   int  // index of its first place
	places  int
}

// place is where one value stands.
type place struct {
	entry uint32
	value *node
}

// problem notes what is wrong with a node, once.
func (r *reader) problem(k zone.ProblemKind, n *node, name zone.Name, t zone.Type, lost bool, message string) {
	if n != nil && r.told[n] {
		return
	}
	p := zone.Problem{Kind: k, Name: name, Type: t, Lost: lost, Message: message}
	if n != nil {
		if r.told == nil {
			r.told = map[*node]bool{}
		}
		r.told[n] = true
		p.Span = r.source.files[n.file].spanOf(n)
	} else if len(r.source.files) > 0 {
		p.Span = r.source.files[0].point(0)
	}
	r.problems = append(r.problems, p)
}

// spanOf is the place of a node for a message: a collection is pointed at where
// it begins.
func (f *file) spanOf(n *node) zone.Span {
	if n.kind == scalar || n.kind == alias {
		return f.span(f.content(n), f.end(n))
	}
	return f.point(f.content(n))
}

// file reads the owners of one file.
func (r *reader) file(index int) {
	f := r.source.files[index]
	root, problem := parseYAML(f, uint16(index), r.limits, &r.left)
	if problem != nil {
		r.problems = append(r.problems, *problem)
		return
	}
	f.root = root
	if root == nil {
		return
	}
	n, shared := r.follow(root)
	if n.isNull() {
		return
	}
	if n.kind != mapping {
		r.problem(zone.ProblemSyntax, root, "", 0, true, fmt.Sprintf("Here stands a %s, and a zone of octoDNS is a mapping of owners to records.", n.kind))
		return
	}
	r.duplicates(n, func(k *node, name string) string {
		return fmt.Sprintf("The owner %s stands in this file again below, and octoDNS takes the last one and drops these records without a word. Put all records into one list.", quote(name))
	})
	if room := min(len(n.kids)/2+len(n.kids)/8, r.limits.Records); r.source.entries == nil {
		r.source.entries = make([]entry, 0, room)
		r.source.index = make(map[zone.Key][]int, room)
	}
	for _, p := range r.pairs(n) {
		r.owner(f, p, shared || p.merged)
	}
}

// owner reads the records of an owner.
func (r *reader) owner(f *file, p pair, shared bool) {
	key := p.key
	name, ok := r.ownerName(key)
	if !ok {
		return
	}
	v, s := r.follow(p.value)
	shared = shared || s
	if v == nothing {
		return // told already
	}
	switch v.kind {
	case mapping:
		r.record(f, key, name, nil, v, shared)
	case sequence:
		for _, k := range v.kids {
			rec, s := r.follow(k)
			if rec == nothing {
				continue
			}
			if rec.kind != mapping {
				r.problem(zone.ProblemSyntax, k, name, 0, true, fmt.Sprintf("Here stands a %s, and octoDNS expects a record with type and value.", rec.kind))
				continue
			}
			r.record(f, key, name, v, rec, shared || s)
		}
	default:
		at := p.value
		if v.isNull() {
			at = key
		}
		r.problem(zone.ProblemSyntax, at, name, 0, true, fmt.Sprintf("The owner %s has no record, so octoDNS refuses the file. Give it a mapping with type and value, or a list of such.", quote(key.value)))
	}
}

// ownerName reads an owner; ok is false if there is no name to it.
func (r *reader) ownerName(key *node) (zone.Name, bool) {
	if key.kind != scalar {
		r.problem(zone.ProblemSyntax, key, "", 0, true, fmt.Sprintf("Here stands a %s in place of an owner.", key.kind))
		return "", false
	}
	s := key.str()
	if k := key.resolve(); k != textValue && s != key.value {
		r.problem(zone.ProblemSyntax, key, "", 0, false, fmt.Sprintf("YAML takes the owner %s for no text, and octoDNS makes %s of it. Put it in quotes.", key.value, quote(strings.ToLower(s))))
	}
	refuse := func(format string, args ...any) (zone.Name, bool) {
		r.problem(zone.ProblemSyntax, key, "", 0, true, fmt.Sprintf(format, args...))
		return "", false
	}
	switch {
	case s == "":
		return r.origin, true
	case s == "@":
		r.problem(zone.ProblemSyntax, key, r.origin, 0, false, `The owner "@" is refused by octoDNS. Write '' for the domain itself.`)
		return r.origin, true
	case strings.ContainsAny(s, " \t"):
		return refuse("The owner %s has a blank in it, so octoDNS refuses the zone.", quote(s))
	}
	a, err := toASCII(s)
	if err != nil {
		return refuse("The owner %s is no domain name: %v.", quote(s), err)
	}
	if strings.HasSuffix(a, ".") {
		n, err := zone.ParseName(a, "")
		if err != nil || !n.Within(r.origin) {
			return refuse("The owner %s ends with a dot, and octoDNS puts the zone behind each owner, so it refuses the zone. Write the owner without the zone and without a final dot.", quote(s))
		}
		rel := n.Relative(r.origin)
		if rel == "@" {
			rel = ""
		}
		r.problem(zone.ProblemSyntax, key, n, 0, false, fmt.Sprintf("The owner %s ends with a dot, and octoDNS puts the zone behind each owner, so it refuses the zone. Write '%s'.", quote(s), rel))
		return n, true
	}
	n, err := zone.ParseName(a, r.origin)
	if err != nil {
		return refuse("The owner %s is no domain name: %v.", quote(s), err)
	}
	return n, true
}
