package transport

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// The parts of examples: a zone with MTA-STS, and a policy that is right for it.
const (
	policyZone = `@ IN MX 10 mx.example.net.
_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN A 192.0.2.1
-- mta-sts.txt --
`
	goodPolicy = policyZone + `version: STSv1
mode: enforce
mx: mx.example.net
max_age: 604800
`
)

const voidWhy = "Senders take a policy that does not keep to the format for none. They deliver as if there were no MTA-STS, so that an attacker can turn off the encryption of mail."

// policyRules returns the rules about policies, of which none is held against
// any zone but those given.
func policyRules(policies []*Policy) []*rules.Rule {
	subject := &rules.Subject[*served]{Each: func(p *rules.Pass, visit func(*served)) { eachPolicy(p, policies, visit) }}
	// format is a rule about the file alone, whose mistakes the parser finds.
	format := func(r rules.Rule) *rules.Rule {
		r.Good, r.Refs = goodPolicy, append([]string{"RFC 8461, section 3.2"}, r.Refs...)
		r.Fix = rules.Manual
		if r.Why == "" {
			r.Why = voidWhy
		}
		r.Run = rules.On(subject, func(p *rules.Pass, s *served) { reportFaults(p, s, r.ID) })
		return &r
	}
	judge := func(r rules.Rule, check func(*rules.Pass, *served)) *rules.Rule {
		if r.Good == "" {
			r.Good = goodPolicy
		}
		r.Fix, r.Run = rules.Manual, rules.On(subject, check)
		return &r
	}
	return []*rules.Rule{
		format(rules.Rule{
			ID: "sts-policy-syntax", Severity: rules.Error,
			Summary: "an MTA-STS policy is not made of lines with a name, a colon and a value",
			What:    "A line of the policy file given by --mta-sts-policy is not of the form \"name: value\", has blanks beside the name, or a name in other letters than the format has. Empty lines are a warning. Fields that senders do not know are allowed.",
			Bad:     policyZone + "version: STSv1\nmode = enforce\nmode : enforce\nmx: mx.example.net\nmax_age: 604800\n",
			Refs:    []string{"https://www.rfc-editor.org/errata/eid6253"},
		}),
		format(rules.Rule{
			ID: "sts-policy-version", Severity: rules.Error,
			Summary: "an MTA-STS policy is not of the version STSv1",
			What:    "The policy file given by --mta-sts-policy has no field version, or another version than STSv1.",
			Bad:     policyZone + "version: STSv2\nmode: enforce\nmx: mx.example.net\nmax_age: 604800\n",
		}),
		format(rules.Rule{
			ID: "sts-policy-mode", Severity: rules.Error,
			Summary: "an MTA-STS policy has no mode that exists",
			What:    "The policy file given by --mta-sts-policy has no field mode, or another mode than enforce, testing and none.",
			Bad:     policyZone + "version: STSv1\nmode: report\nmx: mx.example.net\nmax_age: 604800\n",
		}),
		format(rules.Rule{
			ID: "sts-policy-max-age", Severity: rules.Error,
			Summary: "an MTA-STS policy has no lifetime that is valid",
			What:    "The policy file given by --mta-sts-policy has no field max_age, or one that is no number of seconds from 0 to 31557600, which is a year.",
			Bad:     policyZone + "version: STSv1\nmode: enforce\nmx: mx.example.net\nmax_age: 1w\n",
			Refs:    []string{"https://www.rfc-editor.org/errata/eid7282"},
		}),
		format(rules.Rule{
			ID: "sts-policy-mx", Severity: rules.Error,
			Summary: "an MTA-STS policy names no MX host, or one that cannot be a host",
			What:    "The policy file given by --mta-sts-policy has no field mx although its mode is not none, or one that is neither a host name nor a host name with \"*\" as its first label.",
			Bad:     policyZone + "version: STSv1\nmode: enforce\nmx: mx.example.net.\nmax_age: 604800\n",
			Refs:    []string{"RFC 5321, section 4.1.2"},
		}),
		format(rules.Rule{
			ID: "sts-policy-dup-field", Severity: rules.Warning,
			Summary: "an MTA-STS policy has a field twice",
			What:    "The policy file given by --mta-sts-policy has the field version, mode or max_age more than once.",
			Why:     "Senders take the first one and ignore the others. If the later one was meant, the policy says something else than it seems to.",
			Bad:     policyZone + "version: STSv1\nmode: testing\nmode: enforce\nmx: mx.example.net\nmax_age: 604800\n",
		}),
		judge(rules.Rule{
			ID: "sts-maxage-short", Severity: rules.Warning,
			Summary: "an MTA-STS policy lives for less than a day",
			What:    "The field max_age of the policy file given by --mta-sts-policy is less than 86400 seconds.",
			Why:     "Senders keep the policy only so long. An attacker who keeps them from fetching it anew for that time turns off MTA-STS; the RFC expects weeks or more.",
			Bad:     policyZone + "version: STSv1\nmode: enforce\nmx: mx.example.net\nmax_age: 3600\n",
			Refs:    []string{"RFC 8461, section 3.2", "RFC 8461, section 10.2"},
		}, checkShort),
		judge(rules.Rule{
			ID: "sts-mode-testing", Severity: rules.Info,
			Summary: "an MTA-STS policy is only being tested",
			What:    "The policy file given by --mta-sts-policy has the mode testing.",
			Why:     "Senders report failures by TLS-RPT but deliver all the same, so mail is not protected yet.",
			Bad:     policyZone + "version: STSv1\nmode: testing\nmx: mx.example.net\nmax_age: 604800\n",
			Refs:    []string{"RFC 8461, section 5", "RFC 8461, section 3.2"},
		}, func(p *rules.Pass, s *served) {
			s.checkMode(p, "testing", "The policy is in the mode testing, so senders report failures but deliver without encryption all the same. Set it to enforce once reports show none.")
		}),
		judge(rules.Rule{
			ID: "sts-mode-none", Severity: rules.Info,
			Summary: "an MTA-STS policy turns MTA-STS off",
			What:    "The policy file given by --mta-sts-policy has the mode none.",
			Why:     "Senders treat the domain as if it had no policy. The mode is meant for the time in which MTA-STS is being removed.",
			Bad:     policyZone + "version: STSv1\nmode: none\nmax_age: 604800\n",
			Refs:    []string{"RFC 8461, section 5", "RFC 8461, section 8.3"},
		}, func(p *rules.Pass, s *served) {
			s.checkMode(p, "none", "The policy is in the mode none, so senders deliver without MTA-STS. Set it to testing or enforce, unless MTA-STS is being removed.")
		}),
		judge(rules.Rule{
			ID: "sts-mx-not-covered", Severity: rules.Error,
			Summary: "an MX host is not in the MTA-STS policy",
			What: "No field mx of the policy file given by --mta-sts-policy matches an MX host of the domain; \"*\" stands for exactly one label. " +
				"In the mode testing it is a warning.",
			Why:  "Senders that have the policy must not deliver to this host: with the mode enforce mail waits and bounces.",
			Bad:  policyZone + "version: STSv1\nmode: enforce\nmx: *.mx.example.net\nmax_age: 604800\n",
			Refs: []string{"RFC 8461, section 4.1", "RFC 8461, section 5"},
		}, checkCovered),
		judge(rules.Rule{
			ID: "sts-policy-mx-stale", Severity: rules.Info,
			Summary: "an MTA-STS policy names a host that is no MX",
			What:    "A field mx of the policy file given by --mta-sts-policy matches no MX host of the domains in the zone that the policy is for.",
			Why:     "It does no harm to mail, and may be there for a move of hosts. Left behind, it lets senders trust a host that is no longer the domain's.",
			Bad:     policyZone + "version: STSv1\nmode: enforce\nmx: mx.example.net\nmx: old.example.net\nmax_age: 604800\n",
			Refs:    []string{"RFC 8461, section 3.2", "RFC 8461, section 4.1"},
		}, checkStale),
		judge(rules.Rule{
			ID: "sts-missing", Severity: rules.Warning,
			Summary: "a domain has an MTA-STS policy but no record that announces it",
			What:    "A policy file was given by --mta-sts-policy, and the zone has no MTA-STS record at _mta-sts of the domain.",
			Why:     "Without the record senders do not look for the policy and deliver as if there were no MTA-STS.",
			Bad: `@ IN MX 10 mx.example.net.
mta-sts IN A 192.0.2.1
-- mta-sts.txt --
version: STSv1
mode: enforce
mx: mx.example.net
max_age: 604800
`,
			Refs: []string{"RFC 8461, section 3.1"},
		}, checkAnnounced),
	}
}

