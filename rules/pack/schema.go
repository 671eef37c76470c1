package pack

import _ "embed"

// schema is generated from the types of this package by TestSchema.
//
//go:embed pack.schema.json
var schema []byte

// SchemaURL is where the JSON Schema is published; it is the schema's $id.
const SchemaURL = "https://raw.githubusercontent.com/zonelint/zonelint/main/rules/pack/pack.schema.json"

// Schema returns the JSON Schema (draft 2020-12) of pack files, for editors and
// other programs. What it accepts may still be refused by Parse, which also
// compares the parts of a pack with each other.
func Schema() []byte { return append([]byte(nil), schema...) }
