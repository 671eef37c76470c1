package spf

import "unicode/utf8"

// foreign reads a term with octets that are not visible ASCII characters.
// Those that can only stand for an ASCII character, have no width, or are
// quotation marks around the term can be mended; the others are what the fault
// is.
func (p *parser) foreign(t Term, known int) {
	s := p.text[t.From:t.To]
	p.faults = p.faults[:known]
	var meant []byte
	var found []Fault
	for at := 0; at < len(s); {
		c, n := classAt(s[at:])
		f := Fault{Kind: NotASCII, From: t.From + at, To: t.From + at + n, Term: len(p.terms), Sure: true}
		repair := Edit{f.From, f.To, ""}
		switch {
		case c == visible:
			meant = append(meant, s[at])
			at++
			continue
		case c == dash && len(meant) == 0:
			f.Kind, repair.Text = Lookalike, "-"
		case c == tilde && len(meant) == 0:
			f.Kind, repair.Text = Lookalike, "~"
		case c == dash:
			repair.Text = "-"
		case c == fullWidth:
			r, _ := utf8.DecodeRuneInString(s[at:])
			repair.Text = string(r - 0xff01 + '!')
		case c == invisible, c == quoteMark && (at == 0 || at+n == len(s)):
		default:
			meant = append(meant, s[at:at+n]...)
			at += n
			continue
		}
		meant = append(meant, repair.Text...)
		f.Repair = []Edit{repair}
		found = append(found, f)
		at += n
	}
	if len(meant) == 0 {
		p.faults = append(p.faults, Fault{
			Kind: NotASCII, From: t.From, To: t.To, Term: -1, Sure: true, Repair: []Edit{{t.From, t.To, ""}},
		})
		return
	}
	if u, ok := clean(string(meant)); ok {
		for i := range found {
			found[i].Meant = string(meant)
		}
		p.faults = append(p.faults, found...)
		u.From, u.To = t.From, t.To
		p.terms = append(p.terms, u)
		return
	}
	for at := 0; at < len(s); {
		end := at
		for end < len(s) && octets[s[end]] != visible {
			end++
		}
		if end > at {
			p.fault(NotASCII, t.From+at, t.From+end)
		}
		at = end + 1
	}
	p.terms = append(p.terms, t)
}
