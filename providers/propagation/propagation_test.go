package propagation_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/propagation"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

var example = zone.MustName("example.com")

// zoneOf is a zone of records such as "@ 300 MX 10 mx.example.net.".
func zoneOf(t *testing.T, lines ...string) *zone.Zone {
	t.Helper()
	b := zone.NewBuilder(len(lines))
	for _, r := range providertest.Records(t, append([]string{"@ 300 SOA ns1.example.net. h.example.net. 1 2 3 4 5", "@ 300 NS ns1.example.net."}, lines...)...) {
		b.Add(r)
	}
	z := b.Zone(example)
	z.Complete = true
	return z
}

// nameServer answers with what serve returns for each query, by UDP; nil is no
// answer at all.
func nameServer(t *testing.T, serve func(n int) *zone.Zone) propagation.Server {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	var n atomic.Int32
	go (&dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		z := serve(int(n.Add(1)))
		if z == nil || q.RecursionDesired {
			return
		}
		m := new(dns.Msg).SetReply(q)
		m.Authoritative = true
		name, err := zone.ParseName(q.Question[0].Name, "")
		if err != nil {
			return
		}
		a := z.Lookup(name, zone.Type(q.Question[0].Qtype))
		if a.Status == zone.NameError {
			m.Rcode = dns.RcodeNameError
		}
		for _, r := range a.Records() {
			if rr, err := r.RR(); err == nil {
				rr.Header().Name = q.Question[0].Name
				m.Answer = append(m.Answer, rr)
			}
		}
		w.WriteMsg(m)
	})}).ActivateAndServe()
	return propagation.Server{Name: zone.MustName("ns.example.net"), Addr: netip.MustParseAddrPort(pc.LocalAddr().String())}
}

// change is a plan that was carried out, and the zone after it.
func change(t *testing.T, before []string, after ...string) (*providers.Plan, *providers.Snapshot) {
	t.Helper()
	f := providertest.NewFake(example, providers.Capabilities{Atomic: true, Update: true}, providertest.Records(t, before...)...)
	s, err := f.Snapshot(t.Context(), example)
	if err != nil {
		t.Fatal(err)
	}
	b := zone.NewBuilder(len(after))
	var all zone.ChangeSet
	for _, r := range providertest.Records(t, after...) {
		b.Add(r)
		all = append(all, zone.Add(r))
	}
	for _, r := range providertest.Records(t, before...) {
		all = append(all, zone.Add(r))
	}
	p, err := providers.NewPlan(s, zone.Diff(s.Zone(), b.Zone(example), all.Keys()), providers.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := (&providers.Applier{Backend: f, Dir: t.TempDir(), Waits: []time.Duration{0}}).Apply(t.Context(), p)
	if err != nil || rep.After == nil {
		t.Fatal(err)
	}
	return p, rep.After
}

// soon is how long tests wait.
func soon() time.Time { return time.Now().Add(2 * time.Second) }

// What is expected after a change of some kind, and servers that have it or not.
func TestServed(t *testing.T) {
	for _, tt := range []struct {
		name          string
		before, after []string
		late          string // of a server with the zone as it was; "" if it cannot be told apart
	}{
		{"a record comes", nil, []string{"a 300 A 192.0.2.1"}, "a.example.com. A is not there"},
		{"a record goes", []string{"a 300 A 192.0.2.1"}, nil, "a.example.com. A is 300 192.0.2.1"},
		{"a record changes", []string{"@ 300 TXT x", "@ 300 TXT y"}, []string{"@ 300 TXT x", "@ 300 TXT z"}, `example.com. TXT is 300 "x", 300 "y"`},
		{"a TTL changes", []string{"@ 300 TXT x"}, []string{"@ 600 TXT x"}, `example.com. TXT is 300 "x"`},
		{"an alias comes in place of addresses", []string{"a 300 A 192.0.2.1"}, []string{"a 300 CNAME b.example.net."}, "a.example.com. A is 300 192.0.2.1"},
		{"addresses come in place of an alias", []string{"a 300 CNAME b.example.net."}, []string{"a 300 A 192.0.2.1"}, "a.example.com. CNAME is 300 b.example.net."},
		{"a wildcard answers in place of what goes", []string{"* 300 TXT all", "a 300 TXT x"}, []string{"* 300 TXT all"}, `a.example.com. TXT is 300 "x"`},
		{"what goes leaves the same answer", []string{"* 300 TXT x", "a 300 TXT x"}, []string{"* 300 TXT x"}, ""},
		{"many records", []string{"@ 300 MX 1 a.example.", "@ 300 MX 2 b.example.", "@ 300 MX 3 c.example.", "@ 300 MX 4 d.example."}, []string{"@ 300 MX 1 a.example."}, "example.com. MX is 300 1 a.example., 300 2 b.example., 300 3 c.example. and 1 more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan, after := change(t, tt.before, tt.after...)
			want, open := propagation.Expect(after, plan)
			if len(open) > 0 || len(want) != len(plan.RRsets) {
				t.Fatalf("%d of %d RRsets are compared, %v are not", len(want), len(plan.RRsets), open)
			}
			older, newer := zoneOf(t, tt.before...), zoneOf(t, tt.after...)
			old := nameServer(t, func(int) *zone.Zone { return older })
			have := nameServer(t, func(int) *zone.Zone { return newer })
			w := propagation.Waiter{Pauses: []time.Duration{time.Millisecond}, Timeout: time.Second}
			late, err := w.Wait(t.Context(), []propagation.Server{have}, want, soon())
			if err != nil || len(late) > 0 {
				t.Errorf("a server with the change: %v, %v", late, err)
			}
			late, err = w.Wait(t.Context(), []propagation.Server{old, have}, want, time.Now())
			switch {
			case err != nil:
				t.Error(err)
			case tt.late == "" && len(late) > 0 || tt.late != "" && (len(late) != 1 || late[0].Server != old || !slices.Contains(late[0].Late, tt.late)):
				t.Errorf("a server without the change: %+v, want %q", late, tt.late)
			}
		})
	}
}

