package octodns

import (
	"cmp"
	"strings"
)

// less reports whether a key comes before another in the order of the file.
func (o Order) less(a, b string) bool {
	if o == OrderSimple {
		return a < b
	}
	return compareNatural(a, b) < 0
}

// compareNatural compares keys as natsort does: numbers within them by their
// value, what stands between by character. A key that begins with a number has
// nothing before it.
func compareNatural(a, b string) int {
	for {
		ta, ra := cutText(a)
		tb, rb := cutText(b)
		if c := cmp.Compare(ta, tb); c != 0 {
			return c
		}
		if ra == "" || rb == "" {
			return cmp.Compare(len(ra), len(rb))
		}
		na, nextA := cutNumber(ra)
		nb, nextB := cutNumber(rb)
		if c := compareNumbers(na, nb); c != 0 {
			return c
		}
		if nextA == "" || nextB == "" {
			return cmp.Compare(len(nextA), len(nextB))
		}
		a, b = nextA, nextB
	}
}

const digits = "0123456789"

// cutText splits a key before its first digit.
func cutText(s string) (text, rest string) {
	if i := strings.IndexAny(s, digits); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// cutNumber splits a text behind the digits that it begins with.
func cutNumber(s string) (number, rest string) {
	rest = strings.TrimLeft(s, digits)
	return s[:len(s)-len(rest)], rest
}

// compareNumbers compares two numbers of any length.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
