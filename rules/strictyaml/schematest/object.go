// Package schematest makes the JSON Schema of a format of package strictyaml
// from its Go types, and holds files against it. It is for tests: a published
// schema is what is made of the types, or the test of it fails.
package schematest

import (
	"bytes"
	"encoding/json"
)

// Object is a JSON object whose keys keep their order.
type Object []Member

// Member is a key, which is a string, and its value.
type Member [2]any

// Key returns the key.
func (m Member) Key() string { return m[0].(string) }

// MarshalJSON writes the members in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(m.Key())
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(m[1]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// AnyOf asks for one of the keys.
func AnyOf(keys ...string) Member {
	var list []Object
	for _, k := range keys {
		list = append(list, Object{{"required", []string{k}}})
	}
	return Member{"anyOf", list}
}
