package hygiene

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var dnameCoexist = &rules.Rule{
	ID:       "zone-dname-coexist",
	Severity: rules.Error,
	Summary:  "a DNAME stands beside another one, or at a delegation",
	What: "A name has DNAME records with different targets, or a DNAME and, below the top of the zone, NS records. The latter is a warning. " +
		"A DNAME beside a CNAME is zone-cname-coexist, and records below a DNAME are zone-occluded.",
	Why: "Name servers refuse a zone with two DNAMEs at a name (\"multiple RRs of singleton type\"), so that no mail record is published. " +
		"At a delegation, the DNAME is never answered and the names below it are not redirected.",
	Bad:        "old IN DNAME new.example.net.\nold IN DNAME other.example.net.\n",
	Good:       "old IN DNAME new.example.net.\n",
	Refs:       []string{"RFC 6672, section 2.3", "RFC 6672, section 2.4"},
	Fix:        rules.Manual,
	Supersedes: []string{"zone-occluded"},
	Run:        rules.On(rules.Records(zone.TypeDNAME), checkDNAME),
}

func checkDNAME(p *rules.Pass, r zone.Record) {
	n, ok := p.Zone.Node(r.Name)
	if !ok || !r.Name.Within(p.Zone.Apex) {
		return
	}
	if n.Multi() {
		if first := n.RRset(zone.TypeDNAME)[0]; first.Target() != r.Target() {
			f := rules.At(r, zone.Field(0), fmt.Sprintf(
				"%s has DNAMEs to %s and %s but may have only one, so name servers refuse the whole zone. Keep the right one.", r.Name, first.Target(), r.Target()))
			f.Related = []rules.Related{{Span: first.Span(zone.Field(0)), Message: "the first DNAME"}}
			p.Report(f.WithFix(rules.Manual, fmt.Sprintf("remove all DNAMEs of %s but one", r.Name)))
			return
		}
	}
	if n.Has(zone.TypeNS) && r.Name != p.Zone.Apex {
		f := rules.At(r, zone.Part{Kind: zone.PartType}, fmt.Sprintf(
			"%s is delegated by NS records, so this DNAME beside them is never answered. Put it at the top of the delegated zone, or remove the NS records.", r.Name)).As(rules.Warning)
		p.Report(f.WithFix(rules.Manual, fmt.Sprintf("move the DNAME to the zone %s, or remove its NS records here", r.Name)))
	}
}
