package cli

import (
	"slices"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/zone"
)

// zoneData reads the zones of --zonedata.
func (a *app) zoneData(c *urfave.Context, l *loader, args []string) ([]*zone.Zone, error) {
	l = l.further()
	found := l.expandOctoDNS(findTargets(l.cwd, args, defaultStdinName))
	errs := found.errs
	var zones []*zone.Zone
	from := map[zone.Name]string{}
	partOf := map[string]bool{}
	type read struct {
		target target
		zone   *zone.Zone
	}
	var all []read
	for _, t := range found.targets {
		if err := c.Context.Err(); err != nil {
			return nil, err
		}
		if t.path == "" {
			return nil, usagef("name a file", "--zonedata cannot be standard input")
		}
		zs, err := l.loadFound(c.Context, t)
		if err != nil {
			errs = append(errs, &targetError{t.name, err})
		}
		for _, z := range zs {
			all = append(all, read{t, z})
			for _, path := range l.included(z) {
				partOf[path] = true
			}
		}
	}
	for _, r := range all {
		if partOnly(r.zone, nil) && partOf[l.cwd.abs(r.target.path)] {
			continue
		}
		if first, ok := from[r.zone.Apex]; ok {
			return nil, usagef("give one of them", "--zonedata: %s and %s are both the zone %s", first, r.target.name, r.zone.Apex)
		}
		from[r.zone.Apex] = r.target.name
		zones = append(zones, r.zone)
		if !r.zone.Complete || slices.ContainsFunc(r.zone.Problems, func(p zone.Problem) bool { return p.Lost && p.Kind != zone.ProblemComputed }) {
			a.complain("%s: not all of it can be read, and what may stand there stays open; \"zonelint check %s\" tells more", r.target.name, r.target.name)
		}
	}
	if len(errs) > 0 {
		for _, err := range errs {
			a.complain("--zonedata: %v", err)
		}
		return nil, errReported
	}
	return zones, nil
}
