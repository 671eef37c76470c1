package resolve_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// world is a DNS server on loopback, by UDP and TCP on one port.
type world struct {
	addr     netip.AddrPort
	udp, tcp atomic.Int32 // queries

	mu    sync.Mutex
	asked map[string]int // queries by "name type"
}

// serve starts a server whose replies answer makes. A nil reply is none at all.
func serve(t *testing.T, tcp bool, answer func(w dns.ResponseWriter, q *dns.Msg) *dns.Msg) *world {
	t.Helper()
	s := &world{asked: map[string]int{}}
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		count := &s.udp
		if w.RemoteAddr().Network() == "tcp" {
			count = &s.tcp
		}
		count.Add(1)
		s.mu.Lock()
		s.asked[q.Question[0].Name+" "+dns.TypeToString[q.Question[0].Qtype]]++
		s.mu.Unlock()
		if m := answer(w, q); m != nil {
			w.WriteMsg(m)
		}
	})
	pc, l := listen(t)
	s.addr = netip.MustParseAddrPort(pc.LocalAddr().String())
	start(t, &dns.Server{PacketConn: pc, Handler: handler})
	if !tcp {
		l.Close()
		return s
	}
	start(t, &dns.Server{Listener: l, Handler: handler})
	return s
}

// listen finds a port that is free for both.
func listen(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		pc, err := net.ListenPacket("udp", l.Addr().String())
		if err == nil {
			return pc, l
		}
		l.Close()
	}
	t.Fatal("no port is free")
	return nil, nil
}

func start(t *testing.T, s *dns.Server) {
	t.Helper()
	ready := make(chan struct{})
	s.NotifyStartedFunc = func() { close(ready) }
	go s.ActivateAndServe()
	<-ready
	t.Cleanup(func() { s.Shutdown() })
}

func (s *world) times(question string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[question]
}

func (s *world) live(t *testing.T, timeout time.Duration, more ...netip.AddrPort) *resolve.DNS {
	return resolve.NewDNS(t.Context(), resolve.DNSOptions{Servers: append([]netip.AddrPort{s.addr}, more...), Timeout: timeout})
}

