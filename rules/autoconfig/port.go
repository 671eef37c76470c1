package autoconfig

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// ports is a check of every record of a service of mail that names a server.
func ports(check func(*rules.Pass, *set, zone.Record)) rules.Runner {
	return rules.On(sets, func(p *rules.Pass, s *set) {
		if s.service == nil {
			return
		}
		for _, r := range s.records {
			if !null(r) {
				check(p, s, r)
			}
		}
	})
}

var portZero = &rules.Rule{
	ID:       "srv-port-zero",
	Severity: rules.Warning,
	Summary:  "an SRV record of a mail service names a server with port 0",
	What:     "An SRV record of a mail service names a server, but its port is 0. A service that is not offered has the target \".\".",
	Why:      "Nothing can connect to port 0: a mail program that goes by the record does not reach the server, and the user cannot set up the account.",
	Bad: `_imaps._tcp IN SRV 0 1 0 imap.example.net.
`,
	Good: `_imaps._tcp IN SRV 0 1 993 imap.example.net.
`,
	Refs: []string{"RFC 2782", "RFC 6186, section 3"},
	Fix:  rules.Unsafe,
	Run: ports(func(p *rules.Pass, s *set, r zone.Record) {
		if port(r) == 0 {
			f := rules.At(r, portField, fmt.Sprintf("Nothing can connect to port 0 of %s. Write the port of %s, which is mostly %d.", r.Target(), s.service.what, s.service.port))
			p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("set the port to %d", s.service.port), zone.Replace(r, withPort(r, s.service.port))))
		}
	}),
}

var portTLS = &rules.Rule{
	ID:       "srv-port-tls",
	Severity: rules.Warning,
	Summary:  "the service of an SRV record begins TLS in another way than its port",
	What: "An SRV record of a service that begins TLS with the connection, such as _imaps, has the port of the service that does not, such as 143, " +
		"or the reverse: _imap with 993, _submission with 465, _submissions with 587.",
	Why: "The service name tells the mail program how to begin. One that begins TLS where the server first sends a greeting, " +
		"or waits for a greeting where the server waits for TLS, does not connect, and the user cannot set up the account.",
	Bad: `_submission._tcp IN SRV 0 1 465 smtp.example.net.
`,
	Good: `_submissions._tcp IN SRV 0 1 465 smtp.example.net.
_submission._tcp IN SRV 0 1 587 smtp.example.net.
`,
	Refs: []string{"RFC 6186, section 3", "RFC 8314, section 3", "RFC 8314, section 5.1", "RFC 6764"},
	Fix:  rules.Unsafe,
	Run:  ports(checkTLS),
}

// mismatched reports whether a record has the port of the service's twin.
func (s *set) mismatched(r zone.Record) bool {
	return s.service.twin != "" && port(r) == services[s.service.twin].port && !null(r)
}

func checkTLS(p *rules.Pass, s *set, r zone.Record) {
	if !s.mismatched(r) {
		return
	}
	twin := services[s.service.twin]
	f := rules.At(r, portField, fmt.Sprintf("%s is for %s, but port %d is that of %s, so mail programs fail to connect. Name the record %s._tcp, or write port %d.", s.name, s.service.what, port(r), twin.what, twin.label, s.service.port))
	to, ok := renamed(s.name, 1, twin.label)
	if !ok || len(s.records) > crowd {
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("write port %d if the server listens there, or name the record %s._tcp", s.service.port, twin.label)))
		return
	}
	for _, o := range s.zone.RRset(to, zone.TypeSRV) {
		if o.Target() == r.Target() && port(o) == port(r) {
			f.Related = []rules.Related{{Span: o.Span(ownerPart), Message: "the same server by its right name"}}
			p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("remove the record, since %s names this server", to), zone.Remove(r)))
			return
		}
	}
	for _, o := range s.records {
		if !s.mismatched(o) {
			p.Report(f.WithFix(rules.Manual, fmt.Sprintf("move the record to %s, or write port %d if the server listens there", to, s.service.port)))
			return
		}
	}
	if changes := s.moved(to); changes != nil {
		p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("move the SRV records to %s", to), changes...))
		return
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("write port %d if the server listens there, or remove the record", s.service.port)))
}

var portWrong = &rules.Rule{
	ID:       "srv-port-wrong",
	Severity: rules.Warning,
	Summary:  "an SRV record of a mail service has the port of another service",
	What: "The port of an SRV record belongs to another protocol of mail: _imaps with 995, _submission with 25. " +
		"_autodiscover must have port 443.",
	Why: "The mail program speaks one protocol and the server another, so it does not connect. Port 25 is for mail between servers: " +
		"many networks close it to users, and servers there take no login. Outlook passes over an _autodiscover record with another port than 443.",
	Bad: `_imaps._tcp IN SRV 0 1 995 imap.example.net.
`,
	Good: `_imaps._tcp IN SRV 0 1 993 imap.example.net.
`,
	Refs: []string{"RFC 6186, section 3", "RFC 6409, section 3.1", "https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/autodiscover-for-exchange"},
	Fix:  rules.Unsafe,
	Run:  ports(checkWrong),
}

// another returns what a port is for, if that is another protocol of mail than
// the service's.
func (s *set) another(number uint16) string {
	by := byPort[number]
	if by == "" || by == s.service.label || by == s.service.twin || !s.service.mail && s.service.label != "_sieve" {
		return ""
	}
	if o := services[by]; o != nil {
		return o.what
	}
	return by
}

func checkWrong(p *rules.Pass, s *set, r zone.Record) {
	number := port(r)
	var message string
	switch what := s.another(number); {
	case s.service.label == "_autodiscover" && number != 443 && number != 0:
		message = fmt.Sprintf("Outlook passes over an Autodiscover record with port %d, since it asks port 443 only. Write 443.", number)
	case what != "":
		message = fmt.Sprintf("%s is for %s, but port %d is for %s, so mail programs do not reach their server. Write the right port, which is mostly %d.", s.name, s.service.what, number, what, s.service.port)
	default:
		return
	}
	f := rules.At(r, portField, message)
	p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("set the port to %d", s.service.port), zone.Replace(r, withPort(r, s.service.port))))
}

var portUnusual = &rules.Rule{
	ID:       "srv-port-unusual",
	Severity: rules.Info,
	Summary:  "an SRV record of a mail service has an unusual port",
	What: "The port of an SRV record for IMAP, POP3 or submission is none that belongs to a protocol of mail. That is allowed, " +
		"and mail programs that go by SRV records use it.",
	Why: "Many mail programs do not know SRV records and try the usual ports, and some networks let users through to those only. " +
		"A wrong digit looks the same.",
	Bad: `_imaps._tcp IN SRV 0 1 933 imap.example.net.
`,
	Good: `_imaps._tcp IN SRV 0 1 993 imap.example.net.
`,
	Refs: []string{"RFC 2782", "RFC 6186, section 3"},
	Run: ports(func(p *rules.Pass, s *set, r zone.Record) {
		if number := port(r); s.service.mail && number != 0 && byPort[number] == "" {
			p.Report(rules.At(r, portField, fmt.Sprintf("Port %d is unusual for %s, where it is mostly %d. Make sure that the server listens there.", number, s.service.what, s.service.port)))
		}
	}),
}
