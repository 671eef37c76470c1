package cli

import (
	"context"
	"slices"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func (a *app) checkCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "check",
		Usage:     "find the mistakes in zones",
		ArgsUsage: "[FILE|DIR|GLOB|-|ZONE|axfr://SERVER/ZONE]...",
		Description: "Checks zone files against the RFCs and against what the mail host asks for. " +
			"A folder stands for the zones in it and in the folders below; \"-\" is standard input; without an argument the current folder is checked. " +
			"With --provider the zones are those of a DNS provider, as they are there now. " +
			"axfr://SERVER[:PORT]/ZONE is a zone that the name server lets be transferred; the request is signed if RFC2136_TSIG_KEY and RFC2136_TSIG_SECRET are set.\n\n" +
			"Exits with 0 if nothing at or above --fail-on was found, 1 if something was, 2 on wrong usage, 3 if a file or zone could not be read.",
		Flags: slices.Concat(ruleFlags(), []urfave.Flag{
			failOnFlag(),
			sinceFlag(), baselineFlag(), formatFlag(), colorFlag(),
		}, configFlags(), providerFlags(), worldFlags(), []urfave.Flag{shardFlag()}, readingFlags(), planFlags()),
		Action: a.check,
	}
}

func (a *app) check(c *urfave.Context) error {
	if _, err := failLevel(c.String("fail-on")); err != nil {
		return err
	}
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	l, err := a.newLint(c)
	if err != nil {
		return err
	}
	defer l.loader.close()
	formats, err := l.formats(c)
	if err != nil {
		return err
	}
	if err := l.spareZones(formats); err != nil {
		return err
	}
	if l.baseline, err = l.readBaseline(c); err != nil {
		return err
	}
	if l.baseline != nil {
		l.earlier = append(l.earlier, l.baseline)
	}
	if l.since, err = l.readSince(c); err != nil {
		return err
	}
	if l.since != nil { // behind the baseline, which tells what of it is gone
		defer l.since.close()
		l.earlier = append(l.earlier, l.since)
	}
	failOn := l.failOn(c)
	look := report.Style{FailOn: failOn, Rules: l.base.engine.Rules(), Version: version().Version, Path: projectPath(l.loader.cwd)}
	if l.live != nil {
		look.Fix = l.live.fixCommand()
	}
	outs, err := a.openOutputs(formats, color, look)
	if err != nil {
		return err
	}
	defer outs.discard()
	if l.live != nil {
		return l.checkLive(c.Context, outs, failOn)
	}
	return l.check(c.Context, outs, failOn)
}

// check runs the rules over all targets and writes what they found.
func (l *lint) check(ctx context.Context, outs outputs, failOn rules.Severity) error {
	l.window = 4096 // what waits is text, not zones
	live := isTerminal(l.Out)
	outs.begin()
	t, err := l.run(ctx,
		func(z *zone.Zone, r *result) {
			r.chunks = outs.render(l.findings(r.lane, r.target, z, &r.summary))
			r.zone = z.Apex.String()
		},
		func(r *result) {
			outs.write(r.chunks, r.summary.Findings())
			l.checked(r.target, r.zone)
			if live {
				outs.flush()
			}
		})
	if err != nil {
		return err
	}
	return l.conclude(t, outs, failOn)
}

// conclude ends the output of check and says how the run went.
func (l *lint) conclude(t totals, outs outputs, failOn rules.Severity) error {
	t.Compared, t.Ignored = len(l.earlier) > 0, int(l.ignored.Load())
	if err := l.reportUnused(&t, outs); err != nil {
		return err
	}
	if err := outs.close(t.Summary); err != nil {
		if brokenPipe(err) {
			return errReported
		}
		return err
	}
	if outs.hasText() {
		l.hintPack(t)
	} else if t.Known > 0 {
		l.complain("%s not shown", report.Count(t.Known, "known finding"))
	}
	if l.baseline != nil && l.shard.whole() {
		l.baseline.tellGone(l)
	}
	if err := t.failure(); err != nil {
		return err
	}
	if t.AtLeast(failOn) > 0 {
		return errFindings
	}
	return nil
}
