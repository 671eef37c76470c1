package dkim

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"math/bits"
)

// Tags of DER (X.690, section 8).
const (
	derInteger   = 0x02
	derBitString = 0x03
	derNull      = 0x05
	derSequence  = 0x30
)

// rsaEncryption is the object identifier 1.2.840.113549.1.1.1 in DER.
const rsaEncryption = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"

// element splits off the first element of DER data if it has the tag. missing
// is the number of octets that its length promises and the data does not hold.
func element(data []byte, tag byte) (content, rest []byte, missing int, ok bool) {
	if len(data) < 2 || data[0] != tag {
		return nil, nil, 0, false
	}
	n, head := int(data[1]), 2
	if n >= 0x80 {
		more := n & 0x7f
		if more < 1 || more > 3 || len(data) < 2+more {
			return nil, nil, 0, false
		}
		n = 0
		for _, c := range data[2 : 2+more] {
			n = n<<8 | int(c)
		}
		head += more
	}
	if n > len(data)-head {
		return nil, nil, n - (len(data) - head), false
	}
	return data[head : head+n], data[head+n:], 0, true
}

// rsaInfo reads a SubjectPublicKeyInfo with an RSA key (RFC 5280, section
// 4.1.2.7; RFC 3279, section 2.3.1) and returns its modulus, nil if it is none.
// missing is how many octets are lacking at the end of a key that begins well.
// It stands before crypto/x509 because that takes ten allocations for each of
// a mail host's keys.
func rsaInfo(data []byte) (modulus []byte, trailing, missing int) {
	info, rest, missing, ok := element(data, derSequence)
	if missing > 0 && bytes.Contains(data[:min(len(data), 20)], []byte(rsaEncryption)) ||
		missing > 0 && len(data) > 5 && (data[2] == derInteger || data[3] == derInteger || data[4] == derInteger) {
		return nil, 0, missing
	}
	if !ok {
		return nil, 0, 0
	}
	algorithm, key, _, ok := element(info, derSequence)
	if !ok || !bytes.HasPrefix(algorithm, []byte(rsaEncryption)) {
		return nil, 0, 0
	}
	if p := algorithm[len(rsaEncryption):]; len(p) > 0 && (len(p) != 2 || p[0] != derNull || p[1] != 0) {
		return nil, 0, 0
	}
	key, extra, _, ok := element(key, derBitString)
	if !ok || len(extra) > 0 || len(key) == 0 || key[0] != 0 {
		return nil, 0, 0
	}
	modulus, more := rsaPublicKey(key[1:])
	if more > 0 {
		return nil, 0, 0
	}
	return modulus, len(rest), 0
}

// rsaPublicKey reads an RSAPublicKey (RFC 8017, appendix A.1.1).
func rsaPublicKey(data []byte) (modulus []byte, trailing int) {
	key, rest, _, ok := element(data, derSequence)
	if !ok {
		return nil, 0
	}
	n, key, _, ok := element(key, derInteger)
	if !ok || !positive(n) {
		return nil, 0
	}
	e, key, _, ok := element(key, derInteger)
	if !ok || !positive(e) || len(key) > 0 {
		return nil, 0
	}
	return n, len(rest)
}

// positive reports whether an INTEGER is greater than 0.
func positive(n []byte) bool {
	return len(n) > 0 && n[0] < 0x80 && len(bytes.TrimLeft(n, "\x00")) > 0
}

// modulusBits returns the size of an unsigned number.
func modulusBits(n []byte) int {
	n = bytes.TrimLeft(n, "\x00")
	if len(n) == 0 {
		return 0
	}
	return 8*(len(n)-1) + bits.Len8(n[0])
}

// describe says what data is that is no RSA key.
func describe(data []byte) string {
	data = bytes.Clone(data)
	if _, err := x509.ParsePKCS1PrivateKey(data); err == nil {
		return "a private RSA key, which is known to all now and must be replaced"
	}
	if _, err := x509.ParsePKCS8PrivateKey(data); err == nil {
		return "a private key, which is known to all now and must be replaced"
	}
	if _, err := x509.ParseCertificate(data); err == nil {
		return "a certificate"
	}
	key, err := x509.ParsePKIXPublicKey(data)
	switch key.(type) {
	case *ecdsa.PublicKey:
		return "an ECDSA key"
	case ed25519.PublicKey:
		return "an Ed25519 key in DER"
	}
	if err == nil {
		return "a key of another type"
	}
	if len(data) == ed25519.PublicKeySize {
		return "32 octets, as an Ed25519 key has"
	}
	return "no public key in DER"
}

// subjectPublicKeyInfo wraps an RSAPublicKey in the form that verifiers expect.
func subjectPublicKeyInfo(rsa []byte) string {
	var a struct {
		N, E *big.Int
	}
	rest, err := asn1.Unmarshal(rsa, &a)
	if err != nil {
		return ""
	}
	type algorithm struct {
		OID    asn1.ObjectIdentifier
		Params asn1.RawValue
	}
	data, err := asn1.Marshal(struct {
		Algorithm algorithm
		Key       asn1.BitString
	}{
		algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, asn1.NullRawValue},
		asn1.BitString{Bytes: rsa[:len(rsa)-len(rest)], BitLength: 8 * (len(rsa) - len(rest))},
	})
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(data)
}