func rr(t *testing.T, s string) dns.RR {
	t.Helper()
	r, err := dns.NewRR(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reply makes a reply with an RCODE, and records: those that begin with "!" are
// for the authority section.
func reply(t *testing.T, q *dns.Msg, rcode int, records ...string) *dns.Msg {
	m := new(dns.Msg)
	m.SetRcode(q, rcode)
	m.RecursionAvailable = true
	for _, s := range records {
		if auth, ok := strings.CutPrefix(s, "!"); ok {
			m.Ns = append(m.Ns, rr(t, auth))
			continue
		}
		m.Answer = append(m.Answer, rr(t, s))
	}
	return m
}

const soa = "!example.net. 60 IN SOA ns.example.net. hm.example.net. 1 2 3 4 5"

// What a reply says, by RFC 2308, section 2, and what is not to be believed.
func TestReplies(t *testing.T) {
	replies := map[string]struct {
		rcode   int
		records []string
	}{
		"found.example.net.":     {0, []string{"FOUND.example.net. 60 IN A 192.0.2.2", "found.example.net. 60 IN A 192.0.2.1", "found.example.net. 9 IN A 192.0.2.1"}},
		"nodata.example.net.":    {0, []string{soa}},
		"bare.example.net.":      {0, nil},
		"referral.example.net.":  {0, []string{"!example.net. 60 IN NS ns.example.net."}},
		"both.example.net.":      {0, []string{"!example.net. 60 IN NS ns.example.net.", soa}},
		"none.example.net.":      {dns.RcodeNameError, []string{soa}},
		"bareno.example.net.":    {dns.RcodeNameError, nil},
		"elsewhere.example.net.": {dns.RcodeNameError, []string{"!example.org. 60 IN SOA ns.example.net. hm.example.net. 1 2 3 4 5"}},
		"fail.example.net.":      {dns.RcodeServerFailure, nil},
		"refused.example.net.":   {dns.RcodeRefused, nil},
		"strange.example.net.":   {dns.RcodeNotAuth, nil},
		"other.example.net.":     {0, []string{"wrong.example.net. 60 IN A 192.0.2.1"}},
		"extra.example.net.":     {0, []string{"wrong.example.net. 60 IN A 192.0.2.1", "extra.example.net. 60 IN A 192.0.2.7"}},
		"class.example.net.":     {0, []string{"class.example.net. 60 CH A 192.0.2.1"}},
		"rdata.example.net.":     {0, []string{`rdata.example.net. 60 IN A \# 0`}},
		"contrary.example.net.":  {dns.RcodeNameError, []string{"contrary.example.net. 60 IN A 192.0.2.1"}},
		"chain.example.net.":     {0, []string{"c2.example.net. 60 IN A 192.0.2.5", "chain.example.net. 60 IN CNAME C1.example.net.", "c1.example.net. 60 IN CNAME c2.example.net."}},
		"chainno.example.net.":   {dns.RcodeNameError, []string{"chainno.example.net. 60 IN CNAME gone.example.net.", soa}},
		"chainnd.example.net.":   {0, []string{"chainnd.example.net. 60 IN CNAME empty.example.net.", soa}},
		"half.example.net.":      {0, []string{"half.example.net. 60 IN CNAME found.example.net."}},
		"halfno.example.net.":    {dns.RcodeNameError, []string{"halfno.example.net. 60 IN CNAME found.example.net."}},
		"two.example.net.":       {0, []string{"two.example.net. 60 IN CNAME a.example.net.", "two.example.net. 60 IN CNAME b.example.net."}},
		"loop.example.net.":      {0, []string{"loop.example.net. 60 IN CNAME pool.example.net.", "pool.example.net. 60 IN CNAME loop.example.net."}},
	}
	s := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
		r, ok := replies[strings.ToLower(q.Question[0].Name)]
		if !ok {
			return reply(t, q, dns.RcodeNotImplemented)
		}
		if q.Id == 0 || !q.RecursionDesired || q.IsEdns0() == nil || q.IsEdns0().UDPSize() != 1232 {
			t.Errorf("query %v", q)
		}
		return reply(t, q, r.rcode, r.records...)
	})
	live := s.live(t, 5*time.Second)
	for _, tt := range []struct{ name, want, err string }{
		{"found", "found live 2 found.example.net.", ""},
		{"nodata", "no data live 0 nodata.example.net.", ""},
		{"bare", "no data live 0 bare.example.net.", ""},
		{"both", "no data live 0 both.example.net.", ""},
		{"none", "name error live 0 none.example.net.", ""},
		{"bareno", "name error live 0 bareno.example.net.", ""},
		{"referral", "unknown live 0 referral.example.net.", "referral"},
		{"elsewhere", "unknown live 0 elsewhere.example.net.", "other names"},
		{"fail", "unknown live 0 fail.example.net.", "SERVFAIL"},
		{"refused", "unknown live 0 refused.example.net.", "REFUSED"},
		{"strange", "unknown live 0 strange.example.net.", "NOTAUTH"},
		{"other", "unknown live 0 other.example.net.", "other names"},
		{"extra", "found live 1 extra.example.net.", ""},
		{"class", "unknown live 0 class.example.net.", "other names"},
		{"rdata", "unknown live 0 rdata.example.net.", "RDATA"},
		{"contrary", "unknown live 0 contrary.example.net.", "contradicts"},
		{"chain", "found live 1 c2.example.net. <chain.example.net. <c1.example.net.", ""},
		{"chainno", "name error live 0 gone.example.net. <chainno.example.net.", ""},
		{"chainnd", "no data live 0 empty.example.net. <chainnd.example.net.", ""},
		{"half", "found live 2 found.example.net. <half.example.net.", ""},
		{"halfno", "found live 2 found.example.net. <halfno.example.net.", ""},
		{"two", "unknown live 0 two.example.net.", "contradicts"},
		{"loop", "unknown live 0 pool.example.net. <loop.example.net. <pool.example.net.", "lead back"},
	} {
		a := resolve.Lookup(nil, []resolve.Server{live}, zone.MustName(tt.name+".example.net"), zone.TypeA)
		if got := told(a); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if (a.Err != nil) != (tt.err != "") || a.Err != nil && !strings.Contains(a.Err.Error(), tt.err) {
			t.Errorf("%s: error %v, want %q", tt.name, a.Err, tt.err)
		}
	}
	// What was told of the names in a chain is not asked for again.
	for _, q := range []string{"c1.example.net. A", "c2.example.net. A", "gone.example.net. A", "empty.example.net. A", "pool.example.net. A"} {
		if n := s.times(q); n != 0 {
			t.Errorf("%s was asked %d times", q, n)
		}
	}
	if n := s.times("found.example.net. A"); n != 1 {
		t.Errorf("found.example.net. was asked %d times", n)
	}
	if n := s.times("fail.example.net. A"); n != 1 {
		t.Errorf("a server that failed was asked %d times", n)
	}
	a := resolve.Lookup(nil, []resolve.Server{live}, zone.MustName("found.example.net"), zone.TypeA)
	for i, want := range []string{"192.0.2.1", "192.0.2.2"} {
		if r := a.Records[i]; r.Addr().String() != want || r.Name != zone.MustName("found.example.net") || r.TTL != 0 {
			t.Errorf("record %d is %v", i, r)
		}
	}
	if errs := live.Failures(); len(errs) != 0 {
		t.Errorf("failures: %v", errs)
	}
}

