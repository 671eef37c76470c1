package main

import (
	"net"
	"strings"

	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// axfrServer starts a name server on loopback for the rest of the script that
// lets zones be transferred, and puts its address into a variable:
//
//	axfr VAR FILE...             to everybody
//	axfr VAR refuse FILE...      to nobody
//	axfr VAR key=SECRET FILE...  to those who have the key key.example
func axfrServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: axfr var [refuse|key=secret] file...")
	}
	s := &transfers{zones: map[string][]dns.RR{}}
	files := args[1:]
	if secret, ok := strings.CutPrefix(files[0], "key="); ok {
		s.secret, files = secret, files[1:]
	} else if files[0] == "refuse" {
		s.refuse, files = true, files[1:]
	}
	for _, name := range files {
		z, err := masterfile.Parse(name, []byte(ts.ReadFile(name)), masterfile.Options{})
		ts.Check(err)
		var rrs, soa []dns.RR
		for r := range z.Records() {
			rr, err := r.RR()
			ts.Check(err)
			if r.Type == zone.TypeSOA {
				soa = append(soa, rr)
			} else {
				rrs = append(rrs, rr)
			}
		}
		s.zones[z.Apex.String()] = append(append(soa[:1:1], rrs...), soa[0])
	}
	host := "127.0.0.1:0"
	if strings.HasSuffix(args[0], "6") {
		host = "[::1]:0"
	}
	l, err := net.Listen("tcp", host)
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	server := &dns.Server{Listener: l, Handler: s}
	if s.secret != "" {
		server.TsigSecret = map[string]string{"key.example.": s.secret}
	}
	go server.ActivateAndServe()
	ts.Setenv(args[0], l.Addr().String())
}

// transfers is a name server for zone transfers.
type transfers struct {
	zones  map[string][]dns.RR // SOA record first and last
	refuse bool
	secret string
}

// ServeDNS implements dns.Handler.
func (s *transfers) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	m.Authoritative = true
	rrs, ok := s.zones[strings.ToLower(q.Question[0].Name)]
	switch {
	case !ok:
		m.Authoritative, m.Rcode = false, dns.RcodeNotAuth
	case q.Question[0].Qtype == dns.TypeSOA:
		m.Answer = rrs[:1]
	case s.refuse, s.secret != "" && (q.IsTsig() == nil || w.TsigStatus() != nil):
		m.Rcode = dns.RcodeRefused
		if t := q.IsTsig(); t != nil {
			m.Rcode = dns.RcodeNotAuth
			answer := &dns.TSIG{Hdr: dns.RR_Header{Name: t.Hdr.Name, Rrtype: dns.TypeTSIG, Class: dns.ClassANY}, Algorithm: t.Algorithm, OrigId: q.Id, Error: dns.RcodeBadSig}
			m.Extra = append(m.Extra, answer)
			if b, err := m.Pack(); err == nil {
				w.Write(b)
			}
			return
		}
	default:
		m.Answer = rrs
		if t := q.IsTsig(); t != nil {
			m.SetTsig(t.Hdr.Name, t.Algorithm, 300, int64(t.TimeSigned))
		}
	}
	w.WriteMsg(m)
}
