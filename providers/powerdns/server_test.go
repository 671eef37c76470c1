package powerdns_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// apiKey is that of the server; it must not be seen anywhere.
const apiKey = "pdns/key+6f1c0e5b&x"

var example = zone.MustName("example.com")

// server is a PowerDNS with a database of its own on loopback ports, one for all
// tests of the package: each of them makes the zone anew.
type server struct {
	url  string // of the API
	dns  string // address and port of DNS
	stop func()
}

var running = sync.OnceValues(startServer)

func TestMain(m *testing.M) {
	code := m.Run()
	if s, err := running(); err == nil {
		s.stop()
	}
	os.Exit(code)
}

// start returns the server, or skips the test if it is not installed.
func start(t testing.TB) *server {
	t.Helper()
	s, err := running()
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		t.Skipf("no PowerDNS with SQLite (Debian: pdns-server, pdns-backend-sqlite3, sqlite3): %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// schemas is where distributions have the tables of the backend.
var schemas = []string{
	"/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
	"/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
	"/usr/share/doc/pdns/schema.sqlite3.sql",
	"/usr/share/doc/powerdns/schema.sqlite3.sql",
}

func startServer() (*server, error) {
	program, err := exec.LookPath("pdns_server")
	if err != nil {
		if _, serr := os.Stat("/usr/sbin/pdns_server"); serr != nil {
			return nil, err
		}
		program = "/usr/sbin/pdns_server"
	}
	sqlite, err := exec.LookPath("sqlite3")
	if err != nil {
		return nil, err
	}
	var schema []byte
	for _, path := range schemas {
		if schema, err = os.ReadFile(path); err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("schema of the SQLite backend: %w", err)
	}
	dir, err := os.MkdirTemp("", "pdns")
	if err != nil {
		return nil, err
	}
	db := filepath.Join(dir, "zones.db")
	load := exec.Command(sqlite, db)
	load.Stdin = bytes.NewReader(schema)
	if out, err := load.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("sqlite3: %w: %s", err, out)
	}
	for range 3 { // a port may be taken by another before the server has it
		var s *server
		if s, err = launch(program, dir, db); err == nil {
			return s, nil
		}
	}
	os.RemoveAll(dir)
	return nil, err
}

// launch starts the server. A shell stands between, which ends it when this
// process ends, however that comes about.
func launch(program, dir, db string) (*server, error) {
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + web.Addr().String(), dns: plain.Addr().String()}
	conf := fmt.Sprintf(`launch=gsqlite3
gsqlite3-database=%s
gsqlite3-pragma-synchronous=0
gsqlite3-dnssec=yes
socket-dir=%s
local-address=127.0.0.1
local-port=%d
webserver=yes
webserver-address=127.0.0.1
webserver-port=%d
api=yes
api-key=%s
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
disable-axfr=no
allow-axfr-ips=127.0.0.0/8
security-poll-suffix=
expand-alias=no
`, db, dir, plain.Addr().(*net.TCPAddr).Port, web.Addr().(*net.TCPAddr).Port, apiKey)
	if err := os.WriteFile(filepath.Join(dir, "pdns.conf"), []byte(conf), 0o600); err != nil {
		return nil, err
	}
	log := filepath.Join(dir, "log")
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command("sh", "-c", `"$@" & cat >/dev/null; kill $!; wait`, "sh",
		program, "--config-dir="+dir, "--daemon=no", "--guardian=no", "--disable-syslog=yes")
	cmd.Stdout, cmd.Stderr = out, out
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	web.Close()
	plain.Close()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	end := func() {
		leash.Close()
		_ = cmd.Wait()
	}
	s.stop = func() {
		end()
		os.RemoveAll(dir)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = s.call("GET", "/api/v1/servers/localhost", nil, nil); err == nil {
			return s, nil
		}
	}
	end()
	said, _ := os.ReadFile(log)
	return nil, fmt.Errorf("pdns_server does not answer: %w\n%s", err, said)
}

