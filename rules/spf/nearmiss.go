package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules/spelling"
)

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
		if d := spelling.Distance(name, want); d <= limit && d < least {
			best, least = want, d
		}
	}
	return best
}
