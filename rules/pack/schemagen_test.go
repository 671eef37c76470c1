package pack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
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
	types  map[string]string            // doc comments of types
	values map[string][]enumerated      // constants by type
	defs   object
	done   map[string]bool
}

// enumerated is a constant with its comment.
type enumerated struct{ value, about string }

// generateSchema returns the schema with the comments of the source as
// descriptions.
func generateSchema(t *testing.T) []byte {
	g := &generator{t: t, fields: map[string]map[string]string{}, types: map[string]string{}, values: map[string][]enumerated{}, done: map[string]bool{}}
	g.readSource()
	root := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", SchemaURL},
		{"title", "zonelint rule pack"},
	}
	root = append(root, g.structure(reflect.TypeFor[Pack]())...)
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

// readSource collects the doc comments of types, fields and constants.
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
		for _, d := range f.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range decl.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					// What follows the first sentence is for readers of the code.
					g.types[s.Name.Name], _, _ = strings.Cut(oneLine(decl.Doc)+" ", ". ")
					g.types[s.Name.Name] += "."
					if st, ok := s.Type.(*ast.StructType); ok {
						g.readFields(s.Name.Name, st)
					}
				case *ast.ValueSpec:
					typ, isIdent := s.Type.(*ast.Ident)
					if !isIdent || len(s.Values) != 1 {
						continue
					}
					if lit, ok := s.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
						value, _ := strconv.Unquote(lit.Value)
						g.values[typ.Name] = append(g.values[typ.Name], enumerated{value, oneLine(s.Comment)})
					}
				}
			}
		}
	}
}

func (g *generator) readFields(name string, st *ast.StructType) {
	docs := map[string]string{}
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			if docs[n.Name] = oneLine(f.Doc); docs[n.Name] == "" {
				docs[n.Name] = oneLine(f.Comment)
			}
		}
	}
	g.fields[name] = docs
}

func oneLine(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	s := strings.Join(strings.Fields(c.Text()), " ")
	// What is empty in Go is not there in a file.
	return strings.NewReplacer(`"" is `, "without it, ", `"" if `, "left out if ").Replace(s)
}

