package config

import _ "embed"

// schema is generated from the types of this package by TestSchema.
//
//go:embed config.schema.json
var schema []byte

// SchemaURL is where the JSON Schema is published; it is the schema's $id.
const SchemaURL = "https://raw.githubusercontent.com/zonelint/zonelint/main/cmd/internal/config/config.schema.json"

// Schema returns the JSON Schema (draft 2020-12) of configuration files, for
// editors and other programs. What it accepts may still be refused, since it
// knows neither the rules nor the packs.
func Schema() []byte { return append([]byte(nil), schema...) }
