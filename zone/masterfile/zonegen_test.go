package masterfile_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
)

// written is a generated zone: the files that it is written in, the first of
// them the one to read, and the records that they hold.
type written struct {
	files []string
	want  []zone.Record
}

// writer writes records into a master file with all the freedom that the format
// leaves. It keeps the state that a reader of the file must have, so that it
// knows what it may leave out.
type writer struct {
	t   *rapid.T
	out *strings.Builder
	eol string
	dialect

	files   *[]*strings.Builder
	records []zone.Record
	serial  int // of owners that may be used but once

	origin   labels
	owner    labels
	hasOwner bool
	ttls     *genTTL
}

// dialect says what the readers at hand agree on; see the tests that set it.
type dialect struct {
	includes   bool // $INCLUDE
	oddOwners  bool // parentheses and line ends before the type
	bareSOA    bool // the SOA record may have no TTL
	rawControl bool // control characters that are not escaped
	backslash  bool // escapes like \; and \(
	comments   bool // within parentheses
	quotes     bool // all character-strings stand in quotes
	oneTTL     bool // all records of an RRset have the same
	types      []genType
}

type genTTL struct {
	dflt, last       uint32
	hasDflt, hasLast bool
	bare             bool // the next record has none
	ofSet            map[string]uint32
}

// labels is a name as it is written, in its case, from left to right.
type labels []string

// plain is the name with every octet escaped that could be misread, in a way
// that shares nothing with the code under test.
func (ls labels) plain() string {
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(plainOctets(l))
		b.WriteByte('.')
	}
	if len(ls) == 0 {
		return "."
	}
	return b.String()
}

func plainOctets(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\%03d", c)
		}
	}
	return b.String()
}

func (ls labels) wire() zone.Name {
	var b strings.Builder
	for _, l := range ls {
		b.WriteByte(byte(len(l)))
		for i := 0; i < len(l); i++ {
			c := l[i]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
		}
	}
	b.WriteByte(0)
	return zone.Name(b.String())
}

func (ls labels) size() int {
	n := 1
	for _, l := range ls {
		n += len(l) + 1
	}
	return n
}

var genApex = labels{"example", "com"}

func (w *writer) n(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(w.t, label) }

// seldom is true once in about n times; a shrunk value is false.
func (w *writer) seldom(label string, n int) bool { return w.n(label, 0, n-1) == n-1 }

func pick[T any](w *writer, label string, from ...T) T { return from[w.n(label, 0, len(from)-1)] }

// label draws a label: mostly usual, sometimes with octets that have a meaning
// in a master file.
func (w *writer) label() string {
	switch w.n("label kind", 0, 9) {
	case 0:
		return rapid.StringOfN(rapid.RuneFrom([]rune(`a.;"\@$*() #-_0A`)), 1, 6, 6).Draw(w.t, "odd label")
	case 1:
		n := w.n("octets", 1, 4)
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(w.n("octet", 0, 255))
		}
		return string(b)
	case 2:
		return strings.Repeat(pick(w, "filler", "x", "Y", "7"), w.n("length", 1, 63))
	case 3:
		return pick(w, "digits", "0", "42", "1h", "IN", "mx", "TXT", "type1", "3600", "CLASS1")
	}
	return pick(w, "label", "www", "mail", "a", "b", "_dmarc", "WWW", "Mail", "x-1")
}

// name draws a name for RDATA, anywhere.
func (w *writer) name() labels {
	switch w.n("name kind", 0, 5) {
	case 0:
		return genApex
	case 1:
		return labels{}
	case 2:
		return w.origin
	}
	return w.below(pick(w, "base", w.origin, genApex, labels{"Example", "NET"}, labels{}))
}

// below draws a name below base that is not too long.
func (w *writer) below(base labels) labels {
	var ls labels
	for range w.n("depth", 1, 3) {
		l := w.label()
		if ls.size()+len(l)+base.size() > 250 {
			break
		}
		ls = append(ls, l)
	}
	if len(ls) == 0 {
		ls = labels{"a"}
	}
	return append(ls[:len(ls):len(ls)], base...)
}

