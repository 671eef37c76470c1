package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
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
	zones := zonesOf(ts, args[1:])
	s := &loopback{world: resolve.NewWorld(zones), silent: len(zones) == 0}
	addr, stop, err := s.start("127.0.0.1:0")
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv(args[0], addr)
	loopbacks.Store(addr, s)
}

func zonesOf(ts *testscript.TestScript, files []string) []*zone.Zone {
	var zones []*zone.Zone
	for _, name := range files {
		z, err := masterfile.Parse(name, []byte(ts.ReadFile(name)), masterfile.Options{})
		ts.Check(err)
		zones = append(zones, z)
	}
	return zones
}

// nameServer starts a name server at port 53 of a loopback address of its own for
// the rest of the script and puts the address into a variable:
//
//	nameserver VAR FILE           answers with the zone
//	nameserver VAR FILE N NEWER   with another one after N queries
//	nameserver VAR FILE lame      without authority
//	nameserver VAR silent         answers nothing
func nameServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nameserver var file [n newer | lame] | silent")
	}
	s := &loopback{authority: true, silent: args[1] == "silent"}
	if !s.silent {
		s.world = resolve.NewWorld(zonesOf(ts, args[1:2]))
	}
	if len(args) == 3 {
		s.authority = args[2] != "lame"
	}
	if len(args) == 4 {
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		s.newer, s.after = resolve.NewWorld(zonesOf(ts, args[3:])), int32(n)
	}
	addr, stop, err := s.start(ownAddress() + ":53")
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv(args[0], strings.TrimSuffix(addr, ":53"))
	loopbacks.Store(addr, s)
}

// ownAddress is a loopback address that hardly anybody else uses.
func ownAddress() string {
	n := rand.Uint32()
	return fmt.Sprintf("127.%d.%d.%d", 1+n>>16%250, n>>8%250, 1+n%250)
}

// port53 reports whether name servers can be started where they belong.
func port53() bool {
	pc, err := net.ListenPacket("udp", ownAddress()+":53")
	if err == nil {
		pc.Close()
	}
	return err == nil
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
	world     *resolve.Zones
	newer     *resolve.Zones // in place of world after some queries; nil for never
	after     int32
	silent    bool
	authority bool
	queries   atomic.Int32
}

// start serves at an address, where port 0 is a free one, until stop is called.
func (s *loopback) start(at string) (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", at)
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
	n := s.queries.Add(1)
	if s.silent {
		return
	}
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable, m.Authoritative = !s.authority, s.authority
	world := s.world
	if s.newer != nil && n > s.after {
		world = s.newer
	}
	name, err := zone.ParseName(q.Question[0].Name, "")
	if err != nil {
		return
	}
	switch r := world.Query(name, zone.Type(q.Question[0].Qtype)); r.Status {
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
