package pack

import (
	"cmp"
	"slices"
	"strings"
)

// near returns the candidates that someone who wrote word may have meant, the
// nearest first, at most three.
func near(word string, candidates []string) []string {
	type hit struct {
		word string
		dist int
	}
	if len(word) > 64 {
		return nil // no slip of the pen; distance takes time by the product of the lengths
	}
	word = strings.ToLower(word)
	var hits []hit
	for _, c := range candidates {
		d := distance(word, c)
		switch {
		case d <= max(1, len(c)/3):
		case len(word) >= 3 && strings.Contains(c, word):
		default:
			continue
		}
		hits = append(hits, hit{c, d})
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.dist, b.dist), cmp.Compare(a.word, b.word)) })
	var out []string
	for _, h := range hits[:min(3, len(hits))] {
		out = append(out, h.word)
	}
	return out
}

// distance counts the octets to insert, delete, change or swap with their
// neighbour that make b of a (optimal string alignment).
func distance(a, b string) int {
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(last[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