// The RDATA of an answer is in the form of the model: wire format, folded.
func TestRdata(t *testing.T) {
	s := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
		switch q.Question[0].Qtype {
		case dns.TypeMX:
			return reply(t, q, 0, "example.net. 60 IN MX 10 MAIL.Example.NET.")
		case dns.TypeTXT:
			return reply(t, q, 0, `example.net. 60 IN TXT "v=SPF1 " "-all"`)
		}
		return reply(t, q, 0, soa)
	})
	live := s.live(t, 5*time.Second)
	mx := live.Query(zone.MustName("EXAMPLE.net"), zone.TypeMX)
	if len(mx.Records) != 1 || mx.Records[0].Target() != zone.MustName("mail.example.net") || mx.Records[0].Preference() != 10 {
		t.Errorf("MX %v", mx)
	}
	txt := live.Query(zone.MustName("example.net"), zone.TypeTXT)
	if len(txt.Records) != 1 || txt.Records[0].Text() != "v=SPF1 -all" || len(txt.Records[0].Strings()) != 2 {
		t.Errorf("TXT %v", txt)
	}
}

// Servers that do not do as they should; each question ends, and in time.
func TestFaults(t *testing.T) {
	const timeout = 150 * time.Millisecond
	good := func(q *dns.Msg) *dns.Msg { return reply(t, q, 0, q.Question[0].Name+" 60 IN A 192.0.2.1") }
	raw := func(w dns.ResponseWriter, q *dns.Msg, change func(wire []byte) []byte) {
		wire, err := good(q).Pack()
		if err != nil {
			t.Error(err)
		}
		w.Write(change(wire))
	}
	isTCP := func(w dns.ResponseWriter) bool { return w.RemoteAddr().Network() == "tcp" }
	for _, tt := range []struct {
		name   string
		noTCP  bool
		answer func(n int32, w dns.ResponseWriter, q *dns.Msg) *dns.Msg
		want   zone.Status
		err    string
		tcp    int32
	}{
		{name: "first try lost", want: zone.Found, answer: func(n int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			if n == 1 {
				return nil
			}
			return good(q)
		}},
		{name: "silent", want: zone.Unknown, err: "no reply by UDP within", answer: func(int32, dns.ResponseWriter, *dns.Msg) *dns.Msg { return nil }},
		{name: "truncated", want: zone.Found, tcp: 1, answer: func(_ int32, w dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			m := good(q)
			if !isTCP(w) {
				m.Answer, m.Truncated = nil, true
			}
			return m
		}},
		{name: "truncated in a record", want: zone.Found, tcp: 1, answer: func(_ int32, w dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			if isTCP(w) {
				return good(q)
			}
			raw(w, q, func(wire []byte) []byte { wire[2] |= 2; return wire[:len(wire)-2] })
			return nil
		}},
		{name: "truncated for ever", want: zone.Unknown, err: "cut short over TCP", tcp: -1, answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			m := good(q)
			m.Truncated = true
			return m
		}},
		{name: "truncated and no TCP", noTCP: true, want: zone.Unknown, err: "by TCP: connection refused", answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			m := good(q)
			m.Truncated = true
			return m
		}},
		{name: "wrong id before the true reply", want: zone.Found, answer: func(_ int32, w dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			forged := reply(t, q, dns.RcodeNameError)
			forged.Id++
			w.WriteMsg(forged)
			return good(q)
		}},
		{name: "wrong question before the true reply", want: zone.Found, answer: func(_ int32, w dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			forged := reply(t, q, dns.RcodeNameError)
			forged.Question[0].Name = "x.example.net."
			w.WriteMsg(forged)
			return good(q)
		}},
		{name: "wrong type in the question", want: zone.Unknown, err: "no reply", answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			forged := reply(t, q, dns.RcodeNameError)
			forged.Question = []dns.Question{{Name: q.Question[0].Name, Qtype: dns.TypeNS, Qclass: dns.ClassINET}}
			return forged
		}},
		{name: "an echo of the query", want: zone.Unknown, err: "no reply", answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg { return q }},
		{name: "wrong id alone", want: zone.Unknown, err: "no reply", answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			m := good(q)
			m.Id++
			return m
		}},
		{name: "name in capitals", want: zone.Found, answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			m := good(q)
			m.Question = []dns.Question{{Name: strings.ToUpper(q.Question[0].Name), Qtype: dns.TypeA, Qclass: dns.ClassINET}}
			return m
		}},
		{name: "cut off", want: zone.Unknown, err: "makes no sense", answer: func(_ int32, w dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			raw(w, q, func(wire []byte) []byte { return wire[:len(wire)-2] })
			return nil
		}},
		{name: "garbage", want: zone.Unknown, err: "no reply", answer: func(_ int32, w dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			w.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			w.Write(nil)
			return nil
		}},
		{name: "no EDNS", want: zone.Found, answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			if q.IsEdns0() != nil {
				m := new(dns.Msg)
				m.SetRcode(q, dns.RcodeFormatError)
				m.Question = nil
				return m
			}
			return good(q)
		}},
		{name: "slow", want: zone.Found, answer: func(_ int32, _ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
			time.Sleep(timeout / 3)
			return good(q)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			s := serve(t, !tt.noTCP, func(w dns.ResponseWriter, q *dns.Msg) *dns.Msg { return tt.answer(n.Add(1), w, q) })
			live := s.live(t, timeout)
			start := time.Now()
			r := live.Query(zone.MustName("www.example.net"), zone.TypeA)
			if took := time.Since(start); took > 8*timeout+time.Second {
				t.Errorf("took %s", took)
			}
			if r.Status != tt.want || r.From != resolve.Live {
				t.Errorf("%s (%v), want %s", statusNames[r.Status], r.Err, statusNames[tt.want])
			}
			if (r.Err != nil) != (tt.err != "") || r.Err != nil && !strings.Contains(r.Err.Error(), tt.err) {
				t.Errorf("error %v, want %q", r.Err, tt.err)
			}
			if got := s.tcp.Load(); tt.tcp >= 0 && got != tt.tcp {
				t.Errorf("%d queries by TCP, want %d", got, tt.tcp)
			}
		})
	}
}

