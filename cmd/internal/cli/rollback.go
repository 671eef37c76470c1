package cli

import (
	"errors"
	"fmt"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/providers"
)

func (a *app) rollbackCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "rollback",
		Usage:     "undo what \"fix --provider\" did",
		ArgsUsage: "JOURNAL",
		Description: "Undoes a run by its journal, whose place \"fix --provider\" tells, also one that was cut off. " +
			"What others changed in the zone since then stays. The plan is shown and confirmed as with fix, and has a journal of its own.\n\n" +
			"Exits with 0 if nothing is left to undo, 1 if the plan was not carried out, 2 on wrong usage, 3 if the journal could not be read or the zone not be changed.",
		Flags: append(applyFlags(),
			&urfave.StringSliceFlag{Name: "resolver", Category: groupProvider, Usage: "`ADDR`: find the name servers for --wait through this DNS server, an IP address with an optional :PORT; repeatable"},
			colorFlag()),
		Action: a.rollback,
	}
}

func (a *app) rollback(c *urfave.Context) error {
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	if c.NArg() != 1 {
		return usagef("\"fix --provider\" tells its name", "rollback needs one journal")
	}
	if _, err := waitingOf(c); err != nil {
		return err
	}
	path := c.Args().First()
	j, err := providers.LoadJournal(path)
	switch {
	case errors.Is(err, providers.ErrPlan):
		return err
	case err != nil:
		return fmt.Errorf("journal %s: %s", path, describe(err))
	}
	acc, err := a.openAccount(j.Plan.Provider)
	if err != nil {
		return err
	}
	ch, err := newChanger(c, acc, color)
	if err != nil {
		return err
	}
	if err := ch.mayAsk(); err != nil {
		return err
	}
	applier, err := ch.applier()
	if err != nil {
		return err
	}
	plan, err := applier.Rollback(c.Context, j)
	if err != nil {
		return acc.failure(j.Plan.Zone, err)
	}
	if err := ch.carryOut(c.Context, plan); err != nil {
		return err
	}
	return ch.end(c.Context)
}
