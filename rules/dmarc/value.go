package dmarc

import (
	"strings"

	"github.com/zonelint/zonelint/rules/spelling"
)

// Policy is a value of the tags p, sp and np (RFC 9989, section 4.7), from the
// mildest.
type Policy uint8

// The policies. NoPolicy is the zero value: absent or not valid.
const (
	NoPolicy Policy = iota
	None
	Quarantine
	Reject
)

var policies = [...]string{None: "none", Quarantine: "quarantine", Reject: "reject"}

// String returns the policy as a record has it, "" for NoPolicy.
func (p Policy) String() string { return policies[p] }

// ParsePolicy reads a policy in any case; what is none is NoPolicy.
func ParsePolicy(s string) Policy {
	for p := None; p <= Reject; p++ {
		if len(s) == len(policies[p]) && strings.EqualFold(s, policies[p]) {
			return p
		}
	}
	return NoPolicy
}

// nearPolicy returns the policy that a value which is none was probably meant
// to be. It is certain where only quotes, punctuation or blanks are too much.
func nearPolicy(s string) (p Policy, certain bool) {
	if len(s) > 64 {
		return NoPolicy, false
	}
	s = strings.ToLower(strings.TrimFunc(s, func(r rune) bool {
		return r >= 0x80 || strings.ContainsRune(" \t\r\n\"'`.,:!?/\\()[]<>{}-_", r)
	}))
	if p := ParsePolicy(s); p != NoPolicy {
		return p, true
	}
	for p := None; p <= Reject; p++ {
		word := policies[p]
		// "rejected", "quar" and slips of two letters ("quarentine"); for the
		// short "none" of one.
		if strings.HasPrefix(s, word) || len(s) >= 3 && strings.HasPrefix(word, s) || spelling.Distance(s, word) <= min(2, len(word)/3) {
			return p, false
		}
	}
	return NoPolicy, false
}

// Reports reports whether the record has a rua tag with at least one
// syntactically valid URI, which decides what becomes of a record without a
// valid policy (RFC 9989, section 4.10.1; RFC 7489, section 6.6.3).
func (r *Record) Reports() bool {
	t, ok := r.Tag("rua")
	if !ok {
		return false
	}
	for uri := range strings.SplitSeq(t.Value.Of(r.Text), ",") {
		if ValidURI(strings.Trim(uri, " \t")) {
			return true
		}
	}
	return false
}

// notInURI are the octets that may not stand in a reporting URI as they are.
var notInURI = func() (out [256]bool) {
	for c := range out {
		out[c] = c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|},!", byte(c)) >= 0
	}
	return out
}()

// ValidURI reports whether s is a reporting URI by dmarc-uri or obs-dmarc-uri
// (RFC 9989, section 4.8): a URI of RFC 3986 without bare commas and
// exclamation points, the latter with a size behind it. A mailto URI must have
// an address (RFC 6068).
func ValidURI(s string) bool {
	uri, size, sized := strings.Cut(s, "!")
	if sized && !validSize(size) {
		return false
	}
	scheme, rest, ok := strings.Cut(uri, ":")
	if !ok || rest == "" || !validScheme(scheme) {
		return false
	}
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '%':
			if i+2 >= len(rest) || !hex(rest[i+1]) || !hex(rest[i+2]) {
				return false
			}
			i += 2
		case notInURI[c]:
			return false
		}
	}
	if strings.EqualFold(scheme, "mailto") {
		address, _, _ := strings.Cut(rest, "?")
		at := strings.LastIndexByte(address, '@')
		return at > 0 && at < len(address)-1
	}
	return true
}

// validSize is obs-dmarc-report-size without its exclamation point.
func validSize(s string) bool {
	if n := len(s); n > 1 && strings.IndexByte("kmgtKMGT", s[n-1]) >= 0 {
		s = s[:n-1]
	}
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func validScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if 'a' <= c && c <= 'z' {
			continue
		}
		if i == 0 || ('0' > s[i] || s[i] > '9') && strings.IndexByte("+-.", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

func hex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
