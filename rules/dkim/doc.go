// Package dkim reads DKIM key records (RFC 6376, section 3.6.1, with RFC 8301
// and RFC 8463) and has the rules about them: what they say, what key they hold
// and how many stand at a selector.
package dkim

import "github.com/zonelint/zonelint/rules"

// Rules returns the rules of the package.
func Rules() []*rules.Rule {
	return []*rules.Rule{
		multiple, version, syntax, dupTag,
		noP, revoked, badBase64, keyDER, rsaLT1024, rsaLT2048, ed25519Len, kUnknown,
		hSHA1, sNotEmail, tTesting, tUnknown, oldTags,
		sameKey, aliasTarget, misplaced, adsp, domainKeys,
	}
}
