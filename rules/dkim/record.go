package dkim

import (
	"strings"

	"github.com/zonelint/zonelint/rules/tagvalue"
)

// Record is a DKIM key record as far as it can be read. Spans and offsets are
// octets of Text, the strings of the TXT record joined (RFC 6376, section
// 3.6.2.2).
type Record struct {
	Text string
	// Meant says that the text is meant as a DKIM key; whether it is valid is
	// another question. Without it all else is empty.
	Meant bool
	// Debris says that quotes or backslashes are left in the text, which come of
	// escaping it twice. All else is then of little use.
	Debris bool
	// Tags are the tags in their order. A text that a missing semicolon spoils
	// is cut where the semicolon should be.
	Tags []tagvalue.Tag
	Key  Key
}

// known are the tags of RFC 6376, section 3.6.1, and those of its forerunners.
const known = "vhknpstgq"

// glue is the grammar for records that lack semicolons. The names of tags are
// case-sensitive (RFC 6376, section 3.2).
var glue = tagvalue.Grammar{Known: func(name string) bool {
	return len(name) == 1 && strings.Contains(known, name)
}}

// Parse reads the text of a TXT record at a selector. Everything that is wrong
// with it is told at once. Tags are appended to buf.
func Parse(text string, buf []tagvalue.Tag) Record {
	r := Record{Text: text}
	n := len(buf)
	r.Tags = tagvalue.Grammar{}.Scan(buf, text, 0)[n:]
	r.Key = r.readKey()
	if !r.meant() {
		return Record{Text: text}
	}
	r.Meant = true
	if (strings.IndexByte(text, '"') >= 0 || strings.IndexByte(text, '\\') >= 0) && r.debris() {
		r.Debris = true
		return r
	}
	if r.glued() {
		r.Tags = glue.Scan(r.Tags[:0], text, 0)
		r.Key = r.readKey()
	}
	return r
}

// Tag returns the first tag with a name of one letter, nil if there is none.
func (r *Record) Tag(name byte) *tagvalue.Tag {
	for i := range r.Tags {
		if t := &r.Tags[i]; t.Name.To-t.Name.From == 1 && r.Text[t.Name.From] == name && t.Equals >= 0 {
			return t
		}
	}
	return nil
}

// value returns the value of a tag, and the given default where it is missing.
func (r *Record) value(name byte, missing string) string {
	if t := r.Tag(name); t != nil {
		return t.Value.Of(r.Text)
	}
	return missing
}

// meant tells a key from other texts that someone put at a selector.
func (r *Record) meant() bool {
	start := strings.TrimLeft(r.Text[:min(len(r.Text), 64)], " \t\r\n\"'\\")
	if name, value, ok := strings.Cut(start, "="); ok && strings.EqualFold(strings.TrimSpace(name), "v") {
		value = strings.TrimLeft(value, " \t\"'")
		if len(value) >= 4 && strings.EqualFold(value[:4], "dkim") {
			return true
		}
	}
	if v := r.Tag('v'); v != nil {
		value := v.Value.Of(r.Text)
		if len(value) >= 4 && strings.EqualFold(value[:4], "dkim") {
			return true
		}
		return r.Key.sound() // else another standard's record
	}
	if k := strings.ToLower(r.value('k', "")); strings.HasPrefix(k, "rsa") || strings.HasPrefix(k, "ed25519") {
		return true
	}
	if p := r.Tag('p'); p != nil {
		return p.Value.Empty() && len(r.Tags) == 1 || r.Tag('k') != nil || keyLike(p.Value.Of(r.Text))
	}
	for i := range r.Tags {
		t := &r.Tags[i]
		if t.Faults.Has(tagvalue.NoEquals) && keyLike(t.Name.Of(r.Text)) {
			return true
		}
		if t.Name.To-t.Name.From == 1 && r.Text[t.Name.From] == 'P' && keyLike(t.Value.Of(r.Text)) {
			return true
		}
	}
	return false
}

// keyLike reports whether a text begins like a public key in base64: RSA keys
// in DER begin with the octets 30 81, 30 82 or 30 5c, whatever follows, and
// Ed25519 keys with 30 2a and their OID.
func keyLike(s string) bool {
	s = strings.TrimLeft(s, " \"'-")
	if n := len(s); n >= 40 && strings.ContainsAny(s[:4], " \t\r\n") {
		s = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s[:min(n, 12)]) + s[min(n, 12):]
	}
	return len(s) >= 40 && (strings.HasPrefix(s, "MI") || strings.HasPrefix(s, "MF") || strings.HasPrefix(s, "MH") || strings.HasPrefix(s, "MCowBQYDK2Vw") || strings.HasPrefix(s, "BEGIN ")) ||
		len(s) == 44 && s[43] == '=' && !strings.ContainsAny(s[:43], " =,;:.")
}

// debris reports whether quotes or backslashes stand outside of a note, which
// may hold them (RFC 6376, section 3.6.1, n=).
func (r *Record) debris() bool {
	for i := range r.Tags {
		t := &r.Tags[i]
		if t.Name.Of(r.Text) != "n" && strings.ContainsAny(t.Whole.Of(r.Text), `"\`) {
			return true
		}
	}
	return false
}

// glued reports whether the value of a tag holds what is another tag, so that
// a semicolon is missing. The equals sign stands in no value but that of p and
// of a note.
func (r *Record) glued() bool {
	for i := range r.Tags {
		t := &r.Tags[i]
		if t.Name.To-t.Name.From != 1 {
			if t.Equals >= 0 && strings.ContainsAny(t.Name.Of(r.Text), " \t,") {
				return true
			}
			continue
		}
		switch r.Text[t.Name.From] {
		case 'v', 'h', 'k', 's', 't', 'g', 'q':
			if strings.IndexByte(t.Value.Of(r.Text), '=') >= 0 {
				return true
			}
		case 'p':
			if r.Key.Form == KeyBadOctet {
				return true
			}
		case 'n':
			if r.Tag('p') == nil {
				return true
			}
		}
	}
	return false
}

// item is one word of a list parted by colons, as h, s and t have it.
type item struct{ from, to int }

// items returns the words of a tag's value without the blanks around them.
func (r *Record) items(t *tagvalue.Tag) []item {
	var out []item
	for from := t.Value.From; ; {
		to := t.Value.To
		if i := strings.IndexByte(r.Text[from:to], ':'); i >= 0 {
			to = from + i
		}
		it := item{from, to}
		for it.from < it.to && blank(r.Text[it.from]) {
			it.from++
		}
		for it.from < it.to && blank(r.Text[it.to-1]) {
			it.to--
		}
		out = append(out, it)
		if to == t.Value.To {
			return out
		}
		from = to + 1
	}
}

// lists reports whether a tag lists a word. The literals of the ABNF are not
// case-sensitive (RFC 5234, section 2.3).
func (r *Record) lists(t *tagvalue.Tag, words ...string) bool {
	for _, it := range r.items(t) {
		for _, w := range words {
			if strings.EqualFold(r.Text[it.from:it.to], w) {
				return true
			}
		}
	}
	return false
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
