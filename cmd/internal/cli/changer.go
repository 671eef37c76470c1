package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// applyFlags say whether a plan is carried out.
func applyFlags() []urfave.Flag {
	return append([]urfave.Flag{
		&urfave.BoolFlag{Name: "dry-run", Category: groupProvider, Usage: "show the plan and change nothing"},
		&urfave.BoolFlag{Name: "yes", Category: groupProvider, Usage: "carry the plan out without asking for the name of the zone"},
	}, waitFlags()...)
}

// changer carries out plans once somebody has agreed to them.
type changer struct {
	*account
	dryRun, yes bool
	out, err    report.Painter
	keys        *bufio.Reader // of the terminal

	wait    *waiting // for name servers; nil if nobody is to wait
	made    []changed
	shown   bool // a plan was
	pending int  // plans that were shown and not carried out
	failed  bool
}

// newChanger reads the flags of applyFlags.
func newChanger(c *urfave.Context, acc *account, color string) (*changer, error) {
	ch := &changer{account: acc, dryRun: c.Bool("dry-run"), yes: c.Bool("yes"), out: report.Painter(colors(color, acc.Out)), err: report.Painter(colors(color, acc.Err))}
	if ch.dryRun && ch.yes {
		return nil, usagef("leave one of them out", "--dry-run changes nothing and --yes does")
	}
	var err error
	ch.wait, err = waitingOf(c)
	return ch, err
}

// errCannotAsk is for runs that nobody could agree to.
var errCannotAsk = usagef("--yes changes the zone without asking, --dry-run shows the plan", "standard input is no terminal on which the change could be confirmed")

// mayAsk refuses to go on where there is nobody who could be asked.
func (ch *changer) mayAsk() error {
	if !ch.yes && !ch.dryRun && !isTerminalIn(ch.In) {
		return errCannotAsk
	}
	return nil
}

// carryOut shows a plan, asks, and applies it. How it went is told; an error is
// one that ends the run.
func (ch *changer) carryOut(ctx context.Context, plan *providers.Plan) error {
	if !plan.Empty() {
		text := planText(plan, ch.provider.Title, ch.out)
		if ch.shown {
			text = append([]byte("\n"), text...)
		}
		ch.shown = true
		if err := ch.print(text); err != nil {
			return err
		}
	}
	ch.notes(plan.Notes)
	switch {
	case plan.Empty():
		fmt.Fprintf(ch.Err, "%s: nothing to change.\n", ch.place(plan.Zone))
		return nil
	case ch.dryRun:
		ch.pending++
		fmt.Fprintf(ch.Err, "%s: %s; nothing was changed.\n", report.EscapeLine(plan.Zone.String()), countChanges(plan, "would be made"))
		return nil
	}
	if !ch.yes {
		agreed, err := ch.confirm(ctx, plan.Zone)
		if err != nil {
			return err
		}
		if !agreed {
			ch.pending++
			ch.complain("%s: nothing was changed", plan.Zone)
			return nil
		}
	}
	return ch.apply(ctx, plan)
}

// notes tells what else is to be known.
func (ch *changer) notes(list []string) {
	for _, n := range list {
		fmt.Fprintf(ch.Err, "  %s  %s\n", ch.err.Bold("note "), report.Escape(ch.redactor.Text(n)))
	}
}

// apply carries a plan out and tells what came of it.
func (ch *changer) apply(ctx context.Context, plan *providers.Plan) error {
	a, err := ch.applier()
	if err != nil {
		return err
	}
	r, err := a.Apply(ctx, plan)
	switch {
	case r == nil && err != nil:
		ch.failed = true
		ch.complain("%v; nothing was changed", ch.failure(plan.Zone, err))
	case r != nil:
		ch.tell(plan, r, err)
		if err == nil && r.After != nil {
			ch.made = append(ch.made, changed{plan, r})
		}
	}
	return ctx.Err()
}

func (ch *changer) applier() (*providers.Applier, error) {
	dir, err := providers.DefaultDir()
	if err != nil {
		return nil, fmt.Errorf("no folder for journals: %w", cause(err))
	}
	return &providers.Applier{Backend: ch.backend, Dir: dir, Redactor: ch.redactor}, nil
}

// tell says on standard error what a run did.
func (ch *changer) tell(plan *providers.Plan, r *providers.Report, err error) {
	ch.notes(slices.DeleteFunc(slices.Clone(r.Notes), func(n string) bool { return slices.Contains(plan.Notes, n) }))
	for _, f := range r.Foreign {
		fmt.Fprintf(ch.Err, "  %s  meanwhile changed by others: %s\n", ch.err.Bold("note "), report.Escape(f))
	}
	if err == nil && r.Complete() {
		fmt.Fprintf(ch.Err, "%s: %s, and the zone was read back. \"zonelint rollback %s\" undoes it.\n", report.EscapeLine(plan.Zone.String()), countChanges(plan, "made"), report.Escape(r.Journal))
		return
	}
	ch.failed = true
	if err == nil {
		err = providers.ErrIncomplete
	}
	ch.complain("%v", ch.failure(plan.Zone, err))
	for _, op := range r.Ops {
		word := string(op.Outcome)
		switch op.Outcome {
		case providers.Done:
			word = ch.err.Added(word)
		default:
			word = ch.err.Removed(word)
		}
		fmt.Fprintf(ch.Err, "  %s: %s\n", word, report.Escape(op.Op.String()))
	}
	switch {
	case r.Untouched():
		fmt.Fprintf(ch.Err, "Nothing was changed. The same command tries again.\n")
	default:
		fmt.Fprintf(ch.Err, "The same command does what is left; \"zonelint rollback %s\" undoes what is done.\n", report.Escape(r.Journal))
	}
	if r.Gap != "" {
		fmt.Fprintf(ch.Err, "%s: %s\n", ch.err.Bold("Until then"), report.Escape(r.Gap))
	}
}

// confirm asks for the name of the zone.
func (ch *changer) confirm(ctx context.Context, name zone.Name) (bool, error) {
	if ch.keys == nil {
		ch.keys = bufio.NewReader(ch.In)
	}
	fmt.Fprintf(ch.Err, "Type the name of the zone to change it at %s: ", ch.provider.Title)
	answer := make(chan string, 1)
	go func() {
		line, _ := ch.keys.ReadString('\n')
		answer <- line
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(ch.Err)
		return false, ctx.Err()
	case line := <-answer:
		if !strings.HasSuffix(line, "\n") || !isTerminal(ch.Err) { // else typing ended the line
			fmt.Fprintln(ch.Err)
		}
		typed, err := zone.ParseName(strings.TrimSpace(line), zone.Root)
		return err == nil && strings.TrimSpace(line) != "" && typed == name, nil
	}
}

// end waits for the name servers if that was asked for, and returns what a run
// ends with.
func (ch *changer) end(ctx context.Context) error {
	if err := ch.await(ctx); err != nil {
		return err
	}
	switch {
	case ch.failed:
		return errReported
	case ch.pending > 0:
		return errFindings
	}
	return nil
}
