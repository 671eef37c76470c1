package octodns

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"strconv"
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

// fieldKind says how a field of a value is written.
type fieldKind uint8

const (
	numberField fieldKind = iota // an unsigned number of 16 bits
	octetField                   // one of 8 bits
	targetField                  // a domain name with its final dot
	tagField                     // letters and digits, with its length before it
	restField                    // text to the end of the RDATA
	stringField                  // a character-string
	hexField                     // hexadecimal to the end
)

// field is a key of a value that is a mapping.
type field struct {
	kind fieldKind
	// keys are the names of the key: the first is the one that is written.
	keys []string
	// optional says that it is 0 or empty if it is missing.
	optional bool
}

func one(kind fieldKind, keys ...string) field { return field{kind: kind, keys: keys} }

// fieldsOf are the types whose values are mappings with a row of fields, in the
// order of the RDATA.
var fieldsOf = map[zone.Type][]field{
	zone.TypeMX:                   {one(numberField, "preference", "priority"), one(targetField, "exchange", "value")},
	zone.TypeSRV:                  {one(numberField, "priority"), one(numberField, "weight"), one(numberField, "port"), one(targetField, "target")},
	zone.TypeCAA:                  {{octetField, []string{"flags"}, true}, one(tagField, "tag"), one(restField, "value")},
	zone.TypeTLSA:                 {one(octetField, "certificate_usage"), one(octetField, "selector"), one(octetField, "matching_type"), one(hexField, "certificate_association_data")},
	zone.TypeDS:                   {one(numberField, "key_tag"), one(octetField, "algorithm"), one(octetField, "digest_type"), one(hexField, "digest")},
	zone.Type(dns.TypeSSHFP):      {one(octetField, "algorithm"), one(octetField, "fingerprint_type"), one(hexField, "fingerprint")},
	zone.Type(dns.TypeNAPTR):      {one(numberField, "order"), one(numberField, "preference"), one(stringField, "flags"), one(stringField, "service"), one(stringField, "regexp"), one(targetField, "replacement")},
	zone.Type(dns.TypeURI):        {one(numberField, "priority"), one(numberField, "weight"), one(restField, "target")},
	zone.Type(dns.TypeOPENPGPKEY): nil,
	zone.Type(dns.TypeSVCB):       nil,
	zone.Type(dns.TypeHTTPS):      nil,
	zone.Type(dns.TypeLOC):        nil,
}

// single reports whether a record of the type has one value (octoDNS's
// ValueMixin).
func single(t zone.Type) bool { return t == zone.TypeCNAME || t == zone.TypeDNAME }

// known reports whether records of the type can be read.
func known(t zone.Type) bool {
	switch t {
	case zone.TypeA, zone.TypeAAAA, zone.TypeNS, zone.TypeCNAME, zone.TypePTR, zone.TypeDNAME, zone.TypeTXT, zone.TypeSPF:
		return true
	}
	_, ok := fieldsOf[t]
	return ok
}

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

// fields reads a value that is a mapping with a row of fields.
func (v *valueReader) fields(t zone.Type, n *node) *fault {
	if n.kind != mapping {
		return faultf(n, "Here stands a %s, and the value of %s record is a mapping with %s.", n.kind, article(t), keysOf(t))
	}
	var soft *fault
	for _, fd := range fieldsOf[t] {
		k := v.r.get(n, fd.keys...)
		if k.isNull() && !fd.optional && !(fd.kind == stringField && k != nil) {
			return faultf(n, "%s is missing; the value of %s record has %s.", fd.keys[0], article(t), keysOf(t))
		}
		f := v.field(fd, k)
		if f != nil && !f.soft {
			return f
		}
		if f != nil {
			soft = f
		}
	}
	return soft
}

