package hygiene

import (
	"slices"
	"strings"
	"unicode"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// text is a TXT record that may not say what its writer meant, with what would
// have to change.
type text struct {
	zone.Record
	joined string // Text
	kind   policy // what it is meant as

	typo    []edit // typographic characters
	foreign bool   // there are other characters beyond ASCII as well
	slashes []edit // backslashes before a semicolon
	gaps    []int  // where the blank between two unquoted strings was lost
	tail    string // the comment, if it goes on with the text; "" if not
	partial bool   // something else follows in the comment
}

// texts is the TXT records that are written in a way, or hold characters, that
// make them suspicious. The many others are not looked at any further.
var texts = &rules.Subject[text]{Each: func(p *rules.Pass, visit func(text)) {
	for _, t := range [...]zone.Type{zone.TypeTXT, zone.TypeSPF} {
		for r := range p.Zone.OfType(t) {
			if r.Notes&(zone.Unquoted|zone.LongString) != 0 || odd(r.Data) {
				visit(readText(r))
			}
		}
	}
}}

// odd reports whether a string of a TXT record holds a backslash, or octets
// beyond ASCII.
func odd(data string) bool {
	for len(data) > 0 {
		n := min(int(data[0]), len(data)-1)
		if s := data[1 : 1+n]; !ascii(s) || strings.IndexByte(s, '\\') >= 0 {
			return true
		}
		data = data[1+n:]
	}
	return false
}

func readText(r zone.Record) text {
	t := text{Record: r, joined: r.Text()}
	if !ascii(t.joined) {
		t.typo, t.foreign = untypeset(t.joined)
	}
	t.kind = meant(r.Name, t.joined)
	loose := r.Notes&zone.Unquoted != 0
	if t.kind == none && loose && meant(r.Name, strings.Join(r.Strings(), " ")) == spf {
		t.kind = spf
	}
	switch {
	case t.kind == none:
		return t
	case t.kind == spf:
		if loose {
			t.gaps = lostBlanks(t.joined, words(r))
		}
		return t
	}
	t.slashes = backslashes(t.joined, t.typo, false)
	if loose && r.Notes&zone.Commented != 0 {
		t.readTail()
	}
	return t
}

// backslashes returns the edits that remove the backslashes before the
// semicolons of a text, beside those of its typographic characters; continued
// says that a semicolon follows the text.
func backslashes(s string, typo []edit, continued bool) []edit {
	var out []edit
	for i := len(s); i > 0; {
		if n := len(typo); n > 0 && typo[n-1].to == i {
			if w := typo[n-1].with; w != "" {
				continued = w == ";"
			}
			i, typo = typo[n-1].from, typo[:n-1]
			continue
		}
		i--
		if s[i] == '\\' && continued {
			out = append(out, edit{i, i + 1, ""})
			continue
		}
		continued = s[i] == ';'
	}
	slices.Reverse(out)
	return out
}

// word is one written string of a TXT record; from and to are its octets in
// the text.
type word struct {
	from, to int
	quoted   bool
}

// words returns the strings of a record as its source wrote them; nil if that
// is not known.
func words(r zone.Record) []word {
	if !r.Editable() {
		return nil
	}
	s := r.Span(zone.Part{Kind: zone.PartRData})
	src := r.Loc.Source.Text(s.File)
	if s.IsZero() || s.End.Offset > len(src) {
		return nil
	}
	src = src[s.Start.Offset:s.End.Offset]
	var out []word
	at := 0
	for l := masterfile.NewLexer(src); ; {
		t, ok := l.Next()
		if !ok {
			break
		}
		w := src[t.Start:t.End]
		switch t.Kind {
		case masterfile.String:
			out = append(out, word{at, at + octets(w[1:len(w)-1]), true})
		case masterfile.Word:
			out = append(out, word{at, at + octets(w), false})
		default:
			continue
		}
		at = out[len(out)-1].to
	}
	if at != len(r.Text()) {
		return nil
	}
	return out
}

// octets counts those that a written string stands for (RFC 1035, section
// 5.1: \X and \DDD are one).
func octets(w []byte) int {
	n := 0
	for i := 0; i < len(w); i++ {
		if w[i] == '\\' {
			i++
			if i < len(w) && w[i] >= '0' && w[i] <= '9' {
				i += 2
			}
		}
		n++
	}
	return n
}

// lostBlanks returns where strings of which one is not quoted meet without a
// blank.
func lostBlanks(joined string, ws []word) []int {
	var at []int
	for i := 1; i < len(ws); i++ {
		a, b := ws[i-1], ws[i]
		if a.quoted && b.quoted || a.from == a.to || b.from == b.to || joined[b.from-1] == ' ' || joined[b.from] == ' ' {
			continue
		}
		at = append(at, b.from)
	}
	return at
}

// readTail looks whether the comment behind the record goes on with its tag
// list: an unquoted semicolon begins a comment (RFC 1035, section 5.1).
func (t *text) readTail() {
	data, comment := t.Span(zone.Part{Kind: zone.PartRData}), t.Span(zone.Part{Kind: zone.PartComment})
	src := t.Loc.Source.Text(comment.File)
	if data.IsZero() || comment.Start.Offset < data.End.Offset || comment.End.Offset > len(src) {
		return
	}
	between := string(src[data.End.Offset:comment.Start.Offset])
	if ws := words(t.Record); strings.Trim(between, " \t") != "" || len(ws) == 0 || ws[len(ws)-1].quoted {
		return
	}
	list := readTags(typeset(apply(t.joined, t.slashes)))
	tail := typeset(string(src[comment.Start.Offset+1 : comment.End.Offset]))
	tail = apply(tail, backslashes(tail, nil, false))
	more := readTags(tail)
	n := 0
	for n < len(more) && more[n].belongs(t.kind) && !has(list, more[n].name) && !has(more[:n], more[n].name) {
		n++
	}
	// A list that is complete may be followed by an honest comment: it is cut
	// only if the semicolon touches it and all behind it are its tags.
	whole := has(list, tags[t.kind][0])
	t.partial = n < len(more)
	if n == 0 || whole && (between != "" || t.partial) {
		return
	}
	if t.partial {
		tail = tail[:more[n-1].to]
	}
	t.tail = strings.TrimRight(tail, " \t")
	t.slashes = backslashes(t.joined, t.typo, true)
}

// pasted reports whether the text begins with a typographic quotation mark.
// What goes wrong behind it (blanks lost, a comment begun) comes of that.
func (t *text) pasted() bool {
	if len(t.typo) == 0 || t.typo[0].from > 0 {
		return false
	}
	c, _ := nextChar(t.joined)
	return quotationMark(c)
}

// onlyQualifiers reports whether the only characters beyond ASCII are dashes in
// front of SPF terms, which spf-unknown-term names.
func (t *text) onlyQualifiers() bool {
	return !t.foreign && !slices.ContainsFunc(t.typo, func(e edit) bool {
		return e.with != "-" || e.from == 0 || t.joined[e.from-1] != ' '
	})
}

// edits returns all changes within the text, in order.
func (t *text) edits() []edit {
	es := slices.Clone(t.typo)
	// At the ends of a text a blank is nothing, and keeps a version from being
	// seen.
	for i, at := 0, 0; i < len(es) && es[i].from == at; i++ {
		es[i].with, at = strings.TrimSpace(es[i].with), es[i].to
	}
	for i, at := len(es)-1, len(t.joined); i >= 0 && es[i].to == at; i-- {
		es[i].with, at = strings.TrimSpace(es[i].with), es[i].from
	}
	es = append(es, t.slashes...)
	for _, at := range t.gaps {
		// A character that is cut in two by its strings is no place for a blank.
		k, _ := slices.BinarySearchFunc(t.typo, at, func(e edit, at int) int { return e.to - at - 1 })
		if k == len(t.typo) || t.typo[k].from >= at {
			es = append(es, edit{at, at, " "})
		}
	}
	slices.SortStableFunc(es, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to
	})
	return es
}