// call is the API without the backend.
func (s *server) call(method, path string, body, into any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequest(method, s.url+path, &content)
	if err != nil {
		return err
	}
	req.Header.Set("X-API-Key", apiKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, b)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}

// object is JSON of the API.
type object = map[string]any

const zonesPath = "/api/v1/servers/localhost/zones"

// makeZone makes the zone anew, with the RRsets.
func (s *server) makeZone(t testing.TB, name, kind string, sets ...object) {
	t.Helper()
	path := zonesPath + "/" + strings.ReplaceAll(name, "/", "=2F")
	_ = s.call("DELETE", path, nil, nil)
	z := object{"name": name, "kind": kind, "nameservers": []string{"ns1.example.net.", "ns2.example.net."}}
	if kind == "Slave" {
		z["masters"], z["nameservers"] = []string{"192.0.2.53"}, []string{}
	}
	if err := s.call("POST", zonesPath, z, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.call("DELETE", path, nil, nil) })
	s.patch(t, name, sets...)
}

func (s *server) patch(t testing.TB, name string, sets ...object) {
	t.Helper()
	if len(sets) == 0 {
		return
	}
	if err := s.call("PATCH", zonesPath+"/"+name, object{"rrsets": sets}, nil); err != nil {
		t.Fatal(err)
	}
}

// set is an RRset to be written. Contents that begin with "!" are disabled.
func set(name, typ string, ttl int, contents ...string) object {
	if name = strings.TrimPrefix(name+".example.com.", "@."); name == ".example.com." {
		name = "example.com."
	}
	records := []object{}
	for _, c := range contents {
		records = append(records, object{"content": strings.TrimPrefix(c, "!"), "disabled": strings.HasPrefix(c, "!")})
	}
	return object{"name": name, "type": typ, "ttl": ttl, "changetype": "REPLACE", "records": records}
}

// commented adds a comment to the RRset.
func commented(o object, comment string) object {
	o["comments"] = []object{{"content": comment, "account": "hostmaster", "modified_at": 1700000000}}
	return o
}

type wireRecord struct {
	Content  string
	Disabled bool
}

// sets are the RRsets of a zone as the API tells them, as lines that can be
// compared, without SOA. The order of the records in an RRset means nothing.
func (s *server) sets(t testing.TB, name string) map[string]string {
	t.Helper()
	var z struct {
		RRsets []struct {
			Name, Type string
			TTL        int
			Records    []wireRecord
			Comments   []struct {
				Content, Account string
				Modified         int `json:"modified_at"`
			}
		}
	}
	if err := s.call("GET", zonesPath+"/"+name, nil, &z); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, set := range z.RRsets {
		if set.Type != "SOA" {
			slices.SortFunc(set.Records, func(a, b wireRecord) int { return strings.Compare(a.Content, b.Content) })
			out[set.Name+" "+set.Type] = fmt.Sprint(set.TTL, set.Records, set.Comments)
		}
	}
	return out
}

// transfer returns the zone as a secondary gets it: what is in DNS, whatever the
// API says.
func (s *server) transfer(t testing.TB, name string) []zone.Record {
	t.Helper()
	q := new(dns.Msg)
	q.SetAxfr(name)
	answers, err := new(dns.Transfer).In(q, s.dns)
	if err != nil {
		t.Fatal(err)
	}
	var out []zone.Record
	for a := range answers {
		if a.Error != nil {
			t.Fatal(a.Error)
		}
		for _, rr := range a.RR {
			r, err := zone.FromRR(rr)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
	}
	return out
}

// ask asks the server for an RRset.
func (s *server) ask(ctx context.Context, name string, typ uint16) ([]zone.Record, error) {
	q := new(dns.Msg)
	q.SetQuestion(name, typ)
	a, _, err := (&dns.Client{Net: "tcp", Timeout: 5 * time.Second}).ExchangeContext(ctx, q, s.dns)
	if err != nil {
		return nil, err
	}
	var out []zone.Record
	for _, rr := range a.Answer {
		r, err := zone.FromRR(rr)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}