// writeName writes a name absolute or relative to the origin.
func (w *writer) writeName(ls labels) string {
	rel := len(ls) - len(w.origin)
	within := rel >= 0
	for i := range w.origin {
		within = within && strings.EqualFold(ls[rel+i], w.origin[i])
	}
	// A relative name takes its last labels from the origin, in its case.
	for i := range w.origin {
		within = within && ls[rel+i] == w.origin[i]
	}
	switch {
	case within && rel == 0 && len(w.origin) > 0 && w.n("at", 0, 2) < 2:
		return "@"
	case within && rel > 0 && len(w.origin) > 0 && w.n("relative", 0, 3) < 3:
		return strings.TrimSuffix(w.writeLabels(ls[:rel]), ".")
	case len(ls) == 0:
		return "."
	}
	return w.writeLabels(ls)
}

func (w *writer) writeLabels(ls labels) string {
	var b strings.Builder
	for _, l := range ls {
		for j := 0; j < len(l); j++ {
			w.writeOctet(&b, l[j], strings.IndexByte(`.;"\@$()`, l[j]) >= 0 || l[j] <= ' ' || l[j] >= 0x7f)
		}
		b.WriteByte('.')
	}
	return b.String()
}

// writeOctet writes one octet, escaped if it must be and sometimes if not.
func (w *writer) writeOctet(b *strings.Builder, c byte, must bool) {
	how := 0
	if must || w.seldom("escape", 12) {
		how = w.n("how", 1, 2)
	}
	// BIND takes \[ for the start of a bit-string label, which is no more.
	if c == '[' || c >= '0' && c <= '9' || c <= ' ' || c >= 0x7f || must && !w.backslash {
		how = min(how, 1)
	}
	switch how {
	case 0:
		b.WriteByte(c)
	case 1:
		fmt.Fprintf(b, "\\%03d", c)
	case 2:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
}

// field is one RDATA field, as it can be read without doubt and as the file
// has it. An empty list is a field that is written as nothing.
type field struct {
	plain   string
	written []string
}

func same(s string) field { return field{s, []string{s}} }

func (w *writer) fName() field {
	n := w.name()
	return field{n.plain(), []string{w.writeName(n)}}
}

// fHost is a name without odd octets, where a reader wants a host name.
func (w *writer) fHost() field {
	n := append(labels{pick(w, "host", "mx", "ns1", "MX-2", "a")}, pick(w, "domain", genApex, labels{"example", "NET"})...)
	return field{n.plain(), []string{w.writeName(n)}}
}

func (w *writer) uint(bits int) uint64 {
	most := uint64(1)<<bits - 1
	if bits == 64 {
		most = 1<<64 - 1
	}
	if w.seldom("extreme", 4) {
		return pick(w, "end", 0, most, most/2, most/2+1)
	}
	return rapid.Uint64Range(0, min(most, 70000)).Draw(w.t, "number")
}

func (w *writer) fUint(bits int) field {
	s := strconv.FormatUint(w.uint(bits), 10)
	return field{s, []string{s}}
}

func (w *writer) fTTL() field {
	n := w.ttl()
	return field{strconv.FormatUint(uint64(n), 10), []string{w.writeTTL(n)}}
}

func (w *writer) ttl() uint32 {
	return pick[uint32](w, "ttl", 0, 1, 59, 60, 300, 3600, 5400, 86400, 90061, 604800, 2419200, 1<<31-1)
}

// writeTTL writes seconds plainly or with units.
func (w *writer) writeTTL(n uint32) string {
	if !w.seldom("units", 3) {
		return strconv.FormatUint(uint64(n), 10)
	}
	var b strings.Builder
	left := n
	for _, u := range []struct {
		unit string
		size uint32
	}{{"w", 604800}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}} {
		k := left / u.size
		if k == 0 && !(u.size == 1 && b.Len() == 0) || u.size > 1 && w.seldom("skip unit", 3) {
			continue
		}
		left -= k * u.size
		unit := u.unit
		if w.seldom("upper unit", 3) {
			unit = strings.ToUpper(unit)
		}
		fmt.Fprintf(&b, "%d%s", k, unit)
	}
	return b.String()
}

// octets draws the content of a character-string.
func (w *writer) octets(most int) string {
	n := w.n("length", 0, 12)
	if w.seldom("long", 12) {
		n = w.n("long length", 200, 255)
	}
	n = min(n, most)
	b := make([]byte, n)
	for i := range b {
		if w.seldom("any octet", 10) {
			b[i] = byte(w.n("octet", 0, 255))
		} else {
			b[i] = pick(w, "octet", []byte(`aZ0v=;"\ .@$(),:#-_`)...)
		}
	}
	return string(b)
}

