// Package strictyaml reads YAML into Go values by their yaml tags. It is strict:
// an unknown, missing or repeated key and a value of another type are mistakes,
// and all of them are told, each with its place. Anchors and aliases are
// refused, so that a small file stays small.
package strictyaml

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/zone"
)

// Problem is one mistake in a file. Line and Column count from 1.
type Problem struct {
	Line, Column int
	Message      string
}

// Format is what one format of files has of its own.
type Format interface {
	// Seen is told of each value before it is read, by the pointer to it.
	Seen(ptr any, n *yaml.Node)
	// Own reads a value that is not read as its kind of Go type is, into what ptr
	// points at, and reports whether it is one. It is asked for all text, which
	// is a *string.
	Own(n *yaml.Node, ptr any, what string) bool
	// Mapping reads a struct.
	Mapping(n *yaml.Node, v reflect.Value, what string)
}

// Reader reads nodes and collects the mistakes in them.
type Reader struct {
	Format Format
	// Most bounds how many mistakes are kept; 0 is no bound.
	Most int
	// Longest bounds what is shown of a value in a message, in octets; 0 is no
	// bound.
	Longest int
	// NoBlank makes a mistake of every value of blanks alone, not only of those
	// whose type refuses it.
	NoBlank bool
	// Problems are the mistakes, in the order in which they were found.
	Problems []Problem
}

// Fail notes a mistake in a node. A node without a place is the beginning of the
// file.
func (r *Reader) Fail(n *yaml.Node, format string, args ...any) {
	r.FailAt(max(n.Line, 1), max(n.Column, 1), format, args...)
}

// FailAt is Fail for a place.
func (r *Reader) FailAt(line, column int, format string, args ...any) {
	if r.Most == 0 || len(r.Problems) < r.Most {
		r.Problems = append(r.Problems, Problem{line, column, fmt.Sprintf(format, args...)})
	}
}

// Quoted is a value in a message, of which a long one is cut.
func (r *Reader) Quoted(s string) string {
	if r.Longest > 0 && len(s) > r.Longest {
		return strconv.Quote(s[:r.Longest]) + "..."
	}
	return strconv.Quote(s)
}

// Document returns the root of the only YAML document in src. What is no YAML is
// a mistake, whose message begins with intro.
func (r *Reader) Document(src []byte, intro string) (*yaml.Node, bool) {
	var doc yaml.Node
	err := yaml.Load(src, &doc)
	if err == nil {
		return doc.Content[0], true
	}
	syntax := func(e *yaml.LoadError) {
		r.Fail(&yaml.Node{Line: e.Mark.Line, Column: e.Mark.Column}, "%s%s", intro, strings.TrimPrefix(e.Message, "yaml: "))
	}
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			syntax(e)
		}
	case errors.As(err, &one):
		syntax(one)
	default:
		r.Fail(&yaml.Node{}, "%v", err)
	}
	return nil, false
}

// Decode reads n into v, which must be addressable. what names the value.
func (r *Reader) Decode(n *yaml.Node, v reflect.Value, what string) {
	ptr := v.Addr().Interface()
	r.Format.Seen(ptr, n)
	if !r.Sound(n, what) || r.Format.Own(n, ptr, what) {
		return
	}
	switch p := ptr.(type) {
	case *zone.Type:
		if s, ok := r.Scalar(n, what, "an RR type"); ok {
			if *p, ok = zone.ParseType(s); !ok {
				r.Fail(n, "%s: %s is no RR type", what, r.Quoted(s))
			}
		}
		return
	case encoding.TextUnmarshaler:
		if s, ok := r.Scalar(n, what, "one word"); ok {
			if err := p.UnmarshalText([]byte(s)); err != nil {
				r.Fail(n, "%s: %s is %v", what, r.Quoted(s), err)
			}
		}
		return
	}
	r.byKind(n, v, what)
}

// byKind reads a value whose type says nothing of how it is written.
func (r *Reader) byKind(n *yaml.Node, v reflect.Value, what string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.Decode(n, v.Elem(), what)
	case reflect.Struct:
		r.Format.Mapping(n, v, what)
	case reflect.Slice:
		r.sequence(n, v, what)
	case reflect.Bool:
		if s, ok := r.Scalar(n, what, "true or false"); ok {
			if s != "true" && s != "false" || n.ShortTag() != "!!bool" {
				r.Fail(n, "%s: %s is neither true nor false", what, r.Quoted(s))
			}
			v.SetBool(s == "true")
		}
	case reflect.Uint16:
		if s, ok := r.Scalar(n, what, "a number"); ok {
			i, err := strconv.ParseUint(s, 10, 16)
			if err != nil || n.ShortTag() != "!!int" {
				r.Fail(n, "%s: %s is no number from 0 to 65535", what, r.Quoted(s))
			}
			v.SetUint(i)
		}
	default:
		r.Fail(n, "%s cannot be read into a %s", what, v.Type())
	}
}

// Sound reports whether a node is a value that stands where it is written.
func (r *Reader) Sound(n *yaml.Node, what string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.Fail(n, "%s: anchors and aliases are not read here; write the value out", what)
		return false
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		r.Fail(n, "%s has no value; give one or leave the key out", what)
		return false
	}
	return true
}

// Scalar returns a single value, as it is written; want says what it should be.
func (r *Reader) Scalar(n *yaml.Node, what, want string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.Fail(n, "%s is a %s, where %s belongs", what, kindName(n), want)
		return "", false
	case r.NoBlank && strings.TrimSpace(n.Value) == "":
		r.Fail(n, "%s is empty; give a value or leave the key out", what)
		return "", false
	}
	return n.Value, true
}

func (r *Reader) sequence(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.SequenceNode {
		r.Fail(n, "%s is a %s, where a list belongs", what, kindName(n))
		return
	}
	if len(n.Content) == 0 {
		r.Fail(n, "%s is an empty list; leave the key out", what)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		r.Decode(c, v.Index(i), what)
	}
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "set of keys"
	case yaml.SequenceNode:
		return "list"
	}
	return "single value"
}
