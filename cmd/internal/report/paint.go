package report

import "github.com/zonelint/zonelint/rules"

// Painter colours text with the SGR sequences of ECMA-48 if it is true.
type Painter bool

func (p Painter) sgr(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Bold makes s stand out.
func (p Painter) Bold(s string) string { return p.sgr("1", s) }

// Dim makes s stand back.
func (p Painter) Dim(s string) string { return p.sgr("2", s) }

// Added and Removed are the colours of a diff.
func (p Painter) Added(s string) string { return p.sgr("32", s) }

// Removed is the colour of what a diff takes away.
func (p Painter) Removed(s string) string { return p.sgr("31", s) }

// Place is the colour of the place in a file.
func (p Painter) Place(s string) string { return p.sgr("36", s) }

func (p Painter) green(s string) string  { return p.sgr("1;32", s) }
func (p Painter) gutter(s string) string { return p.sgr("1;34", s) }

// Severity colours s as a finding of the severity.
func (p Painter) Severity(level rules.Severity, s string) string { return p.severity(level, s) }

func (p Painter) severity(level rules.Severity, s string) string {
	switch level {
	case rules.Error:
		return p.sgr("1;31", s)
	case rules.Warning:
		return p.sgr("1;33", s)
	}
	return p.sgr("1;36", s)
}
