package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
	"github.com/zonelint/zonelint/providers/gandi/ganditest"
	"github.com/zonelint/zonelint/providers/powerdns/powerdnstest"
	"github.com/zonelint/zonelint/providers/rfc2136/rfc2136test"
	"github.com/zonelint/zonelint/zone"
)

// liveServer is a server with the zone example.com, which the whole program is
// let loose on.
type liveServer struct {
	name, provider string
	env            []string // the credentials, and where the gate is
	wrong          []string // credentials that the server does not take
	secrets        []string // what must be seen nowhere
	gate           *gate
	stepwise       bool // a change takes several writes
	// set gives the zone these records, beside SOA and NS, edit adds some, as
	// somebody else would, and records are what it has.
	set, edit func(lines []string) error
	records   func() ([]string, error)
}

// liveServers start the real servers, as far as they are installed, and fakes of
// APIs: one that makes a change in one transaction, and one that takes a write for
// each RRset.
var liveServers = []struct {
	name  string
	start func(t *testing.T) *liveServer
}{
	{"BIND", func(t *testing.T) *liveServer { return startUpdated(t, rfc2136test.Kinds()[0]) }},
	{"Knot", func(t *testing.T) *liveServer { return startUpdated(t, rfc2136test.Kinds()[1]) }},
	{"PowerDNS", startPowerDNS},
	{"Cloudflare", startCloudflare},
	{"Gandi", startGandi},
}

// startUpdated starts a server for DNS UPDATE with a gate.
func startUpdated(t *testing.T, k rfc2136test.Kind) *liveServer {
	s := rfc2136test.Start(t, k)
	g := &gate{}
	key := []string{"RFC2136_NAMESERVER=" + dnsGate(t, s.Addr, g), "RFC2136_TSIG_KEY=" + rfc2136test.Writer}
	wrong := "d3Jvbmctc2VjcmV0LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg="
	update := func(gone, come []dns.RR) error {
		m := new(dns.Msg).SetUpdate("example.com.")
		m.Remove(gone)
		m.Insert(come)
		m.SetTsig(rfc2136test.Writer+".", dns.HmacSHA256, 300, time.Now().Unix())
		c := dns.Client{Net: "tcp", Timeout: 10 * time.Second, TsigSecret: map[string]string{rfc2136test.Writer + ".": rfc2136test.WriterSecret}}
		r, _, err := c.Exchange(m, s.Addr)
		if err == nil && r.Rcode != dns.RcodeSuccess {
			err = errors.New(dns.RcodeToString[r.Rcode])
		}
		return err
	}
	all := func() ([]dns.RR, error) { return transferAll(s.Addr, rfc2136test.Writer, rfc2136test.WriterSecret) }
	return &liveServer{
		name: k.Name, provider: "rfc2136", gate: g,
		env: append(slices.Clone(key), "RFC2136_TSIG_SECRET="+rfc2136test.WriterSecret), wrong: append(slices.Clone(key), "RFC2136_TSIG_SECRET="+wrong),
		secrets: []string{rfc2136test.WriterSecret, wrong},
		set: func(lines []string) error {
			old, err := all()
			if err != nil {
				return err
			}
			come, err := parse(lines)
			if err != nil {
				return err
			}
			return errors.Join(update(old, nil), update(nil, come))
		},
		edit: func(lines []string) error {
			come, err := parse(lines)
			if err != nil {
				return err
			}
			return update(nil, come)
		},
		records: func() ([]string, error) { return texts(all()) },
	}
}

