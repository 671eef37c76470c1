package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// directive is what a suppression comment begins with.
const directive = "zonelint:ignore"

// SuppressionUnused is the rule for suppression comments that suppress
// nothing.
var SuppressionUnused = &Rule{
	ID:       "suppression-unused",
	Severity: Warning,
	Summary:  "a suppression comment suppresses nothing",
	What:     "A comment \"zonelint:ignore RULE -- reason\" stands with a record about which that rule has nothing to say.",
	Why:      "The mistake that it once excused is gone. Left in place, the comment would hide the next one.",
	Bad:      "@ IN MX 10 mx.example.net. ; zonelint:ignore mx-null-mixed -- being moved\n",
	Good:     "@ IN MX 10 mx.example.net.\n",
	Refs:     []string{"zonelint README, Suppressing a finding"},
	Run:      On(suppressions, func(*Pass, struct{}) {}),
}

// SuppressionInvalid is the rule for suppression comments that cannot be
// obeyed.
var SuppressionInvalid = &Rule{
	ID:       "suppression-invalid",
	Severity: Warning,
	Summary:  "a suppression comment names no reason, no rule, or an unknown rule",
	What:     "A comment begins with \"zonelint:ignore\" but is not of the form \"zonelint:ignore RULE[,RULE] -- reason\", or names a rule that does not exist. It is not obeyed.",
	Why:      "Whoever reads the zone next must be able to tell why a finding was thought harmless, and a misspelt rule would suppress nothing while it seems to.",
	Bad:      "@ IN MX 10 mx.example.net. ; zonelint:ignore mx-null-mixed\n",
	Good:     "@ IN MX 10 mx.example.net.\n",
	Refs:     []string{"zonelint README, Suppressing a finding"},
	Run:      On(suppressions, func(*Pass, struct{}) {}),
}

// ConfigIgnoreUnused is the rule for entries of ignore in a configuration that
// excuse nothing. Its findings are made by whoever reads the configuration.
var ConfigIgnoreUnused = &Rule{
	ID:       "config-ignore-unused",
	Severity: Warning,
	Summary:  "an entry of ignore in .zonelint.yaml excuses nothing",
	What:     "An entry under ignore in .zonelint.yaml names a rule that finds nothing in the zones, at the owner and of the type that the entry is for. It is only looked for where all these zones were checked, and the rule was looked for in them.",
	Why:      "The mistake that the entry once excused is gone, or its zone or owner is misspelt. Left in place, it would hide the next mistake, or hides none while it seems to.",
	Bad:      "@ IN MX 10 mx.example.net.\n-- .zonelint.yaml --\nignore:\n- rule: mx-missing\n  zone: example.com\n  reason: takes no mail yet\n",
	Good:     "@ IN A 192.0.2.80\n-- .zonelint.yaml --\nignore:\n- rule: mx-missing\n  zone: example.com\n  reason: takes no mail yet\n",
	Refs:     []string{"zonelint README, Configuration"},
	Run:      On(suppressions, func(*Pass, struct{}) {}),
}

// suppressions is the subject of the rules above, whose findings are
// made once all others are known.
var suppressions = &Subject[struct{}]{Each: func(*Pass, func(struct{})) {}}

type suppression struct {
	comment zone.Comment
	ids     []string
	used    []bool
}

// suppress drops the findings that a comment excuses and adds findings about
// the comments themselves.
func (e *Engine) suppress(z *zone.Zone, fs []Finding) []Finding {
	if z.Source == nil {
		return fs
	}
	comments := z.Source.Comments(directive)
	if len(comments) == 0 {
		return fs
	}
	var sups []*suppression
	var own []Finding
	report := func(r *Rule, c zone.Comment, format string, args ...any) {
		if e.byID[r.ID] != r {
			return
		}
		own = append(own, Finding{
			Rule: r, Severity: r.Severity, Zone: z.Apex, Name: z.Apex, Span: c.Span, About: strings.TrimSpace(c.Text), Message: fmt.Sprintf(format, args...),
		})
	}
	for _, c := range comments {
		text := strings.TrimSpace(c.Text)
		rest, ok := strings.CutPrefix(text, directive)
		if !ok {
			continue // a comment that speaks of suppression comments
		}
		list, reason, found := strings.Cut(rest, "--")
		if !found || strings.TrimSpace(reason) == "" {
			report(SuppressionInvalid, c, "This suppression gives no reason, so it is not obeyed. Write: %s RULE -- reason.", directive)
			continue
		}
		ids := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if len(ids) == 0 {
			report(SuppressionInvalid, c, "This suppression names no rule, so it is not obeyed. Write: %s RULE -- reason.", directive)
			continue
		}
		s := &suppression{comment: c}
		for _, id := range ids {
			if e.byID[id] == nil {
				report(SuppressionInvalid, c, "This suppression names %q, which is no rule. \"zonelint rules\" lists them.", id)
				continue
			}
			s.ids = append(s.ids, id)
		}
		s.used = make([]bool, len(s.ids))
		sups = append(sups, s)
	}
	fs = slices.DeleteFunc(fs, func(f Finding) bool {
		hit := false
		for _, s := range sups {
			c := s.comment
			if f.Span.File != c.Span.File || f.Span.Start.Line < c.First || f.Span.Start.Line > c.Last {
				continue
			}
			if i := slices.Index(s.ids, f.Rule.ID); i >= 0 {
				s.used[i] = true
				hit = true
			}
		}
		return hit
	})
	for _, s := range sups {
		for i, id := range s.ids {
			if !s.used[i] && e.shown[e.byID[id]] && !s.comment.Shared { // it may hide something in another zone
				report(SuppressionUnused, s.comment, "%s finds nothing here, so this suppression hides nothing. Remove it.", id)
			}
		}
	}
	return append(fs, own...)
}
