package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "write config.schema.json anew")

// TestSchema holds the published schema against the types that it is made of.
func TestSchema(t *testing.T) {
	want := generateSchema(t)
	if *update {
		if err := os.WriteFile("config.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(Schema(), want) {
		t.Error("config.schema.json is not that of the types; run \"go test ./cmd/internal/config -run TestSchema -update\"")
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7) // that of $schema is meant
	if err := c.AddResource(SchemaURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain turns YAML into what JSON knows, as the editors' YAML 1.2 does.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plain(c))
		}
		return list
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

func validates(t *testing.T, s *jsonschema.Schema, src string) error {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Load([]byte(src), &doc); err != nil {
		t.Fatal(err)
	}
	return s.Validate(plain(&doc))
}

// The configuration of the documentation is one.
func TestSchemaTakesExample(t *testing.T) {
	src, err := os.ReadFile("../../../testdata/repos/configured/" + Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := validates(t, compiledSchema(t), string(src)); err != nil {
		t.Error(err)
	}
}

// everything has every key.
const everything = `files:
  include: ['zones/**', 'db/{a,b}.*']
  exclude: [zones/old]
sources:
- files: [db/*]
  source: zone
  origin: example.com
packs: [webmo, ./packs/own.yaml]
pack-folders: [packs]
vars: {region: eu}
select: ['spf-*', dmarc-missing]
severity: {spf-ptr: off, 'spf-*': error}
ignore:
- {rule: spf-ptr, zone: '*.example.com', name: '@', type: TXT, reason: old scanner needs it}
zones:
- match: ['*.example.com', example.org]
  packs: [google-workspace]
  vars: {key: '42'}
  severity: {mx-missing: info}
  ignore: [{rule: 'dkim-*', name: old._domainkey, type: TXT, reason: goes in May}]
fail-on: warning
format: [text, 'sarif:reports/zonelint.sarif']
max-changes: 10
max-deletes: 0
`

// Mistakes that the schema finds are mistakes for Parse too.
func TestSchemaRefuses(t *testing.T) {
	s := compiledSchema(t)
	if err := validates(t, s, everything); err != nil {
		t.Fatal(err)
	}
	if _, err := parse(everything); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown key":            {"fail-on:", "failon:"},
		"unknown key inside":     {"exclude:", "excludes:"},
		"another severity":       {"fail-on: warning", "fail-on: warn"},
		"off where all fails":    {"fail-on: warning", "fail-on: off"},
		"another level":          {"spf-ptr: off", "spf-ptr: never"},
		"no rule id":             {"{spf-ptr: off", "{SPF ptr: off"},
		"no rule":                {"[{rule: 'dkim-*', ", "[{"},
		"no reason":              {", reason: goes in May", ""},
		"empty reason":           {"reason: goes in May", "reason: ' '"},
		"no files":               {"- files: [db/*]\n  source", "- source"},
		"nothing of the files":   {"  source: zone\n  origin: example.com\n", ""},
		"no match":               {"- match: ['*.example.com', example.org]\n  packs", "- packs"},
		"number for text":        {"vars: {key: '42'}", "vars: {key: 42}"},
		"text for a number":      {"max-changes: 10", "max-changes: ten"},
		"a negative number":      {"max-deletes: 0", "max-deletes: -1"},
		"a large number":         {"max-changes: 10", "max-changes: 65536"},
		"no value":               {"fail-on: warning", "fail-on:"},
		"text for a list":        {"pack-folders: [packs]", "pack-folders: packs"},
		"an empty list":          {"pack-folders: [packs]", "pack-folders: []"},
		"an absolute folder":     {"pack-folders: [packs]", "pack-folders: [/etc]"},
		"a hidden output":        {"sarif:reports/zonelint.sarif", "sarif:.git/config"},
		"an output without name": {"sarif:reports/zonelint.sarif", "sarif:"},
		"a blank in a name":      {"'*.example.com', example.org", "'*.example com'"},
		"no RR type":             {"type: TXT, reason: old", "type: T XT, reason: old"},
		"a list for keys":        {"vars: {region: eu}", "vars: [region]"},
	} {
		t.Run(name, func(t *testing.T) {
			src := strings.Replace(everything, change[0], change[1], 1)
			if src == everything {
				t.Fatal("nothing was changed")
			}
			if err := validates(t, s, src); err == nil {
				t.Error("the schema takes it")
			}
			if _, err := parse(src); err == nil {
				t.Error("Parse takes it")
			}
		})
	}
}
