package schematest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// Generator makes the schema of the types of the package under test.
type Generator struct {
	Source
	// Structure returns the keywords of an object.
	Structure func(reflect.Type) Object
	// Own returns the keywords of a type that is not read as its kind of Go type
	// is; nil for others.
	Own func(reflect.Type) Object

	t    *testing.T
	defs Object
	done map[string]bool
}

// New returns a Generator, without Structure and Own, that knows the comments of
// the package under test.
func New(t *testing.T) *Generator {
	t.Helper()
	return &Generator{Source: readSource(t), t: t, done: map[string]bool{}}
}

// Schema returns the schema of files that hold a root, as it is published.
func (g *Generator) Schema(id, title string, root reflect.Type) []byte {
	g.t.Helper()
	o := Object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", id},
		{"title", title},
	}
	o = append(o, g.Structure(root)...)
	slices.SortFunc(g.defs, func(a, b Member) int { return strings.Compare(a.Key(), b.Key()) })
	raw, err := json.Marshal(append(o, Member{"$defs", g.defs}))
	if err != nil {
		g.t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		g.t.Fatal(err)
	}
	out.WriteByte('\n')
	// json.Marshal escapes what a MarshalJSON returns for HTML.
	return []byte(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(out.String()))
}

// Define returns a reference to a definition, which is made if it is the first
// one to it.
func (g *Generator) Define(name string, make func() Object) Object {
	if !g.done[name] {
		g.done[name] = true
		made := make()
		g.defs = append(g.defs, Member{name, made})
	}
	return Object{{"$ref", "#/$defs/" + name}}
}

// Text is Define for a string that matches a pattern.
func (g *Generator) Text(name, pattern, about string, more ...Member) Object {
	return g.Define(name, func() Object {
		return append(Object{{"description", about}, {"type", "string"}, {"pattern", pattern}}, more...)
	})
}

// plainText is text without line breaks but at its ends, which are cut off.
const plainText = `^\s*[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?\s*$`

// Value returns the keywords of a value, by reference if its type has a name.
func (g *Generator) Value(t reflect.Type) Object {
	g.t.Helper()
	if o := g.Own(t); o != nil {
		return o
	}
	if t == reflect.TypeFor[zone.Type]() {
		return g.Text("rr-type", `^[A-Za-z][A-Za-z0-9-]*$`, "An RR type, such as CNAME.")
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.Value(t.Elem())
	case reflect.Struct:
		return g.Define(Kebab(t.Name()), func() Object { return g.Structure(t) })
	case reflect.Slice:
		return Object{{"type", "array"}, {"items", g.Value(t.Elem())}, {"minItems", 1}}
	case reflect.String:
		return g.Text("text", plainText, "Text without line breaks.")
	case reflect.Bool:
		return Object{{"type", "boolean"}}
	case reflect.Uint16:
		return Object{{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}}
	}
	g.t.Fatalf("the schema knows no %s", t)
	return nil
}

// Kebab writes a Go name as the files do.
func Kebab(s string) string {
	if strings.ToUpper(s) == s {
		return strings.ToLower(s)
	}
	s = regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(s, "$1-$2")
	s = regexp.MustCompile(`([A-Z])([A-Z][a-z])`).ReplaceAllString(s, "$1-$2")
	return strings.ToLower(s)
}
