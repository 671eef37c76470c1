package octodns

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/zone"
)

// TestReading has a case for each thing that octoDNS does in a way of its own.
func TestReading(t *testing.T) {
	escaped, plain := Provider{Semicolons: SemicolonsEscaped}, Provider{Semicolons: SemicolonsPlain}
	for _, tt := range []struct {
		name     string
		provider Provider
		src      string
		records  string // lines
		problems string // line:column and the beginning of each, but for what is computed
	}{
		{"values wins over value", escaped, "a: {type: A, value: 192.0.2.1, values: [192.0.2.2]}", "a 3600 A 192.0.2.2", ""},
		{"a scalar in values", escaped, "a: {type: A, values: 192.0.2.1}", "a 3600 A 192.0.2.1", ""},
		{"a list in value", escaped, "a: {type: A, value: [192.0.2.1, 192.0.2.2]}", "a 3600 A 192.0.2.1\na 3600 A 192.0.2.2", ""},
		{"a CNAME reads only value", escaped, "a: {type: CNAME, values: [b.]}", "", "1:4 The CNAME record of a.example.com. has no value"},
		{"a CNAME takes no list", escaped, "a: {type: CNAME, value: [b.]}", "", "1:25 A CNAME record has one value"},
		{"default ttl", Provider{DefaultTTL: 60}, "a: {type: A, value: 192.0.2.1}", "a 60 A 192.0.2.1", ""},
		{"ttl of text", escaped, "a: {ttl: '300', type: A, value: 192.0.2.1}", "a 300 A 192.0.2.1", ""},
		{"ttl that is none", escaped, "a: {ttl: 1h, type: A, value: 192.0.2.1}", "", `1:10 "1h" is no TTL`},
		{"ttl that is nothing", escaped, "a: {ttl: , type: A, value: 192.0.2.1}", "", `1:10 "" is no TTL`},
		{"MX with other keys", escaped, "a: {type: MX, values: [{priority: 5, value: m.}]}", "a 3600 MX 5 m.", ""},
		{"null MX", escaped, "a: {type: MX, value: {preference: 0, exchange: .}}", "a 3600 MX 0 .", ""},
		{"MX without preference", escaped, "a: {type: MX, value: {exchange: m.}}", "", "1:22 preference is missing; the value of an MX record has preference and exchange"},
		{"MX that is text", escaped, "a: {type: MX, value: 10 m.}", "", "1:22 Here stands a single value, and the value of an MX record is a mapping"},
		{"target without a dot", escaped, "a: {type: CNAME, value: b.example.net}", "a 3600 CNAME b.example.net.", `1:25 "b.example.net" has no final dot`},
		{"target without a dot, EnsureTrailingDots", Provider{Dots: true}, "a: {type: CNAME, value: b.example.net}", "a 3600 CNAME b.example.net.", ""},
		{"target without a dot, lenient", escaped, "a: {type: CNAME, value: b.example.net, octodns: {lenient: true}}", "a 3600 CNAME b.example.net.", `1:25 "b.example.net" has no final dot`},
		{"ignored", escaped, "a: {type: NONSENSE, octodns: {ignored: true}}", "", ""},
		{"ignored: false", escaped, "a: {type: A, value: 192.0.2.1, octodns: {ignored: false, excluded: [x]}}", "a 3600 A 192.0.2.1", ""},
		{"CNAME of the zone", escaped, "'': {type: CNAME, value: b.}", "@ 3600 CNAME b.", "1:12 A CNAME of the zone itself, example.com., is refused"},
		{"geo", escaped, "a: {type: A, value: 192.0.2.1, geo: {NA: [192.0.2.2]}}", "a 3600 A 192.0.2.1", ""},
		{"dynamic without values", escaped, "a: {type: A, dynamic: {pools: {p: {values: [{value: 192.0.2.1}]}}}}", "", ""},
		{"a pool that is wrong", escaped, "a: {type: A, value: 192.0.2.1, dynamic: {pools: {p: {values: [{value: 192.0.2.300}]}}}}", "a 3600 A 192.0.2.1", `1:71 "192.0.2.300" is no IPv4 address`},
		{"vendor type", escaped, "a: {type: Route53Provider/ALIAS, value: x}", "", ""},
		{"ALIAS", escaped, "a: {type: ALIAS, value: x.}", "", ""},
		{"unknown type", escaped, "a: {type: mx, value: x}", "", `1:11 octoDNS knows no type "mx"`},
		{"no type", escaped, "a: {value: x}", "", "1:4 A record of a.example.com. has no type"},
		{"no record", escaped, "a:\n", "", `1:1 The owner "a" has no record`},
		{"two of a type", escaped, "a: [{type: A, value: 192.0.2.1}, {type: A, value: 192.0.2.2}]", "a 3600 A 192.0.2.1\na 3600 A 192.0.2.2", "1:41 a.example.com. has an A record already"},
		{"an owner twice", escaped, "a: {type: A, value: 192.0.2.1}\na: {type: A, value: 192.0.2.2}", "a 3600 A 192.0.2.2", `1:1 The owner "a" stands in this file again`},
		{"a key twice", escaped, "a: {type: A, value: 192.0.2.1, value: 192.0.2.2}", "a 3600 A 192.0.2.2", `1:14 The key "value" stands twice`},
		{"owner @", escaped, `"@": {type: A, value: 192.0.2.1}`, "@ 3600 A 192.0.2.1", `1:1 The owner "@" is refused`},
		{"owner with a dot", escaped, "www.example.com.: {type: A, value: 192.0.2.1}", "www 3600 A 192.0.2.1", `1:1 The owner "www.example.com." ends with a dot`},
		{"owner on", escaped, "on: {type: A, value: 192.0.2.1}", "true 3600 A 192.0.2.1", "1:1 YAML takes the owner on for no text"},
		{"owner 'on'", escaped, "'on': {type: A, value: 192.0.2.1}", "on 3600 A 192.0.2.1", ""},
		{"owner 10", escaped, "10: {type: A, value: 192.0.2.1}", "10 3600 A 192.0.2.1", ""},
		{"owner 010", escaped, "010: {type: A, value: 192.0.2.1}", "8 3600 A 192.0.2.1", "1:1 YAML takes the owner 010"},
		{"owner in Unicode", escaped, "käse: {type: A, value: 192.0.2.1}", "xn--kse-qla 3600 A 192.0.2.1", ""},
		{"owner with a blank", escaped, "a b: {type: A, value: 192.0.2.1}", "", `1:1 The owner "a b" has a blank`},
		{"an address that is a number", escaped, "a: {type: AAAA, value: 1:2:3:4:5:6:7:8}", "", "1:24 YAML takes \"1:2:3:4:5:6:7:8\" for a number"},
		{"an address in quotes", escaped, "a: {type: AAAA, value: '1:2:3:4:5:6:7:8'}", "a 3600 AAAA 1:2:3:4:5:6:7:8", ""},
		{"a wrong address", escaped, "a: {type: A, value: 2001:db8::1}", "", `1:21 "2001:db8::1" is no IPv4 address`},
		{"anchor and alias", escaped, "a: &x {type: A, value: 192.0.2.1}\nb: *x", "a 3600 A 192.0.2.1\nb 3600 A 192.0.2.1", ""},
		{"merges", escaped, "a: &x {ttl: 60, type: A, value: 192.0.2.1}\nb: &y {ttl: 30}\nc: {<<: *x, <<: *y, value: 192.0.2.2}\nd: {<<: [*y, *x]}", "a 60 A 192.0.2.1\nc 30 A 192.0.2.2\nd 30 A 192.0.2.1", "2:7 A record of b.example.com. has no type"},
		{"SRV, TLSA, CAA", escaped, "a: {type: SRV, value: {priority: 1, weight: 2, port: 3, target: t.}}\nb: {type: TLSA, value: {certificate_usage: 3, selector: 1, matching_type: 1, certificate_association_data: 0a0b}}\nc: {type: CAA, value: {tag: issue, value: x}}", "a 3600 SRV 1 2 3 t.\nb 3600 TLSA 3 1 1 0a0b\nc 3600 CAA 0 issue \"x\"", ""},
		{"HTTPS", escaped, "a: {type: HTTPS, value: {svcpriority: 1, targetname: ., svcparams: {alpn: [h2, h3], port: 443}}}", "a 3600 HTTPS 1 . alpn=\"h2,h3\" port=\"443\"", ""},
		{"two documents", escaped, "a: {type: A, value: 192.0.2.1}\n---\nb: {type: A, value: 192.0.2.1}", "", "3:1 A second YAML document"},
		{"a list", escaped, "- a", "", "1:1 Here stands a list"},
		{"nothing", escaped, "---\n# empty\n", "", ""},

		{"escaped", escaped, `a: {type: TXT, value: v=DKIM1\; k=rsa}`, `a 3600 TXT "v=DKIM1; k=rsa"`, ""},
		{"plain", plain, `a: {type: TXT, value: v=DKIM1; k=rsa}`, `a 3600 TXT "v=DKIM1; k=rsa"`, ""},
		{"plain where escaped is wanted", escaped, `a: {type: TXT, value: v=DKIM1; k=rsa}`, `a 3600 TXT "v=DKIM1; k=rsa"`, "1:30 This semicolon is not escaped"},
		{"not behind a word", escaped, `a: {type: TXT, value: p=; k=rsa}`, `a 3600 TXT "p=; k=rsa"`, ""},
		{"escaped twice", escaped, `a: {type: TXT, value: v=DKIM1\\; k=rsa}`, `a 3600 TXT "v=DKIM1\\; k=rsa"`, "1:30 This semicolon is escaped twice"},
		{"escaped where plain is wanted", plain, `a: {type: TXT, value: v=DKIM1\; k=rsa}`, `a 3600 TXT "v=DKIM1\\; k=rsa"`, "1:30 This semicolon is escaped (\\;)"},
		{"lenient", escaped, `a: {type: TXT, value: v=DKIM1; k=rsa, octodns: {lenient: true}}`, `a 3600 TXT "v=DKIM1; k=rsa"`, ""},
		{"unknown takes both", Provider{}, "a: {type: TXT, value: v=DKIM1; k=rsa}", `a 3600 TXT "v=DKIM1; k=rsa"`, ""},
		{"unknown, mixed", Provider{}, "a: {type: TXT, value: x\\; y}\nb: {type: TXT, value: x; y}", "a 3600 TXT \"x; y\"\nb 3600 TXT \"x; y\"", "2:24 This file writes semicolons both"},
		{"quotes go", escaped, `a: {type: TXT, value: '"v=spf1 -all"'}`, `a 3600 TXT "v=spf1 -all"`, ""},
		{"the last character goes too", escaped, `a: {type: TXT, value: '"v=spf1 -all'}`, `a 3600 TXT "v=spf1 -al"`, ""},
		{"strings are joined", escaped, `a: {type: TXT, value: '"v=spf1 " "-all"'}`, `a 3600 TXT "v=spf1 -all"`, ""},
		{"other quotes stay", escaped, `a: {type: TXT, value: 'say "x" \y'}`, `a 3600 TXT "say \"x\" \\y"`, ""},
		{"a text that is a number", escaped, `a: {type: TXT, value: 1.5}`, "", "1:23 YAML takes \"1.5\" for no text"},
		{"a template", Provider{Templates: true}, "a: {type: TXT, value: 'v=spf1 include:{zone_name} -all'}", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z, err := Parse("example.com.yaml", []byte(tt.src), Options{Provider: tt.provider})
			if err != nil {
				t.Fatal(err)
			}
			var records, problems []string
			for r := range z.Records() {
				records = append(records, fmt.Sprintf("%s %d %s %s", r.Name.Relative(z.Apex), r.TTL, r.Type, r.RData()))
			}
			if diff := cmp.Diff(tt.records, strings.Join(records, "\n")); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			for _, p := range z.Problems {
				if p.Kind != zone.ProblemComputed {
					problems = append(problems, fmt.Sprintf("%d:%d %s", p.Span.Start.Line, p.Span.Start.Column, p.Message))
				}
			}
			if got := strings.Join(problems, "\n"); !strings.HasPrefix(got, tt.problems) || tt.problems == "" && got != "" || len(problems) > 1 {
				t.Errorf("problems:\n%s\nwant:\n%s", got, tt.problems)
			}
		})
	}
}

// A name with an ALIAS, with a type that is not read or with a dynamic record
// may have the records; others are missing for certain.
func TestUnknown(t *testing.T) {
	z, err := Parse("example.com.yaml", []byte("a: {type: ALIAS, value: x.}\nb: {type: A, dynamic: {}, octodns: {}}\nc: {type: TXT, value: x}\nd: {type: A, dynamic: {pools: {}}}\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		typ    zone.Type
		status zone.Status
	}{
		{"a", zone.TypeA, zone.Unknown},
		{"a", zone.TypeAAAA, zone.Unknown},
		{"a", zone.TypeMX, zone.NameError},
		{"c", zone.TypeMX, zone.NoData},
		{"d", zone.TypeA, zone.Unknown},
		{"e", zone.TypeA, zone.NameError},
		{"", zone.TypeSOA, zone.Unknown},
		{"", zone.TypeNS, zone.Unknown},
		{"", zone.TypeMX, zone.NameError},
	} {
		name := z.Apex
		if tt.name != "" {
			name, _ = z.Apex.Child(tt.name)
		}
		if got := z.Lookup(name, tt.typ).Status; got != tt.status {
			t.Errorf("%s %s: %v, want %v", name, tt.typ, got, tt.status)
		}
	}
}

// Each octet of a text is pointed at where it is written, whatever stands for
// it.
func TestTextPlaces(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"plain", "a: {type: TXT, value: 'v=spf1 ip4:x -all'}", "ip4:x"},
		{"double quotes", `a: {type: TXT, value: "v=DKIM1\\; \u0069p4:x"}`, `\u0069p4:x`},
		{"escaped", `a: {type: TXT, value: 'v=DKIM1\; k=rsa\; ip4:x'}`, "ip4:x"},
		{"a semicolon within", `a: {type: TXT, value: 'v\; i\;4:x'}`, `i\;4:x`},
		{"quotes within", `a: {type: TXT, value: '"v=spf1 ip" "4:x"'}`, `ip" "4:x`},
		{"apostrophes", `a: {type: TXT, value: 'it''s ip4:x'}`, "ip4:x"},
		{"folded", "a:\n  type: TXT\n  value: >-\n    v=spf1\n    ip4:x\n    -all\n", "ip4:x"},
		{"literal", "a:\n  type: TXT\n  value: |\n    v=spf1 ip4:x\n", "ip4:x"},
		{"literal and more", "a:\n  type: TXT\n  value: |\n    v=spf1 ip4:x\n\nb:\n  type: A\n  value: 192.0.2.1\n", "ip4:x"},
		{"kept breaks", "a:\n  type: TXT\n  value: >+\n    v=spf1\n    ip4:x\n\n\nb:\n  type: A\n  value: 192.0.2.1\n", "ip4:x"},
		{"two lines", "a:\n  type: TXT\n  value: |-\n    v=spf1\n\n    ip4:x\n", "ip4:x"},
		{"folded and more indented", "a:\n  type: TXT\n  value: >\n    v=spf1\n      b\n    ip4:x\n", "ip4:x"},
		{"lines", "a:\n  type: TXT\n  value: v=spf1\n    ip4:x\n", "ip4:x"},
		{"quoted lines", "a:\n  type: TXT\n  value: \"v=spf1\n    ip\\\n    4:x\"\n", "ip\\\n    4:x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z, err := Parse("example.com.yaml", []byte(tt.src), Options{Provider: Provider{Semicolons: SemicolonsEscaped}})
			if err != nil {
				t.Fatal(err)
			}
			r := z.RRset(zone.MustName("a.example.com"), zone.TypeTXT)[0]
			from := strings.LastIndex(r.Text(), "4:x") - 2
			s := r.Span(zone.TextPart(from, from+5))
			if got := tt.src[s.Start.Offset:s.End.Offset]; got != tt.want {
				t.Errorf("of %q %q is shown, not %q", r.Text(), got, tt.want)
			}
		})
	}
}

