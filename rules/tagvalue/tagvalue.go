// Package tagvalue splits the "tag=value; tag=value" lists of RFC 6376, section
// 3.2, in which DKIM keys, DMARC, MTA-STS, TLS-RPT and BIMI records are
// written. It says where each name and value stands and what is wrong with the
// shape of each tag, and never stops at a mistake. What a tag may be called,
// what its value may be and where its standard allows no blanks is for the
// caller to judge.
package tagvalue

import (
	"hash/maphash"
	"slices"
	"strings"
)

// Span is the octets From to To (exclusive) of the text.
type Span struct{ From, To int }

// Of returns the octets of the span.
func (s Span) Of(text string) string { return text[s.From:s.To] }

// Empty reports whether the span has no octets.
func (s Span) Empty() bool { return s.From >= s.To }

// Tag is one tag of a list. Its spans are offsets in the text.
type Tag struct {
	// Whole is everything between the separators, with its blanks.
	Whole Span
	// Name and Value are without the blanks around them. Without an "=", Name
	// is all that was written and Value is empty and stands behind it.
	Name, Value Span
	// Equals is the offset of the "=", -1 if there is none. The blanks between
	// it and Name or Value are what a strict standard forbids.
	Equals int
	// Closed says that a semicolon follows, at Whole.To.
	Closed bool
	// First is the index of the first tag of the same name: its own index where
	// Faults has no Duplicate.
	First int
	// BadOctet is the offset of the octet that the fault BadOctet speaks of.
	BadOctet int
	// Faults are the mistakes in the shape of the tag.
	Faults Faults

	head, next int32 // the hash chains of link, indexes + 1
}

// Faults is a set of mistakes.
type Faults uint8

// The mistakes that a tag can have.
const (
	// NoEquals: there is text but no "=".
	NoEquals Faults = 1 << iota
	// NoName: nothing stands before the "=".
	NoName
	// BadName: the name is not a letter followed by letters, digits and "_"
	// (RFC 6376, section 3.2, tag-name).
	BadName
	// Empty: nothing but blanks stands between two semicolons.
	Empty
	// Duplicate: an earlier tag has this name.
	Duplicate
	// NoSemicolon: no semicolon separates the tag from the one before, whose
	// value runs on into it. Whole begins with what stands there instead: blanks
	// or commas.
	NoSemicolon
	// BadOctet: an octet is neither printable ASCII nor a space or tab
	// (RFC 6376, section 3.2, tval).
	BadOctet
)

// Has reports whether one of the given mistakes is in the set.
func (f Faults) Has(some Faults) bool { return f&some != 0 }

// Grammar is how the standards differ in cutting a list into tags.
type Grammar struct {
	// FoldNames takes names that differ only in the case of letters for the
	// same.
	FoldNames bool
	// Known reports whether a name is one of the standard's own. Where one
	// stands with its "=" behind other text and a blank or a comma, a semicolon
	// is missing before it and the text is cut there. With nil nothing is cut.
	Known func(name string) bool
}

// Scan appends the tags of text from the offset from to tags and returns them.
// A semicolon at the end of the list is no tag. The work is linear in the
// length of the text, and nothing is allocated but room for the tags.
func (g Grammar) Scan(tags []Tag, text string, from int) []Tag {
	start := len(tags)
	if cap(tags) == start { // room for the tags of most records at once
		tags = slices.Grow(tags, min(strings.Count(text[from:], ";")+1, 16))
	}
	for from < len(text) {
		to := index(text, Span{from, len(text)}, ';')
		closed := to >= 0
		if !closed {
			to = len(text)
		}
		if !closed && trim(text, Span{from, to}).Empty() {
			break // blanks behind the last semicolon
		}
		tags = g.segment(tags, text, Span{from, to})
		tags[len(tags)-1].Closed = closed
		from = to + 1
	}
	g.link(tags[start:], text)
	for i := range tags[start:] {
		tags[start+i].First += start
	}
	return tags
}

// segment appends the tag between two semicolons, or the tags if semicolons are
// missing.
func (g Grammar) segment(tags []Tag, text string, whole Span) []Tag {
	t := Tag{Whole: whole}
	for {
		t.Equals, t.BadOctet = index(text, whole, '='), -1
		cut := g.stray(text, Span{whole.From, t.Equals})
		switch {
		case cut >= 0:
			t.Equals = -1
			fallthrough
		case t.Equals < 0:
			t.Name = trim(text, g.before(text, whole, cut))
			t.Value = Span{t.Name.To, t.Name.To}
			if t.Name.Empty() {
				t.Faults |= Empty
			} else {
				t.Faults |= NoEquals
			}
		default:
			t.Name = trim(text, Span{whole.From, t.Equals})
			t.Value = Span{t.Equals + 1, whole.To}
			cut = g.glued(text, t.Value)
			t.Value = trim(text, g.before(text, t.Value, cut))
			if t.Name.Empty() {
				t.Faults |= NoName
			} else if !validName(t.Name.Of(text)) {
				t.Faults |= BadName
			}
		}
		if cut >= 0 {
			t.Whole.To = t.Value.To
		}
		if i := badOctet(t.Whole.Of(text)); i >= 0 {
			t.BadOctet = t.Whole.From + i
			t.Faults |= BadOctet
		}
		tags = append(tags, t)
		if cut < 0 {
			return tags
		}
		// What stands in place of the semicolon belongs to the next tag.
		t = Tag{Whole: Span{t.Whole.To, whole.To}, Faults: NoSemicolon}
		whole.From = cut
	}
}