// reportFaults reports the mistakes of a policy that belong to one rule.
func reportFaults(p *rules.Pass, s *served, rule string) {
	told := 0
	for i := range s.Faults {
		f := &s.Faults[i]
		if f.Rule != rule || f.Message == "" {
			continue
		}
		p.Report(s.at(s.domains[0], f.Span, f.Message).As(f.Severity).WithFix(rules.Manual, "correct the policy file, and give the record a new id"))
		if told++; told == tagvalue.Most {
			return
		}
	}
}

func checkShort(p *rules.Pass, s *served) {
	if s.MaxAge < 0 || s.MaxAge >= 86400 || s.Mode == "none" {
		return
	}
	f := s.at(s.domains[0], s.ageAt, fmt.Sprintf("Senders keep this policy for %d seconds only, so an attacker can soon make them forget it. Set max_age to a week or more, such as 604800.", s.MaxAge))
	p.Report(f.WithFix(rules.Manual, "raise max_age, and give the record a new id"))
}

func (s *served) checkMode(p *rules.Pass, mode, message string) {
	if s.Mode == mode {
		p.Report(s.at(s.domains[0], s.modeAt, message).WithFix(rules.Manual, "change the mode, and give the record a new id"))
	}
}

// sure reports whether all patterns of the policy could be read, and it is in
// use.
func (s *served) sure() bool {
	return s.Mode != "" && s.Mode != "none" && len(s.MX) > 0 &&
		!slices.ContainsFunc(s.Faults, func(f PolicyFault) bool { return f.Rule == "sts-policy-mx" })
}

