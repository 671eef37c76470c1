// Package powerdnstest starts a real PowerDNS on loopback for tests, if it is
// installed.
package powerdnstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// APIKey is that of the server; it must not be seen anywhere.
const APIKey = "pdns/key+6f1c0e5b&x"

// Server is a PowerDNS with the SQLite backend.
type Server struct {
	URL  string // of the API
	DNS  string // address and port of DNS
	Stop func()
}

// schemas is where distributions have the tables of the backend.
var schemas = []string{
	"/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
	"/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
	"/usr/share/doc/pdns/schema.sqlite3.sql",
	"/usr/share/doc/powerdns/schema.sqlite3.sql",
}

// StartServer starts a PowerDNS with a database of its own, without zones. Stop
// ends it. The error wraps exec.ErrNotFound or os.ErrNotExist if it is not
// installed.
func StartServer() (*Server, error) {
	program, err := exec.LookPath("pdns_server")
	if err != nil {
		const system = "/usr/sbin/pdns_server" // which is in the PATH of root alone
		if _, serr := exec.LookPath(system); serr != nil {
			return nil, err
		}
		program = system
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
		var s *Server
		if s, err = launch(program, dir, db); err == nil {
			return s, nil
		}
	}
	os.RemoveAll(dir)
	return nil, err
}

// launch starts the server. A shell stands between, which ends it when this
// process ends, however that comes about.
func launch(program, dir, db string) (*Server, error) {
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + web.Addr().String(), DNS: plain.Addr().String()}
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
`, db, dir, plain.Addr().(*net.TCPAddr).Port, web.Addr().(*net.TCPAddr).Port, APIKey)
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
	s.Stop = func() {
		end()
		os.RemoveAll(dir)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = s.Call("GET", "/api/v1/servers/localhost", nil, nil); err == nil {
			return s, nil
		}
	}
	end()
	said, _ := os.ReadFile(log)
	return nil, fmt.Errorf("pdns_server does not answer: %w\n%s", err, said)
}

// Call is the API without the backend: body is sent as JSON unless it is nil, and
// the answer read into what into points to, unless that is nil.
func (s *Server) Call(method, path string, body, into any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequest(method, s.URL+path, &content)
	if err != nil {
		return err
	}
	req.Header.Set("X-API-Key", APIKey)
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
