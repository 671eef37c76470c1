package domainconnect

import (
	"errors"
	"fmt"
	"strings"
)

// What is wrong with a template or with what it is applied to; test with
// errors.Is.
var (
	// ErrInvalidTemplate: the file is no template, or one that cannot be applied
	// to any zone.
	ErrInvalidTemplate = errors.New("invalid template")
	// ErrUnknownType: a record has no RR type. It is an ErrInvalidTemplate too.
	ErrUnknownType = fmt.Errorf("%w: unknown record type", ErrInvalidTemplate)
	// ErrInvalidData: with the values of the variables a record is none that a
	// zone can hold, or two of them cannot stand together.
	ErrInvalidData = errors.New("invalid data")
	// ErrMissingParameter: a variable has no value.
	ErrMissingParameter = errors.New("missing parameter")
	// ErrHostRequired: the template is not for the domain itself.
	ErrHostRequired = errors.New("host required")
)

// Error is one mistake, with its place in the template. Line and Column count
// from 1; the column counts octets.
type Error struct {
	Kind         error // one of the Err values
	File         string
	Line, Column int
	Message      string
}

// Error returns file:line:column: message.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

// fail returns an error about a place of the template.
func (t *Template) fail(kind error, at Place, format string, args ...any) *Error {
	return &Error{kind, t.File, at.Line, at.Column, fmt.Sprintf(format, args...)}
}

// enumerated joins words as a sentence does.
func enumerated(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
