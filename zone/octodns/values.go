package octodns

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// fault is why a value cannot be read, and where.
type fault struct {
	at      *node
	message string
	soft    bool // the value could be read all the same
	// from and to are the octets of the scalar that it speaks of; both 0 for all.
	from, to int
}

func faultf(at *node, format string, args ...any) *fault {
	return &fault{at: at, message: fmt.Sprintf(format, args...)}
}

const (
	numberField fieldKind = iota // an unsigned number of 16 bits
	octetField                   // one of 8 bits
	targetField                  // a domain name with its final dot
	tagField                     // letters and digits, with its length before it
	restField                    // text to the end of the RDATA
	stringField                  // a character-string
	hexField                     // hexadecimal to the end
)

// valueReader makes RDATA of values. Its buffer is used again for each.
type valueReader struct {
	r   *reader
	p   *Provider
	buf []byte
}

// read makes the RDATA of one value. A soft fault comes with RDATA.
func (v *valueReader) read(t zone.Type, n *node) ([]byte, *fault) {
	v.buf = v.buf[:0]
	n = v.r.deref(n)
	if n.isNull() {
		return nil, faultf(n, "The value is missing. Write one, or remove the record.")
	}
	switch t {
	case zone.TypeA, zone.TypeAAAA:
		return v.done(v.address(t, n))
	case zone.TypeNS, zone.TypeCNAME, zone.TypePTR, zone.TypeDNAME:
		return v.done(v.target(n, t.String()))
	case zone.TypeTXT, zone.TypeSPF:
		return v.text(n)
	case zone.Type(dns.TypeOPENPGPKEY):
		s, f := v.scalar(n, "a key")
		if f == nil {
			var err error
			if v.buf, err = base64.StdEncoding.AppendDecode(v.buf, []byte(strings.Join(strings.Fields(s), ""))); err != nil {
				f = faultf(n, "%s is not Base64.", quote(s))
			}
		}
		return v.done(f)
	case zone.Type(dns.TypeSVCB), zone.Type(dns.TypeHTTPS):
		return v.done(v.service(t, n))
	case zone.Type(dns.TypeLOC):
		return v.done(v.location(n))
	}
	return v.done(v.fields(t, n))
}

func (v *valueReader) done(f *fault) ([]byte, *fault) {
	switch {
	case f != nil && !f.soft:
		return nil, f
	case len(v.buf) > math.MaxUint16:
		return nil, faultf(nil, "The value is longer than a record can be.")
	}
	return v.buf, f
}

// scalar returns the text of a scalar.
func (v *valueReader) scalar(n *node, what string) (string, *fault) {
	if n.kind != scalar {
		return "", faultf(n, "Here stands a %s where octoDNS expects %s.", n.kind, what)
	}
	return n.value, nil
}

func (k kind) String() string {
	return [...]string{"single value", "mapping", "list", "alias"}[k]
}

func (v *valueReader) address(t zone.Type, n *node) *fault {
	s, f := v.scalar(n, "an address")
	if f != nil {
		return f
	}
	if k := n.resolve(); k != textValue {
		return faultf(n, "YAML takes %s for a number, not for an address, so octoDNS refuses it. Put it in quotes.", quote(s))
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" || addr.Is4() != (t == zone.TypeA) {
		return faultf(n, "%s is no %s address, so octoDNS refuses the zone.", quote(s), map[zone.Type]string{zone.TypeA: "IPv4", zone.TypeAAAA: "IPv6"}[t])
	}
	v.buf = append(v.buf, addr.AsSlice()...)
	return nil
}

// target reads a domain name, which octoDNS wants with its final dot.
func (v *valueReader) target(n *node, what string) *fault {
	s, f := v.scalar(n, "a domain name")
	if f != nil {
		return f
	}
	ascii, err := toASCII(s)
	if err != nil {
		return faultf(n, "%s is no domain name: %v.", quote(s), err)
	}
	if s == "" || strings.ContainsAny(s, " \t") {
		return faultf(n, "%s is no domain name, so octoDNS refuses the zone.", quote(s))
	}
	dotless := !strings.HasSuffix(ascii, ".")
	if dotless {
		ascii += "."
	}
	buf, err := zone.AppendName(v.buf, ascii, "")
	if err != nil {
		return faultf(n, "%s is no domain name: %v.", quote(s), err)
	}
	v.buf = buf
	if dotless && !v.p.Dots {
		return &fault{at: n, soft: true, message: fmt.Sprintf("%s has no final dot, and octoDNS takes no relative targets, so it refuses the zone. Write %s.", quote(s), quote(s+"."))}
	}
	return nil
}

// text reads the value of a TXT or SPF record.
func (v *valueReader) text(n *node) ([]byte, *fault) {
	s, f := v.scalar(n, "a text")
	if f != nil {
		return nil, f
	}
	if n.resolve() != textValue {
		return nil, faultf(n, "YAML takes %s for no text, so octoDNS cannot read the record. Put it in quotes.", quote(s))
	}
	text := decodeText(s, v.p.Semicolons)
	if len(text) > 65000 {
		return nil, faultf(n, "This text has %d octets, more than a record can hold.", len(text))
	}
	data := v.buf
	for first := true; first || text != ""; first = false {
		k := min(len(text), zone.MaxString)
		data = append(append(data, byte(k)), text[:k]...)
		text = text[k:]
	}
	v.buf = data
	return data, v.semicolons(n, s)
}

// semicolons looks whether octoDNS takes the semicolons of a text.
func (v *valueReader) semicolons(n *node, s string) *fault {
	if strings.IndexByte(s, ';') < 0 {
		return nil
	}
	if v.p.Lenient {
		return nil
	}
	escaped, twice, bare := strings.Index(s, `\;`), strings.Index(s, `\\;`), bareSemicolon(s)
	at := func(from, to int, message string) *fault {
		return &fault{at: n, soft: true, message: message, from: from, to: to}
	}
	switch v.p.Semicolons {
	case SemicolonsEscaped:
		if twice >= 0 {
			return at(twice, twice+3, `This semicolon is escaped twice (\\;), so octoDNS refuses the zone. Write \; in a text without quotes or in single quotes.`)
		}
		if bare >= 0 {
			return at(bare, bare+1, `This semicolon is not escaped, and the provider's escaped_semicolons asks for it, so octoDNS refuses the zone. Write \; for each.`)
		}
	case SemicolonsPlain:
		if escaped >= 0 {
			return at(escaped, escaped+2, `This semicolon is escaped (\;), and the provider says escaped_semicolons: false, so octoDNS refuses the zone. Write ; without a backslash.`)
		}
	case SemicolonsUnknown:
		// A file that octoDNS takes shows its way by the first that is clear.
		f := v.r.source.files[n.file]
		const mixed = `This file writes semicolons both as ; and as \;. octoDNS takes one of the two, as the provider's escaped_semicolons says, so it refuses the zone. Write all of them one way.`
		switch {
		case bare >= 0 && (escaped >= 0 || f.way == SemicolonsEscaped):
			return at(bare, bare+1, mixed)
		case escaped >= 0 && f.way == SemicolonsPlain:
			return at(escaped, escaped+2, mixed)
		case escaped >= 0:
			f.way = SemicolonsEscaped
		case bare >= 0:
			f.way = SemicolonsPlain
		}
	}
	return nil
}
