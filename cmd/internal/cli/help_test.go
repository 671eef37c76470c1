package cli

import (
	"strings"
	"testing"

	urfave "github.com/urfave/cli/v2"
)

// The flags of a subject stand together: no heading comes twice.
func TestHelpHeadings(t *testing.T) {
	var visit func(parent string, cs []*urfave.Command)
	visit = func(parent string, cs []*urfave.Command) {
		for _, c := range cs {
			seen := map[string]bool{}
			for line := range strings.Lines(commandHelp(parent+" "+c.Name, c)) {
				if line[0] == ' ' || !strings.HasSuffix(line, ":\n") {
					continue
				}
				if seen[line] {
					t.Errorf("%s %s: %q twice", parent, c.Name, line)
				}
				seen[line] = true
			}
			visit(parent+" "+c.Name, c.Subcommands)
		}
	}
	visit("zonelint", (&app{}).commands().Commands)
}
