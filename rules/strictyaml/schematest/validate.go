package schematest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// Compile reads a published schema.
func Compile(t *testing.T, url string, schema []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.DefaultDraft(jsonschema.Draft7) // that of $schema is meant
	if err := c.AddResource(url, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Validate holds a YAML text against a schema.
func Validate(t *testing.T, s *jsonschema.Schema, src string) error {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Load([]byte(src), &doc); err != nil {
		t.Fatal(err)
	}
	return s.Validate(Plain(t, &doc))
}

// Plain turns YAML into what JSON knows, as the editors' YAML 1.2 does.
func Plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return Plain(t, n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = Plain(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, Plain(t, c))
		}
		return list
	}
	switch n.ShortTag() {
	case "!!int":
		if _, err := strconv.Atoi(n.Value); err != nil {
			t.Fatal(err)
		}
		return json.Number(n.Value)
	case "!!float":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

// Refuses takes a file that is right and changes to it, from and to a text, by
// name. The schema and parse, which reads a file, must take the file, and refuse
// it with any one of the changes.
func Refuses(t *testing.T, s *jsonschema.Schema, parse func(src string) error, right string, changes map[string][2]string) {
	t.Helper()
	if err := Validate(t, s, right); err != nil {
		t.Fatal(err)
	}
	if err := parse(right); err != nil {
		t.Fatal(err)
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			src := strings.Replace(right, change[0], change[1], 1)
			if src == right {
				t.Fatal("nothing was changed")
			}
			if err := Validate(t, s, src); err == nil {
				t.Error("the schema takes it")
			}
			if err := parse(src); err == nil {
				t.Error("the reader takes it")
			}
		})
	}
}
