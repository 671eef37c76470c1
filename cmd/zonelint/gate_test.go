package main

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// gate stands before a server.
type gate struct {
	mu       sync.Mutex
	requests int
	hook     gateHook
}

// gateHook is told of each request, counted from 1, before it reaches the server, and
// before its answer goes back. What it says is lost goes no further.
type gateHook func(request int, write, answered bool) (lost bool)

// set counts from 1 again, with another hook or none.
func (g *gate) set(h gateHook) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests, g.hook = 0, h
}

// request takes a request on its way and returns what becomes of its answer.
func (g *gate) request(write bool) (lost bool, answer func() (lost bool)) {
	g.mu.Lock()
	g.requests++
	n, h := g.requests, g.hook
	g.mu.Unlock()
	if h == nil {
		return false, func() bool { return false }
	}
	return h(n, write, false), func() bool { return h(n, write, true) }
}

func (g *gate) count() int { g.mu.Lock(); defer g.mu.Unlock(); return g.requests }

// dnsGate is a gate for DNS over TCP; a connection carries one request.
func dnsGate(t *testing.T, server string, g *gate) (addr string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	serve := func(c net.Conn) {
		defer c.Close()
		request, err := framed(c)
		if err != nil {
			return
		}
		lost, answered := g.request(request[4]>>3&15 == dns.OpcodeUpdate)
		if lost {
			return
		}
		up, err := net.Dial("tcp", server)
		if err != nil {
			return
		}
		defer up.Close()
		if _, err := up.Write(request); err != nil {
			return
		}
		answer, err := framed(up)
		if err != nil {
			return
		}
		if answered() {
			return
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
		go func() { _, _ = io.Copy(c, up) }() // further messages of a transfer
		_, _ = io.Copy(io.Discard, c)         // until the client hangs up
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String()
}

// framed reads a message with its length before it (RFC 1035, section 4.2.2).
func framed(r io.Reader) ([]byte, error) {
	b := make([]byte, 2)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(b))
	b = append(b, make([]byte, n)...)
	if n < 12 {
		return nil, io.ErrUnexpectedEOF
	}
	_, err := io.ReadFull(r, b[2:])
	return b, err
}

// httpGate is a gate for HTTP.
func httpGate(t *testing.T, server string, g *gate) (address string) {
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}, // the client is gone
	}
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lost, answered := g.request(r.Method != http.MethodGet)
		if lost {
			panic(http.ErrAbortHandler)
		}
		// The write is made whether or not somebody waits for it.
		r = r.WithContext(context.WithoutCancel(r.Context()))
		answer := httptest.NewRecorder()
		proxy.ServeHTTP(answer, r)
		if answered() {
			panic(http.ErrAbortHandler)
		}
		for k, v := range answer.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	t.Cleanup(gate.Close)
	return gate.URL
}
