package masterfile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// columnKind says how one field of RDATA is written.
type columnKind uint8

const (
	number8     columnKind = iota // a decimal number of that many bits
	number16                      //
	number32                      //
	domainName                    //
	charString                    // one character-string
	quotedText                    // octets without a length before them, in quotes
	ipv4                          //
	locator64                     // 64 bits in four groups of hexadecimal
	hexToEnd                      // hexadecimal, in one word or more
	base64ToEnd                   // Base64, in one word or more
)

// column is a field of a type whose RDATA is a plain row of fields.
type column struct {
	kind columnKind
	what string // with an article, for messages
}

// rows are the types whose RDATA is a row of fields, but for the usual ones,
// which have code of their own. Read here, a mistake is found in its field.
var rows = map[zone.Type][]column{
	zone.Type(dns.TypeMB):     {{domainName, "a host name"}},
	zone.Type(dns.TypeMD):     {{domainName, "a host name"}},
	zone.Type(dns.TypeMF):     {{domainName, "a host name"}},
	zone.Type(dns.TypeMG):     {{domainName, "a mailbox"}},
	zone.Type(dns.TypeMR):     {{domainName, "a mailbox"}},
	zone.Type(dns.TypeMINFO):  {{domainName, "a mailbox"}, {domainName, "a mailbox for errors"}},
	zone.Type(dns.TypeHINFO):  {{charString, "a CPU"}, {charString, "an operating system"}},
	zone.Type(dns.TypeRP):     {{domainName, "a mailbox"}, {domainName, "the name of a TXT record"}},
	zone.Type(dns.TypeAFSDB):  {{number16, "a subtype"}, {domainName, "a host name"}},
	zone.Type(dns.TypeX25):    {{charString, "an address"}},
	zone.Type(dns.TypeISDN):   {{charString, "an address"}, {charString, "a subaddress"}},
	zone.Type(dns.TypeRT):     {{number16, "a preference"}, {domainName, "a host name"}},
	zone.Type(dns.TypePX):     {{number16, "a preference"}, {domainName, "an RFC 822 domain"}, {domainName, "an X.400 domain"}},
	zone.Type(dns.TypeKX):     {{number16, "a preference"}, {domainName, "a host name"}},
	zone.Type(dns.TypeNAPTR):  {{number16, "an order"}, {number16, "a preference"}, {charString, "flags"}, {charString, "a service"}, {charString, "a regular expression"}, {domainName, "a replacement"}},
	zone.Type(dns.TypeSSHFP):  {{number8, "an algorithm"}, {number8, "a fingerprint type"}, {hexToEnd, "a fingerprint"}},
	zone.TypeTLSA:             {{number8, "a usage"}, {number8, "a selector"}, {number8, "a matching type"}, {hexToEnd, "association data"}},
	zone.Type(dns.TypeSMIMEA): {{number8, "a usage"}, {number8, "a selector"}, {number8, "a matching type"}, {hexToEnd, "association data"}},
	zone.Type(dns.TypeDHCID):  {{base64ToEnd, "an identifier"}},
	zone.Type(dns.TypeTALINK): {{domainName, "a previous name"}, {domainName, "a next name"}},
	// RFC 7553, section 4.5 wants the quotes, and BIND refuses a URI without.
	zone.Type(dns.TypeURI):        {{number16, "a priority"}, {number16, "a weight"}, {quotedText, "a target"}},
	zone.Type(dns.TypeOPENPGPKEY): {{base64ToEnd, "a key"}},
	zone.Type(dns.TypeZONEMD):     {{number32, "a serial"}, {number8, "a scheme"}, {number8, "a hash algorithm"}, {hexToEnd, "a digest"}},
	zone.Type(dns.TypeNID):        {{number16, "a preference"}, {locator64, "a node identifier"}},
	zone.Type(dns.TypeL32):        {{number16, "a preference"}, {ipv4, "a locator"}},
	zone.Type(dns.TypeL64):        {{number16, "a preference"}, {locator64, "a locator"}},
	zone.Type(dns.TypeLP):         {{number16, "a preference"}, {domainName, "a host name"}},
}

// row reads RDATA that is a row of fields.
func (r *rdataReader) row(src []byte, toks []token, typ zone.Type, cols []column, origin zone.Name, at token) *fault {
	if typ == zone.Type(dns.TypeISDN) && len(toks) == 1 {
		cols = cols[:1] // RFC 1183, section 3.2: the subaddress is optional
	}
	whats := make([]string, len(cols))
	for i, c := range cols {
		whats[i] = c.what
	}
	last := len(cols) - 1
	fields := toks
	if k := cols[last].kind; k == hexToEnd || k == base64ToEnd {
		fields = toks[:min(len(toks), len(cols))]
	}
	if f := count(src, fields, typ, at, whats...); f != nil {
		return f
	}
	for i, c := range cols[:last] {
		if f := r.column(src, toks[i:i+1], c, origin); f != nil {
			return f
		}
	}
	return r.column(src, toks[last:], cols[last], origin)
}

