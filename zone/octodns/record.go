package octodns

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// record notes one record; its values are read once all files are known.
func (r *reader) record(f *file, key *node, name zone.Name, list, rec *node, shared bool) {
	// Aliases can repeat what is large any number of times.
	if r.left -= 1 + len(rec.kids); r.left < 0 || len(r.source.entries) >= r.limits.Records {
		r.tooMuch(key)
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
	if t == zone.TypeCNAME && name == r.origin && !e.provider.Lenient {
		r.problem(zone.ProblemSyntax, e.typeNode, name, t, false, fmt.Sprintf("A CNAME of the zone itself, %s, is refused by octoDNS, since it has SOA and NS records. Use ALIAS, where the provider has it, or A and AAAA.", name))
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
	if dynamic {
		r.alternatives(&e)
	}
	r.source.entries = append(r.source.entries, e)
}

// alternatives looks at the values that a record has besides, of which one is
// the answer at a time: those of pools (dynamic) and of regions (geo).
func (r *reader) alternatives(e *entry) {
	var values []*node
	if pools := r.get(e.rec, "dynamic"); pools != nil {
		if pools = r.get(pools, "pools"); pools != nil && pools.kind == mapping {
			for _, p := range r.pairs(pools) {
				if list := r.get(r.deref(p.value), "values"); list != nil && list.kind == sequence {
					for _, v := range list.kids {
						values = append(values, r.get(r.deref(v), "value"))
					}
				}
			}
		}
	}
	if geo := r.get(e.rec, "geo"); geo != nil && geo.kind == mapping {
		for _, p := range r.pairs(geo) {
			if list := r.deref(p.value); list.kind == sequence {
				values = append(values, list.kids...)
			}
		}
	}
	r.values.r, r.values.p = r, &e.provider
	for _, v := range values {
		if r.left--; v == nil || r.left < 0 {
			continue
		}
		if _, f := r.values.read(e.typ, v); f != nil && !(f.soft && e.provider.Lenient) {
			at := v
			if f.at != nil {
				at = f.at
			}
			r.problem(zone.ProblemSyntax, at, e.name, e.typ, false, f.message)
		}
	}
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
			r.problem(zone.ProblemSyntax, e.typeNode, e.name, e.typ, false, fmt.Sprintf("%s has %s record already, and octoDNS takes one of a type, so it refuses the zone. Put all values into one record.", e.name, article(e.typ)))
			break
		}
	}
	r.source.index[k] = append(r.source.index[k], len(r.source.entries))
}

// tooMuch notes, once, that a limit was reached.
func (r *reader) tooMuch(at *node) {
	if r.full {
		return
	}
	r.lost, r.full = true, true
	r.problem(zone.ProblemLimit, at, "", 0, true, fmt.Sprintf("This zone has more than %d records (--max-records) or %d YAML nodes, with those that aliases repeat, and what follows was not read.", r.limits.Records, r.limits.Nodes))
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
		if r.left -= 1 + len(r.deref(v).kids); r.left < 0 || len(r.source.places) >= r.limits.Records {
			r.tooMuch(e.rec)
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
