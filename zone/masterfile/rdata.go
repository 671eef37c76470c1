package masterfile

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// Types beside TXT and SPF whose RDATA is one or more character-strings.
const (
	typeNINFO   = zone.Type(dns.TypeNINFO)
	typeAVC     = zone.Type(dns.TypeAVC)
	typeRESINFO = zone.Type(dns.TypeRESINFO)
)

// rdataReader turns the RDATA of an entry into wire format. The usual types
// are read here, without allocations; miekg/dns knows the others.
type rdataReader struct {
	buf []byte
}

// read returns the RDATA of a record of type typ that the tokens of src give.
// The data are good until the next call.
func (r *rdataReader) read(src []byte, toks []token, typ zone.Type, origin zone.Name, at token) (data []byte, notes zone.Notes, f *fault) {
	r.buf = r.buf[:0]
	if len(toks) > 0 && view(toks[0].text(src)) == `\#` {
		return r.unknown(src, toks, typ)
	}
	switch typ {
	case zone.TypeA, zone.TypeAAAA:
		f = r.address(src, toks, typ, at)
	case zone.TypeNS, zone.TypeCNAME, zone.TypePTR, zone.TypeDNAME:
		if f = count(src, toks, typ, at, "a domain name"); f == nil {
			f = r.name(src, toks[0], origin)
		}
	case zone.TypeMX:
		if f = count(src, toks, typ, at, "a preference", "a host name"); f == nil {
			if f = r.number(src, toks[0], 2, "preference"); f == nil {
				f = r.name(src, toks[1], origin)
			}
		}
	case zone.TypeSRV:
		if f = count(src, toks, typ, at, "a priority", "a weight", "a port", "a host name"); f == nil {
			for i, what := range [...]string{"priority", "weight", "port"} {
				if f = r.number(src, toks[i], 2, what); f != nil {
					return nil, 0, f
				}
			}
			f = r.name(src, toks[3], origin)
		}
	case zone.TypeTXT, zone.TypeSPF, typeNINFO, typeAVC, typeRESINFO:
		notes, f = r.strings(src, toks, typ, at)
	case zone.TypeSOA:
		f = r.soa(src, toks, origin, at)
	case zone.TypeCAA:
		f = r.caa(src, toks, at)
	default:
		if cols, ok := rows[typ]; ok {
			f = r.row(src, toks, typ, cols, origin, at)
		} else {
			f = r.other(src, toks, typ, origin, at)
		}
		if f == nil {
			f = r.digest(toks, typ)
		}
	}
	if f != nil {
		return nil, 0, f
	}
	if len(r.buf) > math.MaxUint16 {
		return nil, 0, &fault{int(toks[0].start), int(toks[len(toks)-1].end), "The data of this record are longer than the 65,535 octets that a record can hold."}
	}
	return r.buf, notes, nil
}

// count checks that there are as many fields as the type has.
func count(src []byte, toks []token, typ zone.Type, at token, fields ...string) *fault {
	switch {
	case len(toks) == len(fields):
		return nil
	case len(toks) < len(fields):
		last := at
		if len(toks) > 0 {
			last = toks[len(toks)-1]
		}
		return &fault{int(last.start), int(last.end), fmt.Sprintf("%s data are %s; %s is missing.", article(typ), strings.Join(fields, ", "), fields[len(toks)])}
	}
	extra := toks[len(fields)]
	return &fault{int(extra.start), int(extra.end), fmt.Sprintf("%s is too much: %s data are %s.", quote(extra.text(src)), article(typ), strings.Join(fields, ", "))}
}

func article(t zone.Type) string {
	switch t.String()[0] {
	case 'A', 'M', 'N', 'S', 'H', 'L', 'R', 'X':
		if t != zone.TypeSPF {
			return "An " + t.String() + " record's"
		}
	}
	return "A " + t.String() + " record's"
}

func faultAt(t token, format string, args ...any) *fault {
	return &fault{int(t.start), int(t.end), fmt.Sprintf(format, args...)}
}

func (r *rdataReader) name(src []byte, t token, origin zone.Name) *fault {
	w := t.text(src)
	if f := unquotedName(src, t); f != nil {
		return f
	}
	buf, err := zone.AppendName(r.buf, w, origin)
	if err != nil {
		return nameFault(t, w, err)
	}
	r.buf = buf
	return nil
}

