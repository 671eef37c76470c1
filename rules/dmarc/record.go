package dmarc

import (
	"strings"

	"github.com/zonelint/zonelint/rules/tagvalue"
)

// Record is a DMARC record as far as it can be read. Spans and offsets are
// octets of Text, the strings of the TXT record joined (RFC 9989, section 4.5).
type Record struct {
	Text    string
	Version Version
	// Tags are the tags behind the version in their order; where the version is
	// not the first tag, all tags and the version among them. A tag whose "="
	// or name can be told although it is malformed has its Name and Value set
	// and keeps its Faults.
	Tags []tagvalue.Tag
}

// Form is how a record states its version.
type Form uint8

// The forms of the version. Receivers ignore a record that is neither
// VersionGood nor VersionLoose (RFC 9989, section 4.7; RFC 7489, section 6.3).
const (
	// NotDMARC: nothing says that the text is meant as DMARC.
	NotDMARC Form = iota
	// VersionGood: exactly "v=DMARC1", then a semicolon or the end.
	VersionGood
	// VersionLoose: what the ABNF of section 4.8 allows besides, which is "V"
	// and blanks around the "=".
	VersionLoose
	// VersionBehind: something stands before the version, mostly a blank.
	VersionBehind
	// VersionCase: the value is not in capitals.
	VersionCase
	// VersionUnclosed: neither a semicolon nor the end follows "DMARC1".
	VersionUnclosed
	// VersionOther: another version than DMARC1.
	VersionOther
	// VersionBare: "DMARC1" without "v=".
	VersionBare
	// VersionLate: the version is not the first tag.
	VersionLate
	// VersionMissing: there is none; only the tags tell that DMARC is meant.
	VersionMissing
)

// Version is the version of a record as it is written.
type Version struct {
	Form Form
	// Span is the version from its "v" to the end of its value; empty at the
	// start of the text where it is missing.
	Span tagvalue.Span
	// Value is the value of the version as written.
	Value tagvalue.Span
	// Rest is where the tags behind the version begin.
	Rest int
	// Proven says that the record can be given the version "v=DMARC1" without
	// guessing what its author meant.
	Proven bool
}

// Valid reports whether receivers take the record for DMARC.
func (v Version) Valid() bool { return v.Form == VersionGood || v.Form == VersionLoose }

// registry are the tags that DMARC has or had, but for "v" (RFC 9989, section
// 9.3).
var registry = [...]string{"p", "sp", "np", "rua", "ruf", "adkim", "aspf", "fo", "t", "psd", "pct", "rf", "ri"}

// number returns the index of a tag's name in the registry, -1 if it is not
// there.
func number(name string) int {
	if len(name) > len("adkim") {
		return -1
	}
	for i, n := range registry {
		if len(n) == len(name) && strings.EqualFold(n, name) {
			return i
		}
	}
	return -1
}

func known(name string) bool { return number(name) >= 0 }

// grammar takes names of tags in any case: the literals of the ABNF in section
// 4.8 are not case-sensitive, but for "DMARC1" (RFC 7405).
var grammar = tagvalue.Grammar{FoldNames: true, Known: known}

// Parse reads the text of a TXT record. The record's Version.Form is NotDMARC
// if the text is not meant as DMARC; whether it is valid is another question,
// and all that is wrong with it is told at once. With named false, for a text
// at an owner that does not begin with "_dmarc", only a text that begins with
// something like "v=DMARC" is meant as DMARC; with named true also one that
// has no version or has it elsewhere. Tags are appended to buf.
func Parse(text string, named bool, buf []tagvalue.Tag) Record {
	r := Record{Text: text, Version: leadingVersion(text, named)}
	if r.Version.Form != NotDMARC {
		r.Tags = mend(text, grammar.Scan(buf, text, r.Version.Rest)[len(buf):])
		return r
	}
	if !named {
		return r
	}
	tags := mend(text, grammar.Scan(buf, text, 0)[len(buf):])
	if v, ok := lateVersion(text, tags); ok {
		r.Version, r.Tags = v, tags
	}
	return r
}

// Meant reports whether a text whose owner does not tell begins like a DMARC
// record. The first 40 octets are enough.
func Meant(text string) bool { return leadingVersion(text, false).Form != NotDMARC }

