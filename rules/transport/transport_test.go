package transport

import (
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// TestMain draws a thousand records in each property test.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestValidate(t *testing.T) {
	if err := rules.Validate(Rules()); err != nil {
		t.Error(err)
	}
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }

// TestExamples is ruletest.Examples with the policies that the examples have.
func TestExamples(t *testing.T) {
	for _, r := range Rules() {
		t.Run(r.ID, func(t *testing.T) {
			if ids := ruletest.IDs(ruletest.Lint(t, "bad.zone", rules.Example(r.Bad), Rules(policies(r.Bad)...))); !slices.Contains(ids, r.ID) {
				t.Errorf("the bad example gives %v", ids)
			}
			for _, f := range ruletest.Lint(t, "good.zone", rules.Example(r.Good), Rules(policies(r.Good)...)) {
				if f.Rule.ID == r.ID {
					t.Errorf("the good example gives %v", f)
				}
			}
		})
	}
}

// policies returns the policy of an example.
func policies(example string) []*Policy {
	text, ok := rules.ExamplePolicy(example)
	if !ok {
		return nil
	}
	return []*Policy{ParsePolicy("mta-sts.txt", []byte(text))}
}
