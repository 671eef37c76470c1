package all_test

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/transport"
)

func TestValidate(t *testing.T) {
	if err := rules.Validate(all.Rules(pack.Selector{All: pack.Builtin()})); err != nil {
		t.Error(err)
	}
}

// TestExamples runs all rules over the examples of each: the bad one trips its
// rule, and the good one gives no finding of it.
func TestExamples(t *testing.T) {
	for _, r := range all.Rules(pack.Selector{}) {
		if _, ok := rules.ExampleConfig(r.Bad); ok {
			continue // a test of cmd/internal/cli runs it, which reads configurations
		}
		t.Run(r.ID, func(t *testing.T) {
			s := pack.Selector{ClientSRV: r.ID == "pack-client-srv"}
			if r.Packs != nil {
				s.All = pack.Builtin()
			}
			for _, id := range r.Packs {
				p, err := pack.Find(id)
				if err != nil {
					t.Fatal(err)
				}
				s.Forced = append(s.Forced, p)
			}
			list := all.Rules(s, policies(r.Bad)...)
			bad := ruletest.Lint(t, "bad.zone", rules.Example(r.Bad), list)
			if ids := ruletest.IDs(bad); !slices.Contains(ids, r.ID) {
				t.Errorf("the bad example gives %v", ids)
			}
			for _, f := range bad {
				if f.Rule.ID == r.ID && f.Fix != nil && r.Fix == 0 {
					t.Errorf("a finding has a %s fix, but the rule says that it has none", f.Fix.Safety)
				}
			}
			list = all.Rules(s, policies(r.Good)...)
			for _, f := range ruletest.Lint(t, "good.zone", rules.Example(r.Good), list) {
				if f.Rule.ID == r.ID {
					t.Errorf("the good example gives %s: %s", f.Span, f.Message)
				}
				if f.Severity == rules.Error && f.Pack == "" {
					t.Errorf("the good example gives an error of %s: %s: %s", f.Rule.ID, f.Span, f.Message)
				}
			}
		})
	}
}

// policies returns the MTA-STS policy of an example.
func policies(example string) []*transport.Policy {
	text, ok := rules.ExamplePolicy(example)
	if !ok {
		return nil
	}
	return []*transport.Policy{transport.ParsePolicy("mta-sts.txt", []byte(text))}
}
