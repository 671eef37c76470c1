package hygiene

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	dmarcrules "github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/mx"
	"github.com/zonelint/zonelint/rules/ruletest"
	spfrules "github.com/zonelint/zonelint/rules/spf"
)

func TestRules(t *testing.T) {
	if err := rules.Validate(slices.Concat(Rules(), dmarcrules.Rules(), spfrules.Rules(), mx.Rules())); err != nil {
		t.Error(err)
	}
	ruletest.Examples(t, Rules())
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }
