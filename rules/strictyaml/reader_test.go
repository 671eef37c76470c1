package strictyaml_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/strictyaml"
	"github.com/zonelint/zonelint/zone"
)

// inventory is a format with every kind of value.
type inventory struct {
	strictyaml.Reader
	seen int
}

type shelf struct {
	Name   string    `yaml:"name"`
	Type   zone.Type `yaml:"type,omitempty"`
	Colour colour    `yaml:"colour,omitempty"`
	Open   bool      `yaml:"open,omitempty"`
	Count  *uint16   `yaml:"count,omitempty"`
	Boards []board   `yaml:"boards,omitempty"`

	_ int // which has no key
}

type board struct {
	Name string `yaml:"name"`
}

type colour string

func (c *colour) UnmarshalText(text []byte) error {
	if *c = colour(text); *c != "red" {
		return fmt.Errorf("not red")
	}
	return nil
}

func (f *inventory) Seen(any, *yaml.Node) { f.seen++ }

func (f *inventory) Own(n *yaml.Node, ptr any, what string) bool {
	p, ok := ptr.(*string)
	if ok {
		*p, _ = f.Scalar(n, what, "text")
	}
	return ok
}

func (f *inventory) Mapping(n *yaml.Node, v reflect.Value, what string) {
	if !f.IsMapping(n, what) {
		return
	}
	keys := strictyaml.Keys(v.Type())
	given := make([]bool, len(keys))
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := strictyaml.IndexOfKey(keys, n.Content[i].Value)
		if k < 0 {
			f.UnknownKey(n.Content[i], keys, what)
			continue
		}
		given[k] = true
		f.Decode(n.Content[i+1], v.Field(k), keys[k].Name)
	}
	f.Missing(n, keys, given, what)
}

// read returns what a text says, and its mistakes as line:column: message.
func read(src string, set func(*strictyaml.Reader)) (shelf, *inventory, []string) {
	f := new(inventory)
	f.Format = f
	set(&f.Reader)
	var s shelf
	if n, ok := f.Document([]byte(src), "no YAML: "); ok {
		f.Decode(n, reflect.ValueOf(&s).Elem(), "the shelf")
	}
	var list []string
	for _, p := range f.Problems {
		list = append(list, fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message))
	}
	return s, f, list
}

func TestDecode(t *testing.T) {
	s, f, problems := read("name: a\ntype: mx\ncolour: red\nopen: true\ncount: 3\nboards: [{name: b}, {name: c}]\n", func(*strictyaml.Reader) {})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	three := uint16(3)
	want := shelf{Name: "a", Type: zone.TypeMX, Colour: "red", Open: true, Count: &three, Boards: []board{{"b"}, {"c"}}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v, want %+v", s, want)
	}
	// The shelf, its six keys, what count points at, and two boards with a name.
	if f.seen != 12 {
		t.Errorf("%d values were told of, want 12", f.seen)
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"nam: a", `1:1: the shelf has no key "nam"; did you mean name?|1:1: the shelf lacks the key name`},
		{"name: a\nzzzzzzz: b", `2:1: the shelf has no key "zzzzzzz"; it has name, type, colour, open, count, boards`},
		{"name: a\n_: 1", `2:1: the shelf has no key "_"; it has name, type, colour, open, count, boards`},
		{"[a]", "1:1: the shelf is a list, where keys with values belong"},
		{"name: [a]", "1:7: name is a list, where text belongs"},
		{"name:", "1:6: name has no value; give one or leave the key out"},
		{"name: &x a", "1:7: name: anchors and aliases are not read here; write the value out"},
		{"name: a\ntype: 'M X'", `2:7: type: "M X" is no RR type`},
		{"name: a\ncolour: blue", `2:9: colour: "blue" is not red`},
		{"name: a\ncolour: {a: b}", "2:9: colour is a set of keys, where one word belongs"},
		{"name: a\nopen: 'true'", `2:7: open: "true" is neither true nor false`},
		{"name: a\nopen: yes", `2:7: open: "yes" is neither true nor false`},
		{"name: a\ncount: 65536", `2:8: count: "65536" is no number from 0 to 65535`},
		{"name: a\ncount: '1'", `2:8: count: "1" is no number from 0 to 65535`},
		{"name: a\nboards: b", "2:9: boards is a single value, where a list belongs"},
		{"name: a\nboards: []", "2:9: boards is an empty list; leave the key out"},
		{"boards: [{name: b}, {}]", "1:21: boards lacks the key name|1:1: the shelf lacks the key name"},
	} {
		if _, _, got := read(tt.src, func(*strictyaml.Reader) {}); !slices.Equal(got, strings.Split(tt.want, "|")) {
			t.Errorf("%q: got %q, want %q", tt.src, got, tt.want)
		}
	}
}

func TestNoYAML(t *testing.T) {
	for _, src := range []string{"a: [", "a: b: c", "a: 1\n---\nb: 2\n", "\x00"} {
		_, f, got := read(src, func(*strictyaml.Reader) {})
		if len(got) == 0 || f.seen > 0 {
			t.Errorf("%q is read: %q", src, got)
		}
	}
	want := []string{"2:5: no YAML: mapping values are not allowed in this context"}
	if _, _, got := read("x: a\nb: c: d\n", func(*strictyaml.Reader) {}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLimits(t *testing.T) {
	many := "name: a\n" + strings.Repeat("zzzzzzz: b\n", 9)
	if _, _, got := read(many, func(r *strictyaml.Reader) { r.Most = 4 }); len(got) != 4 {
		t.Errorf("%d mistakes are told, of at most 4", len(got))
	}
	long := "name: a\ncolour: " + strings.Repeat("b", 20)
	want := []string{`2:9: colour: "bbbbb"... is not red`}
	if _, _, got := read(long, func(r *strictyaml.Reader) { r.Longest = 5 }); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	want = []string{"1:7: name is empty; give a value or leave the key out"}
	if _, _, got := read(`name: " "`, func(r *strictyaml.Reader) { r.NoBlank = true }); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, _, got := read(`name: " "`, func(*strictyaml.Reader) {}); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}
