package pack

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"

	"github.com/zonelint/zonelint/zone"
)

// Value is text of a record in which variables stand in braces:
// "{m365-token}.mail.protection.outlook.com". Braces cannot be written
// otherwise.
type Value struct {
	Text  string
	parts []part // literal and variable by turns
}

// part is a literal, or the name of a variable.
type part struct {
	text     string
	variable bool
}

var variablePattern = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// ParseValue reads a Value.
func ParseValue(s string) (Value, error) {
	v := Value{Text: s}
	for rest := s; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			v.parts = append(v.parts, part{text: rest})
			break
		}
		end := strings.IndexByte(rest, '}')
		if rest[open] == '}' || end < 0 {
			return v, errors.New("not a value: a brace has no partner; variables stand in { and }")
		}
		if open > 0 {
			v.parts = append(v.parts, part{text: rest[:open]})
		}
		name := rest[open+1 : end]
		if !variablePattern.MatchString(name) {
			return v, fmt.Errorf("not a value: {%s} is no variable; its name is lower-case letters, digits and hyphens", name)
		}
		v.parts = append(v.parts, part{text: name, variable: true})
		rest = rest[end+1:]
	}
	return v, nil
}

// UnmarshalText reads a Value.
func (v *Value) UnmarshalText(text []byte) (err error) {
	*v, err = ParseValue(string(text))
	return err
}

// String returns the value as written.
func (v Value) String() string { return v.Text }

// Variables returns the names of the variables, in their order.
func (v Value) Variables() []string {
	var out []string
	for _, p := range v.parts {
		if p.variable {
			out = append(out, p.text)
		}
	}
	return out
}

// Fixed reports whether the value has no variables.
func (v Value) Fixed() bool {
	return len(v.parts) == 0 || len(v.parts) == 1 && !v.parts[0].variable
}

// Bindings are the values of variables.
type Bindings map[string]string

// scope is what is known of the variables of a pack in one zone.
type scope struct {
	// bound are the values that are certain: what the name of the zone tells,
	// what the user gave, and what the zone has shown.
	bound Bindings
	// likely are the values to write where nothing is certain. They never make
	// another value wrong.
	likely Bindings
}

// render puts the values of the variables into v. ok is false if one is not
// known; the text then still has it in braces.
func (s scope) render(v Value) (text string, ok bool) {
	if v.Fixed() {
		return v.Text, true
	}
	ok = true
	var b strings.Builder
	for _, p := range v.parts {
		if !p.variable {
			b.WriteString(p.text)
			continue
		}
		value, known := s.bound[p.text]
		if !known {
			value, known = s.likely[p.text]
		}
		if !known {
			value, ok = "{"+p.text+"}", false
		}
		b.WriteString(value)
	}
	return b.String(), ok
}

// Variable is a part of a value that differs between customers.
type Variable struct {
	// Name is what stands in braces: lower-case letters, digits and hyphens.
	Name string `yaml:"name"`
	// About says what it is and where the customer finds it.
	About string `yaml:"about"`
	// Pattern is a regular expression for the whole of it; "" is one label of a
	// name or one word.
	Pattern string `yaml:"pattern,omitempty"`
	// Default is the value to write where the zone does not tell and the user
	// does not say; it may have the variables in it that every pack has.
	Default string `yaml:"default,omitempty"`
	// Example is a value that the pattern takes, for the documentation and the
	// tests of a pack; needed where a pattern is given.
	Example string `yaml:"example,omitempty"`
}

// The variables that every pack has.
const (
	varDomain       = "domain"        // the zone's apex without its final dot
	varDomainDashes = "domain-dashes" // the same with hyphens for dots
	varM365Token    = "m365-token"    // see m365Token
)

// defaultPattern is what a variable without a pattern takes: all but the
// delimiters.
const (
	defaultPattern = `[^\s.;"]+`
	delimiters     = "\t\n\f\r .;\""
)

// builtinPatterns are those of the variables that every pack has, for values
// whose domain is not known to be that of the zone.
var builtinPatterns = map[string]string{
	varDomain:       `[^\s;"]+`,
	varDomainDashes: `[^\s.;"]+`,
	varM365Token:    `[^\s.;"]+`,
}

// matcher finds the values of variables in what a zone has.
type matcher struct {
	value Value
	re    func() *regexp.Regexp // nil if the value has no variables
	name  bool                  // letters match in either case
	plain bool                  // see scan
}

