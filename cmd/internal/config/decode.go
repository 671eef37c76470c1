package config

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/strictyaml"
	"github.com/zonelint/zonelint/zone"
)

const (
	// maxProblems bounds how many mistakes of a file are told.
	maxProblems = 50
	// maxShown bounds what is told of a value, in octets.
	maxShown = 60
)

// decoder reads YAML nodes into a Config.
type decoder struct {
	strictyaml.Reader
	c *Config
}

func newDecoder(c *Config) *decoder {
	d := &decoder{c: c, Reader: strictyaml.Reader{Most: maxProblems, Longest: maxShown, NoBlank: true}}
	d.Format = d
	return d
}

func (d *decoder) failAt(at Place, format string, args ...any) {
	d.FailAt(at.Line, at.Column, format, args...)
}

func (d *decoder) place(n *yaml.Node) Place {
	return Place{d.c.file, max(n.Line, 1), max(n.Column, 1)}
}

// Seen keeps where a value stands.
func (d *decoder) Seen(ptr any, n *yaml.Node) { d.c.places[ptr] = d.place(n) }

// Own reads names of zones, text, and what has keys of its own.
func (d *decoder) Own(n *yaml.Node, ptr any, what string) bool {
	switch p := ptr.(type) {
	case *zone.Name:
		d.origin(n, p, what)
	case *string:
		*p = d.text(n, what)
	case *Vars:
		d.vars(n, p, what)
	case *Levels:
		d.levels(n, p, what)
	default:
		return false
	}
	return true
}

// text reads a string. A plain 010 or yes would be a number or a bool to other
// YAML readers, so it needs quotes.
func (d *decoder) text(n *yaml.Node, what string) string {
	s, ok := d.Scalar(n, what, "text")
	switch {
	case !ok:
	case n.ShortTag() != "!!str":
		d.Fail(n, "%s: %s is not text; put it in quotes", what, d.Quoted(s))
	case strings.ContainsFunc(strings.TrimSpace(s), unicode.IsControl):
		d.Fail(n, "%s has a line break or another control character; long text is folded with >-", what)
	}
	return strings.TrimSpace(s)
}

// origin reads an absolute domain name, whose final dot may be left out.
func (d *decoder) origin(n *yaml.Node, p *zone.Name, what string) {
	s, ok := d.Scalar(n, what, "a domain name")
	if !ok {
		return
	}
	name, err := zone.ParseName(s, zone.Root)
	if err != nil {
		d.Fail(n, "%s: %s is no domain name: %v", what, d.Quoted(s), err)
		return
	}
	*p = name
}

// pairs calls add with each key and value of a mapping. Keys must be plain
// words, each there once.
func (d *decoder) pairs(n *yaml.Node, what string, add func(k, v *yaml.Node)) {
	if !d.IsMapping(n, what) {
		return
	}
	if len(n.Content) == 0 {
		d.Fail(n, "%s is empty; leave the key out", what)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		line, dup := seen[k.Value]
		switch {
		case k.Kind != yaml.ScalarNode || k.Anchor != "" || k.ShortTag() == "!!merge":
			d.Fail(k, "%s has a key that is not a plain word", what)
		case dup:
			d.Fail(k, "%s stands here again; it is on line %d already", d.Quoted(k.Value), line)
		default:
			seen[k.Value] = k.Line
			add(k, n.Content[i+1])
		}
	}
}

// Mapping reads a struct, by the keys of its fields.
func (d *decoder) Mapping(n *yaml.Node, v reflect.Value, what string) {
	keys := strictyaml.Keys(v.Type())
	given := make([]bool, len(keys))
	before := len(d.Problems)
	d.pairs(n, what, func(k, value *yaml.Node) {
		f := strictyaml.IndexOfKey(keys, k.Value)
		if f < 0 {
			d.UnknownKey(k, keys, what)
			return
		}
		given[f] = true
		d.c.keys[v.Field(f).Addr().Interface()] = d.place(k)
		d.Decode(value, v.Field(f), k.Value)
	})
	if !slices.Contains(given, true) && len(d.Problems) > before {
		return // it has been said that these are no keys
	}
	d.Missing(n, keys, given, what)
}

// onlyComments reports whether a text says nothing.
func onlyComments(src []byte) bool {
	for line := range bytes.Lines(bytes.TrimPrefix(src, []byte("\ufeff"))) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && !bytes.Equal(line, []byte("---")) {
			return false
		}
	}
	return true
}

// vars reads the values of variables.
func (d *decoder) vars(n *yaml.Node, p *Vars, what string) {
	if n.Kind == yaml.MappingNode {
		*p = make(Vars, 0, len(n.Content)/2) // so that pointers into it stay
	}
	d.pairs(n, what, func(k, value *yaml.Node) {
		if !varPattern.MatchString(k.Value) {
			d.Fail(k, "%s: %s is no name of a variable; \"zonelint packs show ID\" tells those of a pack", what, d.Quoted(k.Value))
			return
		}
		if !d.Sound(value, k.Value) {
			return
		}
		*p = append(*p, Var{k.Value, d.text(value, k.Value)})
		v := &(*p)[len(*p)-1]
		d.c.keys[v], d.c.places[v] = d.place(k), d.place(value)
	})
}

// varPattern is what names of variables look like: those of packs, and the
// freer ones of Domain Connect templates.
var varPattern = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// levels reads the severities of rules.
func (d *decoder) levels(n *yaml.Node, p *Levels, what string) {
	if n.Kind == yaml.MappingNode {
		*p = make(Levels, 0, len(n.Content)/2)
	}
	d.pairs(n, what, func(k, value *yaml.Node) {
		var l RuleLevel
		if err := l.Rule.UnmarshalText([]byte(k.Value)); err != nil {
			d.Fail(k, "%s: %s is %v", what, d.Quoted(k.Value), err)
			return
		}
		if !d.Sound(value, k.Value) {
			return
		}
		s, ok := d.Scalar(value, k.Value, "a severity")
		if !ok {
			return
		}
		var err error
		if l.Level, err = parseLevel(s); err != nil {
			d.Fail(value, "%s: %s is %v", k.Value, d.Quoted(s), err)
			return
		}
		*p = append(*p, l)
		v := &(*p)[len(*p)-1]
		d.c.keys[v], d.c.places[v] = d.place(k), d.place(value)
	})
}
