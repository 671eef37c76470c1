package pack

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

var (
	idPattern  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	allPattern = regexp.MustCompile(`^[-~?]all$`)
)

// validate looks at what the types of the fields cannot say. It runs on a pack
// whose every value could be read.
func (d *decoder) validate(p *Pack) {
	if !idPattern.MatchString(p.ID) {
		d.failAt(&p.ID, "id: %q is not kebab-case: lower-case letters and digits, joined by hyphens", p.ID)
	}
	for i := range p.Sources {
		s := &p.Sources[i]
		if u, err := url.Parse(s.URL); s.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			d.failAt(&s.URL, "url: %q is no web address", s.URL)
		}
	}
	if p.MX == nil && p.SPF == nil && p.DMARC == nil && len(p.Records) == 0 && len(p.Clients) == 0 {
		d.failAt(p, "the pack asks for nothing: it has none of mx, spf, dmarc, records and clients")
	}
	d.validateVariables(p)
	d.validateDetect(p)
	d.validateNames(p)
	if len(d.Problems) > 0 {
		return // what follows uses the variables
	}
	p.compiled = d.compile(p)
	if len(d.Problems) > 0 {
		return
	}
	if p.MX != nil {
		d.validateMX(p.MX)
	}
	if p.SPF != nil {
		d.validateSPF(p)
	}
	if p.DMARC != nil {
		d.validateDMARC(p.DMARC)
	}
	d.validateRecords(p)
	d.validateClients(p)
	d.validatePinned(p)
}

func (d *decoder) validateVariables(p *Pack) {
	seen := map[string]bool{}
	for i := range p.Variables {
		v := &p.Variables[i]
		_, builtin := builtinPatterns[v.Name]
		switch {
		case !variablePattern.MatchString(v.Name):
			d.failAt(&v.Name, "name: %q is no name of a variable: lower-case letters, digits and hyphens", v.Name)
		case seen[v.Name] || builtin:
			d.failAt(&v.Name, "name: there is a variable %s already", v.Name)
		}
		seen[v.Name] = true
		pattern := v.Pattern
		if pattern == "" {
			pattern = defaultPattern
		}
		re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
		switch {
		case err != nil:
			d.failAt(&v.Pattern, "pattern: %q is no regular expression: %v", v.Pattern, err)
			continue
		case re.NumSubexp() > 0:
			d.failAt(&v.Pattern, "pattern: %q has a group that captures; write (?:...)", v.Pattern)
		case v.Pattern != "" && v.Example == "" && v.Default == "":
			d.failAt(&v.Pattern, "pattern: a variable with a pattern needs an example")
		}
		if v.Example != "" && !re.MatchString(v.Example) {
			d.failAt(&v.Example, "example: %q is not what the pattern %s takes", v.Example, pattern)
		}
		value, err := ParseValue(v.Default)
		switch {
		case err != nil:
			d.failAt(&v.Default, "default: %q is %v", v.Default, err)
		case slices.ContainsFunc(value.Variables(), func(n string) bool { return builtinPatterns[n] == "" }):
			d.failAt(&v.Default, "default: %q may only have {domain}, {domain-dashes} and {m365-token} in it", v.Default)
		case v.Default != "" && value.Fixed() && !re.MatchString(v.Default):
			d.failAt(&v.Default, "default: %q is not what the pattern %s takes", v.Default, pattern)
		}
	}
	used := map[string]bool{}
	p.eachValue(func(v *Value) {
		for _, name := range v.Variables() {
			used[name] = true
			_, builtin := builtinPatterns[name]
			if seen[name] || builtin {
				continue
			}
			names := []string{varDomain, varDomainDashes, varM365Token}
			for n := range seen {
				names = append(names, n)
			}
			if like := spelling.Near(name, names); len(like) > 0 {
				d.failAt(v, "there is no variable {%s}; did you mean {%s}?", name, like[0])
				continue
			}
			d.failAt(v, "there is no variable {%s}; list it under variables", name)
		}
	})
	for i := range p.Variables {
		if v := &p.Variables[i]; !used[v.Name] {
			d.failAt(&v.Name, "name: the variable %s stands in no value", v.Name)
		}
	}
}

// eachValue calls visit with every value of the pack.
func (p *Pack) eachValue(visit func(*Value)) {
	each := func(vs []Value) {
		for i := range vs {
			visit(&vs[i])
		}
	}
	if p.MX != nil {
		for i := range p.MX.Records {
			visit(&p.MX.Records[i].Exchange)
		}
		for i := range p.MX.Alternatives {
			for j := range p.MX.Alternatives[i].Records {
				visit(&p.MX.Alternatives[i].Records[j].Exchange)
			}
		}
	}
	if p.SPF != nil {
		each(p.SPF.Terms)
		for _, a := range p.SPF.Alternatives {
			each(a)
		}
	}
	if p.DMARC != nil && p.DMARC.CNAME != nil {
		visit(p.DMARC.CNAME)
	}
	for i := range p.Records {
		r := &p.Records[i]
		visit(&r.Name)
		for _, v := range []*Value{r.Target, r.Text, r.Data} {
			if v != nil {
				visit(v)
			}
		}
		each(r.Alternatives)
	}
	for i := range p.Clients {
		visit(&p.Clients[i].Host)
	}
}

