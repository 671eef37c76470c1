package domainconnect

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

// line is a record of a template with its variables replaced.
type line struct {
	*Record
	owner  string // relative to the domain; "" is the domain itself
	target string // absolute, without a final dot; "." is the root
	addr   netip.Addr
	data   string // RDATA, or the text of a TXT record
	// The numbers are -1 where none is given or a variable has no value.
	ttl, priority, weight, port int
}

// open says that a part of a text is not known: a variable stands there, between
// these two octets. The root of a scope has values for all variables, so that
// none occur.
const (
	openStart = "\x00"
	openEnd   = "\x01"
)

// isOpen reports whether a text has variables without a value.
func isOpen(s string) bool { return strings.Contains(s, openStart) }

// masked returns a text with a letter for each variable without a value, to see
// whether the rest of it is right.
func masked(s string) string {
	for {
		before, rest, ok := strings.Cut(s, openStart)
		if !ok {
			return s
		}
		_, after, _ := strings.Cut(rest, openEnd)
		s = before + "x" + after
	}
}

// lines renders the records of the groups. It stops at no mistake; the errors
// are in the order of the template. Records that are none of the DNS are left
// out with a note.
func (s *scope) lines(groups []string) (out []line, notes []pack.Problem, errs []error) {
	if s.t.HostRequired && s.host == "" {
		return nil, nil, []error{s.t.fail(ErrHostRequired, Place{1, 1}, "the template is for a host below the domain; name one")}
	}
	if s.host != "" && !isHostName(s.host, false) {
		return nil, nil, []error{s.t.fail(ErrInvalidData, Place{1, 1}, "the host %q is no name below the domain", s.host)}
	}
	for _, r := range s.t.active(groups) {
		switch r.Type {
		case "REDIR301", "REDIR302", "APEXCNAME":
			notes = append(notes, noteAt(r.TypeAt, "%s is no type of the DNS but a service of some providers; the record is left out", r.Type))
			continue
		}
		l, err := s.line(r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, l)
	}
	if len(errs) == 0 {
		for _, err := range s.selfConflicts(out) {
			errs = append(errs, err)
		}
	}
	return out, notes, errs
}

func noteAt(at Place, format string, args ...any) pack.Problem {
	return pack.Problem{Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...)}
}

// line renders one record.
func (s *scope) line(r *Record) (l line, err *Error) {
	l = line{Record: r}
	if l.owner, err = s.owner(r); err != nil {
		return l, err
	}
	for _, n := range []struct {
		text Text
		most uint64
		what string
		dst  *int
	}{
		// RFC 2181, section 8, for the TTL.
		{r.TTL, 1<<31 - 1, "ttl", &l.ttl},
		{r.Priority, 1<<16 - 1, "priority", &l.priority},
		{r.Weight, 1<<16 - 1, "weight", &l.weight},
		{r.Port, 1<<16 - 1, "port", &l.port},
	} {
		if *n.dst, err = s.number(n.text, n.most, n.what); err != nil {
			return l, err
		}
	}
	switch r.Type {
	case "A", "AAAA":
		l.addr, l.target, err = s.address(r)
	case "CNAME", "NS", "MX", "SRV":
		l.target, err = s.target(r)
	case "SPFM":
		l.data, err = s.expand(r.Data)
	case "TXT":
		if l.data, err = s.expand(r.Data); err == nil {
			l.data = unquoted(l.data)
		}
	default:
		l.data, err = s.rdata(r)
	}
	if err == nil && len(l.data) > maxText {
		err = s.t.fail(ErrInvalidData, r.Data.Place, "the data have more than %d octets, which no record can hold", maxText)
	}
	return l, err
}

// maxText is how many octets a TXT record may have here; the length octets of
// its strings leave it below the 65,535 of RFC 1035, section 3.2.1.
const maxText = 60000