func (w *writer) fString(most int) field { return w.writeString(w.octets(most)) }

func (w *writer) writeString(s string) field {
	var b strings.Builder
	quoted := s == "" || w.quotes || w.n("quoted", 0, 3) < 3
	for i := 0; i < len(s); i++ {
		c := s[i]
		must := c == '"' || c == '\\' || c < ' ' && (!w.rawControl || c == 0 || c == '\n' || c == '\r') || c == 0x7f
		if !quoted {
			must = must || strings.IndexByte(" \t;()", c) >= 0
		}
		if c == ' ' && !quoted && w.backslash && w.n("escaped blank", 0, 1) == 1 {
			b.WriteString(`\ `)
			continue
		}
		w.writeOctet(&b, c, must)
	}
	out := b.String()
	if quoted || out == `\#` {
		out = `"` + out + `"`
	}
	var p strings.Builder
	for i := 0; i < len(s); i++ {
		fmt.Fprintf(&p, "\\%03d", s[i])
	}
	return field{`"` + p.String() + `"`, []string{out}}
}

// fPieces is text that a file may break by blanks wherever it likes.
func (w *writer) fPieces(s string) field {
	f := field{plain: s}
	for len(s) > 0 && w.seldom("break", 3) && len(f.written) < 4 {
		n := w.n("piece", 1, len(s))
		f.written = append(f.written, s[:n])
		s = s[n:]
	}
	if s != "" || len(f.written) == 0 {
		f.written = append(f.written, s)
	}
	return f
}

func (w *writer) bytes(lo, hi int) []byte {
	b := make([]byte, w.n("octets", lo, hi))
	for i := range b {
		b[i] = byte(w.n("octet", 0, 255))
	}
	return b
}

func (w *writer) fHex(lo, hi int) field {
	f := w.fPieces(hex.EncodeToString(w.bytes(lo, hi)))
	if w.seldom("upper hex", 3) {
		for i, s := range f.written {
			f.written[i] = strings.ToUpper(s)
		}
	}
	return f
}

func (w *writer) fBase64(lo, hi int) field {
	return w.fPieces(base64.StdEncoding.EncodeToString(w.bytes(lo, hi)))
}

func (w *writer) fIPv4() field {
	return same(netip.AddrFrom4([4]byte(w.bytes(4, 4))).String())
}

func (w *writer) fIPv6() field {
	a := netip.AddrFrom16([16]byte(w.bytes(16, 16)))
	switch w.n("form", 0, 3) {
	case 0:
		b := a.As16()
		for i := w.n("zeros from", 0, 7); i < w.n("zeros to", 8, 16); i++ {
			b[i] = 0
		}
		a = netip.AddrFrom16(b)
	case 1:
		a = pick(w, "special", netip.MustParseAddr("::"), netip.MustParseAddr("::1"), netip.MustParseAddr("2001:db8::"), netip.MustParseAddr("::ffff:192.0.2.1"))
	}
	s := a.String()
	return field{s, []string{pick(w, "ipv6 form", s, s, a.StringExpanded(), strings.ToUpper(s))}}
}

func (w *writer) fTypes() field {
	all := []string{"A", "NS", "MX", "TXT", "AAAA", "RRSIG", "CAA", "TYPE1234"}
	f := field{}
	for _, s := range all {
		if f.plain == "" || w.n("has type", 0, 1) == 1 {
			f.plain += " " + s
			f.written = append(f.written, pick(w, "type case", s, strings.ToLower(s)))
		}
	}
	return f
}

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

// blank writes what may stand between two fields; within parentheses that may
// be line ends and comments.
func (w *writer) blank(depth int) {
	s := pick(w, "blank", " ", " ", "\t", "  ", " \t ")
	if depth > 0 && w.seldom("break line", 3) {
		if w.comments {
			s += pick(w, "comment", "", "", "; a (comment) \"", ";")
		}
		s += w.eol + pick(w, "indent", "", " ", "\t\t")
		for w.seldom("empty line", 4) {
			s += w.eol
		}
	}
	w.out.WriteString(s)
}

