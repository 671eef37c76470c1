package zone

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// MaxString is the most octets that one character-string holds (RFC 1035,
// section 3.3).
const MaxString = 255

// NewName makes a record whose RDATA is one domain name: CNAME, NS, PTR, DNAME.
func NewName(name Name, t Type, ttl uint32, target Name) Record {
	return Record{Name: name, Type: t, Class: ClassIN, TTL: ttl, Data: string(target)}
}

// NewMX makes an MX record (RFC 1035, section 3.3.9).
func NewMX(name Name, ttl uint32, preference uint16, exchange Name) Record {
	data := binary.BigEndian.AppendUint16(nil, preference)
	return Record{Name: name, Type: TypeMX, Class: ClassIN, TTL: ttl, Data: string(data) + string(exchange)}
}

// NewSRV makes an SRV record (RFC 2782).
func NewSRV(name Name, ttl uint32, priority, weight, port uint16, target Name) Record {
	data := binary.BigEndian.AppendUint16(nil, priority)
	data = binary.BigEndian.AppendUint16(data, weight)
	data = binary.BigEndian.AppendUint16(data, port)
	return Record{Name: name, Type: TypeSRV, Class: ClassIN, TTL: ttl, Data: string(data) + string(target)}
}

// NewAddress makes an A or AAAA record (RFC 1035, section 3.4.1; RFC 3596,
// section 2.2).
func NewAddress(name Name, ttl uint32, addr netip.Addr) Record {
	t := TypeAAAA
	if addr = addr.Unmap(); addr.Is4() {
		t = TypeA
	}
	return Record{Name: name, Type: t, Class: ClassIN, TTL: ttl, Data: string(addr.AsSlice())}
}

// NewTXT makes a TXT record of a text of any length, cut into strings of at
// most 255 octets.
func NewTXT(name Name, ttl uint32, text string) Record {
	return Record{Name: name, Type: TypeTXT, Class: ClassIN, TTL: ttl, Data: TextData(text)}
}

// TextData returns the RDATA of a TXT record with this text, cut into strings
// of at most 255 octets. The text is at most 65,000 octets.
func TextData(text string) string {
	var b strings.Builder
	for first := true; first || text != ""; first = false {
		n := min(len(text), MaxString)
		b.WriteByte(byte(n))
		b.WriteString(text[:n])
		text = text[n:]
	}
	return b.String()
}

// StringsData returns the RDATA of a TXT record with these strings as they
// are; each has at most 255 octets.
func StringsData(strs []string) string {
	var b strings.Builder
	for _, s := range strs {
		b.WriteByte(byte(len(s)))
		b.WriteString(s)
	}
	return b.String()
}

// Target returns the domain name that the RDATA points at: of NS, CNAME, PTR,
// DNAME, MX and SRV records. It is "" for other types.
func (r Record) Target() Name {
	switch r.Type {
	case TypeNS, TypeCNAME, TypePTR, TypeDNAME:
		return Name(r.Data)
	case TypeMX:
		if len(r.Data) > 2 {
			return Name(r.Data[2:])
		}
	case TypeSRV:
		if len(r.Data) > 6 {
			return Name(r.Data[6:])
		}
	}
	return ""
}

// WithTarget returns the record with another domain name in its RDATA; r must
// be of a type that Target knows.
func (r Record) WithTarget(target Name) Record {
	r.Data = r.Data[:len(r.Data)-len(r.Target())] + string(target)
	return r
}

// Preference returns the preference of an MX record.
func (r Record) Preference() uint16 {
	if r.Type != TypeMX || len(r.Data) < 2 {
		return 0
	}
	return uint16(r.Data[0])<<8 | uint16(r.Data[1])
}

// SRV returns the fields of an SRV record before its target (RFC 2782).
func (r Record) SRV() (priority, weight, port uint16) {
	if r.Type != TypeSRV || len(r.Data) < 6 {
		return 0, 0, 0
	}
	d := []byte(r.Data[:6])
	return binary.BigEndian.Uint16(d), binary.BigEndian.Uint16(d[2:]), binary.BigEndian.Uint16(d[4:])
}