// structure returns the keywords of an object.
func (g *generator) structure(t reflect.Type) object {
	keys := strictyaml.Keys(t)
	var properties object
	var required []string
	for i, k := range keys {
		f := t.Field(i)
		doc := g.fields[t.Name()][f.Name]
		p := g.value(f.Type)
		switch {
		case doc != "":
			p = append(object{{"description", inKeys(doc, t, f.Name)}}, p...)
		case p[0].key != "$ref" || f.Type == reflect.TypeFor[Value]() || f.Type == reflect.TypeFor[Date](): // a type of its own has its comment
			g.t.Errorf("the field %s.%s needs a comment, which is its description in the schema", t.Name(), f.Name)
		}
		for _, more := range narrower[t.Name()+"."+f.Name] {
			p = append(slices.DeleteFunc(p, func(m member) bool { return m.key == more.key }), more)
		}
		properties = append(properties, member{k.Name, p})
		if !k.Optional {
			required = append(required, k.Name)
		}
	}
	about := kebab(t.Name()) + strings.TrimPrefix(g.types[t.Name()], t.Name())
	o := object{{"description", about}, {"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		o = append(o, member{"required", required})
	}
	o = append(o, member{"additionalProperties", false})
	return append(o, relations(t)...)
}

// narrower are keywords of fields that take less than their types, as validate
// does.
var narrower = map[string]object{
	"Pack.ID":       {{"pattern", idPattern.String()}},
	"Variable.Name": {{"pattern", variablePattern.String()}},
	"Source.URL":    {{"pattern", "^https?://"}, {"format", "uri"}},
	"SPF.All":       {{"enum", []string{"-all", "~all", "?all"}}},
	"SPF.Create":    {{"pattern", "^[vV]=[sS][pP][fF]1( |$)"}},
	"DMARC.Minimum": {{"enum", []string{"none", "quarantine", "reject"}}},
	"DMARC.Policy":  {{"enum", []string{"none", "quarantine", "reject"}}},
	"Client.Port":   {{"minimum", 1}},
}

// relations are the keywords for what the keys of an object have to do with
// each other.
func relations(t reflect.Type) object {
	anyOf := func(keys ...string) object {
		var list []object
		for _, k := range keys {
			list = append(list, object{{"required", []string{k}}})
		}
		return object{{"anyOf", list}}
	}
	switch t {
	case reflect.TypeFor[Pack]():
		return anyOf("mx", "spf", "dmarc", "records", "clients")
	case reflect.TypeFor[DMARC]():
		return anyOf("create", "cname")
	case reflect.TypeFor[Record]():
		return object{{"allOf", dataByType()}}
	}
	return nil
}

// dataByType are the conditions on the key with the data of a record, of which
// each type has one.
func dataByType() []object {
	keys := []string{"target", "text", "addresses", "data"}
	types := map[string][]string{}
	var listed []string
	for typ, key := range rrFields {
		types[key] = append(types[key], typ.String())
		listed = append(listed, typ.String())
	}
	slices.Sort(listed)
	var out []object
	for _, key := range keys {
		slices.Sort(types[key])
		cond := object{{"enum", types[key]}}
		if key == "data" {
			cond = object{{"not", object{{"enum", listed}}}}
		}
		then := object{{"required", []string{key}}}
		var never object
		for _, other := range keys {
			if other != key {
				never = append(never, member{other, false})
			}
		}
		if key == "addresses" || key == "data" {
			never = append(never, member{"alternatives", false})
		}
		then = append(then, member{"properties", never})
		out = append(out, object{{"if", object{{"properties", object{{"type", cond}}}}}, {"then", then}})
	}
	return out
}

// inKeys puts the keys of the file for the fields that a comment speaks of. What
// is written in capitals is a field at the beginning only: elsewhere SPF is SPF.
func inKeys(doc string, t reflect.Type, self string) string {
	keys := strictyaml.Keys(t)
	for i, k := range keys {
		name := t.Field(i).Name
		if name == self {
			doc = regexp.MustCompile(`^`+name+`\b`).ReplaceAllLiteralString(doc, k.Name)
		}
		if strings.ToUpper(name) != name {
			doc = regexp.MustCompile(`\b`+name+`\b`).ReplaceAllLiteralString(doc, k.Name)
		}
	}
	return doc
}

const (
	// textPattern is text without line breaks but at its ends, which are cut off.
	textPattern  = `^\s*[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?\s*$`
	valuePattern = `^\s*([^{}\x00-\x1f\x7f-\x9f]|\{[a-z][a-z0-9-]*\})+\s*$`
)

// value returns the keywords of a value, by reference if its type has a name.
func (g *generator) value(t reflect.Type) object {
	define := func(name string, make func() object) object {
		if !g.done[name] {
			g.done[name] = true
			g.defs = append(g.defs, member{name, make()})
		}
		return object{{"$ref", "#/$defs/" + name}}
	}
	text := func(name, pattern, about string, more ...member) object {
		return define(name, func() object {
			return append(object{{"description", about}, {"type", "string"}, {"pattern", pattern}}, more...)
		})
	}
	switch t {
	case reflect.TypeFor[Value]():
		return text("value", valuePattern, g.types["Value"])
	case reflect.TypeFor[Pattern]():
		return text("pattern", `^[A-Za-z0-9_*-]+(\.[A-Za-z0-9_*-]+)*\.[A-Za-z0-9_-]+\.?$`, g.types["Pattern"])
	case reflect.TypeFor[Network]():
		return text("network", `^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$`, g.types["Network"])
	case reflect.TypeFor[Date]():
		return text("date", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, g.types["Date"], member{"format", "date"})
	case reflect.TypeFor[zone.Type]():
		return text("rr-type", `^[A-Za-z][A-Za-z0-9-]*$`, "An RR type, such as CNAME.")
	case reflect.TypeFor[zone.Name]():
		return text("name", `^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\.?$`, "A domain name; its final dot may be left out.")
	}
	if list := g.values[t.Name()]; t.PkgPath() == reflect.TypeFor[Pack]().PkgPath() && len(list) > 0 {
		return define(kebab(t.Name()), func() object { return g.enumeration(t, list) })
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.value(t.Elem())
	case reflect.Struct:
		return define(kebab(t.Name()), func() object { return g.structure(t) })
	case reflect.Slice:
		return object{{"type", "array"}, {"items", g.value(t.Elem())}, {"minItems", 1}}
	case reflect.String:
		return text("text", textPattern, "Text without line breaks.")
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Uint16:
		return object{{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}}
	}
	g.t.Fatalf("the schema knows no %s", t)
	return nil
}

// enumeration returns the keywords of a type of a few words, which must be those
// that it reads.
func (g *generator) enumeration(t reflect.Type, list []enumerated) object {
	about := g.types[t.Name()]
	var words []string
	for i, e := range list {
		words = append(words, e.value)
		sep := ", "
		if i == 0 {
			sep = " One of: "
		}
		about += sep + e.value
		if e.about != "" {
			about += " (" + e.about + ")"
		}
	}
	u := reflect.New(t).Interface().(interface{ UnmarshalText([]byte) error })
	err := u.UnmarshalText([]byte("?"))
	if want := "not one of " + strings.Join(words, ", "); err == nil || err.Error() != want {
		g.t.Errorf("the constants of %s are not what it reads: %v, want %s", t, err, want)
	}
	return object{{"description", about + "."}, {"type", "string"}, {"enum", words}}
}

// kebab writes a Go name as the files do.
func kebab(s string) string {
	if strings.ToUpper(s) == s {
		return strings.ToLower(s)
	}
	s = regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(s, "$1-$2")
	s = regexp.MustCompile(`([A-Z])([A-Z][a-z])`).ReplaceAllString(s, "$1-$2")
	return strings.ToLower(s)
}

func (o object) String() string { return fmt.Sprint([]member(o)) }
