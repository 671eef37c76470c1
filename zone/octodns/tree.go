package octodns

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/zone"
)

type kind uint8

const (
	scalar kind = iota
	mapping
	sequence
	alias
)

// node is a node of a YAML file with its place.
type node struct {
	kind   kind
	style  yaml.Style
	shared bool // aliases stand for it too, or an !include
	merges bool // has a key <<
	file   uint16
	depth  uint8
	start  uint32  // the first octet, of its tag or anchor if it has one
	tag    string  // as it was written, "" if it was not
	value  string  // of a scalar
	kids   []*node // of a mapping: keys and values in turn
	target *node   // of an alias
}

// isNull reports whether the node is nothing, as an empty value is.
func (n *node) isNull() bool {
	return n == nil || n.kind == scalar && n.resolve() == nullValue
}

// treeBuilder makes nodes of those of the YAML library.
type treeBuilder struct {
	file  *file
	index uint16
	depth int // that is allowed
	left  *int
	made  map[*yaml.Node]*node // those with an anchor
	odd   *node                // the first with a tag that octoDNS does not know
	slab  []node

	line, column int // where the last node was found
	offset       int
}

var (
	errNodes = errors.New("more YAML nodes than the limit")
	errDepth = errors.New("YAML collections nested deeper than the limit")
)

// parseYAML reads the only document of a file; the node is nil if it is empty.
// What is wrong is told as a problem.
func parseYAML(f *file, index uint16, limits Limits, left *int) (*node, *zone.Problem) {
	if len(strings.TrimSpace(view(f.src))) == 0 {
		return nil, nil
	}
	var docs []yaml.Node
	if err := yaml.Load(f.src, &docs, yaml.WithAllDocuments()); err != nil {
		return nil, f.syntax(err)
	}
	if len(docs) == 0 || len(docs[0].Content) == 0 {
		return nil, nil
	}
	b := &treeBuilder{file: f, index: index, depth: limits.Depth, left: left, made: map[*yaml.Node]*node{}, line: 1, column: 1}
	b.offset = f.lineStart(1)
	if len(docs) > 1 {
		n, err := b.build(&docs[1], 0)
		if err == nil {
			return nil, &zone.Problem{Kind: zone.ProblemSyntax, Span: f.point(int(n.start)), Message: "A second YAML document begins here, and octoDNS takes one, so it refuses the file. Put all owners into one document.", Lost: true}
		}
	}
	root, err := b.build(docs[0].Content[0], 0)
	if err != nil {
		return nil, &zone.Problem{Kind: zone.ProblemLimit, Span: f.point(b.offset), Message: fmt.Sprintf("This file has %v, so it was not read.", err), Lost: true}
	}
	if b.odd != nil {
		return nil, &zone.Problem{Kind: zone.ProblemSyntax, Span: f.point(int(b.odd.start)), Message: fmt.Sprintf("octoDNS does not know the tag %s, so it refuses the file and nothing of it was checked. Remove the tag.", quote(b.odd.tag)), Lost: true}
	}
	if root.isNull() {
		return nil, nil
	}
	return root, nil
}

// knownTag reports whether the loader of octoDNS takes a tag: those of PyYAML's
// safe loader, and its own.
func knownTag(tag string) bool {
	if tag == includeTag || tag == "!" {
		return true
	}
	name, ok := strings.CutPrefix(tag, "tag:yaml.org,2002:")
	if !ok {
		name, ok = strings.CutPrefix(tag, "!!")
	}
	return ok && slices.Contains([]string{"null", "bool", "int", "float", "binary", "timestamp", "omap", "pairs", "set", "str", "seq", "map", "merge", "value"}, name)
}

// syntax tells a mistake in YAML.
func (f *file) syntax(err error) *zone.Problem {
	p := &zone.Problem{Kind: zone.ProblemSyntax, Span: f.point(f.lineStart(1)), Lost: true}
	reason := err.Error()
	var many *yaml.LoadErrors
	if errors.As(err, &many) && len(many.Errors) > 0 {
		err = many.Errors[0]
	}
	var one *yaml.LoadError
	if errors.As(err, &one) {
		reason = strings.TrimPrefix(one.Message, "yaml: ")
		p.Span = f.point(f.at(one.Mark.Line, one.Mark.Column))
	}
	p.Message = fmt.Sprintf("This is no YAML from here on (%s), so octoDNS refuses the file and nothing of it was checked.", reason)
	return p
}

// build makes the node of one of the library and of what it holds.
func (b *treeBuilder) build(y *yaml.Node, depth int) (*node, error) {
	if *b.left--; *b.left < 0 {
		return nil, errNodes
	}
	if depth > b.depth {
		return nil, errDepth
	}
	if len(b.slab) == 0 {
		b.slab = make([]node, 32)
	}
	n := &b.slab[0]
	b.slab = b.slab[1:]
	n.file, n.style, n.value, n.depth = b.index, y.Style, y.Value, uint8(depth)
	if y.Style&yaml.TaggedStyle != 0 {
		n.tag = y.Tag
	}
	n.start = uint32(b.find(y.Line, y.Column))
	if n.tag != "" && b.odd == nil && !knownTag(n.tag) {
		b.odd = n
	}
	if y.Anchor != "" {
		b.made[y] = n
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mapping
	case yaml.SequenceNode:
		n.kind = sequence
	case yaml.AliasNode:
		n.kind = alias
		if n.target = b.made[y.Alias]; n.target != nil {
			n.target.shared = true
		}
		return n, nil
	case yaml.DocumentNode:
		if len(y.Content) == 0 {
			return n, nil
		}
		return b.build(y.Content[0], depth)
	}
	if len(y.Content) > 0 {
		n.kids = make([]*node, len(y.Content))
		for i, c := range y.Content {
			k, err := b.build(c, depth+1)
			if err != nil {
				return nil, err
			}
			n.kids[i] = k
			if i%2 == 0 && n.kind == mapping && k.kind == scalar && k.value == "<<" && k.resolve() == mergeKey {
				n.merges = true
			}
		}
	}
	return n, nil
}

// find returns the offset of a line and column, which the YAML library counts
// in characters. Nodes come nearly in the order of the text, so that a long
// line is not counted anew for each.
func (b *treeBuilder) find(line, column int) int {
	if line != b.line || column < b.column {
		b.line, b.column, b.offset = line, 1, b.file.lineStart(line)
	}
	src := b.file.src
	for b.column < column && b.offset < len(src) {
		_, size := utf8.DecodeRune(src[b.offset:])
		b.offset += size
		b.column++
	}
	return b.offset
}
