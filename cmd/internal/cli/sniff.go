package cli

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// guess is what the name of a file found in a folder says about it.
type guess int

const (
	noZone    guess = iota
	maybeZone       // its content must show that it is one
	likeZone        // one, unless its content shows that it is something else
	surelyZone
)

// zoneName guesses by the name of a file. Copies that editors and name servers
// leave behind are no zones; other programs use .db too.
func zoneName(name string) guess {
	lower := strings.ToLower(name)
	for _, end := range []string{"~", ".bak", ".orig", ".rej", ".swp", ".jnl", ".jbk"} {
		if strings.HasSuffix(lower, end) {
			return noZone
		}
	}
	switch {
	case strings.HasSuffix(lower, ".zone"):
		return surelyZone
	case strings.HasSuffix(lower, ".db"), strings.HasSuffix(lower, ".hosts"), strings.HasPrefix(name, "db."):
		return likeZone
	}
	return maybeZone
}

// sniffSize is how much of a file is looked at to tell whether it is a zone.
const sniffSize = 8 << 10

// looksLikeMarkup reports whether a text is XML, HTML or JSON, whose first
// character begins no entry of a master file that anyone writes.
func looksLikeMarkup(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return len(head) > 0 && (head[0] == '<' || head[0] == '{' || head[0] == '[')
}

// looksLikeZone reports whether a text is the beginning of a master file: its
// first entry is a directive or a record, and it has an SOA record or $ORIGIN.
// Both are asked for, since documents and scripts may quote a zone.
func looksLikeZone(head []byte) bool {
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	first := true
	for line := range bytes.Lines(head) {
		text, _, _ := strings.Cut(string(line), ";")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		typ := entryType(text, fields)
		if first && typ == "" {
			return false
		}
		first = false
		if typ == "SOA" || typ == "$ORIGIN" {
			return true
		}
	}
	return false
}

// entryType returns the directive or the RR type of a line, "" if it is the
// start of neither.
func entryType(line string, fields []string) string {
	if strings.HasPrefix(fields[0], "$") {
		switch d := strings.ToUpper(fields[0]); d {
		case "$ORIGIN", "$TTL", "$INCLUDE", "$GENERATE":
			if len(fields) > 1 {
				return d
			}
		}
		return ""
	}
	if line[0] != ' ' && line[0] != '\t' {
		fields = fields[1:]
	}
	for i, f := range fields {
		switch upper := strings.ToUpper(f); {
		case upper == "IN" || upper == "CH" || upper == "HS" || ttl(f):
		default:
			_, ok := zone.ParseType(upper)
			if !ok || i+1 == len(fields) || upper == "SOA" && !soaData(fields[i+1:]) {
				return ""
			}
			return upper
		}
	}
	return ""
}

// soaData reports whether words can be the first line of the RDATA of an SOA
// record: two names and a number, or a parenthesis before that. Prose may speak
// of SOA records too.
func soaData(fields []string) bool {
	for i, f := range fields[:min(3, len(fields))] {
		if strings.HasPrefix(f, "(") || i == 2 && f[0] >= '0' && f[0] <= '9' {
			return true
		}
	}
	return false
}

// ttl reports whether a word is a TTL: a number, or numbers with units.
func ttl(s string) bool {
	if _, err := strconv.ParseUint(s, 10, 32); err == nil {
		return true
	}
	return s[0] >= '0' && s[0] <= '9' && strings.Trim(strings.ToLower(s), "0123456789smhdw") == ""
}