// matcher returns the matcher of a value by the patterns of its variables.
// Letters match in either case if it is a name.
func (d *decoder) matcher(v Value, patterns map[string]string, name bool) (matcher, error) {
	if v.Fixed() {
		return matcher{value: v}, nil
	}
	var s strings.Builder
	if name {
		s.WriteString("(?i)")
	}
	s.WriteString(`\A`)
	plain := true
	for i, p := range v.parts {
		if !p.variable {
			s.WriteString(regexp.QuoteMeta(p.text))
			continue
		}
		pattern := patterns[p.text]
		if pattern == "" {
			pattern = defaultPattern
		}
		s.WriteString("(" + pattern + ")")
		plain = plain && pattern == defaultPattern && (i == len(v.parts)-1 || v.parts[i+1].text[0] == '.' && !v.parts[i+1].variable)
	}
	s.WriteString(`\z`)
	if d.embedded {
		// Most packs apply to no zone, so that the expression is not needed.
		return matcher{v, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(s.String()) }), name, plain}, nil
	}
	re, err := regexp.Compile(s.String())
	return matcher{v, func() *regexp.Regexp { return re }, name, plain}, err
}

// ends reports whether a text begins and ends as the value does, which is the
// test that most texts fail.
func (m matcher) ends(text string) bool {
	first, last := m.value.parts[0], m.value.parts[len(m.value.parts)-1]
	return (first.variable || m.begins(text, first.text)) &&
		(last.variable || len(text) >= len(last.text) && m.begins(text[len(text)-len(last.text):], last.text))
}

func (m matcher) begins(text, with string) bool {
	if len(text) < len(with) {
		return false
	}
	return text[:len(with)] == with || m.name && strings.EqualFold(text[:len(with)], with)
}

// match reports whether a text has the form of the value, with what is bound
// already, and returns the bindings with those that the text adds. b itself is
// not changed.
func (m matcher) match(text string, b Bindings) (Bindings, bool) {
	if m.re == nil {
		return b, m.value.Text == text
	}
	if !m.ends(text) {
		return b, false
	}
	if m.plain {
		return m.scan(text, b)
	}
	got := m.re().FindStringSubmatch(text)
	if got == nil {
		return b, false
	}
	out := b
	i := 0
	for _, p := range m.value.parts {
		if !p.variable {
			continue
		}
		i++
		var ok bool
		if out, ok = out.with(p.text, got[i], len(b) == len(out)); !ok {
			return b, false
		}
	}
	return out, true
}

// scan is match where each variable ends at a dot or at the end, so that no
// expression is needed.
func (m matcher) scan(text string, b Bindings) (Bindings, bool) {
	out := b
	for _, p := range m.value.parts {
		if !p.variable {
			if !m.begins(text, p.text) {
				return b, false
			}
			text = text[len(p.text):]
			continue
		}
		end := strings.IndexAny(text, delimiters)
		if end < 0 {
			end = len(text)
		}
		var ok bool
		if out, ok = out.with(p.text, text[:end], len(b) == len(out)); !ok || end == 0 {
			return b, false
		}
		text = text[end:]
	}
	return out, text == ""
}

// with returns the bindings with one more, in a copy if they are shared. ok is
// false if the variable has another value.
func (b Bindings) with(name, value string, shared bool) (out Bindings, ok bool) {
	if known, ok := b[name]; ok {
		return b, strings.EqualFold(known, value)
	}
	if shared {
		out = make(Bindings, len(b)+2)
		maps.Copy(out, b)
		b = out
	}
	b[name] = value
	return b, true
}

// patternsOf returns the pattern of each variable of a pack.
func (p *Pack) patternsOf() map[string]string {
	out := make(map[string]string, len(p.Variables)+len(builtinPatterns))
	for k, v := range builtinPatterns {
		out[k] = v
	}
	for _, v := range p.Variables {
		out[v.Name] = v.Pattern
	}
	return out
}

// scopeOf returns what is known of the variables of a pack in a zone before its
// records are looked at.
func (p *Pack) scopeOf(apex zone.Name, given Bindings) scope {
	d := domain(apex)
	s := scope{
		bound:  Bindings{varDomain: d, varDomainDashes: strings.ReplaceAll(d, ".", "-")},
		likely: Bindings{varM365Token: m365Token(d)},
	}
	for k, v := range given {
		s.bound[k] = v
	}
	for _, v := range p.Variables {
		if v.Default != "" {
			value, _ := ParseValue(v.Default) // validated
			s.likely[v.Name], _ = s.render(value)
		}
	}
	return s
}

// Takes reports the first value that is not what the pack's variable of that
// name takes.
func (p *Pack) Takes(given Bindings) error {
	for _, v := range p.Variables {
		value, ok := given[v.Name]
		if !ok {
			continue
		}
		pattern := v.Pattern
		if pattern == "" {
			pattern = defaultPattern
		}
		if !regexp.MustCompile(`\A(?:` + pattern + `)\z`).MatchString(value) {
			return fmt.Errorf("%s: %q is not of the form that %s wants: %s", v.Name, value, p.ID, v.About)
		}
	}
	return nil
}
