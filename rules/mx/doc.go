// Package mx has the rules about MX records: whether a domain has any, whether
// they lead to hosts that mail can be delivered to (RFC 5321, section 5.1), how
// those are named and numbered, and the null MX (RFC 7505).
package mx

import "github.com/zonelint/zonelint/rules"

// Rules returns the rules of the package.
func Rules() []*rules.Rule {
	return []*rules.Rule{
		missing, onTLD,
		targetCNAME, targetIP, targetNX, m365Invalid, loopback,
		hostChars, hostNumericTLD, hostDoubleDash,
		nullMixed, nullPref, dupHost, sameAddress, onlyIPv6, wildcard,
	}
}
