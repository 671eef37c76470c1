package octodns

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// decoded is a text as octoDNS publishes it, with the place of each of its
// octets in the scalar that it was written as.
type decoded struct {
	text string
	at   []int32 // one more than the text has octets: where it ends
}

// decodeText makes the text of a TXT record of the value of a YAML scalar, in
// the order in which octoDNS does: a text that begins with a quotation mark
// loses its first and its last character, whatever that is; then each `" "`
// goes; and "\;" stands for ";". With plain semicolons those are escaped before
// all else, so that none stays as it is. Nothing else is unescaped.
func decodeText(value string, way Semicolons) string {
	if strings.IndexByte(value, '"') < 0 && strings.IndexByte(value, '\\') < 0 {
		return value
	}
	if value != "" && value[0] == '"' {
		_, last := utf8.DecodeLastRuneInString(value)
		if value = value[1:]; value != "" {
			value = value[:len(value)-last]
		}
	}
	value = strings.ReplaceAll(value, `" "`, "")
	if way != SemicolonsPlain {
		value = strings.ReplaceAll(value, `\;`, ";")
	}
	return value
}

// trace is decodeText with the places.
func trace(value string, way Semicolons) decoded {
	at := make([]int32, len(value)+1)
	for i := range at {
		at[i] = int32(i)
	}
	if value != "" && value[0] == '"' {
		_, last := utf8.DecodeLastRuneInString(value)
		value, at = value[1:], at[1:]
		if value != "" {
			value = value[:len(value)-last]
			at = at[:len(value)+1]
		}
	}
	drop := func(what string, keep int) {
		var b strings.Builder
		var places []int32
		i := 0
		for i < len(value) {
			if strings.HasPrefix(value[i:], what) {
				// What stays of it stands for all of it.
				for k := len(what) - keep; k < len(what); k++ {
					b.WriteByte(value[i+k])
					places = append(places, at[i])
				}
				i += len(what)
				continue
			}
			b.WriteByte(value[i])
			places = append(places, at[i])
			i++
		}
		value, at = b.String(), append(places, at[len(value)])
	}
	drop(`" "`, 0)
	if way != SemicolonsPlain {
		drop(`\;`, 1)
	}
	return decoded{value, at}
}

// encodeText is the reverse of decodeText; ok is false if no value gives the
// text.
func encodeText(text string, way Semicolons) (value string, ok bool) {
	value = text
	switch {
	case way == SemicolonsPlain:
	case strings.Contains(text, ";") && way == SemicolonsUnknown:
		return "", false
	default:
		value = strings.ReplaceAll(value, ";", `\;`)
	}
	if strings.HasPrefix(value, `"`) {
		value = `"` + value + `"`
	}
	return value, decodeText(value, way) == text && utf8.ValidString(value)
}

// bareSemicolon returns the offset of the first semicolon of a value that
// octoDNS refuses as unescaped: one right behind a word character. It is -1 if
// there is none.
func bareSemicolon(value string) int {
	for i := 0; i < len(value); i++ {
		if value[i] != ';' || i == 0 {
			continue
		}
		r, _ := utf8.DecodeLastRuneInString(value[:i])
		if r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) {
			return i
		}
	}
	return -1
}
