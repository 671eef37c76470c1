package pack

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/strictyaml"
	"github.com/zonelint/zonelint/rules/strictyaml/schematest"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// Every example of the documentation is a pack, or part of one, that can be
// read, and the first is the file that its commands use.
func TestDocumentedPacks(t *testing.T) {
	blocks := yamlBlock.FindAllStringSubmatch(readme(t), -1)
	if len(blocks) < 5 {
		t.Fatalf("%d examples", len(blocks))
	}
	example, err := os.ReadFile("testdata/readme/example-host.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if blocks[0][1] != string(example) {
		t.Error("the first example is not testdata/readme/example-host.yaml")
	}
	s := compiledSchema(t)
	for _, b := range blocks {
		src := b[1]
		if !strings.Contains(src, "\nid: ") {
			src = "id: a\nname: A\nkind: mailbox\nconfidence: memory\nchecked: 2026-11-21\nsources: [{title: A}]\n" + src
		}
		if _, err := Parse("README.md", []byte(src)); err != nil {
			t.Errorf("%v\n%s", err, src)
		}
		var doc yaml.Node
		if err := yaml.Load([]byte(src), &doc); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(schematest.Plain(t, &doc)); err != nil {
			t.Errorf("%v\n%s", err, src)
		}
	}
}

// Every key and every word that a key takes stands in the documentation.
func TestDocumentedKeys(t *testing.T) {
	text := readme(t)
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		u, reads := reflect.New(typ).Interface().(interface{ UnmarshalText([]byte) error })
		switch {
		case seen[typ]:
		case reads:
			words, found := "", false
			if err := u.UnmarshalText([]byte("?!")); err != nil {
				words, found = strings.CutPrefix(err.Error(), "not one of ")
			}
			for word := range strings.SplitSeq(words, ", ") {
				if found && !strings.Contains(text, "`"+word+"`") {
					t.Errorf("the word %s of %s is not documented", word, typ.Name())
				}
			}
		case typ.Kind() == reflect.Struct && typ.PkgPath() == reflect.TypeFor[Pack]().PkgPath():
			seen[typ] = true
			for i, k := range strictyaml.Keys(typ) {
				if !strings.Contains(text, "`"+k.Name+"`") {
					t.Errorf("the key %s of %s is not documented", k.Name, typ.Name())
				}
				visit(typ.Field(i).Type)
			}
		}
		seen[typ] = true
	}
	visit(reflect.TypeFor[Pack]())
	if len(seen) < 15 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