// The next server is asked where one fails, and one that is dead is given up.
func TestSeveralServers(t *testing.T) {
	const timeout = 100 * time.Millisecond
	good := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
		return reply(t, q, 0, q.Question[0].Name+" 60 IN A 192.0.2.1")
	})
	failing := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg { return reply(t, q, dns.RcodeServerFailure) })
	refusing := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg { return reply(t, q, dns.RcodeRefused) })
	silent := serve(t, true, func(dns.ResponseWriter, *dns.Msg) *dns.Msg { return nil })
	for _, tt := range []struct {
		first *world
		asked int32 // queries to the first server for ten questions
		told  string
	}{
		{failing, 10, ""},
		{refusing, 10, "refused every question"},
		{silent, 3, "did not answer"}, // one question and two probes
	} {
		live := tt.first.live(t, timeout, good.addr)
		for i := range 10 {
			if r := live.Query(zone.MustName(fmt.Sprintf("h%d.example.net", i)), zone.TypeA); r.Status != zone.Found {
				t.Errorf("%s: %s (%v)", tt.told, statusNames[r.Status], r.Err)
			}
		}
		if got := tt.first.udp.Load(); got != tt.asked {
			t.Errorf("%s: %d queries, want %d", tt.told, got, tt.asked)
		}
		var told string
		for _, err := range live.Failures() {
			told += err.Error()
		}
		if tt.told == "" && told != "" || !strings.Contains(told, tt.told) {
			t.Errorf("failures %q, want %q", told, tt.told)
		}
	}
}

