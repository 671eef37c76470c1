package zone_test

import (
	"encoding/hex"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
)

// record reads a record from a line.
func record(t *testing.T, line string) zone.Record {
	t.Helper()
	rr, err := dns.NewRR(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	r, err := zone.FromRR(rr)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return r
}

func TestTarget(t *testing.T) {
	for line, want := range map[string]string{
		"a. NS B.Example.": "b.example.", "a. CNAME .": ".", "a. PTR b.": "b.", "a. DNAME b.": "b.",
		"a. MX 10 Mail.": "mail.", "a. SRV 1 2 3 srv.": "srv.", "a. A 192.0.2.1": "", "a. TXT b.": "", "a. KX 1 b.": "", "a. SOA a. b. 1 2 3 4 5": "",
	} {
		r := record(t, line)
		if got := r.Target().String(); got != want {
			t.Errorf("%s: target %s", line, got)
		}
		if want == "" {
			continue
		}
		o := r.WithTarget(example)
		if o.Target() != example || len(o.Data) != len(r.Data)-len(r.Target())+len(example) || o.WithTarget(r.Target()).Data != r.Data {
			t.Errorf("%s: with another target %s", line, o)
		}
	}
	// RDATA that are cut off have no target.
	for _, r := range []zone.Record{{Type: zone.TypeMX, Data: "\x00"}, {Type: zone.TypeMX, Data: "\x00\x01"}, {Type: zone.TypeSRV, Data: "\x00\x01\x02\x03\x04\x05"}, {Type: zone.TypeNS}} {
		if r.Target() != "" {
			t.Errorf("%x has a target", r.Data)
		}
		if p, w, port := r.SRV(); r.Type == zone.TypeMX && (p != 0 || w != 0 || port != 0) {
			t.Errorf("%x is an SRV record", r.Data)
		}
	}
}

func TestFieldsOfRecords(t *testing.T) {
	mx := record(t, "a. MX 65535 b.")
	if mx.Preference() != 65535 || record(t, "a. A 192.0.2.1").Preference() != 0 {
		t.Error("preference")
	}
	if p, w, port := record(t, "a. SRV 1 2 587 b.").SRV(); p != 1 || w != 2 || port != 587 {
		t.Errorf("SRV %d %d %d", p, w, port)
	}
	for line, want := range map[string]string{"a. A 192.0.2.1": "192.0.2.1", "a. AAAA 2001:db8::1": "2001:db8::1", "a. AAAA ::ffff:192.0.2.1": "::ffff:192.0.2.1"} {
		if got := record(t, line).Addr(); got != netip.MustParseAddr(want) {
			t.Errorf("%s: got %s", line, got)
		}
	}
	if mx.Addr().IsValid() || (zone.Record{Type: zone.TypeA, Data: "\x01"}).Addr().IsValid() {
		t.Error("an address of what has none")
	}
	soa := record(t, "a. SOA NS. host.a. 4294967295 1 2 3 4")
	s, ok := soa.SOA()
	if want := (zone.SOA{MName: zone.MustName("ns"), RName: zone.MustName("host.a"), Serial: math.MaxUint32, Refresh: 1, Retry: 2, Expire: 3, Minimum: 4}); !ok || s != want {
		t.Errorf("SOA %+v", s)
	}
	if s, _ := soa.WithSerial(7).SOA(); s.Serial != 7 || s.Minimum != 4 || s.RName != zone.MustName("host.a") {
		t.Errorf("with another serial %+v", s)
	}
	if _, ok := mx.SOA(); ok {
		t.Error("an MX record is no SOA record")
	}
	for i := range len(soa.Data) {
		r := soa
		r.Data = r.Data[:i]
		if _, ok := r.SOA(); ok {
			t.Errorf("%d octets are an SOA record", i)
		}
	}
}

func TestMake(t *testing.T) {
	for want, r := range map[string]zone.Record{
		"a. 60 IN MX 10 b.":           zone.NewMX(zone.MustName("a"), 60, 10, zone.MustName("b")),
		"a. 60 IN CNAME b.":           zone.NewName(zone.MustName("a"), zone.TypeCNAME, 60, zone.MustName("b")),
		`a. 0 IN TXT "x \"y\"; \\z"`:  zone.NewTXT(zone.MustName("a"), 0, `x "y"; \z`),
		`a. 60 IN TXT ""`:             zone.NewTXT(zone.MustName("a"), 60, ""),
		`a. 60 IN TXT "\195\164\000"`: zone.NewTXT(zone.MustName("a"), 60, "\u00e4\x00"),
	} {
		if r.String() != want || !record(t, want).Same(r) {
			t.Errorf("got %s, want %s", r, want)
		}
	}
}

func TestText(t *testing.T) {
	long := strings.Repeat("0123456789", 60)
	for _, tt := range []struct {
		data string
		want []string
	}{
		{zone.TextData(""), []string{""}},
		{zone.TextData("a"), []string{"a"}},
		{zone.TextData(long), []string{long[:255], long[255:510], long[510:]}},
		{zone.TextData(long[:255]), []string{long[:255]}},
		{zone.TextData(long[:510]), []string{long[:255], long[255:510]}},
		{zone.StringsData([]string{"a", "", "bc"}), []string{"a", "", "bc"}},
		{zone.StringsData(nil), nil},
		{"\x05ab", []string{"ab"}}, // cut off
	} {
		r := zone.Record{Type: zone.TypeTXT, Data: tt.data}
		if got := r.Strings(); !slices.Equal(got, tt.want) {
			t.Errorf("%q: strings %q", tt.data, got)
		}
		text := strings.Join(tt.want, "")
		if r.Text() != text {
			t.Errorf("%q: text %q", tt.data, r.Text())
		}
		for _, n := range []int{0, 1, 2, 3, 255, 256, 1000} {
			if got := r.TextPrefix(n); got != text[:min(n, len(text))] {
				t.Errorf("%q: the first %d octets %q", tt.data, n, got)
			}
		}
	}
}

func TestWithText(t *testing.T) {
	x := strings.Repeat("x", 255)
	tests := []struct {
		name     string
		strs     []string
		from, to int
		text     string
		want     []string
	}{
		{"within a string", []string{"v=spf1 +all"}, 7, 8, "-", []string{"v=spf1 -all"}},
		{"at the start", []string{"abc"}, 0, 1, "x", []string{"xbc"}},
		{"at the end", []string{"abc"}, 2, 3, "", []string{"ab"}},
		{"put in", []string{"abc"}, 1, 1, "x", []string{"axbc"}},
		{"put before", []string{"abc"}, 0, 0, "x", []string{"xabc"}},
		{"put behind", []string{"abc"}, 3, 3, "x", []string{"abcx"}},
		{"all", []string{"abc", "def"}, 0, 6, "x", []string{"x"}},
		{"nothing is left", []string{"abc", "def"}, 0, 6, "", []string{""}},
		{"in the first of two", []string{"abc", "def"}, 1, 2, "x", []string{"axc", "def"}},
		{"in the second of two", []string{"abc", "def"}, 4, 5, "x", []string{"abc", "dxf"}},
		{"the second of two", []string{"abc", "def"}, 3, 6, "x", []string{"abc", "x"}},
		{"over two", []string{"abc", "def"}, 2, 4, "x", []string{"abx", "ef"}},
		{"over three", []string{"abc", "def", "ghi"}, 2, 7, "x", []string{"abx", "hi"}},
		{"between two, behind the first", []string{"abc", "def"}, 3, 3, "x", []string{"abcx", "def"}},
		{"into no text", []string{""}, 0, 0, "x", []string{"x"}},
		{"a string that is full", []string{x, "b"}, 255, 255, "y", []string{x, "y", "b"}},
		{"a string that grows over the limit", []string{x, "b"}, 0, 1, "yz", []string{"yz" + x[2:], "x", "b"}},
		{"nothing for nothing", []string{"abc", "", "def"}, 1, 1, "", []string{"abc", "", "def"}},
	}
	for _, tt := range tests {
		r := zone.Record{Name: example, Type: zone.TypeTXT, Data: zone.StringsData(tt.strs)}
		if got := r.WithText(tt.from, tt.to, tt.text).Strings(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Whatever is replaced, the text is the one meant, in strings that fit.
func TestWithTextAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat("ab", rapid.IntRange(0, 127).Draw(t, "half the length"))
		}), 1, 5).Draw(t, "strings")
		r := zone.Record{Type: zone.TypeTXT, Data: zone.StringsData(strs)}
		text := r.Text()
		from := rapid.IntRange(0, len(text)).Draw(t, "from")
		to := rapid.IntRange(from, len(text)).Draw(t, "to")
		put := strings.Repeat("x", rapid.IntRange(0, 600).Draw(t, "put"))
		got := r.WithText(from, to, put)
		if got.Text() != text[:from]+put+text[to:] {
			t.Fatalf("got %q", got.Text())
		}
		if again := zone.StringsData(got.Strings()); again != got.Data || len(got.Data) == 0 {
			t.Fatalf("got %q", got.Data)
		}
	})
}

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{"": `""`, "a b;(c)": `"a b;(c)"`, `"\`: `"\"\\"`, "\x00\t\x7f\xff": `"\000\009\127\255"`, "~ ": `"~ "`} {
		if got := zone.Quote(s); got != want {
			t.Errorf("%q: got %s", s, got)
		}
	}
}

func TestFieldsUnder(t *testing.T) {
	for line, want := range map[string]string{
		"a. MX 10 mail.example.com.":                         "10 mail",
		"a. MX 10 example.com.":                              "10 @",
		"a. MX 0 .":                                          "0 .",
		"a. NS ns.example.net.":                              "ns.example.net.",
		"a. SRV 1 2 3 srv.example.com.":                      "1 2 3 srv",
		"a. SOA ns.example.com. host.example.com. 1 2 3 4 5": "ns host 1 2 3 4 5",
		"a. CNAME myexample.com.":                            "myexample.com.",
		"a. A 192.0.2.1":                                     "192.0.2.1",
	} {
		if got := strings.Join(record(t, line).FieldsUnder(example), " "); got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
}

// What cannot be written as a type has it is written as RFC 3597 has it.
func TestFieldsOfOddData(t *testing.T) {
	for _, tt := range []struct {
		typ        zone.Type
		data, want string
	}{
		{65280, "", `\# 0`},
		{65280, "\xaa\xbb", `\# 2 aabb`},
		{zone.TypeA, "\x01\x02", `\# 2 0102`},
		{zone.TypeCAA, "\x00\x05issue\\x", `0 issue "\\x"`},
		{zone.TypeCAA, "\x80\x05issue\"\xff", `128 issue "\"\255"`},
		{zone.TypeCAA, "\x00\x03a-bx", `\# 6 0003612d6278`},
		{zone.TypeCAA, "\x00\x00x", `\# 3 000078`},
		{zone.TypeCAA, "\x00\x09a", `\# 3 000961`},
		{zone.Type(dns.TypeURI), "\x00\x01\x00\x02a\\b", `\# 7 00010002615c62`},
		{zone.Type(dns.TypeURI), "\x00\x01\x00\x02a", `1 2 "a"`},
		{zone.TypeTLSA, "\x03\x01\x01\xaa", "3 1 1 aa"},
		{zone.TypeTLSA, "\x03", `\# 1 03`},
	} {
		r := zone.Record{Name: zone.MustName("a"), Type: tt.typ, Class: zone.ClassIN, Data: tt.data}
		if got := r.RData(); got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.typ, hex.EncodeToString([]byte(tt.data)), got, tt.want)
		}
	}
}

