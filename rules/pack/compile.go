package pack

import (
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// compiled is what checks of many zones need of a pack, made once.
type compiled struct {
	patterns map[string]string
	mx       [][]wantMX // the first set, then the alternatives
	spf      [][]wantTerm
	records  []wantRecord
	dmarc    *target // of DMARC.CNAME
}

// target is a name that records point at.
type target struct {
	matcher
	name zone.Name // "" if it has variables
}

func (d *decoder) compileTarget(v *Value, patterns map[string]string, what string) target {
	if v.Text == "." {
		return target{matcher: matcher{value: *v}, name: zone.Root}
	}
	text := strings.TrimSuffix(v.Text, ".")
	plain, _ := ParseValue(text)
	m, err := d.matcher(plain, patterns, true)
	if err != nil {
		d.failAt(v, "%s: %v", what, err)
		return target{}
	}
	t := target{matcher: m}
	if plain.Fixed() {
		t.name = d.fixedName(v, text, what)
		return t
	}
	for _, p := range plain.parts {
		if !p.variable && strings.ContainsFunc(p.text, func(r rune) bool { return !hostRune(r) }) {
			d.failAt(v, "%s: %q is no domain name", what, v.Text)
			break
		}
	}
	return t
}

// fixedName reads an absolute domain name, whose final dot may be left out.
func (d *decoder) fixedName(at any, s, what string) zone.Name {
	if strings.ContainsFunc(s, func(r rune) bool { return !hostRune(r) }) {
		d.failAt(at, "%s: %q is no domain name", what, s)
		return ""
	}
	name, err := zone.ParseName(s, zone.Root)
	if err != nil {
		d.failAt(at, "%s: %q is no domain name: %v", what, s, err)
		return ""
	}
	if name.NumLabels() < 2 {
		d.failAt(at, "%s: %q is too short: a name of at least two labels belongs here", what, s)
	}
	return name
}

// is reports whether a name is the target, and returns what it tells of the
// variables.
func (t *target) is(name zone.Name, b Bindings) (Bindings, bool) {
	if t.name != "" {
		return b, t.name == name
	}
	return t.match(domain(name), b)
}

// render returns the name to write. ok is false if a variable is not known or
// its value makes no name; text is then what to show.
func (t *target) render(s scope) (name zone.Name, text string, ok bool) {
	if t.name != "" {
		return t.name, t.name.String(), true
	}
	text, ok = s.render(t.value)
	if !ok {
		return "", text + ".", false
	}
	name, err := zone.ParseName(text, zone.Root)
	if err != nil || name == zone.Root {
		return "", text, false
	}
	return name, name.String(), true
}

// wantMX is an MX record of a set.
type wantMX struct {
	preference uint16
	target
}

// wantTerm is a term that an SPF record needs.
type wantTerm struct {
	text   Value
	kind   spf.Kind
	domain matcher   // of include and redirect
	name   zone.Name // the same, if it has no variables
	key    string    // of other kinds: the term as spf.Term.String gives it
}

// wantRecord is a further record.
type wantRecord struct {
	*Record
	owner   string // in wire format up to the apex; "" if it has variables
	named   matcher
	targets []target  // of Target and Alternatives
	texts   []matcher // of Text and Alternatives
}

// compile makes the parts of a pack that checks use, and reports what cannot
// be used.
func (d *decoder) compile(p *Pack) *compiled {
	c := &compiled{patterns: p.patternsOf()}
	if p.MX != nil {
		c.mx = append(c.mx, d.compileMX(p.MX.Records, c))
		for i := range p.MX.Alternatives {
			c.mx = append(c.mx, d.compileMX(p.MX.Alternatives[i].Records, c))
		}
	}
	if p.SPF != nil {
		c.spf = append(c.spf, d.compileTerms(p.SPF.Terms, c))
		for _, terms := range p.SPF.Alternatives {
			c.spf = append(c.spf, d.compileTerms(terms, c))
		}
	}
	for i := range p.Records {
		c.records = append(c.records, d.compileRecord(&p.Records[i], c))
	}
	if p.DMARC != nil && p.DMARC.CNAME != nil {
		t := d.compileTarget(p.DMARC.CNAME, c.patterns, "cname")
		c.dmarc = &t
	}
	return c
}

func (d *decoder) compileMX(xs []MXExchange, c *compiled) []wantMX {
	out := make([]wantMX, len(xs))
	for i := range xs {
		out[i] = wantMX{xs[i].Preference, d.compileTarget(&xs[i].Exchange, c.patterns, "exchange")}
	}
	return out
}

func (d *decoder) compileTerms(terms []Value, c *compiled) []wantTerm {
	out := make([]wantTerm, len(terms))
	for i := range terms {
		v := &terms[i]
		w := wantTerm{text: *v}
		// A variable stands for a label, and any label shows whether the rest is
		// a term.
		sample := v.Text
		for _, name := range v.Variables() {
			sample = strings.ReplaceAll(sample, "{"+name+"}", "x")
		}
		k := spf.Parse("v=spf1 " + sample)
		if len(k.Terms) != 1 || !v.Fixed() && k.Terms[0].Kind != spf.Include && k.Terms[0].Kind != spf.Redirect || v.Fixed() && !k.Valid() {
			d.failAt(v, "terms: %q is no term of an SPF record that can be asked for here", v.Text)
			out[i] = w
			continue
		}
		t := k.Terms[0]
		w.kind, w.key = t.Kind, termText(t)
		if t.Kind == spf.Include || t.Kind == spf.Redirect {
			_, arg, _ := strings.Cut(v.Text, ":")
			if t.Kind == spf.Redirect {
				_, arg, _ = strings.Cut(v.Text, "=")
			}
			argument, _ := ParseValue(strings.TrimSuffix(arg, "."))
			var err error
			if w.domain, err = d.matcher(argument, c.patterns, true); err != nil {
				d.failAt(v, "terms: %v", err)
			}
			if argument.Fixed() {
				w.name = d.fixedName(v, argument.Text, "terms")
			}
		}
		out[i] = w
	}
	return out
}

func (d *decoder) compileRecord(r *Record, c *compiled) wantRecord {
	w := wantRecord{Record: r}
	var err error
	if w.named, err = d.matcher(r.Name, c.patterns, true); err != nil {
		d.failAt(&r.Name, "name: %v", err)
	}
	if r.Name.Fixed() && r.Name.Text != "@" {
		if name, err := zone.ParseName(r.Name.Text, zone.Root); err == nil {
			w.owner = string(name[:len(name)-1])
		}
	}
	targets := func(v *Value, what string) { w.targets = append(w.targets, d.compileTarget(v, c.patterns, what)) }
	texts := func(v *Value, what string) {
		m, err := d.matcher(*v, c.patterns, false)
		if err != nil {
			d.failAt(v, "%s: %v", what, err)
		}
		w.texts = append(w.texts, m)
	}
	switch {
	case r.Target != nil:
		targets(r.Target, "target")
		for i := range r.Alternatives {
			targets(&r.Alternatives[i], "alternatives")
		}
	case r.Text != nil:
		texts(r.Text, "text")
		for i := range r.Alternatives {
			texts(&r.Alternatives[i], "alternatives")
		}
	case r.Data != nil:
		texts(r.Data, "data")
	}
	return w
}

// atApex reports whether the record stands at the apex.
func (w *wantRecord) atApex() bool { return w.Name.Text == "@" }

// ownerIn returns the owner in a zone, "" if its variables are not known or it
// is too long for a name.
func (w *wantRecord) ownerIn(apex zone.Name, s scope) zone.Name {
	switch {
	case w.atApex():
		return apex
	case w.owner != "":
		if len(w.owner)+len(apex) > zone.MaxName {
			return ""
		}
		return zone.Name(w.owner) + apex
	}
	text, ok := s.render(w.Name)
	if !ok {
		return ""
	}
	name, err := zone.ParseName(text, apex)
	if err != nil {
		return ""
	}
	return name
}
