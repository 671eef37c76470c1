package pack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Setting is a server that mail programs use, for the customers of one domain.
type Setting struct {
	*Client
	// Server is the name of the server without a final dot, with the variables
	// that are not known in braces.
	Server string
	// Missing are the names of these variables, nil if the server is known.
	Missing []string
	// Retired says that the server works no more.
	Retired bool
}

// Secure reports whether a mail program may be told to use the server: it works,
// and the connection is encrypted.
func (s Setting) Secure() bool { return s.Security != Plain && !s.Retired }

// Incoming reports whether mail is read there.
func (s Setting) Incoming() bool { return s.Protocol == IMAP || s.Protocol == POP3 }

// Settings returns the client settings of a pack, protocol by protocol and the
// best first: the host's advice, then TLS from the first octet (RFC 8314,
// section 3). Variables take the values of s.Given, those that the zone shows,
// and their defaults. z may be nil, apex then tells the domain, or nothing if
// it is "". An error says that a given value makes no name of a host.
func (s Selector) Settings(p *Pack, z *zone.Zone, apex zone.Name) ([]Setting, error) {
	sc := p.scopeWithout(s.Given)
	switch {
	case z != nil:
		c := &check{z: z, pack: p, base: z.Apex, all: []*Pack{p}}
		c.read(s.Given)
		sc = c.scope
	case apex != "":
		sc = p.scopeOf(apex, s.Given)
	}
	var out []Setting
	for i := range p.Clients {
		set, err := p.setting(&p.Clients[i], sc, s.Given)
		if err != nil {
			return nil, err
		}
		out = append(out, set)
	}
	slices.SortStableFunc(out, func(a, b Setting) int {
		return cmp.Or(cmp.Compare(slices.Index(protocols, a.Protocol), slices.Index(protocols, b.Protocol)), a.compare(b))
	})
	return out, nil
}

// protocols in the order in which people read of them.
var protocols = []Protocol{IMAP, POP3, Submission, ManageSieve}

func (p *Pack) setting(c *Client, sc scope, given Bindings) (Setting, error) {
	set := Setting{Client: c, Retired: c.Advice == Retired || p.Status == Closed}
	text, known := sc.render(c.Host)
	set.Server = strings.TrimSuffix(text, ".")
	if known && isHost(set.Server) {
		return set, nil
	}
	for _, v := range c.Host.Variables() {
		_, bound := sc.bound[v]
		_, likely := sc.likely[v]
		value, byUser := given[v]
		switch {
		case known && byUser:
			return set, fmt.Errorf("with %s=%s the server of %s is %q, which is no name of a host", v, value, p.ID, set.Server)
		case known || !bound && !likely:
			set.Missing = append(set.Missing, v)
		}
	}
	if known { // what the zone shows makes no name
		set.Server = c.Host.Text
	}
	return set, nil
}

// isHost reports whether a text is the name of a host (RFC 1123, section 2.1).
func isHost(s string) bool {
	_, err := zone.ParseName(s, zone.Root)
	return err == nil && s != "." && !strings.ContainsFunc(s, func(r rune) bool { return !hostRune(r) })
}

// scopeWithout is scopeOf where the domain is not known.
func (p *Pack) scopeWithout(given Bindings) scope {
	sc := scope{bound: maps.Clone(given), likely: Bindings{}}
	for _, v := range p.Variables {
		if value, err := ParseValue(v.Default); err == nil && v.Default != "" && value.Fixed() {
			sc.likely[v.Name] = v.Default
		}
	}
	return sc
}

// compare orders two settings of a protocol, the better first.
func (s Setting) compare(o Setting) int {
	return cmp.Or(
		first(!s.Retired, !o.Retired),
		first(s.Security != Plain, o.Security != Plain),
		first(!s.Unconfirmed, !o.Unconfirmed),
		first(s.Advice == Advised, o.Advice == Advised),
		first(s.Advice != Discouraged, o.Advice != Discouraged),
		first(s.Security == TLS, o.Security == TLS))
}

// first puts what is so before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// Choice is the settings that a mail program is told: those of one product of
// the host, with encryption.
type Choice struct {
	// Product is the note of the settings; "" if they have none.
	Product string
	// Others are the notes of the settings for other products.
	Others []string
	// Incoming are servers of IMAP, then POP3; Outgoing those of submission; the
	// best of each protocol first. Either may be empty.
	Incoming, Outgoing []Setting
}

// Choose returns the settings of a product, named by a note in any case of
// letters; "" is that of the best setting. Notes tell products apart where IMAP
// servers have them, and POP3 servers if there is no IMAP; others are remarks.
// ok is false if there is no such product.
func Choose(settings []Setting, product string) (c Choice, ok bool) {
	secure := slices.DeleteFunc(slices.Clone(settings), func(s Setting) bool { return !s.Secure() })
	products := notes(secure, IMAP)
	if len(products) == 0 {
		products = notes(secure, POP3)
	}
	if product != "" {
		i := slices.IndexFunc(products, func(n string) bool { return strings.EqualFold(n, product) })
		if i < 0 {
			return Choice{Others: products}, false
		}
		c.Product = products[i]
	} else if len(products) > 0 {
		c.Product = products[0]
	}
	if len(products) == 1 { // a remark, where there is nothing to tell apart
		c.Product, products = "", nil
	}
	c.Others = slices.DeleteFunc(slices.Clone(products), func(n string) bool { return n == c.Product })
	of := func(product string, kind func(Setting) bool) []Setting {
		var out []Setting
		for _, s := range secure {
			note := s.Note
			if !slices.Contains(products, note) {
				note = ""
			}
			if note == product && kind(s) {
				out = append(out, s)
			}
		}
		return out
	}
	sends := func(s Setting) bool { return s.Protocol == Submission }
	c.Incoming = of(c.Product, Setting.Incoming)
	c.Outgoing = of(c.Product, sends)
	if len(c.Outgoing) == 0 { // one server sends for all products
		c.Outgoing = of("", sends)
	}
	return c, true
}

// notes returns the notes of the settings of a protocol, each once; "" is one.
func notes(settings []Setting, protocol Protocol) []string {
	var out []string
	for _, s := range settings {
		if s.Protocol == protocol && !slices.Contains(out, s.Note) {
			out = append(out, s.Note)
		}
	}
	return out
}
