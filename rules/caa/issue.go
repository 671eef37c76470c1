package caa

import "strings"

// Span is the octets From to To of a property value; To is exclusive.
type Span struct{ From, To int }

// Of returns the octets of the span.
func (s Span) Of(value string) string { return value[s.From:s.To] }

// Empty reports whether there are none.
func (s Span) Empty() bool { return s.From == s.To }

// Issue is the value of an issue, issuewild or issuemail property (RFC 8659,
// section 4.2; RFC 9495, section 3).
type Issue struct {
	Issuer     Span // the domain name of the CA; empty if there is none
	Parameters []Parameter
	// Faults are where the value departs from the grammar, in its order. A value
	// with any must be taken for one without an issuer.
	Faults []Fault
}

// Parameter is a tag=value of an Issue.
type Parameter struct{ Tag, Value Span }

// Fault is a departure from the grammar. Its Span is never empty.
type Fault struct {
	Span
	Kind FaultKind
}

// FaultKind says how a value departs from the grammar.
type FaultKind uint8

// The kinds of fault.
const (
	_             FaultKind = iota
	FaultIssuer             // no domain name of letters, digits and hyphens
	FaultTrailing           // behind the issuer, without a semicolon between
	FaultEmpty              // a semicolon without a parameter behind it
	FaultEquals             // a parameter without "="
	FaultTag                // a parameter whose tag is not of letters, digits and hyphens
	FaultValue              // a parameter whose value holds a blank or what is not ASCII
)

// Denies reports whether the property authorizes nobody: it names no issuer, or
// is malformed, which is the same (RFC 8659, section 4.2).
func (i *Issue) Denies() bool { return len(i.Faults) > 0 || i.Issuer.Empty() }

// ParseIssue reads a value, all of it, whatever its faults. It takes time in
// proportion to the length.
//
//	issue-value = *WSP [issuer-domain-name *WSP] [";" *WSP [parameters *WSP]]
//	parameters  = (parameter *WSP ";" *WSP parameters) / parameter
//	parameter   = tag *WSP "=" *WSP value
func ParseIssue(value string) Issue {
	var i Issue
	semicolon := strings.IndexByte(value, ';')
	if semicolon < 0 {
		i.issuer(value, trim(value, 0, len(value)))
		return i
	}
	i.issuer(value, trim(value, 0, semicolon))
	if trim(value, semicolon+1, len(value)).Empty() {
		return i // a lone semicolon may end the value
	}
	for at := semicolon; at >= 0 && at < len(value); {
		end := len(value)
		if n := strings.IndexByte(value[at+1:], ';'); n >= 0 {
			end = at + 1 + n
		}
		if s := trim(value, at+1, end); s.Empty() {
			i.fault(Span{at, at + 1}, FaultEmpty)
		} else {
			i.parameter(value, s)
		}
		at = end
	}
	return i
}

func (i *Issue) fault(s Span, k FaultKind) { i.Faults = append(i.Faults, Fault{s, k}) }

func (i *Issue) issuer(value string, s Span) {
	switch word := s.Of(value); {
	case s.Empty():
		i.Issuer = s
	case ValidDomain(word):
		i.Issuer = s
	default:
		if n := strings.IndexAny(word, " \t"); n > 0 && ValidDomain(word[:n]) && strings.Contains(word, "=") {
			i.Issuer = Span{s.From, s.From + n}
			i.fault(trim(value, s.From+n, s.To), FaultTrailing)
			return
		}
		i.Issuer = s
		i.fault(s, FaultIssuer)
	}
}

func (i *Issue) parameter(value string, s Span) {
	n := strings.IndexByte(s.Of(value), '=')
	if n < 0 {
		i.fault(s, FaultEquals)
		return
	}
	p := Parameter{trim(value, s.From, s.From+n), trim(value, s.From+n+1, s.To)}
	if !validLabel(p.Tag.Of(value)) {
		at := p.Tag
		if at.Empty() {
			at = s
		}
		i.fault(at, FaultTag)
		return
	}
	if !validValue(p.Value.Of(value)) {
		i.fault(p.Value, FaultValue)
		return
	}
	i.Parameters = append(i.Parameters, p)
}

// trim returns the span from from to to without the blanks at its ends.
func trim(value string, from, to int) Span {
	for from < to && blank(value[from]) {
		from++
	}
	for from < to && blank(value[to-1]) {
		to--
	}
	return Span{from, to}
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// ValidDomain reports whether a word is an issuer-domain-name: labels of
// letters, digits and inner hyphens, with dots between (RFC 8659, section 4.2).
func ValidDomain(word string) bool {
	for {
		label, rest, more := strings.Cut(word, ".")
		if !validLabel(label) {
			return false
		}
		if !more {
			return true
		}
		word = rest
	}
}

// validLabel reports whether a word is a label, or the tag of a parameter.
func validLabel(word string) bool {
	if word == "" || word[0] == '-' || word[len(word)-1] == '-' {
		return false
	}
	for j := 0; j < len(word); j++ {
		if !alphanumeric(word[j]) && word[j] != '-' {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// validValue reports whether a word is the value of a parameter; it may be
// empty. The semicolon ends it before.
func validValue(word string) bool {
	for j := 0; j < len(word); j++ {
		if c := word[j]; c < 0x21 || c > 0x7e {
			return false
		}
	}
	return true
}