// column reads one field, which for some kinds is all that is left.
func (r *rdataReader) column(src []byte, toks []token, c column, origin zone.Name) *fault {
	t := toks[0]
	w := t.text(src)
	_, noun, _ := strings.Cut(c.what, " ")
	switch c.kind {
	case number8:
		return r.number(src, t, 1, noun)
	case number16:
		return r.number(src, t, 2, noun)
	case number32:
		return r.number(src, t, 4, noun)
	case domainName:
		return r.name(src, t, origin)
	case charString:
		return r.oneString(src, t)
	case quotedText:
		if !t.quoted(src) {
			return faultAt(t, "%s stands without quotes, and name servers refuse the zone. Put it in quotes.", quote(w))
		}
		return r.text(src, t)
	case ipv4:
		v, ok := parseIPv4(w)
		if !ok {
			return faultAt(t, "%s is not an IPv4 address.", quote(w))
		}
		r.buf = append(r.buf, v[:]...)
		return nil
	case locator64:
		var ok bool
		if r.buf, ok = appendLocator(r.buf, w); !ok {
			return faultAt(t, "%s is no %s: that is four groups of up to four hexadecimal digits, like 2001:db8:1140:1000.", quote(w), noun)
		}
		return nil
	case hexToEnd:
		return r.encoded(src, toks, "hexadecimal, two digits an octet", hex.AppendDecode)
	}
	return r.encoded(src, toks, "Base64", base64.StdEncoding.Strict().AppendDecode)
}

// appendLocator reads 64 bits as RFC 6742, sections 2.1.3 and 2.3.3 write them.
func appendLocator(buf, w []byte) ([]byte, bool) {
	groups := bytes.Split(w, []byte{':'})
	if len(groups) != 4 {
		return buf, false
	}
	for _, g := range groups {
		n, err := strconv.ParseUint(string(g), 16, 16)
		if err != nil || len(g) > 4 {
			return buf, false
		}
		buf = binary.BigEndian.AppendUint16(buf, uint16(n))
	}
	return buf, true
}

// oneString reads a character-string of a type that has a fixed number of them.
func (r *rdataReader) oneString(src []byte, t token) *fault {
	length := len(r.buf)
	r.buf = append(r.buf, 0)
	if f := r.text(src, t); f != nil {
		return f
	}
	n := len(r.buf) - length - 1
	if n > zone.MaxString {
		return faultAt(t, "This string has %d octets, and a character-string holds at most 255.", n)
	}
	r.buf[length] = byte(n)
	return nil
}

// encoded reads the words up to the end as one text in an encoding.
func (r *rdataReader) encoded(src []byte, toks []token, what string, decode func(dst, src []byte) ([]byte, error)) *fault {
	var joined []byte
	for _, t := range toks {
		joined = append(joined, t.text(src)...)
	}
	buf, err := decode(r.buf, joined)
	if err != nil {
		return &fault{int(toks[0].start), int(toks[len(toks)-1].end), quote(joined) + " is not " + what + "."}
	}
	r.buf = buf
	return nil
}

// digests are the types that hold a digest: the octets in the RDATA where its
// type and the digest itself stand, and how long it is by type. BIND refuses a
// zone with another length.
var digests = map[zone.Type]struct {
	kind, start int
	field       int // the first field of the digest
	octets      map[byte]int
}{
	zone.TypeDS:               {3, 4, 3, dsDigests},
	zone.Type(dns.TypeCDS):    {3, 4, 3, dsDigests},
	zone.Type(dns.TypeDLV):    {3, 4, 3, dsDigests},
	zone.Type(dns.TypeSSHFP):  {1, 2, 2, map[byte]int{1: 20, 2: 32}}, // RFC 4255, RFC 6594
	zone.Type(dns.TypeZONEMD): {5, 6, 3, map[byte]int{1: 48, 2: 64}}, // RFC 8976, section 5.3
}

var dsDigests = map[byte]int{1: 20, 2: 32, 4: 48} // RFC 3658, RFC 4509, RFC 6605

// digest checks the length of a digest of a type that is known.
func (r *rdataReader) digest(toks []token, typ zone.Type) *fault {
	d, ok := digests[typ]
	if !ok || len(r.buf) < d.start {
		return nil
	}
	kind, have := r.buf[d.kind], len(r.buf)-d.start
	want, ok := d.octets[kind]
	if !ok || have == want {
		return nil
	}
	last := toks[len(toks)-1]
	first := toks[min(d.field, len(toks)-1)]
	return &fault{int(first.start), int(last.end), fmt.Sprintf("A digest of type %d has %d octets, and this one has %d; name servers refuse the zone.", kind, want, have)}
}