func nameFault(t token, w []byte, err error) *fault {
	if errors.Is(err, zone.ErrNameLong) {
		return faultAt(t, "%s is no domain name: with the origin it is longer than 255 octets. A name that is not relative ends in a dot.", quote(w))
	}
	return faultAt(t, "%s is no domain name: %v.", quote(w), err)
}

// number reads a decimal number of the given size in octets.
func (r *rdataReader) number(src []byte, t token, size int, what string) *fault {
	w := t.text(src)
	limit := uint64(1)<<(8*size) - 1
	n, ok := parseUint(w, limit)
	if !ok {
		return faultAt(t, "%s is no %s: that is a number from 0 to %d.", quote(w), what, limit)
	}
	switch size {
	case 1:
		r.buf = append(r.buf, byte(n))
	case 2:
		r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(n))
	default:
		r.buf = binary.BigEndian.AppendUint32(r.buf, uint32(n))
	}
	return nil
}

func (r *rdataReader) address(src []byte, toks []token, typ zone.Type, at token) *fault {
	what := "an IPv4 address"
	if typ == zone.TypeAAAA {
		what = "an IPv6 address"
	}
	if f := count(src, toks, typ, at, what); f != nil {
		return f
	}
	w := toks[0].text(src)
	if typ == zone.TypeA {
		if v, ok := parseIPv4(w); ok {
			r.buf = append(r.buf, v[:]...)
			return nil
		}
	}
	a, err := netip.ParseAddr(view(w))
	if err == nil && typ == zone.TypeAAAA && a.Is6() && a.Zone() == "" {
		b := a.As16()
		r.buf = append(r.buf, b[:]...)
		return nil
	}
	switch {
	case err == nil && a.Is6() && typ == zone.TypeA:
		return faultAt(toks[0], "%s is an IPv6 address; an A record holds an IPv4 address. Use type AAAA.", quote(w))
	case err == nil && a.Is4() && typ == zone.TypeAAAA:
		return faultAt(toks[0], "%s is an IPv4 address; an AAAA record holds an IPv6 address. Use type A.", quote(w))
	}
	return faultAt(toks[0], "%s is not %s.", quote(w), what)
}

// parseIPv4 reads four decimal octets, none with a leading zero (RFC 6943,
// section 3.1.1: some read those as octal).
func parseIPv4(s []byte) (v [4]byte, ok bool) {
	n, digits, octet := 0, 0, 0
	for _, c := range s {
		switch {
		case '0' <= c && c <= '9':
			if digits > 0 && n == 0 {
				return v, false
			}
			n = n*10 + int(c-'0')
			digits++
			if n > 255 {
				return v, false
			}
		case c == '.' && digits > 0 && octet < 3:
			v[octet] = byte(n)
			octet++
			n, digits = 0, 0
		default:
			return v, false
		}
	}
	v[3] = byte(n)
	return v, octet == 3 && digits > 0
}

// strings reads one or more character-strings. One of more than 255 octets is
// cut, and noted.
func (r *rdataReader) strings(src []byte, toks []token, typ zone.Type, at token) (notes zone.Notes, f *fault) {
	if len(toks) == 0 {
		return 0, faultAt(at, "%s data are one or more strings; none is written. An empty text is \"\".", article(typ))
	}
	for _, t := range toks {
		if !t.quoted(src) {
			notes |= zone.Unquoted
		}
		length := len(r.buf)
		r.buf = append(r.buf, 0)
		if f := r.text(src, t); f != nil {
			return 0, f
		}
		if n := len(r.buf) - length - 1; n > zone.MaxString {
			notes |= zone.LongString
			long := string(r.buf[length+1:])
			r.buf = append(r.buf[:length], zone.TextData(long)...)
		} else {
			r.buf[length] = byte(n)
		}
	}
	return notes, nil
}

