package spf

// domainSpec reads the domain-spec of a term (RFC 7208, section 7.1), which
// ends in a macro or in a top-level label, and returns it.
func (p *parser) domainSpec(t *Term, from, to int) string {
	s := p.text[from:to]
	if s == "" {
		p.fault(DomainEmpty, t.From, to)
		return ""
	}
	known := len(p.faults)
	macroEnd := p.macros(from, to, true)
	if len(p.faults) > known || macroEnd == to {
		return s
	}
	end := to
	if p.text[end-1] == '.' {
		end-- // the final dot of the domain
	}
	label := end
	for label > macroEnd && p.text[label-1] != '.' {
		label--
	}
	if label == macroEnd || !toplabel(p.text[label:end]) {
		at := label
		if end == label {
			at, end = from, to // "museum." and "a..": the whole name shows it best
		}
		p.fault(DomainEnd, at, end)
	}
	return s
}

// toplabel reports whether s may stand behind the last dot of a name: letters,
// digits and inner hyphens, not digits alone.
func toplabel(s string) bool {
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	digits := true
	for i := range len(s) {
		if isAlpha(s[i]) || s[i] == '-' {
			digits = false
		} else if !isDigit(s[i]) {
			return false
		}
	}
	return !digits
}

// macroString reads the value of a modifier that RFC 7208 does not know. Its
// grammar is all that counts, since receivers do not expand it.
func (p *parser) macroString(from, to int) { p.macros(from, to, false) }

// macros reads a macro-string and returns the end of its last macro, from if
// it has none. Expanded says that the limits of sections 7.2 and 7.3 hold
// too.
func (p *parser) macros(from, to int, expanded bool) int {
	last := from
	for at := from; at < to; {
		if p.text[at] != '%' {
			at++
			continue
		}
		at = p.macro(at, to, expanded)
		last = at
	}
	return last
}

// macro reads one macro-expand and returns its end; behind a fault, a place
// from which to go on.
func (p *parser) macro(at, to int, expanded bool) int {
	if at+1 == to {
		p.fault(MacroSyntax, at, to)
		return to
	}
	switch p.text[at+1] {
	case '%', '_', '-':
		return at + 2
	case '{':
	default:
		p.fault(MacroSyntax, at, at+2)
		return at + 1
	}
	i := at + 2
	if i == to {
		p.fault(MacroSyntax, at, to)
		return to
	}
	if !isAlpha(p.text[i]) {
		p.fault(MacroSyntax, at, i)
		return i
	}
	letter := p.text[i] | 0x20
	i++
	digits, zero := i, true
	for i < to && isDigit(p.text[i]) {
		zero = zero && p.text[i] == '0'
		i++
	}
	digitsEnd := i
	if i < to && p.text[i]|0x20 == 'r' {
		i++
	}
	for i < to && delimiter(p.text[i]) {
		i++
	}
	if i == to || p.text[i] != '}' {
		p.fault(MacroSyntax, at, i)
		return i
	}
	switch {
	case letter == 'c' || letter == 'r' || letter == 't':
		if expanded {
			p.fault(MacroExpOnly, at, i+1)
		}
	case !macroLetter(letter):
		p.fault(MacroLetter, at, i+1)
	}
	if digitsEnd > digits && zero && expanded {
		p.fault(MacroDigits, digits, digitsEnd)
	}
	return i + 1
}

func macroLetter(c byte) bool {
	switch c {
	case 's', 'l', 'o', 'd', 'i', 'p', 'h', 'v':
		return true
	}
	return false
}

func delimiter(c byte) bool {
	switch c {
	case '.', '-', '+', ',', '/', '_', '=':
		return true
	}
	return false
}
