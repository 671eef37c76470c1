package resolve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// Authority is one name server of a zone, at one address. Each question is put
// to it anew. It is safe for concurrent use.
type Authority struct {
	server  *upstream
	timeout time.Duration
}

// NewAuthority returns the name server at the address. timeout is how long one
// try to get an answer may take; 0 is DefaultTimeout. It asks nothing.
func NewAuthority(addr netip.AddrPort, timeout time.Duration) *Authority {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	return &Authority{server: &upstream{addr: addr, authority: true}, timeout: timeout}
}

// errNoAuthority is for answers without the AA bit (RFC 1035, section 4.1.1).
var errNoAuthority = errors.New("it answers, but not as a name server of the zone")

// Query returns the records of that name and type that the server answers with;
// none if it says that there are none, or has an alias in their place. An error
// says that there was no answer with authority; one of the system is wrapped.
func (a *Authority) Query(ctx context.Context, name zone.Name, t zone.Type) ([]zone.Record, error) {
	m, err := a.server.exchange(ctx, name, t, a.timeout)
	if err != nil {
		return nil, err
	}
	switch {
	case m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError:
		code := dns.RcodeToString[m.Rcode]
		if code == "" {
			code = fmt.Sprintf("RCODE %d", m.Rcode)
		}
		return nil, fmt.Errorf("it answers %s", code)
	case !m.Authoritative:
		return nil, errNoAuthority
	}
	var out []zone.Record
	for _, rr := range m.Answer {
		if zone.Type(rr.Header().Rrtype) != t {
			continue
		}
		r, err := zone.FromRR(rr)
		if err != nil {
			return nil, fmt.Errorf("its answer cannot be read: %w", err)
		}
		if r.Name == name {
			out = append(out, r)
		}
	}
	return out, nil
}
