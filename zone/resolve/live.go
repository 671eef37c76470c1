package resolve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// What DNSOptions mean where they are 0.
const (
	DefaultTimeout = 3 * time.Second
	DefaultQueries = 16
)

// DNSOptions say how the DNS is asked.
type DNSOptions struct {
	// Servers are recursive resolvers; the next is asked where one does not
	// answer or fails.
	Servers []netip.AddrPort
	// Timeout is how long one try to get an answer may take. A question is put
	// to each server at most twice.
	Timeout time.Duration
	// Queries is how many questions may be under way at a time.
	Queries int
}

// DNS is a Server that asks the DNS. A question is asked once, whoever else
// wants to know, and its answer stays what it was. What a reply tells of the
// names that a CNAME leads to is kept too.
type DNS struct {
	ctx     context.Context
	timeout time.Duration
	servers []*upstream
	slots   chan struct{}

	mu      sync.Mutex
	answers map[zone.Key]*pending
}

// pending is a question and, once ready is closed, its answer.
type pending struct {
	ready chan struct{}
	reply Reply
}

// NewDNS returns a Server that asks the DNS until ctx is done. It asks nothing
// before the first Query.
func NewDNS(ctx context.Context, o DNSOptions) *DNS {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Queries <= 0 {
		o.Queries = DefaultQueries
	}
	d := &DNS{ctx: ctx, timeout: o.Timeout, slots: make(chan struct{}, o.Queries), answers: map[zone.Key]*pending{}}
	for _, a := range o.Servers {
		d.servers = append(d.servers, &upstream{addr: a})
	}
	return d
}

// Query implements Server. A server that fails, refuses or says nothing that
// can be trusted leaves the answer Unknown, with the reason.
func (d *DNS) Query(name zone.Name, t zone.Type) Reply {
	if neverAsked(name) {
		return Reply{Status: zone.NameError, From: Live}
	}
	key := zone.Key{Name: name, Type: t}
	d.mu.Lock()
	p, known := d.answers[key]
	if !known {
		p = &pending{ready: make(chan struct{})}
		d.answers[key] = p
	}
	d.mu.Unlock()
	if known {
		select {
		case <-p.ready:
			return p.reply
		case <-d.ctx.Done():
			return unknownLive(d.ctx.Err())
		}
	}
	defer close(p.ready)
	p.reply = d.resolve(name, t)
	return p.reply
}

// neverAsked reports whether a name lies in a domain that is not in the DNS and
// never will be, and that it must not be asked for (RFC 6761, section 6.4;
// RFC 7686, section 2; RFC 9476, section 2).
func neverAsked(name zone.Name) bool {
	return name.Within("\x07invalid\x00") || name.Within("\x05onion\x00") || name.Within("\x03alt\x00")
}

func unknownLive(err error) Reply { return Reply{From: Live, Err: err} }

// resolve asks the servers, and keeps what the reply says of further names.
func (d *DNS) resolve(name zone.Name, t zone.Type) Reply {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-d.ctx.Done():
		return unknownLive(d.ctx.Err())
	}
	links, err := d.ask(name, t)
	if err != nil {
		return unknownLive(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range links[1:] {
		key := zone.Key{Name: n.name, Type: t}
		if d.answers[key] == nil {
			p := &pending{ready: make(chan struct{}), reply: n.reply}
			close(p.ready)
			d.answers[key] = p
		}
	}
	return links[0].reply
}

// tries is how often a question is put to a server that does not answer it.
const tries = 2

// errNoServer is for questions after the last server was given up.
var errNoServer = errors.New("no DNS server answers")

// ask puts a question to the servers until one gives an answer.
func (d *DNS) ask(name zone.Name, t zone.Type) ([]link, error) {
	err := errNoServer
	failed := make([]bool, len(d.servers)) // those that answered, but not the question
	for range tries {
		for i, u := range d.servers {
			if failed[i] || u.givenUp() {
				continue
			}
			start := time.Now()
			m, silent := u.exchange(d.ctx, name, t, d.timeout)
			switch {
			case d.ctx.Err() != nil:
				return nil, d.ctx.Err()
			case silent != nil:
				err = fmt.Errorf("%s: %w", u, silent)
				u.lose(silent)
				u.check(d.ctx, start, d.timeout)
				continue
			}
			links, bad := readReply(name, t, m)
			u.answered(m.Rcode)
			if bad == nil {
				return links, nil
			}
			err = fmt.Errorf("%s: %w", u, bad)
			failed[i] = true
		}
	}
	return nil, err
}

// Failures says which servers were given up, or refused every question, in the
// order in which they were given.
func (d *DNS) Failures() []error {
	var errs []error
	for _, u := range d.servers {
		if err := u.failure(); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// upstream is a DNS server and what is known of it.
type upstream struct {
	authority bool // it is asked for what is its own, without recursion
	addr      netip.AddrPort

	probing sync.Mutex // held while check asks

	mu       sync.Mutex
	heard    time.Time // when it last answered anything
	lost     int       // tries without a reply since it last answered a question
	useful   bool      // it answered a question without refusing
	refused  bool
	dead     error // why it is asked no more
	plainDNS bool  // it does not take EDNS
}

// String returns the address, with the port if that is not 53.
func (u *upstream) String() string {
	if u.addr.Port() == 53 {
		return u.addr.Addr().String()
	}
	return u.addr.String()
}

func (u *upstream) givenUp() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.dead != nil
}

// answered takes down that the server answered a question.
func (u *upstream) answered(rcode int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.heard, u.lost = time.Now(), 0
	if rcode == dns.RcodeRefused {
		u.refused = true
	} else {
		u.useful = true
	}
}

// maxLost is after how many tries in a row without a reply a server is given up
// though it answers probes: one that reaches no other server knows the root's
// SOA record for days.
const maxLost = 100

// lose takes down that a question was not answered.
func (u *upstream) lose(why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.lost++; u.lost >= maxLost && u.dead == nil {
		u.dead = why
	}
}

func (u *upstream) heardSince(start time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.heard.After(start)
}

// check finds out whether a server that did not answer a question asked at
// start answers at all; if not, it is given up, so that a run ends in time.
// Names whose own servers are dead leave a resolver silent too, so what it is
// asked then is the SOA record of the root.
func (u *upstream) check(ctx context.Context, start time.Time, timeout time.Duration) {
	u.probing.Lock()
	defer u.probing.Unlock()
	if u.heardSince(start) || u.givenUp() {
		return
	}
	var err error
	for range tries {
		if _, err = u.exchange(ctx, zone.Root, zone.TypeSOA, timeout); err == nil {
			u.mu.Lock()
			defer u.mu.Unlock()
			u.heard = time.Now()
			return
		}
	}
	if ctx.Err() != nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dead = err
}

func (u *upstream) failure() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.dead != nil:
		return fmt.Errorf("the DNS server %s did not answer: %w", u, u.dead)
	case u.refused && !u.useful:
		return fmt.Errorf("the DNS server %s refused every question", u)
	}
	return nil
}