func (w *writer) endLine() {
	w.out.WriteString(pick(w, "tail", "", "", "", " ", "\t; note", " ; \"a\" ) (", ";"))
	w.out.WriteString(w.eol)
	for w.seldom("filler", 5) {
		w.out.WriteString(pick(w, "filler", "", "; comment", "   ", "\t; (") + w.eol)
	}
}

// record draws a record and writes it.
func (w *writer) record(typ genType) {
	owner := w.owner
	inherit := w.hasOwner && !typ.alone && w.seldom("inherit owner", 3)
	switch {
	case inherit:
	case typ.alone:
		w.serial++
		owner = append(labels{fmt.Sprintf("only%d", w.serial)}, genApex...)
	default:
		owner = pick(w, "owner base", labels{}, w.origin)
		if len(owner) == 0 || !owner.within(genApex) {
			owner = genApex
		}
		if w.n("apex", 0, 4) > 0 {
			owner = w.below(owner)
		}
		// A record may not stand below a delegation or with a CNAME: those have
		// owners of their own. Keep out of their way.
		if strings.HasPrefix(owner[0], "only") {
			owner[0] = "x" + owner[0][1:]
		}
	}
	w.write(owner, inherit, typ.name, typ.fields(w))
	w.hasOwner = !typ.alone
}

func (ls labels) within(base labels) bool {
	n := len(ls) - len(base)
	return n >= 0 && strings.EqualFold(ls[n:].plain(), base.plain())
}

// write writes a record of these fields.
func (w *writer) write(owner labels, inherit bool, typ string, fields []field) {
	ttl, explicit := w.drawTTL(string(owner.wire()) + typ)
	depth := 0
	paren := func(between bool) {
		if !between && !w.oddOwners {
			return
		}
		if depth < 2 && w.seldom("open", 6) {
			w.out.WriteString("(")
			depth++
			if w.n("gap", 0, 1) == 1 {
				w.blank(depth)
			}
		}
	}
	if inherit {
		w.out.WriteString(pick(w, "indent", " ", "\t", "    "))
	} else {
		s := w.writeName(owner)
		if s[0] == '$' {
			panic("an owner that looks like a directive")
		}
		w.out.WriteString(s)
		w.blank(0)
	}
	w.owner, w.hasOwner = owner, true
	paren(false)
	head := []string{}
	if explicit {
		head = append(head, w.writeTTL(ttl))
	}
	if w.n("class", 0, 1) == 1 {
		head = append(head, pick(w, "class name", "IN", "in", "In"))
	}
	if len(head) == 2 && w.n("order", 0, 1) == 1 {
		head[0], head[1] = head[1], head[0]
	}
	for _, s := range head {
		w.out.WriteString(s)
		w.blank(depth)
		paren(false)
	}
	w.out.WriteString(pick(w, "type case", typ, typ, strings.ToLower(typ)))
	plain := fmt.Sprintf("%s %d IN %s", owner.plain(), ttl, typ)
	for _, f := range fields {
		for _, s := range f.written {
			w.blank(depth)
			paren(true)
			w.out.WriteString(s)
		}
		plain += " " + f.plain
	}
	for ; depth > 0; depth-- {
		w.blank(depth)
		w.out.WriteString(")")
	}
	w.endLine()
	rr, err := dns.NewRR(plain)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", plain, err))
	}
	rec, err := zone.FromRR(rr)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", plain, err))
	}
	rec.Name = owner.wire()
	w.records = append(w.records, rec)
}

// drawTTL draws a TTL, or takes the one that a record without gets.
func (w *writer) drawTTL(rrset string) (ttl uint32, explicit bool) {
	st := w.ttls
	ttl, explicit = w.ttl(), true
	if (st.hasDflt || st.hasLast) && (st.bare || w.n("leave out TTL", 0, 1) == 1) {
		ttl, explicit = st.last, false
		if st.hasDflt {
			ttl = st.dflt
		}
	}
	if prior, ok := st.ofSet[rrset]; ok && w.oneTTL && ttl != prior {
		ttl, explicit = prior, true
	}
	st.ofSet[rrset], st.bare = ttl, false
	if explicit {
		st.last, st.hasLast = ttl, true
	}
	return ttl, explicit
}

