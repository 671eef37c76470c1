package config

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

// maxProblems bounds how many mistakes of a file are told.
const maxProblems = 50

// decoder reads YAML nodes into a Config. It is strict: an unknown, missing or
// repeated key and a value of another type are mistakes. Anchors and aliases
// are refused, so that a small file stays small.
type decoder struct {
	c        *Config
	problems []Problem
}

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.failAt(d.place(n), format, args...)
}

func (d *decoder) failAt(at Place, format string, args ...any) {
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, Problem{at, fmt.Sprintf(format, args...)})
	}
}

func (d *decoder) place(n *yaml.Node) Place {
	return Place{d.c.file, max(n.Line, 1), max(n.Column, 1)}
}

// document returns the root of the only YAML document; nil if there is none.
func (d *decoder) document(src []byte) *yaml.Node {
	if onlyComments(src) {
		return nil
	}
	var doc yaml.Node
	err := yaml.Load(src, &doc)
	if err == nil {
		return doc.Content[0]
	}
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			d.syntax(e)
		}
	case errors.As(err, &one):
		d.syntax(one)
	default:
		d.fail(&yaml.Node{}, "%v", err)
	}
	return nil
}

func (d *decoder) syntax(e *yaml.LoadError) {
	d.fail(&yaml.Node{Line: e.Mark.Line, Column: e.Mark.Column}, "this is no YAML: %s", strings.TrimPrefix(e.Message, "yaml: "))
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

// decode reads n into v, which must be addressable. what names the value.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, what string) {
	ptr := v.Addr().Interface()
	d.c.places[ptr] = d.place(n)
	if !d.sound(n, what) {
		return
	}
	switch p := ptr.(type) {
	case *zone.Name:
		d.origin(n, p, what)
		return
	case *zone.Type:
		if s, ok := d.scalar(n, what, "an RR type"); ok {
			if *p, ok = zone.ParseType(s); !ok {
				d.fail(n, "%s: %s is no RR type", what, quoted(s))
			}
		}
		return
	case *Vars:
		d.vars(n, p, what)
		return
	case *Levels:
		d.levels(n, p, what)
		return
	case encoding.TextUnmarshaler:
		if s, ok := d.scalar(n, what, "one word"); ok {
			if err := p.UnmarshalText([]byte(s)); err != nil {
				d.fail(n, "%s: %s is %v", what, quoted(s), err)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), what)
	case reflect.Struct:
		d.mapping(n, v, what)
	case reflect.Slice:
		d.sequence(n, v, what)
	case reflect.String:
		v.SetString(d.text(n, what))
	case reflect.Uint16:
		if s, ok := d.scalar(n, what, "a number"); ok {
			i, err := strconv.ParseUint(s, 10, 16)
			if err != nil || n.ShortTag() != "!!int" {
				d.fail(n, "%s: %s is no number from 0 to 65535", what, quoted(s))
			}
			v.SetUint(i)
		}
	default:
		d.fail(n, "%s cannot be read into a %s", what, v.Type())
	}
}

// sound reports whether a node is a value that stands where it is written.
func (d *decoder) sound(n *yaml.Node, what string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fail(n, "%s: anchors and aliases are not read here; write the value out", what)
		return false
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		d.fail(n, "%s has no value; give one or leave the key out", what)
		return false
	}
	return true
}

// quoted is a value in an error, of which a long one is cut.
func quoted(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}

func (d *decoder) scalar(n *yaml.Node, what, want string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.fail(n, "%s is a %s, where %s belongs", what, kindName(n), want)
		return "", false
	case strings.TrimSpace(n.Value) == "":
		d.fail(n, "%s is empty; give a value or leave the key out", what)
		return "", false
	}
	return n.Value, true
}

// text reads a string. A plain 010 or yes would be a number or a bool to other
// YAML readers, so it needs quotes.
func (d *decoder) text(n *yaml.Node, what string) string {
	s, ok := d.scalar(n, what, "text")
	switch {
	case !ok:
	case n.ShortTag() != "!!str":
		d.fail(n, "%s: %s is not text; put it in quotes", what, quoted(s))
	case strings.ContainsFunc(strings.TrimSpace(s), unicode.IsControl):
		d.fail(n, "%s has a line break or another control character; long text is folded with >-", what)
	}
	return strings.TrimSpace(s)
}

