package domainconnect

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// unquoted returns the text of a TXT record. Data that begin and end with a
// quotation mark are strings as in a master file (RFC 1035, section 5.1), which
// are joined; anything else is the text itself.
func unquoted(data string) string {
	if len(data) < 2 || data[0] != '"' || data[len(data)-1] != '"' {
		return data
	}
	var b strings.Builder
	for rest := data; rest != ""; {
		if rest[0] != '"' {
			return data
		}
		i := 1
		for ; i < len(rest) && rest[i] != '"'; i++ {
			if rest[i] != '\\' {
				b.WriteByte(rest[i])
				continue
			}
			c, n := unescaped(rest[i+1:])
			if n == 0 {
				return data
			}
			b.WriteByte(c)
			i += n
		}
		if i >= len(rest) {
			return data // the last string has no end
		}
		rest = strings.TrimLeft(rest[i+1:], " \t")
	}
	return b.String()
}

// unescaped returns the octet that follows a backslash, and how many octets it
// is written in; none if it is no escape.
func unescaped(s string) (c byte, n int) {
	switch {
	case s == "":
		return 0, 0
	case s[0] < '0' || s[0] > '9':
		return s[0], 1
	case len(s) < 3 || s[1] < '0' || s[1] > '9' || s[2] < '0' || s[2] > '9':
		return 0, 0
	}
	v := int(s[0]-'0')*100 + int(s[1]-'0')*10 + int(s[2]-'0')
	if v > 255 {
		return 0, 0
	}
	return byte(v), 3
}

// parseData makes a record of RDATA in presentation format. Names in it are
// absolute.
func parseData(owner zone.Name, t zone.Type, ttl uint32, data string) (zone.Record, error) {
	switch strings.TrimSpace(data) {
	case "":
		return zone.Record{}, errors.New("there is nothing")
	case "@":
		return zone.Record{}, errors.New("@ stands for no name here")
	}
	if strings.ContainsAny(data, "\n\r") {
		return zone.Record{}, errors.New("a line break cannot stand in it")
	}
	rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", owner, ttl, t, data))
	if err != nil {
		var pe *dns.ParseError
		if errors.As(err, &pe) {
			return zone.Record{}, errors.New("it cannot be read")
		}
		return zone.Record{}, err
	}
	if rr == nil {
		return zone.Record{}, errors.New("there is nothing")
	}
	r, err := zone.FromRR(rr)
	if err == nil && r.Type != t {
		err = errors.New("it is of another type")
	}
	return r, err
}
