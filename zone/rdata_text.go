package zone

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"
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
	case TypeCAA:
		if f := caaFields(r.Data); f != nil {
			return f
		}
		return r.genericFields()
	}
	if f := r.knownFields(); f != nil {
		return f
	}
	return r.genericFields()
}

// genericFields is the presentation that every type has (RFC 3597, section 5).
func (r Record) genericFields() []string {
	f := []string{`\#`, strconv.Itoa(len(r.Data))}
	if len(r.Data) > 0 {
		f = append(f, hex.EncodeToString([]byte(r.Data)))
	}
	return f
}

// knownFields is the presentation of miekg/dns; nil for a type that it does not
// know, and for RDATA that it would not read again as they are: it takes a
// backslash in some fields for an escape.
func (r Record) knownFields() []string {
	rr, err := r.RR()
	if err != nil {
		return nil
	}
	if _, unknown := rr.(*dns.RFC3597); unknown {
		return nil
	}
	text := strings.TrimPrefix(rr.String(), rr.Header().String())
	again, err := dns.NewRR(". 0 IN " + r.Type.String() + " " + text)
	if err != nil || again == nil {
		return nil
	}
	if o, err := FromRR(again); err != nil || o.Data != r.Data {
		return nil
	}
	return splitFields(text)
}

// caaFields are the flags, the tag and the value (RFC 8659, section 4.1); nil
// if the tag is not of letters and digits.
func caaFields(data string) []string {
	if len(data) < 2 || len(data) < 2+int(data[1]) {
		return nil
	}
	tag, value := data[2:2+int(data[1])], data[2+int(data[1]):]
	for i := range len(tag) {
		if c := tag[i] | 0x20; (c < 'a' || c > 'z') && !digit(tag[i]) {
			return nil
		}
	}
	if tag == "" {
		return nil
	}
	return []string{strconv.Itoa(int(data[0])), tag, Quote(value)}
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
