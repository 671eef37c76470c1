package transport

import (
	"strings"

	"github.com/zonelint/zonelint/rules/tagvalue"
)

// Record is an MTA-STS or TLS-RPT record as far as it can be read. Spans and
// offsets are octets of Text, the strings of the TXT record joined.
type Record struct {
	Text    string
	Version tagvalue.Version
	// Fields are those behind the version in their order; where the version is
	// not the first field, all fields and the version among them. A field whose
	// "=" can be told although it is malformed ("id:1") has its Name and Value
	// set and keeps its Faults.
	Fields []tagvalue.Tag
}

// Parse reads the text of a TXT record. The record's Version.Form is NotMeant
// if the text is not meant as the standard's; whether it is valid is another
// question. With named false, for a text whose owner does not tell, only a text
// that begins with something like the version is meant; with named true also
// one that has it elsewhere or not at all. Fields are appended to buf.
func (s *Standard) Parse(text string, named bool, buf []tagvalue.Tag) Record {
	r := Record{Text: text, Version: s.leadingVersion(text, named)}
	if r.Version.Form == tagvalue.NotMeant && !named {
		return r
	}
	fields := s.grammar.Scan(buf, text, r.Version.Rest)[len(buf):]
	if r.Version.Form == tagvalue.NotMeant {
		v, ok := s.lateVersion(text, fields)
		if !ok {
			return r
		}
		r.Version = v
	}
	s.mend(text, fields)
	r.Fields = fields
	return r
}

// Meant reports whether a text whose owner does not tell begins like one of the
// standard's. The first 40 octets are enough.
func (s *Standard) Meant(text string) bool { return s.version.Meant(text) }

// leadingVersion reads the version at the start of a text, in which no blank may
// stand beside the "=" either: the ABNF has "v=STSv1" in one piece.
func (s *Standard) leadingVersion(text string, named bool) tagvalue.Version {
	v := s.version.Leading(text, named)
	if v.Loose && (v.Valid() || v.Form == tagvalue.VersionUnclosed || v.Form == tagvalue.VersionBehind) {
		v.Form = tagvalue.VersionCase
	}
	return v
}

// lateVersion finds the version behind other fields, or tells by the fields
// that a record without one is meant as the standard's.
func (s *Standard) lateVersion(text string, fields []tagvalue.Tag) (tagvalue.Version, bool) {
	meant := false
	for _, f := range fields {
		value := f.Value.Of(text)
		switch name := f.Name.Of(text); {
		case strings.EqualFold(name, "v"):
			if !s.Meant(text[f.Name.From:f.Value.To]) {
				return tagvalue.Version{}, false // another standard's record
			}
			return tagvalue.Version{
				Form: tagvalue.VersionLate, Span: tagvalue.Span{From: f.Name.From, To: f.Value.To}, Semicolon: -1,
				Proven: strings.EqualFold(value, s.Version),
			}, true
		case !strings.EqualFold(name, s.field):
		case s == STS:
			meant = meant || validID(value)
		default:
			meant = meant || foldPrefix(value, "mailto:") || foldPrefix(value, "https:")
		}
	}
	return tagvalue.Version{Form: tagvalue.VersionMissing, Semicolon: -1, Proven: true}, meant
}

// mend gives the standard's field its name and value where a colon or a blank
// stands in place of the "=".
func (s *Standard) mend(text string, fields []tagvalue.Tag) {
	for i := range fields {
		f := &fields[i]
		if !f.Faults.Has(tagvalue.NoEquals) || !foldPrefix(f.Name.Of(text), s.field) {
			continue
		}
		word := f.Name.From + len(s.field)
		at := tagvalue.SkipBlanks(text, word)
		if at < f.Name.To && text[at] == ':' {
			at = tagvalue.SkipBlanks(text, at+1)
		}
		if word < at && at < f.Name.To {
			f.Value = tagvalue.Span{From: at, To: f.Name.To}
			f.Name.To = word
		}
	}
}

// is reports whether a field has exactly this name and can be told from its
// value.
func (r *Record) is(f *tagvalue.Tag, name string) bool {
	return f.Name.Of(r.Text) == name && f.Value.From > f.Name.To
}

// first returns the first field of the name; nil if there is none.
func (r *Record) first(name string) *tagvalue.Tag {
	for i := range r.Fields {
		if f := &r.Fields[i]; r.is(f, name) {
			return f
		}
	}
	return nil
}

// own returns the field that the standard requires, in capitals if there is
// none in small letters; nil if there is neither.
func (r *Record) own(s *Standard) *tagvalue.Tag {
	if f := r.first(s.field); f != nil {
		return f
	}
	for i := range r.Fields {
		if f := &r.Fields[i]; f.Value.From > f.Name.To && strings.EqualFold(f.Name.Of(r.Text), s.field) {
			return f
		}
	}
	return nil
}

// foldPrefix reports whether s begins with prefix in any case.
func foldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && s[0]|0x20 == prefix[0]|0x20 && strings.EqualFold(s[:len(prefix)], prefix)
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// validID reports whether s is an id of MTA-STS: 1 to 32 letters and digits
// (RFC 8461, section 3.1, sts-id).
func validID(s string) bool {
	for i := 0; i < len(s); i++ {
		if !alphanumeric(s[i]) {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

// validName is sts-ext-name and tlsrpt-ext-name.
func validName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !alphanumeric(s[i]) && (i == 0 || s[i] != '_' && s[i] != '-' && s[i] != '.') {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

// badValue returns the offset of the first octet that sts-ext-value and
// tlsrpt-ext-value exclude, -1 if there is none.
func badValue(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '=' {
			return i
		}
	}
	return -1
}
