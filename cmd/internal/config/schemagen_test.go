package config

import (
	"reflect"
	"regexp"
	"slices"
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
	return g.Schema(SchemaURL, "zonelint configuration", reflect.TypeFor[Config]())
}

// structure returns the keywords of an object.
func (g *generator) structure(t reflect.Type) object {
	var properties object
	var required []string
	for i, k := range strictyaml.Keys(t) {
		f := t.Field(i)
		doc := g.Fields[t.Name()][f.Name]
		if doc == "" {
			g.t.Errorf("the field %s.%s needs a comment, which is its description in the schema", t.Name(), f.Name)
		}
		properties = append(properties, member{k.Name, append(object{{"description", inKeys(doc, t)}}, g.Value(f.Type)...)})
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
		o = append(o, schematest.AnyOf("source", "origin"))
	case reflect.TypeFor[Zones]():
		o = append(o, schematest.AnyOf("packs", "vars", "severity", "ignore"))
	}
	return o
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

// own returns the keywords of the types that are read in a way of their own.
func (g *generator) own(t reflect.Type) object {
	about := g.Types[t.Name()]
	switch t {
	case reflect.TypeFor[Vars]():
		return g.Define("vars", func() object {
			return object{{"description", about}, {"type", "object"}, {"propertyNames", object{{"pattern", varPattern.String()}}}, {"additionalProperties", g.Value(reflect.TypeFor[string]())}, {"minProperties", 1}}
		})
	case reflect.TypeFor[Levels]():
		return g.Define("severities", func() object {
			return object{{"description", about}, {"type", "object"}, {"propertyNames", object{{"pattern", ruleIDPattern.String()}}}, {"additionalProperties", object{{"enum", append(slices.Clone(severities), off)}}}, {"minProperties", 1}}
		})
	case reflect.TypeFor[FailOn]():
		return object{{"enum", severities}}
	case reflect.TypeFor[RuleID]():
		return g.Text("rule", ruleIDPattern.String(), about)
	case reflect.TypeFor[Pack]():
		return g.Text("pack", `^[A-Za-z0-9._/-][^\\:]*$`, about)
	case reflect.TypeFor[Path]():
		return g.Text("path", `^[^/\\:][^\\:]*$`, about)
	case reflect.TypeFor[Output]():
		return g.Text("output", `^[a-z]+(:[^/.~:\\][^~:\\]*)?$`, about)
	case reflect.TypeFor[FilePattern]():
		return g.Text("file-pattern", `^[^\\]+$`, about)
	case reflect.TypeFor[NamePattern]():
		return g.Text("zone-name", `^[!-~]+$`, about)
	case reflect.TypeFor[OwnerPattern]():
		return g.Text("owner", `^[!-~]+$`, about)
	case reflect.TypeFor[zone.Name]():
		return g.Text("name", `^[!-~]+$`, "A domain name; its final dot may be left out.")
	}
	return nil
}
