package cli

import (
	"errors"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func (a *app) spfCommand() *urfave.Command {
	return &urfave.Command{
		Name:        "spf",
		Usage:       "try an SPF record",
		ArgsUsage:   "COMMAND",
		Description: "Shows what receivers make of the SPF records of a zone before they are published.",
		Subcommands: []*urfave.Command{a.spfEvalCommand(), a.spfTreeCommand()},
		Action: func(*urfave.Context) error {
			return usagef("\"zonelint spf --help\" lists them", "spf needs a command")
		},
	}
}

// oneZone reads the zone of an argument, a file or "-" for standard input.
func (a *app) oneZone(c *urfave.Context, l *loader, arg string) (*zone.Zone, error) {
	t := target{name: arg, path: arg}
	if arg == "-" {
		t = target{name: c.String("stdin-filename")}
	}
	z, err := l.load(c.Context, t)
	if err != nil {
		err = &targetError{t.name, err}
		if errors.Is(err, masterfile.ErrNoOrigin) {
			return nil, usagef("", "%v", err)
		}
		return nil, err
	}
	if len(z.Problems) > 0 {
		a.complain("%s: not all of it can be read, and what may stand there is unknown; \"zonelint check\" tells more", t.name)
	}
	return z, nil
}
