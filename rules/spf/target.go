package spf

import (
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// target is that of the term, made once for each include and redirect.
func (g *grower) target(t *Term, domain zone.Name) (name zone.Name, ok bool) {
	if t.Kind != Include && t.Kind != Redirect {
		return target(t, domain)
	}
	if name, ok = g.names[t.Domain]; ok {
		return name, true
	}
	if name, ok = target(t, domain); ok {
		if g.names == nil {
			g.names = map[string]zone.Name{}
		}
		g.names[t.Domain] = name
	}
	return name, ok
}

// target returns the name that a term is about, in the record of a domain; ok
// is false if it depends on the message, or if receivers differ about it, as
// they do about what is no name (RFC 7208, section 4.8).
func target(t *Term, domain zone.Name) (name zone.Name, ok bool) {
	if t.Domain == "" {
		return domain, !domain.IsWildcard() && (t.Kind == A || t.Kind == MX)
	}
	if strings.IndexByte(t.Domain, '%') >= 0 {
		return "", false
	}
	return literalName(t.Domain)
}

// literalName makes a name of a domain without macros. Unlike in master files
// there is no escaping.
func literalName(s string) (zone.Name, bool) {
	s = strings.TrimSuffix(s, ".")
	var buf [zone.MaxName + 1]byte
	n, label := 1, 0 // label is where the length of the one at hand stands
	if len(s)+2 > zone.MaxName {
		return "", false
	}
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			c := s[i]
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			buf[n] = c
			n++
			continue
		}
		if l := n - label - 1; l == 0 || l > 63 {
			return "", false
		} else {
			buf[label] = byte(l)
		}
		label = n
		n++
	}
	buf[label] = 0
	return zone.Name(buf[:label+1]), true
}
