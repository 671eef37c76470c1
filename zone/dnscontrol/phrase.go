package dnscontrol

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Phrase implements zone.Phraser: the calls that make the new records.
func (s *source) Phrase(z *zone.Zone, c zone.Change) []string {
	ttl := uint32(defaultTTL) // what a record has that does not say it
	for _, r := range z.RRset(c.Name, c.Type) {
		ttl = r.TTL
	}
	var out []string
	for _, r := range c.After {
		stays := false
		for _, b := range c.Before {
			stays = stays || b.Same(r)
		}
		if stays {
			continue
		}
		args := arguments(r)
		if args == "" {
			continue
		}
		if r.TTL != ttl {
			args += fmt.Sprintf(", TTL(%d)", r.TTL)
		}
		out = append(out, fmt.Sprintf("%s(%s, %s),", r.Type, quote(r.Name.Relative(z.Apex)), args))
	}
	return out
}

// arguments are those of the call that makes a record, behind its name; "" for
// a type that has other ones.
func arguments(r zone.Record) string {
	switch r.Type {
	case zone.TypeTXT:
		return quote(r.Text())
	case zone.TypeA, zone.TypeAAAA:
		return quote(r.RData())
	case zone.TypeCNAME, zone.TypeNS, zone.TypePTR:
		return quote(r.Target().String())
	case zone.TypeMX:
		return fmt.Sprintf("%d, %s", r.Preference(), quote(r.Target().String()))
	case zone.TypeSRV:
		p, w, port := r.SRV()
		return fmt.Sprintf("%d, %d, %d, %s", p, w, port, quote(r.Target().String()))
	case zone.TypeCAA:
		flags, tag, value, ok := r.CAA()
		if !ok {
			return ""
		}
		args := quote(tag) + ", " + quote(value)
		if flags&0x80 != 0 {
			args += ", CAA_CRITICAL"
		}
		return args
	}
	return ""
}

// quote writes a string as JavaScript does.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
