// Package caa has the rules about CAA records (RFC 8659), which say who may
// issue certificates for a domain and its mail hosts: the properties issue,
// issuewild and issuemail (RFC 9495), whose grammar it reads, the parameters
// accounturi and validationmethods (RFC 8657), and the contacts.
package caa

import "github.com/zonelint/zonelint/rules"

// Rules returns the rules of the package.
func Rules() []*rules.Rule {
	return []*rules.Rule{
		syntax, parameter, issuer,
		tagUnknown, criticalUnknown, flagsReserved, tagCase,
		iodef, contact,
		denyUseless, duplicate, wildOnly, stsDenied,
	}
}