// Addr returns the address of an A or AAAA record; the zero Addr for others.
func (r Record) Addr() netip.Addr {
	if r.Type == TypeA || r.Type == TypeAAAA {
		if a, ok := netip.AddrFromSlice([]byte(r.Data)); ok {
			return a
		}
	}
	return netip.Addr{}
}

// Text returns the strings of a TXT or SPF record joined without anything
// between them, as the readers of SPF, DKIM and DMARC do (RFC 7208, section
// 3.3; RFC 6376, section 3.6.2.2; RFC 9989, section 4.5).
func (r Record) Text() string {
	d := r.Data
	if len(d) > 0 && int(d[0]) == len(d)-1 {
		return d[1:] // one string: no copy
	}
	var b strings.Builder
	b.Grow(len(d))
	for len(d) > 0 {
		n := min(int(d[0]), len(d)-1)
		b.WriteString(d[1 : 1+n])
		d = d[1+n:]
	}
	return b.String()
}

// TextPrefix returns the first octets of Text, at most n, without a copy where
// the first string has them.
func (r Record) TextPrefix(n int) string {
	if len(r.Data) > n && int(r.Data[0]) >= n {
		return r.Data[1 : 1+n]
	}
	s := r.Text()
	return s[:min(n, len(s))]
}

// Strings returns the character-strings of a TXT or SPF record.
func (r Record) Strings() []string {
	var out []string
	for d := r.Data; len(d) > 0; {
		n := min(int(d[0]), len(d)-1)
		out = append(out, d[1:1+n])
		d = d[1+n:]
	}
	return out
}

// WithText returns the record with its text replaced from octet from to octet
// to, keeping the strings outside of that as they are cut, so that an editor
// touches nothing else. A string that grows too long is cut again.
func (r Record) WithText(from, to int, text string) Record {
	var out []string
	at := 0
	placed := false
	for _, s := range r.Strings() {
		end := at + len(s)
		a, b := max(from, at)-at, min(to, end)-at // the part of s that goes
		switch {
		case from > end || to < at || (from == end && from != to) || (to == at && from != to):
			out = append(out, s)
		case !placed:
			placed = true
			whole := s[:a] + text + s[max(a, b):]
			for len(whole) > MaxString {
				out = append(out, whole[:MaxString])
				whole = whole[MaxString:]
			}
			out = append(out, whole)
		default:
			if s = s[:a] + s[max(a, b):]; s != "" {
				out = append(out, s)
			}
		}
		at = end
	}
	if len(out) == 0 {
		out = []string{""}
	}
	r.Data = StringsData(out)
	return r
}

// SOA is the RDATA of an SOA record (RFC 1035, section 3.3.13). The numbers
// but the serial are seconds.
type SOA struct {
	MName, RName                            Name
	Serial, Refresh, Retry, Expire, Minimum uint32
}

// SOA returns the RDATA of an SOA record; ok is false for another type.
func (r Record) SOA() (s SOA, ok bool) {
	if r.Type != TypeSOA {
		return s, false
	}
	m := wireLen(r.Data)
	if m == 0 {
		return s, false
	}
	n := wireLen(r.Data[m:])
	if n == 0 || len(r.Data) != m+n+20 {
		return s, false
	}
	s.MName, s.RName = Name(r.Data[:m]), Name(r.Data[m:m+n])
	d := []byte(r.Data[m+n:])
	for i, p := range []*uint32{&s.Serial, &s.Refresh, &s.Retry, &s.Expire, &s.Minimum} {
		*p = binary.BigEndian.Uint32(d[4*i:])
	}
	return s, true
}

// WithSerial returns an SOA record with another serial.
func (r Record) WithSerial(serial uint32) Record {
	at := len(r.Data) - 20
	r.Data = r.Data[:at] + string(binary.BigEndian.AppendUint32(nil, serial)) + r.Data[at+4:]
	return r
}

// wireLen returns the length of the wire name at the start of s, 0 if it is
// malformed.
func wireLen(s string) int {
	for i := 0; i < len(s); i += int(s[i]) + 1 {
		if s[i] == 0 {
			return i + 1
		}
		if s[i] > MaxLabel {
			return 0
		}
	}
	return 0
}

