package spf

import "strings"

// strictness orders the qualifiers of "all".
var strictness = map[Qualifier]int{Pass: 1, Neutral: 2, SoftFail: 3, Fail: 4}

// merge returns a record by which every host passes that passes by one of
// several, with the strictest of their "all"; "" if that cannot be told from
// the records alone. Same says that all of them say the same as the first.
func merge(records []*Record) (text string, same bool) {
	same = true
	for _, r := range records {
		if !r.Valid() {
			return "", false
		}
		same = same && saysSame(records[0], r)
	}
	if same {
		return records[0].Text, true
	}
	var m merger
	for _, r := range records {
		if !m.add(r) {
			return "", false
		}
	}
	if m.lookups > MaxLookups {
		return "", false
	}
	return versionSection + strings.Join(m.mechanisms, "") + m.all + strings.Join(m.modifiers, ""), false
}

// merger collects the terms of several records.
type merger struct {
	mechanisms, modifiers []string // each with a blank before it
	all                   string
	strictest             int
	seen                  map[string]bool
	kinds                 [OtherModifier + 1]bool
	lookups               int
}

// add takes the terms that are in force. It returns false for a record whose
// terms do more than to pass hosts: with those the order of results would
// matter, and a redirect leaves the verdict to another record.
func (m *merger) add(r *Record) bool {
	if m.seen == nil {
		m.seen = map[string]bool{}
	}
	end := r.All()
	for i, t := range r.Terms {
		written := " " + r.Text[t.From:t.To]
		switch {
		case end >= 0 && (i > end && t.Kind.Mechanism() || t.Kind == Redirect):
			continue
		case t.Kind == All:
			if s := strictness[t.Qualifier]; s > m.strictest {
				m.all, m.strictest = written, s
			}
			continue
		case t.Kind == Redirect, t.Kind.Mechanism() && t.Qualifier != Pass:
			return false
		case m.seen[t.key()], t.Kind.Modifier() && t.Kind != OtherModifier && m.kinds[t.Kind]:
			continue
		}
		m.seen[t.key()] = true
		m.kinds[t.Kind] = true
		if t.Kind.Modifier() {
			m.modifiers = append(m.modifiers, written)
			continue
		}
		m.mechanisms = append(m.mechanisms, written)
		if t.looksUp() {
			m.lookups++
		}
	}
	return true
}

// saysSame reports whether two records have the same terms in the same order.
func saysSame(a, b *Record) bool {
	if len(a.Terms) != len(b.Terms) {
		return false
	}
	for i := range a.Terms {
		if a.Terms[i].Qualifier != b.Terms[i].Qualifier || a.Terms[i].key() != b.Terms[i].key() {
			return false
		}
	}
	return true
}
