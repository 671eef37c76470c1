package transport

import (
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

func TestValidate(t *testing.T) {
	if err := rules.Validate(Rules()); err != nil {
		t.Error(err)
	}
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }

func TestExamples(t *testing.T) { ruletest.Examples(t, Rules()) }