// repair returns the record as it was meant, and whether it is certain that it
// was meant so.
func (t *text) repair() (r zone.Record, certain bool) {
	es := t.edits()
	whole := apply(t.joined, es)
	if t.tail != "" {
		whole = strings.TrimSuffix(whole, ";") + ";" + t.tail
	}
	trimmed := whole
	if len(t.typo) > 0 {
		trimmed = strings.Trim(whole, " \t")
	}
	certain = !t.partial && ascii(trimmed) && !strings.ContainsFunc(trimmed, unicode.IsControl)
	if t.kind == spf {
		certain = certain && spfTerms(trimmed)
	} else {
		for _, tag := range readTags(trimmed) {
			certain = certain && tag.name != "" && plainLabel(tag.name)
		}
	}
	r = t.Record
	const many = 64 // each edit of a string copies the record
	if len(t.gaps) > 0 || t.tail != "" || trimmed != whole || len(es) > many {
		r.Data = zone.TextData(trimmed)
		return r, certain
	}
	// Strings stay as they are cut.
	for _, e := range slices.Backward(es) {
		r = r.WithText(e.from, e.to, e.with)
	}
	return r, certain
}

// mangled reports whether a record would say something else if it were written
// as it was meant: it must be mended before anything else is done to it, since
// what shows how it was meant is its place in the source.
func mangled(r zone.Record) bool {
	if r.Notes&zone.Unquoted == 0 || r.Type != zone.TypeTXT && r.Type != zone.TypeSPF {
		return false
	}
	t := readText(r)
	return len(t.gaps) > 0 || t.tail != ""
}

// mend gives a finding the fix that writes the text as it was meant.
func (t *text) mend(f rules.Finding, description string) rules.Finding {
	r, certain := t.repair()
	switch {
	case t.foreign:
		return f.WithFix(rules.Manual, description)
	case certain:
		return f.WithFix(rules.Safe, description, zone.Replace(t.Record, r))
	}
	return f.WithFix(rules.Unsafe, description, zone.Replace(t.Record, r))
}

// excerpt returns a text for a message, shortened if it is long.
func excerpt(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
