package hygiene

import (
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

func TestRules(t *testing.T) {
	if err := rules.Validate(Rules()); err != nil {
		t.Error(err)
	}
	ruletest.Examples(t, Rules())
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }
