package spf

import "slices"

// Parse reads a text by the grammar of RFC 7208, section 12, in time linear in
// its length. It never stops at a fault.
func Parse(text string) *Record {
	r := &Record{}
	r.read(text)
	return r
}

// read is Parse into a Record whose slices are used again.
func (r *Record) read(text string) {
	*r = Record{Text: text, Terms: r.Terms[:0], Faults: r.Faults[:0]}
	v, ok := findVersion(text)
	if !ok {
		return
	}
	p := parser{text: text[:v.end], faults: r.Faults, terms: r.Terms}
	p.list(v.body)
	if v.guess && !p.convincing() {
		return
	}
	p.modifiersOnce()
	p.version(v, text)
	r.Form = v.form
	r.VersionFrom, r.VersionTo = v.from, v.to
	r.Terms, r.Faults = p.terms, p.faults
	// A term that is found to belong to the one before it speaks of both.
	slices.SortStableFunc(r.Faults, func(a, b Fault) int { return a.From - b.From })
	for _, f := range r.Faults {
		if f.Term >= 0 {
			r.Terms[f.Term].Faulty = true
		}
	}
}

// parser reads one text, or one term where it is asked whether that is clean.
type parser struct {
	text   string
	terms  []Term
	faults []Fault
	splits int
}

// maxSplits bounds how many terms without a blank between them are taken apart
// in one record, which keeps the time linear.
const maxSplits = 32

func (p *parser) fault(k FaultKind, from, to int) *Fault {
	p.faults = append(p.faults, Fault{Kind: k, From: from, To: to, Term: len(p.terms)})
	return &p.faults[len(p.faults)-1]
}

// list reads the terms from an offset to the end.
func (p *parser) list(at int) {
	for {
		at = p.gap(at)
		if at == len(p.text) {
			return
		}
		end, plain := p.termEnd(at)
		at = p.term(at, end, plain)
	}
}

// gap passes the blanks before a term. Anything else that separates is a
// fault.
func (p *parser) gap(at int) int {
	first, last := -1, -1 // what is not SP
	kind := Separator
	for at < len(p.text) {
		if c := octets[p.text[at]]; c == visible {
			break
		} else if c == blank {
			at++
			continue
		}
		c, n := classAt(p.text[at:])
		if c != control && c != wideBlank {
			break
		}
		if first < 0 {
			first = at
		}
		last = at + n
		if c == wideBlank {
			kind = NotASCII
		}
		at += n
	}
	if first < 0 {
		return at
	}
	f := p.fault(kind, first, last)
	f.Term, f.Sure = -1, true
	text := ""
	if at < len(p.text) && last == at && (first == 0 || octets[p.text[first-1]] != blank) {
		text = " "
	}
	f.Repair = []Edit{{first, last, text}}
	return at
}

// termEnd returns the end of the term that begins at an offset; plain is false
// if there are octets in it that are not visible ASCII.
func (p *parser) termEnd(at int) (end int, plain bool) {
	plain = true
	for at < len(p.text) {
		if octets[p.text[at]] == visible {
			at++
			continue
		}
		c, n := classAt(p.text[at:])
		if c == blank || c == control || c == wideBlank {
			break
		}
		plain = false
		at += n
	}
	return at, plain
}

// term reads one term and returns the offset behind it.
func (p *parser) term(from, to int, plain bool) int {
	// The term is read in the place where it will stand, but does not count
	// yet.
	known, n := len(p.faults), len(p.terms)
	p.terms = append(p.terms, Term{})
	t := &p.terms[n]
	p.terms = p.terms[:n]
	p.strict(t, from, to)
	if plain && len(p.faults) == known {
		p.terms = p.terms[:n+1]
		return to
	}
	return p.diagnose(*t, known, plain)
}