func TestFromRR(t *testing.T) {
	r := record(t, `WWW.Example.COM. 60 CH TXT "A"`)
	if r.Name != zone.MustName("www.example.com") || r.TTL != 60 || r.Class != zone.ClassCH || r.Type != zone.TypeTXT || r.Data != "\x01A" {
		t.Errorf("got %+v", r)
	}
	for _, rr := range []dns.RR{
		&dns.MX{Hdr: dns.RR_Header{Name: "a..b.", Rrtype: dns.TypeMX}, Mx: "b."},
		&dns.MX{Hdr: dns.RR_Header{Name: "a.", Rrtype: dns.TypeMX}, Mx: strings.Repeat("a", 64) + "."},
		&dns.DNSKEY{Hdr: dns.RR_Header{Name: "a.", Rrtype: dns.TypeDNSKEY}, PublicKey: "no base64"},
	} {
		if r, err := zone.FromRR(rr); err == nil {
			t.Errorf("%v gives %v", rr, r)
		}
	}
	if _, err := (zone.Record{Name: zone.MustName("a"), Type: zone.TypeMX, Data: "\x00"}).RR(); err == nil {
		t.Error("an RR of broken RDATA")
	}
}

// Domain names in RDATA are in lower case, and nothing else is.
func TestFoldNames(t *testing.T) {
	for line, want := range map[string]string{
		"a. MX 16705 B.":                              "16705 b.",
		"a. SOA A. B. 1094795585 1 2 3 4":             "a. b. 1094795585 1 2 3 4",
		"a. MINFO A. B.":                              "a. b.",
		"a. RP A. B.":                                 "a. b.",
		"a. PX 16705 A. B.":                           "16705 a. b.",
		"a. NAPTR 16705 1 \"S\" \"SIP+D2U\" \"A\" B.": `16705 1 "S" "SIP+D2U" "A" b.`,
		"a. SVCB 16705 A. alpn=H2":                    `16705 a. alpn="H2"`,
		"a. NSEC B. A MX":                             "b. A MX",
		"a. RRSIG A 8 2 1094795585 20300102030405 20200102030405 16705 A.B. QUJD":                    "A 8 2 1094795585 20300102030405 20200102030405 16705 a.b. QUJD",
		"a. HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p A.B. C.": "2 200100107b1a74df365639cc39f1d578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p a.b. c.",
		"a. IPSECKEY 65 3 2 A.B. QUJD": "65 3 2 a.b. QUJD",
		"a. AMTRELAY 65 0 3 A.B.":      "65 0 3 a.b.",
		"a. TXT A":                     `"A"`,
		"a. HINFO A B":                 `"A" "B"`,
	} {
		if got := record(t, line).RData(); got != want {
			t.Errorf("%s: got %s", line, got)
		}
	}
	for _, tt := range []struct {
		typ  zone.Type
		data string
		want bool
	}{
		{zone.TypeMX, "\x00\x01\x01A\x00", true},
		{zone.TypeMX, "\x00\x01\x01A", false},
		{zone.TypeMX, "\x00\x01\xc0\x0c", false},
		{zone.TypeMX, "\x00\x01", false},
		{zone.TypeMX, "", false},
		{zone.Type(dns.TypeNAPTR), "\x00\x01\x00\x01\x01S\x00\x00\x00", true},
		{zone.Type(dns.TypeNAPTR), "\x00\x01\x00\x01\x01S\x00\x05\x00", false},
		{zone.TypeNS, strings.Repeat("\x01a", 127) + "\x00", true},
		{zone.TypeNS, strings.Repeat("\x01a", 128) + "\x00", false},
		{zone.TypeTXT, "\x01A", true},
		{65280, "A", true},
	} {
		data := []byte(tt.data)
		if got := zone.FoldNames(tt.typ, data); got != tt.want {
			t.Errorf("%s %q: %v", tt.typ, tt.data, got)
		}
		if tt.typ == zone.TypeTXT && string(data) != tt.data || tt.typ == zone.TypeMX && tt.want && string(data) != "\x00\x01\x01a\x00" {
			t.Errorf("%s %q became %q", tt.typ, tt.data, data)
		}
	}
}
