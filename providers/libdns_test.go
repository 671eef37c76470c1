package providers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libdns/libdns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// library is a package of libdns with its zone in memory.
type library struct {
	mu   sync.Mutex
	apex string
	rrs  []libdns.RR
	// The ways in which packages depart from the contract.
	fullNames, otherCase, generic, quoted, noDots bool // fullNames: those it hands out
	dropsDelete                                   bool // says nothing was deleted, and deletes nothing
	deletesMore                                   bool // looks at the name and type only
	appendsNil                                    bool // makes it and answers with nothing
	fails                                         error
}

func (l *library) out(rr libdns.RR) libdns.Record {
	if l.fullNames {
		rr.Name = strings.TrimSuffix(libdns.AbsoluteName(rr.Name, l.apex), ".")
	}
	if l.otherCase && rr.Name != "@" && !strings.HasSuffix(rr.Name, "example.com") {
		rr.Name = strings.ToUpper(rr.Name[:1]) + rr.Name[1:] + ".Example.COM"
	}
	if l.generic {
		return rr
	}
	if l.noDots && rr.Type != "TXT" && rr.Type != "CAA" && !strings.HasSuffix(rr.Data, " .") {
		rr.Data = strings.TrimSuffix(rr.Data, ".")
	}
	r, err := rr.Parse()
	if err != nil {
		panic(err)
	}
	return r
}

func (l *library) GetRecords(ctx context.Context, z string) ([]libdns.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if l.fails != nil || z != l.apex {
		return nil, errors.Join(l.fails, fmt.Errorf("404 %s", z))
	}
	var out []libdns.Record
	for _, rr := range l.rrs {
		out = append(out, l.out(rr))
	}
	return out, nil
}

// in is a record as it is kept: relative, in lower case.
func (l *library) in(r libdns.Record) libdns.RR {
	if _, ok := r.(libdns.RR); ok && !l.generic {
		switch r.RR().Type {
		case "MX", "TXT", "A", "AAAA", "CNAME", "SRV", "CAA":
			panic("a generic record")
		}
	}
	rr := r.RR()
	rr.Name = strings.ToLower(strings.TrimSuffix(rr.Name, ".Example.COM"))
	if l.noDots && (rr.Type == "MX" || rr.Type == "CNAME" || rr.Type == "SRV") && !strings.HasSuffix(rr.Data, ".") {
		rr.Data += "."
	}
	return rr
}

func (l *library) AppendRecords(_ context.Context, _ string, rs []libdns.Record) ([]libdns.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails != nil {
		return nil, l.fails
	}
	var out []libdns.Record
	for _, r := range rs {
		l.rrs = append(l.rrs, l.in(r))
		out = append(out, l.out(l.in(r)))
	}
	if l.appendsNil {
		return nil, nil
	}
	return out, nil
}

func (l *library) DeleteRecords(_ context.Context, _ string, rs []libdns.Record) ([]libdns.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dropsDelete {
		return nil, nil
	}
	var out []libdns.Record
	for _, r := range rs {
		want := l.in(r)
		if l.fullNames { // it is given back what it handed out
			want.Name = libdns.RelativeName(want.Name, l.apex)
		}
		l.rrs = slices.DeleteFunc(l.rrs, func(rr libdns.RR) bool {
			gone := rr.Name == want.Name && rr.Type == want.Type && (l.deletesMore || rr.TTL == want.TTL && rr.Data == want.Data)
			if gone {
				out = append(out, l.out(rr))
			}
			return gone
		})
	}
	return out, nil
}

func (l *library) truth() []zone.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []zone.Record
	for _, rr := range l.rrs {
		name, err := zone.ParseName(rr.Name, example)
		if err != nil {
			panic(err)
		}
		typ, _ := zone.ParseType(rr.Type)
		if rr.Type == "TXT" && !l.quoted {
			out = append(out, zone.NewTXT(name, uint32(rr.TTL/time.Second), rr.Data))
			continue
		}
		r, err := providers.ParseRecord(name, typ, uint32(rr.TTL/time.Second), rr.Data)
		if err != nil {
			panic(err)
		}
		out = append(out, r)
	}
	return out
}

// fill puts records in, as the package keeps them.
func (l *library) fill(rs []zone.Record) {
	l.apex = "example.com."
	for _, r := range rs {
		data := r.RData()
		if r.Type == zone.TypeTXT && !l.quoted {
			data = r.Text()
		}
		l.rrs = append(l.rrs, libdns.RR{Name: r.Name.Relative(example), TTL: time.Duration(r.TTL) * time.Second, Type: r.Type.String(), Data: data})
	}
}

