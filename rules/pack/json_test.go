package pack

import (
	"encoding/json"
	"reflect"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/strictyaml/schematest"
)

// A pack as JSON is the pack again, and the schema takes it.
func TestJSON(t *testing.T) {
	s := compiledSchema(t)
	full, err := Parse("full.yaml", []byte(schemaPack))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(Builtin(), full) {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(p.ID+".json", text)
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		was := *p
		was.compiled, again.compiled = nil, nil
		if !reflect.DeepEqual(&was, again) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", p.ID, again, &was)
		}
		var doc yaml.Node
		if err := yaml.Load(text, &doc); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(schematest.Plain(t, &doc)); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
}
