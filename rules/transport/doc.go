// Package transport has the rules about the security of mail between servers:
// MTA-STS records (RFC 8461), TLS-RPT records (RFC 8460) and TLSA records
// (DANE: RFC 6698, RFC 7672). The first two are written in one grammar, which
// it reads.
package transport

import (
	"slices"

	"github.com/zonelint/zonelint/rules"
)

// Rules returns the rules of the package. The policies are those that domains of
// the zones serve; without any, the rules about policies find nothing.
func Rules(policies ...*Policy) []*rules.Rule {
	return slices.Concat(stsRules, policyRules(policies), tlsrptRules, tlsaRules)
}

var stsRules = []*rules.Rule{stsVersion, stsSyntax, stsIDMissing, stsIDFormat, stsDupField, stsMultiple, stsWrongPlace, stsHostMissing}

var tlsrptRules = []*rules.Rule{tlsrptVersion, tlsrptSyntax, tlsrptRUAMissing, tlsrptURI, tlsrptDupTag, tlsrptMultiple, tlsrptWrongPlace, tlsrptOldName, tlsrptReportMX, tlsrptMissing}

var tlsaRules = []*rules.Rule{tlsaUsage, tlsaSelector, tlsaMatching, tlsaLength, tlsaSMTPChoice, tlsaNoSHA256, tlsaMissing}
