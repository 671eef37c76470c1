// Package rules is the engine that runs rules over a zone: what a rule, a
// finding and a fix are, how rules share what they parse, suppression
// comments, and the loop that fixes. It knows no rule; those live in the
// packages below it, one a subject, and rules/all lists them.
package rules
