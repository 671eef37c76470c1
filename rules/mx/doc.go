// Package mx has the rules about MX records: whether a domain has any, whether
// they lead to hosts that mail can be delivered to (RFC 5321, section 5.1), and
// the null MX (RFC 7505).
package mx

import "github.com/zonelint/zonelint/rules"

// Rules returns the rules of the package.
func Rules() []*rules.Rule {
	return []*rules.Rule{missing, targetCNAME, targetIP, targetNX, nullMixed, nullPref, dupHost, wildcard}
}