// text appends the decoded content of a word or quoted string.
func (r *rdataReader) text(src []byte, t token) *fault {
	w := t.bare(src)
	plain := bytes.IndexByte(w, '\\')
	if plain < 0 {
		r.buf = append(r.buf, w...)
		return nil
	}
	r.buf = append(r.buf, w[:plain]...)
	for i := plain; i < len(w); i++ {
		c := w[i]
		if c != '\\' {
			r.buf = append(r.buf, c)
			continue
		}
		v, n := unescape(w[i:])
		if n == 0 {
			at := int(t.start) + i
			if t.quoted(src) {
				at++
			}
			if i+1 == len(w) {
				return &fault{at, at + 1, "This backslash stands at the end, with nothing behind it to escape. A backslash itself is written \\\\."}
			}
			end := i + 1
			for end < min(i+4, len(w)) && '0' <= w[end] && w[end] <= '9' {
				end++
			}
			return &fault{at, at + end - i, "This backslash is followed by digits that are no octet: \\DDD takes three digits, up to 255 (RFC 1035, section 5.1). A backslash itself is written \\\\."}
		}
		r.buf = append(r.buf, v)
		i += n - 1
	}
	return nil
}

// unescape reads one escape; n is 0 if it is malformed.
func unescape(w []byte) (c byte, n int) {
	if len(w) < 2 {
		return 0, 0
	}
	if w[1] < '0' || w[1] > '9' {
		return w[1], 2
	}
	if len(w) < 4 {
		return 0, 0
	}
	v, ok := parseUint(w[1:4], 255)
	if !ok {
		return 0, 0
	}
	return byte(v), 4
}

func (r *rdataReader) soa(src []byte, toks []token, origin zone.Name, at token) *fault {
	fields := [...]string{"a primary server", "a mailbox", "a serial", "a refresh time", "a retry time", "an expire time", "a minimum TTL"}
	if f := count(src, toks, zone.TypeSOA, at, fields[:]...); f != nil {
		return f
	}
	for _, t := range toks[:2] {
		if f := r.name(src, t, origin); f != nil {
			return f
		}
	}
	if f := r.number(src, toks[2], 4, "serial"); f != nil {
		return f
	}
	for i, t := range toks[3:] {
		n, ok := parseTTL(t.text(src))
		if !ok {
			return faultAt(t, "%s is no %s: that is a number of seconds up to 4294967295, or like 1h30m.", quote(t.text(src)), strings.SplitN(fields[3+i], " ", 2)[1])
		}
		r.buf = binary.BigEndian.AppendUint32(r.buf, n)
	}
	return nil
}

// caa reads a CAA record (RFC 8659, section 4.1).
func (r *rdataReader) caa(src []byte, toks []token, at token) *fault {
	if f := count(src, toks, zone.TypeCAA, at, "flags", "a tag", "a value"); f != nil {
		return f
	}
	if f := r.number(src, toks[0], 1, "flags octet"); f != nil {
		return f
	}
	tag := toks[1].text(src)
	for _, c := range tag {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c < '0' || c > '9' {
				return faultAt(toks[1], "%s is no property tag: that is letters and digits.", quote(tag))
			}
		}
	}
	if len(tag) > 255 {
		return faultAt(toks[1], "A property tag has at most 255 characters.")
	}
	r.buf = append(r.buf, byte(len(tag)))
	r.buf = append(r.buf, tag...)
	return r.text(src, toks[2])
}

// unknown reads the generic form of RFC 3597, section 5: \# length hex.
func (r *rdataReader) unknown(src []byte, toks []token, typ zone.Type) ([]byte, zone.Notes, *fault) {
	if len(toks) < 2 {
		return nil, 0, faultAt(toks[0], `\# is followed by a length in octets and the data in hexadecimal (RFC 3597, section 5); both are missing.`)
	}
	n, ok := parseUint(toks[1].text(src), math.MaxUint16)
	if !ok {
		return nil, 0, faultAt(toks[1], "%s is no length: that is a number of octets from 0 to 65535.", quote(toks[1].text(src)))
	}
	for _, t := range toks[2:] {
		r.buf = append(r.buf, t.text(src)...)
	}
	data := make([]byte, hex.DecodedLen(len(r.buf)))
	if _, err := hex.Decode(data, r.buf); err != nil {
		return nil, 0, &fault{int(toks[1].start), int(toks[len(toks)-1].end), "The data after \\# are not hexadecimal, two digits an octet (RFC 3597, section 5)."}
	}
	if uint64(len(data)) != n {
		return nil, 0, faultAt(toks[1], "The length says %d octets, but %d follow.", n, len(data))
	}
	rec := zone.Record{Name: zone.Root, Type: typ, Class: zone.ClassIN, Data: string(data)}
	if _, err := rec.RR(); err != nil || !whole(rec) || !zone.FoldNames(typ, data) {
		return nil, 0, &fault{int(toks[1].start), int(toks[len(toks)-1].end), fmt.Sprintf("These octets are not the data of %s record.", strings.ToLower(article(typ)[:2])+strings.TrimSuffix(article(typ)[2:], " record's"))}
	}
	return data, 0, nil
}

