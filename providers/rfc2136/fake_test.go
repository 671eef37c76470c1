package rfc2136_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/zone"
)

// signer signs answers with RFC 8945 in the hand, apart from the code under
// test.
type signer struct {
	secret string
	mac    []byte // of the message before
	first  bool
	since  []byte // messages without a signature
}

// signed returns the message with its signature; now is when.
func (s *signer) signed(m *dns.Msg, now time.Time) []byte {
	raw, err := m.Pack()
	if err != nil {
		panic(err)
	}
	timers := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))[2:]
	timers = binary.BigEndian.AppendUint16(timers, 300)
	secret, _ := base64.StdEncoding.DecodeString(s.secret)
	h := hmac.New(sha256.New, secret)
	_ = binary.Write(h, binary.BigEndian, uint16(len(s.mac)))
	h.Write(s.mac)
	h.Write(s.since)
	h.Write(raw)
	name, alg := wire(writer), wire("hmac-sha256")
	if s.first {
		h.Write(slices.Concat(name, []byte{0, 255, 0, 0, 0, 0}, alg))
	}
	h.Write(timers)
	if s.first {
		h.Write([]byte{0, 0, 0, 0})
	}
	s.mac, s.first, s.since = h.Sum(nil), false, nil
	rdata := slices.Concat(alg, timers, []byte{0, 32}, s.mac, raw[:2], []byte{0, 0, 0, 0})
	raw = slices.Concat(raw, name, []byte{0, 250, 0, 255, 0, 0, 0, 0})
	raw = binary.BigEndian.AppendUint16(raw, uint16(len(rdata)))
	raw = append(raw, rdata...)
	raw[11]++
	return raw
}

func (s *signer) unsigned(m *dns.Msg) []byte {
	raw, err := m.Pack()
	if err != nil {
		panic(err)
	}
	s.since = append(s.since, raw...)
	return raw
}

func wire(name string) []byte { return []byte(zone.MustName(name)) }

// fake answers one request with what answer makes of it.
func fake(t *testing.T, answer func(q *dns.Msg, s *signer) [][]byte) *rfc2136.Backend {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			var size [2]byte
			_, _ = io.ReadFull(c, size[:])
			raw := make([]byte, binary.BigEndian.Uint16(size[:]))
			_, _ = io.ReadFull(c, raw)
			q := new(dns.Msg)
			if err := q.Unpack(raw); err != nil {
				t.Error(err)
			}
			s := &signer{secret: writerSecret, first: true}
			if ts := q.IsTsig(); ts != nil {
				_, _ = fmt.Sscanf(ts.MAC, "%x", &s.mac)
			}
			for _, a := range answer(q, s) {
				_, _ = c.Write(slices.Concat(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a))
			}
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	b, err := rfc2136.New(rfc2136.Options{Server: l.Addr().String(), KeyName: writer, Secret: writerSecret, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reply is an answer with these records.
func reply(q *dns.Msg, lines ...string) *dns.Msg {
	m := new(dns.Msg)
	m.SetReply(q)
	m.Authoritative = true
	for _, l := range lines {
		if l == "SOA" {
			l = "@ 300 SOA ns1 hostmaster 1 7200 900 1209600 300"
		}
		rr, err := dns.NewRR("$ORIGIN example.com.\n" + l + "\n")
		if err != nil {
			panic(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	return m
}

func TestAnswersToATransfer(t *testing.T) {
	now := time.Now()
	flip := func(raw []byte) []byte { raw[len(raw)/3] ^= 1; return raw }
	for _, tc := range []struct {
		name   string
		answer func(q *dns.Msg, s *signer) [][]byte
		want   string // in the error; "" for none
	}{
		{"one message", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA", "a 300 A 192.0.2.1", "SOA"), now)}
		}, ""},
		{"a record a message", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA"), now), s.signed(reply(q, "a 300 A 192.0.2.1"), now), s.signed(reply(q, "SOA"), now)}
		}, ""},
		{"messages without a signature between", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA"), now), s.unsigned(reply(q, "a 300 A 192.0.2.1")), s.unsigned(reply(q)), s.signed(reply(q, "SOA"), now)}
		}, ""},
		{"one of those is changed", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA"), now), flip(slices.Clone(s.unsigned(reply(q, "aaaaaaaaaaaaaaaa 300 A 192.0.2.1", "b 300 A 192.0.2.1")))), s.signed(reply(q, "SOA"), now)}
		}, "signature"},
		{"the last is not signed", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA"), now), s.unsigned(reply(q, "a 300 A 192.0.2.1", "SOA"))}
		}, "is not signed"},
		{"the first is not signed", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.unsigned(reply(q, "SOA", "a 300 A 192.0.2.1", "SOA"))}
		}, "is not signed"},
		{"another secret", func(q *dns.Msg, s *signer) [][]byte {
			s.secret = wrongSecret
			return [][]byte{s.signed(reply(q, "SOA", "SOA"), now)}
		}, "bad signature"},
		{"not over the request", func(q *dns.Msg, s *signer) [][]byte {
			s.mac[0] ^= 1
			return [][]byte{s.signed(reply(q, "SOA", "SOA"), now)}
		}, "bad signature"},
		{"signed long ago", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA", "SOA"), now.Add(-time.Hour))}
		}, "bad time"},
		{"too many without a signature", func(q *dns.Msg, s *signer) [][]byte {
			out := [][]byte{s.signed(reply(q, "SOA"), now)}
			for range 100 {
				out = append(out, s.unsigned(reply(q, "a 300 A 192.0.2.1")))
			}
			return append(out, s.signed(reply(q, "SOA"), now))
		}, "is not signed"},
		{"it ends early", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA", "a 300 A 192.0.2.1"), now)}
		}, "closed the connection"},
		{"nothing", func(*dns.Msg, *signer) [][]byte { return nil }, "closed the connection"},
		{"no records", func(q *dns.Msg, s *signer) [][]byte { return [][]byte{s.signed(reply(q), now)} }, "empty"},
		{"garbage", func(*dns.Msg, *signer) [][]byte { return [][]byte{[]byte("HTTP/1.1 400 Bad Request\r\n\r\n")} }, "cannot be read"},
		{"another question", func(q *dns.Msg, s *signer) [][]byte {
			m := reply(q, "SOA", "SOA")
			m.Id++
			return [][]byte{s.signed(m, now)}
		}, "another question"},
		{"no SOA record first", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "a 300 A 192.0.2.1", "SOA"), now)}
		}, "not with the SOA record"},
		{"another SOA record last", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA", "@ 300 SOA ns1 hostmaster 2 7200 900 1209600 300"), now)}
		}, "changed meanwhile"},
		{"a record of another zone", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA", "notexample.com. 300 A 192.0.2.1", "SOA"), now)}
		}, "does not belong to the zone"},
		{"records behind the end", func(q *dns.Msg, s *signer) [][]byte {
			return [][]byte{s.signed(reply(q, "SOA", "SOA", "a 300 A 192.0.2.1"), now)}
		}, "behind the end"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			snap, err := fake(t, tc.answer).Snapshot(context.Background(), example)
			if tc.want == "" {
				if err != nil || snap.Items[0].Record.Type != zone.TypeSOA || len(snap.Items) != 2 {
					t.Errorf("%v, %+v", err, snap)
				}
				return
			}
			if err == nil || snap != nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v does not say %q", err, tc.want)
			}
		})
	}
}

