package cli

import (
	"fmt"
	"strings"

	urfave "github.com/urfave/cli/v2"
)

// helpWidth is the width that help, like explain, is wrapped to.
const helpWidth = 80

// literal makes a template of urfave/cli that prints the text as it is.
func literal(s string) string { return "{{" + fmt.Sprintf("%q", s) + "}}" }

func appHelp(root *urfave.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nUsage: %s %s\n\nCommands:\n", root.Name, root.Usage, root.Name, root.ArgsUsage)
	for _, c := range root.Commands {
		fmt.Fprintf(&b, "  %-12s%s\n", c.Name, c.Usage)
	}
	b.WriteString("\n\"zonelint COMMAND --help\" shows the flags of a command.\n" +
		"Exit codes: 0 nothing found, 1 findings, 2 wrong usage, 3 could not read or\nwrite, 130 interrupted.\n")
	return b.String()
}

func commandHelp(name string, c *urfave.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nUsage: %s", name, c.Usage, name)
	switch {
	case len(c.Subcommands) == 0 || c.ArgsUsage != "":
	case len(c.Flags) > 0: // it does something itself
		b.WriteString(" [COMMAND]")
	default:
		b.WriteString(" COMMAND")
	}
	if len(c.Flags) > 0 {
		b.WriteString(" [flags]")
	}
	if c.ArgsUsage != "" {
		b.WriteString(" " + c.ArgsUsage)
	}
	b.WriteString("\n")
	if c.Description != "" {
		b.WriteString("\n" + fill(c.Description, "", helpWidth))
	}
	if len(c.Subcommands) > 0 {
		b.WriteString("\nCommands:\n")
		width := 0
		for _, s := range c.Subcommands {
			width = max(width, len(s.Name)+1+len(s.ArgsUsage))
		}
		for _, s := range c.Subcommands {
			fmt.Fprintf(&b, "  %-*s  %s\n", width, s.Name+" "+s.ArgsUsage, s.Usage)
		}
	}
	category := ""
	for i, f := range c.Flags {
		if cat := f.(urfave.CategorizableFlag).GetCategory(); cat != category || i == 0 {
			category = cat
			if cat == "" {
				cat = "Flags"
			}
			fmt.Fprintf(&b, "\n%s:\n", cat)
		}
		b.WriteString(flagHelp(f.(urfave.DocGenerationFlag)))
	}
	return b.String()
}

// flagUsage splits the usage of a flag, "`WHEN`: auto or never", into the word
// that stands for its value and the rest.
func flagUsage(f urfave.DocGenerationFlag) (value, usage string) {
	usage = f.GetUsage()
	if rest, ok := strings.CutPrefix(usage, "`"); ok {
		value, usage, _ = strings.Cut(rest, "`: ")
	}
	return value, usage
}

func flagHelp(f urfave.DocGenerationFlag) string {
	const column = 24
	value, usage := flagUsage(f)
	left := strings.TrimRight("  --"+f.Names()[0]+" "+value, " ")
	text := fill(usage, strings.Repeat(" ", column), helpWidth)
	if len(left) <= column-2 {
		return left + text[len(left):]
	}
	return left + "\n" + text
}

// fill wraps each paragraph of a text at width, every line behind an indent. A
// paragraph whose lines begin with blanks is kept as it is.
func fill(s, indent string, width int) string {
	var b strings.Builder
	for i, para := range strings.Split(strings.Trim(s, "\n"), "\n\n") {
		if i > 0 {
			b.WriteString("\n")
		}
		if strings.HasPrefix(para, " ") {
			for line := range strings.SplitSeq(para, "\n") {
				b.WriteString(indent + line + "\n")
			}
			continue
		}
		line := ""
		for word := range strings.FieldsSeq(para) {
			if line != "" && len(indent)+len(line)+1+len(word) > width {
				b.WriteString(indent + line + "\n")
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		b.WriteString(indent + line + "\n")
	}
	return b.String()
}
