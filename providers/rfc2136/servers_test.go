package rfc2136_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/zone"
)

// The keys of the servers: one that may read and write, one that may read, one
// with another algorithm, and one that may do nothing.
const (
	writer, writerSecret     = "writer.example", "d3JpdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMDEyMzQ1Njc="
	reader, readerSecret     = "reader.example", "cmVhZGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMDEyMzQ1Njc="
	other, otherSecret       = "other.example", "b3RoZXItc2VjcmV0LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg5b3RoZXItc2VjcmV0LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg5"
	nobody, nobodySecret     = "nobody.example", "bm9ib2R5LXNlY3JldC1vZi10aGUtdGVzdHMtMDEyMzQ1Njc="
	unknownName, wrongSecret = "unknown.example", "d3Jvbmctc2VjcmV0LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg="
)

// server is a real name server on a loopback port. It has example.com, which the
// keys concern, and open.example, which anyone may transfer.
type server struct {
	name, addr string
}

// openZone is large enough for a transfer of many messages.
func openZone() string {
	var b strings.Builder
	b.WriteString("$ORIGIN open.example.\n$TTL 300\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n@ MX 10 Mail\nMail A 192.0.2.1\n")
	for i := range 6000 {
		fmt.Fprintf(&b, "h%d TXT \"%s\"\n", i, strings.Repeat("x", 60))
	}
	return b.String()
}

const mainZone = "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1.dns.example. hostmaster.dns.example. 1 7200 900 1209600 300\n@ NS ns1.dns.example.\n@ NS ns2.dns.example.\n"

const namedConfig = `options {
	directory "%[1]s"; listen-on port %[2]d { 127.0.0.1; }; listen-on-v6 { none; };
	pid-file "named.pid"; session-keyfile "session.key"; lock-file none;
	recursion no; dnssec-validation no; notify no; allow-transfer { none; };
};
controls { };
key "writer.example" { algorithm hmac-sha256; secret "%[3]s"; };
key "reader.example" { algorithm hmac-sha256; secret "%[4]s"; };
key "other.example" { algorithm hmac-sha512; secret "%[5]s"; };
key "nobody.example" { algorithm hmac-sha256; secret "%[6]s"; };
zone "example.com" {
	type primary; file "example.com.zone"; check-names ignore;
	allow-update { key writer.example; key other.example; };
	allow-transfer { key writer.example; key other.example; key reader.example; };
};
zone "open.example" { type primary; file "open.example.zone"; allow-transfer { any; }; };
`

const knotConfig = `server:
    rundir: "%[1]s"
    listen: 127.0.0.1@%[2]d
database:
    storage: "%[1]s"
log:
  - target: stderr
    any: notice
key:
  - id: writer.example
    algorithm: hmac-sha256
    secret: %[3]s
  - id: reader.example
    algorithm: hmac-sha256
    secret: %[4]s
  - id: other.example
    algorithm: hmac-sha512
    secret: %[5]s
  - id: nobody.example
    algorithm: hmac-sha256
    secret: %[6]s
acl:
  - id: write
    key: [writer.example, other.example]
    action: [transfer, update]
  - id: read
    key: reader.example
    action: transfer
  - id: anyone
    address: 127.0.0.1
    action: transfer
zone:
  - domain: open.example
    file: "%[1]s/open.example.zone"
    acl: [anyone, read]
  - domain: example.com
    file: "%[1]s/example.com.zone"
    zonefile-sync: -1
    acl: [write, read]
`

// kind is a server and how it is started in a folder.
type kind struct {
	name, program, config string
	args                  func(dir string) []string
}

func knotArgs(dir string) []string { return []string{"-c", dir + "/conf"} }

var kinds = []kind{
	{"BIND", "named", namedConfig, func(dir string) []string { return []string{"-g", "-n", "1", "-c", dir + "/conf"} }},
	{"Knot", "knotd", knotConfig, knotArgs},
}

// signing are servers that sign the zone: each change brings other signatures.
var signing = []kind{
	{"BIND that signs", "named", strings.Replace(namedConfig, "check-names ignore;", "check-names ignore; dnssec-policy default;", 1), kinds[0].args},
	{"Knot that signs", "knotd", knotConfig + "    dnssec-signing: on\n", knotArgs},
}

// each runs a test with every server there is.
func each(t *testing.T, test func(t *testing.T, s *server)) { eachOf(t, kinds, test) }

func eachOf(t *testing.T, kinds []kind, test func(t *testing.T, s *server)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			program, err := exec.LookPath(k.program)
			if err != nil {
				program = "/usr/sbin/" + k.program
				if _, err := os.Stat(program); err != nil {
					t.Skipf("%s is not installed (Debian packages bind9 and knot), so %s was not tested", k.program, k.name)
				}
			}
			dir := t.TempDir()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			addr := l.Addr().String()
			l.Close()
			for name, text := range map[string]string{
				"conf":              fmt.Sprintf(k.config, dir, l.Addr().(*net.TCPAddr).Port, writerSecret, readerSecret, otherSecret, nobodySecret),
				"example.com.zone":  mainZone,
				"open.example.zone": openZone(),
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var log locked
			cmd := exec.Command(program, k.args(dir)...)
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				if t.Failed() {
					t.Log(log.String())
				}
			})
			s := &server{name: k.name, addr: addr}
			for end := time.Now().Add(15 * time.Second); !s.answers(); time.Sleep(50 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("%s does not start:\n%s", k.name, log.String())
				}
			}
			test(t, s)
		})
	}
}

// locked is a buffer that a process writes to while a test reads it.
type locked struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}
func (l *locked) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.buf.String() }

func (s *server) answers() bool {
	for _, z := range []string{"example.com.", "open.example."} {
		m := new(dns.Msg).SetQuestion(z, dns.TypeSOA)
		c := dns.Client{Net: "tcp", Timeout: time.Second}
		r, _, err := c.Exchange(m, s.addr)
		if err != nil || r.Rcode != dns.RcodeSuccess || !r.Authoritative {
			return false
		}
	}
	return true
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