func TestAnswersToAnUpdate(t *testing.T) {
	now := time.Now()
	code := func(rcode int) func(q *dns.Msg, s *signer) [][]byte {
		return func(q *dns.Msg, s *signer) [][]byte {
			m := reply(q)
			m.Rcode = rcode
			if rcode == dns.RcodeNotAuth {
				return [][]byte{s.unsigned(m)}
			}
			return [][]byte{s.signed(m, now)}
		}
	}
	for _, tc := range []struct {
		name   string
		answer func(q *dns.Msg, s *signer) [][]byte
		is     error // nil for none
	}{
		{"made", code(dns.RcodeSuccess), nil},
		{"made, says someone", func(q *dns.Msg, s *signer) [][]byte { return [][]byte{s.unsigned(reply(q))} }, providers.ErrUnknownOutcome},
		{"made, says someone with another secret", func(q *dns.Msg, s *signer) [][]byte {
			s.secret = wrongSecret
			return [][]byte{s.signed(reply(q), now)}
		}, providers.ErrUnknownOutcome},
		{"refused, says someone with another secret", func(q *dns.Msg, s *signer) [][]byte {
			s.secret = wrongSecret
			m := reply(q)
			m.Rcode = dns.RcodeRefused
			return [][]byte{s.signed(m, now)}
		}, providers.ErrUnknownOutcome},
		{"no answer", func(*dns.Msg, *signer) [][]byte { return nil }, providers.ErrUnknownOutcome},
		{"garbage", func(*dns.Msg, *signer) [][]byte { return [][]byte{{1, 2, 3}} }, providers.ErrUnknownOutcome},
		{"SERVFAIL", code(dns.RcodeServerFailure), providers.ErrUnknownOutcome},
		{"a code that nobody knows", code(13), providers.ErrUnknownOutcome},
		{"YXDOMAIN", code(dns.RcodeYXDomain), providers.ErrStale},
		{"NXDOMAIN", code(dns.RcodeNameError), providers.ErrStale},
		{"YXRRSET", code(dns.RcodeYXRrset), providers.ErrStale},
		{"NXRRSET", code(dns.RcodeNXRrset), providers.ErrStale},
		{"REFUSED", code(dns.RcodeRefused), providers.ErrNoZone}, // the answer to the question for SOA has none
		{"NOTIMP", code(dns.RcodeNotImplemented), providers.ErrRefused},
		{"FORMERR", code(dns.RcodeFormatError), providers.ErrRefused},
		{"NOTZONE", code(dns.RcodeNotZone), providers.ErrRefused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answer := func(q *dns.Msg, s *signer) [][]byte {
				if q.Opcode == dns.OpcodeUpdate {
					return tc.answer(q, s)
				}
				return [][]byte{s.unsigned(reply(q))}
			}
			err := fake(t, answer).Apply(context.Background(), example, step(t, nil, []string{"x 300 A 192.0.2.9"}))
			if tc.is == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			line(t, err, tc.is)
			if tc.is != providers.ErrUnknownOutcome && errors.Is(err, providers.ErrUnknownOutcome) {
				t.Errorf("%v: the outcome is known", err)
			}
		})
	}
}