func (w *writer) directive(name string, args ...string) {
	w.out.WriteString(pick(w, "directive case", name, name, strings.ToLower(name)))
	for _, a := range args {
		w.blank(0)
		w.out.WriteString(a)
	}
	w.endLine()
}

// step writes one thing: a record or a directive.
func (w *writer) step() {
	switch w.n("step", 0, 11) {
	case 0:
		o := pick(w, "origin", genApex, labels{"sub", "example", "com"}, labels{"Sub", "sub", "example", "com"}, labels{"com"}, labels{})
		w.directive("$ORIGIN", w.writeName(o))
		w.origin = o
	case 1:
		ttl := w.ttl()
		w.directive("$TTL", w.writeTTL(ttl))
		w.ttls.dflt, w.ttls.hasDflt = ttl, true
	case 2:
		if w.includes && len(*w.files) < 4 {
			w.include()
			return
		}
		fallthrough
	default:
		w.record(pick(w, "type", w.types...))
	}
}

// include writes some records into a file of its own. Behind it the origin and
// the owner are what they were, but a $TTL holds on.
func (w *writer) include() {
	in := *w
	in.out, in.hasOwner = &strings.Builder{}, false
	*w.files = append(*w.files, in.out)
	name := fmt.Sprintf("f%d", len(*w.files)-1)
	if w.n("origin argument", 0, 1) == 1 {
		in.origin = pick(w, "include origin", genApex, labels{"inc", "example", "com"})
		w.directive("$INCLUDE", name, w.writeName(in.origin))
	} else {
		w.directive("$INCLUDE", name)
	}
	for range w.n("steps", 0, 4) {
		in.step()
	}
	w.records, w.serial = in.records, in.serial
}

// genZone draws a zone of example.com.
func genZone(d dialect) *rapid.Generator[written] {
	return rapid.Custom(func(t *rapid.T) written {
		out := &strings.Builder{}
		files := []*strings.Builder{out}
		w := &writer{t: t, out: out, dialect: d, files: &files, origin: genApex, ttls: &genTTL{ofSet: map[string]uint32{}}}
		w.eol = pick(w, "eol", "\n", "\n", "\r\n")
		if w.n("leading", 0, 1) == 1 {
			w.directive("$TTL", "1h")
			w.ttls.dflt, w.ttls.hasDflt = 3600, true
		}
		minimum := w.ttl()
		if w.bareSOA && !w.ttls.hasDflt && w.n("SOA without TTL", 0, 1) == 1 {
			w.ttls.dflt, w.ttls.hasDflt, w.ttls.bare = minimum, true, true
		}
		w.write(genApex, false, "SOA", []field{
			w.fHost(), w.fName(), w.fUint(32), w.fTTL(), w.fTTL(), w.fTTL(),
			{strconv.FormatUint(uint64(minimum), 10), []string{w.writeTTL(minimum)}},
		})
		ns := labels{"ns", "example", "net"}
		w.write(genApex, w.n("inherit", 0, 1) == 1, "NS", []field{{ns.plain(), []string{w.writeName(ns)}}})
		for range w.n("steps", 0, 12) {
			w.step()
		}
		texts := make([]string, len(files))
		for i, b := range files {
			texts[i] = b.String()
			// BIND refuses a directive on a last line without a line end.
			cut := strings.TrimRight(texts[i], "\r\n")
			if w.seldom("no last line end", 6) && !strings.HasPrefix(cut[strings.LastIndexByte(cut, '\n')+1:], "$") {
				texts[i] = cut
			}
		}
		return written{texts, w.records}
	})
}

// sameRecords compares records in order, but for their places and notes.
func sameRecords(t interface{ Errorf(string, ...any) }, what string, got, want []zone.Record) bool {
	ok := true
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("%s: missing %s", what, want[i])
			ok = false
		case i >= len(want):
			t.Errorf("%s: too much: %s", what, got[i])
			ok = false
		case !got[i].Same(want[i]):
			t.Errorf("%s: record %d\ngot  %s\n     %q\nwant %s\n     %q", what, i, got[i], got[i].Data, want[i], want[i].Data)
			ok = false
		}
		if !ok {
			return false
		}
	}
	return true
}

func TestGenPlain(t *testing.T) {
	if got, want := (labels{"a.b", "C"}).plain(), `a\046b.C.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := (labels{"a.b", "C"}).wire(), zone.Name("\x03a.b\x01c\x00"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