// A server that gets the change late is asked until it has it, and only for what
// it lacked; one that is silent at first too.
func TestLate(t *testing.T) {
	plan, after := change(t, []string{"@ 300 TXT x"}, "@ 300 TXT y", "a 300 A 192.0.2.1")
	want, _ := propagation.Expect(after, plan)
	older, newer := zoneOf(t, "@ 300 TXT x"), zoneOf(t, "@ 300 TXT y", "a 300 A 192.0.2.1")
	var queries atomic.Int32
	slow := nameServer(t, func(n int) *zone.Zone {
		queries.Add(1)
		switch {
		case n <= 4:
			return older
		case n <= 6:
			return nil
		}
		return newer
	})
	quick := nameServer(t, func(int) *zone.Zone { return newer })
	var served []propagation.Server
	w := propagation.Waiter{Pauses: []time.Duration{time.Millisecond}, Timeout: 500 * time.Millisecond, Served: func(s propagation.Server) { served = append(served, s) }}
	late, err := w.Wait(t.Context(), []propagation.Server{slow, quick}, want, soon())
	if err != nil || len(late) > 0 || !slices.Equal(served, []propagation.Server{quick, slow}) {
		t.Errorf("%v, %v, served %v", late, err, served)
	}
	if n := queries.Load(); n != 8 { // two rounds of two, two without an answer, one of two
		t.Errorf("%d queries", n)
	}
}

