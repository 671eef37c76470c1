package octodns

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/zone"
)

// written is a value as it is to be written: a text, or keys with their texts.
type written struct {
	text string
	keys []keyText
}

// keyText is a key of a value, and what stands behind it. A number is written
// without quotes.
type keyText struct {
	key, text string
	number    bool
}

// render returns how the value of a record is written.
func render(r zone.Record, way Semicolons) (written, error) {
	switch r.Type {
	case zone.TypeA, zone.TypeAAAA:
		if a := r.Addr(); a.IsValid() {
			return written{text: a.String()}, nil
		}
	case zone.TypeNS, zone.TypeCNAME, zone.TypePTR, zone.TypeDNAME:
		if t := r.Target(); t != "" {
			return written{text: t.String()}, nil
		}
	case zone.TypeTXT, zone.TypeSPF:
		v, ok := encodeText(r.Text(), way)
		if ok {
			return written{text: v}, nil
		}
		if way == SemicolonsUnknown {
			return written{}, fmt.Errorf("%s %s: %w", r.Name, r.Type, ErrSemicolons)
		}
		return written{}, fmt.Errorf("%s %s: octoDNS has no way to write this text", r.Name, r.Type)
	default:
		if keys, ok := renderFields(r); ok {
			return written{keys: keys}, nil
		}
	}
	return written{}, fmt.Errorf("%s %s: %w", r.Name, r.Type, ErrType)
}

// renderFields returns the fields of a value that is a mapping, in the order of
// the RDATA.
func renderFields(r zone.Record) ([]keyText, bool) {
	var out []keyText
	d := r.Data
	for _, f := range fieldsOf[r.Type] {
		k := keyText{key: f.keys[0]}
		switch f.kind {
		case numberField:
			if len(d) < 2 {
				return nil, false
			}
			k.text, k.number, d = strconv.Itoa(int(d[0])<<8|int(d[1])), true, d[2:]
		case octetField:
			if len(d) < 1 {
				return nil, false
			}
			k.text, k.number, d = strconv.Itoa(int(d[0])), true, d[1:]
		case targetField:
			if d == "" {
				return nil, false
			}
			k.text, d = zone.Name(d).String(), ""
		case tagField, stringField:
			if len(d) < 1 || len(d) < 1+int(d[0]) {
				return nil, false
			}
			k.text, d = d[1:1+int(d[0])], d[1+int(d[0]):]
		case restField:
			k.text, d = d, ""
		case hexField:
			k.text, d = hex.EncodeToString([]byte(d)), ""
		}
		out = append(out, k)
	}
	return out, len(out) > 0 && d == ""
}

// sorted returns the keys in the order in which octoDNS wants them.
func (w written) sorted() []keyText {
	keys := slices.Clone(w.keys)
	slices.SortFunc(keys, func(a, b keyText) int { return compareNatural(a.key, b.key) })
	return keys
}

// yaml returns the text of a scalar in YAML.
func (k keyText) yaml(flow bool) string {
	if k.number {
		return k.text
	}
	return scalarText(k.text, 0, flow)
}

// flow returns the value in flow style.
func (w written) flow() string {
	if w.keys == nil {
		return scalarText(w.text, 0, true)
	}
	var parts []string
	for _, k := range w.sorted() {
		parts = append(parts, k.key+": "+k.yaml(true))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// block returns the value in block style: the first line without indentation,
// the others with indent blanks.
func (w written) block(indent int, eol string) string {
	if w.keys == nil {
		return scalarText(w.text, 0, false)
	}
	var parts []string
	for _, k := range w.sorted() {
		parts = append(parts, k.key+": "+k.yaml(false))
	}
	return strings.Join(parts, eol+strings.Repeat(" ", indent))
}

// scalarText writes a scalar, in the style given where that can hold it.
func scalarText(s string, style yaml.Style, flow bool) string {
	single := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	switch {
	case !printable(s) || style&yaml.DoubleQuotedStyle != 0:
		return doubleQuoted(s)
	case style&yaml.SingleQuotedStyle != 0 || !plainSafe(s, flow):
		return single
	}
	return s
}

// printable reports whether a text can stand in quotes as it is.
func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, c := range s {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x2028 || c == 0x2029 || c == 0xfeff || c > 0xffff {
			return false
		}
	}
	return true
}

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, c)
		case !printable(string(c)):
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plainSafe reports whether a text can stand without quotes and be read as that
// text, by YAML 1.1 and by 1.2.
func plainSafe(s string, flow bool) bool {
	if s == "" || strings.IndexByte("-?:,[]{}#&*!|>'\"%@`= \t", s[0]) >= 0 || resolvePlain(s) != textValue || s == "..." {
		return false
	}
	if strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") || strings.HasSuffix(s, " ") || strings.Contains(s, "\t") {
		return false
	}
	if flow && (strings.ContainsAny(s, ",[]{}") || strings.Contains(s, ":")) {
		return false
	}
	switch s {
	case "y", "Y", "n", "N": // that YAML 1.1 has for true and false, and PyYAML not
		return false
	}
	return ascii(s)
}

// layoutStyle is how a file indents.
type layoutStyle struct {
	eol  string
	step int // of a mapping within a mapping
	// records and values are how far a list is indented within the mapping that
	// has it: a list of records, and one of values.
	records, values int
	blanks          bool // blank lines stand between owners
}

// record returns a record in block style. Its first line has no indentation, the
// others have indent blanks.
func (l layoutStyle) record(rs []zone.Record, p Provider, indent int) (string, error) {
	margin := l.eol + strings.Repeat(" ", indent)
	var b strings.Builder
	if rs[0].TTL != p.ttl() {
		fmt.Fprintf(&b, "ttl: %d%s", rs[0].TTL, margin)
	}
	b.WriteString("type: " + scalarText(rs[0].Type.String(), 0, false) + margin)
	if len(rs) == 1 {
		w, err := render(rs[0], p.Semicolons)
		if err != nil {
			return "", err
		}
		b.WriteString("value:")
		if w.keys != nil {
			b.WriteString(margin + strings.Repeat(" ", l.step))
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(w.block(indent+l.step, l.eol))
		return b.String(), nil
	}
	b.WriteString("values:")
	for _, r := range rs {
		w, err := render(r, p.Semicolons)
		if err != nil {
			return "", err
		}
		b.WriteString(margin + strings.Repeat(" ", l.values) + "- " + w.block(indent+l.values+2, l.eol))
	}
	return b.String(), nil
}

// flowRecord returns a record in flow style.
func writeFlowRecord(rs []zone.Record, p Provider) (string, error) {
	var parts []string
	if rs[0].TTL != p.ttl() {
		parts = append(parts, fmt.Sprintf("ttl: %d", rs[0].TTL))
	}
	parts = append(parts, "type: "+scalarText(rs[0].Type.String(), 0, true))
	var values []string
	for _, r := range rs {
		w, err := render(r, p.Semicolons)
		if err != nil {
			return "", err
		}
		values = append(values, w.flow())
	}
	if len(values) == 1 {
		parts = append(parts, "value: "+values[0])
	} else {
		parts = append(parts, "values: ["+strings.Join(values, ", ")+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}
