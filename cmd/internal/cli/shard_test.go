package cli

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The parts have every target once, and a target stays in its part whatever
// others there are.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z/.]{1,12}`), 0, 40, rapid.ID[string]).Draw(t, "names")
		count := rapid.Uint64Range(1, 9).Draw(t, "count")
		var targets []target
		for _, n := range names {
			targets = append(targets, target{name: n})
		}
		seen := map[string]int{}
		for i := range count {
			s := shard{i, count}
			own, others := s.split(targets)
			if len(own)+len(others) != len(targets) {
				t.Fatalf("%d and %d of %d targets", len(own), len(others), len(targets))
			}
			for _, o := range own {
				seen[o.name]++
			}
			half, _ := s.split(targets[:len(targets)/2])
			if !slices.EqualFunc(half, own[:len(half)], func(a, b target) bool { return a.name == b.name }) {
				t.Fatalf("%v is not the beginning of %v", half, own)
			}
		}
		for _, n := range names {
			if seen[n] != 1 {
				t.Fatalf("%q is in %d parts", n, seen[n])
			}
		}
	})
}

// The parts are about as large as each other, though names are alike.
func TestShardSizes(t *testing.T) {
	const count, n = 8, 8000
	var sizes [count]int
	for i := range n {
		name := "zones/customer" + string(rune('0'+i%10)) + string(rune('0'+i/10%10)) + string(rune('0'+i/100%10)) + string(rune('0'+i/1000)) + ".example.zone"
		for part := range uint64(count) {
			if (shard{part, count}).has(name) {
				sizes[part]++
			}
		}
	}
	for part, size := range sizes {
		if size < n/count*8/10 || size > n/count*12/10 {
			t.Errorf("part %d has %d of %d zones", part, size, n)
		}
	}
}
