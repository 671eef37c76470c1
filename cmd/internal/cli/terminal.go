package cli

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/spelling"
)

// isTerminal reports whether a stream is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// isTerminalIn is isTerminal for a stream to read.
func isTerminalIn(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width returns the columns of a terminal, 0 of anything else.
func width(w io.Writer) int {
	if !isTerminal(w) {
		return 0
	}
	columns, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// dumb reports whether the terminal obeys no control sequences.
func dumb() bool { return os.Getenv("TERM") == "dumb" }

// colors reports whether a stream gets colour: as --color says, else if it is
// a terminal and neither NO_COLOR (no-color.org) nor TERM=dumb forbid it.
func colors(mode string, w io.Writer) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && !dumb()
}

// colorModes are the values of --color.
var colorModes = []string{"auto", "always", "never"}

func checkColor(mode string) error { return oneOf("--color", mode, colorModes) }

// oneOf checks the value of a flag that has a fixed list of them.
func oneOf(flag, value string, values []string) error {
	for _, v := range values {
		if v == value {
			return nil
		}
	}
	if like := spelling.Near(value, values); len(like) > 0 {
		return usagef(didYouMean(like), "%s has no value %q", flag, value)
	}
	return usagef("it takes "+strings.Join(values, ", "), "%s has no value %q", flag, value)
}

// style returns how output for people looks on a stream.
func style(mode string, w io.Writer) report.Style {
	return report.Style{Color: colors(mode, w), Width: width(w)}
}
