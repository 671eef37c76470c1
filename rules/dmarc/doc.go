// Package dmarc reads DMARC records (RFC 9989, which replaces RFC 7489) and has
// the rules about them: where they stand, how many there are, and what they
// say.
package dmarc

import "github.com/zonelint/zonelint/rules"

// Rules returns the rules of the package.
func Rules() []*rules.Rule {
	return []*rules.Rule{
		missing, misplaced, multiple, version,
		pMissing, pMissingNoRUA, pInvalid, spInvalid, npInvalid,
		syntax, dupTag, unknownTag, removedTag, pOrder,
		psdInvalid, tInvalid, testMode, alignInvalid,
		foInvalid, foWithoutRUF, uriScheme, uriSyntax, uriSize,
		spNone, npWeaker, spIgnored,
		receiversDiffer, parked, wildcard, aliasTarget,
		isSPFText, unrelatedText, reportAuth, reportAuthOwn, reportMX,
	}
}
