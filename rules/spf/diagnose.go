package spf

import "strings"

// diagnose looks for what was meant by a term that has a fault. Where it finds
// that, one fault says so in place of those of the grammar, which p.faults
// holds from the index known on, and the term is the one that was meant. It
// returns the offset to go on from.
func (p *parser) diagnose(t Term, known int, plain bool) int {
	s := p.text[t.From:t.To]
	if !plain {
		p.foreign(t, known)
		return t.To
	}
	if end := p.joinNext(t, known); end > 0 {
		return end
	}
	if p.joinPrevious(t, known) || p.strayChars(t, known) {
		return t.To
	}
	for _, try := range []func(string) (Fault, string){extraQualifier, delimiterMixUp, bareAddress, addressAsDomain} {
		f, meant := try(s)
		if meant == "" {
			continue
		}
		if _, ok := clean(meant); ok {
			p.mended(t, known, f, meant)
			return t.To
		}
	}
	if next := p.glued(t, known); next > 0 {
		return next
	}
	if len(p.faults) == known+1 {
		f := &p.faults[known]
		switch f.Kind {
		case UnknownTerm:
			p.nearMiss(&t, f)
		case DomainEnd:
			p.lengthInDomain(t, f)
		}
	}
	p.terms = append(p.terms, t)
	return t.To
}

// mended records a term as it was meant, with its one fault, whose offsets
// are those within the term.
func (p *parser) mended(t Term, known int, f Fault, meant string) {
	u, _ := clean(meant)
	u.From, u.To = t.From, t.To
	f.From += t.From
	f.To += t.From
	f.Meant, f.Term = meant, len(p.terms)
	for i := range f.Repair {
		f.Repair[i].From += t.From
		f.Repair[i].To += t.From
	}
	p.faults = append(p.faults[:known], f)
	p.terms = append(p.terms, u)
}

// joinNext finds a blank behind a qualifier, a name or its delimiter: "- all",
// "include: host", "include host". It returns the end of both, 0 if that is
// not the fault.
func (p *parser) joinNext(t Term, known int) int {
	from := t.To
	for from < len(p.text) && p.text[from] == ' ' {
		from++
	}
	if from == len(p.text) || from == t.To {
		return 0
	}
	to, plain := p.termEnd(from)
	s, next := p.text[t.From:t.To], p.text[from:to]
	if !plain || next == "" {
		return 0
	}
	between := ""
	_, whole := clean(next)
	name := strings.TrimLeft(s, "+-~?")
	end := strings.IndexAny(name, ":=")
	switch {
	case name == "":
		if !whole || isQualifier(next[0]) || len(s) > 1 {
			return 0
		}
	case whole || end >= 0 && end < len(name)-1:
		return 0
	case end >= 0 || next[0] == ':' || next[0] == '=':
	case modifierKind(name) == Redirect || modifierKind(name) == Exp:
		between = "="
	case mechanismKind(name) != Unknown:
		between = ":"
	default:
		return 0
	}
	meant := s + between + next
	u, ok := clean(meant)
	if !ok || u.Kind == OtherModifier {
		return 0
	}
	p.mended(Term{From: t.From, To: to}, known, Fault{
		Kind: StrayBlank, To: to - t.From, Sure: true,
		Repair: []Edit{{t.To - t.From, from - t.From, between}},
	}, meant)
	return to
}

// joinPrevious finds a blank before what belongs to the term before it:
// "a :host", "mx /24".
func (p *parser) joinPrevious(t Term, known int) bool {
	if c := p.text[t.From]; c != ':' && c != '/' || len(p.terms) == 0 {
		return false
	}
	prev := p.terms[len(p.terms)-1]
	meant := p.text[prev.From:prev.To] + p.text[t.From:t.To]
	if _, ok := clean(meant); !ok || prev.Kind == OtherModifier || strings.Trim(p.text[prev.To:t.From], " ") != "" {
		return false
	}
	p.terms = p.terms[:len(p.terms)-1]
	p.mended(Term{From: prev.From, To: t.To}, known, Fault{
		Kind: StrayBlank, To: t.To - prev.From, Sure: true,
		Repair: []Edit{{prev.To - prev.From, t.From - prev.From, ""}},
	}, meant)
	return true
}

