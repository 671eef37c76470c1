package bimi

import (
	"strings"

	"github.com/zonelint/zonelint/rules/tagvalue"
)

// Record is a BIMI assertion record as far as it can be read. Spans and offsets
// are octets of Text, the strings of the TXT record joined.
type Record struct {
	Text    string
	Version tagvalue.Version
	// Tags are those behind the version in their order; where the version is
	// not the first tag, all tags and the version among them.
	Tags []tagvalue.Tag
}

// value is the value of the only version.
const value = "BIMI1"

// tags are the names of the tags but for "v" (section 4.3).
var tags = [...]string{"l", "a", "avp", "lps"}

// known reports whether a name is that of a tag, in any case.
func known(name string) bool {
	for _, t := range tags {
		if strings.EqualFold(name, t) {
			return true
		}
	}
	return false
}

// grammar is that of DKIM (section 4.3), where the names of tags are
// case-sensitive (RFC 6376, section 3.2).
var grammar = tagvalue.Grammar{Known: known}

var versions = tagvalue.VersionGrammar{Value: value, Stem: "BIMI", Follows: func(text string) bool {
	name, _, ok := strings.Cut(text, "=")
	return ok && known(strings.TrimRight(name, " \t"))
}}

// Meant reports whether a text whose owner does not tell begins like a BIMI
// record. The first 40 octets are enough.
func Meant(text string) bool { return versions.Meant(text) }

// Parse reads the text of a TXT record. The record's Version.Form is NotMeant
// if the text is not meant as BIMI; whether it is valid is another question.
// With named false, for a text whose owner does not tell, only a text that
// begins with something like "v=BIMI1" is meant; with named true also one that
// has it elsewhere or not at all. Tags are appended to buf.
func Parse(text string, named bool, buf []tagvalue.Tag) Record {
	r := Record{Text: text, Version: versions.Leading(text, named)}
	if r.Version.Form == tagvalue.NotMeant && !named {
		return r
	}
	found := grammar.Scan(buf, text, r.Version.Rest)[len(buf):]
	if r.Version.Form == tagvalue.NotMeant {
		v, ok := lateVersion(text, found)
		if !ok {
			return r
		}
		r.Version = v
	}
	r.Tags = found
	return r
}

// lateVersion finds the version behind other tags, or tells by the tags that a
// record without one is meant as BIMI.
func lateVersion(text string, found []tagvalue.Tag) (tagvalue.Version, bool) {
	meant := false
	for i := range found {
		t := &found[i]
		switch v := t.Value.Of(text); strings.ToLower(t.Name.Of(text)) {
		case "v":
			if !versions.Meant(text[t.Name.From:t.Value.To]) {
				return tagvalue.Version{}, false // another standard's record
			}
			return tagvalue.Version{
				Form: tagvalue.VersionLate, Span: tagvalue.Span{From: t.Name.From, To: t.Value.To}, Semicolon: -1,
				Proven: strings.EqualFold(v, value),
			}, true
		case "l", "a":
			scheme, _, ok := tagvalue.CutScheme(v)
			meant = meant || ok && strings.EqualFold(scheme, "https")
		}
	}
	return tagvalue.Version{Form: tagvalue.VersionMissing, Semicolon: -1, Proven: true}, meant
}

// Tag returns the first tag of the name; nil if there is none.
func (r *Record) Tag(name string) *tagvalue.Tag {
	for i := range r.Tags {
		if t := &r.Tags[i]; t.Equals >= 0 && t.Name.Of(r.Text) == name {
			return t
		}
	}
	return nil
}

// folded returns the first tag whose name is the given one in any case; nil if
// there is none.
func (r *Record) folded(name string) *tagvalue.Tag {
	if t := r.Tag(name); t != nil {
		return t
	}
	for i := range r.Tags {
		if t := &r.Tags[i]; t.Equals >= 0 && strings.EqualFold(t.Name.Of(r.Text), name) {
			return t
		}
	}
	return nil
}

// Declined reports whether the record says that the domain takes no part in
// BIMI (section 4.3.1). The tag a is taken for empty if it is missing.
func (r *Record) Declined() bool {
	l, a := r.Tag("l"), r.Tag("a")
	return l != nil && l.Value.Empty() && (a == nil || a.Value.Empty())
}
