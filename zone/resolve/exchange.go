package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// udpSize is what is offered by EDNS: replies up to it are not fragmented
// (RFC 9715, section 3.2).
const udpSize = 1232

// The most octets that are read as one message: over TCP all that there can be
// (RFC 1035, section 4.2.2), over UDP more than was offered, since not every
// server keeps to it.
const (
	maxDatagram = 4096
	maxMessage  = 1<<16 - 1
)

// exchange asks one question, by UDP, and by TCP where the reply is cut short
// (RFC 7766, section 5). An error says that there was no reply to it.
func (u *upstream) exchange(ctx context.Context, name zone.Name, t zone.Type, timeout time.Duration) (*dns.Msg, error) {
	u.mu.Lock()
	plain := u.plainDNS
	u.mu.Unlock()
	m, err := u.askOnce(ctx, u.query(name, t, !plain), timeout)
	if err != nil || plain || m.Rcode != dns.RcodeFormatError && m.Rcode != dns.RcodeNotImplemented {
		return m, err
	}
	// A server that knows no EDNS says so (RFC 6891, section 7).
	m, err = u.askOnce(ctx, u.query(name, t, false), timeout)
	if err == nil && (m.Rcode == dns.RcodeSuccess || m.Rcode == dns.RcodeNameError) {
		u.mu.Lock()
		u.plainDNS = true
		u.mu.Unlock()
	}
	return m, err
}

// query is a question as it is put to the server.
func (u *upstream) query(name zone.Name, t zone.Type, edns bool) *dns.Msg {
	q := newQuery(name, t, edns)
	q.RecursionDesired = !u.authority
	return q
}

func newQuery(name zone.Name, t zone.Type, edns bool) *dns.Msg {
	q := new(dns.Msg)
	q.Id = dns.Id()
	q.RecursionDesired = true
	q.Question = []dns.Question{{Name: name.String(), Qtype: uint16(t), Qclass: dns.ClassINET}}
	if edns {
		q.SetEdns0(udpSize, false)
	}
	return q
}

func (u *upstream) askOnce(ctx context.Context, q *dns.Msg, timeout time.Duration) (*dns.Msg, error) {
	m, err := u.over(ctx, "udp", q, timeout)
	if err != nil || !m.Truncated {
		return m, err
	}
	if m, err = u.over(ctx, "tcp", q, timeout); err == nil && m.Truncated {
		return nil, errors.New("the reply is cut short over TCP too")
	}
	return m, err
}

// over puts a query to the server by UDP or TCP.
func (u *upstream) over(ctx context.Context, network string, q *dns.Msg, timeout time.Duration) (*dns.Msg, error) {
	wire, err := q.Pack()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// Each question has a socket, and so a port, of its own, against forged
	// replies (RFC 5452, section 9.2).
	conn, err := new(net.Dialer).DialContext(ctx, network, u.addr.String())
	if err != nil {
		return nil, silence(network, timeout, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	c := &dns.Conn{Conn: conn} // frames messages over TCP
	if _, err := c.Write(wire); err != nil {
		return nil, silence(network, timeout, err)
	}
	buf := make([]byte, maxDatagram)
	if network == "tcp" {
		buf = make([]byte, maxMessage)
	}
	for {
		n, err := c.Read(buf)
		if err != nil {
			return nil, silence(network, timeout, err)
		}
		m, ours, err := readMessage(q, buf[:n])
		switch {
		case ours && err == nil:
			return m, nil
		case ours || network == "tcp":
			return nil, errors.New("its reply makes no sense")
		}
		// Not the reply to this query: forged, or late. The true one may still
		// come (RFC 5452, section 9.1).
	}
}

// silence says in short why there is no reply.
func silence(network string, timeout time.Duration, err error) error {
	var ne net.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return fmt.Errorf("no reply by %s within %s", strings.ToUpper(network), timeout)
	}
	var no syscall.Errno
	if errors.As(err, &no) {
		return fmt.Errorf("by %s: %w", strings.ToUpper(network), no)
	}
	return fmt.Errorf("by %s: %w", strings.ToUpper(network), err)
}

// readMessage reads a message. ours is false if it is no reply to the query; an
// error says that it is one that cannot be read.
func readMessage(q *dns.Msg, wire []byte) (m *dns.Msg, ours bool, err error) {
	m = new(dns.Msg)
	err = m.Unpack(wire)
	if len(wire) < 12 || m.Id != q.Id || !m.Response || m.Opcode != dns.OpcodeQuery {
		return nil, false, nil
	}
	if m.Truncated && len(m.Question) == 0 {
		return m, true, nil // only to be asked again by TCP
	}
	if len(m.Question) == 0 && (m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented) {
		return m, true, nil // it could not read the question
	}
	if !sameQuestion(q.Question[0], m.Question) {
		// What cannot be read as far as the question may be anything.
		return nil, false, nil
	}
	if m.Truncated {
		return m, true, nil // cut in the middle of a record, perhaps
	}
	return m, true, err
}

func sameQuestion(q dns.Question, got []dns.Question) bool {
	if len(got) != 1 || got[0].Qtype != q.Qtype || got[0].Qclass != q.Qclass {
		return false
	}
	want, err := zone.ParseName(q.Name, "")
	if err != nil {
		return false
	}
	name, err := zone.ParseName(got[0].Name, "") // in lower case, as want is
	return err == nil && name == want
}
