package cli

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
)

// planText shows a plan as a diff: each RRset that changes whole, with the
// reasons above it.
func planText(plan *providers.Plan, title string, p report.Painter) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", p.Bold(fmt.Sprintf("%s at %s: %s", report.EscapeLine(plan.Zone.String()), title, countChanges(plan, "planned"))))
	for _, set := range plan.RRsets {
		fmt.Fprintf(&b, "\n%s\n", p.Bold(report.Escape(set.Key.Name.String())+" "+set.Key.Type.String()))
		for _, r := range set.Reasons {
			fmt.Fprintf(&b, "  # %s\n", report.Escape(r))
		}
		for _, it := range set.Before {
			if hasItem(set.After, it) {
				fmt.Fprintf(&b, "    %s\n", itemText(it))
			}
		}
		for _, it := range set.Before {
			if !hasItem(set.After, it) {
				fmt.Fprintf(&b, "  %s\n", p.Removed("- "+itemText(it)))
			}
		}
		for _, it := range set.After {
			if !hasItem(set.Before, it) {
				fmt.Fprintf(&b, "  %s\n", p.Added("+ "+itemText(it)))
			}
		}
	}
	for i, s := range plan.Steps {
		if s.Gap != "" {
			fmt.Fprintf(&b, "\nBetween step %d and %d of %d: %s\n", i+1, i+2, len(plan.Steps), report.Escape(s.Gap))
		}
	}
	return b.Bytes()
}

// hasItem reports whether a record is among others, with its TTL.
func hasItem(items []providers.Item, it providers.Item) bool {
	return slices.ContainsFunc(items, func(o providers.Item) bool { return o.Record.Same(it.Record) && o.Auto == it.Auto })
}

// itemText is a record without its owner and type, which stand above it.
func itemText(it providers.Item) string {
	ttl := fmt.Sprint(it.Record.TTL)
	if it.Auto {
		ttl = "auto"
	}
	return fmt.Sprintf("%5s  %s", ttl, report.Escape(it.Record.RData()))
}

// countChanges says how many records come, change and go.
func countChanges(plan *providers.Plan, done string) string {
	created, updated, deleted := plan.Counts()
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{created, "new"}, {updated, "changed"}, {deleted, "deleted"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	if len(parts) == 0 {
		return "nothing to change"
	}
	out := report.Count(plan.NumOps(), "change") + " " + done + " ("
	for i, s := range parts {
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out + ")"
}
