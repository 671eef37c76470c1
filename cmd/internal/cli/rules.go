package cli

import (
	"bytes"
	"fmt"
	"text/tabwriter"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
)

// jsonRule is a rule as "zonelint rules --format json" tells it.
type jsonRule struct {
	ID         string   `json:"id"`
	Severity   string   `json:"severity"`
	Fix        string   `json:"fix"` // safe, unsafe, manual or none
	Summary    string   `json:"summary"`
	What       string   `json:"what"`
	Why        string   `json:"why"`
	Bad        string   `json:"bad"`
	Good       string   `json:"good"`
	References []string `json:"references"`
}

func (a *app) rulesCommand() *urfave.Command {
	return &urfave.Command{
		Name:        "rules",
		Usage:       "list the rules",
		Description: "Lists every rule with its severity, the class of its fix (safe, unsafe, manual or none) and what it finds. \"zonelint explain RULE\" says more.",
		Flags:       []urfave.Flag{listFormatFlag()},
		Action: func(c *urfave.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			json, err := wantsJSON(c)
			if err != nil {
				return err
			}
			list := builtinRules()
			if json {
				out := make([]jsonRule, len(list))
				for i, r := range list {
					out[i] = jsonRule{r.ID, r.Severity.String(), r.Fix.String(), r.Summary, r.What, r.Why, r.Bad, r.Good, r.Refs}
				}
				return a.print(jsonLines(out))
			}
			return a.print(ruleTable(list))
		},
	}
}

func ruleTable(list []*rules.Rule) []byte {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RULE\tSEVERITY\tFIX\tFINDS")
	for _, r := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, r.Severity, r.Fix, r.Summary)
	}
	w.Flush()
	return b.Bytes()
}

// jsonLines is a JSON array with one element a line.
func jsonLines[T any](list []T) []byte {
	b := []byte("[")
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, '\n'), report.JSON(v)...)
	}
	return append(b, "\n]\n"...)
}
