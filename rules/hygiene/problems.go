package hygiene

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// problems is what the reader of the zone could not take, or had to guess at.
// It has the words for it: only it knows what it expected.
var problems = &rules.Subject[zone.Problem]{Each: func(p *rules.Pass, visit func(zone.Problem)) {
	for _, pr := range p.Zone.Problems {
		visit(pr)
	}
}}

// onProblem is the check of a rule that passes on problems of the given kinds.
func onProblem(kinds ...zone.ProblemKind) rules.Runner {
	return rules.On(problems, func(p *rules.Pass, pr zone.Problem) {
		if !slices.Contains(kinds, pr.Kind) {
			return
		}
		f := rules.Finding{Name: pr.Name, Type: pr.Type, Span: pr.Span, About: asWritten(p.Zone, pr.Span), Message: pr.Message}
		if f.Name == "" {
			f.Name = p.Zone.Apex
		}
		p.Report(f)
	})
}

// asWritten returns what stands at a place of the zone's source, on one line and
// with single blanks, so that it stays the same when it is moved or aligned.
func asWritten(z *zone.Zone, at zone.Span) string {
	if z.Source == nil || at.File == "" {
		return ""
	}
	text := z.Source.Text(at.File)
	start := min(at.Start.Offset, len(text))
	end := max(start, min(at.End.Offset, start+maxWritten, len(text)))
	return strings.Join(strings.Fields(string(text[start:end])), " ")
}

// maxWritten is how many octets of an entry tell it apart from others.
const maxWritten = 1024

var syntax = &rules.Rule{
	ID:       "zone-syntax",
	Severity: rules.Error,
	Summary:  "an entry of the zone file cannot be read",
	What: "An entry is not a record or directive as the master-file format has it: a type that does not exist, data that the type does not take, " +
		"a name with an empty label, a quote or parenthesis that is never closed. The entry is left out and reading goes on behind it. " +
		"What goes beyond a limit of the reader, such as a $GENERATE of a billion records, is reported here too. " +
		"In other sources it is what their own program refuses, or reads as something else than was meant: in octoDNS a target without a final dot, a semicolon escaped in the wrong way, a key that stands twice.",
	Why: "BIND and others refuse the whole zone when one entry is malformed, so that the domain keeps its old records or has none. " +
		"A server that skips the entry leaves out the record, which may be the one that mail needs.",
	Bad:  "mail IN A 192.0.2.300\n",
	Good: "mail IN A 192.0.2.30\n",
	Refs: []string{"RFC 1035, section 5.1", "RFC 1035, section 5.2"},
	Run:  onProblem(zone.ProblemSyntax, zone.ProblemLimit),
}

var ttlMissing = &rules.Rule{
	ID:       "zone-ttl-missing",
	Severity: rules.Error,
	Summary:  "a record has no TTL, and nothing before it gives one",
	What: "A record is written without a TTL before any $TTL line, any record with a TTL, and the SOA record, whose last field some servers take instead. " +
		"The first such record of a zone is reported.",
	Why:  "Name servers refuse to load the zone (\"no TTL specified\"), so none of its mail records is published.",
	Bad:  "$ORIGIN example.com.\n@ IN MX 10 mail.example.net.\n@ 3600 IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600\n@ IN NS ns1.example.net.\n",
	Good: "$ORIGIN example.com.\n$TTL 3600\n@ IN MX 10 mail.example.net.\n@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600\n@ IN NS ns1.example.net.\n",
	Refs: []string{"RFC 1035, section 5.1", "RFC 2308, section 4"},
	Run:  onProblem(zone.ProblemNoTTL),
}

var include = &rules.Rule{
	ID:       "zone-include",
	Severity: rules.Error,
	Summary:  "an $INCLUDE was not followed",
	What: "The file that an $INCLUDE, or an !include of octoDNS, names does not exist, may not be read, includes itself, or lies outside of the folder that zonelint may read from. " +
		"Its records are not known, so nothing is reported as missing.",
	Why: "A name server that does not find the file refuses the zone. Where the file exists but was not read, its mail records were not checked.",
	Bad: "$INCLUDE mail-records.inc\n",
	Good: "@ IN MX 10 mx.example.net.\n" +
		"; the content of mail-records.inc, in place of the $INCLUDE\n",
	Refs: []string{"RFC 1035, section 5.1"},
	Run:  onProblem(zone.ProblemInclude),
}

var dialect = &rules.Rule{
	ID:       "zone-dialect",
	Severity: rules.Warning,
	Summary:  "an entry of the zone file is read by some name servers and refused by others",
	What: "The last line of a file is a $TTL, $ORIGIN or $GENERATE without a line end, or the data of a $GENERATE are several words without quotes around them all. " +
		"zonelint reads them as servers do that take them.",
	Why: "BIND refuses the whole zone, so that the domain keeps its old mail records or has none. The zone loads elsewhere, as with NSD or PowerDNS, until it is moved.",
	Bad: "$GENERATE 1-3 mx$ MX 10 mail$\n",
	Good: "$GENERATE 1-3 mx$ MX \"10 mail$\"\n" +
		"mail1 IN A 192.0.2.1\nmail2 IN A 192.0.2.2\nmail3 IN A 192.0.2.3\n",
	Refs: []string{"RFC 1035, section 5.1"},
	Run:  onProblem(zone.ProblemDialect),
}