func TestLibDNS(t *testing.T) {
	for _, tt := range []struct {
		name string
		lib  func() *library
		opts providers.LibDNSOptions
	}{
		{name: "by the contract", lib: func() *library { return &library{} }},
		{name: "generic records", lib: func() *library { return &library{generic: true} }},
		{name: "names in other case", lib: func() *library { return &library{otherCase: true} }},
		{name: "names in full", lib: func() *library { return &library{fullNames: true} }},
		{name: "targets without dots", lib: func() *library { return &library{noDots: true} }},
		{name: "texts in quotes", lib: func() *library { return &library{quoted: true} }, opts: providers.LibDNSOptions{QuotedText: true}},
		{name: "little can be stored", lib: func() *library { return &library{} }, opts: providers.LibDNSOptions{Capabilities: providers.Capabilities{
			Atomic: true, NoNullMX: true, NoPreferenceZero: true, MaxText: 255, MinTTL: 60,
		}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			providertest.Conformance(t, func(t *testing.T, rs []zone.Record) providertest.Harness {
				l := tt.lib()
				l.fill(rs)
				return providertest.Harness{Backend: providers.NewLibDNS(l, tt.opts), Truth: l.truth}
			})
		})
	}
}

// A package does not do as it says: the zone is read, and the report is right.
func TestLibDNSFaults(t *testing.T) {
	first := scenario{name: "x", zone: []string{"@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net."}, gone: []string{"@ 300 MX 10 a.example.net."}}
	second := scenario{name: "y", come: []string{"@ 300 MX 10 a.example.net."}}
	for _, tt := range []struct {
		name     string
		lib      *library
		sc       scenario
		outcome  providers.Outcome
		err      error
		foreign  int
		verified bool
	}{
		{"deletes nothing", &library{dropsDelete: true}, first, providers.NotDone, providers.ErrUnknownOutcome, 0, false},
		{"deletes more", &library{deletesMore: true}, first, providers.Done, providers.ErrUnverified, 1, false},
		{"answers with nothing", &library{appendsNil: true}, second, providers.Done, nil, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.lib.fill(tt.sc.start(t)[1:])
			b := providers.NewLibDNS(tt.lib, providers.LibDNSOptions{})
			p, err := plan(t, b, tt.sc.changes)
			if err != nil {
				t.Fatal(err)
			}
			a := &providers.Applier{Backend: b, Dir: t.TempDir(), Waits: waits}
			rep, err := a.Apply(context.Background(), p)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) || rep == nil {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if rep.Ops[0].Outcome != tt.outcome || len(rep.Foreign) != tt.foreign || rep.Verified != tt.verified {
				t.Errorf("%+v", rep)
			}
		})
	}
}

func TestLibDNSReading(t *testing.T) {
	l := &library{apex: "example.com.", generic: true, rrs: []libdns.RR{
		{Name: "", Type: "A", TTL: time.Second, Data: "192.0.2.1"},
		{Name: "www", Type: "A", TTL: 90 * time.Second, Data: "192.0.2.1"},
		{Name: "mapped", Type: "AAAA", TTL: 1500 * time.Millisecond, Data: "::ffff:192.0.2.1"},
		{Name: "abs.example.com.", Type: "TXT", Data: "x"},
		{Name: "other.example.net.", Type: "TXT", Data: "x"},
		{Name: "@", Type: "ALIAS", Data: "target.example.net."},
		{Name: "@", Type: "MX", Data: "ten mail"},
		{Name: "bad..name", Type: "A", Data: "192.0.2.1"},
		{Name: "ns", Type: "NS", Data: ""},
		{Name: "_25._tcp.mail", Type: "TLSA", Data: "3 1 1 " + strings.Repeat("ab", 32)},
		{Name: "h", Type: "HTTPS", Data: "1 . alpn=h2"},
		{Name: "inject", Type: "TLSA", Data: "3 1 1 00\nevil A 192.0.2.66"},
	}}
	b := providers.NewLibDNS(l, providers.LibDNSOptions{Capabilities: providers.Capabilities{AutoTTL: 300}, AutoTTLs: []time.Duration{time.Second}})
	s, err := b.Snapshot(context.Background(), example)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`_25._tcp.mail.example.com. 0 IN TLSA 3 1 1 ` + strings.Repeat("ab", 32), `abs.example.com. 0 IN TXT "x"`,
		"example.com. 300 IN A 192.0.2.1", `h.example.com. 0 IN HTTPS 1 . alpn="h2"`, "mapped.example.com. 1 IN AAAA ::ffff:192.0.2.1", "www.example.com. 90 IN A 192.0.2.1",
	}
	if got := records(s.Items); !slices.Equal(got, want) {
		t.Errorf("read\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !s.Items[0].Auto || s.Items[1].Auto {
		t.Error("which TTLs are automatic")
	}
	var unread []string
	for _, u := range s.Unread {
		unread = append(unread, fmt.Sprintf("%s %s", u.Name, u.Type))
	}
	slices.Sort(unread)
	if want := []string{" A", "example.com. A", "example.com. AAAA", "example.com. MX", "inject.example.com. TLSA", "ns.example.com. NS", "other.example.net. TXT"}; !slices.Equal(unread, want) {
		t.Errorf("unread %q, want %q", unread, want)
	}
	z := s.Zone()
	if z.Lookup(example, zone.TypeMX).Status != zone.Unknown || z.Lookup(example, zone.TypeCAA).Status != zone.NoData {
		t.Error("what is unread is not known to be absent, and only that")
	}
	if _, err := providers.NewPlan(s, zone.ChangeSet{zone.Add(rec(t, "@ 300 MX 10 a.example."))}, providers.PlanOptions{}); !errors.Is(err, providers.ErrGuard) {
		t.Errorf("an RRset that is not wholly known is touched: %v", err)
	}
}

