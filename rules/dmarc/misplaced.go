package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

var misplaced = &rules.Rule{
	ID:       "dmarc-misplaced",
	Severity: rules.Error,
	Summary:  "a DMARC record stands where no receiver looks",
	What: "A TXT record that begins with v=DMARC1 stands at a name whose first label is not _dmarc, for example at the domain itself. " +
		"Records that accept another domain's reports (below _report._dmarc), targets of a CNAME at _dmarc, and wildcards are left alone. " +
		"It is a warning at a name that is no mail domain, since a CNAME in another zone could lead there, and where _dmarc has its record too.",
	Why: "Receivers ask for _dmarc.example.com and nothing else, so the record has no effect: the domain has no policy and gets no reports.",
	Bad: `@ IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.5", "RFC 9989, section 4.10.1", "RFC 7489, section 6.1"},
	Fix:  rules.Safe,
	Run:  rules.On(Sets, checkMisplaced),
}

func checkMisplaced(p *rules.Pass, s *Set) {
	if s.Place != Elsewhere {
		return
	}
	name := policyName(s.Name)
	// A record that a CNAME in another zone could lead to is not certainly
	// without effect. Nobody points a CNAME at a domain with mail of its own.
	severity, unless := rules.Error, ""
	if !mailDomain(s.zone, s.Name) {
		severity, unless = rules.Warning, " unless a CNAME leads here"
	}
	// Below the apex another policy may be in force, which the moved record
	// would replace.
	safety := rules.Unsafe
	if s.Name == s.zone.Apex {
		safety = rules.Safe
	}
	if name == "" {
		for _, e := range s.Entries {
			f := rules.At(e.Record, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf("This DMARC record stands at %s, where no receiver looks%s. Move it to the _dmarc name of its domain.", s.Name, unless))
			p.Report(f.As(severity).WithFix(rules.Manual, "move the record to the _dmarc name of the domain that it is for"))
		}
		return
	}
	_, answer := follow(s.zone, name)
	direct := s.zone.Lookup(name, zone.TypeTXT)
	taken, _, _ := policyAt(s.zone, name.Parent())
	for _, e := range s.Entries {
		f := rules.At(e.Record, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf("This DMARC record stands at %s, but receivers only look at %s, so it has no effect%s. Move it there.", s.Name, name, unless)).As(severity)
		switch {
		case taken:
			f.Message = fmt.Sprintf("This DMARC record stands at %s, but receivers only look at %s, which has its own, so it has no effect%s. Remove it.", s.Name, name, unless)
			f = f.As(rules.Warning).WithFix(rules.Unsafe, "remove it, since "+name.String()+" has a DMARC record", zone.Remove(e.Record))
		case len(s.Entries) > 1:
			f = f.WithFix(rules.Manual, fmt.Sprintf("move one of the %d records to %s and remove the others", len(s.Entries), name))
		case direct.Status == zone.Unknown, direct.Status == zone.Aliased && direct.Wildcard == "":
			// A delegation, a CNAME, or a source that is not the whole zone.
			f = f.WithFix(rules.Manual, "publish it where "+name.String()+" is answered for and remove it here")
		case answer.Status == zone.Unknown:
			f = f.WithFix(rules.Unsafe, "move it to "+name.String()+", in place of what the wildcard answers there", zone.Move(e.Record, name)...)
		default:
			f = f.WithFix(safety, "move it to "+name.String(), zone.Move(e.Record, name)...)
		}
		p.Report(f)
	}
}

// policyName returns the name that a misplaced record was probably meant for:
// the one with the label mended where that is nearly "_dmarc", else the one
// below the owner. It is "" where neither makes sense.
func policyName(owner zone.Name) zone.Name {
	domain := owner
	if l := owner.Label(); len(l) <= 12 && spelling.Distance(strings.Trim(l, "_-"), "dmarc") <= 1 {
		domain = owner.Parent()
	}
	for n := domain; len(n) > 1; n = n.Parent() {
		if n[1] == '_' {
			return "" // _domainkey, _tcp and the like are no mail domains
		}
	}
	name, err := domain.Child("_dmarc")
	if err != nil || len(domain) <= 1 {
		return ""
	}
	return name
}

// mailDomain reports whether a name shows that mail is sent or received under
// it: it is the zone's apex, or has an MX, an SPF record or an address.
func mailDomain(z *zone.Zone, name zone.Name) bool {
	if name == z.Apex {
		return true
	}
	n, ok := z.Node(name)
	if !ok {
		return false
	}
	if n.Has(zone.TypeMX) || n.Has(zone.TypeA) || n.Has(zone.TypeAAAA) {
		return true
	}
	for r := range n.Of(zone.TypeTXT) {
		if isSPF(r) {
			return true
		}
	}
	return false
}