func (s *served) covers(host zone.Name) bool {
	return slices.ContainsFunc(s.MX, func(p Pattern) bool { return p.Covers(host) })
}

func checkCovered(p *rules.Pass, s *served) {
	if !s.sure() {
		return
	}
	for _, domain := range s.domains {
		for _, r := range exchanges(p.Zone, domain) {
			host := r.Target()
			if s.covers(host) {
				continue
			}
			severity, effect := rules.Error, "so senders must not deliver mail to it"
			if s.Mode == "testing" {
				severity, effect = rules.Warning, "so with the mode enforce senders would not deliver mail to it"
			}
			f := rules.At(r, zone.Field(1), fmt.Sprintf("The MTA-STS policy does not cover the MX host %s, %s. Add the host to the policy, or remove the MX record.", host, effect)).As(severity)
			f.Related = []rules.Related{{Span: s.span(s.MX[0].Span), Message: "the hosts of the policy"}}
			p.Report(f.WithFix(rules.Manual, "add the host to the policy, and give the record a new id"))
		}
	}
}

func checkStale(p *rules.Pass, s *served) {
	if !s.sure() {
		return
	}
	var hosts []zone.Name
	for _, domain := range s.domains {
		rs := exchanges(p.Zone, domain)
		if len(rs) == 0 {
			return
		}
		for _, r := range rs {
			hosts = append(hosts, r.Target())
		}
	}
	told := 0
	for _, pattern := range s.MX {
		if slices.ContainsFunc(hosts, pattern.Covers) {
			continue
		}
		f := s.at(s.domains[0], pattern.Span, fmt.Sprintf("%q matches no MX host of %s. Remove it from the policy, unless a move to that host is planned.", tagvalue.Excerpt(pattern.Of(s.Text)), s.domains[0]))
		p.Report(f.WithFix(rules.Manual, "remove the host from the policy, and give the record a new id"))
		if told++; told == tagvalue.Most {
			return
		}
	}
}

func checkAnnounced(p *rules.Pass, s *served) {
	for _, domain := range s.domains {
		name, err := domain.Child(STS.Labels)
		if err != nil {
			continue
		}
		a := p.Lookup(name, zone.TypeTXT)
		announced := a.Status == zone.Unknown
		for _, r := range a.Records {
			announced = announced || STS.Parse(r.Text(), true, nil).Version.Form != tagvalue.NotMeant
		}
		if announced {
			continue
		}
		f := p.AtApex(zone.TypeTXT, fmt.Sprintf("%s has an MTA-STS policy but no record at %s, so senders do not look for the policy. Add one such as \"v=STSv1; id=20261121\".", domain, name))
		f.Name = name
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add %s IN TXT \"v=STSv1; id=...\", with an id that changes with each change of the policy", name)))
	}
}
