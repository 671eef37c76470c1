package cli

import (
	"cmp"
	"slices"
	"strings"
)

// didYouMean offers the words that near found.
func didYouMean(like []string) string { return "did you mean " + strings.Join(like, " or ") + "?" }

// near returns the words that someone who wrote word may have meant, the
// nearest first, at most three: those a few letters away, those that contain
// it, and those with the same parts in another order or number.
func near(word string, words []string) []string {
	type hit struct {
		word string
		rank int
	}
	word = strings.ToLower(word)
	var hits []hit
	for _, w := range words {
		d := distance(word, w)
		switch {
		case d <= max(1, len(w)/4):
		case len(word) >= 3 && strings.Contains(w, strings.TrimLeft(word, "-")):
			d = 100 + len(w)
		default:
			continue
		}
		hits = append(hits, hit{w, d})
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.word, b.word)) })
	var out []string
	for _, h := range hits {
		// What is a letter away leaves no doubt that needs the far ones.
		if len(out) < 3 && h.rank <= hits[0].rank+100 {
			out = append(out, h.word)
		}
	}
	return out
}

// distance counts the octets to insert, delete, change or swap with their
// neighbour that make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
