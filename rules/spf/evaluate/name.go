package evaluate

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

var errName = errors.New("not a domain name")

// nameOf returns the name of a domain that is written without escapes, as the
// result of a macro expansion is (RFC 7208, section 4.8).
func nameOf(domain string) (zone.Name, error) {
	domain = strings.TrimSuffix(domain, ".")
	if domain == "" || len(domain) > zone.MaxName-2 {
		return "", errName
	}
	wire := make([]byte, 0, len(domain)+2)
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > zone.MaxLabel {
			return "", errName
		}
		wire = append(wire, byte(len(label)))
		for i := range len(label) {
			c := label[i]
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			wire = append(wire, c)
		}
	}
	return zone.Name(append(wire, 0)), nil
}

// fit takes labels off the left of a domain until it has at most 253 characters
// (RFC 7208, section 7.3).
func fit(domain string) string {
	const most = 253
	domain = strings.TrimSuffix(domain, ".")
	if over := len(domain) - most; over > 0 {
		// The first dot behind which no more than that is left.
		i := strings.IndexByte(domain[over-1:], '.')
		if i < 0 {
			return domain // one label, which is too long in any case
		}
		return domain[over+i:]
	}
	return domain
}

// dotted returns an address as the macro %{i} writes it: dotted-quad, or the
// 32 nibbles of an IPv6 address with dots between.
func dotted(ip netip.Addr) string {
	if ip.Is4() {
		return ip.String()
	}
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i, c := range ip.As16() {
		if i > 0 {
			b.WriteByte('.')
		}
		b.Write([]byte{hex[c>>4], '.', hex[c&15]})
	}
	return b.String()
}

// reverse returns the name that holds the PTR records of an address (RFC 1035,
// section 3.5; RFC 3596, section 2.5).
func reverse(ip netip.Addr) zone.Name {
	labels := strings.Split(dotted(ip), ".")
	name := zone.MustName("ip6.arpa")
	if ip.Is4() {
		name = zone.MustName("in-addr.arpa")
	}
	for _, l := range labels {
		name = zone.Name([]byte{byte(len(l))}) + zone.Name(l) + name
	}
	return name
}
