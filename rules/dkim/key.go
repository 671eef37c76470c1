package dkim

import (
	"strings"

	"github.com/zonelint/zonelint/rules/tagvalue"
)

// KeyForm is what the value of the tag p holds.
type KeyForm uint8

// The forms of a key.
const (
	// KeyMissing: there is no tag p.
	KeyMissing KeyForm = iota
	// KeyRevoked: the value is empty (RFC 6376, section 3.6.1).
	KeyRevoked
	// KeyBadOctet: an octet is not one of base64, or stands behind the padding.
	KeyBadOctet
	// KeyTruncated: the end of the key is missing.
	KeyTruncated
	// KeyRSA: an RSA key as SubjectPublicKeyInfo (RFC 6376, erratum 3017).
	KeyRSA
	// KeyPKCS1: an RSA key as RSAPublicKey (RFC 8017, appendix A.1.1).
	KeyPKCS1
	// KeyEd25519: 32 octets (RFC 8463, section 4).
	KeyEd25519
	// KeyStrange: good base64, but not a key of the type that k says.
	KeyStrange
	// KeyUnread: the type of the key is not known.
	KeyUnread
)

// Key is the public key of a record.
type Key struct {
	Form KeyForm
	// Bad is the offset of the octet that is none of base64.
	Bad int
	// Bits is the size of the modulus of an RSA key.
	Bits int
	// Octets is the length of the key, Missing how many more it says it has.
	Octets, Missing int
	// Trailing is the number of octets behind the end of an RSA key.
	Trailing int
	// Padding says that the "=" at the end are too few or too many.
	Padding bool
}

// sound reports whether some verifier can check signatures with the key.
func (k *Key) sound() bool {
	return k.Form == KeyRSA || k.Form == KeyPKCS1 || k.Form == KeyEd25519
}

// Sound reports whether the record holds a key that some verifier can use.
func (r *Record) Sound() bool { return r.Meant && !r.Debris && r.Key.sound() }

// keyType returns the type of the key in lower case, "rsa" where it is not
// given (RFC 6376, section 3.6.1, k=).
func (r *Record) keyType() string {
	switch k := r.value('k', "rsa"); {
	case strings.EqualFold(k, "rsa"):
		return "rsa"
	case strings.EqualFold(k, "ed25519"):
		return "ed25519"
	}
	return ""
}

func (r *Record) readKey() (k Key) {
	p := r.Tag('p')
	if p == nil {
		return k
	}
	var room [1100]byte // an RSA key of 8192 bits
	return readKey(r.Text, p.Value, r.keyType(), room[:0])
}

func readKey(text string, s tagvalue.Span, keyType string, room []byte) (k Key) {
	if s.Empty() {
		return Key{Form: KeyRevoked}
	}
	data, sextets, pads, bad := decode(room, text, s)
	if bad >= 0 {
		return Key{Form: KeyBadOctet, Bad: bad}
	}
	k.Octets = len(data)
	k.Padding = pads != (4-sextets%4)%4
	switch keyType {
	case "rsa":
		k.readRSA(data)
	case "ed25519":
		k.Form = KeyStrange
		if len(data) == 32 {
			k.Form = KeyEd25519
		}
	default:
		k.Form = KeyUnread
	}
	if sextets%4 == 1 && k.Form != KeyTruncated {
		// Six bits are left over, which are no octet.
		k.Form, k.Missing = KeyTruncated, 1
	}
	return k
}

// readRSA reads an RSA key in DER.
func (k *Key) readRSA(data []byte) {
	n, trailing, missing := rsaInfo(data)
	switch {
	case missing > 0:
		k.Form, k.Missing = KeyTruncated, missing
	case n != nil:
		k.Form, k.Trailing, k.Bits = KeyRSA, trailing, modulusBits(n)
	default:
		n, trailing = rsaPublicKey(data)
		k.Form = KeyStrange
		if n != nil {
			k.Form, k.Trailing, k.Bits = KeyPKCS1, trailing, modulusBits(n)
		}
	}
}

// sextet is the value of an octet of base64 (RFC 4648, section 4), 0xff for
// others.
var sextet = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	return t
}()

// decode appends what a stretch of base64 stands for to dst. Blanks may stand
// anywhere in it (RFC 6376, section 2.10, base64string). It counts the octets
// of base64 and of padding; bad is the offset of one that is neither, or of
// base64 behind the padding, -1 if there is none.
func decode(dst []byte, text string, s tagvalue.Span) (data []byte, sextets, pads, bad int) {
	i := s.From
	for ; i+4 <= s.To; i += 4 { // nothing but base64, as nearly all of a key is
		four := text[i : i+4]
		a, b, c, d := sextet[four[0]], sextet[four[1]], sextet[four[2]], sextet[four[3]]
		if (a|b|c|d)&0xc0 != 0 {
			break
		}
		dst = append(dst, a<<2|b>>4, b<<4|c>>2, c<<6|d)
		sextets += 4
	}
	var acc uint32
	for ; i < s.To; i++ {
		c := text[i]
		v := sextet[c]
		switch {
		case v != 0xff && pads == 0:
			acc = acc<<6 | uint32(v)
			if sextets++; sextets%4 == 0 {
				dst = append(dst, byte(acc>>16), byte(acc>>8), byte(acc))
			}
		case blank(c):
		case c == '=' && sextets > 0:
			pads++
		default:
			return dst, sextets, pads, i
		}
	}
	switch sextets % 4 {
	case 2:
		dst = append(dst, byte(acc>>4))
	case 3:
		dst = append(dst, byte(acc>>10), byte(acc>>2))
	}
	return dst, sextets, pads, -1
}