// A resolver that is silent on one name only is not given up.
func TestDeadName(t *testing.T) {
	s := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
		switch name := q.Question[0].Name; {
		case strings.HasPrefix(name, "dead"):
			return nil
		case name == ".":
			return reply(t, q, 0, ". 60 IN SOA a. b. 1 2 3 4 5")
		default:
			return reply(t, q, 0, name+" 60 IN A 192.0.2.1")
		}
	})
	live := s.live(t, 100*time.Millisecond)
	for name, want := range map[string]zone.Status{"dead1": zone.Unknown, "dead2": zone.Unknown, "www": zone.Found} {
		if r := live.Query(zone.MustName(name+".example.net"), zone.TypeA); r.Status != want {
			t.Errorf("%s: %s (%v)", name, statusNames[r.Status], r.Err)
		}
	}
	if errs := live.Failures(); len(errs) > 0 {
		t.Errorf("failures %v", errs)
	}
}

// One that answers nothing but the probes is given up in the end.
func TestCutOffResolver(t *testing.T) {
	s := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
		if q.Question[0].Name == "." {
			return reply(t, q, 0, ". 60 IN SOA a. b. 1 2 3 4 5")
		}
		return nil
	})
	live := s.live(t, 20*time.Millisecond)
	var wg sync.WaitGroup
	for i := range 500 {
		wg.Go(func() {
			if r := live.Query(zone.MustName(fmt.Sprintf("h%d.example.net", i)), zone.TypeA); r.Status != zone.Unknown {
				t.Errorf("%v", r)
			}
		})
	}
	wg.Wait()
	if errs := live.Failures(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "did not answer") {
		t.Errorf("failures %v", errs)
	}
	if n := s.udp.Load(); n > 300 {
		t.Errorf("%d queries", n)
	}
}

