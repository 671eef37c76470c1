package strictyaml

import (
	"reflect"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/spelling"
)

// Key is the key of a field of a struct.
type Key struct {
	Name     string
	Optional bool
}

// knownKeys are the results of Keys, which are asked for a thousand times as the
// embedded packs are read.
var knownKeys sync.Map

// Keys returns the key of each exported field of a struct type, by index; the
// other fields must come last. The result is shared and must not be changed.
func Keys(t reflect.Type) []Key {
	if keys, ok := knownKeys.Load(t); ok {
		return keys.([]Key)
	}
	var keys []Key
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, Key{name, opts == "omitempty"})
	}
	knownKeys.Store(t, keys)
	return keys
}

// IndexOfKey returns which of the keys has a name, -1 if none has.
func IndexOfKey(keys []Key, name string) int {
	for i, k := range keys {
		if k.Name == name {
			return i
		}
	}
	return -1
}

// IsMapping reports whether a node has keys with values, and fails if it does
// not.
func (r *Reader) IsMapping(n *yaml.Node, what string) bool {
	if n.Kind != yaml.MappingNode {
		r.Fail(n, "%s is a %s, where keys with values belong", what, kindName(n))
		return false
	}
	return true
}

// UnknownKey says of a key that it is none of those that there are.
func (r *Reader) UnknownKey(k *yaml.Node, keys []Key, what string) {
	names := make([]string, len(keys))
	for i, f := range keys {
		names[i] = f.Name
	}
	if like := spelling.Near(k.Value, names); len(like) > 0 {
		r.Fail(k, "%s has no key %s; did you mean %s?", what, r.Quoted(k.Value), like[0])
		return
	}
	r.Fail(k, "%s has no key %s; it has %s", what, r.Quoted(k.Value), strings.Join(names, ", "))
}

// Missing says which keys a mapping lacks of those that it needs; given tells of
// each, by its index, whether it is there.
func (r *Reader) Missing(n *yaml.Node, keys []Key, given []bool, what string) {
	for i, k := range keys {
		if !given[i] && !k.Optional {
			r.Fail(n, "%s lacks the key %s", what, k.Name)
		}
	}
}
