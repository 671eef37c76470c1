// Package rfc2136test starts real name servers on loopback for tests: BIND and
// Knot DNS, as far as they are installed.
package rfc2136test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// The keys of the servers: one that may read and write, one that may read, one
// with hmac-sha512 that may both, and one that may do nothing.
const (
	Writer, WriterSecret = "writer.example", "d3JpdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMDEyMzQ1Njc="
	Reader, ReaderSecret = "reader.example", "cmVhZGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMDEyMzQ1Njc="
	Other, OtherSecret   = "other.example", "b3RoZXItc2VjcmV0LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg5b3RoZXItc2VjcmV0LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg5"
	Nobody, NobodySecret = "nobody.example", "bm9ib2R5LXNlY3JldC1vZi10aGUtdGVzdHMtMDEyMzQ1Njc="
)

// Server is a name server on a loopback port. It has example.com, which the keys
// concern, and open.example, which anyone may transfer.
type Server struct {
	Name, Addr string
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

// Kind is a server and how it is started in a folder.
type Kind struct {
	Name, program, config string
	args                  func(dir string) []string
}

func namedArgs(dir string) []string { return []string{"-g", "-n", "1", "-c", dir + "/conf"} }
func knotArgs(dir string) []string  { return []string{"-c", dir + "/conf"} }

// Kinds returns the servers.
func Kinds() []Kind {
	return []Kind{{"BIND", "named", namedConfig, namedArgs}, {"Knot", "knotd", knotConfig, knotArgs}}
}

// Signing returns servers that sign the zone: each change brings other signatures.
func Signing() []Kind {
	return []Kind{
		{"BIND that signs", "named", strings.Replace(namedConfig, "check-names ignore;", "check-names ignore; dnssec-policy default;", 1), namedArgs},
		{"Knot that signs", "knotd", knotConfig + "    dnssec-signing: on\n", knotArgs},
	}
}

// Start starts the server until the test ends, or skips the test if it is not
// installed.
func Start(t testing.TB, k Kind) *Server {
	t.Helper()
	program, err := exec.LookPath(k.program)
	if err != nil {
		program = "/usr/sbin/" + k.program // which is in the PATH of root alone
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (Debian packages bind9 and knot), so %s was not tested", k.program, k.Name)
		}
	}
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Name: k.Name, Addr: l.Addr().String()}
	l.Close()
	for name, text := range map[string]string{
		"conf":              fmt.Sprintf(k.config, dir, l.Addr().(*net.TCPAddr).Port, WriterSecret, ReaderSecret, OtherSecret, NobodySecret),
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
	for end := time.Now().Add(15 * time.Second); !s.answers(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not start:\n%s", k.Name, log.String())
		}
	}
	return s
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

func (s *Server) answers() bool {
	for _, z := range []string{"example.com.", "open.example."} {
		m := new(dns.Msg).SetQuestion(z, dns.TypeSOA)
		c := dns.Client{Net: "tcp", Timeout: time.Second}
		r, _, err := c.Exchange(m, s.Addr)
		if err != nil || r.Rcode != dns.RcodeSuccess || !r.Authoritative {
			return false
		}
	}
	return true
}
