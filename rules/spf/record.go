package spf

import "strings"

// Form says what a text is to a receiver that looks for SPF records.
type Form uint8

// The forms.
const (
	// Other is a text that is no SPF record and not meant as one.
	Other Form = iota
	// Meant is a text that is evidently meant as an SPF record, but that
	// receivers discard because it does not begin with the version section
	// (RFC 7208, section 4.5).
	Meant
	// SPF is a text that receivers select as an SPF record, valid or not.
	SPF
)

// Record is what Parse made of a text. All offsets are octets of Text.
type Record struct {
	Text string
	Form Form
	// VersionFrom and VersionTo bound the version section, or what stands in
	// its place in a text that is only meant as SPF.
	VersionFrom, VersionTo int
	// Terms are the directives and modifiers in their order, with those that
	// have a fault. Nil if Form is Other.
	Terms []Term
	// Faults are what breaks the grammar, in the order of their places; a
	// record of the form SPF without any is valid.
	Faults []Fault
}

// Valid reports whether receivers take the text as an SPF record and find no
// syntax error in it (RFC 7208, section 4.6).
func (r *Record) Valid() bool { return r.Form == SPF && len(r.Faults) == 0 }

// All returns the index of the first "all", behind which no mechanism is
// tested (RFC 7208, section 5.1), and -1 if there is none.
func (r *Record) All() int {
	for i := range r.Terms {
		if r.Terms[i].Kind == All {
			return i
		}
	}
	return -1
}

// Redirect returns the index of the first redirect modifier, -1 if there is
// none. It is in force only if there is no "all" (RFC 7208, section 6.1).
func (r *Record) Redirect() int {
	for i := range r.Terms {
		if r.Terms[i].Kind == Redirect {
			return i
		}
	}
	return -1
}

// tested returns the terms before the first "all", or all of them.
func (r *Record) tested() []Term {
	if i := r.All(); i >= 0 {
		return r.Terms[:i]
	}
	return r.Terms
}

// Includes reports whether a host that passes for the domain passes here too
// by an include that is in force: well-formed, with the qualifier "+", before
// any "all". Domains are compared without regard to case and to a final dot.
func (r *Record) Includes(domain string) bool {
	if r.Form != SPF {
		return false
	}
	for _, t := range r.tested() {
		if t.Kind == Include && t.Qualifier == Pass && !t.Faulty && sameDomain(t.Domain, domain) {
			return true
		}
	}
	return false
}

// RedirectsTo reports whether the record leaves the verdict to the record of
// the domain by a redirect that is in force (RFC 7208, section 6.1).
func (r *Record) RedirectsTo(domain string) bool {
	i := r.Redirect()
	return r.Form == SPF && i >= 0 && r.All() < 0 && !r.Terms[i].Faulty && sameDomain(r.Terms[i].Domain, domain)
}

func sameDomain(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// Lookups counts the terms of the record itself that may make a receiver query
// the DNS (RFC 7208, section 4.6.4). Terms behind "all" are never tested, and
// a redirect beside "all" is ignored.
func (r *Record) Lookups() int {
	n := 0
	for _, t := range r.tested() {
		if t.looksUp() {
			n++
		}
	}
	return n
}

// String returns the record with its terms as they were understood, one blank
// between them.
func (r *Record) String() string {
	var b strings.Builder
	b.WriteString("v=spf1")
	for _, t := range r.Terms {
		b.WriteByte(' ')
		b.WriteString(t.String())
	}
	return b.String()
}