func TestOrder(t *testing.T) {
	for i, pair := range [][2]string{{"", "*"}, {"", "1"}, {"2", "12"}, {"host2", "host10"}, {"1", "*"}, {"_dmarc", "a"}, {"a", "a1"}, {"a1", "a1b"}, {"A", "a"}} {
		if !OrderNatural.less(pair[0], pair[1]) || OrderNatural.less(pair[1], pair[0]) {
			t.Errorf("%d: %q does not come before %q", i, pair[0], pair[1])
		}
	}
	if !OrderSimple.less("host10", "host2") {
		t.Error("simple order")
	}
}

func TestDetect(t *testing.T) {
	for src, want := range map[string]bool{
		"'':\n  - type: MX\n": true, "---\n# c\na:\n  ttl: 60\n  type: A\n  value: 192.0.2.1\n": true, "a: {type: TXT, value: x}\n": true,
		"a:\n- {type: A, value: 192.0.2.1}\n": true, "a: !include x.yaml\nb:\n  type: A\n": true, "\ufeffa:\n  type: A\r\n": true,
		"? ''\n: type: A\n  value: 192.0.2.1\n": true, "? ''\n: - type: A\n  - type: MX\n": true, "? a\n: b: c\n": false, "? ''\n:\n  - type: A\n": true,
		"a: &x {type: A, value: 192.0.2.1}": true, "a:\n  type: Cloudflare/REDIRECT\n": true,
		"kind: Service\nspec:\n  type: ClusterIP\n": false, "records:\n  - name: www\n    type: A\n": false, "- name: x\n  type: A\n": false,
		"openapi: 3.0.0\n": false, "components:\n  x:\n    type: A\n": false, "x:\n  type: string\n": false, "": false, "\x00": false,
		"Resources:\n  Rec:\n    Type: A\n": false, "{\"a\": {\"type\": \"A\"}}": false, "$ORIGIN example.com.\n@ IN SOA a. b. 1 2 3 4 5\n": false,
	} {
		if got := IsZone([]byte(src)); got != want {
			t.Errorf("IsZone(%q) = %v", src, got)
		}
	}
	for src, want := range map[string]bool{
		"manager: {}\nproviders:\n  a: {}\nzones:\n": true, "providers:\n  a:\n    class: octodns.provider.yaml.YamlProvider\n": true,
		"providers:\n  a:\n    class: x\n": false, "zones:\n  a: b\n": false,
	} {
		if got := IsConfig([]byte(src)); got != want {
			t.Errorf("IsConfig(%q) = %v", src, got)
		}
	}
}
