package zone

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Fields returns the RDATA in presentation format, one element a field, with
// absolute names and quoted strings, so that joined by blanks they can stand in
// a master file (RFC 1035, section 5.1; RFC 3597, section 5 for what is not
// known better).
func (r Record) Fields() []string { return r.FieldsUnder("") }

// FieldsUnder is Fields with the names below origin written relative to it.
func (r Record) FieldsUnder(origin Name) []string {
	switch r.Type {
	case TypeA, TypeAAAA:
		if a := r.Addr(); a.IsValid() {
			return []string{a.String()}
		}
	case TypeNS, TypeCNAME, TypePTR, TypeDNAME:
		if t := r.Target(); t != "" {
			return []string{t.Relative(origin)}
		}
	case TypeMX:
		if t := r.Target(); t != "" {
			return []string{strconv.Itoa(int(r.Preference())), t.Relative(origin)}
		}
	case TypeSRV:
		if t := r.Target(); t != "" {
			p, w, port := r.SRV()
			return []string{strconv.Itoa(int(p)), strconv.Itoa(int(w)), strconv.Itoa(int(port)), t.Relative(origin)}
		}
	case TypeSOA:
		if s, ok := r.SOA(); ok {
			f := []string{s.MName.Relative(origin), s.RName.Relative(origin)}
			for _, n := range []uint32{s.Serial, s.Refresh, s.Retry, s.Expire, s.Minimum} {
				f = append(f, strconv.FormatUint(uint64(n), 10))
			}
			return f
		}
	case TypeTXT, TypeSPF:
		var f []string
		for _, s := range r.Strings() {
			f = append(f, Quote(s))
		}
		return f
	}
	return r.otherFields()
}

// otherFields takes the presentation of miekg/dns for the types that it knows.
// Its RFC 3597 form of the others has no header to cut off either.
func (r Record) otherFields() []string {
	if rr, err := r.RR(); err == nil {
		text := strings.TrimPrefix(rr.String(), rr.Header().String())
		if text != "" && !strings.HasPrefix(text, `\#`) {
			return splitFields(text)
		}
	}
	f := []string{`\#`, strconv.Itoa(len(r.Data))}
	if len(r.Data) > 0 {
		f = append(f, hex.EncodeToString([]byte(r.Data)))
	}
	return f
}

// splitFields splits at blanks outside quotes.
func splitFields(s string) []string {
	var out []string
	for s = strings.TrimLeft(s, " \t"); s != ""; s = strings.TrimLeft(s, " \t") {
		end, quoted := 0, false
		for ; end < len(s) && (quoted || s[end] != ' ' && s[end] != '\t'); end++ {
			switch {
			case s[end] == '\\' && end+1 < len(s):
				end++
			case s[end] == '"':
				quoted = !quoted
			}
		}
		out = append(out, s[:end])
		s = s[end:]
	}
	return out
}

// RData returns the RDATA in presentation format on one line.
func (r Record) RData() string { return strings.Join(r.Fields(), " ") }

// String returns the record as a line of a master file.
func (r Record) String() string {
	return fmt.Sprintf("%s %d %s %s %s", r.Name, r.TTL, r.Class, r.Type, r.RData())
}

// Quote returns a character-string in quotes, with what cannot stand there
// escaped (RFC 1035, section 5.1).
func Quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
