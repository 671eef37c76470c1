package masterfile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// rdataOf has RDATA of every type that miekg/dns knows and that may stand in a
// zone, in the form in which zonelint writes it.
var rdataOf = map[string][]string{
	"A":          {"192.0.2.1", "0.0.0.0", "255.255.255.255"},
	"NS":         {"ns1.example.com.", "."},
	"MD":         {"a.example."},
	"MF":         {"a.example."},
	"CNAME":      {`a\.b.example.com.`, `\000\255.`},
	"SOA":        {"ns1.example.com. host.example.com. 4294967295 1 2 3 4294967295"},
	"MB":         {"a.example."},
	"MG":         {"a.example."},
	"MR":         {"a.example."},
	"NULL":       {`\# 0`, `\# 3 aabbcc`},
	"PTR":        {"a.example."},
	"HINFO":      {`"PC" "Linux 6"`, `"" ""`},
	"MINFO":      {"a.example. b.example."},
	"MX":         {"0 .", "65535 mail.example.com."},
	"TXT":        {`""`, `"a"`, `"a b" "" "c\"\\;\000\255"`, `"` + strings.Repeat("x", 255) + `" "y"`},
	"RP":         {"a.example. ."},
	"AFSDB":      {"1 a.example."},
	"X25":        {`311061700956`},
	"ISDN":       {`"150862028003217" "004"`, `\# 3 023135`},
	"RT":         {"2 a.example."},
	"NSAP-PTR":   {"a.example."},
	"SIG":        {"A 8 2 3600 20300102030405 20200102030405 1 example.com. AQID"},
	"KEY":        {"256 3 8 AQID"},
	"PX":         {"10 a.example. b.example."},
	"GPOS":       {"-32.6882 116.8652 10.0"},
	"AAAA":       {"::", "2001:db8::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8"},
	"LOC":        {"51 30 12.748 N 00 07 39.612 W 0m 1m 10000m 10m"},
	"NXT":        {"b.example. A MX"},
	"EID":        {"AABB"},
	"NIMLOC":     {"AABB"},
	"SRV":        {"1 2 587 mail.example.com.", "0 0 0 ."},
	"NAPTR":      {`100 10 "S" "SIP+D2U" "" _sip._udp.example.com.`, `1 2 "u" "E2U+email" "!^.*$!mailto:a@example.com!i" .`, `1 2 "" "" "a\\\\1" .`},
	"KX":         {"1 a.example."},
	"CERT":       {"PKIX 1 RSASHA256 AQID"},
	"DNAME":      {"a.example."},
	"APL":        {"1:192.0.2.0/24 !2:2001:db8::/32"},
	"DS":         {"1 13 2 " + strings.Repeat("AB", 32)},
	"SSHFP":      {"4 2 " + strings.Repeat("AB", 32)},
	"IPSECKEY":   {"10 0 2 . AQID", "10 1 2 192.0.2.1 AQID", "10 2 2 2001:db8::1 AQID", "10 3 2 a.example. AQID"},
	"RRSIG":      {"A 8 2 3600 20300102030405 20200102030405 1 example.com. AQID"},
	"NSEC":       {"b.example. A MX TYPE65280", "b.example. CAA"},
	"DNSKEY":     {"257 3 13 AQID"},
	"DHCID":      {"AQID"},
	"NSEC3":      {"1 0 10 AABB 0123456789ABCDEFGHIJKLMNOPQRSTUV A MX", "1 1 0 - 0123456789ABCDEFGHIJKLMNOPQRSTUV"},
	"NSEC3PARAM": {"1 0 10 AABB", "1 0 0 -"},
	"TLSA":       {"3 1 1 " + strings.Repeat("ab", 32)},
	"SMIMEA":     {"3 1 1 " + strings.Repeat("ab", 32)},
	"HIP":        {"2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p a.example. b.example."},
	"NINFO":      {`"a" "b"`},
	"RKEY":       {"0 3 8 AQID"},
	"TALINK":     {"a.example. b.example."},
	"CDS":        {"1 13 2 " + strings.Repeat("AB", 32)},
	"CDNSKEY":    {"257 3 13 AQID"},
	"OPENPGPKEY": {"AQID"},
	"CSYNC":      {"66 3 A NS AAAA"},
	"ZONEMD":     {"1 1 1 " + strings.Repeat("ab", 48)},
	"SVCB":       {"0 a.example.", `1 . alpn="h2,h3" port="8443" ipv4hint="192.0.2.1" ipv6hint="2001:db8::1" key65000="x"`},
	"HTTPS":      {`1 . mandatory="alpn" alpn="h2" no-default-alpn="" ech="AQID" dohpath="/dns-query{?dns}"`},
	"SPF":        {`"v=spf1 -all"`},
	"UINFO":      {`"a"`},
	"UID":        {"1"},
	"GID":        {"1"},
	"NID":        {"10 0014:4fff:ff20:ee64"},
	"L32":        {"10 192.0.2.1"},
	"L64":        {"10 2001:0db8:1140:1000"},
	"LP":         {"10 a.example."},
	"EUI48":      {"00-00-5e-00-53-2a"},
	"EUI64":      {"00-00-5e-ef-10-00-00-2a"},
	"URI":        {`10 1 "https://example.com/a?b=c"`},
	"CAA":        {`0 issue "letsencrypt.org; validationmethods=dns-01"`, `128 iodef ""`, `0 issue "\\\"\255"`},
	"AVC":        {`"a" "b"`},
	"AMTRELAY":   {"10 0 3 a.example.", "10 0 1 192.0.2.1", "10 0 0 ."},
	"RESINFO":    {`"qnamemin" "exterr=15-17"`},
	"TA":         {"1 13 2 " + strings.Repeat("AB", 32)},
	"DLV":        {"1 13 2 " + strings.Repeat("AB", 32)},
	"TYPE65280":  {`\# 0`, `\# 3 aabbcc`},
}