// whole reports whether the RDATA of a type that the model reads are complete.
// miekg/dns takes RDATA that end behind any field, as a dynamic update has them.
func whole(r zone.Record) bool {
	switch r.Type {
	case zone.TypeA:
		return len(r.Data) == 4
	case zone.TypeAAAA:
		return len(r.Data) == 16
	case zone.TypeNS, zone.TypeCNAME, zone.TypePTR, zone.TypeDNAME, zone.TypeMX, zone.TypeSRV:
		t := []byte(r.Target())
		_, end, err := dns.UnpackDomainName(t, 0)
		return err == nil && len(t) > 0 && end == len(t)
	case zone.TypeSOA:
		_, ok := r.SOA()
		return ok
	case zone.TypeTXT, zone.TypeSPF:
		return len(r.Data) > 0
	}
	return true
}

// other hands the RDATA to miekg/dns, as one line.
func (r *rdataReader) other(src []byte, toks []token, typ zone.Type, origin zone.Name, at token) *fault {
	if _, known := dns.TypeToRR[uint16(typ)]; !known {
		t := at
		if len(toks) > 0 {
			t = toks[0]
		}
		return faultAt(t, "The data of type %s can only be written as \\# length hex (RFC 3597, section 5).", typ)
	}
	if len(toks) == 0 { // which miekg/dns takes for an update (RFC 2136)
		return faultAt(at, "%s data are missing.", article(typ))
	}
	for _, t := range toks {
		if f := r.text(src, t); f != nil { // miekg/dns lets bad escapes pass
			return f
		}
	}
	r.buf = r.buf[:0]
	var b strings.Builder
	fmt.Fprintf(&b, ". 0 IN %s", typ)
	numbers := 0
	for i, t := range toks {
		w := view(t.text(src))
		// miekg/dns does not know degrees and minutes without seconds
		// (RFC 1876, section 3).
		if numbers++; typ == zone.Type(dns.TypeLOC) && len(w) == 1 && strings.Contains("NSEW", w) {
			if numbers == 3 {
				b.WriteString(" 0")
			}
			numbers = 0
		}
		// A parameter like alpn="h2,h3" is one field (RFC 9460, section 2.1).
		if i == 0 || toks[i-1].end != t.start || typ != zone.Type(dns.TypeSVCB) && typ != zone.Type(dns.TypeHTTPS) {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	b.WriteByte('\n')
	zp := dns.NewZoneParser(strings.NewReader(b.String()), origin.String(), "")
	rr, ok := zp.Next()
	if !ok || rr == nil {
		start, end := at.start, at.end
		if len(toks) > 0 {
			start, end = toks[0].start, toks[len(toks)-1].end
		}
		return &fault{int(start), int(end), fmt.Sprintf("These are not the data of a %s record: %s.", typ, reason(zp.Err()))}
	}
	switch rr := rr.(type) { // the types may stand in any order
	case *dns.NSEC:
		slices.Sort(rr.TypeBitMap)
	case *dns.NSEC3:
		slices.Sort(rr.TypeBitMap)
	case *dns.CSYNC:
		slices.Sort(rr.TypeBitMap)
	}
	rec, err := zone.FromRR(rr)
	if err != nil {
		return &fault{int(toks[0].start), int(toks[len(toks)-1].end), fmt.Sprintf("These are not the data of a %s record.", typ)}
	}
	r.buf = append(r.buf, rec.Data...)
	return nil
}

// reason returns what miekg/dns says of a mistake, without its own idea of the
// place.
func reason(err error) string {
	if err == nil {
		return "they are missing"
	}
	s := strings.TrimPrefix(err.Error(), "dns: ")
	if i := strings.LastIndex(s, " at line: "); i >= 0 {
		s = s[:i]
	}
	return s
}
