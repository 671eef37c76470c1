package tagvalue

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Form is how a record states its version.
type Form uint8

// The forms of the version. Readers discard a record that is neither
// VersionGood nor, where their standard allows it, VersionSpaced.
const (
	// NotMeant: nothing says that the text is meant as this standard's record.
	NotMeant Form = iota
	// VersionGood: exactly the version, then a semicolon or the end.
	VersionGood
	// VersionSpaced: the same with blanks before the semicolon.
	VersionSpaced
	// VersionBehind: something stands before the version, mostly a blank.
	VersionBehind
	// VersionCase: it has other capitals.
	VersionCase
	// VersionUnclosed: neither a semicolon nor the end follows.
	VersionUnclosed
	// VersionOther: another version than the only one.
	VersionOther
	// VersionBare: the value without "v=".
	VersionBare
	// VersionLate: the version is not the first tag.
	VersionLate
	// VersionMissing: only the tags tell what is meant.
	VersionMissing
)

// Version is the version of a record as it is written.
type Version struct {
	Form Form
	// Span is the version from its "v" to the end of its value; empty at the
	// start of the text where it is missing.
	Span Span
	// Semicolon is where the semicolon behind it stands, -1 if there is none.
	Semicolon int
	// Rest is where the tags behind it begin.
	Rest int
	// Loose says that blanks stand beside the "=".
	Loose bool
	// Proven says that the right version can be written without guessing what
	// was meant.
	Proven bool
}

// Valid reports whether the version is right but for blanks before its
// semicolon.
func (v Version) Valid() bool { return v.Form == VersionGood || v.Form == VersionSpaced }

// VersionGrammar is the version that the records of a standard begin with.
type VersionGrammar struct {
	// Value is the value of the only version there is: "STSv1".
	Value string
	// Stem is what the value of every version would begin with: "STS".
	Stem string
	// Follows reports whether a text begins with a tag of the standard, so that
	// a semicolon is missing before it.
	Follows func(text string) bool
}

// Meant reports whether a text whose owner does not tell begins like a record
// of the standard. The first 40 octets are enough.
func (g *VersionGrammar) Meant(text string) bool { return g.Leading(text, false).Form != NotMeant }

// Leading reads the version at the start of a text. Without named, nothing but
// something like "v=STS" at its start says that the text is meant.
func (g *VersionGrammar) Leading(text string, named bool) (v Version) {
	start := SkipJunk(text, 0)
	i, bare, colon, small := start, true, false, false
	if i < len(text) && text[i]|0x20 == 'v' {
		eq := SkipBlanks(text, i+1)
		if eq < len(text) && (text[eq] == '=' || text[eq] == ':') {
			bare, colon, small = false, text[eq] == ':', text[i] == 'v'
			i = SkipBlanks(text, eq+1)
			v.Loose = i > start+len("v=")
		}
	}
	if bare && !named || !foldPrefix(text[i:], g.Stem) {
		return Version{}
	}
	end := i + len(g.Stem)
	other := false
	if foldPrefix(text[i:], g.Value) {
		end = i + len(g.Value)
		for end < len(text) && (digit(text[end]) || text[end] == '.' && end+1 < len(text) && digit(text[end+1])) {
			end++
			other = true
		}
	} else {
		for other = true; end < len(text) && (letter(text[end]) || digit(text[end])); end++ {
		}
	}
	v.Span = Span{From: start, To: end}
	var closed bool
	v.Rest, v.Semicolon, closed, v.Proven = g.separator(text, end)
	switch {
	case other:
		// "STS", "STSv", "STS1": there is no other version that could be meant.
		switch text[i+len(g.Stem) : end] {
		case "", "v", "V", "1":
		default:
			v.Proven = false
			if c := text[i+len(g.Stem)]; c|0x20 != 'v' && !digit(c) {
				return Version{} // another word
			}
		}
		if bare {
			return Version{}
		}
		v.Form = VersionOther
	case colon:
		v.Form = VersionOther
	case bare:
		v.Form = VersionBare
	case !small || text[i:end] != g.Value:
		v.Form = VersionCase
	case !closed:
		v.Form = VersionUnclosed
	case start > 0:
		v.Form = VersionBehind
	case v.Semicolon > end:
		v.Form = VersionSpaced
	default:
		v.Form = VersionGood
	}
	return v
}

// separator reads what stands between the version and the tags behind it. If
// that is no semicolon, proven tells whether a tag of the standard follows all
// the same, or nothing.
func (g *VersionGrammar) separator(text string, end int) (rest, semicolon int, closed, proven bool) {
	i := SkipBlanks(text, end)
	if i == len(text) {
		return i, -1, true, true
	}
	if text[i] == ';' {
		return i + 1, i, true, true
	}
	for i < len(text) && strings.IndexByte(" \t\r\n;,:.|/\\\"'", text[i]) >= 0 {
		i++
	}
	return i, -1, false, i == len(text) || g.Follows(text[i:])
}

// Fault says what is wrong with the version, and where: readers is who discards
// such records ("senders discard"), standard what they look for. There is
// nothing to say of a version that is Valid.
func (v Version) Fault(text, want, standard, readers string) (zone.Part, string) {
	part := zone.TextPart(v.Span.From, v.Span.To)
	written := Excerpt(v.Span.Of(text))
	switch v.Form {
	case VersionBehind:
		before := fmt.Sprintf("%q", Excerpt(text[:v.Span.From]))
		if SkipBlanks(text, 0) == v.Span.From {
			before = "a blank"
		}
		return zone.TextPart(0, v.Span.From), fmt.Sprintf("The record begins with %s before %q, so %s it. Remove that.", before, want, readers)
	case VersionCase:
		return part, fmt.Sprintf("The version is written %q, but it must be %q letter by letter, so %s the record. Write it so.", written, want, readers)
	case VersionUnclosed:
		part = zone.TextPart(v.Span.From, min(v.Rest+1, len(text)))
		return part, fmt.Sprintf("No semicolon follows %q, so %s the record. Write %q.", written, readers, want+";")
	case VersionOther:
		return part, fmt.Sprintf("%q is no version of %s, so %s the record. There is only %q.", written, standard, readers, want)
	case VersionBare:
		return part, fmt.Sprintf("The record begins with %q instead of %q, so %s it. Write \"v=\" before it.", written, want, readers)
	case VersionLate:
		return part, fmt.Sprintf("%q is not at the start of the record, so %s it. Put it first.", written, readers)
	case VersionMissing:
		return zone.Part{Kind: zone.PartRData}, fmt.Sprintf("The record does not begin with %q, so %s it. Put that before it.", want+";", readers)
	}
	return part, ""
}

// Mended returns the record, whose text and tags are given, with the version as
// it must be, and all else as it is.
func (v Version) Mended(r zone.Record, text string, tags []Tag, want string) zone.Record {
	switch {
	case v.Form == VersionLate:
		for i := range tags {
			if tags[i].Name.From == v.Span.From {
				r = Apply(r, text, []Edit{Removal(text, &tags[i])})
			}
		}
		return r.WithText(0, SkipJunk(r.Text(), 0), want+"; ")
	case v.Form == VersionMissing:
		return r.WithText(0, SkipJunk(text, 0), want+"; ")
	case v.Semicolon >= 0:
		return r.WithText(0, v.Semicolon, want)
	case v.Rest == len(text):
		return r.WithText(0, len(text), want)
	}
	return r.WithText(0, v.Rest, want+"; ")
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// foldPrefix reports whether s begins with prefix in any case.
func foldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && s[0]|0x20 == prefix[0]|0x20 && strings.EqualFold(s[:len(prefix)], prefix)
}