func TestLibDNSErrors(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want error
	}{
		{errors.New("HTTP 401: bad token"), providers.ErrUnauthorized},
		{errors.New("got status 429"), providers.ErrRateLimited},
		{context.DeadlineExceeded, context.DeadlineExceeded},
	} {
		l := &library{apex: "example.com.", fails: tt.err}
		b := providers.NewLibDNS(l, providers.LibDNSOptions{})
		if _, err := b.Snapshot(context.Background(), example); !errors.Is(err, tt.want) {
			t.Errorf("%v: %v", tt.err, err)
		}
		err := b.Apply(context.Background(), example, providers.Step{Ops: []providers.Op{{Kind: providers.Create, New: providers.Item{Record: rec(t, "a 300 A 192.0.2.1")}}}})
		if !errors.Is(err, providers.ErrUnknownOutcome) || !errors.Is(err, tt.want) {
			t.Errorf("a write with %v: %v", tt.err, err)
		}
	}
	b := providers.NewLibDNS(&library{}, providers.LibDNSOptions{})
	if _, err := b.Zones(context.Background()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("zones: %v", err)
	}
	empty := providers.Item{Record: rec(t, `e 300 TXT ""`)}
	if err := b.Apply(context.Background(), example, providers.Step{Ops: []providers.Op{{Kind: providers.Delete, Old: empty}}}); !errors.Is(err, providers.ErrUnsupported) {
		t.Errorf("a deletion of anything: %v", err)
	}
}

// stuck is a package that forgets its context, breaks down, or leaves a record
// out.
type stuck struct {
	library
	hang  time.Duration
	panic bool
	hole  bool
}

func (s *stuck) GetRecords(ctx context.Context, z string) ([]libdns.Record, error) {
	time.Sleep(s.hang)
	if s.panic {
		panic("index out of range")
	}
	rs, err := s.library.GetRecords(ctx, z)
	if s.hole {
		rs = append(rs, nil)
	}
	return rs, err
}

func (s *stuck) AppendRecords(ctx context.Context, z string, rs []libdns.Record) ([]libdns.Record, error) {
	time.Sleep(s.hang)
	if s.panic {
		panic("index out of range")
	}
	return s.library.AppendRecords(ctx, z, rs)
}

func TestLibDNSIsBounded(t *testing.T) {
	for name, p := range map[string]*stuck{"hangs": {hang: 2 * time.Second}, "panics": {panic: true}, "leaves one out": {hole: true}} {
		p.apex = "example.com."
		b := providers.NewLibDNS(p, providers.LibDNSOptions{Timeout: 50 * time.Millisecond})
		start := time.Now()
		_, err := b.Snapshot(context.Background(), providertest.Apex)
		if err == nil || time.Since(start) > time.Second || p.hang > 0 && !errors.Is(err, providers.ErrUnavailable) {
			t.Errorf("%s: reading, after %s: %v", name, time.Since(start), err)
		}
		r := providertest.Records(t, "a 300 A 192.0.2.1")[0]
		err = b.Apply(context.Background(), providertest.Apex, providers.Step{Ops: []providers.Op{{Kind: providers.Create, New: providers.Item{Record: r}}}})
		if !p.hole && !errors.Is(err, providers.ErrUnknownOutcome) || errors.Is(err, providers.ErrUnavailable) {
			t.Errorf("%s: writing: %v", name, err)
		}
	}
}
