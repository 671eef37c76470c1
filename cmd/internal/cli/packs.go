package cli

import (
	"bytes"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/pack"
)

func (a *app) packsCommand() *urfave.Command {
	return &urfave.Command{
		Name:        "packs",
		Usage:       "list the rule packs of mail hosts",
		Description: "Lists the mail hosts whose needs zonelint knows. \"zonelint packs show ID\" shows the records of one.",
		Flags:       []urfave.Flag{listFormatFlag()},
		Action: func(c *urfave.Context) error {
			json, err := wantsJSON(c)
			if err != nil {
				return err
			}
			if json {
				return a.print(jsonLines(packList()))
			}
			var b bytes.Buffer
			if err := pack.WriteTable(&b, pack.Builtin()); err != nil {
				return err
			}
			return a.print(b.Bytes())
		},
		Subcommands: []*urfave.Command{{
			Name:        "show",
			Usage:       "show what a mail host asks for",
			ArgsUsage:   "ID...",
			Description: "Shows the records that the host of a pack asks for, and where it says so. ID is that of a pack, or a .yaml file.",
			Flags:       []urfave.Flag{listFormatFlag()},
			Action:      a.showPacks,
		}},
	}
}

// jsonPackLine is a pack in the list of packs.
type jsonPackLine struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Confidence string `json:"confidence"`
	Checked    string `json:"checked"`
}

func packList() []jsonPackLine {
	var out []jsonPackLine
	for _, p := range pack.Builtin() {
		out = append(out, jsonPackLine{p.ID, p.Name, string(p.Confidence), string(p.Checked)})
	}
	return out
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
		p, err := pack.Named(arg)
		if err != nil {
			return packFailure(arg, err)
		}
		packs = append(packs, p)
	}
	if json {
		out := make([]jsonPack, len(packs))
		for i, p := range packs {
			out[i] = jsonPackOf(p)
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

// safeLines makes what a terminal could obey visible: a pack may come from a
// file of unknown origin.
func safeLines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(report.Escape(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}
