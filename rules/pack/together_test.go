package pack_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
)

// With the rules of all packages, every fix of every zone of testdata holds,
// brings no new finding, and leaves nothing for a second run.
func TestFixesTogether(t *testing.T) {
	for folder, s := range map[string]pack.Selector{
		"forced":   {Forced: []*pack.Pack{webmo(t)}, All: pack.Builtin()},
		"detected": {All: pack.Builtin()},
	} {
		files, err := filepath.Glob("testdata/" + folder + "/*.zone")
		if err != nil || len(files) == 0 {
			t.Fatal("no zones", err)
		}
		e, err := rules.NewEngine(all.Rules(s), rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, upTo := range []rules.Safety{rules.Safe, rules.Unsafe} {
				t.Run(folder+"/"+filepath.Base(file)+"/"+upTo.String(), func(t *testing.T) {
					src, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					z := read(t, string(src))
					before := e.Run(z)
					res, err := e.Fix(z, upTo)
					if err != nil {
						t.Fatal(err)
					}
					for i, why := range res.NotMade {
						t.Errorf("%s: %s: %s", res.Left[i].Rule.ID, res.Left[i].Message, why)
					}
					for _, f := range res.Left {
						if f.Fix != nil && f.Fix.Safety <= upTo && f.Fix.Safety != rules.Manual {
							t.Errorf("left with a fix: %s: %s", f.Rule.ID, f.Message)
						}
						if !slices.ContainsFunc(before, func(o rules.Finding) bool { return o.Rule == f.Rule && o.Name == f.Name }) {
							t.Errorf("new: %s: %s", f.Rule.ID, f.Message)
						}
					}
				})
			}
		}
	}
}
