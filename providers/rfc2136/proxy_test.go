package rfc2136_test

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers/rfc2136"
)

// fault is what goes wrong on the way to the server and back.
type fault struct {
	name string
	// lost: the request does not arrive. answerLost: the answer does not. cut: half
	// of the answer arrives. wait: the answer comes after that.
	lost, answerLost, cut bool
	wait                  time.Duration
	before                func() // the request reaches the server
}

// proxy stands between the backend and the server. A connection carries one
// request.
type proxy struct {
	t        testing.TB
	listener net.Listener
	target   string

	mu       sync.Mutex
	requests int
	faults   map[int]fault // by request, from 1
	running  sync.WaitGroup
}

func newProxy(t testing.TB, s *server) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: l, target: s.addr, faults: map[int]fault{}}
	p.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.requests++
			f := p.faults[p.requests]
			p.mu.Unlock()
			p.running.Go(func() { defer c.Close(); p.serve(c, f) })
		}
	})
	t.Cleanup(func() { l.Close(); p.running.Wait() })
	return p
}

// fail makes request n from now on fail.
func (p *proxy) fail(n int, f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults[p.requests+n] = f
}

func (p *proxy) count() int { p.mu.Lock(); defer p.mu.Unlock(); return p.requests }

func (p *proxy) serve(c net.Conn, f fault) {
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return
	}
	request := make([]byte, 2+binary.BigEndian.Uint16(size[:]))
	copy(request, size[:])
	if _, err := io.ReadFull(c, request[2:]); err != nil || f.lost {
		return
	}
	if f.before != nil {
		f.before()
	}
	up, err := net.Dial("tcp", p.target)
	if err != nil {
		p.t.Error(err)
		return
	}
	defer up.Close()
	if _, err := up.Write(request); err != nil {
		p.t.Error(err)
		return
	}
	// Servers keep the connection open: the end is when nothing more comes.
	_ = up.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadFull(up, size[:]); err != nil {
		return
	}
	answer := make([]byte, 2+binary.BigEndian.Uint16(size[:]))
	copy(answer, size[:])
	if _, err := io.ReadFull(up, answer[2:]); err != nil || f.answerLost {
		return
	}
	time.Sleep(f.wait)
	if f.cut {
		_, _ = c.Write(answer[:len(answer)/2])
		return
	}
	if _, err := c.Write(answer); err != nil {
		return
	}
	_ = up.SetReadDeadline(time.Time{})
	go func() { _, _ = io.Copy(c, up) }()
	_, _ = io.Copy(io.Discard, c) // until the backend hangs up
}

// through is a backend behind the proxy.
func (p *proxy) through(t testing.TB, timeout time.Duration) *rfc2136.Backend {
	t.Helper()
	b, err := rfc2136.New(rfc2136.Options{Server: p.listener.Addr().String(), KeyName: writer, Secret: writerSecret, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
