package pack

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/strictyaml"
	"github.com/zonelint/zonelint/zone"
)

// FormatError is what is wrong with a pack file: every mistake, in the order
// of the file.
type FormatError struct {
	File     string
	Problems []Problem
}

// Problem is one mistake in a pack file. Line and Column count from 1.
type Problem = strictyaml.Problem

// Error returns one line a mistake: file:line:column: message.
func (e *FormatError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", e.File, p.Line, p.Column, p.Message)
	}
	return strings.Join(lines, "\n")
}

// decoder reads YAML nodes into a Pack.
type decoder struct {
	strictyaml.Reader
	// nodes are where the values were read, by the pointer to each; not kept of
	// what is embedded.
	nodes map[any]*yaml.Node
	// embedded says that the pack comes with zonelint, so that a test has seen
	// that it is right.
	embedded bool
}

func newDecoder(embedded bool) *decoder {
	d := &decoder{nodes: map[any]*yaml.Node{}, embedded: embedded}
	d.Format = d
	return d
}

// failAt is Fail for a value that was read, given by its pointer.
func (d *decoder) failAt(ptr any, format string, args ...any) {
	n := d.nodes[ptr]
	if n == nil {
		n = &yaml.Node{}
	}
	d.Fail(n, format, args...)
}

// Seen keeps where a value was read.
func (d *decoder) Seen(ptr any, n *yaml.Node) {
	if !d.embedded {
		d.nodes[ptr] = n
	}
}

// Own reads names of hosts, text, and text with variables.
func (d *decoder) Own(n *yaml.Node, ptr any, what string) bool {
	switch p := ptr.(type) {
	case *zone.Name:
		d.hostName(n, p, what)
	case *Value:
		d.value(n, p, what)
	case *string:
		d.text(n, p, what)
	default:
		return false
	}
	return true
}

// text reads a string. A plain 010 or yes would be a number or a bool to other
// YAML readers, so it needs quotes.
func (d *decoder) text(n *yaml.Node, p *string, what string) {
	s, ok := d.Scalar(n, what, "text")
	switch {
	case !ok:
		return
	case n.ShortTag() != "!!str":
		d.Fail(n, "%s: %s is not text; put it in quotes", what, s)
	case strings.TrimSpace(s) == "":
		d.Fail(n, "%s is empty; give a value or leave the key out", what)
	case strings.ContainsFunc(strings.TrimSpace(s), unicode.IsControl):
		d.Fail(n, "%s has a line break or another control character; long text is folded with >-", what)
	}
	*p = strings.TrimSpace(s)
}

// value reads a Value, which is text like any other.
func (d *decoder) value(n *yaml.Node, v *Value, what string) {
	s, ok := d.Scalar(n, what, "text")
	if !ok {
		return
	}
	if n.ShortTag() != "!!str" {
		d.Fail(n, "%s: %s is not text; put it in quotes", what, s)
		return
	}
	var plain string
	d.text(n, &plain, what)
	if err := v.UnmarshalText([]byte(plain)); err != nil {
		d.Fail(n, "%s: %q is %v", what, s, err)
	}
}

// hostName reads an absolute domain name, whose final dot may be left out.
func (d *decoder) hostName(n *yaml.Node, p *zone.Name, what string) {
	s, ok := d.Scalar(n, what, "a domain name")
	if !ok {
		return
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return !hostRune(r) }); i >= 0 {
		d.Fail(n, "%s: %q is no domain name: %q cannot stand in one", what, s, []rune(s[i:])[0])
		return
	}
	name, err := zone.ParseName(s, zone.Root)
	if err != nil {
		d.Fail(n, "%s: %q is no domain name: %v", what, s, err)
		return
	}
	if name.NumLabels() < 2 {
		d.Fail(n, "%s: %q is too short: a name of at least two labels belongs here", what, s)
		return
	}
	*p = name
}

// hostRune reports whether a rune can stand in the name of a host or of an SPF
// record: letters, digits and hyphen (RFC 1123, section 2.1), and underscore.
func hostRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.'
}

// Mapping reads a struct, by the keys of its fields.
func (d *decoder) Mapping(n *yaml.Node, v reflect.Value, what string) {
	if !d.IsMapping(n, what) {
		return
	}
	keys := strictyaml.Keys(v.Type())
	given := make([]bool, len(keys))
	lines := make([]int, len(keys)) // on which each stands
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		f := strictyaml.IndexOfKey(keys, k.Value)
		if k.Kind != yaml.ScalarNode || f < 0 {
			d.UnknownKey(k, keys, what)
			continue
		}
		if given[f] {
			d.Fail(k, "%s stands here again; it is on line %d already", k.Value, lines[f])
			continue
		}
		given[f], lines[f] = true, k.Line
		d.Decode(n.Content[i+1], v.Field(f), k.Value)
	}
	d.Missing(n, keys, given, what)
}