// origin reads an absolute domain name, whose final dot may be left out.
func (d *decoder) origin(n *yaml.Node, p *zone.Name, what string) {
	s, ok := d.scalar(n, what, "a domain name")
	if !ok {
		return
	}
	name, err := zone.ParseName(s, zone.Root)
	if err != nil {
		d.fail(n, "%s: %s is no domain name: %v", what, quoted(s), err)
		return
	}
	*p = name
}

func (d *decoder) sequence(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "%s is a %s, where a list belongs", what, kindName(n))
		return
	}
	if len(n.Content) == 0 {
		d.fail(n, "%s is an empty list; leave the key out", what)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		d.decode(c, v.Index(i), what)
	}
}

// pairs calls add with each key and value of a mapping. Keys must be plain
// words, each there once.
func (d *decoder) pairs(n *yaml.Node, what string, add func(k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%s is a %s, where keys with values belong", what, kindName(n))
		return
	}
	if len(n.Content) == 0 {
		d.fail(n, "%s is empty; leave the key out", what)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		line, dup := seen[k.Value]
		switch {
		case k.Kind != yaml.ScalarNode || k.Anchor != "" || k.ShortTag() == "!!merge":
			d.fail(k, "%s has a key that is not a plain word", what)
		case dup:
			d.fail(k, "%s stands here again; it is on line %d already", quoted(k.Value), line)
		default:
			seen[k.Value] = k.Line
			add(k, n.Content[i+1])
		}
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, what string) {
	keys := fieldKeys(v.Type())
	given := map[string]bool{}
	before := len(d.problems)
	d.pairs(n, what, func(k, value *yaml.Node) {
		f := indexOfKey(keys, k.Value)
		if f < 0 {
			d.unknownKey(k, keys, what)
			return
		}
		given[k.Value] = true
		d.c.keys[v.Field(f).Addr().Interface()] = d.place(k)
		d.decode(value, v.Field(f), k.Value)
	})
	if len(given) == 0 && len(d.problems) > before {
		return // it has been said that these are no keys
	}
	for _, k := range keys {
		if !given[k.name] && !k.optional {
			d.fail(n, "%s lacks the key %s", what, k.name)
		}
	}
}

func (d *decoder) unknownKey(k *yaml.Node, keys []fieldKey, what string) {
	names := make([]string, len(keys))
	for i, f := range keys {
		names[i] = f.name
	}
	if like := spelling.Near(k.Value, names); len(like) > 0 {
		d.fail(k, "%s has no key %s; did you mean %s?", what, quoted(k.Value), like[0])
		return
	}
	d.fail(k, "%s has no key %s; it has %s", what, quoted(k.Value), strings.Join(names, ", "))
}

// vars reads the values of variables.
func (d *decoder) vars(n *yaml.Node, p *Vars, what string) {
	if n.Kind == yaml.MappingNode {
		*p = make(Vars, 0, len(n.Content)/2) // so that pointers into it stay
	}
	d.pairs(n, what, func(k, value *yaml.Node) {
		if !varPattern.MatchString(k.Value) {
			d.fail(k, "%s: %s is no name of a variable; \"zonelint packs show ID\" tells those of a pack", what, quoted(k.Value))
			return
		}
		if !d.sound(value, k.Value) {
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
			d.fail(k, "%s: %s is %v", what, quoted(k.Value), err)
			return
		}
		if !d.sound(value, k.Value) {
			return
		}
		s, ok := d.scalar(value, k.Value, "a severity")
		if !ok {
			return
		}
		var err error
		if l.Level, err = parseLevel(s); err != nil {
			d.fail(value, "%s: %s is %v", k.Value, quoted(s), err)
			return
		}
		*p = append(*p, l)
		v := &(*p)[len(*p)-1]
		d.c.keys[v], d.c.places[v] = d.place(k), d.place(value)
	})
}

type fieldKey struct {
	name     string
	optional bool
}

// fieldKeys returns the key of each exported field of a struct type, by index;
// the others come last.
func fieldKeys(t reflect.Type) []fieldKey {
	var keys []fieldKey
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, fieldKey{name, opts == "omitempty"})
	}
	return keys
}

func indexOfKey(keys []fieldKey, name string) int {
	for i, k := range keys {
		if k.name == name {
			return i
		}
	}
	return -1
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "set of keys"
	case yaml.SequenceNode:
		return "list"
	}
	return "single value"
}
