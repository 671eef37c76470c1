package pack

import (
	"strconv"
	"strings"
)

// m365Token returns the label that Microsoft 365 makes of a domain in the names
// of its MX and DKIM records. Dots become hyphens. Where the domain has hyphens
// of its own these are taken out, and "0" with a code of their positions is
// appended: each four positions are a nibble; a run of zero nibbles is its
// length, any other the letter that far behind "a".
//
// Microsoft does not publish the rule. It was derived from observed names and
// held for 856 of 863 domains with hyphens; the others named another domain of
// the same organization. So it serves to suggest a value, never to reject one.
func m365Token(domain string) string {
	if !strings.Contains(domain, "-") {
		return strings.ReplaceAll(domain, ".", "-")
	}
	var nibbles []int
	for i := range len(domain) {
		if domain[i] == '-' {
			for len(nibbles) <= i/4 {
				nibbles = append(nibbles, 0)
			}
			nibbles[i/4] |= 1 << (i % 4)
		}
	}
	var code strings.Builder
	zeros := 0
	for _, n := range nibbles {
		if n == 0 {
			zeros++
			continue
		}
		if zeros > 0 {
			code.WriteString(strconv.Itoa(zeros))
			zeros = 0
		}
		code.WriteByte(byte('a' + n))
	}
	return strings.ReplaceAll(strings.ReplaceAll(domain, "-", ""), ".", "-") + "0" + code.String()
}