// owner renders the owner of a record: relative to the name that the template
// is applied to, unless it ends with a dot.
func (s *scope) owner(r *Record) (string, *Error) {
	name, err := s.expand(r.Host)
	if err != nil {
		return "", err
	}
	written := name
	bad := func(why string) *Error {
		return s.t.fail(ErrInvalidData, r.Host.Place, "the %s record has the owner %q, %s", r.Type, show(written), why)
	}
	absolute, dotted := strings.CutSuffix(name, ".")
	switch {
	case name == "" || name == "@":
		name = s.host
	case !dotted:
		name = below(name, s.host)
	case strings.EqualFold(absolute, s.domain):
		name = ""
	default:
		cut := len(absolute) - len(s.domain) - 1
		if cut < 1 || absolute[cut] != '.' || !strings.EqualFold(absolute[cut+1:], s.domain) {
			return "", bad("which is not in the zone of " + show(s.domain))
		}
		name = absolute[:cut]
	}
	if name != "" && !isHostName(masked(name), true) {
		return "", bad("which is no domain name")
	}
	if r.Type == "CNAME" && name == "" {
		return "", bad("where the SOA is: no alias can stand beside that (RFC 1034, section 3.6.2)")
	}
	if r.Type != "SRV" {
		return name, s.fits(name, r.Host)
	}
	service, err := s.expand(r.Service)
	if err != nil {
		return "", err
	}
	protocol, err := s.expand(r.Protocol)
	if err != nil {
		return "", err
	}
	service, protocol = strings.TrimPrefix(service, "_"), strings.ToLower(strings.TrimPrefix(protocol, "_"))
	if !isHostName(masked(service), false) {
		return "", s.t.fail(ErrInvalidData, r.Service.Place, "%q is no name of a service", show(service))
	}
	if protocol != "tcp" && protocol != "udp" && protocol != "tls" && !isOpen(protocol) {
		return "", s.t.fail(ErrInvalidData, r.Protocol.Place, "the protocol %q is none of tcp, udp and tls", show(protocol))
	}
	name = below("_"+service+"._"+protocol, name) // RFC 2782
	return name, s.fits(name, r.Host)
}

// fits returns an error if a name is too long for the zone.
func (s *scope) fits(name string, at Text) *Error {
	if _, err := zone.ParseName(below(masked(name), masked(s.domain)), zone.Root); err != nil {
		return s.t.fail(ErrInvalidData, at.Place, "%q is no domain name: %v", show(name), err)
	}
	return nil
}

// target renders the domain name that a record points at, which is absolute.
func (s *scope) target(r *Record) (string, *Error) {
	name, err := s.expand(r.PointsTo)
	if err != nil {
		return "", err
	}
	bad := func(why string) *Error {
		return s.t.fail(ErrInvalidData, r.PointsTo.Place, "the %s record points at %q, %s", r.Type, show(name), why)
	}
	if name == "@" {
		if r.Type == "NS" {
			return "", bad("which would delegate the name to itself")
		}
		return s.fqdn(), nil
	}
	if name == "." && (r.Type == "MX" || r.Type == "SRV") {
		return name, nil // RFC 7505, section 3; RFC 2782
	}
	plain := strings.TrimSuffix(name, ".")
	if !isHostName(masked(plain), false) {
		return "", bad("which is no domain name")
	}
	if _, err := zone.ParseName(masked(plain), zone.Root); err != nil {
		return "", bad(fmt.Sprintf("which is no domain name: %v", err))
	}
	return plain, nil
}

// address renders the address of an A or AAAA record; text is what it is where
// a variable has no value.
func (s *scope) address(r *Record) (addr netip.Addr, text string, err *Error) {
	if text, err = s.expand(r.PointsTo); err != nil || isOpen(text) {
		return addr, text, err
	}
	a, parsed := netip.ParseAddr(text)
	if parsed != nil || a.Zone() != "" || a.Is4() != (r.Type == "A") || a.Is4In6() {
		family := "IPv4"
		if r.Type == "AAAA" {
			family = "IPv6"
		}
		return addr, "", s.t.fail(ErrInvalidData, r.PointsTo.Place, "the %s record points at %q, which is no %s address", r.Type, text, family)
	}
	return a, text, nil
}

