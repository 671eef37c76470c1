package pack

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

// FormatError is what is wrong with a pack file: every mistake, in the order
// of the file.
type FormatError struct {
	File     string
	Problems []Problem
}

// Problem is one mistake in a pack file. Line and Column count from 1.
type Problem struct {
	Line, Column int
	Message      string
}

// Error returns one line a mistake: file:line:column: message.
func (e *FormatError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", e.File, p.Line, p.Column, p.Message)
	}
	return strings.Join(lines, "\n")
}

// decoder reads YAML nodes into Go values by their yaml tags. It is strict: an
// unknown, missing or repeated key and a value of another type are mistakes.
type decoder struct {
	problems []Problem
	// nodes are where the values were read, by the pointer to each; not kept of
	// what is embedded.
	nodes map[any]*yaml.Node
	// embedded says that the pack comes with zonelint, so that a test has seen
	// that it is right.
	embedded bool
}

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.problems = append(d.problems, Problem{max(n.Line, 1), max(n.Column, 1), fmt.Sprintf(format, args...)})
}

// failAt is fail for a value that was read, given by its pointer.
func (d *decoder) failAt(ptr any, format string, args ...any) {
	n := d.nodes[ptr]
	if n == nil {
		n = &yaml.Node{}
	}
	d.fail(n, format, args...)
}

// document returns the root of the only YAML document in src.
func (d *decoder) document(src []byte) (*yaml.Node, bool) {
	var doc yaml.Node
	err := yaml.Load(src, &doc)
	if err == nil {
		return doc.Content[0], true
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
	return nil, false
}

func (d *decoder) syntax(e *yaml.LoadError) {
	d.fail(&yaml.Node{Line: e.Mark.Line, Column: e.Mark.Column}, "%s", strings.TrimPrefix(e.Message, "yaml: "))
}

// decode reads n into v, which must be addressable. what names the value.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, what string) {
	ptr := v.Addr().Interface()
	if !d.embedded {
		d.nodes[ptr] = n
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fail(n, "%s: anchors and aliases are not read here; write the value out", what)
		return
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		d.fail(n, "%s has no value; give one or leave the key out", what)
		return
	}
	switch p := ptr.(type) {
	case *zone.Name:
		d.hostName(n, p, what)
		return
	case *Value:
		if s, ok := d.scalar(n, what, "text"); ok {
			d.value(n, p, s, what)
		}
		return
	case *zone.Type:
		if s, ok := d.scalar(n, what, "an RR type"); ok {
			if *p, ok = zone.ParseType(s); !ok {
				d.fail(n, "%s: %q is no RR type", what, s)
			}
		}
		return
	case encoding.TextUnmarshaler:
		if s, ok := d.scalar(n, what, "one word"); ok {
			if err := p.UnmarshalText([]byte(s)); err != nil {
				d.fail(n, "%s: %q is %v", what, s, err)
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
		d.text(n, v, what)
	case reflect.Bool:
		if s, ok := d.scalar(n, what, "true or false"); ok {
			if s != "true" && s != "false" || n.ShortTag() != "!!bool" {
				d.fail(n, "%s: %q is neither true nor false", what, s)
			}
			v.SetBool(s == "true")
		}
	case reflect.Uint16:
		if s, ok := d.scalar(n, what, "a number"); ok {
			i, err := strconv.ParseUint(s, 10, 16)
			if err != nil || n.ShortTag() != "!!int" {
				d.fail(n, "%s: %q is no number from 0 to 65535", what, s)
			}
			v.SetUint(i)
		}
	default:
		d.fail(n, "%s cannot be read into a %s", what, v.Type())
	}
}

func (d *decoder) scalar(n *yaml.Node, what, want string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		d.fail(n, "%s is a %s, where %s belongs", what, kindName(n), want)
		return "", false
	}
	return n.Value, true
}

// text reads a string. A plain 010 or yes would be a number or a bool to other
// YAML readers, so it needs quotes.
func (d *decoder) text(n *yaml.Node, v reflect.Value, what string) {
	s, ok := d.scalar(n, what, "text")
	switch {
	case !ok:
		return
	case n.ShortTag() != "!!str":
		d.fail(n, "%s: %s is not text; put it in quotes", what, s)
	case strings.TrimSpace(s) == "":
		d.fail(n, "%s is empty; give a value or leave the key out", what)
	case strings.ContainsFunc(strings.TrimSpace(s), unicode.IsControl):
		d.fail(n, "%s has a line break or another control character; long text is folded with >-", what)
	}
	v.SetString(strings.TrimSpace(s))
}

// value reads a Value, which is text like any other.
func (d *decoder) value(n *yaml.Node, v *Value, s, what string) {
	if n.ShortTag() != "!!str" {
		d.fail(n, "%s: %s is not text; put it in quotes", what, s)
		return
	}
	var plain string
	d.text(n, reflect.ValueOf(&plain).Elem(), what)
	if err := v.UnmarshalText([]byte(plain)); err != nil {
		d.fail(n, "%s: %q is %v", what, s, err)
	}
}

// hostName reads an absolute domain name, whose final dot may be left out.
func (d *decoder) hostName(n *yaml.Node, p *zone.Name, what string) {
	s, ok := d.scalar(n, what, "a domain name")
	if !ok {
		return
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return !hostRune(r) }); i >= 0 {
		d.fail(n, "%s: %q is no domain name: %q cannot stand in one", what, s, []rune(s[i:])[0])
		return
	}
	name, err := zone.ParseName(s, zone.Root)
	if err != nil {
		d.fail(n, "%s: %q is no domain name: %v", what, s, err)
		return
	}
	if name.NumLabels() < 2 {
		d.fail(n, "%s: %q is too short: a name of at least two labels belongs here", what, s)
		return
	}
	*p = name
}

// hostRune reports whether a rune can stand in the name of a host or of an SPF
// record: letters, digits and hyphen (RFC 1123, section 2.1), and underscore.
func hostRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.'
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

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%s is a %s, where keys with values belong", what, kindName(n))
		return
	}
	keys := fieldKeys(v.Type())
	lines := make([]int, len(keys)) // on which each stands
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		f := indexOfKey(keys, k.Value)
		if k.Kind != yaml.ScalarNode || f < 0 {
			d.unknownKey(k, keys, what)
			continue
		}
		if lines[f] > 0 {
			d.fail(k, "%s stands here again; it is on line %d already", k.Value, lines[f])
			continue
		}
		lines[f] = k.Line
		d.decode(n.Content[i+1], v.Field(f), k.Value)
	}
	for i, k := range keys {
		if lines[i] == 0 && !k.optional {
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
		d.fail(k, "%s has no key %q; did you mean %s?", what, k.Value, like[0])
		return
	}
	d.fail(k, "%s has no key %q; it has %s", what, k.Value, strings.Join(names, ", "))
}

type fieldKey struct {
	name     string
	optional bool
}

// knownKeys are the results of fieldKeys, which are asked for a thousand times
// as the packs are read.
var knownKeys sync.Map

// fieldKeys returns the key of each field of a struct type, by index.
func fieldKeys(t reflect.Type) []fieldKey {
	if keys, ok := knownKeys.Load(t); ok {
		return keys.([]fieldKey)
	}
	var keys []fieldKey
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue // those come last
		}
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, fieldKey{name, opts == "omitempty"})
	}
	knownKeys.Store(t, keys)
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
