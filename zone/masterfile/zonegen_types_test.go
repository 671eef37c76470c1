package masterfile_test

import (
	"encoding/hex"
	"strconv"
)

// genType is a type with a generator of its RDATA.
type genType struct {
	name   string
	alone  bool // it must be the only record of its owner
	fields func(w *writer) []field
}

// usualTypes are the types that a mail zone has.
var usualTypes = []genType{
	{"A", false, func(w *writer) []field { return []field{w.fIPv4()} }},
	{"AAAA", false, func(w *writer) []field { return []field{w.fIPv6()} }},
	{"MX", false, func(w *writer) []field { return []field{w.fUint(16), w.fName()} }},
	{"TXT", false, genStrings},
	{"CNAME", true, genOneName},
	{"SRV", false, func(w *writer) []field { return []field{w.fUint(16), w.fUint(16), w.fUint(16), w.fName()} }},
	{"NS", true, genOneName},
	{"PTR", false, genOneName},
	{"CAA", false, func(w *writer) []field {
		return []field{w.fUint(8), same(pick(w, "tag", "issue", "issuewild", "Iodef", "x0")), w.fString(255)}
	}},
	{"TLSA", false, genTLSA},
	{"SPF", false, genStrings},
	{"DNAME", true, genOneName},
}

// rareTypes are the others that a zone may hold.
var rareTypes = []genType{
	{"HINFO", false, func(w *writer) []field { return []field{w.fString(255), w.fString(255)} }},
	{"RP", false, func(w *writer) []field { return []field{w.fName(), w.fName()} }},
	{"AFSDB", false, func(w *writer) []field { return []field{w.fUint(16), w.fName()} }},
	{"RT", false, func(w *writer) []field { return []field{w.fUint(16), w.fName()} }},
	{"KX", false, func(w *writer) []field { return []field{w.fUint(16), w.fName()} }},
	{"PX", false, func(w *writer) []field { return []field{w.fUint(16), w.fName(), w.fName()} }},
	{"MB", false, genOneName},
	{"MG", false, genOneName},
	{"MR", false, genOneName},
	{"MINFO", false, func(w *writer) []field { return []field{w.fName(), w.fName()} }},
	{"NAPTR", false, func(w *writer) []field {
		return []field{
			w.fUint(16), w.fUint(16), w.writeString(pick(w, "flags", "", "S", "u", "A")),
			w.writeString(pick(w, "service", "", "SIP+D2U", "E2U+email")),
			w.writeString(pick(w, "regexp", "", "!^.*$!mailto:info@example.com!i", "/(.*)/x/")), w.fName(),
		}
	}},
	{"X25", false, func(w *writer) []field { return []field{same(pick(w, "x25", "31105", "4321"))} }},
	{"ISDN", false, func(w *writer) []field {
		return []field{w.writeString(pick(w, "isdn", "150862028003217", "4711")), w.writeString("004")}
	}},
	{"LOC", false, func(w *writer) []field {
		return []field{same(pick(w, "loc", "51 30 12.748 N 0 7 39.612 W 0.00m 1m 10000m 10m", "42 21 54 N 71 06 18 W -24m 30m 10m 5m"))}
	}},
	{"SSHFP", false, func(w *writer) []field { return []field{w.fUint(8), same("1"), w.fHex(20, 20)} }},
	{"SMIMEA", false, genTLSA},
	{"OPENPGPKEY", false, func(w *writer) []field { return []field{w.fBase64(1, 40)} }},
	{"DS", true, func(w *writer) []field { return []field{w.fUint(16), w.fUint(8), same("2"), w.fHex(32, 32)} }},
	{"CDS", true, func(w *writer) []field { return []field{w.fUint(16), same("13"), same("2"), w.fHex(32, 32)} }},
	{"DNSKEY", true, genKey},
	{"CDNSKEY", true, genKey},
	{"RKEY", false, func(w *writer) []field { return []field{same("0"), same("3"), same("13"), w.fBase64(1, 40)} }},
	{"RRSIG", false, func(w *writer) []field {
		return []field{
			same(pick(w, "covered", "A", "MX", "TXT")), same(pick(w, "algorithm", "8", "13")), same("9"), w.fUint(31),
			same("20300102030405"), same("20200102030405"), w.fUint(16), w.fHost(), w.fBase64(1, 40),
		}
	}},
	{"NSEC", true, func(w *writer) []field { return []field{w.fName(), w.fTypes()} }},
	{"NSEC3PARAM", true, func(w *writer) []field {
		return []field{same("1"), w.fUint(8), w.fUint(16), same(pick(w, "salt", "-", "aabb", "AABBCC"))}
	}},
	{"CSYNC", true, func(w *writer) []field { return []field{w.fUint(32), w.fUint(16), w.fTypes()} }},
	{"ZONEMD", false, func(w *writer) []field { return []field{w.fUint(32), same("1"), same("1"), w.fHex(48, 48)} }},
	{"CERT", false, func(w *writer) []field { return []field{same("1"), w.fUint(16), w.fUint(8), w.fBase64(1, 40)} }},
	{"DHCID", false, func(w *writer) []field { return []field{w.fBase64(3, 40)} }},
	{"URI", false, func(w *writer) []field {
		return []field{w.fUint(16), w.fUint(16), same(pick(w, "uri", `"https://example.com/"`, `"a"`))}
	}},
	{"SVCB", false, genSVCB},
	{"HTTPS", false, genSVCB},
	{"EUI48", false, func(w *writer) []field { return []field{same("00-00-5e-00-53-2a")} }},
	{"EUI64", false, func(w *writer) []field { return []field{same("00-00-5e-ef-10-00-00-2a")} }},
	{"NID", false, func(w *writer) []field { return []field{w.fUint(16), same("0014:4fff:ff20:ee64")} }},
	{"L32", false, func(w *writer) []field { return []field{w.fUint(16), w.fIPv4()} }},
	{"L64", false, func(w *writer) []field { return []field{w.fUint(16), same("2001:0db8:1140:1000")} }},
	{"LP", false, func(w *writer) []field { return []field{w.fUint(16), w.fName()} }},
	{"APL", false, func(w *writer) []field {
		return []field{same(pick(w, "apl", "1:192.0.2.0/24", "!2:2001:db8::/32 1:10.0.0.0/8"))}
	}},
	{"NINFO", false, genStrings},
	{"AVC", false, genStrings},
	{"TALINK", false, func(w *writer) []field { return []field{w.fName(), w.fName()} }},
	{"HIP", false, func(w *writer) []field {
		return []field{same("2"), same("200100107B1A74DF365639CC39F1D578"), same("AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p"), w.fName()}
	}},
	{"TYPE65280", false, func(w *writer) []field {
		b := w.bytes(0, 20)
		return []field{same(`\#`), same(strconv.Itoa(len(b))), w.fPieces(hex.EncodeToString(b))}
	}},
}

func genOneName(w *writer) []field { return []field{w.fName()} }

func genStrings(w *writer) []field {
	fs := []field{w.fString(255)}
	for w.seldom("more strings", 3) && len(fs) < 4 {
		fs = append(fs, w.fString(255))
	}
	return fs
}

func genTLSA(w *writer) []field {
	return []field{w.fUint(8), w.fUint(8), w.fUint(8), w.fHex(1, 40)}
}

func genKey(w *writer) []field {
	return []field{same(pick(w, "flags", "256", "257")), same("3"), same("13"), w.fBase64(64, 64)}
}

func genSVCB(w *writer) []field {
	if w.n("alias", 0, 2) == 0 {
		return []field{same("0"), w.fName()}
	}
	return []field{
		same(strconv.Itoa(w.n("priority", 1, 65535))), w.fName(),
		same(pick(w, "parameters", "alpn=h2", `alpn="h2,h3" port=8443`, "port=53 ipv4hint=192.0.2.1,192.0.2.2", "ipv6hint=2001:db8::1")),
	}
}
