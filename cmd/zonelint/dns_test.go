package main

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// dnsServer starts a DNS server on loopback for the rest of the script and puts
// its address into a variable: dns VAR FILE... serves those zones as the only
// DNS there is, by UDP and TCP; dns VAR answers nothing.
func dnsServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: dns var [file...]")
	}
	var zones []*zone.Zone
	for _, name := range args[1:] {
		z, err := masterfile.Parse(name, []byte(ts.ReadFile(name)), masterfile.Options{})
		ts.Check(err)
		zones = append(zones, z)
	}
	s := &loopback{world: resolve.NewWorld(zones), silent: len(zones) == 0}
	addr, stop, err := s.start()
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv(args[0], addr)
	loopbacks.Store(addr, s)
}

// asked compares the number of queries that a server got: asked ADDR N, where N
// may be "some" for one or more.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: asked addr number")
	}
	s, ok := loopbacks.Load(args[0])
	if !ok {
		ts.Fatalf("no server is at %s", args[0])
	}
	n := int(s.(*loopback).queries.Load())
	if args[1] == "some" && n > 0 || args[1] == strconv.Itoa(n) {
		return
	}
	ts.Fatalf("%d queries, want %s", n, args[1])
}

// loopbacks are the servers that scripts started, by address.
var loopbacks sync.Map

// loopback is a DNS server.
type loopback struct {
	world   *resolve.Zones
	silent  bool
	queries atomic.Int32
}

// start serves on a free port until stop is called.
func (s *loopback) start() (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr = l.Addr().String()
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		l.Close()
		return "", nil, err
	}
	// What comes before they serve waits in the sockets.
	for _, server := range []*dns.Server{{PacketConn: pc, Handler: s}, {Listener: l, Handler: s}} {
		go server.ActivateAndServe()
	}
	return addr, func() { pc.Close(); l.Close() }, nil
}

// ServeDNS implements dns.Handler. What does not fit into 512 octets has to be
// asked by TCP.
func (s *loopback) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	s.queries.Add(1)
	if s.silent {
		return
	}
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable = true
	name, err := zone.ParseName(q.Question[0].Name, "")
	if err != nil {
		return
	}
	switch r := s.world.Query(name, zone.Type(q.Question[0].Qtype)); r.Status {
	case zone.Unknown:
		m.Rcode = dns.RcodeServerFailure
	case zone.NameError:
		m.Rcode = dns.RcodeNameError
	default:
		for _, rec := range r.Records {
			if rr, err := rec.RR(); err == nil {
				rr.Header().Name = q.Question[0].Name // not that of a wildcard
				m.Answer = append(m.Answer, rr)
			}
		}
	}
	if w.RemoteAddr().Network() == "udp" && m.Len() > 512 {
		m.Answer, m.Truncated = nil, true
	}
	w.WriteMsg(m)
}
