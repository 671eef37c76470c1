package all_test

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// TestInTurn checks many zones with one engine, whose rules keep room from zone
// to zone: nothing of one zone shows in what is found in the next.
func TestInTurn(t *testing.T) {
	list := all.Rules(pack.Selector{All: pack.Builtin()})
	engine, err := rules.NewEngine(list, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		for _, src := range []string{rules.Example(r.Bad), rules.Example(r.Good)} {
			z, want := ruletest.Parse(t, "x.zone", src, list)
			got := engine.Run(z)
			if !slices.EqualFunc(got, want, func(a, b rules.Finding) bool {
				return a.Rule == b.Rule && a.Name == b.Name && a.Span == b.Span && a.Message == b.Message && a.Severity == b.Severity
			}) {
				t.Errorf("%s: one engine for all zones finds %v, one of its own %v", r.ID, ruletest.IDs(got), ruletest.IDs(want))
			}
		}
	}
}
