package octodns

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// fieldKind says how a field of a value is written.
type fieldKind uint8

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
