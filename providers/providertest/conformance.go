package providertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Harness is a backend with one zone, ready to be tested.
type Harness struct {
	Backend providers.Backend
	// Truth returns what the provider holds, by another way than the backend.
	// nil takes the backend's word.
	Truth func() []zone.Record
}

// Apex is the zone of the conformance tests.
var Apex = zone.MustName("example.com")

// foreign are records that no test touches: of many types, at names that a
// careless comparison takes for others.
var foreign = []string{
	"@ 3600 A 192.0.2.1", "@ 3600 AAAA 2001:db8::1", "www 300 A 192.0.2.1", "www 300 A 192.0.2.2",
	`@ 300 TXT "google-site-verification=abc"`, `@ 300 TXT "a \"quoted\" word; and a \\ backslash"`,
	"notexample 300 A 192.0.2.3", "www.example.com 300 A 192.0.2.4", "*.wild 300 A 192.0.2.5",
	"mail.sub 3600 MX 10 mail.example.net.", "_sip._tcp 300 SRV 1 2 5060 sip.example.net.", `@ 300 CAA 0 issue "ca.example; policy=x"`,
	"alias 300 CNAME target.example.net.",
}

// long is a DKIM key of more than 255 octets in two strings.
var long = `"v=DKIM1; k=rsa; p=` + strings.Repeat("MIIBIjANBg", 23) + `" "` + strings.Repeat("kqhkiG9w0B", 16) + `"`

// cases are changes that every backend makes rightly or refuses to plan.
var cases = []struct {
	name             string
	have, gone, come []string
}{
	{name: "nothing"},
	{"an RRset of several records", nil, nil, []string{"@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net.", "@ 300 MX 30 c.example.net."}},
	{"one more in an RRset", []string{"@ 300 MX 10 a.example.net."}, nil, []string{"@ 300 MX 20 b.example.net."}},
	{"one of three in an RRset", []string{"@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net.", "@ 300 MX 30 c.example.net."}, []string{"@ 300 MX 20 b.example.net."}, nil},
	{"one of two with the same host", []string{"@ 300 MX 10 a.example.net.", "@ 300 MX 20 a.example.net."}, []string{"@ 300 MX 20 a.example.net."}, nil},
	{"preference 0 comes", nil, nil, []string{"@ 300 MX 0 a.example.net."}},
	{"preference 0 in place of 10", []string{"@ 300 MX 10 a.example.net."}, []string{"@ 300 MX 10 a.example.net."}, []string{"@ 300 MX 0 a.example.net."}},
	{"preference 10 in place of 0", []string{"@ 300 MX 0 a.example.net."}, []string{"@ 300 MX 0 a.example.net."}, []string{"@ 300 MX 10 a.example.net."}},
	{"null MX comes", nil, nil, []string{"sub 300 MX 0 ."}},
	{"null MX goes", []string{"@ 300 MX 0 ."}, []string{"@ 300 MX 0 ."}, []string{"@ 300 MX 10 a.example.net."}},
	{"long text comes", nil, nil, []string{"s1._domainkey 300 TXT " + long}},
	{"long text goes", []string{"s1._domainkey 300 TXT " + long}, []string{"s1._domainkey 300 TXT " + long}, nil},
	{"long text changes", []string{"s1._domainkey 300 TXT " + long}, []string{"s1._domainkey 300 TXT " + long}, []string{`s1._domainkey 300 TXT "v=DKIM1; p="`}},
	{"text with quotes and backslashes", nil, nil, []string{`_x 300 TXT "say \"hi\"; c:\\dir \\065"`}},
	{"text with quotes goes", []string{`_x 300 TXT "\"v=spf1 -all\""`, `_x 300 TXT "v=spf1 -all"`}, []string{`_x 300 TXT "\"v=spf1 -all\""`}, nil},
	{"one of several texts", []string{`@ 300 TXT "v=spf1 mx -all"`}, []string{`@ 300 TXT "v=spf1 mx -all"`}, []string{`@ 300 TXT "v=spf1 include:example.net -all"`}},
	{"two SPF records into one", []string{`@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "v=spf1 mx -all"`}, []string{`@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "v=spf1 mx -all"`}, []string{`@ 300 TXT "v=spf1 a mx -all"`}},
	{"another TTL", []string{"sub 300 TXT one", "sub2 300 TXT one"}, []string{"sub 300 TXT one"}, []string{"sub 3600 TXT one"}},
	{"a CNAME in place of addresses", []string{"ac 300 A 192.0.2.7", "ac 300 AAAA 2001:db8::7"}, []string{"ac 300 A 192.0.2.7", "ac 300 AAAA 2001:db8::7"}, []string{"ac 300 CNAME ac.example.net."}},
	{"an address in place of a CNAME", []string{"ac 300 CNAME ac.example.net."}, []string{"ac 300 CNAME ac.example.net."}, []string{"ac 300 A 192.0.2.7"}},
	{"another CNAME", []string{"ac 300 CNAME ac.example.net."}, []string{"ac 300 CNAME ac.example.net."}, []string{"ac 300 CNAME ac.example.org."}},
	{"services", []string{"_imaps._tcp 300 SRV 0 1 993 old.example.net."}, []string{"_imaps._tcp 300 SRV 0 1 993 old.example.net."}, []string{"_imaps._tcp 300 SRV 0 1 993 new.example.net.", "_submission._tcp.sub 300 SRV 10 20 587 new.example.net."}},
	{"CAA", []string{`@ 300 CAA 0 iodef "mailto:a@example.net"`}, []string{`@ 300 CAA 0 iodef "mailto:a@example.net"`}, []string{`@ 300 CAA 128 issuewild ";"`}},
	{"below a wildcard and the zone's own name again", []string{"example.com 300 TXT two"}, []string{"example.com 300 TXT two"}, []string{"*.m 300 MX 10 a.example.net.", "a.b.c.d 300 TXT deep"}},
}

