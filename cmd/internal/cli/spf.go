package cli

import urfave "github.com/urfave/cli/v2"

func (a *app) spfCommand() *urfave.Command {
	return &urfave.Command{
		Name:        "spf",
		Usage:       "try an SPF record",
		ArgsUsage:   "COMMAND",
		Description: "Shows what receivers make of the SPF records of a zone before they are published.",
		Subcommands: []*urfave.Command{a.spfEvalCommand()},
		Action: func(*urfave.Context) error {
			return usagef("\"zonelint spf --help\" lists them", "spf needs a command")
		},
	}
}