// before returns what stands before a cut, without what stands there in place
// of the semicolon; all of it if there is no cut.
func (g Grammar) before(text string, s Span, cut int) Span {
	if cut < 0 {
		return s
	}
	for s.To = cut; !s.Empty() && (text[s.To-1] == ',' || blank(text[s.To-1])); {
		s.To--
	}
	return s
}

// stray returns where a known name stands behind other text before its "=", -1
// if it does not.
func (g Grammar) stray(text string, name Span) int {
	name = trim(text, name)
	word := name.To
	for word > name.From && nameOctet(text[word-1]) {
		word--
	}
	if g.Known == nil || word <= name.From || !blank(text[word-1]) && text[word-1] != ',' || !g.Known(text[word:name.To]) {
		return -1
	}
	return word
}

// glued returns where a known name and its "=" stand in a value behind a blank
// or a comma, -1 if nowhere.
func (g Grammar) glued(text string, value Span) int {
	if g.Known == nil {
		return -1
	}
	apart := false // whether a word may begin here
	for i := value.From; i < value.To; {
		if !apart || !nameOctet(text[i]) {
			for i < value.To && !parts[text[i]] {
				i++
			}
			apart = true
			i++
			continue
		}
		word := Span{i, i}
		for word.To < value.To && nameOctet(text[word.To]) {
			word.To++
		}
		for i = word.To; i < value.To && blank(text[i]); i++ {
		}
		if i < value.To && text[i] == '=' && g.Known(word.Of(text)) {
			return word.From
		}
		apart = i > word.To
	}
	return -1
}

// link finds the duplicates among the tags of one list: First counts from 0.
func (g Grammar) link(tags []Tag, text string) {
	if len(tags) <= 8 {
		for i := range tags {
			tags[i].First = i
			for j := 0; j < i; j++ {
				if g.same(&tags[i], &tags[j], text) {
					tags[i].First = tags[j].First
					tags[i].Faults |= Duplicate
					break
				}
			}
		}
		return
	}
	// The tags are their own hash table, with as many buckets as tags.
	for i := range tags {
		t := &tags[i]
		t.First = i
		if !t.named() {
			continue
		}
		bucket := &tags[g.hash(t.Name.Of(text))%uint64(len(tags))]
		j := bucket.head
		for j != 0 && !g.same(t, &tags[j-1], text) {
			j = tags[j-1].next
		}
		if j != 0 {
			t.First = int(j - 1)
			t.Faults |= Duplicate
			continue
		}
		t.next, bucket.head = bucket.head, int32(i+1)
	}
}

// named reports whether the tag has a name and a value, so that it can be
// called twice.
func (t *Tag) named() bool { return !t.Faults.Has(NoEquals | NoName | Empty) }

func (g Grammar) same(a, b *Tag, text string) bool {
	if !a.named() || !b.named() {
		return false
	}
	x, y := a.Name.Of(text), b.Name.Of(text)
	if len(x) != len(y) {
		return false
	}
	for i := 0; i < len(x); i++ {
		if g.fold(x[i]) != g.fold(y[i]) {
			return false
		}
	}
	return true
}

// seed keeps a hostile record from choosing names that all hash alike.
var seed = maphash.MakeSeed()

func (g Grammar) hash(name string) uint64 {
	if !g.FoldNames {
		return maphash.String(seed, name)
	}
	var h maphash.Hash
	h.SetSeed(seed)
	for i := 0; i < len(name); i++ {
		h.WriteByte(g.fold(name[i]))
	}
	return h.Sum64()
}

func (g Grammar) fold(c byte) byte {
	if g.FoldNames && 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func index(text string, s Span, c byte) int {
	if i := strings.IndexByte(s.Of(text), c); i >= 0 {
		return s.From + i
	}
	return -1
}

// trim takes the blanks off both ends; of nothing but blanks the empty span at
// its start is left.
func trim(text string, s Span) Span {
	for !s.Empty() && blank(text[s.To-1]) {
		s.To--
	}
	for !s.Empty() && blank(text[s.From]) {
		s.From++
	}
	return s
}

// blank is the white space of FWS (RFC 6376, section 2.8).
func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func letter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

// nameOctet is ALNUMPUNC of RFC 6376, section 3.2.
func nameOctet(c byte) bool { return letter(c) || '0' <= c && c <= '9' || c == '_' }

// badOctet returns where the first octet stands that is neither printable ASCII
// nor a space or tab, -1 if there is none.
func badOctet(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c-' ' > '~'-' ' && c != '\t' {
			return i
		}
	}
	return -1
}

// parts are the octets that part words: blanks and commas.
var parts = [256]bool{' ': true, '\t': true, '\r': true, '\n': true, ',': true}

func validName(name string) bool {
	if !letter(name[0]) {
		return false
	}
	for i := 0; i < len(name); i++ {
		if !nameOctet(name[i]) {
			return false
		}
	}
	return true
}
