package providers_test

import (
	"encoding/json"
	"testing"

	"github.com/zonelint/zonelint/providers"
)

// No file makes the reader of plans and journals panic, and a plan that it
// reads is written as it was.
func FuzzPlan(f *testing.F) {
	for _, k := range kinds[:2] {
		for _, sc := range scenarios {
			s := snapshot(f, k.caps, append(append([]string{}, ground...), sc.zone...)...)
			p, err := providers.NewPlan(s, sc.changes(f, s.Zone()), providers.PlanOptions{Provider: "fake"})
			if err != nil {
				f.Fatal(err)
			}
			b, err := json.Marshal(p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
			f.Add([]byte(`{"version":1,"steps":[],"plan":` + string(b) + `}`))
		}
	}
	f.Add([]byte(`{"version":1,"zone":".","rrsets":[{"name":".","type":"MX","before":[{"name":".","type":"MX","data":"","rdata":"AAAA"}]}],"steps":[{"ops":[{"op":"update"}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = json.Unmarshal(b, &providers.Journal{})
		p := &providers.Plan{}
		if json.Unmarshal(b, p) != nil {
			return
		}
		out, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q := &providers.Plan{}
		if err := json.Unmarshal(out, q); err != nil || q.Hash != p.Hash {
			t.Fatalf("%s: %v", out, err)
		}
	})
}