// RR returns the record as miekg/dns has it.
func (r Record) RR() (dns.RR, error) {
	h := dns.RR_Header{Name: r.Name.String(), Rrtype: uint16(r.Type), Class: uint16(r.Class), Ttl: r.TTL, Rdlength: uint16(len(r.Data))}
	rr, _, err := dns.UnpackRRWithHeader(h, []byte(r.Data), 0)
	if err != nil {
		return nil, fmt.Errorf("%s %s: RDATA: %w", r.Name, r.Type, err)
	}
	return rr, nil
}

// FromRR returns the Record of an RR of miekg/dns.
func FromRR(rr dns.RR) (Record, error) {
	h := rr.Header()
	name, err := ParseName(h.Name, "")
	if err != nil {
		return Record{}, fmt.Errorf("owner %q: %w", h.Name, err)
	}
	buf := make([]byte, dns.Len(rr)+1)
	end, err := dns.PackRR(rr, buf, 0, nil, false)
	if err != nil {
		return Record{}, fmt.Errorf("%s %s: RDATA: %w", h.Name, Type(h.Rrtype), err)
	}
	r := Record{Name: name, Type: Type(h.Rrtype), Class: Class(h.Class), TTL: h.Ttl}
	data := buf[len(name)+10 : end]
	FoldNames(r.Type, data)
	r.Data = string(data)
	return r, nil
}

// namesAt tells where the RDATA of a type has its domain names: a digit stands
// for that many octets, s for a character-string, n for a name; nothing is said
// of what follows the last name.
var namesAt = map[Type]string{
	TypeNS: "n", TypeCNAME: "n", TypePTR: "n", TypeDNAME: "n",
	TypeMX: "2n", TypeSRV: "6n", TypeSOA: "nn",
	Type(dns.TypeMB): "n", Type(dns.TypeMD): "n", Type(dns.TypeMF): "n", Type(dns.TypeMG): "n", Type(dns.TypeMR): "n",
	Type(dns.TypeMINFO): "nn", Type(dns.TypeRP): "nn", Type(dns.TypeTALINK): "nn", Type(dns.TypeNSAPPTR): "n",
	Type(dns.TypeAFSDB): "2n", Type(dns.TypeRT): "2n", Type(dns.TypeKX): "2n", Type(dns.TypeLP): "2n", Type(dns.TypePX): "2nn",
	Type(dns.TypeNAPTR): "4sssn", Type(dns.TypeSVCB): "2n", Type(dns.TypeHTTPS): "2n",
	TypeNSEC: "n", Type(dns.TypeNXT): "n", TypeRRSIG: "99n", Type(dns.TypeSIG): "99n",
}

// FoldNames puts the domain names in the RDATA of a type in lower case. It
// returns false if one is missing, malformed or compressed.
func FoldNames(t Type, data []byte) bool {
	row := namesAt[t]
	switch {
	case t == Type(dns.TypeHIP) && len(data) >= 4: // RFC 8005, section 5
		if at := 4 + int(data[0]) + int(binary.BigEndian.Uint16(data[2:])); at < len(data) {
			fold(data[at:])
		}
	case t == Type(dns.TypeIPSECKEY) && len(data) > 3 && data[1] == 3: // RFC 4025, section 2.5
		row = "3n"
	case t == Type(dns.TypeAMTRELAY) && len(data) > 2 && data[1]&0x7f == 3: // RFC 8777, section 4.2
		row = "2n"
	}
	at := 0
	for _, c := range row {
		if at >= len(data) {
			return false
		}
		n := int(c - '0')
		switch c {
		case 's':
			n = 1 + int(data[at])
		case 'n':
			if n = wireLen(string(data[at:])); n == 0 || n > MaxName {
				return false
			}
			fold(data[at : at+n])
		}
		at += n
	}
	return true
}

// fold puts ASCII letters in lower case. The length octets of a name are below
// 64, so they are no letters.
func fold(name []byte) {
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			name[i] = c + 'a' - 'A'
		}
	}
}
