package rfc2136_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/zone"
)

// line makes sure that an error is one clear line: of its kind, with these words,
// without a secret.
func line(t *testing.T, err, is error, words ...string) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Fatalf("%v is not %v", err, is)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v\ndoes not say %q", err, w)
		}
	}
	for _, secret := range []string{writerSecret, readerSecret, otherSecret, nobodySecret, wrongSecret} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("a secret is in %q", err)
		}
	}
	if strings.ContainsAny(err.Error(), "\n\t") || len(err.Error()) > 400 {
		t.Errorf("not one line: %q", err)
	}
}

func TestWrongKeys(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.reset(t, providertest.Records(t, ground...))
		before := lines(s.truth(t))
		for _, tc := range []struct {
			name                   string
			key, secret, algorithm string
			late                   bool // the zone can be read
			is                     error
			words                  []string
		}{
			{"wrong secret", writer, wrongSecret, "", false, providers.ErrUnauthorized, []string{"another secret", `"writer.example." with hmac-sha256`, "(BADSIG)", rfc2136.SecretVariable}},
			{"unknown key", unknownName, wrongSecret, "", false, providers.ErrUnauthorized, []string{`"unknown.example."`, "(BADKEY)", rfc2136.KeyVariable, rfc2136.AlgorithmVariable}},
			{"wrong algorithm", writer, writerSecret, "HMAC-SHA512.", false, providers.ErrUnauthorized, []string{"with hmac-sha512", "(BAD", "compare"}},
			{"a key that may do nothing", nobody, nobodySecret, "", false, providers.ErrUnauthorized, []string{`"nobody.example."`}},
			{"no key", "", "", "", false, providers.ErrUnauthorized, []string{"this address without a key", "allow-transfer"}},
			{"a key that may read", reader, readerSecret, "", true, providers.ErrUnauthorized, []string{"update of example.com.", `"reader.example."`}},
		} {
			t.Run(tc.name, func(t *testing.T) {
				b := s.open(t, tc.key, tc.secret, tc.algorithm)
				_, err := b.Snapshot(context.Background(), example)
				if tc.late {
					if err != nil {
						t.Fatal(err)
					}
				} else {
					line(t, err, tc.is, append(tc.words, "transfer of example.com.")...)
					t.Log(err)
				}
				err = b.Apply(context.Background(), example, step(t, nil, []string{"x 300 A 192.0.2.9"}))
				t.Log(err)
				line(t, err, tc.is)
				if errors.Is(err, providers.ErrUnknownOutcome) {
					t.Errorf("%v: it is known that nothing was written", err)
				}
				if got := lines(s.truth(t)); strings.Join(got, "\n") != strings.Join(before, "\n") {
					t.Errorf("written: %v", got)
				}
			})
		}
		t.Run("another algorithm", func(t *testing.T) {
			b := s.open(t, "OTHER.Example.", otherSecret, "hmac-sha512")
			if err := b.Apply(context.Background(), example, step(t, nil, []string{"y 300 A 192.0.2.9"})); err != nil {
				t.Fatal(err)
			}
			if snap, err := b.Snapshot(context.Background(), example); err != nil || len(snap.Zone().RRset(zone.MustName("y.example.com"), zone.TypeA)) != 1 {
				t.Error(err)
			}
		})
		t.Run("wrong clock", func(t *testing.T) {
			b := s.writer(t)
			rfc2136.SetClock(b, func() time.Time { return time.Now().Add(-2 * time.Hour) })
			_, err := b.Snapshot(context.Background(), example)
			line(t, err, providers.ErrUnauthorized, "clocks", "300 seconds", "(BADTIME)")
			t.Log(err)
		})
		t.Run("another zone", func(t *testing.T) {
			b := s.writer(t)
			_, err := b.Snapshot(context.Background(), zone.MustName("other.example"))
			line(t, err, providers.ErrNoZone, "other.example.", "not authoritative", rfc2136.ServerVariable)
			err = b.Apply(context.Background(), zone.MustName("other.example"), step(t, nil, []string{"x 300 A 192.0.2.9"}))
			line(t, err, providers.ErrNoZone, "other.example.")
		})
	})
}

// step is a step of a plan.
func step(t testing.TB, gone, come []string) providers.Step {
	var s providers.Step
	sets := map[zone.Key]*providers.RRsetState{}
	var keys []zone.Key
	set := func(r zone.Record) *providers.RRsetState {
		k := zone.Key{Name: r.Name, Type: r.Type}
		if sets[k] == nil {
			sets[k] = &providers.RRsetState{Key: k}
			keys = append(keys, k)
		}
		return sets[k]
	}
	for _, r := range providertest.Records(t, gone...) {
		it := providers.Item{Record: r}
		st := set(r)
		st.Before = append(st.Before, it)
		s.Ops = append(s.Ops, providers.Op{Kind: providers.Delete, Old: it})
	}
	for _, r := range providertest.Records(t, come...) {
		it := providers.Item{Record: r}
		st := set(r)
		st.After = append(st.After, it)
		s.Ops = append(s.Ops, providers.Op{Kind: providers.Create, New: it})
	}
	for _, k := range keys {
		s.RRsets = append(s.RRsets, *sets[k])
	}
	return s
}

func TestNoServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	b, err := rfc2136.New(rfc2136.Options{Server: addr, KeyName: writer, Secret: writerSecret})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Snapshot(context.Background(), example)
	line(t, err, providers.ErrUnavailable, addr, rfc2136.ServerVariable)
	err = b.Apply(context.Background(), example, step(t, nil, []string{"x 300 A 192.0.2.9"}))
	line(t, err, providers.ErrUnavailable, addr)
	if errors.Is(err, providers.ErrUnknownOutcome) {
		t.Errorf("%v: it was never sent", err)
	}
	if _, err := b.Zones(context.Background()); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}

func TestSettings(t *testing.T) {
	for _, tc := range []struct {
		name string
		env  map[string]string
		want string // in the error; "" for none
	}{
		{"nothing", nil, "RFC2136_NAMESERVER is not set"},
		{"server alone", map[string]string{"NAMESERVER": "ns1.example.net"}, ""},
		{"all", map[string]string{"NAMESERVER": "[2001:db8::1]:5353", "TSIG_KEY": writer, "TSIG_SECRET": writerSecret, "TSIG_ALGORITHM": "hmac-sha512.", "DNS_TIMEOUT": "5"}, ""},
		{"not a server", map[string]string{"NAMESERVER": "ns1.example.net:dns"}, `"ns1.example.net:dns" is not a name server`},
		{"a URL", map[string]string{"NAMESERVER": "https://ns1.example.net"}, "is not a name server"},
		{"key alone", map[string]string{"NAMESERVER": "ns1", "TSIG_KEY": writer}, "RFC2136_TSIG_SECRET is not; set both"},
		{"secret alone", map[string]string{"NAMESERVER": "ns1", "TSIG_SECRET": writerSecret}, "RFC2136_TSIG_KEY is not; set both"},
		{"not base64", map[string]string{"NAMESERVER": "ns1", "TSIG_KEY": writer, "TSIG_SECRET": "not base64 " + writerSecret}, "RFC2136_TSIG_SECRET is not in base64"},
		{"not a key's name", map[string]string{"NAMESERVER": "ns1", "TSIG_KEY": "a..b", "TSIG_SECRET": writerSecret}, "RFC2136_TSIG_KEY is not the name of a key"},
		{"broken algorithm", map[string]string{"NAMESERVER": "ns1", "TSIG_KEY": writer, "TSIG_SECRET": writerSecret, "TSIG_ALGORITHM": "hmac-md5"}, `"hmac-md5"; it can be hmac-sha1, hmac-sha224, hmac-sha256, hmac-sha384, hmac-sha512`},
		{"timeout", map[string]string{"NAMESERVER": "ns1", "DNS_TIMEOUT": "soon"}, `RFC2136_DNS_TIMEOUT is "soon"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, _, err := rfc2136.Provider().Backend(func(name string) string { return tc.env[strings.TrimPrefix(name, "RFC2136_")] })
			switch {
			case tc.want == "" && (err != nil || b == nil):
				t.Error(err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("%v does not say %q", err, tc.want)
			case err != nil && strings.Contains(err.Error(), writerSecret):
				t.Error("the secret is in the error")
			}
		})
	}
}

func TestParseServer(t *testing.T) {
	for in, want := range map[string]string{
		"ns1.example.net": "ns1.example.net:53", "ns1.example.net:5353": "ns1.example.net:5353", "192.0.2.1": "192.0.2.1:53", "192.0.2.1:54": "192.0.2.1:54",
		"2001:db8::1": "[2001:db8::1]:53", "[2001:db8::1]": "[2001:db8::1]:53", "[2001:db8::1]:54": "[2001:db8::1]:54",
		"": "", ":53": "", "ns1:0": "", "ns1:65536": "", "ns1:x": "", "a b": "", "ns1/zone": "", "[ns1": "", "user@ns1": "",
	} {
		got, err := rfc2136.ParseServer(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

// A server that never comes to an end is not waited for without one.
func TestEndlessTransfer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		dc := &dns.Conn{Conn: c}
		q, err := dc.ReadMsg()
		for i := 0; err == nil; i++ {
			line := "SOA"
			if i > 0 {
				line = fmt.Sprintf("h%d 300 A 192.0.2.1", i)
			}
			err = dc.WriteMsg(reply(q, line))
			time.Sleep(5 * time.Millisecond)
		}
	}()
	b, err := rfc2136.New(rfc2136.Options{Server: l.Addr().String(), Timeout: 250 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err = b.Snapshot(context.Background(), example)
	line(t, err, providers.ErrUnavailable, "had not come whole after 5s")
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}