// Servers that do not answer, and what is said of them.
func TestDead(t *testing.T) {
	plan, after := change(t, nil, "a 300 A 192.0.2.1")
	want, _ := propagation.Expect(after, plan)
	silent := nameServer(t, func(int) *zone.Zone { return nil })
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := propagation.Server{Name: example, Addr: netip.MustParseAddrPort(pc.LocalAddr().String())}
	pc.Close()
	w := propagation.Waiter{Pauses: []time.Duration{10 * time.Millisecond}, Timeout: 50 * time.Millisecond}
	late, err := w.Wait(t.Context(), []propagation.Server{silent, closed}, want, time.Now().Add(200*time.Millisecond))
	if err != nil || len(late) != 2 || late[0].Err == nil || late[1].Err == nil || late[0].Away || late[1].Away {
		t.Fatalf("%+v, %v", late, err)
	}
	if !strings.Contains(late[0].Err.Error(), "no reply") || !strings.Contains(late[1].Err.Error(), "refused") {
		t.Errorf("%v, %v", late[0].Err, late[1].Err)
	}
	// No answer is waited for beyond the limit, but once for each server.
	start := time.Now()
	late, err = (&propagation.Waiter{Pauses: []time.Duration{time.Millisecond}, Timeout: 1600 * time.Millisecond}).Wait(t.Context(), []propagation.Server{silent}, want, start.Add(2*time.Second))
	if took := time.Since(start); err != nil || len(late) != 1 || took > 3*time.Second || !strings.Contains(late[0].Err.Error(), "no reply by UDP within 1.6s") {
		t.Errorf("%+v, %v after %s", late, err, took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start = time.Now()
	if _, err := (&propagation.Waiter{Timeout: time.Minute}).Wait(ctx, []propagation.Server{silent}, want, start.Add(time.Minute)); !errors.Is(err, context.Canceled) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

// A machine without IPv6 does without servers that have nothing else.
func TestAway(t *testing.T) {
	six := propagation.Server{Name: example, Addr: netip.MustParseAddrPort("[2001:db8::1]:53")}
	four := propagation.Server{Name: example, Addr: netip.MustParseAddrPort("192.0.2.1:53")}
	for _, tt := range []struct {
		server propagation.Server
		err    error
		want   bool
	}{
		{six, syscall.ENETUNREACH, true},
		{six, syscall.EAFNOSUPPORT, true},
		{six, syscall.ECONNREFUSED, false},
		{six, context.DeadlineExceeded, false},
		{four, syscall.ENETUNREACH, false},
	} {
		if got := propagation.Away(tt.server, fmt.Errorf("by UDP: %w", tt.err)); got != tt.want {
			t.Errorf("%s, %v: %v", tt.server, tt.err, got)
		}
	}
	if c, err := net.Dial("udp", six.Addr.String()); err == nil {
		c.Close()
		return // this machine has IPv6, so that nothing is away
	}
	plan, after := change(t, nil, "a 300 A 192.0.2.1")
	want, _ := propagation.Expect(after, plan)
	newer := zoneOf(t, "a 300 A 192.0.2.1")
	have := nameServer(t, func(int) *zone.Zone { return newer })
	w := propagation.Waiter{Pauses: []time.Duration{time.Millisecond}, Timeout: 50 * time.Millisecond}
	late, err := w.Wait(t.Context(), []propagation.Server{six, have}, want, soon())
	if err != nil || len(late) != 1 || !late[0].Away {
		t.Errorf("%+v, %v", late, err)
	}
	if _, err := w.Wait(t.Context(), []propagation.Server{six}, want, soon()); !errors.Is(err, propagation.ErrAway) {
		t.Errorf("%v", err)
	}
}

// What the provider answers for with something else, and what another zone does,
// is not compared.
func TestOpen(t *testing.T) {
	plan, after := change(t, []string{"www 300 A 192.0.2.1", "sub 300 NS ns.example.net."}, "www 300 A 192.0.2.2", "sub 300 NS ns.example.net.", "a.sub 300 TXT x", "b 300 TXT x")
	for i := range after.Items {
		after.Items[i].Masked = after.Items[i].Record.Type == zone.TypeA
	}
	want, open := propagation.Expect(after, plan)
	var got []string
	for _, k := range open {
		got = append(got, k.Name.Relative(example))
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"a.sub", "www"}) || len(want) != 1 || want[0].Key.Name != zone.MustName("b.example.com") {
		t.Errorf("open %v, compared %v", got, want)
	}
}

func TestFind(t *testing.T) {
	other := func(apex string, lines ...string) *zone.Zone {
		n := zone.MustName(apex)
		b := zone.NewBuilder(len(lines))
		for _, l := range append([]string{apex + ". 60 SOA ns.x. h.x. 1 2 3 4 5"}, lines...) {
			rr, err := dns.NewRR(l)
			if err != nil {
				t.Fatal(err)
			}
			r, err := zone.FromRR(rr)
			if err != nil {
				t.Fatal(err)
			}
			b.Add(r)
		}
		z := b.Zone(n)
		z.Complete = true
		return z
	}
	world := resolve.NewWorld([]*zone.Zone{
		other("example.com", "example.com. 60 NS ns2.example.net.", "example.com. 60 NS ns1.example.net.", "example.com. 60 NS gone.example.net."),
		other("example.net", "ns1.example.net. 60 A 192.0.2.2", "ns1.example.net. 60 A 192.0.2.1", "ns1.example.net. 60 AAAA 2001:db8::1", "ns2.example.net. 60 A 192.0.2.3"),
		other("empty.example", "empty.example. 60 NS gone.example.net."),
		other("plain.example"),
	})
	servers, notes, err := propagation.Find(example, world, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range servers {
		got = append(got, s.String())
	}
	want := []string{"ns1.example.net. (192.0.2.1)", "ns1.example.net. (192.0.2.2)", "ns1.example.net. (2001:db8::1)", "ns2.example.net. (192.0.2.3)"}
	if !slices.Equal(got, want) || !slices.Equal(notes, []string{"the name server gone.example.net. has no address"}) {
		t.Errorf("%q, %q", got, notes)
	}
	if s, _, _ := propagation.Find(example, world, 5353); len(s) != 4 || s[0].String() != "ns1.example.net. (192.0.2.1:5353)" {
		t.Errorf("%v", s)
	}
	for name, why := range map[string]string{"empty.example": "none of its name servers has an address", "plain.example": "is it delegated", "nowhere.example": ""} {
		if _, _, err := propagation.Find(zone.MustName(name), world, 0); !errors.Is(err, propagation.ErrNoServers) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
