package terraform

import (
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
)

// hostType is a type of resource or data source that is a zone.
type hostType struct {
	kind  string   // what the provider's types have in common
	ids   []string // attributes that records give for it
	names []string // attributes that hold its domain name
}

var hostTypes = map[string]hostType{
	"cloudflare_zone":         {"cloudflare", []string{"id", "zone_id"}, []string{"name", "zone"}},
	"aws_route53_zone":        {"aws", []string{"zone_id", "id"}, []string{"name"}},
	"google_dns_managed_zone": {"google", []string{"name"}, []string{"dns_name"}},
	"azurerm_dns_zone":        {"azurerm", nil, []string{"name"}},
	"digitalocean_domain":     {"digitalocean", nil, []string{"name"}},
	"hetznerdns_zone":         {"hetznerdns", []string{"id"}, []string{"name"}},
	"powerdns_zone":           {"powerdns", nil, []string{"name"}},
	"gandi_livedns_domain":    {"gandi", nil, []string{"name"}},
	"ovh_domain_zone":         {"ovh", nil, []string{"name"}},
}

// host is a zone whose domain name is known.
type host struct {
	key     string // tells it apart from others
	name    string
	private bool
	span    zone.Span // of its name; zero if the plan does not tell it
}

// index finds out the names of the zones of the plan.
func (p *parser) index() {
	p.byID, p.byAddress, p.byConfig = map[string]*host{}, map[string]*host{}, map[string]map[string]*host{}
	for _, r := range p.hosts {
		t := hostTypes[r.typ]
		h := &host{key: t.kind + " " + r.address}
		for _, name := range t.names {
			if s := r.get(name).str(); s != "" {
				h.name = s
				at := r.get(name).value.Range()
				p.veil.show(at)
				h.span = p.doc.Span(at)
				h.span.Address = r.address
				break
			}
		}
		if mapped, ok := p.options.ZoneMap[r.address]; ok {
			h.name = mapped
		}
		if h.name == "" {
			continue
		}
		for range r.get("vpc").value.Elements() {
			h.private = true
		}
		h.private = h.private || r.get("private_zone").value.True() || r.get("visibility").str() == "private"
		for i, id := range t.ids {
			s := identifier(r.get(id).str())
			if s == "" {
				continue
			}
			key := t.kind + " " + s
			if other := p.byID[key]; other != nil {
				h = other // a data source of the same zone
			} else {
				p.byID[key] = h
				if i == 0 {
					h.key = key
				}
			}
		}
		if len(t.ids) == 0 {
			h.key = t.kind + " " + strings.ToLower(strings.TrimSuffix(h.name, "."))
		}
		if _, ok := p.byAddress[r.address]; !ok {
			plain, index := splitIndex(r.address)
			p.byAddress[r.address] = h
			if p.byConfig[plain] == nil {
				p.byConfig[plain] = map[string]*host{}
			}
			p.byConfig[plain][index] = h
		}
	}
}

// identifier returns the bare id: Route 53 may put a path before it, Google
// too.
func identifier(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// splitIndex takes the index off an address: `cloudflare_zone.z["a"]`.
func splitIndex(address string) (plain, index string) {
	if !strings.HasSuffix(address, "]") {
		return address, ""
	}
	// An index is a number or a quoted string, which may hold brackets.
	quoted := false
	start := -1
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '[' && !quoted:
			start = i
		}
	}
	if start < 0 {
		return address, ""
	}
	return address[:start], address[start:]
}

// hostOf returns the zone of a record whose attribute names it; nil if that is
// not known.
func (p *parser) hostOf(r resource, kind, attribute string) *host {
	id := r.get(attribute)
	if s := identifier(id.str()); s != "" {
		if name, ok := p.options.ZoneMap[s]; ok {
			return &host{key: kind + " " + s, name: name}
		}
		if name, ok := p.options.ZoneMap[id.str()]; ok {
			return &host{key: kind + " " + s, name: name}
		}
		if h := p.byID[kind+" "+s]; h != nil {
			return h
		}
	}
	if name, ok := p.options.ZoneMap[r.address]; ok {
		return &host{key: kind + " " + r.address, name: name}
	}
	plain, index := splitIndex(r.address)
	local := strings.TrimPrefix(plain, r.module+".")
	return p.follow(r.module, local, attribute, index)
}