func (v *valueReader) field(fd field, n *node) *fault {
	what := fd.keys[0]
	switch fd.kind {
	case numberField, octetField:
		limit := int64(math.MaxUint16)
		if fd.kind == octetField {
			limit = math.MaxUint8
		}
		i := int64(0)
		if !n.isNull() {
			var ok bool
			if i, ok = n.number(); !ok || i < 0 || i > limit {
				return faultf(n, "%s is no %s: that is a number from 0 to %d.", quote(n.value), what, limit)
			}
		}
		if fd.kind == octetField {
			v.buf = append(v.buf, byte(i))
		} else {
			v.buf = binary.BigEndian.AppendUint16(v.buf, uint16(i))
		}
		return nil
	case targetField:
		return v.target(n, what)
	}
	s := ""
	if !n.isNull() {
		var f *fault
		if s, f = v.scalar(n, "a "+what); f != nil {
			return f
		}
	}
	switch fd.kind {
	case tagField:
		if len(s) == 0 || len(s) > 255 || strings.ContainsFunc(s, func(c rune) bool { return (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') }) {
			return faultf(n, "%s is no property tag: that is letters and digits.", quote(s))
		}
		v.buf = append(append(v.buf, byte(len(s))), s...)
	case stringField:
		if len(s) > zone.MaxString {
			return faultf(n, "This %s has %d octets, and a character-string holds at most 255.", what, len(s))
		}
		v.buf = append(append(v.buf, byte(len(s))), s...)
	case hexField:
		var err error
		if v.buf, err = hex.AppendDecode(v.buf, []byte(strings.Join(strings.Fields(s), ""))); err != nil {
			return faultf(n, "%s is not hexadecimal, two digits an octet.", quote(s))
		}
	default:
		v.buf = append(v.buf, s...)
	}
	return nil
}

// service reads the value of an SVCB or HTTPS record (RFC 9460).
func (v *valueReader) service(t zone.Type, n *node) *fault {
	if n.kind != mapping {
		return faultf(n, "Here stands a %s, and the value of %s record is a mapping with svcpriority, targetname and svcparams.", n.kind, article(t))
	}
	priority, ok := v.r.get(n, "svcpriority").number()
	if !ok || priority < 0 || priority > math.MaxUint16 {
		return faultf(n, "svcpriority is missing or no number from 0 to 65535.")
	}
	target := v.r.get(n, "targetname")
	if target.isNull() {
		return faultf(n, "targetname is missing.")
	}
	soft := v.target(target, "targetname")
	if soft != nil && !soft.soft {
		return soft
	}
	name := zone.Name(v.buf).String()
	text := strconv.FormatInt(priority, 10) + " " + name
	if params := v.r.get(n, "svcparams"); !params.isNull() {
		if params.kind != mapping {
			return faultf(params, "svcparams is no mapping.")
		}
		for _, p := range v.r.pairs(params) {
			text += " " + paramText(p.key.value) + v.param(p.value)
		}
	}
	rr, err := dns.NewRR(". 0 IN " + t.String() + " " + text)
	if err != nil || rr == nil {
		return faultf(n, "These are not the data of %s record.", article(t))
	}
	rec, err := zone.FromRR(rr)
	if err != nil {
		return faultf(n, "These are not the data of %s record.", article(t))
	}
	v.buf = append(v.buf[:0], rec.Data...)
	return soft
}

// paramText keeps the key of a parameter from being anything else.
func paramText(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return '?'
	}, s)
}

// param is the value of a service parameter in presentation format.
func (v *valueReader) param(n *node) string {
	n = v.r.deref(n)
	switch {
	case n.isNull():
		return ""
	case n.kind == sequence:
		var parts []string
		for _, k := range n.kids {
			if k = v.r.deref(k); k.kind == scalar {
				parts = append(parts, k.value)
			}
		}
		return "=" + zone.Quote(strings.Join(parts, ","))
	case n.kind == scalar:
		return "=" + zone.Quote(n.value)
	}
	return "=?"
}

// location reads the value of a LOC record (RFC 1876).
func (v *valueReader) location(n *node) *fault {
	if n.kind != mapping {
		return faultf(n, "Here stands a %s, and the value of a LOC record is a mapping.", n.kind)
	}
	keys := [...]string{
		"lat_degrees", "lat_minutes", "lat_seconds", "lat_direction", "long_degrees", "long_minutes", "long_seconds", "long_direction",
		"altitude", "size", "precision_horz", "precision_vert",
	}
	text := ". 0 IN LOC"
	for i, key := range keys {
		k := v.r.get(n, key)
		if k.isNull() || k.kind != scalar || k.value == "" || strings.Trim(k.value, "0123456789.-+NSEW") != "" {
			return faultf(n, "%s is missing or no number.", key)
		}
		text += " " + k.value
		if i >= 8 {
			text += "m"
		}
	}
	rr, err := dns.NewRR(text)
	if err != nil || rr == nil {
		return faultf(n, "These are not the data of a LOC record.")
	}
	rec, err := zone.FromRR(rr)
	if err != nil {
		return faultf(n, "These are not the data of a LOC record.")
	}
	v.buf = append(v.buf, rec.Data...)
	return nil
}

// keysOf lists the keys of a type's values.
func keysOf(t zone.Type) string {
	var keys []string
	for _, f := range fieldsOf[t] {
		keys = append(keys, f.keys[0])
	}
	if len(keys) == 0 {
		return "its fields"
	}
	last := len(keys) - 1
	return strings.Join(keys[:last], ", ") + " and " + keys[last]
}

// article returns a type with "a" or "an" before it.
func article(t zone.Type) string {
	s := t.String()
	if strings.IndexByte("AEFHILMNORSX", s[0]) >= 0 && s != "URI" && s != "HTTPS" && s != "LOC" || s == "HTTPS" {
		return "an " + s
	}
	return "a " + s
}

// quote puts what a file says into quotes for a message.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return `"` + s + `"`
}
