// Package spelling finds the word that a misspelt one was probably meant to
// be.
package spelling

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// Distance is the number of letters to insert, remove, change or swap with
// their neighbour to make b of a (optimal string alignment), without regard to
// the case of ASCII letters. It takes time by the product of the lengths.
func Distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	before := make([]int, len(b)+1)
	last := make([]int, len(b)+1)
	now := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			now[j] = min(last[j]+1, now[j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}

// Within reports whether Distance is at most most. For words that are not alike
// it is much faster.
func Within(a, b string, most int) bool {
	if max(len(a)-len(b), len(b)-len(a)) > most {
		return false
	}
	x, y := letters(a), letters(b)
	return max(bits.OnesCount32(x&^y), bits.OnesCount32(y&^x)) <= most && Distance(a, b) <= most
}

// letters is the set of the octets of a word, of which some count as the same,
// such as a letter of either case. To make another word of it takes at least as
// many steps as it has letters that the other one lacks.
func letters(word string) (set uint32) {
	for i := 0; i < len(word); i++ {
		set |= 1 << (word[i] % 32)
	}
	return set
}

// longest is the length from which on a word is no slip of the pen.
const longest = 64

// Near returns the words of a list that someone who wrote word may have meant,
// the nearest first, at most three: those a few letters away and, where none
// is, those that contain it.
func Near(word string, list []string) []string {
	if len(word) > longest {
		return nil
	}
	type hit struct {
		word string
		rank int
	}
	const contains = 100 // ranks behind every slip
	word = strings.ToLower(word)
	inner := strings.TrimLeft(word, "-")
	var hits []hit
	for _, w := range list {
		d := Distance(word, w)
		switch {
		case d <= max(1, len(w)/4):
		case len(inner) >= 3 && strings.Contains(strings.ToLower(w), inner):
			d = contains + len(w)
		default:
			continue
		}
		hits = append(hits, hit{w, d})
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.word, b.word)) })
	var out []string
	for _, h := range hits {
		// A word that is a letter away leaves no doubt that needs the far ones.
		if len(out) < 3 && h.rank < hits[0].rank+contains {
			out = append(out, h.word)
		}
	}
	return out
}