// Conformance tests a backend: start gives one with the zone Apex that holds
// the records, besides SOA and NS records of the provider's own if it likes.
// What the capabilities say cannot be stored must be refused when it is
// planned; everything else must be done to the octet, with every other record
// left as it was.
func Conformance(t *testing.T, start func(t *testing.T, records []zone.Record) Harness) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			have := Records(t, slices.Concat(foreign, c.have)...)
			h := start(t, have)
			before := h.read(t)
			s, err := h.Backend.Snapshot(context.Background(), Apex)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Unread) > 0 {
				t.Errorf("unread: %+v", s.Unread)
			}
			for _, r := range have {
				if !has(before, r, s.Capabilities) {
					t.Errorf("%s is not in the zone", r)
				}
			}
			var cs zone.ChangeSet
			for _, r := range Records(t, c.gone...) {
				cs = append(cs, zone.Remove(inZone(t, s, r)))
			}
			var cannot error
			for _, r := range Records(t, c.come...) {
				cs = append(cs, zone.Add(r))
				cannot = errors.Join(cannot, s.Capabilities.Check(r))
			}
			p, err := providers.NewPlan(s, cs, providers.PlanOptions{Provider: "test"})
			if cannot != nil {
				if !errors.Is(err, providers.ErrUnsupported) {
					t.Errorf("planned what cannot be stored: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			a := &providers.Applier{Backend: h.Backend, Dir: t.TempDir(), Waits: []time.Duration{0, 100 * time.Millisecond, time.Second}}
			rep, err := a.Apply(context.Background(), p)
			if err != nil {
				t.Fatalf("%v\n%v", err, rep)
			}
			if len(rep.Foreign) > 0 || len(rep.Notes) > len(p.Notes) {
				t.Errorf("report: %v %v", rep.Foreign, rep.Notes)
			}
			compare(t, h.read(t), want(before, p))
		})
	}
	t.Run("another zone", func(t *testing.T) {
		h := start(t, nil)
		if s, err := h.Backend.Snapshot(context.Background(), zone.MustName("other.example")); err == nil {
			t.Errorf("a zone that is not there was read: %v", s.Items)
		}
	})
	t.Run("a context that has ended", func(t *testing.T) {
		h := start(t, Records(t, foreign...))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := h.Backend.Snapshot(ctx, Apex); err == nil {
			t.Error("the zone was read")
		}
	})
}

// read returns the records of the zone, without what the provider makes.
func (h Harness) read(t *testing.T) []zone.Record {
	t.Helper()
	var rs []zone.Record
	if h.Truth != nil {
		rs = h.Truth()
	} else {
		s, err := h.Backend.Snapshot(context.Background(), Apex)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range s.Items {
			rs = append(rs, it.Record)
		}
	}
	return slices.DeleteFunc(rs, func(r zone.Record) bool {
		return r.Type == zone.TypeSOA || r.Type == zone.TypeNS && r.Name == Apex
	})
}

// want is the zone with the RRsets of the plan in the place of its own.
func want(before []zone.Record, p *providers.Plan) []zone.Record {
	out := slices.DeleteFunc(slices.Clone(before), func(r zone.Record) bool {
		return slices.ContainsFunc(p.RRsets, func(c providers.RRsetChange) bool { return c.Key == zone.Key{Name: r.Name, Type: r.Type} })
	})
	for _, c := range p.RRsets {
		for _, it := range c.After {
			out = append(out, it.Record)
		}
	}
	return out
}

func compare(t *testing.T, got, want []zone.Record) {
	t.Helper()
	left := slices.Clone(want)
	for _, r := range got {
		i := slices.IndexFunc(left, func(o zone.Record) bool { return providers.SameRecord(r, o) && r.TTL == o.TTL })
		if i < 0 {
			t.Errorf("too many: %s", r)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, r := range left {
		t.Errorf("missing: %s", r)
	}
}

// has reports whether the zone has the record, with a TTL that may be the
// provider's.
func has(rs []zone.Record, r zone.Record, caps providers.Capabilities) bool {
	return slices.ContainsFunc(rs, func(o zone.Record) bool {
		return providers.SameRecord(o, r) && (o.TTL == r.TTL || caps.RRsetTTL || caps.MinTTL > r.TTL)
	})
}

// inZone returns the record as the zone has it, whatever its TTL.
func inZone(t *testing.T, s *providers.Snapshot, r zone.Record) zone.Record {
	t.Helper()
	for _, o := range s.Zone().RRset(r.Name, r.Type) {
		if providers.SameRecord(o, r) {
			return o
		}
	}
	t.Fatalf("%s is not in the zone as it was read", r)
	return r
}

// Records reads records written as "owner TTL TYPE RDATA", with owners relative
// to Apex.
func Records(t testing.TB, lines ...string) []zone.Record {
	t.Helper()
	var out []zone.Record
	for _, l := range lines {
		out = append(out, record(t, l))
	}
	return out
}
