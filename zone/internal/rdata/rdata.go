// Package rdata makes records of the data that DNS-as-code tools hold: names
// with or without their final dot, texts with or without quotes, and RDATA in
// presentation format.
package rdata

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"

	"github.com/zonelint/zonelint/zone"
)

// Name reads a name. One without a final dot is completed with origin, which is
// zone.Root where such a name is absolute. Labels beyond ASCII become A-labels
// (RFC 5890, section 2.3.2.1).
func Name(s string, origin zone.Name) (zone.Name, error) {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			a, err := idna.Lookup.ToASCII(s)
			if err != nil {
				// An underscore or the like, which the profile for lookups
				// refuses.
				a, err = idna.Punycode.ToASCII(strings.ToLower(s))
			}
			if err != nil {
				return "", errors.New("no domain name")
			}
			s = a
			break
		}
	}
	return zone.ParseName(s, origin)
}

// Address makes an A or AAAA record of an address.
func Address(name zone.Name, t zone.Type, ttl uint32, s string) (zone.Record, error) {
	a, err := netip.ParseAddr(strings.TrimSpace(s))
	if err != nil || a.Zone() != "" || a.Is4() != (t == zone.TypeA) {
		return zone.Record{}, fmt.Errorf("not the address of an %s record", t)
	}
	if a.Is4In6() {
		b := a.As16()
		return zone.Record{Name: name, Type: t, Class: zone.ClassIN, TTL: ttl, Data: string(b[:])}, nil
	}
	return zone.NewAddress(name, ttl, a), nil
}

// Text makes a TXT record of a text.
func Text(name zone.Name, t zone.Type, ttl uint32, text string) (zone.Record, error) {
	if len(text) > maxText {
		return zone.Record{}, errTextLong
	}
	return zone.Record{Name: name, Type: t, Class: zone.ClassIN, TTL: ttl, Data: zone.TextData(text)}, nil
}

// maxText is how many octets of text an RDATA of 65,535 octets can hold.
const maxText = 65_000

var errTextLong = errors.New("a text that is longer than a record can hold")

// Parse makes a record of RDATA in presentation format (RFC 1035, section 5.1).
// Names without a final dot are completed with origin. TXT is not for it; see
// Strings.
func Parse(name zone.Name, t zone.Type, ttl uint32, text string, origin zone.Name) (zone.Record, error) {
	switch t {
	case zone.TypeA, zone.TypeAAAA:
		return Address(name, t, ttl, text)
	case zone.TypeNS, zone.TypeCNAME, zone.TypePTR, zone.TypeDNAME:
		target, err := Name(strings.TrimSpace(text), origin)
		return zone.NewName(name, t, ttl, target), err
	}
	if strings.ContainsAny(text, "\n\r\x00") {
		return zone.Record{}, errors.New("a line break or NUL")
	}
	if len(text) > maxText {
		return zone.Record{}, errTextLong
	}
	z := dns.NewZoneParser(strings.NewReader(fmt.Sprintf("%s %d IN %s %s\n", name, ttl, t, text)), origin.String(), "")
	rr, ok := z.Next()
	if err := z.Err(); err != nil {
		return zone.Record{}, fmt.Errorf("not the data of an %s record", t)
	}
	if !ok {
		return zone.Record{}, errors.New("nothing")
	}
	r, err := zone.FromRR(rr)
	if err != nil {
		return zone.Record{}, fmt.Errorf("not the data of an %s record", t)
	}
	if r.Name != name || r.Type != t {
		return zone.Record{}, errors.New("not one record")
	}
	r.TTL = ttl
	return r, nil
}

// Word is a character-string of a TXT record as it was written.
type Word struct {
	Text   string
	Quoted bool
	Apart  bool  // a blank stands before it
	at     []int // where each octet of Text begins in what was written
}

// Strings reads the character-strings of a TXT record in presentation format.
// Quoted ones may follow each other without a blank.
func Strings(s string) ([]Word, error) {
	var out []Word
	total := 0
	apart := false
	for i := 0; i < len(s); {
		switch s[i] {
		case ' ', '\t', '\n', '\r':
			apart = true
			i++
			continue
		}
		w, n, err := word(s, i)
		if err != nil {
			return nil, err
		}
		w.Apart, apart = apart, false
		if total += len(w.Text) + 1; total > maxText {
			return nil, errTextLong
		}
		out, i = append(out, w), n
	}
	return out, nil
}

// word reads the string at i and returns where it ends.
func word(s string, i int) (w Word, end int, err error) {
	w.Quoted = s[i] == '"'
	if w.Quoted {
		i++
	}
	var b strings.Builder
	for {
		if i == len(s) {
			if w.Quoted {
				return w, 0, errors.New("a quote is not closed")
			}
			break
		}
		c, n := s[i], 1
		if w.Quoted && c == '"' {
			i++
			break
		}
		if !w.Quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"') {
			break
		}
		if c == '\\' {
			if c, n = unescape(s[i:]); n == 0 {
				return w, 0, zone.ErrEscape
			}
		}
		b.WriteByte(c)
		w.at = append(w.at, i)
		i += n
	}
	w.Text = b.String()
	return w, i, nil
}

// unescape reads \X or \DDD at the start of s.
func unescape(s string) (c byte, n int) {
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	if len(s) < 2 {
		return 0, 0
	}
	if !digit(s[1]) {
		return s[1], 2
	}
	if len(s) < 4 || !digit(s[2]) || !digit(s[3]) {
		return 0, 0
	}
	v := int(s[1]-'0')*100 + int(s[2]-'0')*10 + int(s[3]-'0')
	if v > 255 {
		return 0, 0
	}
	return byte(v), 4
}

// Record makes a TXT record of character-strings, those that are too long cut;
// its Notes say how they were written.
func Record(name zone.Name, t zone.Type, ttl uint32, words []Word) zone.Record {
	r := zone.Record{Name: name, Type: t, Class: zone.ClassIN, TTL: ttl}
	var strs []string
	for _, w := range words {
		s := w.Text
		if len(s) > zone.MaxString {
			r.Notes |= zone.LongString
		}
		if !w.Quoted {
			r.Notes |= zone.Unquoted
		}
		for len(s) > zone.MaxString {
			strs, s = append(strs, s[:zone.MaxString]), s[zone.MaxString:]
		}
		strs = append(strs, s)
	}
	if len(strs) == 0 {
		strs = []string{""}
	}
	r.Data = zone.StringsData(strs)
	return r
}

// Where returns which octets of what was written stand for the octets from to
// to of the joined text.
func Where(words []Word, from, to int) (start, end int) {
	start = -1
	at := 0
	for _, w := range words {
		for i, p := range w.at {
			if at+i >= from && start < 0 {
				start = p
			}
			if at+i == max(to-1, from) && start >= 0 {
				end = p + 1
				if i+1 < len(w.at) {
					end = w.at[i+1]
				}
				if to <= from {
					end = start
				}
				return start, end
			}
			end = p + 1
		}
		at += len(w.Text)
	}
	if start < 0 {
		start = end
	}
	return start, end
}

// LosesBlanks reports whether a blank stood between two strings that are not
// both quoted, where the joined text has none.
func LosesBlanks(words []Word) bool {
	for i, w := range words {
		if i == 0 || !w.Apart || w.Quoted && words[i-1].Quoted {
			continue
		}
		if !strings.HasSuffix(words[i-1].Text, " ") && !strings.HasPrefix(w.Text, " ") {
			return true
		}
	}
	return false
}
