package domainconnect

import (
	"maps"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spelling"
)

// The variables that every template has.
const (
	varDomain = "domain"
	varHost   = "host"
	varFQDN   = "fqdn" // the host before the domain
)

// scope gives the variables of a template their values.
type scope struct {
	t      *Template
	domain string // without a final dot
	host   string // relative to the domain, "" for the domain itself
	params map[string]string
	// open gives the text that stands for a variable without a value; nil where
	// each must have one.
	open func(name string) string
}

// fqdn returns the name that the template is applied to, without a final dot.
func (s *scope) fqdn() string { return below(s.host, s.domain) }

// below joins two names, each of which may be empty.
func below(name, parent string) string {
	if name == "" || parent == "" {
		return name + parent
	}
	return name + "." + parent
}

// value returns the value of a variable (spec 2.3, "Variables"). Names are
// compared with regard to case.
func (s *scope) value(name string) (string, bool) {
	switch name {
	case varDomain:
		return s.domain, true
	case varHost:
		return s.host, true
	case varFQDN:
		return s.fqdn(), true
	}
	if v, ok := s.params[name]; ok {
		return v, true
	}
	if s.open != nil {
		return s.open(name), true
	}
	return "", false
}

// expand puts the values of the variables into a text, from left to right. What
// a value has of percent signs is no variable.
func (s *scope) expand(f Text) (string, *Error) {
	var b strings.Builder
	rest := f.Value
	for {
		before, after, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, next, closed := strings.Cut(after, "%")
		if !closed {
			return "", s.t.fail(ErrInvalidTemplate, f.Place, "%q has a %% without a partner; variables stand between two", f.Value)
		}
		if !isVariable(name) {
			return "", s.t.fail(ErrInvalidTemplate, f.Place, "%q has no name of a variable between its percent signs; one has letters, digits, hyphens and underscores", f.Value)
		}
		v, ok := s.value(name)
		if !ok {
			return "", s.missing(f, name)
		}
		b.WriteString(v)
		rest = next
	}
}

func (s *scope) missing(f Text, name string) *Error {
	if like := spelling.Near(name, slices.Sorted(maps.Keys(s.params))); len(like) > 0 {
		return s.t.fail(ErrMissingParameter, f.Place, "the variable %s has no value; it is written so, and not %s", name, like[0])
	}
	return s.t.fail(ErrMissingParameter, f.Place, "the variable %s has no value", name)
}

func isVariable(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !letterOrDigit(r) && r != '-' && r != '_'
	})
}

func letterOrDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