// strayChars finds punctuation around a term: "~all;", "mx,", "-all.".
func (p *parser) strayChars(t Term, known int) bool {
	s := p.text[t.From:t.To]
	core := strings.TrimLeft(s, ";,\"'`(<")
	front := len(s) - len(core)
	core = strings.TrimRight(core, ";,.\"'`\\)>")
	end := front + len(core)
	if core == "" {
		from := t.From
		for from > 0 && p.text[from-1] == ' ' {
			from--
		}
		p.faults = append(p.faults[:known], Fault{
			Kind: StrayChars, From: t.From, To: t.To, Term: -1, Sure: true, Repair: []Edit{{from, t.To, ""}},
		})
		return true
	}
	if _, ok := clean(core); !ok || core == s {
		return false
	}
	f := Fault{Kind: StrayChars, From: end, To: len(s), Sure: true}
	if front > 0 {
		f.From = 0
		f.Repair = append(f.Repair, Edit{0, front, ""})
		if end == len(s) {
			f.To = front
		}
	}
	if end < len(s) {
		f.Repair = append(f.Repair, Edit{end, len(s), ""})
	}
	p.mended(t, known, f, core)
	return true
}

// extraQualifier finds "--all" and "-redirect=host".
func extraQualifier(s string) (Fault, string) {
	n, same := 0, true
	for n < len(s) && isQualifier(s[n]) {
		same = same && s[n] == s[0]
		n++
	}
	f := Fault{Kind: QualifierExtra, To: n, Sure: same}
	if n == 0 || n == len(s) {
		return f, ""
	}
	drop := n - 1
	if t, ok := clean(s[n:]); ok && t.Kind.Modifier() {
		drop, f.Sure = n, true
		if t.Kind == OtherModifier {
			return f, ""
		}
	}
	f.Repair = []Edit{{0, drop, ""}}
	return f, s[drop:]
}

// delimiterMixUp finds "redirect:host", "+include=host" and "ip4::1.2.3.4".
func delimiterMixUp(s string) (Fault, string) {
	i := strings.IndexAny(s, ":=")
	if i < 0 {
		return Fault{}, ""
	}
	f := Fault{Kind: Delimiter, To: len(s), Sure: true}
	name := s[:i]
	mod := modifierKind(name)
	switch {
	case s[i] == ':' && (mod == Redirect || mod == Exp):
		f.Repair = []Edit{{i, i + 1, "="}}
		return f, name + "=" + s[i+1:]
	case s[i] == '=' && isQualifier(s[0]):
		f.Repair = []Edit{{i, i + 1, ":"}}
		return f, name + ":" + s[i+1:]
	case mechanismKind(strings.TrimLeft(name, "+-~?")) == IP4 && strings.HasPrefix(s[i:], "::"):
		f.Repair = []Edit{{i, i + 1, ""}}
		return f, name + s[i+1:]
	}
	return f, ""
}

// bareAddress finds "192.0.2.1" and "ipv4:192.0.2.1" where an ip4 is meant,
// and the same of IPv6.
func bareAddress(s string) (Fault, string) {
	f := Fault{Kind: UnknownTerm, To: len(s), Sure: true}
	q := 0
	if isQualifier(s[0]) {
		q = 1
	}
	value := q
	for _, alias := range []string{"ipv4:", "ipv6:", "ip:", "ip-4:", "ip-6:", "ipv4=", "ipv6=", "ip="} {
		if hasPrefixFold(s[q:], alias) {
			value = q + len(alias)
		}
	}
	name := familyOf(s[value:])
	if name == "" {
		return f, ""
	}
	f.Repair = []Edit{{q, value, name}}
	return f, s[:q] + name + s[value:]
}

// familyOf returns "ip4:" or "ip6:" for a network, "" for anything else.
func familyOf(network string) string {
	addr, _, _ := strings.Cut(network, "/")
	if _, ok := parseIP4(addr); ok {
		return "ip4:"
	}
	if _, ok := parseIP6(addr); ok {
		return "ip6:"
	}
	return ""
}

// addressAsDomain finds "a:192.0.2.1".
func addressAsDomain(s string) (Fault, string) {
	i := strings.IndexByte(s, ':')
	if i < 0 {
		return Fault{}, ""
	}
	q := 0
	if isQualifier(s[0]) {
		q = 1
	}
	switch mechanismKind(s[q:i]) {
	case A, MX, Include, PTR, Exists:
	default:
		return Fault{}, ""
	}
	f := Fault{Kind: DomainAddress, From: i + 1, To: len(s), Sure: true}
	name := familyOf(s[i+1:])
	if name == "" {
		return f, ""
	}
	f.Repair = []Edit{{q, i + 1, name}}
	return f, s[:q] + name + s[i+1:]
}

// lengthInDomain turns "include:host/24" into a fault of the length.
func (p *parser) lengthInDomain(t Term, f *Fault) {
	slash := strings.IndexByte(p.text[f.From:f.To], '/')
	if slash <= 0 || strings.Trim(p.text[f.From+slash:t.To], "/.0123456789") != "" {
		return
	}
	f.From, f.To, f.Kind = f.From+slash, t.To, NoLength
	if t.Kind == A || t.Kind == MX {
		f.Kind = DualLength
	}
}
