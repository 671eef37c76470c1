package config

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/zonelint/zonelint/rules/strictyaml/schematest"
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
	return schematest.Compile(t, SchemaURL, Schema())
}

// The configuration of the documentation is one.
func TestSchemaTakesExample(t *testing.T) {
	src, err := os.ReadFile("../../../testdata/repos/configured/" + Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := schematest.Validate(t, compiledSchema(t), string(src)); err != nil {
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
	parses := func(src string) error {
		_, err := parse(src)
		return err
	}
	schematest.Refuses(t, s, parses, everything, map[string][2]string{
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
	})
}
