package domainconnect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// value is a JSON value that knows where it stands.
type value struct {
	offset  int
	kind    kind
	text    string // of a string or a number
	yes     bool   // of a boolean
	members []member
	items   []value
}

type member struct {
	key    string
	offset int // of the key
	value  value
}

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// String says what a value is.
func (k kind) String() string {
	return [...]string{"null", "true or false", "a number", "text", "a list", "an object"}[k]
}

// syntaxError is what is wrong with a JSON file, and at which octet.
type syntaxError struct {
	offset  int
	message string
}

func (e *syntaxError) Error() string { return e.message }

// parseJSON reads the only JSON value of a file.
func parseJSON(src []byte) (value, *syntaxError) {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return value{}, &syntaxError{i, fmt.Sprintf("the octet 0x%02x is not UTF-8, which JSON is written in", src[i])}
		}
		i += n
	}
	var all json.RawMessage
	if err := json.Unmarshal(src, &all); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at := max(int(syntax.Offset)-1, 0)
			if strings.HasPrefix(syntax.Error(), "unexpected end") {
				at = len(src)
			}
			return value{}, &syntaxError{at, "this is no JSON: " + syntax.Error()}
		}
		return value{}, &syntaxError{0, "this is no JSON: " + err.Error()}
	}
	d := &reader{src: src, Decoder: json.NewDecoder(bytes.NewReader(src))}
	d.UseNumber()
	return d.value(d.token()), nil
}

// reader reads tokens of a file that is known to be JSON.
type reader struct {
	*json.Decoder
	src []byte
}

// token returns the next token and the offset of its first octet.
func (d *reader) token() (json.Token, int) {
	at := int(d.InputOffset())
	for at < len(d.src) && bytes.IndexByte([]byte(" \t\r\n,:"), d.src[at]) >= 0 {
		at++
	}
	t, err := d.Token()
	if err != nil {
		return nil, at // the file was checked
	}
	return t, at
}

func (d *reader) value(t json.Token, at int) value {
	v := value{offset: at}
	switch t := t.(type) {
	case bool:
		v.kind, v.yes = boolean, t
	case json.Number:
		v.kind, v.text = number, t.String()
	case string:
		v.kind, v.text = text, t
	case json.Delim:
		if t == '[' {
			v.kind = list
			for d.More() {
				v.items = append(v.items, d.value(d.token()))
			}
		} else {
			v.kind = object
			for d.More() {
				k, at := d.token()
				key, _ := k.(string)
				v.members = append(v.members, member{key, at, d.value(d.token())})
			}
		}
		d.token() // the bracket that closes
	}
	return v
}