func (d *decoder) validateDetect(p *Pack) {
	for what, list := range map[string][]Pattern{
		"mx": p.Detect.MX, "spf": p.Detect.SPF, "autoconfig": p.Detect.Autoconfig, "targets": p.Detect.Targets,
	} {
		seen := map[string]bool{}
		for i := range list {
			if seen[list[i].Text] {
				d.failAt(&list[i], "%s: %s stands in the list twice", what, list[i])
			}
			seen[list[i].Text] = true
		}
	}
}

// validateNames checks the owners that tell a pack.
func (d *decoder) validateNames(p *Pack) {
	for i := range p.Detect.Names {
		s := &p.Detect.Names[i]
		if _, err := zone.ParseName(*s, zone.Root); err != nil || strings.HasSuffix(*s, ".") || strings.ContainsFunc(*s, func(c rune) bool { return !hostRune(c) }) {
			d.failAt(s, "names: %q is no name relative to the customer's zone", *s)
		}
	}
}

func (d *decoder) validateMX(m *MX) {
	sets := [][]MXExchange{m.Records}
	for _, a := range m.Alternatives {
		sets = append(sets, a.Records)
	}
	for _, set := range sets {
		seen := map[string]bool{}
		for i := range set {
			x := &set[i]
			key := strings.ToLower(strings.TrimSuffix(x.Exchange.Text, "."))
			if seen[key] {
				d.failAt(&x.Exchange, "exchange: %s. has an MX record above already", key)
			}
			seen[key] = true
		}
	}
	if m.Level == "" {
		m.Level = Required
	}
}

// rrFields are the keys that a record of a type has: one of those with its
// data.
var rrFields = map[zone.Type]string{
	zone.TypeCNAME: "target", zone.TypeNS: "target", zone.TypeMX: "target", zone.TypeSRV: "target",
	zone.TypeTXT: "text", zone.TypeA: "addresses", zone.TypeAAAA: "addresses",
}

func (d *decoder) validateRecords(p *Pack) {
	seen := map[string]int{}
	for i := range p.Records {
		r := &p.Records[i]
		d.validateOwner(r)
		want, ok := rrFields[r.Type]
		if !ok {
			want = "data"
		}
		for key, given := range map[string]bool{
			"target": r.Target != nil, "text": r.Text != nil, "addresses": len(r.Addresses) > 0, "data": r.Data != nil,
		} {
			switch {
			case key == want && !given:
				d.failAt(r, "the %s record of %s lacks the key %s", r.Type, r.Name, want)
			case key != want && given:
				d.failAt(r, "the %s record of %s has no %s; it has %s", r.Type, r.Name, key, want)
			}
		}
		d.validateData(r)
		if len(r.Alternatives) > 0 && r.Target == nil && r.Text == nil {
			d.failAt(r, "alternatives: only records with a target or a text have other values")
		}
		if r.Type == zone.TypeCNAME && (r.Level != Obsolete && r.Level != Forbidden) {
			key := strings.ToLower(r.Name.Text)
			if seen[key]++; seen[key] > 1 {
				d.failAt(&r.Name, "name: %s has a record above already", r.Name)
			}
		}
	}
}

// validateData checks what the type of a record asks of its data.
func (d *decoder) validateData(r *Record) {
	for i := range r.Addresses {
		if n := &r.Addresses[i]; n.Addr().Is4() != (r.Type == zone.TypeA) {
			d.failAt(n, "addresses: %s is none of a record of type %s", n, r.Type)
		}
	}
	if r.Data == nil || !r.Data.Fixed() {
		return
	}
	if rr, err := dns.NewRR(fmt.Sprintf("example.com. 3600 IN %s %s", r.Type, r.Data.Text)); err != nil || rr == nil {
		d.failAt(r.Data, "data: %q is none of a record of type %s", r.Data.Text, r.Type)
	}
}

func (d *decoder) validateOwner(r *Record) {
	name := r.Name.Text
	switch {
	case name == "@" && r.Type == zone.TypeCNAME:
		d.failAt(&r.Name, "name: a CNAME record cannot stand at the apex, where the SOA is")
	case name == "@" || !r.Name.Fixed():
	case strings.HasSuffix(name, "."):
		d.failAt(&r.Name, "name: %q is relative to the customer's zone and has no final dot", name)
	case strings.ContainsFunc(strings.TrimPrefix(name, "*."), func(c rune) bool { return !hostRune(c) }) && name != "*":
		d.failAt(&r.Name, "name: %q is no domain name", name)
	default:
		if _, err := zone.ParseName(name, zone.Root); err != nil {
			d.failAt(&r.Name, "name: %q is no domain name: %v", name, err)
		}
	}
}

func (d *decoder) validateClients(p *Pack) {
	for i := range p.Clients {
		c := &p.Clients[i]
		if c.Port == 0 {
			d.failAt(&c.Port, "port: 0 is no port that a server listens on")
		}
		if strings.ContainsFunc(c.Host.Text, func(r rune) bool { return !hostRune(r) && r != '{' && r != '}' }) {
			d.failAt(&c.Host, "host: %q is no domain name", c.Host)
		}
	}
}
