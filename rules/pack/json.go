package pack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/zonelint/zonelint/rules/strictyaml"
)

// MarshalJSON returns the pack as its file says it, in JSON: Schema describes it,
// and Parse reads it again.
func (p *Pack) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := appendJSON(&b, reflect.ValueOf(p).Elem())
	return b.Bytes(), err
}

// appendJSON writes a value by the keys of the file format.
func appendJSON(b *bytes.Buffer, v reflect.Value) error {
	if text, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Pointer {
		return appendString(b, text.String())
	}
	switch v.Kind() {
	case reflect.Pointer:
		return appendJSON(b, v.Elem())
	case reflect.Struct:
		return appendObject(b, v)
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := appendJSON(b, v.Index(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Bool, reflect.Uint16:
		fmt.Fprint(b, v.Interface())
	default:
		return fmt.Errorf("no JSON for a %s", v.Type())
	}
	return nil
}

func appendObject(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	some := false
	for i, k := range strictyaml.Keys(v.Type()) {
		f := v.Field(i)
		if k.Optional && isEmpty(f) {
			continue
		}
		if some {
			b.WriteByte(',')
		}
		some = true
		if err := appendString(b, k.Name); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := appendJSON(b, f); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// isEmpty reports whether a field was not given.
func isEmpty(v reflect.Value) bool {
	if v.Kind() != reflect.Struct {
		return v.IsZero()
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() && !v.Field(i).IsZero() {
			return false
		}
	}
	return true
}

func appendString(b *bytes.Buffer, s string) error {
	text, err := json.Marshal(s)
	b.Write(text)
	return err
}
