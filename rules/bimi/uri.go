package bimi

import (
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/rules/tagvalue"
)

// URIFault is what is wrong with the URI of a logo or of its evidence; 0 is
// nothing.
type URIFault uint8

// The mistakes of a URI.
const (
	_ URIFault = iota
	// NoURI: it has no scheme.
	NoURI
	// OtherScheme: it is a URI of another scheme than https.
	OtherScheme
	// Several: a comma stands in it, as between two URIs.
	Several
	// BadOctet: a URI may not hold one of its octets.
	BadOctet
	// NoHost: no host stands behind "https://".
	NoHost
	// NoDomain: the host is an address or a name of one label, and no fully
	// qualified domain name.
	NoDomain
)

// CheckURI looks at the URI of a tag l or a (section 4.3, bimi-uri).
func CheckURI(s string) URIFault {
	scheme, rest, ok := tagvalue.CutScheme(s)
	switch {
	case !ok:
		return NoURI
	case strings.Contains(s, ","):
		return Several
	case !strings.EqualFold(scheme, "https"):
		return OtherScheme
	case tagvalue.BadURIOctet(rest, "") >= 0:
		return BadOctet
	}
	rest, ok = strings.CutPrefix(rest, "//")
	host := host(rest)
	switch {
	case !ok || host == "":
		return NoHost
	case host[0] == '[' || !strings.Contains(strings.TrimSuffix(host, "."), "."):
		return NoDomain
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return NoDomain
	}
	return 0
}

// host returns the host at the start of what stands behind "//" (RFC 3986,
// section 3.2), without user and port.
func host(s string) string {
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	if strings.HasPrefix(s, "[") {
		return s
	}
	s, _, _ = strings.Cut(s, ":")
	return s
}

// suffix returns the suffix of the last segment of a URI's path, in lower case
// and without its dot; "" if it has none.
func suffix(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	slash, dot := strings.LastIndexByte(rest, '/'), strings.LastIndexByte(rest, '.')
	if slash < 0 || dot < slash || len(rest)-dot > len(".jpeg") {
		return ""
	}
	return strings.ToLower(rest[dot+1:])
}

// mended returns the URI that something was certainly meant as: without quotes,
// brackets and blanks around it; "" if that is no good URI.
func mended(s string) string {
	if len(s) > 2000 {
		return ""
	}
	if s = strings.Trim(s, "\"'<> \t"); CheckURI(s) != 0 {
		return ""
	}
	return s
}
