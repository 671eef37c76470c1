package transport

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var stsWrongPlace = &rules.Rule{
	ID:       "sts-wrong-place",
	Severity: rules.Error,
	Summary:  "an MTA-STS record stands where no sender looks",
	What: "A TXT record that begins with v=STSv1 stands at a name whose first label is not _mta-sts, for example at the domain itself or at mta-sts. " +
		"Targets of a CNAME at _mta-sts and wildcards are left alone. It is a warning at a name that is no mail domain, since a CNAME in another zone could lead there.",
	Why: "Senders ask for _mta-sts.example.com and nothing else, so the domain has no MTA-STS.",
	Bad: `@ IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Good: `_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
`,
	Refs: []string{"RFC 8461, section 3.1"},
	Fix:  rules.Safe,
	Run:  STS.check(checkMisplaced),
}

var tlsrptWrongPlace = &rules.Rule{
	ID:       "tlsrpt-wrong-place",
	Severity: rules.Error,
	Summary:  "a TLS-RPT record stands where no sender looks",
	What: "A TXT record that begins with v=TLSRPTv1 stands at a name whose first labels are not _smtp._tls, for example at the domain itself. " +
		"Targets of a CNAME at _smtp._tls and wildcards are left alone. It is a warning at a name that is no mail domain, since a CNAME in another zone could lead there.",
	Why: "Senders ask for _smtp._tls.example.com and nothing else, so the domain gets no reports.",
	Bad: `@ IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
`,
	Refs: []string{"RFC 8460, section 3"},
	Fix:  rules.Safe,
	Run:  TLSRPT.check(checkMisplaced),
}

var tlsrptOldName = &rules.Rule{
	ID:       "tlsrpt-old-name",
	Severity: rules.Error,
	Summary:  "a TLS-RPT record stands at the name that only the drafts had",
	What:     "A TLS-RPT record stands at _smtp-tlsrpt, where the drafts of the standard had it. Since 2018 its name is _smtp._tls. It is a warning where _smtp._tls has its record too.",
	Why:      "Senders ask for _smtp._tls.example.com and nothing else, so the domain gets no reports.",
	Bad: `_smtp-tlsrpt IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
`,
	Refs: []string{"RFC 8460, section 3"},
	Fix:  rules.Safe,
	Run:  TLSRPT.check(checkOldName),
}

func checkMisplaced(p *rules.Pass, s *Set) {
	if s.Place != Elsewhere {
		return
	}
	// A record that a CNAME in another zone could lead to is not certainly
	// without effect. Nobody points a CNAME at a domain with mail of its own.
	severity, unless := rules.Error, ""
	if !mailDomain(s.zone, s.Name) {
		severity, unless = rules.Warning, " unless a CNAME leads here"
	}
	safety := rules.Unsafe // below the apex it is a guess what the record is for
	if s.Name == s.zone.Apex {
		safety = rules.Safe
	}
	s.move(p, severity, unless, safety)
}

func checkOldName(p *rules.Pass, s *Set) {
	if s.Place == AtOldName {
		s.move(p, rules.Error, "", rules.Safe)
	}
}

// move reports the records of the set as being at the wrong name.
func (s *Set) move(p *rules.Pass, severity rules.Severity, unless string, safety rules.Safety) {
	kind, labels := s.Standard.Name, s.Standard.Labels
	name := s.target()
	var answer, direct zone.Answer
	taken := false
	if name != "" {
		_, answer = resolve(s.zone, name)
		direct = s.zone.Lookup(name, zone.TypeTXT)
		for _, r := range answer.Records() {
			taken = taken || r.Type == zone.TypeTXT && s.Standard.Parse(r.Text(), true, nil).Version.Form != tagvalue.NotMeant
		}
	}
	for _, e := range s.Entries {
		f := rules.At(e.RR, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf("This %s record stands at %s, but senders only look at %s, so it has no effect%s. Move it there.", kind, s.Name, name, unless)).As(severity)
		switch {
		case name == "":
			f.Message = fmt.Sprintf("This %s record stands at %s, where no sender looks%s. Move it to the %s name of its domain.", kind, s.Name, unless, labels)
			f = f.WithFix(rules.Manual, fmt.Sprintf("move the record to the %s name of the domain that it is for", labels))
		case taken:
			f.Message = fmt.Sprintf("This %s record stands at %s, but senders only look at %s, which has its own, so it has no effect%s. Remove it.", kind, s.Name, name, unless)
			f = f.As(rules.Warning).WithFix(rules.Unsafe, fmt.Sprintf("remove it, since %s has a record of %s", name, kind), zone.Remove(e.RR))
		case len(s.Entries) > 1:
			f = f.WithFix(rules.Manual, fmt.Sprintf("move one of the %d records to %s and remove the others", len(s.Entries), name))
		case direct.Status == zone.Unknown, direct.Status == zone.Aliased && direct.Wildcard == "":
			// A delegation, a CNAME, or a source that is not the whole zone.
			f = f.WithFix(rules.Manual, fmt.Sprintf("publish it where %s is answered for and remove it here", name))
		case answer.Status == zone.Unknown:
			f = f.WithFix(rules.Unsafe, fmt.Sprintf("move it to %s, in place of what the wildcard answers there", name), zone.Move(e.RR, name)...)
		default:
			f = f.WithFix(safety, fmt.Sprintf("move it to %s", name), zone.Move(e.RR, name)...)
		}
		p.Report(f)
	}
}

// target returns the name that a misplaced record was probably meant for, ""
// where none makes sense.
func (s *Set) target() zone.Name {
	domain, _ := s.Standard.domain(s.Name)
	for n := domain; len(n) > 1; n = n.Parent() {
		if n[1] == '_' || n.IsWildcard() {
			return "" // _domainkey, _tcp and the like are no mail domains
		}
	}
	name, err := domain.Child(s.Standard.Labels)
	if err != nil || len(domain) <= 1 || !domain.Within(s.zone.Apex) {
		return ""
	}
	return name
}

// mailDomain reports whether mail is certainly received under a name: it is the
// zone's apex, or has an MX.
func mailDomain(z *zone.Zone, name zone.Name) bool {
	if name == z.Apex {
		return true
	}
	n, ok := z.Node(name)
	return ok && n.Has(zone.TypeMX)
}
