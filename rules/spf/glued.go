package spf

import "strings"

// maxCuts bounds the places at which one term is tried to be taken apart.
const maxCuts = 8

// glued finds a term that is several without a blank between them, such as
// "ip4:192.0.2.1~all" or "mx,a". It records the first of them and returns where
// the next begins, 0 if that is not the fault.
func (p *parser) glued(t Term, known int) int {
	if p.splits == maxSplits {
		return 0
	}
	s := p.text[t.From:t.To]
	cuts := 0
	for i := 1; i < len(s) && cuts < maxCuts; i++ {
		next := i
		switch {
		case strings.IndexByte(",;|", s[i]) >= 0:
			if next++; next == len(s) {
				continue
			}
		case !beginsTerm(s[i:]):
			continue
		}
		cuts++
		left := strings.TrimRight(s[:i], ",;|")
		u, ok := clean(left)
		if !ok || u.Kind == OtherModifier {
			continue
		}
		p.splits++
		p.faults = append(p.faults[:known], Fault{
			Kind: Glued, From: t.From, To: t.To, Term: len(p.terms), Sure: true,
			Repair: []Edit{{t.From + len(left), t.From + next, " "}},
		})
		u.From, u.To = t.From, t.From+len(left)
		p.terms = append(p.terms, u)
		return t.From + next
	}
	return 0
}

// beginsTerm reports whether s can only be the start of another term, behind
// one that is complete.
func beginsTerm(s string) bool {
	for _, name := range termStarts {
		if hasPrefixFold(s, name) {
			return true
		}
	}
	if !isQualifier(s[0]) {
		return false
	}
	end := 1
	for end < len(s) && (isAlpha(s[end]) || isDigit(s[end])) {
		end++
	}
	k := mechanismKind(s[1:end])
	rest := strings.TrimRight(s[end:], ";,.")
	if k == All || s[0] == '-' {
		return k == All && rest == "" // a hyphen may belong to a name
	}
	return k != Unknown && (rest == "" || strings.IndexByte(":/+~?-", rest[0]) >= 0)
}

// termStarts begin a term wherever they stand behind a complete one.
var termStarts = []string{"include:", "ip4:", "ip6:", "exists:", "redirect=", "exp="}
