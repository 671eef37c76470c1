package cli

import (
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"
	"github.com/zonelint/zonelint/rules/spelling"
)

// permute puts the flags of each command before its arguments, since urfave/cli
// takes a flag behind the first argument for an argument. "--" ends the flags;
// "-" is an argument (standard input). It also finds the unknown commands and
// flags, so that all mistakes read alike, and turns "help COMMAND" into
// "COMMAND --help".
func permute(root *urfave.App, args []string) ([]string, error) {
	words := slices.Clone(args[1:])
	if len(words) > 0 && words[0] == "help" {
		words = append(words[1:], "--help")
	}
	level := &commandLevel{flags: root.Flags, commands: root.Commands}
	level.flags = append(slices.Clone(level.flags), urfave.HelpFlag, urfave.VersionFlag)
	out := []string{args[0]}
	var positional []string
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "--" && len(level.commands) == 0:
			positional = append(positional, words...)
			words = nil
		case len(word) > 1 && word[0] == '-':
			flag, rest, err := level.flag(word, words)
			if err != nil {
				return nil, err
			}
			out = append(out, flag)
			words = rest
		case len(level.commands) > 0:
			cmd, err := level.command(word)
			if err != nil {
				return nil, err
			}
			out = append(out, cmd.Name)
			level = &commandLevel{
				path:     strings.TrimSpace(level.path + " " + cmd.Name),
				flags:    append(slices.Clone(cmd.Flags), urfave.HelpFlag),
				commands: cmd.Subcommands,
			}
		default:
			positional = append(positional, word)
		}
	}
	if len(positional) > 0 && !level.help {
		out = append(append(out, "--"), positional...)
	}
	return out, nil
}

// commandLevel is a command while the words behind it are read.
type commandLevel struct {
	path     string // "packs show"; "" is zonelint itself
	flags    []urfave.Flag
	commands []*urfave.Command
	help     bool // --help was met, which leaves no room for arguments
}

func (l *commandLevel) command(word string) (*urfave.Command, error) {
	var names []string
	for _, c := range l.commands {
		if c.HasName(word) {
			return c, nil
		}
		names = append(names, c.Name)
	}
	what := "there is no command %q"
	if l.path != "" {
		what = l.path + " has no command %q"
	}
	if like := spelling.Near(word, names); len(like) > 0 {
		return nil, usagef(didYouMean(like), what, word)
	}
	return nil, usagef("the commands are "+strings.Join(names, ", "), what, word)
}

// flag reads a flag, its value from rest if it stands apart, and returns it as
// one word.
func (l *commandLevel) flag(word string, rest []string) (string, []string, error) {
	name, _, joined := strings.Cut(strings.TrimPrefix(word[1:], "-"), "=")
	var names []string
	for _, f := range l.flags {
		for _, n := range f.Names() {
			if len(n) > 1 {
				names = append(names, "--"+n)
			}
			if n != name {
				continue
			}
			l.help = l.help || slices.Contains(urfave.HelpFlag.Names(), n)
			doc, ok := f.(urfave.DocGenerationFlag)
			if !ok || !doc.TakesValue() || joined {
				return "--" + strings.TrimPrefix(word[1:], "-"), rest, nil
			}
			if len(rest) == 0 || l.has(rest[0]) {
				return "", nil, usagef("write "+word+"=VALUE or "+word+" VALUE", "%s needs a value", word)
			}
			return "--" + name + "=" + rest[0], rest[1:], nil
		}
	}
	shown, _, _ := strings.Cut(word, "=")
	next := "run \"" + strings.TrimSpace("zonelint "+l.path) + " --help\""
	if like := spelling.Near(shown, names); len(like) > 0 {
		next = didYouMean(like)
	}
	if l.path == "" {
		return "", nil, usagef(next, "there is no flag %s before a command", shown)
	}
	return "", nil, usagef(next, "%s has no flag %s", l.path, shown)
}

// has reports whether a word is a flag of the command, so that it cannot be
// meant as the value of the flag before it.
func (l *commandLevel) has(word string) bool {
	if !strings.HasPrefix(word, "--") {
		return false
	}
	name, _, _ := strings.Cut(word[2:], "=")
	return slices.ContainsFunc(l.flags, func(f urfave.Flag) bool { return slices.Contains(f.Names(), name) })
}