// Each is read, written and read again as the same record, and is what
// miekg/dns reads.
func TestRDataOfEveryType(t *testing.T) {
	meta := []string{"ANY", "OPT", "TKEY", "TSIG", "NXNAME"}
	for number := range dns.TypeToRR {
		name := dns.TypeToString[number]
		if _, ok := rdataOf[name]; !ok && !slices.Contains(meta, name) {
			t.Errorf("no RDATA of type %s", name)
		}
	}
	for typ, texts := range rdataOf {
		for _, text := range texts {
			z := mustParse(t, head+"a "+typ+" "+text+"\n")
			if len(z.Problems) > 0 {
				t.Errorf("%s %s: %s", typ, text, z.Problems[0].Message)
				continue
			}
			r := slices.Collect(z.Records())[1]
			if got := r.RData(); r.Type.String() != typ || !strings.EqualFold(got, text) {
				t.Errorf("%s %s: written as %s %s", typ, text, r.Type, got)
			}
			// Also in the generic form, and split over lines.
			for _, again := range []string{r.String(), strings.Replace(r.String(), " "+typ+" ", " "+typ+" (\n", 1) + " )", "a " + typ + " " + generic(r)} {
				z := mustParse(t, head+again+"\n")
				if len(z.Problems) > 0 {
					t.Errorf("%s: %s", again, z.Problems[0].Message)
				} else if o := slices.Collect(z.Records())[1]; !o.Same(r) {
					t.Errorf("%s: read again as %s, %q and not %q", again, o, o.Data, r.Data)
				}
			}
			rr, err := dns.NewRR("a.example.com. 3600 IN " + typ + " " + text)
			if err != nil {
				t.Errorf("miekg/dns: %s %s: %v", typ, text, err)
				continue
			}
			o, err := zone.FromRR(rr)
			if err != nil || !o.Same(r) && typ != "CAA" && typ != "ISDN" { // it takes a backslash in CAA for an escape twice
				t.Errorf("%s %s: miekg/dns has %q, and not %q (%v)", typ, text, o.Data, r.Data, err)
			}
		}
	}
}

// generic is RDATA in the form of RFC 3597.
func generic(r zone.Record) string {
	r.Type = 65280
	return r.RData()
}

