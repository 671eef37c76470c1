package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

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
	} else if info, err := os.Stat(arg); err == nil && info.IsDir() {
		return nil, usagef("name the file of one zone in it", "%s is a folder", arg)
	}
	t, err := oneTarget(t, l.expandOctoDNS(found{targets: []target{t}}).targets, l.options.Origin)
	if err != nil {
		return nil, err
	}
	zs, err := l.load(c.Context, t)
	if err != nil {
		err = &targetError{t.name, err}
		if errors.Is(err, masterfile.ErrNoOrigin) {
			return nil, usagef("", "%v", err)
		}
		return nil, err
	}
	z, err := oneOfSeveral(t.name, zs, l.options.Origin)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(z.Problems, mayHide) {
		a.complain("%s: not all of it can be read, and what may stand there is unknown; \"zonelint check\" tells more", t.name)
	}
	return z, nil
}

// oneTarget returns the target that a file of octoDNS stands for, of those of a
// configuration the one that --origin chooses. Any other file stands for itself.
func oneTarget(t target, ts []target, origin zone.Name) (target, error) {
	if len(ts) == 1 {
		return ts[0], nil
	}
	var names []string
	for _, o := range ts {
		if o.origin == origin {
			return o, nil
		}
		names = append(names, o.origin.String())
	}
	if len(names) == 0 || origin != "" {
		return t, &targetError{t.name, errNoZoneInFile}
	}
	return t, usagef("choose one with --origin", "%s names the zones %s", t.name, listed(names))
}

// oneOfSeveral returns the zone of a file that --origin chooses, where it holds
// more than one.
func oneOfSeveral(name string, zs []*zone.Zone, origin zone.Name) (*zone.Zone, error) {
	if len(zs) == 1 {
		return zs[0], nil
	}
	var names []string
	for _, z := range zs {
		if z.Apex == origin {
			return z, nil
		}
		names = append(names, z.Apex.String())
	}
	switch {
	case len(zs) == 0:
		return nil, &targetError{name, errNoZoneInFile}
	case origin != "":
		return nil, usagef("it holds "+listed(names), "%s does not hold the zone %s", name, origin)
	}
	return nil, usagef("choose one with --origin", "%s holds the zones %s", name, listed(names))
}

// listed joins names, the first of many.
func listed(names []string) string {
	const most = 10
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
