package report

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
)

// sarifDriver is zonelint itself (section 3.19).
type sarifDriver struct {
	Name    string      `json:"name"`
	URI     string      `json:"informationUri"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

// sarifRule is a reportingDescriptor (section 3.49).
type sarifRule struct {
	ID         string           `json:"id"`
	Short      sarifMessage     `json:"shortDescription"`
	Full       sarifMessage     `json:"fullDescription"`
	HelpURI    string           `json:"helpUri,omitempty"`
	Help       sarifMessage     `json:"help"`
	Default    sarifDefault     `json:"defaultConfiguration"`
	Properties sarifRuleDetails `json:"properties"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifRuleDetails struct {
	Tags []string `json:"tags"`
	// The severity as GitHub shows it: error, warning or recommendation.
	Problem   string `json:"problem.severity"`
	Precision string `json:"precision"`
}

func (f sarif) driver() sarifDriver {
	d := sarifDriver{Name: "zonelint", URI: homepage, Version: f.style.Version, Rules: []sarifRule{}}
	for _, r := range f.style.Rules {
		d.Rules = append(d.Rules, describe(r))
	}
	return d
}

// describe makes of a rule what SARIF says of it.
func describe(r *rules.Rule) sarifRule {
	out := sarifRule{
		ID:      r.ID,
		Short:   sarifMessage{Text: upper(r.Summary) + "."},
		Full:    sarifMessage{Text: r.What},
		Help:    sarifMessage{Text: helpText(r), Markdown: helpMarkdown(r)},
		Default: sarifDefault{sarifLevel(r.Severity)},
	}
	subject, _, _ := strings.Cut(r.ID, "-")
	out.Properties = sarifRuleDetails{Tags: []string{"dns", "mail", subject}, Problem: r.Severity.String(), Precision: "high"}
	if r.Severity == rules.Info {
		out.Properties.Problem = "recommendation"
	}
	if len(r.Refs) > 0 {
		out.HelpURI = referenceURL(r.Refs[0])
	}
	return out
}

func helpText(r *rules.Rule) string {
	return strings.Join([]string{
		r.What, r.Why,
		"Bad:\n" + strings.TrimRight(r.Bad, "\n"),
		"Good:\n" + strings.TrimRight(r.Good, "\n"),
		"References: " + strings.Join(r.Refs, "; "),
	}, "\n\n")
}

func helpMarkdown(r *rules.Rule) string {
	var refs []string
	for _, ref := range r.Refs {
		refs = append(refs, "- ["+ref+"]("+referenceURL(ref)+")")
	}
	return strings.Join([]string{
		prose(r.What), prose(r.Why),
		"**Bad**\n\n" + fenced(r.Bad),
		"**Good**\n\n" + fenced(r.Good),
		"**References**\n\n" + strings.Join(refs, "\n"),
	}, "\n\n")
}

// fenced is a code block of an example.
func fenced(example string) string {
	return "```\n" + strings.TrimRight(example, "\n") + "\n```"
}

// upper makes the first letter of a summary, which is ASCII, a capital.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
