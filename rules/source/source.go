// Package source holds the rules about what only the source of a zone shows,
// where that is no master file: data that a plan does not tell, and texts that
// a provider publishes in another way than they are written.
package source

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Rules returns the rules of this package.
func Rules() []*rules.Rule { return []*rules.Rule{splitText, hidden} }

var splitText = &rules.Rule{
	ID:       "terraform-txt-unquoted",
	Severity: rules.Error,
	Summary:  "Google Cloud DNS publishes a text without its blanks",
	What: "An element of rrdatas of a google_dns_record_set of type TXT stands without quotes and has blanks. Google takes each word for a string of its own, " +
		"and strings are joined without anything between them: v=spf1 mx -all becomes v=spf1mx-all. " +
		"An SPF record is an error. Lists of tags, as of DMARC and DKIM, mostly mean the same without blanks, and are pointed out; other texts are a warning.",
	Why: "Receivers find no SPF record, or one with terms that they do not know. Mail is then not protected, or refused.",
	Bad: `{"address": "google_dns_record_set.spf", "mode": "managed", "type": "google_dns_record_set", "values": {
  "managed_zone": "main", "name": "example.com.", "type": "TXT", "ttl": 300,
  "rrdatas": ["v=spf1 include:_spf.example.net -all"]}}
`,
	Good: `{"address": "google_dns_record_set.spf", "mode": "managed", "type": "google_dns_record_set", "values": {
  "managed_zone": "main", "name": "example.com.", "type": "TXT", "ttl": 300,
  "rrdatas": ["\"v=spf1 include:_spf.example.net -all\""]}}
`,
	Refs: []string{"RFC 1035, section 5.1", "RFC 7208, section 3.3", "https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/dns_record_set"},
	Fix:  rules.Safe,
	Supersedes: []string{
		"zone-txt-unquoted", "spf-version-token", "spf-glued-term", "spf-unknown-term", "spf-no-terminal", "spf-nonascii",
	},
	Run: rules.On(splits, checkSplit),
}

var hidden = &rules.Rule{
	ID:       "source-value-unknown",
	Severity: rules.Info,
	Summary:  "a record could not be checked, since its source does not tell its data",
	What: "A record is there, and its name or data are not: a value of a Terraform plan is known only once the plan is applied, or is marked as sensitive; " +
		"or DNSControl works out an SPF record as it is pushed.",
	Why: "A mistake in such a record is not found, and nothing is called missing that it may be.",
	Bad: `{"address": "google_dns_record_set.dmarc", "mode": "managed", "type": "google_dns_record_set", "values": {
  "managed_zone": "main", "name": "_dmarc.example.com.", "type": "TXT", "ttl": 300,
  "rrdatas": ["\"v=DMARC1; p=none\""]}, "sensitive_values": {"rrdatas": true}}
`,
	Good: `{"address": "google_dns_record_set.dmarc", "mode": "managed", "type": "google_dns_record_set", "values": {
  "managed_zone": "main", "name": "_dmarc.example.com.", "type": "TXT", "ttl": 300,
  "rrdatas": ["\"v=DMARC1; p=none\""]}, "sensitive_values": {"rrdatas": [false]}}
`,
	Refs: []string{"https://developer.hashicorp.com/terraform/internals/json-format", "https://docs.dnscontrol.org/commands/preview-push"},
	Run: rules.On(problems, func(p *rules.Pass, pr zone.Problem) {
		if pr.Kind != zone.ProblemHidden {
			return
		}
		f := rules.Finding{Name: pr.Name, Type: pr.Type, Span: pr.Span, Message: pr.Message}
		if f.Name == "" {
			f.Name = p.Zone.Apex
		}
		p.Report(f)
	}),
}

// problems is what the reader of the zone could not take.
var problems = &rules.Subject[zone.Problem]{Each: func(p *rules.Pass, visit func(zone.Problem)) {
	for _, pr := range p.Zone.Problems {
		visit(pr)
	}
}}

// splits are the TXT records that a provider cuts at their blanks.
var splits = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	var places map[zone.Span]bool
	for _, pr := range p.Zone.Problems {
		if pr.Kind == zone.ProblemSplitText {
			if places == nil {
				places = map[zone.Span]bool{}
			}
			places[pr.Span] = true
		}
	}
	if places == nil {
		return
	}
	for _, t := range [...]zone.Type{zone.TypeTXT, zone.TypeSPF} {
		for r := range p.Zone.OfType(t) {
			if r.Notes&zone.Unquoted != 0 && places[r.Span(zone.Part{Kind: zone.PartRData})] {
				visit(r)
			}
		}
	}
}}

func checkSplit(p *rules.Pass, r zone.Record) {
	meant := strings.Join(r.Strings(), " ")
	f := rules.At(r, zone.Part{Kind: zone.PartRData}, fmt.Sprintf(
		"This text has no quotes, so Google Cloud DNS takes each word for a string and the blanks are lost: what is published is %s. Write it in quotes inside the string: \"\\\"...\\\"\".", zone.Quote(clip(r.Text()))))
	safety := rules.Safe
	switch lower := strings.ToLower(meant); {
	case lower == "v=spf1" || strings.HasPrefix(lower, "v=spf1 "):
	case tagged(lower):
		f = f.As(rules.Info)
	default:
		f, safety = f.As(rules.Warning), rules.Unsafe
	}
	fixed := r
	fixed.Data = zone.TextData(meant)
	p.Report(f.WithFix(safety, "put the text in quotes", zone.Replace(r, fixed)))
}

// tagged reports whether a text is a list of tags, in which blanks beside the
// semicolons mean nothing.
func tagged(s string) bool {
	for _, version := range [...]string{"v=dmarc1", "v=dkim1", "v=stsv1", "v=tlsrptv1", "v=bimi1"} {
		if rest, ok := strings.CutPrefix(s, version); ok && strings.HasPrefix(strings.TrimLeft(rest, " "), ";") {
			return true
		}
	}
	return false
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
