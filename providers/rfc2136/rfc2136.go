// Package rfc2136 reads and changes zones on name servers that speak DNS
// itself: a zone transfer to read (RFC 5936) and one UPDATE message to write
// (RFC 2136), both signed with a TSIG key where there is one (RFC 8945). BIND and
// Knot DNS are tested.
//
// An UPDATE is carried out wholly or not at all. Its prerequisites are the
// RRsets as they were planned on, so that the server itself refuses a plan for a
// zone that has changed meanwhile.
package rfc2136

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables, which are those of lego, and of what is built on it.
const (
	ServerVariable    = "RFC2136_NAMESERVER"
	KeyVariable       = "RFC2136_TSIG_KEY"
	SecretVariable    = "RFC2136_TSIG_SECRET"
	AlgorithmVariable = "RFC2136_TSIG_ALGORITHM"
	TimeoutVariable   = "RFC2136_DNS_TIMEOUT"
)

// maxOps is the most changes of one UPDATE: with their prerequisites they fit
// in a message of 65,535 octets unless most of them are very long texts, and
// then nothing is written.
const maxOps = 200

var capabilities = providers.Capabilities{Atomic: true, MaxOps: maxOps, Update: true, Conditional: true, RRsetTTL: true}

// Provider describes name servers that take updates.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:  "rfc2136",
		Title: "DNS UPDATE (RFC 2136)",
		URL:   "https://www.rfc-editor.org/rfc/rfc2136",
		Variables: []providers.Variable{
			{Name: ServerVariable, Use: "the primary name server: host, host:port or [IPv6 address]:port"},
			{Name: KeyVariable, Use: "the name of the TSIG key; without it requests are not signed", Optional: true},
			{Name: SecretVariable, Use: "the secret of the TSIG key, in base64", Secret: true, Optional: true},
			{Name: AlgorithmVariable, Use: "the algorithm of the TSIG key, hmac-sha256 if not set", Optional: true},
			{Name: TimeoutVariable, Use: "seconds to wait for an answer, 30 if not set", Optional: true},
		},
		Capabilities: capabilities,
		Notes: []string{
			"The zone is read by zone transfer (AXFR) and written by UPDATE; the server must allow both to the key.",
			"A change is one UPDATE message, and the server refuses it if a record that it concerns is not as it was planned.",
			"The server raises the serial of the SOA record and signs the zone, where it does, by itself.",
		},
		Open: func(env func(string) string) (providers.Backend, error) {
			o, err := options(env)
			if err != nil {
				return nil, err
			}
			o.Server = env(ServerVariable)
			return New(o)
		},
	}
}

// options reads what all servers have in common from the environment.
func options(env func(string) string) (Options, error) {
	o := Options{KeyName: env(KeyVariable), Secret: env(SecretVariable), Algorithm: env(AlgorithmVariable)}
	if s := env(TimeoutVariable); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 3600 {
			return o, fmt.Errorf("%s is %q; set it to seconds from 1 to 3600", TimeoutVariable, s)
		}
		o.Timeout = time.Duration(n) * time.Second
	}
	return o, nil
}

// Options are what New needs to know.
type Options struct {
	// Server is the primary name server: a host name or an address, with a port
	// if that is not 53.
	Server string
	// KeyName, Secret (in base64) and Algorithm are the TSIG key; without KeyName
	// and Secret requests are not signed. Algorithm "" is hmac-sha256.
	KeyName, Secret, Algorithm string
	// Timeout is how long to wait for a connection and for each message; 0 is 30
	// seconds.
	Timeout time.Duration
}

// Backend is one name server.
type Backend struct {
	server  string // host:port
	called  string // what errors call it
	setting string // where the server was named
	key     *key   // nil: not signed
	timeout time.Duration
	now     func() time.Time

	mu     sync.Mutex
	signed map[zone.Name]bool // zones in which signatures were read
}

// isSigned reports whether the zone had signatures when it was last read.
func (b *Backend) isSigned(z zone.Name) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.signed[z]
}

var _ providers.Backend = (*Backend)(nil)

// New returns the backend. No request is made.
func New(o Options) (*Backend, error) {
	server, err := parseServer(o.Server)
	if err != nil {
		return nil, err
	}
	k, err := newKey(o.KeyName, o.Secret, o.Algorithm)
	if err != nil {
		return nil, err
	}
	return &Backend{server: server, called: "rfc2136: " + server, setting: ServerVariable, key: k, timeout: cmp.Or(o.Timeout, 30*time.Second), now: time.Now, signed: map[zone.Name]bool{}}, nil
}

// parseServer completes a server with the port of DNS.
func parseServer(s string) (string, error) {
	bad := fmt.Errorf("%s: %q is not a name server such as ns1.example.net, 192.0.2.1:5353 or [2001:db8::1]:53", ServerVariable, s)
	host, port := s, "53"
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		host = s[1 : len(s)-1]
	}
	switch {
	case net.ParseIP(host) != nil:
	case strings.Contains(s, ":"):
		var err error
		if host, port, err = net.SplitHostPort(s); err != nil {
			return "", bad
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", bad
	}
	if host == "" || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("/@?#[]", r) }) {
		return "", bad
	}
	return net.JoinHostPort(host, port), nil
}

// Zones fails: DNS has no way to ask for them.
func (b *Backend) Zones(context.Context) ([]zone.Name, error) {
	return nil, fmt.Errorf("rfc2136: a name server cannot be asked for its zones; name the zone: %w", errors.ErrUnsupported)
}
