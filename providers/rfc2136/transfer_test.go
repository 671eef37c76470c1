package rfc2136_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/zone"
)

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func transfer(ctx context.Context, target string, env func(string) string) (*providers.Snapshot, error) {
	t, err := rfc2136.ParseTarget(target)
	if err != nil {
		return nil, err
	}
	return t.Transfer(ctx, env)
}

// A zone of many messages, without a signature and with one.
func TestTransferTarget(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for name, vars := range map[string]map[string]string{
			"without a key": nil,
			"with a key":    {rfc2136.KeyVariable: reader, rfc2136.SecretVariable: readerSecret, rfc2136.ServerVariable: "192.0.2.1"},
		} {
			t.Run(name, func(t *testing.T) {
				snap, err := transfer(context.Background(), "axfr://"+s.addr+"/Open.Example", env(vars))
				if err != nil {
					t.Fatal(err)
				}
				open := zone.MustName("open.example")
				if snap.Apex != open || len(snap.Items) != 6005 || len(snap.Unread) != 0 {
					t.Errorf("%s: %d records, %d unread", snap.Apex, len(snap.Items), len(snap.Unread))
				}
				z := snap.Zone()
				if soa := z.RRset(open, zone.TypeSOA); len(soa) != 1 {
					t.Errorf("%d SOA records", len(soa))
				}
				if mx := z.RRset(open, zone.TypeMX); len(mx) != 1 || mx[0].Target() != zone.MustName("mail.open.example") {
					t.Errorf("%v", mx)
				}
			})
		}
		_, err := transfer(context.Background(), "axfr://"+s.addr+"/example.com", env(nil))
		line(t, err, providers.ErrUnauthorized, "without a key", s.addr)
		_, err = transfer(context.Background(), "axfr://"+s.addr+"/missing.example", env(nil))
		line(t, err, providers.ErrNoZone, "missing.example.", "the name of the server")
	})
	if _, err := transfer(context.Background(), "axfr://ns1/example.com", env(map[string]string{rfc2136.KeyVariable: "k"})); !errors.Is(err, providers.ErrUnauthorized) {
		t.Error(err)
	}
}

func TestParseTarget(t *testing.T) {
	for text, want := range map[string]rfc2136.Target{
		"axfr://ns1.example.net/example.com":     {Server: "ns1.example.net:53", Zone: example},
		"AXFR://192.0.2.1:5353/Example.COM./":    {Server: "192.0.2.1:5353", Zone: example},
		"axfr://[2001:db8::1]/example.com":       {Server: "[2001:db8::1]:53", Zone: example},
		"axfr://[2001:db8::1]:5353/example.com":  {Server: "[2001:db8::1]:5353", Zone: example},
		"axfr://2001:db8::1/example.com":         {Server: "[2001:db8::1]:53", Zone: example},
		"axfr://ns1/.":                           {Server: "ns1:53", Zone: zone.Root},
		"axfr://ns1/0%2F25.2.0.192.in-addr.arpa": {Server: "ns1:53", Zone: zone.MustName("0/25.2.0.192.in-addr.arpa")},
		"axfr://ns1/0/25.2.0.192.in-addr.arpa":   {Server: "ns1:53", Zone: zone.MustName("0/25.2.0.192.in-addr.arpa")},
	} {
		got, err := rfc2136.ParseTarget(text)
		if err != nil || got.Server != want.Server || got.Zone != want.Zone || got.String() != text {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"axfr://", "axfr://ns1", "axfr://ns1/", "axfr:///example.com", "axfr://ns1:x/example.com", "axfr://ns1:0/example.com",
		"axfr://[::1/example.com", "axfr://u@ns1/example.com", "axfr://ns1/a..b", "axfr://ns1/%zz", "axfr://ns1/" + strings.Repeat("x", 64), "example.com", "axfr:/ns1/x", "axfr:", "http://ns1/example.com", "axfr://a b/example.com",
	} {
		if got, err := rfc2136.ParseTarget(text); err == nil {
			t.Errorf("%q was taken for %+v", text, got)
		}
	}
}

// Names that were written in capitals are the same names when they are held
// against the zone and when they go.
func TestCapitals(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.reset(t, nil)
		for _, l := range []string{"Mail 300 MX 10 MX.Example.NET.", "Mail 300 MX 20 Other.Example.NET.", "_SIP._tcp 300 SRV 1 2 5060 Sip.Example.NET.", "Alias 300 CNAME Target.Example.NET."} {
			s.updateText(t, l)
		}
		b := s.writer(t)
		snap, err := b.Snapshot(context.Background(), example)
		if err != nil {
			t.Fatal(err)
		}
		var cs zone.ChangeSet
		z := snap.Zone()
		cs = append(cs,
			zone.Replace(z.RRset(zone.MustName("mail.example.com"), zone.TypeMX)[0], providertest.Records(t, "mail 300 MX 5 new.example.net.")[0]),
			zone.Remove(z.RRset(zone.MustName("_sip._tcp.example.com"), zone.TypeSRV)...),
			zone.Replace(z.RRset(zone.MustName("alias.example.com"), zone.TypeCNAME)[0], providertest.Records(t, "alias 300 CNAME target.example.org.")[0]),
		)
		p, err := providers.NewPlan(snap, cs, providers.PlanOptions{Provider: "rfc2136"})
		if err != nil {
			t.Fatal(err)
		}
		rep, err := (&providers.Applier{Backend: b, Dir: t.TempDir(), Waits: []time.Duration{0}}).Apply(context.Background(), p)
		if err != nil || !rep.Verified || len(rep.Foreign) > 0 {
			t.Fatalf("%v, %+v", err, rep)
		}
	})
}

// More changes than one message takes, and more than fit in one.
func TestManyChanges(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.reset(t, nil)
		b := s.writer(t)
		snap, err := b.Snapshot(context.Background(), example)
		if err != nil {
			t.Fatal(err)
		}
		var cs zone.ChangeSet
		for i := range 450 {
			cs = append(cs, zone.Add(providertest.Records(t, fmt.Sprintf("h%d 300 A 192.0.2.5", i))[0]))
		}
		p, err := providers.NewPlan(snap, cs, providers.PlanOptions{Provider: "rfc2136", MaxChanges: -1})
		if err != nil || len(p.Steps) != 3 {
			t.Fatalf("%v, %d steps", err, len(p.Steps))
		}
		rep, err := (&providers.Applier{Backend: b, Dir: t.TempDir(), Waits: []time.Duration{0}}).Apply(context.Background(), p)
		if err != nil || !rep.Verified {
			t.Fatal(err)
		}

		before := len(s.truth(t))
		var long []string
		for i := range 200 {
			long = append(long, fmt.Sprintf("t%d 300 TXT %s", i, strings.Repeat(`"`+strings.Repeat("x", 250)+`" `, 4)))
		}
		err = b.Apply(context.Background(), example, step(t, nil, long))
		line(t, err, providers.ErrUnsupported, "do not fit")
		if n := len(s.truth(t)); n != before {
			t.Errorf("%d records, want %d", n, before)
		}
	})
}
