package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Severity says how bad a finding is. The zero value is none.
type Severity uint8

// The severities, from the mildest.
const (
	_       Severity = iota
	Info             // advice
	Warning          // works today but is risky, deprecated, or departs from the mail host's instructions
	Error            // mail breaks, or the record is void by its RFC
)

// String returns error, warning or info.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "none"
}

// ParseSeverity reads what String writes.
func ParseSeverity(s string) (Severity, bool) {
	for _, v := range []Severity{Info, Warning, Error} {
		if strings.EqualFold(s, v.String()) {
			return v, true
		}
	}
	return 0, false
}

// Safety says what a fix may do without being asked.
type Safety uint8

// The classes of fix.
const (
	_ Safety = iota
	// Safe adds what is missing, or says the same in a form that parses.
	Safe
	// Unsafe removes or replaces something that someone published.
	Unsafe
	// Manual needs a fact from outside; Description says which.
	Manual
)

// String returns safe, unsafe or manual.
func (s Safety) String() string {
	switch s {
	case Safe:
		return "safe"
	case Unsafe:
		return "unsafe"
	case Manual:
		return "manual"
	}
	return "none"
}

// Rule is one check, with its words, its examples and its code in one place;
// explain, the list of rules and the machine formats are drawn from it.
type Rule struct {
	// ID is kebab-case, subject first: spf-multiple.
	ID string
	// Severity is that of its findings unless a finding says otherwise.
	Severity Severity
	// Summary says in one line what is wrong, without a final period.
	Summary string
	// What says what the rule looks for, Why what it means for delivered mail;
	// plain sentences.
	What, Why string
	// Bad and Good are records as they stand in a master file: the first trips
	// the rule, the second does not. Without an SOA they are read below
	// ExampleHeader. Where only another source can show the mistake, they are a
	// resource of a Terraform plan in JSON, which begins with a brace.
	Bad, Good string
	// Refs are the sections that the verdict rests on: "RFC 7208, section 4.5".
	Refs []string
	// Fix is the class of the fix that its findings carry, 0 if none does; a
	// single finding may carry a less safe one or none.
	Fix Safety
	// Packs are the packs that the examples are checked with: none if it is nil,
	// those that the examples are recognised to need if it is empty.
	Packs []string
	// Supersedes names rules whose findings about the same record, or the same
	// owner where one is about no single record, are not shown beside one of
	// this rule, being another view of the same mistake.
	Supersedes []string
	// Run is the check, made with On.
	Run Runner
}

// ExampleHeader is what stands before the examples of a rule.
const ExampleHeader = `$ORIGIN example.com.
$TTL 3600
@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ IN NS ns1.example.net.
@ IN NS ns2.example.net.
`

// Example returns an example as a whole zone file of example.com, or as a whole
// plan, without the file that may stand beside it.
func Example(text string) string {
	if strings.HasPrefix(text, "{") {
		return planHeader + text + planFooter
	}
	text, _, _ = strings.Cut(text, exampleFile)
	text, _, _ = strings.Cut(text, exampleConfig)
	if strings.Contains(text, "SOA") {
		return text
	}
	return ExampleHeader + text
}

// What stands around an example that is a resource of a plan.
const (
	planHeader = `{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
{"address": "google_dns_managed_zone.main", "mode": "managed", "type": "google_dns_managed_zone", "values": {"name": "main", "dns_name": "example.com."}},
`
	planFooter = "]}}}\n"
)

// exampleFile is the line behind which an example has a file beside the zone.
const exampleFile = "-- mta-sts.txt --\n"

// ExamplePolicy returns the MTA-STS policy that an example has beside its zone;
// ok is false if it has none.
func ExamplePolicy(text string) (policy string, ok bool) {
	_, policy, ok = strings.Cut(text, exampleFile)
	return policy, ok
}

// exampleConfig is the line behind which an example has a configuration beside
// the zone.
const exampleConfig = "-- .zonelint.yaml --\n"

// ExampleConfig returns the configuration that an example has beside its zone;
// ok is false if it has none.
func ExampleConfig(text string) (config string, ok bool) {
	_, config, ok = strings.Cut(text, exampleConfig)
	return config, ok
}

var (
	idPattern  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	refPattern = regexp.MustCompile(`^(RFC \d+|draft-[a-z0-9-]+)(, section [0-9A-Z]+(\.[0-9]+)*)?$|^https://|^zonelint `)
)

// Validate checks that every rule is complete and that ids are unique. It does
// not run the examples; a test of rules/all does.
func Validate(rs []*Rule) error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range rs {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("rule %q: "+format, append([]any{r.ID}, args...)...))
		}
		if !idPattern.MatchString(r.ID) {
			bad("the id is not kebab-case with a subject")
		}
		if seen[r.ID] {
			bad("the id is used twice")
		}
		seen[r.ID] = true
		if r.Severity < Info || r.Severity > Error {
			bad("no severity")
		}
		for what, text := range map[string]string{"summary": r.Summary, "what": r.What, "why": r.Why, "bad example": r.Bad, "good example": r.Good} {
			if strings.TrimSpace(text) == "" {
				bad("no %s", what)
			}
		}
		if strings.HasSuffix(r.Summary, ".") || strings.Contains(r.Summary, "\n") {
			bad("the summary is not one line without a final period")
		}
		if len(r.Refs) == 0 {
			bad("no section is cited")
		}
		for _, ref := range r.Refs {
			if !refPattern.MatchString(ref) {
				bad("%q is not of the form \"RFC 7208, section 4.5\"", ref)
			}
		}
		if r.Run == nil {
			bad("nothing to run")
		}
	}
	for _, r := range rs {
		for _, id := range r.Supersedes {
			if !seen[id] {
				errs = append(errs, fmt.Errorf("rule %q supersedes %q, which does not exist", r.ID, id))
			}
		}
	}
	return errors.Join(errs...)
}
