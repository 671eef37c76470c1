// Package all lists every rule of zonelint. It is the one place that imports
// them all.
package all

import (
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/autoconfig"
	"github.com/zonelint/zonelint/rules/bimi"
	"github.com/zonelint/zonelint/rules/caa"
	"github.com/zonelint/zonelint/rules/dkim"
	"github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/hygiene"
	"github.com/zonelint/zonelint/rules/mx"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/proxy"
	"github.com/zonelint/zonelint/rules/source"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/rules/transport"
)

// Rules returns every rule in the order in which lists show them. The selector
// says which packs a zone is checked against; the policies are those of MTA-STS
// that its domains serve, as far as they are at hand.
func Rules(s pack.Selector, policies ...*transport.Policy) []*rules.Rule {
	return slices.Concat(
		hygiene.Rules(), mx.Rules(), spf.Rules(), dkim.Rules(), dmarc.Rules(), transport.Rules(policies...), bimi.Rules(), caa.Rules(), autoconfig.Rules(), proxy.Rules(), source.Rules(), pack.Rules(s),
		[]*rules.Rule{rules.SuppressionUnused, rules.SuppressionInvalid, rules.ConfigIgnoreUnused},
	)
}