// However many ask, a question is put once, and no more than so many at a time.
func TestSingleFlight(t *testing.T) {
	var now, most atomic.Int32
	s := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		return reply(t, q, 0, fmt.Sprintf("%s 60 IN A 192.0.2.%d", q.Question[0].Name, n)) // never the same
	})
	live := resolve.NewDNS(t.Context(), resolve.DNSOptions{Servers: []netip.AddrPort{s.addr}, Timeout: 10 * time.Second, Queries: 3})
	var wg sync.WaitGroup
	var answers [20]sync.Map
	for first := range 16 {
		wg.Go(func() {
			for i := range answers {
				i = (i + first) % len(answers)
				r := live.Query(zone.MustName(fmt.Sprintf("h%d.example.net", i)), zone.TypeA)
				if r.Status != zone.Found {
					t.Errorf("%v", r.Err)
					return
				}
				answers[i].Store(r.Records[0].Data, true)
			}
		})
	}
	wg.Wait()
	for i := range answers {
		n := 0
		answers[i].Range(func(any, any) bool { n++; return true })
		if asked := s.times(fmt.Sprintf("h%d.example.net. A", i)); n != 1 || asked != 1 {
			t.Errorf("h%d: asked %d times, %d answers", i, asked, n)
		}
	}
	if m := most.Load(); m > 3 || m < 2 {
		t.Errorf("%d questions at a time, want up to 3", m)
	}
}

// Nothing is asked before there is a question, and nothing after the end.
func TestContext(t *testing.T) {
	s := serve(t, true, func(dns.ResponseWriter, *dns.Msg) *dns.Msg { return nil })
	ctx, cancel := context.WithCancel(t.Context())
	live := resolve.NewDNS(ctx, resolve.DNSOptions{Servers: []netip.AddrPort{s.addr}, Timeout: time.Minute, Queries: 1})
	time.Sleep(20 * time.Millisecond)
	if n := s.udp.Load() + s.tcp.Load(); n != 0 {
		t.Errorf("%d queries before a question", n)
	}
	done := make(chan resolve.Reply)
	for i := range 3 { // one is asked, one waits for its turn, one for the answer of the first
		go func() { done <- live.Query(zone.MustName(fmt.Sprintf("h%d.example.net", i%2)), zone.TypeA) }()
	}
	time.Sleep(50 * time.Millisecond)
	cancel()
	for range 3 {
		select {
		case r := <-done:
			if r.Status != zone.Unknown || r.Err == nil {
				t.Errorf("%v", r)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("a question outlives its run")
		}
	}
	if errs := live.Failures(); len(errs) > 0 {
		t.Errorf("failures %v", errs)
	}
}

// Names that are not for the DNS never leave the machine.
func TestNeverAsked(t *testing.T) {
	s := serve(t, true, func(_ dns.ResponseWriter, q *dns.Msg) *dns.Msg { return reply(t, q, 0) })
	live := s.live(t, 5*time.Second)
	for _, name := range []string{"mx.invalid", "x.onion", "a.b.alt", "invalid"} {
		if r := live.Query(zone.MustName(name), zone.TypeA); r.Status != zone.NameError {
			t.Errorf("%s: %v", name, r)
		}
	}
	if n := s.udp.Load(); n != 0 {
		t.Errorf("%d queries", n)
	}
	if r := live.Query(zone.MustName("notinvalid"), zone.TypeA); r.Status != zone.NoData {
		t.Errorf("%v", r)
	}
}

// FuzzReply puts any bytes in the place of a reply: nothing may panic, and what
// is taken from them must be about the question.
func FuzzReply(f *testing.F) {
	q := new(dns.Msg)
	q.SetQuestion("www.example.net.", dns.TypeA)
	for _, text := range [][]string{{"www.example.net. 60 IN A 192.0.2.1"}, {"www.example.net. 60 IN CNAME a.example.net.", "a.example.net. 60 IN A 192.0.2.1"}, nil} {
		m := new(dns.Msg)
		m.SetReply(q)
		for _, s := range text {
			r, err := dns.NewRR(s)
			if err != nil {
				f.Fatal(err)
			}
			m.Answer = append(m.Answer, r)
		}
		wire, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire[2:])
	}
	f.Fuzz(func(t *testing.T, tail []byte) {
		resolve.CheckReply(t, zone.MustName("www.example.net"), zone.TypeA, tail)
	})
}
