package zone

import (
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// Type is an RR type by its number.
type Type uint16

// The types that the model itself knows the RDATA of.
const (
	TypeA     = Type(dns.TypeA)
	TypeNS    = Type(dns.TypeNS)
	TypeCNAME = Type(dns.TypeCNAME)
	TypeSOA   = Type(dns.TypeSOA)
	TypePTR   = Type(dns.TypePTR)
	TypeMX    = Type(dns.TypeMX)
	TypeTXT   = Type(dns.TypeTXT)
	TypeAAAA  = Type(dns.TypeAAAA)
	TypeSRV   = Type(dns.TypeSRV)
	TypeDNAME = Type(dns.TypeDNAME)
	TypeDS    = Type(dns.TypeDS)
	TypeRRSIG = Type(dns.TypeRRSIG)
	TypeNSEC  = Type(dns.TypeNSEC)
	TypeTLSA  = Type(dns.TypeTLSA)
	TypeSPF   = Type(dns.TypeSPF) // obsolete: RFC 7208, section 3.1
	TypeCAA   = Type(dns.TypeCAA)
)

// String returns the mnemonic, or TYPEnnn (RFC 3597, section 5).
func (t Type) String() string {
	if s, ok := dns.TypeToString[uint16(t)]; ok {
		return s
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// ParseType reads a mnemonic of any case or TYPEnnn. Types that cannot stand
// in a zone (ANY, AXFR, OPT and the like) are refused.
func ParseType(s string) (Type, bool) {
	t, ok := dns.StringToType[s]
	if !ok {
		up := strings.ToUpper(s)
		if t, ok = dns.StringToType[up]; !ok {
			if t, ok = numbered(up, "TYPE"); !ok {
				return 0, false
			}
		}
	}
	// RFC 6895, section 3.1: 128 to 255 are queries and meta types.
	if t == 0 || t == dns.TypeOPT || t >= 128 && t <= 255 || t == dns.TypeReserved {
		return 0, false
	}
	return Type(t), true
}

// Class is a DNS class by its number; nearly always ClassIN.
type Class uint16

// The classes of RFC 1035, section 3.2.4, that are still heard of.
const (
	ClassIN = Class(dns.ClassINET)
	ClassCH = Class(dns.ClassCHAOS)
	ClassHS = Class(dns.ClassHESIOD)
)

// String returns the mnemonic, or CLASSnnn (RFC 3597, section 5).
func (c Class) String() string {
	switch c {
	case ClassIN:
		return "IN"
	case ClassCH:
		return "CH"
	case ClassHS:
		return "HS"
	}
	return "CLASS" + strconv.Itoa(int(c))
}

// ParseClass reads IN, CH, HS, CS or CLASSnnn in any case.
func ParseClass(s string) (Class, bool) {
	switch {
	case strings.EqualFold(s, "IN"):
		return ClassIN, true
	case strings.EqualFold(s, "CH"), strings.EqualFold(s, "CHAOS"):
		return ClassCH, true
	case strings.EqualFold(s, "HS"), strings.EqualFold(s, "HESIOD"):
		return ClassHS, true
	case strings.EqualFold(s, "CS"), strings.EqualFold(s, "CSNET"):
		return Class(dns.ClassCSNET), true
	}
	c, ok := numbered(strings.ToUpper(s), "CLASS")
	return Class(c), ok
}

func numbered(s, prefix string) (uint16, bool) {
	digits, ok := strings.CutPrefix(s, prefix)
	if !ok || len(digits) == 0 || len(digits) > 5 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	return uint16(n), err == nil
}
