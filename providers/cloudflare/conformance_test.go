package cloudflare_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	libcloudflare "github.com/libdns/cloudflare"
	"github.com/libdns/libdns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// toObject is a record as one would type it into Cloudflare's API.
func toObject(t testing.TB, r zone.Record) object {
	o := object{"type": r.Type.String(), "name": strings.TrimSuffix(r.Name.String(), "."), "ttl": r.TTL, "content": r.RData()}
	switch r.Type {
	case zone.TypeMX:
		o["priority"], o["content"] = r.Preference(), r.Target().String()
	case zone.TypeSRV:
		p, w, port := r.SRV()
		delete(o, "content")
		o["data"] = map[string]any{"priority": p, "weight": w, "port": port, "target": r.Target().String()}
	case zone.TypeCAA:
		flags, tag, value, _ := r.CAA()
		delete(o, "content")
		o["data"] = map[string]any{"flags": flags, "tag": tag, "value": value}
	}
	return o
}

// fromObject reads a record object in another way than the backend does.
func fromObject(t testing.TB, o object) zone.Record {
	t.Helper()
	typ, ok := zone.ParseType(fmt.Sprint(o["type"]))
	if !ok {
		t.Fatalf("%v", o)
	}
	ttl := uint32(o["ttl"].(float64))
	if ttl == 1 {
		ttl = 300
	}
	rdata := fmt.Sprint(o["content"])
	switch typ {
	case zone.TypeMX, zone.TypeSRV:
		rdata = fmt.Sprintf("%v %s", o["priority"], rdata)
	case zone.TypeTXT:
		if !strings.HasPrefix(rdata, `"`) {
			rdata = zone.Quote(rdata)
		}
	}
	r, err := providers.ParseRecord(zone.MustName(fmt.Sprint(o["name"])), typ, ttl, rdata)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestConformance(t *testing.T) {
	providertest.Conformance(t, func(t *testing.T, records []zone.Record) providertest.Harness {
		srv := cloudflaretest.New(t)
		z := srv.AddZone("example.com")
		for _, r := range records {
			z.Put(toObject(t, r))
		}
		t.Cleanup(func() {
			if v := srv.Violations(); len(v) > 0 {
				t.Error(v)
			}
		})
		return providertest.Harness{Backend: open(t, srv, cloudflaretest.GoodToken), Truth: func() []zone.Record {
			var out []zone.Record
			for _, o := range z.Records() {
				out = append(out, fromObject(t, o))
			}
			return out
		}}
	})
}

// libdns/cloudflare, behind the same client, reads the same records wherever it
// reads them rightly: all of these.
func TestLibraryReadsTheSame(t *testing.T) {
	srv := cloudflaretest.New(t)
	z := srv.AddZone("example.com",
		object{"type": "A", "name": "@", "content": "192.0.2.1", "ttl": 300},
		object{"type": "AAAA", "name": "www", "content": "2001:db8::1", "ttl": 300},
		object{"type": "MX", "name": "@", "content": "mx.host.example", "priority": 0, "ttl": 300},
		object{"type": "MX", "name": "quiet", "content": ".", "priority": 0, "ttl": 300},
		object{"type": "TXT", "name": "@", "content": `"v=spf1 -all"`, "ttl": 300},
		object{"type": "CNAME", "name": "s1._domainkey", "content": "s1.host.example", "ttl": 300},
		object{"type": "SRV", "name": "_imaps._tcp", "ttl": 300, "data": map[string]any{"priority": 0, "weight": 1, "port": 993, "target": "imap.host.example"}},
		object{"type": "CAA", "name": "@", "ttl": 300, "data": map[string]any{"flags": 0, "tag": "issue", "value": "ca.example"}},
	)
	for i := range 250 {
		z.Put(object{"type": "A", "name": fmt.Sprintf("h%d", i), "content": "192.0.2.1", "ttl": 300})
	}
	srv.Pages(100, false) // the library alone divides by what is not there
	b := open(t, srv, cloudflaretest.GoodToken)
	lib := &libcloudflare.Provider{HTTPClient: cloudflare.Client(b)}
	got, err := lib.GetRecords(context.Background(), "example.com.")
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot(t, b)
	if len(got) != len(s.Items) {
		t.Fatalf("the library reads %d records, the backend %d", len(got), len(s.Items))
	}
	for i, it := range s.Items {
		rr := got[i].RR()
		if _, ok := got[i].(libdns.TXT); ok {
			rr.Data = zone.Quote(rr.Data)
		}
		name, err := zone.ParseName(rr.Name, example)
		if err != nil {
			t.Fatal(err)
		}
		typ, _ := zone.ParseType(rr.Type)
		r, err := providers.ParseRecord(name, typ, uint32(rr.TTL.Seconds()), rr.Data)
		if err != nil || !r.Same(it.Record) {
			t.Errorf("the library reads %v, the backend %s: %v", rr, it.Record, err)
		}
	}
	if _, err := lib.DeleteRecords(context.Background(), "example.com.", got[:1]); err == nil || srv.Writes() != 0 {
		t.Errorf("the library may write: %v", err)
	}
}