// strict reads the octets from to to as a directive or modifier by the
// grammar alone. T is zero.
func (p *parser) strict(t *Term, from, to int) {
	t.From, t.To, t.Bits4, t.Bits6 = from, to, -1, -1
	name := from
	if isQualifier(p.text[name]) {
		t.Qualifier = Qualifier(p.text[name])
		name++
	}
	end := name
	for end < to && isName(p.text[end]) {
		end++
	}
	t.Name = p.text[name:end]
	if end < to && p.text[end] == '=' && name == from && end > name && isAlpha(p.text[name]) {
		t.Kind = modifierKind(t.Name)
		p.modifier(t, end+1)
		return
	}
	k := mechanismKind(t.Name)
	if k == Unknown || end < to && p.text[end] != ':' && p.text[end] != '/' {
		p.fault(UnknownTerm, from, to)
		return
	}
	t.Kind = k
	if t.Qualifier == 0 {
		t.Qualifier = Pass
	}
	p.mechanism(t, end)
}

// mechanism reads what stands behind the name of a mechanism (RFC 7208,
// sections 5.1 to 5.7).
func (p *parser) mechanism(t *Term, at int) {
	colon := at < t.To && p.text[at] == ':'
	switch t.Kind {
	case All:
		if at < t.To {
			p.fault(AllArgument, at, t.To)
		}
	case IP4, IP6:
		if !colon || at+1 == t.To {
			k := IP4Address
			if t.Kind == IP6 {
				k = IP6Address
			}
			p.fault(k, t.From, t.To)
			return
		}
		p.network(t, at+1)
	case A, MX:
		end := lengthsAt(p.text, at, t.To)
		switch {
		case colon:
			t.Domain = p.domainSpec(t, at+1, end)
		case at < end: // "a/x", "mx/24x"
			p.fault(DualLength, at, t.To)
			return
		}
		if end < t.To {
			p.dualLength(t, end)
		}
	case PTR, Include, Exists:
		switch {
		case colon:
			t.Domain = p.domainSpec(t, at+1, t.To)
		case at < t.To:
			p.fault(NoLength, at, t.To)
		case t.Kind != PTR:
			p.fault(DomainEmpty, t.From, t.To)
		}
	}
}

// modifier reads the value of a modifier (RFC 7208, section 6).
func (p *parser) modifier(t *Term, at int) {
	if t.Kind == Redirect || t.Kind == Exp {
		t.Domain = p.domainSpec(t, at, t.To)
		return
	}
	t.Domain = p.text[at:t.To]
	p.macroString(at, t.To)
}

// modifiersOnce finds the second of redirect and exp (RFC 7208, section 6).
func (p *parser) modifiersOnce() {
	var first [OtherModifier]int // index + 1
	for i := range p.terms {
		t := &p.terms[i]
		if t.Kind != Redirect && t.Kind != Exp {
			continue
		}
		if first[t.Kind] == 0 {
			first[t.Kind] = i + 1
			continue
		}
		f := Fault{Kind: RedirectTwice, From: t.From, To: t.To, Term: i}
		if t.Kind == Exp {
			f.Kind = ExpTwice
		}
		if i > 0 && p.terms[first[t.Kind]-1].key() == t.key() {
			f.Repair, f.Sure = []Edit{{p.terms[i-1].To, t.To, ""}}, true
		}
		p.insert(f)
	}
}

// insert puts a fault among the others by its place.
func (p *parser) insert(f Fault) {
	i := len(p.faults)
	p.faults = append(p.faults, f)
	for ; i > 0 && p.faults[i-1].From > f.From; i-- {
		p.faults[i] = p.faults[i-1]
	}
	p.faults[i] = f
}

// clean reports whether s is one valid term, and which.
func clean(s string) (t Term, ok bool) {
	if s == "" {
		return t, false
	}
	for i := range len(s) {
		if octets[s[i]] != visible {
			return t, false
		}
	}
	p := parser{text: s}
	p.strict(&t, 0, len(s))
	return t, len(p.faults) == 0
}