// leadingVersion reads the version at the start of a text.
func leadingVersion(text string, named bool) (v Version) {
	start := tagvalue.SkipJunk(text, 0)
	i, bare := start, true
	loose := false
	if i < len(text) && text[i]|0x20 == 'v' {
		eq := tagvalue.SkipBlanks(text, i+1)
		if eq < len(text) && (text[eq] == '=' || text[eq] == ':') {
			bare = false
			loose = text[i] == 'V' || eq > i+1
			i = tagvalue.SkipBlanks(text, eq+1)
			loose = loose || i > eq+1
			if text[eq] == ':' {
				v.Form = VersionOther
			}
		}
	}
	if bare && !named {
		return Version{}
	}
	const name, one = "DMARC", "1"
	if len(text)-i < len(name) || text[i]|0x20 != 'd' || !strings.EqualFold(text[i:i+len(name)], name) {
		return Version{}
	}
	end := i + len(name)
	for end < len(text) && ('0' <= text[end] && text[end] <= '9' || text[end] == '.' && end+1 < len(text) && '0' <= text[end+1] && text[end+1] <= '9') {
		end++
	}
	v.Span, v.Value = tagvalue.Span{From: start, To: end}, tagvalue.Span{From: i, To: end}
	written := text[i+len(name) : end]
	if bare && written != one {
		return Version{} // a sentence about DMARC
	}
	var closed bool
	v.Rest, closed, v.Proven = separator(text, end)
	switch {
	case written != one && written != "":
		v.Form, v.Proven = VersionOther, false
	case v.Form == VersionOther || written == "":
		v.Form = VersionOther // "v:DMARC1", "v=DMARC": there is no other version that could be meant
	case bare:
		v.Form = VersionBare
	case text[i:end] != name+one:
		v.Form = VersionCase
	case !closed:
		v.Form = VersionUnclosed
	case start > 0:
		v.Form = VersionBehind
	case loose:
		v.Form = VersionLoose
	default:
		v.Form = VersionGood
	}
	return v
}

// separator reads what stands between the version and the tags behind it. If
// that is no semicolon, proven tells whether a tag follows all the same, or
// nothing.
func separator(text string, end int) (rest int, closed, proven bool) {
	i := tagvalue.SkipBlanks(text, end)
	if i == len(text) {
		return i, true, true
	}
	if text[i] == ';' {
		return i + 1, true, true
	}
	for i < len(text) && (strings.IndexByte(" \t\r\n;,:.|/\\\"'", text[i]) >= 0) {
		i++
	}
	if i == len(text) {
		return i, false, true
	}
	word := i
	for i < len(text) && text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' {
		i++
	}
	eq := tagvalue.SkipBlanks(text, i)
	return word, false, known(text[word:i]) && eq < len(text) && text[eq] == '='
}

// lateVersion finds the version behind other tags, or tells by the tags that a
// record without one is meant as DMARC.
func lateVersion(text string, tags []tagvalue.Tag) (Version, bool) {
	meant := false
	for _, t := range tags {
		value := t.Value.Of(text)
		switch strings.ToLower(t.Name.Of(text)) {
		case "v":
			if len(value) < 5 || !strings.EqualFold(value[:5], "DMARC") {
				return Version{}, false // another standard's record
			}
			return Version{
				Form: VersionLate, Span: tagvalue.Span{From: t.Name.From, To: t.Value.To}, Value: t.Value,
				Proven: strings.EqualFold(value, "DMARC1"),
			}, true
		case "p", "sp":
			meant = meant || ParsePolicy(value) != NoPolicy
		case "rua", "ruf":
			meant = meant || strings.HasPrefix(strings.ToLower(value), "mailto:")
		}
	}
	return Version{Form: VersionMissing, Proven: true}, meant
}

// mend gives tags that can be told although they are malformed their name and
// value: "p:none", "p none", and a name with a blank of another alphabet before
// it.
func mend(text string, tags []tagvalue.Tag) []tagvalue.Tag {
	mended := false
	for i := range tags {
		t := &tags[i]
		switch {
		case t.Faults.Has(tagvalue.NoEquals):
			word := t.Name.From
			for word < t.Name.To && text[word]|0x20 >= 'a' && text[word]|0x20 <= 'z' {
				word++
			}
			at := tagvalue.SkipBlanks(text, word)
			if at < t.Name.To && text[at] == ':' {
				at = tagvalue.SkipBlanks(text, at+1)
			}
			if word < at && at < t.Name.To && known(text[t.Name.From:word]) {
				t.Value = tagvalue.Span{From: at, To: t.Name.To}
				t.Name.To = word
				mended = true
			}
		case t.Faults.Has(tagvalue.BadName):
			from := tagvalue.SkipJunk(text[:t.Name.To], t.Name.From)
			if from > t.Name.From && known(text[from:t.Name.To]) {
				t.Name.From = from
				mended = true
			}
		}
	}
	if mended {
		relink(text, tags)
	}
	return tags
}

// relink finds the duplicates anew among the tags of the registry, of which
// some have got their names only now.
func relink(text string, tags []tagvalue.Tag) {
	var first [len(registry)]int // index + 1
	for i := range tags {
		t := &tags[i]
		n := number(t.Name.Of(text))
		if n < 0 || t.Value.From == t.Name.To {
			continue
		}
		t.First = i
		t.Faults &^= tagvalue.Duplicate
		if first[n] == 0 {
			first[n] = i + 1
			continue
		}
		t.First = first[n] - 1
		t.Faults |= tagvalue.Duplicate
	}
}

// Tag returns the first tag of the name, given in lower case.
func (r *Record) Tag(name string) (t tagvalue.Tag, ok bool) {
	for _, t := range r.Tags {
		if n := t.Name.Of(r.Text); len(n) == len(name) && strings.EqualFold(n, name) && !t.Faults.Has(tagvalue.Empty) && t.Value.From > t.Name.To {
			return t, true
		}
	}
	return tagvalue.Tag{}, false
}
