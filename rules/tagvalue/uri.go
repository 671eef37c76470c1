package tagvalue

import "strings"

// CutScheme cuts a URI behind its scheme (RFC 3986, section 3.1); ok is false if
// it has none.
func CutScheme(uri string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(uri, ":")
	if !ok || scheme == "" || !letter(scheme[0]) {
		return "", uri, false
	}
	for i := 1; i < len(scheme); i++ {
		if c := scheme[i]; !letter(c) && !digit(c) && strings.IndexByte("+-.", c) < 0 {
			return "", uri, false
		}
	}
	return scheme, rest, true
}

// notInURI are the octets that may not stand in a URI as they are.
var notInURI = func() (out [256]bool) {
	for c := range out {
		out[c] = c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", byte(c)) >= 0
	}
	return out
}()

// BadURIOctet returns the offset of the first octet of s that may not stand in a
// URI (RFC 3986, section 2) or is one of also, -1 if there is none. A percent
// sign needs two hexadecimal digits behind it.
func BadURIOctet(s, also string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%':
			if i+2 >= len(s) || !hexDigit(s[i+1]) || !hexDigit(s[i+2]) {
				return i
			}
			i += 2
		case notInURI[c] || also != "" && strings.IndexByte(also, c) >= 0:
			return i
		}
	}
	return -1
}

func hexDigit(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