// follow finds the zone that the configuration of a resource refers to: a zone
// that is yet to be made has no id. What was found in the configuration is kept,
// since a resource may have many instances.
func (p *parser) follow(module, local, attribute, index string) *host {
	chain := p.calls(module)
	if chain == nil {
		return nil
	}
	key := module + " " + local
	refs, ok := p.references[key]
	if !ok {
		for r := range chain[len(chain)-1].At("resources").Elements() {
			if r.At("address").Str() == local {
				refs = r.At("expressions", attribute, "references")
				break
			}
		}
		p.references[key] = refs
	}
	return p.refer(chain, moduleNames(module), refs, index, "", 0)
}

// calls returns the configurations of the modules from the root to the one
// with the address; nil if one of them is not there.
func (p *parser) calls(module string) []jsontree.Value {
	if out, ok := p.chains[module]; ok {
		return out
	}
	out := []jsontree.Value{p.configuration}
	for _, m := range moduleNames(module) {
		plain, _ := splitIndex(m)
		next := out[len(out)-1].At("module_calls", plain, "module")
		if next.Kind() != jsontree.Object {
			out = nil
			break
		}
		out = append(out, next)
	}
	p.chains[module] = out
	return out
}

// moduleNames splits the address of a module, `module.a["x"].module.b`, into
// the names with their indexes.
func moduleNames(address string) []string {
	var out []string
	quoted, start := false, 0
	for i := 0; i <= len(address); i++ {
		switch {
		case i == len(address) || address[i] == '.' && !quoted:
			if part := address[start:i]; part != "" && part != "module" {
				out = append(out, part)
			}
			start = i + 1
		case quoted && address[i] == '\\':
			i++
		case address[i] == '"':
			quoted = !quoted
		}
	}
	return out
}

// maxSteps is how many references are followed to find a zone.
const maxSteps = 20

// refer finds the zone that a list of references means, within the module at
// the end of the chain. own is the index of the resource or module whose
// expression it is, and index the one that an expression it was passed to
// chooses by.
func (p *parser) refer(chain []jsontree.Value, names []string, references jsontree.Value, own, index string, step int) *host {
	if step == maxSteps {
		return nil
	}
	for v := range references.Elements() {
		if ref := v.Str(); strings.HasPrefix(ref, "each.") || ref == "count.index" {
			index = own
		}
	}
	prefix := ""
	for _, n := range names {
		prefix += "module." + n + "."
	}
	for v := range references.Elements() {
		ref := v.Str()
		parts := strings.Split(ref, ".")
		switch {
		case parts[0] == "var" && len(parts) >= 2 && len(names) > 0:
			plain, moduleIndex := splitIndex(names[len(names)-1])
			above := chain[:len(chain)-1]
			outer := above[len(above)-1].At("module_calls", plain, "expressions", parts[1], "references")
			if h := p.refer(above, names[:len(names)-1], outer, moduleIndex, index, step+1); h != nil {
				return h
			}
		case parts[0] == "module" && len(parts) >= 3:
			plain, callIndex := splitIndex(parts[1])
			inner := chain[len(chain)-1].At("module_calls", plain, "module")
			out := inner.At("outputs", parts[2], "expression", "references")
			below := append(append([]jsontree.Value{}, chain...), inner)
			if h := p.refer(below, append(append([]string{}, names...), plain+callIndex), out, "", index, step+1); h != nil {
				return h
			}
		default:
			if h := p.addressed(prefix+ref, index); h != nil {
				return h
			}
		}
	}
	return nil
}

// addressed returns the zone at an address, which may go on with an attribute.
// Of several with indexes the one with the index of the record is meant.
func (p *parser) addressed(ref, index string) *host {
	for at := len(ref); at > 0; at = strings.LastIndexByte(ref[:at], '.') {
		address := ref[:at]
		if h := p.byAddress[address]; h != nil {
			return h
		}
		hosts := p.byConfig[address]
		if h := hosts[index]; h != nil {
			return h
		}
		if len(hosts) == 1 {
			for _, h := range hosts {
				return h
			}
		}
	}
	return nil
}
