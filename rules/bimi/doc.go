// Package bimi has the rules about BIMI assertion records, by which a domain
// asks mailbox providers to show its logo beside its mail
// (draft-brand-indicators-for-message-identification, sections and text of its
// version 10). BIMI breaks no mail: an error is a record that the draft has
// readers ignore, so that no logo is shown.
package bimi

import "github.com/zonelint/zonelint/rules"

// Rules returns the rules of the package.
func Rules() []*rules.Rule {
	return []*rules.Rule{
		version, syntax, dupTag, unknownTag, multiple, wrongPlace,
		locationMissing, locationURI, locationFormat, locationEmpty, evidenceURI, noEvidence,
		avatar, localPart, noEnforcement,
	}
}

// draft is the specification as Refs cite it.
const draft = "draft-brand-indicators-for-message-identification"
