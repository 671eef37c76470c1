package spf

import "strings"

// nearMiss says which mechanism or modifier a misspelt name stands for, if its
// value fits.
func (p *parser) nearMiss(t *Term, f *Fault) {
	s := p.text[t.From:t.To]
	q := 0
	if isQualifier(s[0]) {
		q = 1
	}
	end := q
	for end < len(s) && (isName(s[end])) {
		end++
	}
	name := nearestName(s[q:end], q > 0)
	if name == "" {
		return
	}
	rest := s[end:]
	if k := modifierKind(name); k != OtherModifier && strings.HasPrefix(rest, ":") {
		rest = "=" + rest[1:]
	}
	meant := s[:q] + name + rest
	u, ok := clean(meant)
	if !ok {
		return
	}
	f.Meant = meant
	f.Repair = []Edit{{t.From, t.To, meant}}
	u.From, u.To = t.From, t.To
	*t = u
}

// nearestName returns the mechanism or modifier that a misspelt name is
// nearest to. One of the short names is only taken where a qualifier shows
// that a mechanism is meant.
func nearestName(name string, qualified bool) string {
	if len(name) < 2 || len(name) > 12 {
		return ""
	}
	best, least := "", 3
	for k := All; k <= Exp; k++ {
		want := kindNames[k]
		if len(want) < 3 || k == All && !qualified {
			continue
		}
		limit := 1
		if len(want) > 4 {
			limit = 2
		}
		if d := distance(name, want); d <= limit && d < least {
			best, least = want, d
		}
	}
	return best
}

// distance is the number of letters to insert, remove, change or swap with
// their neighbour to make b of a, without regard to case.
func distance(a, b string) int {
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
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
