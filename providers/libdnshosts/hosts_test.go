package libdnshosts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/libdnshosts"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// divert sends the requests of the packages, whose addresses are fixed, to h.
func divert(t *testing.T, host string, h http.HandlerFunc) {
	t.Helper()
	srv := httptest.NewServer(h)
	to, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	was := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = was; srv.Close() })
	http.DefaultTransport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != host {
			t.Errorf("a request to %s", r.URL)
		}
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
		return was.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type object = map[string]any

func open(t *testing.T, p *providers.Provider, env map[string]string) providers.Backend {
	t.Helper()
	b, _, err := p.Backend(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lines are the records of the zone, read, with what could not be.
func lines(t *testing.T, b providers.Backend) []string {
	t.Helper()
	s, err := b.Snapshot(context.Background(), providertest.Apex)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, it := range s.Items {
		out = append(out, fmt.Sprintf("%s %d %s %s", it.Record.Name.Relative(s.Apex), it.Record.TTL, it.Record.Type, it.Record.RData()))
	}
	for _, u := range s.Unread {
		out = append(out, "unread "+u.Name.Relative(s.Apex)+" "+u.Type.String())
	}
	if s.Capabilities.ReadOnly == "" {
		t.Error("the zone may be written")
	}
	cs := zone.ChangeSet{zone.Add(providertest.Records(t, "a 300 A 192.0.2.1")[0])}
	if _, err := providers.NewPlan(s, cs, providers.PlanOptions{Provider: "x"}); !errors.Is(err, providers.ErrGuard) {
		t.Errorf("a plan: %v", err)
	}
	if p, err := providers.NewPlan(s, cs, providers.PlanOptions{Provider: "x", Show: true}); err != nil || len(p.Notes) == 0 {
		t.Errorf("a plan to look at: %v", err)
	} else if _, err := (&providers.Applier{Backend: b, Dir: t.TempDir()}).Apply(context.Background(), p); !errors.Is(err, providers.ErrGuard) {
		t.Errorf("it was carried out: %v", err)
	}
	return out
}

// long is a key of more than 255 octets.
var long = "v=DKIM1; k=rsa; p=" + strings.Repeat("MIIBIjANBg", 30)

// split is a text as zonelint writes it.
func split(s string) string { return fmt.Sprintf("%q %q", s[:255], s[255:]) }

var netcupEnv = map[string]string{"NETCUP_CUSTOMER_NUMBER": "12345", "NETCUP_API_KEY": "key-of-the-test", "NETCUP_API_PASSWORD": "password-of-the-test"}

func TestNetcup(t *testing.T) {
	var fails string
	divert(t, "ccp.netcup.net", func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Action string
			Param  struct{ DomainName, APIKey, APIPassword, APISessionID string }
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Param.APIKey != netcupEnv["NETCUP_API_KEY"] || q.Action == "login" && q.Param.APIPassword != netcupEnv["NETCUP_API_PASSWORD"] {
			providertest.Say(w, 200, object{"status": "error", "shortmessage": "Login failed", "longmessage": "The login to the API failed"})
			return
		}
		data := any("")
		switch q.Action {
		case "login":
			data = object{"apisessionid": "s1"}
		case "infoDnsZone":
			data = object{"name": "example.com", "ttl": "86400"}
		case "infoDnsRecords":
			data = object{"dnsrecords": []object{
				{"id": "1", "hostname": "@", "type": "MX", "priority": "0", "destination": "mail.example.net"},
				{"id": "2", "hostname": "@", "type": "MX", "priority": "20", "destination": "mail2.example.net"},
				{"id": "3", "hostname": "@", "type": "TXT", "priority": "0", "destination": "v=spf1 mx -all"},
				{"id": "4", "hostname": "s._domainkey", "type": "TXT", "priority": "0", "destination": long},
				{"id": "5", "hostname": "www", "type": "CNAME", "priority": "0", "destination": "example.com"},
				{"id": "6", "hostname": "*", "type": "A", "priority": "0", "destination": "192.0.2.1"},
			}}
		}
		if fails != "" && q.Action != "login" {
			providertest.Say(w, 200, object{"status": "error", "shortmessage": fails, "longmessage": fails})
			return
		}
		providertest.Say(w, 200, object{"status": "success", "responsedata": data})
	})
	b := open(t, libdnshosts.Netcup(), netcupEnv)
	want := []string{
		"@ 86400 MX 0 mail.example.net.", "@ 86400 MX 20 mail2.example.net.", `@ 86400 TXT "v=spf1 mx -all"`,
		"s._domainkey 86400 TXT " + split(long), "www 86400 CNAME example.com.", "* 86400 A 192.0.2.1",
	}
	if got := lines(t, b); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	fails = "Validation Error."
	if _, err := b.Snapshot(context.Background(), providertest.Apex); err == nil || errors.Is(err, providers.ErrUnauthorized) {
		t.Error(err)
	}
	wrong := map[string]string{"NETCUP_CUSTOMER_NUMBER": "12345", "NETCUP_API_KEY": "key-of-the-test", "NETCUP_API_PASSWORD": "mistyped-password"}
	if _, err := open(t, libdnshosts.Netcup(), wrong).Snapshot(context.Background(), providertest.Apex); !errors.Is(err, providers.ErrUnauthorized) || strings.Contains(err.Error(), "mistyped") {
		t.Error(err)
	}
	if _, err := b.Zones(context.Background()); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
