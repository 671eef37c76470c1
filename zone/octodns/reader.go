package octodns

import (
	"fmt"
	"strconv"
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

type pair struct {
	key, value *node
	merged     bool // comes from another mapping
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
	for _, p := range r.pairs(n) {
		r.owner(f, p, shared || p.merged)
	}
}

// duplicates tells of keys that stand in a mapping twice: YAML forbids it, and
// PyYAML takes the last.
func (r *reader) duplicates(n *node, message func(k *node, name string) string) {
	count := len(n.kids) / 2
	if count <= 8 {
		for i := 0; i < len(n.kids); i += 2 {
			for j := i + 2; j < len(n.kids); j += 2 {
				if sameKey(n.kids[i], n.kids[j]) {
					r.problem(zone.ProblemSyntax, n.kids[i], "", 0, false, message(n.kids[i], n.kids[i].value))
					break
				}
			}
		}
		return
	}
	last := make(map[string]bool, count)
	for i := len(n.kids) - 2; i >= 0; i -= 2 {
		k := n.kids[i]
		if k.kind != scalar || k.resolve() == mergeKey {
			continue
		}
		if s := k.str(); !last[s] {
			last[s] = true
		} else {
			r.problem(zone.ProblemSyntax, k, "", 0, false, message(k, s))
		}
	}
}

func sameKey(a, b *node) bool {
	return a.kind == scalar && b.kind == scalar && a.value == b.value && a.resolve() != mergeKey
}

// pairs returns the keys and values of a mapping, with those that << brings in
// before its own; of equal keys only the last stays.
func (r *reader) pairs(n *node) []pair {
	return r.merged(n, 0)
}

// maxMerges is how deep << may lead through mappings that have it themselves.
const maxMerges = 32

func (r *reader) merged(n *node, depth int) []pair {
	out := make([]pair, 0, len(n.kids)/2)
	if n.merges {
		for i := 0; i+1 < len(n.kids); i += 2 {
			if n.kids[i].resolve() == mergeKey && n.kids[i].value == "<<" {
				out = append(out, r.bringIn(n.kids[i+1], depth)...)
			}
		}
	}
	for i := 0; i+1 < len(n.kids); i += 2 {
		k := r.deref(n.kids[i])
		if n.merges && k.kind == scalar && k.resolve() == mergeKey {
			continue
		}
		out = append(out, pair{k, n.kids[i+1], false})
	}
	if !n.merges && len(out) <= 1 {
		return out
	}
	return lastWins(out)
}

// bringIn returns what << takes from a mapping or from a list of them, of which
// the first wins.
func (r *reader) bringIn(v *node, depth int) []pair {
	from, _ := r.follow(v)
	if r.left -= 1 + len(from.kids); r.left < 0 || depth >= maxMerges {
		r.problem(zone.ProblemLimit, v, "", 0, true, "The mappings that << brings in are more than the limit, so that this one was left out.")
		return nil
	}
	var out []pair
	switch from.kind {
	case mapping:
		out = r.merged(from, depth+1)
	case sequence:
		for i := len(from.kids) - 1; i >= 0; i-- {
			if k, _ := r.follow(from.kids[i]); k.kind == mapping {
				out = append(out, r.merged(k, depth+1)...)
			}
		}
	}
	for i := range out {
		out[i].merged = true
	}
	return out
}

// lastWins drops the pairs whose key comes again.
func lastWins(ps []pair) []pair {
	if len(ps) <= 8 {
		out := ps[:0]
	next:
		for i, p := range ps {
			for _, later := range ps[i+1:] {
				if sameKey(p.key, later.key) {
					continue next
				}
			}
			out = append(out, p)
		}
		return out
	}
	last := make(map[string]int, len(ps))
	for i, p := range ps {
		if p.key.kind == scalar {
			last[p.key.value] = i
		}
	}
	out := ps[:0]
	for i, p := range ps {
		if p.key.kind != scalar || last[p.key.value] == i {
			out = append(out, p)
		}
	}
	return out
}

// lookup returns the value of a key; shared says that it belongs to other
// mappings too. The node is nil if there is none.
func (r *reader) lookup(n *node, keys ...string) (key, value *node, shared bool) {
	for _, want := range keys {
		for i := len(n.kids) - 2; i >= 0; i -= 2 {
			if k := n.kids[i]; k.kind == scalar && k.value == want {
				v, s := r.follow(n.kids[i+1])
				return k, v, s
			}
		}
		if !n.merges {
			continue
		}
		for _, p := range r.pairs(n) {
			if p.key.kind == scalar && p.key.value == want {
				v, _ := r.follow(p.value)
				return p.key, v, true
			}
		}
	}
	return nil, nil, false
}

// get is lookup for a caller that only reads.
func (r *reader) get(n *node, keys ...string) *node {
	if n.kind != mapping {
		return nil
	}
	_, v, _ := r.lookup(n, keys...)
	return v
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

// record notes one record; its values are read once all files are known.
func (r *reader) record(f *file, key *node, name zone.Name, list, rec *node, shared bool) {
	if len(r.source.entries) >= r.limits.Records {
		return
	}
	e := entry{name: name, owner: key, list: list, rec: rec, provider: f.provider, first: -1}
	lose := func(n *node, t zone.Type, format string, args ...any) {
		r.problem(zone.ProblemSyntax, n, name, t, true, fmt.Sprintf(format, args...))
	}
	octo := r.get(rec, "octodns")
	if octo != nil && octo.kind == mapping {
		if r.get(octo, "ignored").isTrue() {
			return
		}
		e.provider.Lenient = e.provider.Lenient || r.get(octo, "lenient").isTrue()
	}
	r.duplicates(rec, func(k *node, name string) string {
		return fmt.Sprintf("The key %s stands twice in this record, and octoDNS takes the last one. Remove the other.", quote(name))
	})
	var typeShared bool
	_, e.typeNode, typeShared = r.lookup(rec, "type")
	if e.typeNode.isNull() || e.typeNode.kind != scalar {
		lose(rec, 0, "A record of %s has no type, so octoDNS refuses the file. Add one.", name)
		return
	}
	word := e.typeNode.value
	t, isType := zone.ParseType(word)
	switch {
	case word == "ALIAS", word == "URLFWD", strings.Contains(word, "/"):
		for _, t := range [...]zone.Type{zone.TypeA, zone.TypeAAAA} {
			r.problems = append(r.problems, zone.Problem{Kind: zone.ProblemComputed, Name: name, Type: t, Lost: true, Message: fmt.Sprintf("the addresses of %s come of its %s record", name, word)})
		}
		return
	case !isType || word != strings.ToUpper(word):
		lose(e.typeNode, t, "octoDNS knows no type %s and refuses the file. Types are written in capitals, like MX or TXT.", quote(word))
		return
	case !known(t):
		r.problems = append(r.problems, zone.Problem{Kind: zone.ProblemComputed, Name: name, Type: t, Lost: true, Message: fmt.Sprintf("%s records of octoDNS are not read", word)})
		return
	}
	e.typ, e.ttl = t, e.provider.ttl()
	_, e.ttlNode, _ = r.lookup(rec, "ttl")
	if e.ttlNode != nil {
		ttl, ok := e.ttlNode.number()
		if !ok || ttl < 0 || ttl > 1<<32-1 {
			lose(e.ttlNode, t, "%s is no TTL: that is a number of seconds.", quote(e.ttlNode.value))
			return
		}
		e.ttl = uint32(ttl)
	}
	var valueShared bool
	e.key, e.value, valueShared = r.lookup(rec, "values")
	if e.key == nil || single(t) {
		e.key, e.value, valueShared = r.lookup(rec, "value")
	}
	dynamic := !r.get(rec, "dynamic").isNull() || !r.get(rec, "geo").isNull()
	switch {
	case dynamic:
		e.locked = "its answers depend on who asks (geo or dynamic)"
	case shared || rec.shared || typeShared || valueShared || list != nil && list.shared || e.value != nil && (e.value.shared || e.value.merges):
		e.locked = "it is written in an anchor, a merge or an included file that may stand for other records too"
	case f.shared:
		e.locked = "its file is part of other zones too (shared_filename)"
	}
	if e.value == nothing {
		return
	}
	if e.value.isNull() {
		if dynamic {
			r.problems = append(r.problems, zone.Problem{Kind: zone.ProblemComputed, Name: name, Type: t, Lost: true, Message: "the answers depend on who asks"})
			return
		}
		want := "value or values"
		if single(t) {
			want = "value"
		}
		lose(rec, t, "The %s record of %s has no %s, so octoDNS refuses the zone. Add it, or remove the record.", t, name, want)
		return
	}
	r.same(&e)
	r.source.entries = append(r.source.entries, e)
}

// same looks for a record of the same owner and type before this one.
func (r *reader) same(e *entry) {
	if r.source.index == nil {
		r.source.index = map[zone.Key][]int{}
	}
	k := zone.Key{Name: e.name, Type: e.typ}
	for _, i := range r.source.index[k] {
		if e.provider.Replace {
			r.source.entries[i].dropped = true
		} else if !r.source.entries[i].dropped {
			r.problem(zone.ProblemSyntax, e.typeNode, e.name, e.typ, false, fmt.Sprintf("%s has a %s record already, and octoDNS takes one of a type, so it refuses the zone. Put all values into one record.", e.name, e.typ))
			break
		}
	}
	r.source.index[k] = append(r.source.index[k], len(r.source.entries))
}

// zone makes the zone of the records that were noted.
func (r *reader) zone() *zone.Zone {
	b := zone.NewBuilder(len(r.source.entries)*2 + 1)
	b.SetSource(r.source)
	var last zone.Name
	var id zone.NodeID
	for i := range r.source.entries {
		e := &r.source.entries[i]
		if e.dropped {
			continue
		}
		if e.name != last {
			last, id = e.name, b.Node([]byte(e.name))
		}
		r.read(b, i, e, id)
	}
	z := b.Zone(r.origin)
	z.Source, z.Start, z.Problems = r.source, r.source.files[0].point(0), r.problems
	z.Complete = !r.lost && !r.opts.Partial
	for _, p := range r.problems {
		if p.Lost && p.Name == "" {
			z.Complete = false
		}
	}
	// A zone that is served has both; octoDNS leaves the SOA record to the
	// provider, and often the NS records too.
	for _, t := range [...]zone.Type{zone.TypeSOA, zone.TypeNS} {
		if len(z.RRset(r.origin, t)) == 0 {
			z.Problems = append(z.Problems, zone.Problem{
				Kind: zone.ProblemComputed, Name: r.origin, Type: t, Lost: true,
				Message: fmt.Sprintf("octoDNS leaves the %s records of the zone itself to the provider", t),
			})
		}
	}
	return z
}

// read adds the values of a record.
func (r *reader) read(b *zone.Builder, index int, e *entry, id zone.NodeID) {
	values := []*node{e.value}
	if e.value.kind == sequence {
		values = e.value.kids
		if single(e.typ) {
			r.problem(zone.ProblemSyntax, e.value, e.name, e.typ, true, fmt.Sprintf("%s record has one value, and here stands a list, so octoDNS refuses the zone.", upperFirst(article(e.typ))))
			return
		}
		if len(values) == 0 {
			r.problem(zone.ProblemSyntax, e.value, e.name, e.typ, true, fmt.Sprintf("The %s record of %s has no value, so octoDNS refuses the zone.", e.typ, e.name))
			return
		}
	}
	r.values.r, r.values.p = r, &e.provider
	for _, v := range values {
		if e.locked == "" && sharedWithin(v) {
			e.locked = "a value is an alias, or has an anchor that aliases stand for"
		}
	}
	e.first = len(r.source.places)
	for _, v := range values {
		if r.left--; r.left < 0 || len(r.source.places) >= r.limits.Records {
			r.problem(zone.ProblemLimit, e.rec, e.name, e.typ, true, fmt.Sprintf("This zone has more records than the limit of %s, and those from here on were not read.", strconv.Itoa(r.limits.Records)))
			r.lost = true
			return
		}
		if e.provider.Templates && r.templated(v) {
			r.problems = append(r.problems, zone.Problem{Kind: zone.ProblemComputed, Name: e.name, Type: e.typ, Lost: true, Message: "the value is a template"})
			continue
		}
		if r.deref(v) == nothing {
			continue
		}
		data, f := r.values.read(e.typ, v)
		if f != nil {
			at := f.at
			if at == nil {
				at = v
			}
			kind := zone.ProblemSyntax
			if f.soft && e.provider.Lenient {
				kind = zone.ProblemDialect
			}
			r.problem(kind, at, e.name, e.typ, !f.soft, f.message)
			if f.to > 0 {
				r.problems[len(r.problems)-1].Span = r.source.within(at, f.from, f.to, 0, false)
			}
			if !f.soft {
				continue
			}
		}
		b.AddRaw(zone.Raw{Node: id, Type: e.typ, Class: zone.ClassIN, TTL: e.ttl, Data: data, Offset: uint32(len(r.source.places))})
		r.source.places = append(r.source.places, place{uint32(index), r.deref(v)})
		e.places++
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// templated reports whether a value has a place for a variable.
func (r *reader) templated(v *node) bool {
	v = r.deref(v)
	if v.kind == mapping {
		for i := 1; i < len(v.kids); i += 2 {
			if k := r.deref(v.kids[i]); k.kind == scalar && strings.Contains(k.value, "{") {
				return true
			}
		}
	}
	return v.kind == scalar && strings.Contains(v.value, "{")
}

// sharedWithin reports whether aliases or merges have a part in a value.
func sharedWithin(v *node) bool {
	if v.kind == alias || v.shared || v.merges || v.tag == includeTag {
		return true
	}
	for _, k := range v.kids {
		if sharedWithin(k) {
			return true
		}
	}
	return false
}
