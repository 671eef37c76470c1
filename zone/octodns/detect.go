package octodns

import (
	"bytes"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// IsZone reports whether a file, or the beginning of one, looks like a zone of
// octoDNS: a mapping whose first entry that can be judged is a record with a
// type, or a list of such, and with no keys but those of a record.
func IsZone(src []byte) bool {
	owner := false   // an owner stands above
	indent := -1     // of the keys of its first record
	typed := false   // it has a type
	foreign := false // it has a key that no record has
	split := false   // the owner stands on a line of its own, behind "?"
	for line := range bytes.Lines(bytes.TrimPrefix(src, bom)) {
		text := strings.TrimRight(string(line), " \t\r\n")
		// As PyYAML writes owners such as the empty one.
		if key, ok := strings.CutPrefix(text, "? "); ok {
			split, text = true, strings.TrimLeft(key, " ")+":"
		} else if rest, ok := strings.CutPrefix(text, ":"); ok && split {
			split, text = false, " "+rest
		}
		bare := strings.TrimLeft(text, " ")
		if bare == "" || bare[0] == '#' || text == "---" || text[0] == '%' {
			continue
		}
		if bare[0] == '\t' || strings.IndexByte(text, 0) >= 0 {
			return false
		}
		column := len(text) - len(bare)
		item := strings.HasPrefix(bare, "- ")
		if item {
			rest := strings.TrimLeft(bare[2:], " ")
			column, bare = len(text)-len(rest), rest
		}
		if column == 0 || item && !owner {
			switch {
			case typed && !foreign:
				return true
			case item:
				return false // a list of something
			}
			key, rest, ok := cutKey(bare)
			if !ok || foreign && indent >= 0 {
				return false
			}
			owner, indent, typed, foreign = true, -1, false, false
			if strings.HasPrefix(rest, "&") {
				_, rest, _ = strings.Cut(rest, " ")
			}
			if flow := strings.TrimLeft(rest, " ["); strings.HasPrefix(flow, "{") {
				return flowRecord(flow)
			}
			if rest != "" && !strings.HasPrefix(rest, "!include") && rest[0] != '#' && key != "<<" {
				return false // a value right behind a key is no record
			}
			continue
		}
		if indent < 0 {
			indent = column
			if strings.HasPrefix(bare, "{") {
				return flowRecord(bare)
			}
		}
		if column != indent {
			continue
		}
		if item && typed && !foreign {
			return true
		}
		key, rest, ok := cutKey(bare)
		switch {
		case !ok || !slices.Contains(recordKeys, key):
			foreign = true
		case key == "type":
			typed = isType(strings.Trim(cutComment(rest), `"'`))
		}
	}
	return typed && !foreign
}

// recordKeys are the keys of a record.
var recordKeys = []string{"type", "ttl", "value", "values", "octodns", "geo", "dynamic", "<<"}

// cutKey splits a line of a block mapping.
func cutKey(line string) (key, rest string, ok bool) {
	if q := line[0]; q == '"' || q == '\'' {
		end := strings.IndexByte(line[1:], q)
		if end < 0 || !strings.HasPrefix(line[end+2:], ":") {
			return "", "", false
		}
		return line[1 : end+1], strings.TrimLeft(line[end+3:], " "), true
	}
	if key, ok = strings.CutSuffix(line, ":"); ok && !strings.Contains(key, ": ") {
		return key, "", true
	}
	key, rest, ok = strings.Cut(line, ": ")
	return key, strings.TrimLeft(rest, " "), ok
}

func cutComment(s string) string {
	s, _, _ = strings.Cut(s, " #")
	return strings.TrimSpace(s)
}

// flowRecord reports whether a flow mapping is a record.
func flowRecord(s string) bool {
	_, after, ok := strings.Cut(s, "type:")
	if !ok {
		return false
	}
	after = strings.TrimLeft(after, " ")
	return isType(strings.Trim(after[:strings.IndexAny(after+",", ",}#")], ` "'`))
}

// isType reports whether a word is a type as octoDNS writes it.
func isType(s string) bool {
	if s == "ALIAS" || s == "URLFWD" || strings.Contains(s, "/") {
		return true
	}
	_, ok := zone.ParseType(s)
	return ok && s == strings.ToUpper(s)
}

// IsConfig reports whether a file, or the beginning of one, looks like a
// configuration of octoDNS.
func IsConfig(src []byte) bool {
	var providers, zones, class bool
	for line := range bytes.Lines(bytes.TrimPrefix(src, bom)) {
		switch {
		case bytes.HasPrefix(line, []byte("providers:")):
			providers = true
		case bytes.HasPrefix(line, []byte("zones:")):
			zones = true
		case providers && !class:
			key, value, ok := bytes.Cut(line, []byte(":"))
			class = ok && strings.TrimSpace(string(key)) == "class" && bytes.Contains(value, []byte("octodns"))
		}
		if providers && (zones || class) {
			return true
		}
	}
	return false
}

var bom = []byte("\ufeff")
