package pack

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/strictyaml"
	"github.com/zonelint/zonelint/rules/strictyaml/schematest"
	"github.com/zonelint/zonelint/zone"
)

type (
	object = schematest.Object
	member = schematest.Member
)

// generator makes the JSON Schema of the types of this package.
type generator struct {
	*schematest.Generator
	t *testing.T
}

// generateSchema returns the schema with the comments of the source as
// descriptions.
func generateSchema(t *testing.T) []byte {
	g := &generator{schematest.New(t), t}
	g.Structure, g.Own = g.structure, g.own
	return g.Schema(SchemaURL, "zonelint rule pack", reflect.TypeFor[Pack]())
}

// structure returns the keywords of an object.
func (g *generator) structure(t reflect.Type) object {
	keys := strictyaml.Keys(t)
	var properties object
	var required []string
	for i, k := range keys {
		f := t.Field(i)
		doc := g.Fields[t.Name()][f.Name]
		p := g.Value(f.Type)
		switch {
		case doc != "":
			p = append(object{{"description", inKeys(doc, t, f.Name)}}, p...)
		case p[0][0] != "$ref" || f.Type == reflect.TypeFor[Value]() || f.Type == reflect.TypeFor[Date](): // a type of its own has its comment
			g.t.Errorf("the field %s.%s needs a comment, which is its description in the schema", t.Name(), f.Name)
		}
		for _, more := range narrower[t.Name()+"."+f.Name] {
			p = append(slices.DeleteFunc(p, func(m member) bool { return m[0] == more[0] }), more)
		}
		properties = append(properties, member{k.Name, p})
		if !k.Optional {
			required = append(required, k.Name)
		}
	}
	about := schematest.Kebab(t.Name()) + strings.TrimPrefix(g.Types[t.Name()], t.Name())
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
	switch t {
	case reflect.TypeFor[Pack]():
		return object{schematest.AnyOf("mx", "spf", "dmarc", "records", "clients")}
	case reflect.TypeFor[DMARC]():
		return object{schematest.AnyOf("create", "cname")}
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

const valuePattern = `^\s*([^{}\x00-\x1f\x7f-\x9f]|\{[a-z][a-z0-9-]*\})+\s*$`

// own returns the keywords of the types that are read in a way of their own.
func (g *generator) own(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[Value]():
		return g.Text("value", valuePattern, g.Types["Value"])
	case reflect.TypeFor[Pattern]():
		return g.Text("pattern", `^[A-Za-z0-9_*-]+(\.[A-Za-z0-9_*-]+)*\.[A-Za-z0-9_-]+\.?$`, g.Types["Pattern"])
	case reflect.TypeFor[Network]():
		return g.Text("network", `^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$`, g.Types["Network"])
	case reflect.TypeFor[Date]():
		return g.Text("date", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, g.Types["Date"], member{"format", "date"})
	case reflect.TypeFor[zone.Name]():
		return g.Text("name", `^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\.?$`, "A domain name; its final dot may be left out.")
	}
	if list := g.Constants[t.Name()]; t.PkgPath() == reflect.TypeFor[Pack]().PkgPath() && len(list) > 0 {
		return g.Define(schematest.Kebab(t.Name()), func() object { return g.enumeration(t, list) })
	}
	return nil
}

// enumeration returns the keywords of a type of a few words, which must be those
// that it reads.
func (g *generator) enumeration(t reflect.Type, list []schematest.Constant) object {
	about := g.Types[t.Name()]
	var words []string
	for i, e := range list {
		words = append(words, e.Value)
		sep := ", "
		if i == 0 {
			sep = " One of: "
		}
		about += sep + e.Value
		if e.About != "" {
			about += " (" + e.About + ")"
		}
	}
	u := reflect.New(t).Interface().(interface{ UnmarshalText([]byte) error })
	err := u.UnmarshalText([]byte("?"))
	if want := "not one of " + strings.Join(words, ", "); err == nil || err.Error() != want {
		g.t.Errorf("the constants of %s are not what it reads: %v, want %s", t, err, want)
	}
	return object{{"description", about + "."}, {"type", "string"}, {"enum", words}}
}
