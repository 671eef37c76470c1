package powerdns_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers/powerdns/powerdnstest"
	"github.com/zonelint/zonelint/zone"
)

// apiKey is that of the server; it must not be seen anywhere.
const apiKey = powerdnstest.APIKey

var example = zone.MustName("example.com")

// server is a PowerDNS with a database of its own on loopback ports, one for all
// tests of the package: each of them makes the zone anew.
type server struct {
	url  string // of the API
	dns  string // address and port of DNS
	stop func()
	api  *powerdnstest.Server
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

func startServer() (*server, error) {
	s, err := powerdnstest.StartServer()
	if err != nil {
		return nil, err
	}
	return &server{url: s.URL, dns: s.DNS, stop: s.Stop, api: s}, nil
}

// call is the API without the backend.
func (s *server) call(method, path string, body, into any) error {
	return s.api.Call(method, path, body, into)
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
