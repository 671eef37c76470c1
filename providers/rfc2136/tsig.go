package rfc2136

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// fudge is by how many seconds the clocks may differ (RFC 8945, section 10).
const fudge = 300

// maxUnsigned is the most messages between two signed ones (RFC 8945, section
// 5.3.1).
const maxUnsigned = 99

// algorithms are those of RFC 8945, section 6, without the broken ones.
var algorithms = map[string]func() hash.Hash{
	dns.HmacSHA1:   sha1.New,
	dns.HmacSHA224: sha256.New224,
	dns.HmacSHA256: sha256.New,
	dns.HmacSHA384: sha512.New384,
	dns.HmacSHA512: sha512.New,
}

// key is a TSIG key.
type key struct {
	name      string // as miekg/dns has it: lower case, final dot
	algorithm string
	secret    []byte
	hash      func() hash.Hash
}

// newKey finds the mistakes that need no request. The secret is not quoted in
// any error.
func newKey(name, secret, algorithm string) (*key, error) {
	bad := func(format string, args ...any) (*key, error) {
		return nil, fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), providers.ErrUnauthorized)
	}
	switch {
	case name == "" && secret == "":
		return nil, nil
	case name == "":
		return bad("%s is set and %s is not; set both", SecretVariable, KeyVariable)
	case secret == "":
		return bad("%s is set and %s is not; set both", KeyVariable, SecretVariable)
	}
	n, err := zone.ParseName(name, zone.Root)
	if err != nil || n == zone.Root {
		return bad("%s is not the name of a key", KeyVariable)
	}
	alg := dns.CanonicalName(cmp.Or(algorithm, "hmac-sha256"))
	h, ok := algorithms[alg]
	if !ok {
		return bad("%s is %q; it can be %s", AlgorithmVariable, algorithm, strings.Join(algorithmNames(), ", "))
	}
	raw, err := base64.StdEncoding.DecodeString(secret)
	if err != nil || len(raw) == 0 {
		return bad("%s is not in base64; set it to the secret alone, as it stands in the key file", SecretVariable)
	}
	return &key{name: n.String(), algorithm: alg, secret: raw, hash: h}, nil
}

func algorithmNames() []string {
	var names []string
	for _, a := range slices.Sorted(maps.Keys(algorithms)) {
		names = append(names, strings.TrimSuffix(a, "."))
	}
	return names
}

// label names the key in messages.
func (k *key) label() string {
	return fmt.Sprintf("%q with %s", k.name, strings.TrimSuffix(k.algorithm, "."))
}

func (k *key) sum(msg []byte) []byte {
	h := hmac.New(k.hash, k.secret)
	h.Write(msg)
	return h.Sum(nil)
}

// Why the signature of an answer is not taken.
var (
	errUnsigned = errors.New("it is not signed")
	errKey      = errors.New("it is signed with another key")
)

// exchange is the signatures of one request and its answers: each is made over
// the one before (RFC 8945, section 5.3).
type exchange struct {
	key     *key
	mac     string   // the last one, in hexadecimal
	more    bool     // the next signature is not the first of the answer
	between [][]byte // messages since the last signature
}

// Generate and Verify make exchange a dns.TsigProvider.
func (x *exchange) Generate(msg []byte, _ *dns.TSIG) ([]byte, error) { return x.key.sum(msg), nil }

// Verify checks a signature over what miekg/dns gives, which is the MAC before
// with its length, the message, and the variables. Messages that were not signed
// stand before the message (RFC 8945, section 5.3.1).
func (x *exchange) Verify(msg []byte, t *dns.TSIG) error {
	if dns.CanonicalName(t.Hdr.Name) != x.key.name || dns.CanonicalName(t.Algorithm) != x.key.algorithm {
		return errKey
	}
	if len(x.between) > 0 {
		at := 2 + len(x.mac)/2
		msg = slices.Concat(msg[:at], slices.Concat(x.between...), msg[at:])
	}
	mac, err := hex.DecodeString(t.MAC)
	if err != nil || !hmac.Equal(x.key.sum(msg), mac) {
		return dns.ErrSig
	}
	return nil
}

// sign packs a request.
func (x *exchange) sign(m *dns.Msg, now int64) ([]byte, error) {
	if x.key == nil {
		return m.Pack()
	}
	m.SetTsig(x.key.name, x.key.algorithm, fudge, now)
	b, mac, err := dns.TsigGenerateWithProvider(m, x, "", false)
	x.mac = mac
	return b, err
}

// verify checks an answer. Only behind the first one may the signature be left
// for a later message.
func (x *exchange) verify(raw []byte, m *dns.Msg) error {
	if x.key == nil {
		return nil
	}
	t := m.IsTsig()
	if t == nil {
		if !x.more || len(x.between) == maxUnsigned {
			return errUnsigned
		}
		x.between = append(x.between, raw)
		return nil
	}
	// The check changes the octets.
	if err := dns.TsigVerifyWithProvider(slices.Clone(raw), x, x.mac, x.more); err != nil {
		return err
	}
	x.mac, x.more, x.between = t.MAC, true, nil
	return nil
}

// complete says whether the last message was signed, as it must be.
func (x *exchange) complete() error {
	if len(x.between) > 0 {
		return errUnsigned
	}
	return nil
}
