package spf

import (
	"net/netip"
	"strings"
)

// network reads the value of ip4 and ip6 (RFC 7208, section 5.6).
func (p *parser) network(t *Term, at int) {
	text := p.text[:t.To]
	slash := t.To
	if i := strings.IndexByte(text[at:], '/'); i >= 0 {
		slash = at + i
	}
	addr := text[at:slash]
	var ok bool
	if t.Kind == IP4 {
		t.Addr, ok = parseIP4(addr)
	} else {
		t.Addr, ok = parseIP6(addr)
	}
	if !ok {
		t.Addr = netip.Addr{}
		p.badAddress(t, at, slash)
		return
	}
	if slash == t.To {
		return
	}
	if t.Kind == IP4 {
		t.Bits4 = p.prefixLength(slash, t.To, 32, IP4Length)
	} else {
		t.Bits6 = p.prefixLength(slash, t.To, 128, IP6Length)
	}
}

// badAddress says what is wrong with an address that is none of its family.
func (p *parser) badAddress(t *Term, from, to int) {
	addr, rest := p.text[from:to], p.text[to:t.To]
	kind, other := IP4Address, "ip6"
	_, swapped := parseIP6(addr)
	if t.Kind == IP6 {
		kind, other = IP6Address, "ip4"
		_, swapped = parseIP4(addr)
	}
	if !swapped {
		p.fault(kind, from, max(to, from+1))
		return
	}
	f := p.fault(IPFamily, from, to)
	if t.Kind == IP6 {
		t.Kind = IP4
	} else {
		t.Kind = IP6
	}
	name := from - 1 - len(t.Name)
	f.Meant = p.text[t.From:name] + other + ":" + addr + rest
	if _, ok := clean(f.Meant); ok {
		f.Repair, f.Sure = []Edit{{name, from - 1, other}}, true
	}
}

// parseIP4 reads an ip4-network: four decimal numbers up to 255 without
// leading zeros.
func parseIP4(s string) (netip.Addr, bool) {
	var a [4]byte
	part, digits, v := 0, 0, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && isDigit(s[i]) {
			if digits == 3 || digits == 1 && v == 0 {
				return netip.Addr{}, false
			}
			v = 10*v + int(s[i]-'0')
			digits++
			continue
		}
		if digits == 0 || v > 255 || part > 3 || i < len(s) && s[i] != '.' {
			return netip.Addr{}, false
		}
		a[part] = byte(v)
		part++
		digits, v = 0, 0
	}
	return netip.AddrFrom4(a), part == 4
}

// parseIP6 reads an ip6-network (RFC 4291, section 2.2).
func parseIP6(s string) (netip.Addr, bool) {
	if len(s) < 2 || len(s) > len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") || strings.IndexByte(s, ':') < 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is6() || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a, true
}

// prefixLength reads a "/" and a length up to limit, without leading zeros. It
// returns -1 after a fault.
func (p *parser) prefixLength(from, to, limit int, kind FaultKind) int16 {
	digits := p.text[from+1 : to]
	v := 0
	for i := range len(digits) {
		if !isDigit(digits[i]) || v > limit {
			v = limit + 1
			break
		}
		v = 10*v + int(digits[i]-'0')
	}
	if digits == "" || v > limit {
		f := p.fault(kind, from, to)
		if bits, ok := netmask(digits); ok && limit == 32 {
			f.Repair, f.Sure = []Edit{{from + 1, to, bits}}, true
		}
		return -1
	}
	if len(digits) > 1 && digits[0] == '0' {
		f := p.fault(kind, from, to)
		short := strings.TrimLeft(digits, "0")
		if short == "" {
			short = "0"
		}
		f.Repair, f.Sure = []Edit{{from + 1, to, short}}, true
		return -1
	}
	return int16(v)
}

// netmask returns the length of a mask such as 255.255.255.0.
func netmask(s string) (bits string, ok bool) {
	a, ok := parseIP4(s)
	if !ok {
		return "", false
	}
	b := a.As4()
	n := 0
	for n < 32 && b[n/8]&(0x80>>(n%8)) != 0 {
		n++
	}
	for i := n; i < 32; i++ {
		if b[i/8]&(0x80>>(i%8)) != 0 {
			return "", false
		}
	}
	if n < 10 {
		return string(rune('0' + n)), true
	}
	return string([]byte{byte('0' + n/10), byte('0' + n%10)}), true
}

// lengthsAt returns where the lengths of an "a" or "mx" begin, to if there are
// none. A domain-spec may hold slashes too, but cannot end in "/" and digits.
func lengthsAt(text string, from, to int) int {
	at := to
	for {
		i := at
		for i > from && isDigit(text[i-1]) {
			i--
		}
		if i == from || text[i-1] != '/' {
			return at
		}
		at = i - 1
	}
}

// dualLength reads the lengths of "a" and "mx": "/24", "//64" or "/24//64"
// (RFC 7208, section 5.3).
func (p *parser) dualLength(t *Term, at int) {
	second := t.To
	if i := strings.Index(p.text[at:t.To], "//"); i >= 0 {
		second = at + i
	}
	if at < second {
		if i := strings.IndexByte(p.text[at+1:second], '/'); i >= 0 && second == t.To {
			// "/24/64"
			i += at + 1
			f := p.fault(DualLength, at, t.To)
			fixed := "a" + p.text[at:i] + "/" + p.text[i:t.To]
			if _, ok := clean(fixed); ok {
				f.Repair, f.Sure = []Edit{{i, i, "/"}}, true
			}
			return
		}
		t.Bits4 = p.prefixLength(at, second, 32, DualLength)
	}
	if second < t.To {
		t.Bits6 = p.prefixLength(second+1, t.To, 128, DualLength)
	}
}
