package autoconfig

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

var owner = &rules.Rule{
	ID:       "srv-owner",
	Severity: rules.Warning,
	Summary:  "the owner of an SRV record is not of the form _service._proto",
	What: "The owner of an SRV record lacks the underscore of its service or protocol, lacks the protocol, has the two the wrong way round, " +
		"or names another protocol than _tcp for a service of mail. For services that are not of mail it is advice.",
	Why: "A mail program asks for names such as _imaps._tcp.example.com. A record at another name is never found, " +
		"and the user must enter the server by hand.",
	Bad: `_imaps IN SRV 0 1 993 imap.example.net.
`,
	Good: `_imaps._tcp IN SRV 0 1 993 imap.example.net.
`,
	Refs: []string{"RFC 2782", "RFC 6186, section 3"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkOwner),
}

// transports are the protocols that SRV records are in use with.
var transports = map[string]bool{"tcp": true, "udp": true, "tls": true, "sctp": true, "dccp": true}

// bare returns a label without its underscore.
func bare(label string) (word string, underscored bool) { return strings.CutPrefix(label, "_") }

func checkOwner(p *rules.Pass, s *set) {
	first, second := s.name.Label(), s.name.Parent().Label()
	word, under := bare(first)
	proto, underProto := bare(second)
	if under && underProto && (s.service != nil || services[first] == nil && !transports[word]) || s.name.IsWildcard() {
		return // _ldap._tcp, _sip._tls
	}
	known := services["_"+word]
	to, labels := zone.Name(""), 0 // the form that was meant, and how many labels it takes the place of
	ok := true
	switch {
	case under && underProto && transports[word] && transports[proto]: // _tcp._udp
	case under && underProto && transports[word]: // _tcp._imap
		known = services[second]
		to, ok = renamed(s.name, 2, second+"."+first)
	case under && underProto: // _imaps._tls
		to, ok = renamed(s.name, 2, first+"._tcp")
	case under && transports[word]: // _tcp.example.com
	case under && transports[proto]: // _imaps.tcp
		labels = 2
	case under: // _imaps.example.com
		labels = 1
	case underProto && transports[proto]: // imaps._tcp
		labels = 2
	case known != nil && transports[proto]: // imaps.tcp
		labels = 2
	default:
		return // another use of SRV records
	}
	switch {
	case labels > 0 && known != nil:
		to, ok = renamed(s.name, labels, "_"+word+"._tcp")
	case labels == 2:
		to, ok = renamed(s.name, 2, "_"+word+"._"+proto)
	}
	form := "_service._proto"
	if ok && to != "" {
		form = to.String()
	}
	r := s.records[0]
	f := rules.At(r, ownerPart, "")
	switch {
	case known != nil:
		f.Message = fmt.Sprintf("Mail programs do not ask for %s, so they do not find these SRV records. Name them %s.", s.name, form)
	case to != "":
		f.Severity = rules.Info
		f.Message = fmt.Sprintf("%s is not of the form _service._proto that programs ask for. Most likely %s is meant.", s.name, form)
	default:
		f.Severity = rules.Info
		f.Message = fmt.Sprintf("%s is not of the form _service._proto that programs ask for. Name the service and its protocol, each with an underscore.", s.name)
	}
	if ok && to != "" {
		if changes := s.moved(to); changes != nil {
			p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("move the SRV records to %s", to), changes...))
			return
		}
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("name the SRV records %s, or remove them", form)))
}

var serviceTypo = &rules.Rule{
	ID:       "srv-service-typo",
	Severity: rules.Warning,
	Summary:  "an SRV record has a service name that no mail program asks for",
	What: "The service of an SRV record is not that of a protocol of mail, but most likely meant to be: a name such as _imap4 or _smtps, " +
		"or one a letter away, with the port of that protocol.",
	Why: "Mail programs ask for _imap, _imaps, _pop3, _pop3s, _submission and _submissions only. A record under another name is never found, " +
		"and the user must enter the server by hand.",
	Bad: `_smtps._tcp IN SRV 0 1 465 smtp.example.net.
`,
	Good: `_submissions._tcp IN SRV 0 1 465 smtp.example.net.
`,
	Refs: []string{"RFC 6186, section 3", "RFC 8314, section 5.1", "RFC 8314, section 7.3"},
	Fix:  rules.Unsafe,
	Run:  rules.On(sets, checkService),
}

func checkService(p *rules.Pass, s *set) {
	if s.service != nil || s.name.Parent().Label() != "_tcp" {
		return
	}
	label := s.name.Label()
	// The port is the proof: another service may well have such a name.
	r := s.records[0]
	by := byPort[port(r)]
	if by == "" || len(label) < 2 || label[0] != '_' || len(label) > 24 || null(r) {
		return
	}
	meant := services[aliases[label]]
	if meant == nil {
		for _, near := range []string{by, twinOf(by)} {
			if s := services[near]; s != nil && s.mail && spelling.Distance(label, near) == 1 {
				meant = s
				break
			}
		}
	}
	if meant == nil || meant.label != by && meant.twin != by {
		return
	}
	meant = services[by] // the port tells more than a final s
	to, ok := renamed(s.name, 1, meant.label)
	if !ok {
		return
	}
	f := rules.At(r, ownerPart, fmt.Sprintf("No mail program asks for %s, so it does not find this server for %s. The name is %s.", s.name, meant.what, to))
	if changes := s.moved(to); changes != nil {
		p.Report(f.WithFix(rules.Unsafe, fmt.Sprintf("move the SRV records to %s", to), changes...))
		return
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("remove these records if those of %s say the same", to)))
}

// twinOf returns the label of a service's twin; "" if it has none.
func twinOf(label string) string {
	if s := services[label]; s != nil {
		return s.twin
	}
	return ""
}

var wildcard = &rules.Rule{
	ID:       "srv-wildcard",
	Severity: rules.Info,
	Summary:  "a wildcard SRV record answers for every service",
	What: "A wildcard name has SRV records that name a server. The wildcard answers for every service whose own name does not exist: " +
		"IMAP, submission, calendars and all others alike, with one and the same port.",
	Why: "A mail program that asks for a service which the domain does not have is sent to a server and port of another one, " +
		"and tries that before it asks the user.",
	Bad: `*._tcp IN SRV 0 1 993 imap.example.net.
`,
	Good: `_imaps._tcp IN SRV 0 1 993 imap.example.net.
`,
	Refs: []string{"RFC 4592, section 3.3.1", "RFC 2782"},
	Run:  rules.On(sets, checkWildcard),
}

func checkWildcard(p *rules.Pass, s *set) {
	if !s.name.IsWildcard() {
		return
	}
	for _, r := range s.records {
		if !null(r) {
			p.Report(rules.At(r, ownerPart, fmt.Sprintf("%s answers for every service that has no name of its own, so that mail programs are sent to port %d whatever they look for. Name the service.", s.name, port(r))))
			return
		}
	}
}
