package cli

import (
	"context"
	"slices"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// liveZones are the zones of a run that are at a provider, or that were
// transferred from a name server.
type liveZones struct {
	account *account // nil if they were transferred
	zones   []liveZone
	failed  int // zones that could not be read, which was told
}

// liveZone is a zone as it was read.
type liveZone struct {
	snapshot *providers.Snapshot
	zone     *zone.Zone
}

// fixCommand is what mends the zones.
func (v *liveZones) fixCommand() string {
	if v.account == nil {
		return "zonelint fix --provider rfc2136"
	}
	return "zonelint fix --provider " + v.account.provider.Name
}

// isLive reports whether the zones of a run are none of files.
func isLive(c *urfave.Context) bool {
	return c.IsSet("provider") || namesTransfer(c.Args().Slice())
}

// readLive reads the zones that the arguments name. They answer for each other.
func (l *lint) readLive(c *urfave.Context) error {
	if c.IsSet("provider") {
		return l.readProvider(c)
	}
	targets, err := transferTargets(c.Args().Slice())
	if err != nil {
		return err
	}
	l.live = &liveZones{}
	targets = slices.DeleteFunc(targets, func(t rfc2136.Target) bool { return !l.shard.has(t.Zone.String()) })
	return readEach(c.Context, l, targets, l.transfer)
}

// readProvider reads zones of an account.
func (l *lint) readProvider(c *urfave.Context) error {
	acc, err := l.openAccount(c.String("provider"))
	if err != nil {
		return err
	}
	names, err := acc.names(c.Context, c.Args().Slice(), c.Bool("all-zones"))
	if err != nil {
		return err
	}
	l.live = &liveZones{account: acc}
	names = slices.DeleteFunc(names, func(n zone.Name) bool { return !l.shard.has(n.String()) })
	return readEach(c.Context, l, names, acc.snapshot)
}

// readEach reads zones with read and tells which could not be read.
func readEach[T any](ctx context.Context, l *lint, from []T, read func(context.Context, T) (*providers.Snapshot, error)) error {
	p := startProgress(l.Err, len(from))
	defer p.stop()
	var zones []*zone.Zone
	for _, f := range from {
		s, err := read(ctx, f)
		if ctx.Err() != nil {
			return ctx.Err()
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
		ln, err := l.lanes.of(l.config, live.zone.Apex)
		if err != nil {
			return err
		}
		r := l.findings(ln, target{}, live.zone, &t.Summary)
		l.checked(target{}, live.zone.Apex.String())
		if ln.packless(live.zone) {
			t.noPack++
		}
		outs.write(outs.render(r), len(r.Findings))
	}
	return l.conclude(t, outs, failOn)
}
