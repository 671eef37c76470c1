package pack

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/zonelint/zonelint/rules/strictyaml/schematest"
)

var update = flag.Bool("update", false, "write pack.schema.json anew")

// TestSchema holds the published schema against the types that it is made of.
func TestSchema(t *testing.T) {
	want := generateSchema(t)
	if *update {
		if err := os.WriteFile("pack.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(Schema(), want) {
		t.Error("pack.schema.json is not that of the types; run \"go test ./rules/pack -run TestSchema -update\"")
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	return schematest.Compile(t, SchemaURL, Schema())
}

func TestSchemaTakesPacks(t *testing.T) {
	s := compiledSchema(t)
	files, err := filepath.Glob("data/*.yaml")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d packs, %v", len(files), err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := schematest.Validate(t, s, string(src)); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// schemaPack has every kind of value.
const schemaPack = `id: some-host
name: Some host
kind: mailbox
status: active
confidence: documented
checked: 2026-11-21
sources:
- {title: Set-up, url: "https://example.net/dns", date: 2026-01-31}
variables:
- {name: region, about: the region, pattern: 'eu|us', example: eu}
detect:
  mx: ['*.example.net']
  addresses: [192.0.2.0/24, '2001:db8::1']
mx:
  exclusive: true
  records:
  - {preference: 10, exchange: 'mx.{region}.example.net'}
spf: {level: required, terms: ['include:spf.example.net'], all: ~all}
dmarc: {level: optional, create: v=DMARC1; p=none}
records:
- {name: imap, type: CNAME, target: imap.example.net, level: required}
- {name: s._domainkey, type: TXT, text: v=DKIM1; p=AAAA, level: recommended, purpose: dkim}
- {name: mail, type: A, addresses: [192.0.2.1], level: required}
- {name: '@', type: CAA, data: 0 issue "ca.example.net", level: optional}
pinned:
- {name: spf.example.net, text: v=spf1 -all, date: 2026-11-21}
clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls, advice: recommended}
`

// Mistakes that the schema finds are mistakes for Parse too.
func TestSchemaRefuses(t *testing.T) {
	s := compiledSchema(t)
	parses := func(src string) error {
		_, err := Parse("x.yaml", []byte(src))
		return err
	}
	schematest.Refuses(t, s, parses, schemaPack, map[string][2]string{
		"unknown key":            {"status:", "state:"},
		"unknown key inside":     {"exclusive:", "exclusiv:"},
		"an id with capitals":    {"id: some-host", "id: Some-Host"},
		"another qualifier":      {"all: ~all", "all: +all"},
		"no address":             {"https://example.net/dns", "example.net/dns"},
		"a variable with blanks": {"name: region", "name: a region"},
		"missing key":            {"name: Some host\n", ""},
		"missing key inside":     {"preference: 10, ", ""},
		"not one of the words":   {"kind: mailbox", "kind: mail"},
		"level":                  {"level: optional, create", "level: maybe, create"},
		"security":               {"security: tls", "security: ssl"},
		"number for text":        {"Some host", "42"},
		"text for a number":      {"preference: 10", "preference: ten"},
		"a large number":         {"preference: 10", "preference: 65536"},
		"a negative number":      {"preference: 10", "preference: -1"},
		"half a number":          {"preference: 10", "preference: 1.5"},
		"port 0":                 {"port: 993", "port: 0"},
		"text for true":          {"exclusive: true", `exclusive: "true"`},
		"no value":               {"Some host", ""},
		"empty text":             {"Some host", `" "`},
		"control characters":     {"Some host", `"a\eb"`},
		"text for a list":        {"['include:spf.example.net']", "include:spf.example.net"},
		"an empty list":          {"['include:spf.example.net']", "[]"},
		"a list for keys":        {"mx:\n  exclusive: true\n  records:\n", "mx:\n"},
		"a brace too many":       {"mx.{region}.", "mx.{region."},
		"an empty variable":      {"mx.{region}.", "mx.{}."},
		"a day that is none":     {"checked: 2026-11-21", "checked: 2026-11-31"},
		"a date of another form": {"checked: 2026-11-21", "checked: 21 November 2026"},
		"a pattern too wide":     {"'*.example.net'", "'*'"},
		"a star at the end":      {"'*.example.net'", "'mail.*'"},
		"a blank in a pattern":   {"'*.example.net'", "'a b.example.net'"},
		"no network":             {"192.0.2.0/24", "none"},
		"no name":                {"name: spf.example.net", "name: a b.example.net"},
		"no dmarc record":        {"level: optional, create: v=DMARC1; p=none", "level: optional"},
		"no target":              {"target: imap.example.net, ", ""},
		"text of an alias":       {"target: imap.example.net, ", "text: a, "},
		"target of a TXT record": {"text: v=DKIM1; p=AAAA", "target: a.example.net"},
		"two kinds of data":      {"text: v=DKIM1; p=AAAA", "text: v=DKIM1; p=AAAA, target: a.example.net"},
		"no addresses":           {", addresses: [192.0.2.1]", ""},
		"no data":                {`, data: 0 issue "ca.example.net"`, ""},
		"alternatives to data":   {"data: 0", "alternatives: [a], data: 0"},
	})
	nothing, _, _ := strings.Cut(schemaPack, "variables:")
	if err := schematest.Validate(t, s, nothing); err == nil {
		t.Error("the schema takes a pack that asks for nothing")
	}
}