// Other ways to write the same RDATA.
func TestRDataForms(t *testing.T) {
	for text, want := range map[string]string{
		"AAAA 2001:DB8:0:0::1":                                "AAAA 2001:db8::1",
		"AAAA ::ffff:c000:201":                                "AAAA ::ffff:192.0.2.1",
		"MX 010 MAIL":                                         "MX 10 mail.example.com.",
		"SOA a b 1 1h 1m 1w2d 1H1s":                           "SOA a.example.com. b.example.com. 1 3600 60 777600 3601",
		`TXT \# 4 0161 0162`:                                  `TXT "a" "b"`,
		`MX \# 6 000a 01 4d 01 4e00`:                          "",
		`MX \# 5 000a014d00`:                                  "MX 10 m.",
		"TLSA 3 1 1 AA bb\tCc":                                "TLSA 3 1 1 aabbcc",
		"DS 1 ECDSAP256SHA256 2 " + strings.Repeat("aa ", 32): "DS 1 13 2 " + strings.Repeat("AA", 32),
		"DNSKEY 257 3 13 AQ ID":                               "DNSKEY 257 3 13 AQID",
		"OPENPGPKEY A Q I D":                                  "OPENPGPKEY AQID",
		"NSEC b MX A":                                         "NSEC b.example.com. A MX",
		"NSEC3 1 0 0 - 0123456789abcdefghijklmnopqrstuv MX A": "NSEC3 1 0 0 - 0123456789ABCDEFGHIJKLMNOPQRSTUV A MX",
		"SVCB 1 . alpn=h2,h3 port=53":                         `SVCB 1 . alpn="h2,h3" port="53"`,
		`HTTPS 1 b alpn="h2" ( port=53`:                       "",
		"NAPTR 1 2 S SIP+D2U \"\" b":                          `NAPTR 1 2 "S" "SIP+D2U" "" b.example.com.`,
		"HINFO PC Linux":                                      `HINFO "PC" "Linux"`,
		`X25 "311061700956"`:                                  "X25 311061700956",
		"ISDN 150862028003217":                                `ISDN \# 16 0f313530383632303238303033323137`,
		"L64 10 2001:db8:1140:1000":                           "L64 10 2001:0DB8:1140:1000",
		"CAA 0 ISSUE ca.example":                              `CAA 0 ISSUE "ca.example"`,
		"CAA 0 issue \"a\\;b\"":                               `CAA 0 issue "a;b"`,
		"RP Host.Example. @":                                  "RP host.example. example.com.",
		"CERT 1 1 8 AQID":                                     "CERT PKIX 1 RSASHA256 AQID",
		"RRSIG A 8 2 3600 1 2 3 @ AQID":                       "RRSIG A 8 2 3600 19700101000001 19700101000002 3 example.com. AQID",
		"LOC 51 30 N 0 7 W 0":                                 "LOC 51 30 0.000 N 00 07 0.000 W 0m 1m 10000m 10m",
	} {
		z := mustParse(t, head+"a "+text+"\n")
		got := ""
		if rs := slices.Collect(z.Records()); len(rs) > 1 {
			got = rs[1].Type.String() + " " + rs[1].RData()
		}
		if got != want || (len(z.Problems) == 0) != (want != "") {
			t.Errorf("%s:\ngot  %s\nwant %s\n%v", text, got, want, z.Problems)
		}
	}
}

// The notes tell how a record was written.
func TestNotes(t *testing.T) {
	for text, want := range map[string]zone.Notes{
		`a TXT "x"`:           0,
		`a TXT x`:             zone.Unquoted,
		`a TXT "x" y`:         zone.Unquoted,
		`a TXT "x" ; c`:       zone.Commented,
		`a TXT x; c`:          zone.Unquoted | zone.Commented,
		"a TXT ( x ; c\n y )": zone.Unquoted,
		`a SPF x`:             zone.Unquoted,
		`a A 192.0.2.1 ; c`:   zone.Commented,
		`a MX 10 b`:           0,
		`a TXT "` + strings.Repeat("x", 255) + `"`:  0,
		`a TXT "` + strings.Repeat("x", 256) + `"`:  zone.LongString,
		`a TXT ` + strings.Repeat(`\120`, 256):      zone.LongString | zone.Unquoted,
		`a TXT "` + strings.Repeat(`\;`, 255) + `"`: 0,
		`$GENERATE 1-1 a TXT x ; c`:                 zone.Generated,
	} {
		z := mustParse(t, head+text+"\n")
		if got := slices.Collect(z.Records())[1].Notes; got != want {
			t.Errorf("%.40s: got %b, want %b", text, got, want)
		}
	}
}

// A string that is too long is cut, as BIND and miekg/dns would have it.
func TestLongString(t *testing.T) {
	z := mustParse(t, head+"a TXT \"x\" \""+strings.Repeat("y", 600)+"\" z\n")
	r := slices.Collect(z.Records())[1]
	var got []int
	for _, s := range r.Strings() {
		got = append(got, len(s))
	}
	if want := []int{1, 255, 255, 90, 1}; !slices.Equal(got, want) || z.Problems[0].Kind != zone.ProblemLongString || z.Problems[0].Lost {
		t.Errorf("strings of %v octets, problems %v", got, z.Problems)
	}
	// A record holds no more than 65,535 octets.
	z = mustParse(t, head+"a TXT"+strings.Repeat(" \""+strings.Repeat("y", 255)+"\"", 256)+"\n")
	if z.Len() != 1 || len(z.Problems) != 1 || !strings.Contains(z.Problems[0].Message, "65,535") {
		t.Errorf("%d records, problems %v", z.Len(), z.Problems)
	}
	z = mustParse(t, head+"a TXT"+strings.Repeat(" \""+strings.Repeat("y", 255)+"\"", 255)+" \""+strings.Repeat("y", 254)+"\"\n")
	if z.Len() != 2 || len(slices.Collect(z.Records())[1].Data) != 65535 {
		t.Errorf("%d records, problems %v", z.Len(), z.Problems)
	}
}
