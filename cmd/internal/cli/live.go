package cli

import (
	"context"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// liveZones are the zones of a run that are at a provider.
type liveZones struct {
	account *account
	zones   []liveZone
	failed  int // zones that could not be read, which was told
}

// liveZone is a zone as it was read.
type liveZone struct {
	snapshot *providers.Snapshot
	zone     *zone.Zone
}

// readLive reads the zones that the arguments name. They answer for each other.
func (l *lint) readLive(c *urfave.Context) error {
	acc, err := l.openAccount(c.String("provider"))
	if err != nil {
		return err
	}
	names, err := acc.names(c.Context, c.Args().Slice(), c.Bool("all-zones"))
	if err != nil {
		return err
	}
	l.live = &liveZones{account: acc}
	p := startProgress(l.Err, len(names))
	defer p.stop()
	var zones []*zone.Zone
	for _, n := range names {
		s, err := acc.snapshot(c.Context, n)
		if c.Context.Err() != nil {
			return c.Context.Err()
		}
		p.step(0)
		if err != nil {
			l.live.failed++
			p.aside(func() { l.complain("%v", err) })
			continue
		}
		z := s.Zone()
		l.live.zones = append(l.live.zones, liveZone{s, z})
		zones = append(zones, z)
	}
	if len(zones) > 1 {
		l.servers = append([]resolve.Server{resolve.NewZones(zones)}, l.servers...)
	}
	return nil
}

// checkLive is check for zones at a provider.
func (l *lint) checkLive(ctx context.Context, outs outputs, failOn rules.Severity) error {
	outs.begin()
	t := totals{}
	t.Unread = l.live.failed
	for _, live := range l.live.zones {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := &report.Result{Zone: live.zone, Findings: l.engine.Run(live.zone)}
		t.Add(r)
		if l.packless(live.zone) {
			t.noPack++
		}
		outs.write(outs.render(r))
	}
	return l.conclude(t, outs, failOn)
}

// packless reports whether no pack applies to a zone.
func (l *lint) packless(z *zone.Zone) bool {
	return len(l.selector.Forced) == 0 && !l.detector.Any(z)
}
