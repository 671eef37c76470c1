package config

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/strictyaml"
	"github.com/zonelint/zonelint/zone"
)

// object is a JSON object whose keys keep their order.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(m.key)
		b.Write(key)
		b.WriteByte(':')
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// generator makes the JSON Schema of the types of this package.
type generator struct {
	t      *testing.T
	fields map[string]map[string]string // doc comments by struct and field
	types  map[string]string            // the first sentences of the doc comments of types
	defs   object
	done   map[string]bool
}

// generateSchema returns the schema with the comments of the source as
// descriptions.
func generateSchema(t *testing.T) []byte {
	g := &generator{t: t, fields: map[string]map[string]string{}, types: map[string]string{}, done: map[string]bool{}}
	g.readSource()
	root := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", SchemaURL},
		{"title", "zonelint configuration"},
	}
	root = append(root, g.structure(reflect.TypeFor[Config]())...)
	slices.SortFunc(g.defs, func(a, b member) int { return strings.Compare(a.key, b.key) })
	root = append(root, member{"$defs", g.defs})
	raw, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	// json.Marshal escapes what a MarshalJSON returns for HTML.
	return []byte(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(out.String()))
}

// readSource collects the doc comments of types and fields.
func (g *generator) readSource() {
	files, err := filepath.Glob("*.go")
	if err != nil {
		g.t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			g.t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok {
				return true
			}
			for _, s := range decl.Specs {
				s, ok := s.(*ast.TypeSpec)
				if !ok {
					continue
				}
				first, _, _ := strings.Cut(oneLine(decl.Doc)+" ", ". ")
				g.types[s.Name.Name] = strings.TrimSpace(first) + "."
				if st, ok := s.Type.(*ast.StructType); ok {
					docs := map[string]string{}
					for _, f := range st.Fields.List {
						for _, n := range f.Names {
							docs[n.Name] = oneLine(f.Doc)
						}
					}
					g.fields[s.Name.Name] = docs
				}
			}
			return false
		})
	}
}

func oneLine(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	return strings.Join(strings.Fields(c.Text()), " ")
}

// structure returns the keywords of an object.
func (g *generator) structure(t reflect.Type) object {
	var properties object
	var required []string
	for i, k := range strictyaml.Keys(t) {
		f := t.Field(i)
		doc := g.fields[t.Name()][f.Name]
		if doc == "" {
			g.t.Errorf("the field %s.%s needs a comment, which is its description in the schema", t.Name(), f.Name)
		}
		properties = append(properties, member{k.Name, append(object{{"description", inKeys(doc, t)}}, g.value(f.Type)...)})
		if !k.Optional {
			required = append(required, k.Name)
		}
	}
	o := object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		o = append(o, member{"required", required})
	}
	o = append(o, member{"additionalProperties", false}, member{"minProperties", 1})
	switch t {
	case reflect.TypeFor[Source]():
		o = append(o, anyOf("source", "origin"))
	case reflect.TypeFor[Zones]():
		o = append(o, anyOf("packs", "vars", "severity", "ignore"))
	}
	return o
}

// anyOf asks for one of the keys.
func anyOf(keys ...string) member {
	var list []object
	for _, k := range keys {
		list = append(list, object{{"required", []string{k}}})
	}
	return member{"anyOf", list}
}

// inKeys puts the keys of the file for the fields that a comment speaks of.
func inKeys(doc string, t reflect.Type) string {
	for i, k := range strictyaml.Keys(t) {
		name := regexp.QuoteMeta(t.Field(i).Name)
		doc = regexp.MustCompile(`^`+name+`\b`).ReplaceAllLiteralString(doc, k.Name)
		doc = regexp.MustCompile(` `+name+`\b`).ReplaceAllLiteralString(doc, " "+k.Name)
	}
	return doc
}

// value returns the keywords of a value, by reference if its type has a name.
func (g *generator) value(t reflect.Type) object {
	define := func(name string, make func() object) object {
		if !g.done[name] {
			g.done[name] = true
			g.defs = append(g.defs, member{name, make()})
		}
		return object{{"$ref", "#/$defs/" + name}}
	}
	text := func(name, pattern, about string) object {
		return define(name, func() object {
			return object{{"description", about}, {"type", "string"}, {"pattern", pattern}}
		})
	}
	const plain = `^\s*[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?\s*$`
	about := g.types[t.Name()]
	switch t {
	case reflect.TypeFor[Vars]():
		return define("vars", func() object {
			return object{{"description", about}, {"type", "object"}, {"propertyNames", object{{"pattern", varPattern.String()}}}, {"additionalProperties", g.value(reflect.TypeFor[string]())}, {"minProperties", 1}}
		})
	case reflect.TypeFor[Levels]():
		return define("severities", func() object {
			return object{{"description", about}, {"type", "object"}, {"propertyNames", object{{"pattern", ruleIDPattern.String()}}}, {"additionalProperties", object{{"enum", append(slices.Clone(severities), off)}}}, {"minProperties", 1}}
		})
	case reflect.TypeFor[FailOn]():
		return object{{"enum", severities}}
	case reflect.TypeFor[RuleID]():
		return text("rule", ruleIDPattern.String(), about)
	case reflect.TypeFor[Pack]():
		return text("pack", `^[A-Za-z0-9._/-][^\\:]*$`, about)
	case reflect.TypeFor[Path]():
		return text("path", `^[^/\\:][^\\:]*$`, about)
	case reflect.TypeFor[Output]():
		return text("output", `^[a-z]+(:[^/.~:\\][^~:\\]*)?$`, about)
	case reflect.TypeFor[FilePattern]():
		return text("file-pattern", `^[^\\]+$`, about)
	case reflect.TypeFor[NamePattern]():
		return text("zone-name", `^[!-~]+$`, about)
	case reflect.TypeFor[OwnerPattern]():
		return text("owner", `^[!-~]+$`, about)
	case reflect.TypeFor[zone.Name]():
		return text("name", `^[!-~]+$`, "A domain name; its final dot may be left out.")
	case reflect.TypeFor[zone.Type]():
		return text("rr-type", `^[A-Za-z][A-Za-z0-9-]*$`, "An RR type, such as CNAME.")
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.value(t.Elem())
	case reflect.Struct:
		return define(strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(t.Name(), "$1-$2")), func() object { return g.structure(t) })
	case reflect.Slice:
		return object{{"type", "array"}, {"items", g.value(t.Elem())}, {"minItems", 1}}
	case reflect.String:
		return text("text", plain, "Text without line breaks.")
	case reflect.Uint16:
		return object{{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}}
	}
	g.t.Fatalf("the schema knows no %s", t)
	return nil
}
