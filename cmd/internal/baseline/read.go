package baseline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/zonelint/zonelint/rules"
)

// MaxSize is how many octets of a baseline are read, and MaxCount the largest
// count of an entry.
const (
	MaxSize  = 256 << 20
	MaxCount = 1 << 20
)

// FormatError is what is wrong with the content of a baseline, and where.
type FormatError struct {
	Line, Column int // from 1; columns in octets
	Message      string
}

func (e *FormatError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message) }

// Read reads a baseline. A mistake in it is a *FormatError.
func Read(r io.Reader) ([]Entry, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, &FormatError{1, 1, fmt.Sprintf("this is more than %d octets, which no baseline has", MaxSize)}
	}
	d := &decoder{text: text, json: json.NewDecoder(bytes.NewReader(text))}
	d.json.DisallowUnknownFields()
	entries, err := d.file()
	if err != nil {
		return nil, err
	}
	return entries, nil
}

type decoder struct {
	text []byte
	json *json.Decoder
}

// fail is a mistake at an offset.
func (d *decoder) fail(at int64, format string, args ...any) error {
	at = min(max(at, 0), int64(len(d.text)))
	before := d.text[:at]
	line := bytes.Count(before, []byte{'\n'})
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return &FormatError{line + 1, column, fmt.Sprintf(format, args...)}
}

// next returns where the next value begins.
func (d *decoder) next() int64 {
	at := d.json.InputOffset()
	for at < int64(len(d.text)) && bytes.IndexByte([]byte(" \t\r\n,:"), d.text[at]) >= 0 {
		at++
	}
	return at
}

// broken says what the JSON package does not like.
func (d *decoder) broken(at int64, err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return d.fail(max(at, syntax.Offset-1), "this is no JSON: %v", err)
	case errors.As(err, &typ):
		return d.fail(at, "%s is no %s", typ.Field, typ.Value)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return d.fail(int64(len(d.text)), "the file ends too early")
	}
	return d.fail(at, "%v", err)
}

func (d *decoder) delim(want json.Delim) error {
	at := d.next()
	tok, err := d.json.Token()
	if err != nil {
		return d.broken(at, err)
	}
	if tok != want {
		return d.fail(at, "%q is missing here", want.String())
	}
	return nil
}

func (d *decoder) file() ([]Entry, error) {
	if err := d.delim('{'); err != nil {
		return nil, err
	}
	var entries []Entry
	var version int
	seen := map[string]bool{}
	for d.json.More() {
		at := d.next()
		tok, err := d.json.Token()
		if err != nil {
			return nil, d.broken(at, err)
		}
		name, _ := tok.(string)
		if seen[name] {
			return nil, d.fail(at, "%q stands here again", name)
		}
		seen[name] = true
		switch name {
		case "version":
			at := d.next()
			if err := d.json.Decode(&version); err != nil {
				return nil, d.broken(at, err)
			}
			if version != Version {
				return nil, d.fail(at, "version %d is not known here, only %d is; use the zonelint that wrote the file, or write it anew", version, Version)
			}
		case "findings":
			if entries, err = d.entries(); err != nil {
				return nil, err
			}
		default:
			return nil, d.fail(at, "a baseline has no %q", name)
		}
	}
	if err := d.delim('}'); err != nil {
		return nil, err
	}
	for _, name := range []string{"version", "findings"} {
		if !seen[name] {
			return nil, d.fail(d.json.InputOffset(), "%q is missing", name)
		}
	}
	if at := d.next(); at < int64(len(d.text)) {
		return nil, d.fail(at, "the file goes on behind its end")
	}
	return entries, nil
}

var printed = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (d *decoder) entries() ([]Entry, error) {
	if err := d.delim('['); err != nil {
		return nil, err
	}
	entries := []Entry{}
	for d.json.More() {
		at := d.next()
		var e Entry
		if err := d.json.Decode(&e); err != nil {
			return nil, d.broken(at, err)
		}
		_, level := rules.ParseSeverity(e.Severity)
		switch {
		case !printed.MatchString(string(e.Fingerprint)):
			return nil, d.fail(at, "this finding has no fingerprint of 32 hexadecimal digits")
		case !level:
			return nil, d.fail(at, "this finding has no severity: error, warning or info")
		case e.Count < 1 || e.Count > MaxCount:
			return nil, d.fail(at, "this finding has no count of at least 1")
		}
		entries = append(entries, e)
	}
	return entries, d.delim(']')
}
