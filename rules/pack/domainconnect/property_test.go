package domainconnect_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules/pack/domainconnect"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

var (
	someHosts   = []string{"@", "", "a", "A", "b.a", "c.b.a", "*", "*.a", "%v%", "_dmarc", "%domain%.", "a.%fqdn%.", "x_y"}
	someTargets = []string{"@", "mx.example.net", "mx.example.net.", "a.%domain%", "%v%", "%v%.example.net", ".", "a", "{x}.example.net"}
	someTexts   = []string{
		"one", "two", "%v%", `"a" "b"`, "v=spf1 a -all", "v=spf1 -all", "V=SPF1 include:x.example.net ?all", "v=spf1 redirect=y.example.net",
		"v=spf1", "v=DMARC1; p=none", "v=DMARC1; p=reject", "v=DKIM1; p=", "{", "",
	}
	someRules = []string{
		"a", "-a", "~a mx", "include:x.example.net", "v=spf1 include:X.example.net. ~all", "redirect=y.example.net", "redirect=z.example.net a",
		"exp=e.example.net", "exp=f.example.net", "foo", "a:%v%", "ip4:192.0.2.1/32 ip4:192.0.2.1", "%v%", "", "ALL", "include:%{i}.example.net", "\ta\u00a0mx",
	}
	someValues = []string{"v", "", "a.b", "%v%", "@", "-", "a mx", "{}", "é"}
)

// someTemplate draws a template from few words, so that its records meet.
func someTemplate(t *rapid.T) []byte {
	one := func(what string, of ...any) any { return rapid.SampledFrom(of).Draw(t, what) }
	text := func(what string, of []string) string { return rapid.SampledFrom(of).Draw(t, what) }
	var records []map[string]any
	for range rapid.IntRange(1, 6).Draw(t, "records") {
		r := map[string]any{"ttl": one("ttl", 0, "300", "%t%"), "essential": one("essential", "Always", "OnApply")}
		typ := text("type", []string{"A", "AAAA", "CNAME", "NS", "MX", "TXT", "TXT", "SPFM", "SPFM", "SRV", "CAA", "REDIR301"})
		r["type"] = typ
		host := text("host", someHosts)
		r["host"] = host
		switch typ {
		case "A":
			r["pointsTo"] = one("address", "192.0.2.1", "192.0.2.2")
		case "AAAA":
			r["pointsTo"] = one("address", "2001:db8::1", "%ip6%")
		case "CNAME", "NS":
			r["pointsTo"] = text("target", someTargets)
		case "MX":
			r["pointsTo"], r["priority"] = text("target", someTargets), one("priority", 0, "10", "%t%")
		case "TXT":
			r["data"] = text("data", someTexts)
			r["txtConflictMatchingMode"], r["txtConflictMatchingPrefix"] = one("mode", "None", "All", "Prefix"), one("prefix", "v=spf1", "o", "v=DMARC1")
		case "SPFM":
			r["spfRules"] = text("rules", someRules)
		case "SRV":
			r["name"], r["service"], r["protocol"], r["target"] = host, one("service", "_imap", "sip"), one("protocol", "tcp", "_TLS"), text("target", someTargets)
			r["priority"], r["weight"], r["port"] = 1, "2", one("port", 3, "%t%")
		case "CAA":
			r["data"] = one("data", `0 issue "a"`, `0 issue "b"`)
		}
		records = append(records, r)
	}
	src, err := json.Marshal(map[string]any{"providerId": "p", "providerName": "", "serviceId": "s", "serviceName": "", "records": records})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func someZone(t *rapid.T) *zone.Zone {
	lines := []string{"$TTL 60", "@ SOA ns h 1 2 3 4 5", "@ NS ns.example.net."}
	for range rapid.IntRange(0, 8).Draw(t, "lines") {
		owner := rapid.SampledFrom([]string{"@", "a", "b.a", "c.b.a", "*", "_dmarc", "v", "_imap._tcp.a", "_sip._tls"}).Draw(t, "owner")
		data := rapid.SampledFrom([]string{
			"A 192.0.2.1", "7 A 192.0.2.9", "AAAA 2001:db8::1", "CNAME mx.example.net.", "NS ns.example.net.", "MX 10 mx.example.net.", "MX 0 .", "TXT one", "TXT ab",
			`TXT "v=spf1 a -all"`, `TXT "v=spf1 -a redirect=y.example.net"`, `TXT "V=SPF1  mx ?ALL a"`, `TXT "v=spf1"`, `TXT "v=spf1 foo exp=q.example.net"`, `TXT "v=DMARC1; p=none"`,
			"SRV 1 2 3 a.example.net.", `CAA 0 issue "a"`,
		}).Draw(t, "data")
		if owner == "@" && strings.HasPrefix(data, "CNAME") {
			continue
		}
		lines = append(lines, owner+" "+data)
	}
	z, err := masterfile.Parse("z", []byte(strings.Join(lines, "\n")+"\n"), masterfile.Options{Origin: zone.MustName("example.com")})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// A template applied twice changes nothing the second time, leaves the SOA and
// the servers of the zone, and puts no alias beside other records. It converts to
// a pack that can be read.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tpl, err := domainconnect.Parse("x.json", someTemplate(t))
		if err != nil {
			t.Fatal(err)
		}
		z := someZone(t)
		host := rapid.SampledFrom([]string{"", "a", "v"}).Draw(t, "host")
		params := map[string]string{"t": "5", "v": rapid.SampledFrom(someValues).Draw(t, "value"), "ip6": "2001:db8::2"}
		if _, err := domainconnect.Convert(tpl, domainconnect.Options{Host: host, Checked: day}); err != nil && strings.Contains(err.Error(), "as a rule pack") {
			t.Fatal(err)
		}
		cs, _, err := domainconnect.Apply(z, tpl, params, nil, host)
		if err != nil {
			var e *domainconnect.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			return
		}
		next, ok := z.Apply(cs)
		if !ok {
			t.Fatalf("not changes of the zone: %v", cs)
		}
		more, _, err := domainconnect.Apply(next, tpl, params, nil, host)
		if err != nil || len(more) > 0 {
			t.Fatalf("first %v\nthen %v, %v", cs, more, err)
		}
		for _, c := range cs {
			if c.Type == zone.TypeSOA || c.Type == zone.TypeNS && c.Name == z.Apex && len(c.Before) > 0 {
				t.Fatalf("%v", c)
			}
			for _, r := range next.RRset(c.Name, c.Type) {
				if len(c.After) > 0 && r.TTL != c.After[0].TTL && len(z.RRset(c.Name, c.Type)) == 0 {
					t.Fatalf("TTLs differ in %v", c)
				}
			}
		}
		for node := range next.Nodes() {
			if node.Has(zone.TypeCNAME) && node.HasOther(zone.TypeCNAME) {
				if before, ok := z.Node(node.Name()); !ok || !before.Has(zone.TypeCNAME) || !before.HasOther(zone.TypeCNAME) {
					t.Fatalf("%s has an alias beside other records", node.Name())
				}
			}
		}
	})
}
