package rfc2136_test

import (
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/providers/rfc2136/rfc2136test"
	"github.com/zonelint/zonelint/zone"
)

// The keys of the servers, and one that they do not have.
const (
	writer, writerSecret     = rfc2136test.Writer, rfc2136test.WriterSecret
	reader, readerSecret     = rfc2136test.Reader, rfc2136test.ReaderSecret
	other, otherSecret       = rfc2136test.Other, rfc2136test.OtherSecret
	nobody, nobodySecret     = rfc2136test.Nobody, rfc2136test.NobodySecret
	unknownName, wrongSecret = "unknown.example", "d3Jvbmctc2VjcmV0LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg="
)

// server is a real name server.
type server struct {
	name, addr string
}

// each runs a test with every server there is.
func each(t *testing.T, test func(t *testing.T, s *server)) { eachOf(t, rfc2136test.Kinds(), test) }

func eachOf(t *testing.T, kinds []rfc2136test.Kind, test func(t *testing.T, s *server)) {
	for _, k := range kinds {
		t.Run(k.Name, func(t *testing.T) { s := rfc2136test.Start(t, k); test(t, &server{s.Name, s.Addr}) })
	}
}

// open is a backend for the server.
func (s *server) open(t testing.TB, name, secret, algorithm string) *rfc2136.Backend {
	t.Helper()
	b, err := rfc2136.New(rfc2136.Options{Server: s.addr, KeyName: name, Secret: secret, Algorithm: algorithm, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s *server) writer(t testing.TB) *rfc2136.Backend { return s.open(t, writer, writerSecret, "") }

var secrets = map[string]string{writer + ".": writerSecret}

// made are types that the server makes itself.
var made = []uint16{dns.TypeSOA, dns.TypeDNSKEY, dns.TypeRRSIG, dns.TypeNSEC, dns.TypeCDS, dns.TypeCDNSKEY, 65534}

// truth reads the zone with the client of miekg/dns, without what the server
// makes.
func (s *server) truth(t testing.TB) []zone.Record {
	t.Helper()
	m := new(dns.Msg).SetAxfr("example.com.")
	m.SetTsig(writer+".", dns.HmacSHA256, 300, time.Now().Unix())
	tr := dns.Transfer{TsigSecret: secrets}
	ch, err := tr.In(m, s.addr)
	if err != nil {
		t.Fatal(err)
	}
	var out []zone.Record
	for e := range ch {
		if e.Error != nil {
			t.Fatal(e.Error)
		}
		for _, rr := range e.RR {
			r, err := zone.FromRR(rr)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
	}
	return slices.DeleteFunc(out, func(r zone.Record) bool { return slices.Contains(made, uint16(r.Type)) })
}

// update sends an UPDATE of the test's own.
func (s *server) update(t testing.TB, gone, come []zone.Record) {
	t.Helper()
	for len(gone)+len(come) > 0 {
		m := new(dns.Msg).SetUpdate("example.com.")
		n := min(len(gone), 200)
		m.Remove(rrs(t, gone[:n]))
		gone = gone[n:]
		if len(gone) == 0 {
			n = min(len(come), 200)
			m.Insert(rrs(t, come[:n]))
			come = come[n:]
		}
		m.SetTsig(writer+".", dns.HmacSHA256, 300, time.Now().Unix())
		c := dns.Client{Net: "tcp", Timeout: 10 * time.Second, TsigSecret: secrets}
		r, _, err := c.Exchange(m, s.addr)
		if err != nil || r.Rcode != dns.RcodeSuccess {
			t.Fatalf("%v\n%v", err, r)
		}
	}
}

func rrs(t testing.TB, rs []zone.Record) []dns.RR {
	var out []dns.RR
	for _, r := range rs {
		rr, err := r.RR()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rr)
	}
	return out
}

// reset gives the zone these records and no others, but SOA and NS.
func (s *server) reset(t testing.TB, records []zone.Record) {
	t.Helper()
	gone := slices.DeleteFunc(s.truth(t), func(r zone.Record) bool { return r.Type == zone.TypeNS && r.Name == example })
	s.update(t, gone, nil) // of its own, since a name that is signed is not empty before the end of an UPDATE for Knot
	s.update(t, nil, records)
}

var example = zone.MustName("example.com")

// lines are records as sorted text.
func lines(rs []zone.Record) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.String())
	}
	slices.Sort(out)
	return out
}

// updateText adds a record as it is written, capitals and all.
func (s *server) updateText(t testing.TB, line string) {
	t.Helper()
	rr, err := dns.NewRR("$ORIGIN example.com.\n" + line + "\n")
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg).SetUpdate("example.com.")
	m.Insert([]dns.RR{rr})
	m.SetTsig(writer+".", dns.HmacSHA256, 300, time.Now().Unix())
	c := dns.Client{Net: "tcp", Timeout: 10 * time.Second, TsigSecret: secrets}
	if r, _, err := c.Exchange(m, s.addr); err != nil || r.Rcode != dns.RcodeSuccess {
		t.Fatalf("%v\n%v", err, r)
	}
}
