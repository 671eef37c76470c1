package rfc2136

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
)

// conn is a connection for one request.
type conn struct {
	b    *Backend
	net  net.Conn
	ctx  context.Context
	stop func() bool
	sig  exchange
	id   uint16
}

// dial connects over TCP: a transfer needs it (RFC 5936, section 4.2), and an
// UPDATE is too large for UDP and must not be sent twice.
func (b *Backend) dial(ctx context.Context) (*conn, error) {
	d := net.Dialer{Timeout: b.timeout}
	c, err := d.DialContext(ctx, "tcp", b.server)
	if err != nil {
		return nil, b.errorf("%w; check %s and that the server takes TCP: %w", providers.ErrUnavailable, b.setting, err)
	}
	// A context that ends wakes whoever waits.
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	return &conn{b: b, net: c, ctx: ctx, stop: stop, sig: exchange{key: b.key}}, nil
}

func (c *conn) close() {
	c.stop()
	_ = c.net.Close()
}

// errorf makes an error that names the server.
func (b *Backend) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{b.called}, args...)...)
}

// wait gives the connection its time for the next message.
func (c *conn) wait() error {
	if err := c.net.SetDeadline(time.Now().Add(c.b.timeout)); err != nil {
		return err
	}
	return context.Cause(c.ctx) // it may have ended before the deadline was set
}

// send writes the request. sent is false if the server cannot have it whole.
func (c *conn) send(raw []byte) (sent bool, err error) {
	if err := c.wait(); err != nil {
		return false, err
	}
	framed := binary.BigEndian.AppendUint16(make([]byte, 0, len(raw)+2), uint16(len(raw)))
	n, err := c.net.Write(append(framed, raw...))
	return n == len(raw)+2, c.cause(err)
}

// receive reads an answer and checks that it is one to the request. What the
// server says and its signature are left to the caller.
func (c *conn) receive() ([]byte, *dns.Msg, error) {
	if err := c.wait(); err != nil {
		return nil, nil, err
	}
	var size [2]byte
	if _, err := io.ReadFull(c.net, size[:]); err != nil {
		return nil, nil, c.cause(err)
	}
	raw := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c.net, raw); err != nil {
		return nil, nil, c.cause(err)
	}
	m := new(dns.Msg)
	if err := m.Unpack(raw); err != nil {
		return nil, nil, fmt.Errorf("the answer cannot be read: %w", err)
	}
	if m.Id != c.id || !m.Response {
		return nil, nil, errors.New("the answer is to another question")
	}
	return raw, m, nil
}

// cause says in the words of contexts that time is over, and in plain ones that
// the server hung up.
func (c *conn) cause(err error) error {
	switch {
	case err == nil:
		return nil
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("no answer within %s: %w", c.b.timeout, context.DeadlineExceeded)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the server closed the connection without an answer")
	}
	return err
}