// startPowerDNS starts PowerDNS with a gate.
func startPowerDNS(t *testing.T) *liveServer {
	s, err := powerdnstest.StartServer()
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		t.Skipf("no PowerDNS with SQLite (Debian: pdns-server, pdns-backend-sqlite3, sqlite3): %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	g := &gate{}
	const zones, wrong = "/api/v1/servers/localhost/zones", "wrong/pdns+key-0123456789"
	here := "PDNS_API_URL=" + httpGate(t, s.URL, g)
	return &liveServer{
		name: "PowerDNS", provider: "powerdns", gate: g,
		env: []string{here, "PDNS_API_KEY=" + powerdnstest.APIKey}, wrong: []string{here, "PDNS_API_KEY=" + wrong},
		secrets: []string{powerdnstest.APIKey, wrong},
		set: func(lines []string) error {
			_ = s.Call("DELETE", zones+"/example.com.", nil, nil) // there is none yet at first
			soa := "example.com. 3600 IN SOA ns1.dns.example. hostmaster.dns.example. 1 7200 900 1209600 300\nexample.com. 3600 IN NS ns1.dns.example.\n"
			come, err := parse(lines)
			if err != nil {
				return err
			}
			for _, rr := range come {
				soa += rr.String() + "\n"
			}
			return s.Call("POST", zones, map[string]any{"name": "example.com.", "kind": "Native", "nameservers": []string{}, "zone": soa}, nil)
		},
		edit: func(lines []string) error {
			come, err := parse(lines)
			if err != nil {
				return err
			}
			for _, rr := range come { // one new RRset each
				h := rr.Header()
				content := strings.TrimPrefix(rr.String(), h.String())
				set := map[string]any{"name": h.Name, "type": dns.TypeToString[h.Rrtype], "ttl": h.Ttl, "changetype": "REPLACE", "records": []any{map[string]any{"content": content}}}
				if err := s.Call("PATCH", zones+"/example.com.", map[string]any{"rrsets": []any{set}}, nil); err != nil {
					return err
				}
			}
			return nil
		},
		records: func() ([]string, error) { return texts(transferAll(s.DNS, "", "")) },
	}
}

// startCloudflare starts the API of the tests with a gate.
func startCloudflare(t *testing.T) *liveServer {
	s := cloudflaretest.New(t)
	g := &gate{}
	const wrong = "Wr0ngT0kenThatNobodyKnowsAtAll0123456789"
	here := "CLOUDFLARE_BASE_URL=" + httpGate(t, s.URL, g)
	z := s.AddZone("example.com")
	put := func(lines []string) error {
		rrs, err := parse(lines)
		for _, rr := range rrs {
			h := rr.Header()
			r := cloudflaretest.Record{"name": strings.TrimSuffix(h.Name, "."), "type": dns.TypeToString[h.Rrtype], "ttl": int(h.Ttl), "content": strings.TrimPrefix(rr.String(), h.String())}
			if mx, ok := rr.(*dns.MX); ok {
				r["content"], r["priority"] = mx.Mx, int(mx.Preference)
			}
			z.Put(r)
		}
		return err
	}
	return &liveServer{
		name: "Cloudflare", provider: "cloudflare", gate: g,
		env: []string{here, "CLOUDFLARE_API_TOKEN=" + cloudflaretest.GoodToken}, wrong: []string{here, "CLOUDFLARE_API_TOKEN=" + wrong},
		secrets: []string{cloudflaretest.GoodToken, wrong},
		set: func(lines []string) error {
			for _, r := range z.Records() {
				z.Remove(r.ID())
			}
			return put(lines)
		},
		edit: put,
		records: func() ([]string, error) {
			var out []string
			for _, r := range z.Records() {
				content := fmt.Sprint(r["content"])
				switch r["type"] {
				case "MX":
					content = fmt.Sprint(r["priority"], " ", content, ".")
				case "CNAME":
					content += "."
				}
				out = append(out, fmt.Sprintf("%s. %v IN %s %s", r["name"], r["ttl"], r["type"], content))
			}
			rrs, err := parse(out)
			return texts(rrs, err)
		},
	}
}

// startGandi starts a fake of LiveDNS with a gate.
func startGandi(t *testing.T) *liveServer {
	s := ganditest.New(t, nil)
	g := &gate{}
	const wrong = "Wr0ngT0kenThatNobodyKnowsAtAll0123456789"
	here := "GANDI_URL=" + httpGate(t, s.URL, g)
	become := func(lines []string, records []zone.Record) error {
		rrs, err := parse(lines)
		for _, rr := range rrs {
			r, rerr := zone.FromRR(rr)
			err = errors.Join(err, rerr)
			records = append(records, r)
		}
		return errors.Join(err, s.Become(records))
	}
	records := func() []zone.Record {
		return slices.DeleteFunc(s.Truth(), func(r zone.Record) bool { return r.Type == zone.TypeNS })
	}
	return &liveServer{
		name: "Gandi", provider: "gandi", gate: g, stepwise: true,
		env: []string{here, "GANDI_PERSONAL_ACCESS_TOKEN=" + ganditest.Token}, wrong: []string{here, "GANDI_PERSONAL_ACCESS_TOKEN=" + wrong},
		secrets: []string{ganditest.Token, wrong},
		set:     func(lines []string) error { return become(lines, nil) },
		edit:    func(lines []string) error { return become(lines, records()) },
		records: func() ([]string, error) {
			var out []string
			for _, r := range records() {
				out = append(out, r.String())
			}
			slices.Sort(out)
			return out, nil
		},
	}
}

// parse reads records of example.com in the form of a master file.
func parse(lines []string) ([]dns.RR, error) {
	var out []dns.RR
	p := dns.NewZoneParser(strings.NewReader(strings.Join(lines, "\n")+"\n"), "example.com.", "")
	p.SetDefaultTTL(3600)
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		out = append(out, rr)
	}
	return out, p.Err()
}

// transferAll reads the zone, but for its SOA and NS records.
func transferAll(addr, key, secret string) ([]dns.RR, error) {
	m := new(dns.Msg).SetAxfr("example.com.")
	tr := &dns.Transfer{}
	if key != "" {
		tr.TsigSecret = map[string]string{key + ".": secret}
		m.SetTsig(key+".", dns.HmacSHA256, 300, time.Now().Unix())
	}
	answers, err := tr.In(m, addr)
	if err != nil {
		return nil, err
	}
	var out []dns.RR
	for a := range answers {
		if a.Error != nil {
			err = a.Error
		}
		for _, rr := range a.RR {
			h := rr.Header()
			if h.Rrtype != dns.TypeSOA && (h.Rrtype != dns.TypeNS || h.Name != "example.com.") {
				out = append(out, rr)
			}
		}
	}
	return out, err
}

// texts are records as sorted lines.
func texts(rrs []dns.RR, err error) ([]string, error) {
	var out []string
	for _, rr := range rrs {
		r, rerr := zone.FromRR(rr)
		if rerr != nil {
			return nil, rerr
		}
		out = append(out, r.String())
	}
	slices.Sort(out)
	return out, err
}
