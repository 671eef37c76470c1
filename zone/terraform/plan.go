package terraform

import (
	"slices"

	"github.com/zonelint/zonelint/zone/internal/jsontree"
)

// parser reads one plan or state.
type parser struct {
	doc           *jsontree.Doc
	options       Options
	veil          *veil
	configuration jsontree.Value
	left          int // resources and records that may still come
	tooMany       bool

	changes map[string]change // by address
	order   []string          // addresses of what is forgotten
	hosts   []resource        // zones
	records []resource

	byID      map[string]*host            // see index
	byAddress map[string]*host            //
	byConfig  map[string]map[string]*host // by address without index, then by index

	chains     map[string][]jsontree.Value // see calls
	references map[string]jsontree.Value   // see follow

	targets []*target
	byKey   map[string]*target
	unknown []UnknownZone
}

// node is a value of a resource with what is known of it.
type node struct {
	value     jsontree.Value
	unknown   jsontree.Value // true where the value is known after the plan is applied
	sensitive jsontree.Value // true where the value is not to be shown
}

// get returns a member of an object.
func (n node) get(name string) node {
	under := func(v jsontree.Value) jsontree.Value {
		if v.True() {
			return v
		}
		return v.At(name)
	}
	return node{n.value.At(name), under(n.unknown), under(n.sensitive)}
}

// elements returns the elements of an array.
func (n node) elements() []node {
	var out []node
	for v := range n.value.Elements() {
		out = append(out, node{value: v})
	}
	mark := func(v jsontree.Value, set func(*node, jsontree.Value)) {
		if v.True() {
			for i := range out {
				set(&out[i], v)
			}
			return
		}
		i := 0
		for e := range v.Elements() {
			if i < len(out) {
				set(&out[i], e)
			}
			i++
		}
	}
	mark(n.unknown, func(e *node, v jsontree.Value) { e.unknown = v })
	mark(n.sensitive, func(e *node, v jsontree.Value) { e.sensitive = v })
	return out
}

// secret says why a value is not to be looked at.
type secret uint8

const (
	open      secret = iota
	later            // known after the plan is applied
	sensitive        // not to be shown
)

// hidden returns whether the value, or a part of it, is not to be looked at.
func (n node) hidden() secret {
	switch {
	case holdsTrue(n.sensitive):
		return sensitive
	case holdsTrue(n.unknown):
		return later
	}
	return open
}

// holdsTrue reports whether a value is true, or holds true somewhere. It does
// not call itself, so that depth costs no stack.
func holdsTrue(v jsontree.Value) bool {
	for todo := []jsontree.Value{v}; len(todo) > 0; {
		v, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if v.True() {
			return true
		}
		for e := range v.Elements() {
			todo = append(todo, e)
		}
		for _, m := range v.Members() {
			todo = append(todo, m)
		}
	}
	return false
}

// str returns the text of a value that is known and may be shown.
func (n node) str() string {
	if n.hidden() != open {
		return ""
	}
	return n.value.Str()
}

// resource is a record or a zone of the plan.
type resource struct {
	node
	address, module string
	typ             string
	whole           jsontree.Value
	past            bool // whole is a change, and holds more than the record
}

// change is what resource_changes says of a resource.
type change struct {
	typ, module      string
	forget           bool
	after, sensitive jsontree.Value // after_unknown and after_sensitive
	before, hidden   jsontree.Value // before and before_sensitive
	whole            jsontree.Value
}

// readChanges reads what is planned for the resources that matter.
func (p *parser) readChanges(v jsontree.Value) {
	p.changes = map[string]change{}
	for r := range v.Elements() {
		m := r.Get("address", "module_address", "mode", "type", "deposed", "change")
		address, typ := m[0].Str(), m[3].Str()
		if address == "" || m[4].Known() || !matters(typ) {
			continue // an object that was deposed goes, whatever it was
		}
		if p.left--; p.left < 0 {
			p.tooMany = true
			return
		}
		c := m[5].Get("actions", "after_unknown", "after_sensitive", "before", "before_sensitive")
		ch := change{typ: typ, module: m[1].Str(), after: c[1], sensitive: c[2], before: c[3], hidden: c[4], whole: r}
		var actions []string
		for a := range c[0].Elements() {
			if actions = append(actions, a.Str()); len(actions) > 2 {
				break
			}
		}
		// Terraform forgets the resource and leaves the record where it is.
		if ch.forget = slices.Equal(actions, []string{"forget"}); ch.forget {
			p.order = append(p.order, address)
		}
		p.changes[address] = ch
	}
}

// Which resources of a module are read.
const (
	all = iota
	onlyData
)

// maxModules is how many modules may lie within each other.
const maxModules = 200

// module reads the resources of a module and of those within it.
func (p *parser) module(v jsontree.Value, address string, which int) {
	type level struct {
		v       jsontree.Value
		address string
		depth   int
	}
	for todo := []level{{v, address, 0}}; len(todo) > 0 && !p.tooMany; {
		l := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		m := l.v.Get("resources", "child_modules", "address")
		if l.depth > 0 {
			l.address = m[2].Str()
		}
		for r := range m[0].Elements() {
			p.resource(r, l.address, which)
		}
		if l.depth == maxModules {
			p.tooMany = true
			return
		}
		from := len(todo)
		for c := range m[1].Elements() {
			if p.left--; p.left < 0 {
				p.tooMany = true
				return
			}
			todo = append(todo, level{c, "", l.depth + 1})
		}
		slices.Reverse(todo[from:])
	}
}

func (p *parser) resource(v jsontree.Value, module string, which int) {
	m := v.Get("address", "mode", "type", "values", "sensitive_values")
	typ, data := m[2].Str(), m[1].Str() == "data"
	if !matters(typ) || which == onlyData && !data || data && hostTypes[typ].names == nil {
		return
	}
	if p.left--; p.left < 0 {
		p.tooMany = true
		return
	}
	r := resource{address: m[0].Str(), module: module, typ: typ, whole: v, node: node{value: m[3], sensitive: m[4]}}
	if c, ok := p.changes[r.address]; ok {
		r.unknown = c.after
		if r.sensitive.Kind() == jsontree.Absent {
			r.sensitive = c.sensitive
		}
	}
	p.add(r)
}

func (p *parser) add(r resource) {
	if _, ok := hostTypes[r.typ]; ok {
		p.hosts = append(p.hosts, r)
		return
	}
	p.records = append(p.records, r)
}

// forgotten adds the records that Terraform leaves where they are and no longer
// looks after.
func (p *parser) forgotten() {
	for _, address := range p.order {
		c := p.changes[address]
		p.add(resource{address: address, module: c.module, typ: c.typ, whole: c.whole, past: true, node: node{value: c.before, sensitive: c.hidden}})
	}
}

func matters(typ string) bool {
	_, host := hostTypes[typ]
	_, record := recordTypes[typ]
	return host || record
}
