package dnscontrol

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/zone"
)

// irOf makes a configuration of one domain of its records.
func irOf(records ...string) string {
	return `{"registrars":[],"dns_providers":[],"domains":[{"name":"example.com","registrar":"none","dnsProviders":{"bind":-1},"records":[` +
		strings.Join(records, ",\n") + `]}]}`
}

// listing is the records and problems of zones, one a line.
func listing(zones []*zone.Zone) []string {
	var out []string
	for _, z := range zones {
		for r := range z.Records() {
			line := strings.TrimSpace(r.String())
			if c := r.Comment(); c != "" {
				line += " ; " + c
			}
			out = append(out, line)
		}
		for _, p := range z.Problems {
			if p.Kind == zone.ProblemComputed && (p.Type == zone.TypeSOA || p.Type == zone.TypeNS) {
				continue
			}
			kind := map[zone.ProblemKind]string{zone.ProblemSyntax: "syntax", zone.ProblemComputed: "computed", zone.ProblemHidden: "hidden"}[p.Kind]
			out = append(out, fmt.Sprintf("%s %s %s", kind, p.Name, p.Type))
		}
	}
	return out
}

// Each kind of record, raw and normalised.
func TestRecords(t *testing.T) {
	for _, tc := range []struct {
		name, record string
		want         []string
	}{
		{"MX without preference", `{"type":"MX","name":"@","target":"mx.example.net.","ttl":600}`, []string{"example.com. 600 IN MX 0 mx.example.net."}},
		{"relative MX", `{"type":"MX","name":"@","target":"mail","mxpreference":10}`, []string{"example.com. 300 IN MX 10 mail.example.com."}},
		{"MX to the top", `{"type":"MX","name":"sub","target":"@","mxpreference":10,"ttl":0}`, []string{"sub.example.com. 300 IN MX 10 example.com."}},
		{"target below D_EXTEND", `{"type":"CNAME","name":"www.sub","subdomain":"sub","target":"web"}`, []string{"www.sub.example.com. 300 IN CNAME web.sub.example.com."}},
		{"target that is the top of D_EXTEND", `{"type":"CNAME","name":"www.sub","subdomain":"sub","target":"@"}`, []string{"www.sub.example.com. 300 IN CNAME sub.example.com."}},
		{"TXT", `{"type":"TXT","name":"@","target":"v=spf1 \"x\" \\ -all"}`, []string{`example.com. 300 IN TXT "v=spf1 \"x\" \\ -all"`}},
		{"long TXT", `{"type":"TXT","name":"@","target":"` + strings.Repeat("x", 256) + `"}`, []string{`example.com. 300 IN TXT "` + strings.Repeat("x", 255) + `" "x"`}},
		{"empty TXT", `{"type":"TXT","name":"@","target":""}`, []string{`example.com. 300 IN TXT ""`}},
		{"TXT in strings", `{"type":"TXT","name":"@","target":"","txtstrings":["a","b"]}`, []string{`example.com. 300 IN TXT "a" "b"`}},
		{"SRV", `{"type":"SRV","name":"_imaps._tcp","target":"imap.example.net.","srvport":993}`, []string{"_imaps._tcp.example.com. 300 IN SRV 0 0 993 imap.example.net."}},
		{"CAA", `{"type":"CAA","name":"@","target":"ca.example","caatag":"issue"}`, []string{`example.com. 300 IN CAA 0 issue "ca.example"`}},
		{"TLSA", `{"type":"TLSA","name":"_25._tcp.mx","target":"00ff","tlsausage":3,"tlsaselector":1,"tlsamatchingtype":1}`, []string{`_25._tcp.mx.example.com. 300 IN TLSA 3 1 1 00ff`}},
		{"modern type", `{"type":"DS","name":"sub","target":"","comparable":"1000 13 2 AABB","fields":{"KeyTag":1000},"zonfefilepartial":"1000 13 2 AABB"}`, []string{"sub.example.com. 300 IN DS 1000 13 2 AABB"}},
		{"modern MX", `{"type":"MX","name":"@","target":"","fields":{},"comparable":"10 mx.example.net."}`, []string{"example.com. 300 IN MX 10 mx.example.net."}},
		{"fields that are not known", `{"type":"LOC","name":"@","target":"x","loclatitude":1}`, []string{"computed example.com. LOC"}},
		{"ALIAS", `{"type":"ALIAS","name":"@","target":"x.example.net."}`, []string{"computed example.com. A", "computed example.com. AAAA"}},
		{"R53_ALIAS", `{"type":"R53_ALIAS","name":"@","target":"x.","r53_alias":{"type":"MX"}}`, []string{"computed example.com. MX"}},
		{"redirect", `{"type":"CLOUDFLAREAPI_SINGLE_REDIRECT","name":"@","target":"x"}`, []string{"computed example.com. A", "computed example.com. AAAA"}},
		{"unknown type", `{"type":"LUA","name":"a","target":"x"}`, []string{"computed a.example.com. None"}},
		{"raw import", `{"type":"IMPORT_TRANSFORM","name":"@","target":"other.example"}`, []string{"computed  A", "computed  CNAME"}},
		{"proxied", `{"type":"A","name":"mail","target":"192.0.2.1","meta":{"cloudflare_proxy":"on"}}`, []string{"mail.example.com. 300 IN A 192.0.2.1 ; cf_tags=cf-proxied:true"}},
		{"SPF to be flattened", `{"type":"TXT","name":"@","target":"v=spf1 include:a.example -all","meta":{"flatten":"b.example,a.example"}}`, []string{"hidden example.com. TXT"}},
		{"SPF that was flattened", `{"type":"TXT","name":"@","target":"v=spf1 ip4:192.0.2.1 -all","meta":{"flatten":"b.example,a.example"}}`, []string{`example.com. 300 IN TXT "v=spf1 ip4:192.0.2.1 -all"`}},
		{"SPF to be split", `{"type":"TXT","name":"@","target":"v=spf1 ` + strings.Repeat("ip4:192.0.2.1 ", 30) + `-all","meta":{"split":"_spf%d"}}`, []string{"hidden example.com. TXT"}},
		{"SPF that needs no split", `{"type":"TXT","name":"@","target":"v=spf1 -all","meta":{"split":"_spf%d"}}`, []string{`example.com. 300 IN TXT "v=spf1 -all"`}},
		{"name beyond ASCII", `{"type":"A","name":"düsseldorf","target":"192.0.2.1"}`, []string{"xn--dsseldorf-q9a.example.com. 300 IN A 192.0.2.1"}},
		{"bad address", `{"type":"A","name":"www","target":"192.0.2.300"}`, []string{"syntax www.example.com. A"}},
		{"bad preference", `{"type":"MX","name":"@","target":"a.","mxpreference":70000}`, []string{"syntax example.com. MX"}},
		{"no type", `{"name":"www"}`, []string{"syntax  None"}},
		{"no object", `7`, []string{"syntax  None"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			zones, err := Parse("ir.json", []byte(irOf(tc.record)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, listing(zones)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// What is known to be the whole zone.
func TestComplete(t *testing.T) {
	for _, tc := range []struct {
		domain string
		want   bool
	}{
		{`"dnsProviders":{"a":-1}`, true},
		{`"dnsProviders":{}`, false},
		{`"dnsProviders":{"a":-1},"keepunknown":true`, false},
		{`"dnsProviders":{"a":-1},"unmanaged":[{"label_pattern":"x"}]`, false},
		{`"dnsProviders":{"a":-1},"unmanaged":[]`, true},
		{`"dnsProviders":{"a":-1},"ignore_external_dns":true`, false},
	} {
		zones, err := Parse("ir.json", []byte(`{"domains":[{"name":"example.com!inside",`+tc.domain+`}]}`), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if z := zones[0]; z.Complete != tc.want || z.Apex != zone.MustName("example.com") {
			t.Errorf("%s: %v %s", tc.domain, z.Complete, z.Apex)
		}
	}
}

// With dnsconfig.js at hand findings point at the call, else into the JSON.
func TestPlaces(t *testing.T) {
	js := "D(\"example.com\", REG, DnsProvider(CF),\n    MX(\"@\", 10, \"mx.example.net.\"), // a ) comment\n    TXT(\"@\", [\"v=spf1 \",\n        '-all)'])\n);\n"
	src := irOf(`{"filepos":"[line:2:5]","type":"MX","name":"@","mxpreference":10,"target":"mx.example.net."}`,
		`{"filepos":"[dnsconfig.js:3:5]","type":"TXT","name":"@","target":"v=spf1 -all)"}`,
		`{"filepos":"[line:99:5]","type":"A","name":"a","target":"192.0.2.1"}`,
		`{"filepos":"[other.js:2:5]","type":"A","name":"b","target":"192.0.2.1"}`)
	zones, err := Parse("ir.json", []byte(src), Options{Main: File{Name: "dns/dnsconfig.js", Text: []byte(js)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := range zones[0].Records() {
		s := r.Span(zone.Part{})
		got = append(got, fmt.Sprintf("%s-%d:%d %s", s, s.End.Line, s.End.Column, s.Address))
	}
	want := []string{
		"dns/dnsconfig.js:2:5-2:35 ", "dns/dnsconfig.js:3:5-4:18 ",
		"ir.json:3:1-3:69 domains[0].records[2]", "ir.json:4:1-4:72 domains[0].records[3]",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestIs(t *testing.T) {
	for src, want := range map[string]bool{
		irOf(): true, "\ufeff {\n\"dns_providers\":[]": true, `{"domains":[]}`: false, `{"format_version":"1.2"}`: false, "$ORIGIN a.": false, "": false,
	} {
		if Is([]byte(src)) != want {
			t.Errorf("%q: %v", src, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(irOf(`{"type":"MX","name":"@","target":"mail","mxpreference":10,"filepos":"[line:1:2]"}`)), []byte("MX('@', 10, \"mail\")\n"))
	f.Add([]byte(irOf(`{"type":"TXT","name":"ü","target":"v=spf1 include:x -all","meta":{"flatten":"x"},"filepos":"[line:1:1]"}`)), []byte("TXT(`"))
	f.Add([]byte(`{"domains":[{"name":"a!b","rawrecords":[{"type":"X","args":["@"]}],"records":[7]}]}`), []byte(nil))
	f.Fuzz(func(t *testing.T, src, js []byte) {
		Is(src)
		zones, err := Parse("ir.json", src, Options{Main: File{"dnsconfig.js", js}})
		if err != nil {
			return
		}
		for _, z := range zones {
			for r := range z.Records() {
				for kind := zone.PartRecord; kind <= zone.PartValue; kind++ {
					s := r.Span(zone.Part{Kind: kind, Index: 1, From: 1, To: 3})
					if text := z.Source.Text(s.File); s.Start.Offset < 0 || s.End.Offset > len(text) || s.Start.Offset > s.End.Offset {
						t.Fatalf("%s: %v", r, s)
					}
				}
			}
			z.Source.Comments("x")
		}
	})
}

// New records in the words of dnsconfig.js.
func TestPhrase(t *testing.T) {
	zones, err := Parse("ir.json", []byte(irOf(`{"type":"MX","name":"@","target":"a.","ttl":600}`)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	z := zones[0]
	apex := z.Apex
	old := z.RRset(apex, zone.TypeMX)[0]
	host := zone.MustName("mx.example.net")
	for _, tc := range []struct {
		change zone.Change
		want   string
	}{
		{zone.Replace(old, zone.NewMX(apex, 600, 10, host)), `MX("@", 10, "mx.example.net."),`},
		{zone.Add(zone.NewMX(apex, 60, 10, host)), `MX("@", 10, "mx.example.net.", TTL(60)),`},
		{zone.Add(zone.NewTXT(zone.MustName("_dmarc.example.com"), 300, "a\"b\\\x01é")), `TXT("_dmarc", "a\"b\\\x01é"),`},
		{zone.Add(zone.NewSRV(zone.MustName("_imaps._tcp.example.com"), 300, 1, 2, 993, host)), `SRV("_imaps._tcp", 1, 2, 993, "mx.example.net."),`},
		{zone.Add(zone.NewCAA(apex, 300, 128, "issue", "ca.example")), `CAA("@", "issue", "ca.example", CAA_CRITICAL),`},
		{zone.Remove(old), ""},
	} {
		if got := strings.Join(z.Source.(zone.Phraser).Phrase(z, tc.change), "\n"); got != tc.want {
			t.Errorf("%s\nwant %s", got, tc.want)
		}
	}
}
