package cli

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/pack"
)

func (a *app) packsCommand() *urfave.Command {
	return &urfave.Command{
		Name:  "packs",
		Usage: "list the rule packs of mail hosts",
		Description: "Lists the mail hosts whose needs zonelint knows. \"zonelint packs show ID\" tells all about one, " +
			"\"zonelint packs detect FILE\" which of them a zone points at, \"zonelint packs verify FILE\" what is wrong with a pack of your own.",
		Flags: []urfave.Flag{
			&urfave.StringSliceFlag{Name: "kind", Usage: "`KIND`: list these only: " + strings.Join(pack.Kinds(), ", ") + "; several with commas between; repeatable"},
			listFormatFlag(),
		},
		Action: a.listPacks,
		Subcommands: []*urfave.Command{
			a.packsShowCommand(),
			a.packsDetectCommand(),
			a.packsVerifyCommand(),
			a.packsSchemaCommand(),
			a.packsConvertCommand(),
		},
	}
}

func (a *app) listPacks(c *urfave.Context) error {
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	kinds := idList(c.StringSlice("kind"))
	for _, k := range kinds {
		if err := oneOf("--kind", k, pack.Kinds()); err != nil {
			return err
		}
	}
	packs := slices.DeleteFunc(pack.Builtin(), func(p *pack.Pack) bool {
		return len(kinds) > 0 && !slices.Contains(kinds, string(p.Kind))
	})
	if json {
		return a.print(jsonLines(packList(packs)))
	}
	var b bytes.Buffer
	if err := pack.WriteTable(&b, packs); err != nil {
		return err
	}
	return a.print(b.Bytes())
}

func (a *app) packsShowCommand() *urfave.Command {
	return &urfave.Command{
		Name:        "show",
		Usage:       "show what a mail host asks for",
		ArgsUsage:   "ID...",
		Description: "Shows all that a pack says: the records that the host asks for and what is as good, its variables, what it is recognised by, the servers for mail programs, and where the facts come from. ID is that of a pack, or a .yaml file.",
		Flags:       []urfave.Flag{listFormatFlag()},
		Action:      a.showPacks,
	}
}

func (a *app) showPacks(c *urfave.Context) error {
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	if !c.Args().Present() {
		return usagef("\"zonelint packs\" lists them", "packs show needs the id of a pack")
	}
	var packs []*pack.Pack
	for _, arg := range c.Args().Slice() {
		p, err := a.templatesOf(c).named(arg)
		if err != nil {
			return packArgument(arg, err)
		}
		packs = append(packs, p)
	}
	if json {
		out := make([]jsonPack, len(packs))
		for i, p := range packs {
			out[i] = jsonPack{p, packRecords(p)}
		}
		return a.print(jsonLines(out))
	}
	var b bytes.Buffer
	for i, p := range packs {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("-", helpWidth) + "\n\n")
		}
		if err := p.WriteText(&b); err != nil {
			return err
		}
	}
	return a.print([]byte(safeLines(b.String())))
}

// packArgument is an error about a pack that is an argument: a mistake in usage.
func packArgument(arg string, err error) error {
	var unknown *pack.UnknownError
	var format *pack.FormatError
	if errors.As(err, &unknown) || errors.As(err, &format) {
		return usagef("", "%v", err)
	}
	return usagef("", "%s: %s", arg, unreadPack(err))
}

// unreadPack says why a pack file could not be read, without its name.
func unreadPack(err error) string {
	for _, known := range []error{pack.ErrTooLarge, pack.ErrNotFile} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return describe(err)
}

func (a *app) packsSchemaCommand() *urfave.Command {
	return &urfave.Command{
		Name:  "schema",
		Usage: "print the JSON Schema of pack files",
		Description: "Prints the JSON Schema (draft 2020-12) of pack files, by which editors complete keys and show what they mean. It is published at " + pack.SchemaURL + " too; a first line that names it lets editors find it:\n\n" +
			"  # yaml-language-server: $schema=URL",
		Action: func(c *urfave.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return a.print(pack.Schema())
		},
	}
}

// safeLines makes what a terminal could obey visible: a pack may come from a
// file of unknown origin.
func safeLines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(report.EscapeLine(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}
