package rfc2136

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// action is what was asked for.
type action struct {
	zone  zone.Name
	write bool
}

func (a action) String() string {
	if a.write {
		return fmt.Sprintf("update of %s", a.zone)
	}
	return fmt.Sprintf("transfer of %s", a.zone)
}

// refused says what an answer with an error means and what to do. unsigned is
// why its signature is not taken: a server that does not know the key or finds
// the signature wrong cannot sign its answer (RFC 8945, section 5.3.2).
func (b *Backend) refused(ctx context.Context, a action, m *dns.Msg, unsigned error) error {
	if t := m.IsTsig(); t != nil && b.key != nil {
		if why := b.tsigError(t); why != "" {
			return b.errorf("%s: %s: %w", a, why, providers.ErrUnauthorized)
		}
	}
	code := dns.RcodeToString[m.Rcode]
	if code == "" {
		code = fmt.Sprintf("RCODE %d", m.Rcode)
	}
	if m.Rcode != dns.RcodeNotAuth && unsigned != nil && !errors.Is(unsigned, errUnsigned) {
		return b.untrusted(a, unsigned)
	}
	switch m.Rcode {
	case dns.RcodeNXRrset, dns.RcodeYXRrset, dns.RcodeNameError, dns.RcodeYXDomain:
		if a.write {
			return b.errorf("%s: %w (%s); plan again", a, providers.ErrStale, code)
		}
	case dns.RcodeNotAuth, dns.RcodeRefused:
		return b.denied(ctx, a, code)
	case dns.RcodeNotImplemented:
		return b.errorf("%s: the server does not do that (%s); give the primary server in %s: %w", a, code, b.setting, providers.ErrRefused)
	case dns.RcodeNotZone:
		return b.errorf("%s: a record lies outside of the zone (%s): %w", a, code, providers.ErrRefused)
	case dns.RcodeFormatError:
		return b.errorf("%s: the server does not understand the message (%s); look into its log: %w", a, code, providers.ErrRefused)
	}
	if a.write {
		// A server that hands updates on may say so of one that was made.
		return b.errorf("%s: the server failed (%s); look into its log: %w", a, code, providers.ErrUnknownOutcome)
	}
	return b.errorf("%s: the server failed (%s); look into its log: %w", a, code, providers.ErrUnavailable)
}

// tsigError says what the server holds against the signature; "" for nothing.
func (b *Backend) tsigError(t *dns.TSIG) string {
	switch t.Error {
	case dns.RcodeSuccess:
		return ""
	case dns.RcodeBadKey:
		return fmt.Sprintf("the server does not take the key %s here (BADKEY); compare %s and %s with its keys and access rules", b.key.label(), KeyVariable, AlgorithmVariable)
	case dns.RcodeBadSig:
		return fmt.Sprintf("the server has another secret for the key %s (BADSIG); compare %s with its configuration", b.key.label(), SecretVariable)
	case dns.RcodeBadTime:
		return fmt.Sprintf("the clocks of this machine and of the server differ by more than %d seconds%s (BADTIME); set them", fudge, serverTime(t))
	case dns.RcodeBadTrunc:
		return "the server wants a longer signature (BADTRUNC); use a key with hmac-sha256"
	}
	return fmt.Sprintf("the server does not take the signature (TSIG error %d); look into its log", t.Error)
}

// serverTime is the time of the server in a BADTIME answer (RFC 8945, section
// 5.2.3).
func serverTime(t *dns.TSIG) string {
	raw, err := hex.DecodeString(t.OtherData)
	if err != nil || len(raw) != 6 {
		return ""
	}
	var sec int64
	for _, o := range raw {
		sec = sec<<8 | int64(o)
	}
	return ", and on the server it is " + time.Unix(sec, 0).UTC().Format(time.RFC3339)
}

// denied tells a zone that the server does not have from one that it does not
// give: servers use NOTAUTH and REFUSED for both (RFC 2136, section 3.1.2; RFC
// 5936, section 2.2.1).
func (b *Backend) denied(ctx context.Context, a action, code string) error {
	if b.lacks(ctx, a.zone, code) {
		return b.errorf("%w: the server is not authoritative for %s (%s); check the name of the zone and %s", providers.ErrNoZone, a.zone, code, b.setting)
	}
	who := "this address without a key"
	if b.key != nil {
		who = "the key " + b.key.label()
	}
	grant := "BIND: allow-transfer, Knot DNS: acl with action transfer"
	if a.write {
		grant = "BIND: update-policy or allow-update, Knot DNS: acl with action update"
	}
	return b.errorf("%s: the server does not allow it to %s (%s); allow it there (%s): %w", a, who, code, grant, providers.ErrUnauthorized)
}

// lacks asks for the SOA record and reports whether the server does not have the
// zone, as far as it says: REFUSED to both questions may also come from a server
// that answers nobody.
func (b *Backend) lacks(ctx context.Context, z zone.Name, code string) bool {
	c, err := b.dial(ctx)
	if err != nil {
		return false
	}
	defer c.close()
	m := new(dns.Msg)
	m.SetQuestion(z.String(), dns.TypeSOA)
	m.RecursionDesired = false
	c.id = m.Id
	raw, err := m.Pack()
	if err != nil {
		return false
	}
	if _, err := c.send(raw); err != nil {
		return false
	}
	if _, m, err = c.receive(); err != nil {
		return false
	}
	if m.Rcode == dns.RcodeRefused {
		return code != dns.RcodeToString[dns.RcodeRefused]
	}
	return !m.Authoritative || m.Rcode != dns.RcodeSuccess || len(m.Answer) == 0
}

// untrusted is an answer whose signature is missing or wrong.
func (b *Backend) untrusted(a action, err error) error {
	outcome := providers.ErrUnavailable
	if a.write {
		outcome = providers.ErrUnknownOutcome
	}
	if errors.Is(err, errUnsigned) {
		return b.errorf("%s: the answer is not signed with the key %s, so it is not taken; the server may not know TSIG: %w", a, b.key.label(), outcome)
	}
	return b.errorf("%s: the signature of the answer is not right (%w), so it is not taken: %w", a, err, outcome)
}
