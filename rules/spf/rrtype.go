package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func (s ruleset) rrtype() *rules.Rule {
	return &rules.Rule{
		ID:       "zone-spf-rrtype",
		Severity: rules.Error,
		Summary:  "an SPF policy is published in a record of the type SPF",
		What: "A record has the type SPF (99). The type was an experiment and is no longer used: SPF is published as TXT only. " +
			"Beside an SPF record in TXT it is a warning where the two differ, and advice where they say the same.",
		Why:  "Receivers do not query the type SPF. A policy that is published only there is in force nowhere; one beside TXT goes out of date unseen.",
		Bad:  "@ IN SPF \"v=spf1 mx -all\"\n",
		Good: "@ IN TXT \"v=spf1 mx -all\"\n",
		Refs: []string{"RFC 7208, section 3.1", "RFC 7208, section 14.1"},
		Fix:  rules.Safe,
		Run:  rules.On(spfRRsets, s.checkRRType),
	}
}

var spfRRsets = rules.RRsets(zone.TypeSPF)

func (s ruleset) checkRRType(p *rules.Pass, set zone.RRset) {
	inTXT := map[string]bool{} // whether it is in force
	inForce := false
	for _, c := range At(p.Zone, set.Name) {
		inTXT[strings.TrimRight(c.SPF.Text, " ")] = c.SPF.Form == SPF
		inForce = inForce || c.SPF.Form == SPF
	}
	for i, r := range set.Records {
		const unused = "Receivers do not query the type SPF any more"
		f := rules.At(r, zone.Part{Kind: zone.PartType}, "")
		policy := Parse(r.Text())
		if len(inTXT) == 0 && policy.Form == SPF {
			f.Message = unused + ", so " + set.Name.String() + " has no SPF. Publish the policy as TXT."
			f.Fix = s.asTXT(p, set, i, policy)
			p.Report(f)
			continue
		}
		switch {
		case !inForce:
			f.Message, f.Severity = unused+", so this record has no effect. Remove it.", rules.Warning
		case inTXT[strings.TrimRight(policy.Text, " ")]:
			f.Message, f.Severity = unused+"; the TXT record with the same text is the one in force. Remove this one.", rules.Info
		default:
			f.Message, f.Severity = unused+"; the TXT record is in force, and it says something else. Remove this one.", rules.Warning
		}
		p.Report(f.WithFix(rules.Unsafe, "remove the record of the type SPF", zone.Remove(r)))
	}
}

// asTXT moves the policy of the one record of the type SPF to TXT, if nothing
// is wrong with it.
func (s ruleset) asTXT(p *rules.Pass, set zone.RRset, i int, policy *Record) *rules.Fix {
	r := set.Records[i]
	txt := r
	txt.Type, txt.Notes, txt.Loc = zone.TypeTXT, 0, zone.Loc{}
	clean := true
	for _, n := range s.count(&Candidate{Record: txt, SPF: policy, grower: &grower{zone: p.Zone, servers: p.Servers}}) {
		clean = clean && n == 0
	}
	if len(set.Records) > 1 || !clean {
		return &rules.Fix{Safety: rules.Manual, Description: "publish the right policy as TXT, then remove the records of the type SPF"}
	}
	return &rules.Fix{
		Safety: rules.Safe, Description: "publish the policy as TXT in place of the type SPF",
		Changes: zone.ChangeSet{zone.Remove(r), zone.Add(txt)},
	}
}
