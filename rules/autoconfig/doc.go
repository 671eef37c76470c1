// Package autoconfig has the rules about the records by which mail programs
// find their servers: SRV records (RFC 2782) of the services of mail (RFC 6186,
// RFC 8314, RFC 6764, RFC 5804, RFC 8620) and the names autoconfig and
// autodiscover. Mail is delivered without them.
package autoconfig

import "github.com/zonelint/zonelint/rules"

// Rules returns the rules of the package.
func Rules() []*rules.Rule {
	return []*rules.Rule{
		owner, serviceTypo, wildcard,
		nullMixed, nullFields, duplicate,
		portZero, portTLS, portWrong, portUnusual,
		targetCNAME, targetMissing,
		noAddress,
	}
}