// rdata renders the data of a record of another type, as in a master file.
func (s *scope) rdata(r *Record) (string, *Error) {
	data, err := s.expand(r.Data)
	if err != nil {
		return "", err
	}
	t, ok := zone.ParseType(r.Type)
	switch {
	case !ok:
		return "", s.t.fail(ErrUnknownType, r.TypeAt, "%q is no RR type", r.Type)
	case t == zone.TypeSOA:
		return "", s.t.fail(ErrInvalidTemplate, r.TypeAt, "a template cannot replace the SOA record")
	case isOpen(data):
		return data, nil
	}
	if _, bad := parseData(zone.Root, t, 0, data); bad != nil {
		return "", s.t.fail(ErrInvalidData, r.Data.Place, "%q is no data of a %s record: %v", data, r.Type, bad)
	}
	return data, nil
}

// number renders a number: digits, or one variable and nothing beside it. It
// returns -1 where there is none.
func (s *scope) number(f Text, most uint64, what string) (int, *Error) {
	if !f.Given {
		return -1, nil
	}
	text := f.Value
	if strings.Contains(text, "%") {
		if strings.Count(text, "%") == 2 && (text[0] != '%' || text[len(text)-1] != '%') || strings.Count(text, "%") > 2 {
			return 0, s.t.fail(ErrInvalidData, f.Place, "%s: %q is neither a number nor one variable", what, text)
		}
		var err *Error
		if text, err = s.expand(f); err != nil {
			return 0, err
		}
		if isOpen(text) {
			return -1, nil
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil || n > most {
		return 0, s.t.fail(ErrInvalidData, f.Place, "%s: %q is no whole number from 0 to %d", what, text, most)
	}
	return int(n), nil
}

// show returns a text as a person writes it, variables in percent signs.
func show(s string) string {
	return strings.NewReplacer(openStart, "%", openEnd, "%").Replace(s)
}

// isHostName reports whether a text is a domain name without a final dot, of
// letters, digits, hyphens within labels (RFC 1123, section 2.1) and
// underscores. The first label may be "*" if a wildcard is allowed.
func isHostName(s string, wildcard bool) bool {
	for i, label := range strings.Split(s, ".") {
		if label == "*" && i == 0 && wildcard {
			continue
		}
		if label == "" || len(label) > zone.MaxLabel || label[0] == '-' || label[len(label)-1] == '-' || !isVariable(label) {
			return false
		}
	}
	return true
}

// selfConflicts finds records of the template that cannot stand together: an
// alias beside anything else, and what lies at or below a delegation of it.
func (s *scope) selfConflicts(lines []line) []*Error {
	var out []*Error
	owners := make([]string, len(lines))
	for i := range lines {
		owners[i] = strings.ToLower(lines[i].owner)
		for j := range lines[:i] {
			a, b, x, y := &lines[j], &lines[i], owners[j], owners[i]
			clash := false
			switch {
			case a.Type == "CNAME" && b.Type == "CNAME" && x == y && strings.EqualFold(a.target, b.target):
				// The same twice.
			case (a.Type == "CNAME" || b.Type == "CNAME") && x == y:
				clash = true
			case a.Type == "NS" && b.Type != "NS":
				clash = x != "" && (x == y || strings.HasSuffix(y, "."+x))
			case b.Type == "NS" && a.Type != "NS":
				clash = y != "" && (x == y || strings.HasSuffix(x, "."+y))
			}
			if clash {
				out = append(out, s.t.fail(ErrInvalidData, b.Place, "the %s record of %s cannot stand together with the %s record of %s on line %d",
					b.Type, at(b.owner), a.Type, at(a.owner), a.Line))
				break
			}
		}
	}
	return out
}

// at returns an owner as a person says it.
func at(owner string) string {
	if owner == "" {
		return "@"
	}
	return show(owner)
}
