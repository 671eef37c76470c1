package domainconnect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
)

// term is one word of an SPF record.
type term struct {
	text      string
	kind      spf.Kind
	qualifier spf.Qualifier // 0 for modifiers
	// key is equal for terms that match the same hosts.
	key    string
	domain string
	faulty bool
}

// readTerm reads one word.
func readTerm(word string) term {
	t := term{text: word, key: strings.ToLower(strings.TrimLeft(word, "+-~?")), faulty: true}
	k := spf.Parse("v=spf1 " + word)
	if len(k.Terms) != 1 || len(k.Faults) > 0 || k.Terms[0].Kind == spf.Unknown {
		return t
	}
	r := k.Terms[0]
	t.kind, t.qualifier, t.domain, t.faulty = r.Kind, r.Qualifier, r.Domain, false
	r.Qualifier = 0
	r.Name = strings.ToLower(r.Name)
	// What a macro expands minds the case of its letter (RFC 7208, section 7.3).
	if r.Kind != spf.OtherModifier && !strings.Contains(r.Domain, "%") {
		r.Domain = strings.ToLower(strings.TrimSuffix(r.Domain, "."))
	}
	if r.Kind == spf.IP4 && r.Bits4 == 32 {
		r.Bits4 = -1
	}
	if r.Kind == spf.IP6 && r.Bits6 == 128 {
		r.Bits6 = -1
	}
	t.key = r.String()
	return t
}

// lenience orders qualifiers from the strictest (spec 2.3, "SPFM": the least
// restrictive of a rule wins).
var lenience = map[spf.Qualifier]int{spf.Fail: 1, spf.SoftFail: 2, spf.Neutral: 3, spf.Pass: 4}

// words returns the terms of an SPF record, or of a list of rules. Version
// sections, which parameters often have, are left out.
func words(text string) []term {
	var out []term
	for _, w := range strings.Fields(text) {
		if !strings.EqualFold(w, "v=spf1") {
			out = append(out, readTerm(w))
		}
	}
	return out
}

// rules returns the terms that an SPFM record asks for: without "all", which the
// record of the domain decides.
func rules(text string) []term {
	return slices.DeleteFunc(words(text), func(t term) bool { return t.kind == spf.All })
}

// isSPF reports whether receivers select a text as an SPF record (RFC 7208,
// section 4.5).
func isSPF(text string) bool { return spf.Parse(text).Form == spf.SPF }

// merger puts terms into one SPF record.
type merger struct {
	terms []term
	notes []string
}

func (m *merger) index(found func(term) bool) int { return slices.IndexFunc(m.terms, found) }

func isAll(t term) bool      { return t.kind == spf.All }
func isRedirect(t term) bool { return t.kind == spf.Redirect }

// add adds a term before what ends the record, unless it is there already.
func (m *merger) add(t term) {
	end := m.index(func(o term) bool { return isAll(o) || isRedirect(o) })
	all := m.index(isAll)
	same := m.index(func(o term) bool { return o.key == t.key })
	switch {
	case same > all && all >= 0 && t.kind.Mechanism():
		// Behind "all" it is never tested (RFC 7208, section 5.1).
		m.terms = slices.Insert(m.terms, end, t)
	case same >= 0 && !(isRedirect(t) && all >= 0):
		if old := m.terms[same]; lenience[t.qualifier] > lenience[old.qualifier] {
			m.terms[same] = t
		}
	case isAll(t):
		if i := m.index(isRedirect); i >= 0 {
			// Beside "all" a redirect has no effect (RFC 7208, section 6.1).
			r := m.terms[i]
			m.terms = slices.Delete(m.terms, i, i+1)
			m.add(included(r))
		}
		m.terms = append(m.terms, t)
	case isRedirect(t) && end >= 0:
		m.notes = append(m.notes, fmt.Sprintf("%s has no effect beside %s; the record includes %s instead", t.text, m.terms[end].text, t.domain))
		m.add(included(t))
	case isRedirect(t):
		m.terms = append(m.terms, t)
	case t.kind.Modifier() && t.kind != spf.OtherModifier && m.index(func(o term) bool { return o.kind == t.kind }) >= 0:
		m.notes = append(m.notes, fmt.Sprintf("%s is left out, since the record has another %s=", t.text, t.kind))
	case end >= 0:
		m.terms = slices.Insert(m.terms, end, t)
	default:
		m.terms = append(m.terms, t)
	}
}

// included returns the include that passes whom a redirect passes.
func included(redirect term) term { return readTerm("include:" + redirect.domain) }

// merge returns an SPF record that has the terms of the records and the rules,
// and what is to be said about it. A record that lacks nothing is returned as it
// is.
func merge(records, lists []string) (text string, notes []string) {
	var m merger
	for i, r := range records {
		for _, t := range words(r) {
			if i == 0 {
				m.terms = append(m.terms, t)
			} else {
				m.add(t)
			}
		}
	}
	before := slices.Clone(m.terms)
	for _, l := range lists {
		for _, t := range rules(l) {
			if t.faulty {
				m.notes = append(m.notes, fmt.Sprintf("%q is no term of an SPF record, so receivers take the whole record for void (RFC 7208, section 4.6)", t.text))
			}
			m.add(t)
		}
	}
	if m.index(isAll) < 0 && m.index(isRedirect) < 0 {
		m.terms = append(m.terms, readTerm("~all"))
	}
	if len(records) == 1 && slices.Equal(before, m.terms) {
		text = records[0]
	} else {
		text = "v=spf1"
		for _, t := range m.terms {
			text += " " + t.text
		}
	}
	return text, append(m.notes, judged(text)...)
}

// maxLookups is how many terms may make a receiver query the DNS (RFC 7208,
// section 4.6.4); longSPF is from where on an answer may not fit into 512 octets
// (section 3.4).
const (
	maxLookups = 10
	longSPF    = 450
)

// judged says what is doubtful about a merged record.
func judged(text string) []string {
	var out []string
	k := spf.Parse(text)
	if n := k.Lookups(); n > maxLookups {
		out = append(out, fmt.Sprintf("the SPF record has %d terms that cost a DNS lookup, of which receivers make %d at most (RFC 7208, section 4.6.4)", n, maxLookups))
	}
	if i := k.All(); i >= 0 && lenience[k.Terms[i].Qualifier] > lenience[spf.SoftFail] {
		out = append(out, fmt.Sprintf("the SPF record ends in %s, which protects nobody", k.Text[k.Terms[i].From:k.Terms[i].To]))
	}
	if len(text) > longSPF {
		out = append(out, fmt.Sprintf("the SPF record has %d octets; over %d it may not fit into an answer (RFC 7208, section 3.4)", len(text), longSPF))
	}
	return out
}
