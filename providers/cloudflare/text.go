package cloudflare

import (
	"errors"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// parseText reads the content of a TXT record: quoted character-strings (RFC
// 1035, section 5.1), or, of older records, a text without quotes, which is
// taken as it stands. Strings of more than 255 octets are cut, as Cloudflare
// cuts them.
func parseText(content string) ([]string, error) {
	if !strings.HasPrefix(strings.TrimLeft(content, " \t"), `"`) {
		return cut(nil, content), nil
	}
	var out []string
	for rest := strings.Trim(content, " \t"); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		if rest[0] != '"' {
			return nil, errors.New("quoted and unquoted text in one content")
		}
		s, n, err := quoted(rest)
		if err != nil {
			return nil, err
		}
		out, rest = cut(out, s), rest[n:]
	}
	return out, nil
}

// quoted reads the quoted string at the start of s and says how long it is.
func quoted(s string) (text string, n int, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), i + 1, nil
		case c != '\\':
			b.WriteByte(c)
		case i+1 == len(s):
			return "", 0, errors.New("a quote is not closed")
		case !digit(s[i+1]):
			i++
			b.WriteByte(s[i])
		default:
			if i+3 >= len(s) || !digit(s[i+2]) || !digit(s[i+3]) {
				return "", 0, errors.New("a backslash with fewer than three digits")
			}
			v := int(s[i+1]-'0')*100 + int(s[i+2]-'0')*10 + int(s[i+3]-'0')
			if v > 255 {
				return "", 0, errors.New("a backslash with a number beyond 255")
			}
			b.WriteByte(byte(v))
			i += 3
		}
	}
	return "", 0, errors.New("a quote is not closed")
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// cut appends the text in strings of at most 255 octets.
func cut(out []string, text string) []string {
	for len(text) > zone.MaxString {
		out, text = append(out, text[:zone.MaxString]), text[zone.MaxString:]
	}
	return append(out, text)
}

// writeText writes the strings of a TXT record as content, each in quotes.
func writeText(r zone.Record) string {
	var parts []string
	for _, s := range r.Strings() {
		parts = append(parts, zone.Quote(s))
	}
	return strings.Join(parts, " ")
}
