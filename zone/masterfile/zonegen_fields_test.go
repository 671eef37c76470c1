package masterfile_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

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
