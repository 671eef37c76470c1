package cli

import (
	"context"
	"errors"
	"sync/atomic"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/baseline"
	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/transport"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// lint is what check and fix share: zones read and rules chosen as the flags
// say.
type lint struct {
	*app
	base     *lane // of zones without a configuration
	lanes    lanes
	options  rules.Options // of the flags
	configs  *configs
	args     []string       // that name the zones
	config   *config.Config // for what concerns the run as a whole; nil if there is none
	policies []*transport.Policy
	servers  []resolve.Server
	loader   *loader
	found    found
	shard    shard
	beside   *neighbours
	live     *liveZones     // in place of files; nil if it is files
	earlier  []earlier      // what the findings are compared with
	baseline *knownFindings // of earlier; nil if there is none
	since    *history       // of earlier; nil if there is none
	former   bool           // the zones are those of an earlier commit
	ignored  atomic.Int64   // findings that entries of ignore hid, by check
	jobs     int
	window   int // how many outcomes may wait for one before them
}

// newLint reads the flags of ruleFlags, worldFlags and readingFlags and finds
// the files. The caller closes its loader.
func (a *app) newLint(c *urfave.Context) (*lint, error) {
	options, jobs, err := readingOptions(c)
	if err != nil {
		return nil, err
	}
	part, err := shardOf(c)
	if err != nil {
		return nil, err
	}
	if err := checkProviderUse(c); err != nil {
		return nil, err
	}
	l := &lint{app: a, jobs: jobs, shard: part, base: &lane{}, args: c.Args().Slice()}
	l.lanes.lint = l
	if l.options, err = ruleOptions(c); err != nil {
		return nil, err
	}
	if len(l.args) == 0 {
		l.args = []string{"."}
	}
	go pack.Builtin() // which take a while to load
	if err := l.configure(c); err != nil {
		return nil, err
	}
	if l.base.selector, err = a.selectorOf(c, l.configs.allPacks()...); err != nil {
		return nil, err
	}
	if err := l.configs.take(l.base.selector); err != nil {
		return nil, err
	}
	l.base.detector = pack.NewDetector(l.base.selector)
	if l.policies, err = policiesOf(c); err != nil {
		return nil, err
	}
	if l.loader, err = a.loaderOf(c, options); err != nil {
		return nil, err
	}
	if l.found = l.loader.expandOctoDNS(l.found); !isLive(c) {
		if err := l.settleZones(!c.IsSet("source")); err != nil {
			l.loader.close()
			return nil, err
		}
	}
	l.beside = newNeighbours(c.Context, l.loader, l.found.targets)
	if l.servers, err = a.serversOf(c, l.loader, l.beside, l.configs.allPacks()...); err == nil && isLive(c) {
		err = l.readLive(c)
	}
	if err == nil {
		o := l.options
		o.Servers = l.servers
		l.base.engine, err = engineOf(l.base.selector, l.policies, o)
	}
	if err != nil {
		l.loader.close()
		return nil, err
	}
	return l, nil
}

// outcome is what became of one target.
type outcome struct {
	target   target
	err      error
	skip     bool      // found in a folder, and not a zone
	part     bool      // may be part of another zone rather than one of its own
	includes []string  // absolute paths of the files that it includes
	results  []*result // of its zones
}

// result is what became of one zone.
type result struct {
	target  target
	lane    *lane
	err     error
	noPack  bool // no pack applies
	summary report.Summary
	zone    string           // its name
	chunks  [][]byte         // by check
	entries []baseline.Entry // by baseline write
	repair  *repair          // by fix
	hosts   zoneHosts        // by init
}

// totals is what a run saw.
type totals struct {
	report.Summary
	noPack  int // zones to which no pack applies
	misused int // files that were not read for want of the name of a zone, or for wrong usage
}

// run reads the targets and calls work with each zone, in several goroutines;
// then emit with each result, in their order, in the calling one. It tells what
// could not be read.
func (l *lint) run(ctx context.Context, work func(z *zone.Zone, r *result), emit func(r *result)) (totals, error) {
	var t totals
	targets, others := l.shard.split(l.found.targets)
	p := startProgress(l.Err, len(targets))
	defer p.stop()
	fail := func(err error) {
		t.Unread++
		var usage *usageError
		if unnamed(err) || errors.As(err, &usage) {
			t.misused++
		}
		p.aside(func() { l.complain("%v", err) })
	}
	for _, err := range l.found.errs {
		fail(err)
	}
	lively := map[string]bool{} // folders in which something was found
	finish := func(o *outcome) {
		switch {
		case o.skip && !o.target.found:
			p.aside(func() {
				l.complain("%s: %v that is read, so nothing of it was checked", o.target.name, errNoZoneInFile)
			})
			return
		case o.skip:
			return
		case o.err != nil:
			fail(&targetError{o.target.name, o.err})
		}
		for _, r := range o.results {
			if r.err != nil {
				fail(&targetError{o.target.name, r.err})
				continue
			}
			t.Merge(r.summary)
			if r.noPack {
				t.noPack++
			}
			p.aside(func() { emit(r) })
		}
		lively[o.target.dir] = true
	}

	// What may be part of another zone waits until it is known to be none, and
	// with it all that follows.
	partOf := map[string]bool{}
	var waiting []*outcome
	release := func(all bool) {
		for len(waiting) > 0 {
			o := waiting[0]
			if o.part && partOf[l.loader.cwd.abs(o.target.path)] {
				lively[o.target.dir] = true
			} else if o.part && !all {
				return
			} else {
				finish(o)
			}
			waiting = waiting[1:]
		}
	}
	inOrder(ctx, len(targets), l.jobs, l.window,
		func(i int) *outcome { return l.one(ctx, targets[i], work) },
		func(i int, err error) *outcome { return &outcome{target: targets[i], err: err} },
		func(_ int, o *outcome) {
			findings := 0
			for _, r := range o.results {
				findings += r.summary.Findings()
			}
			p.step(findings)
			for _, path := range o.includes {
				partOf[path] = true
			}
			waiting = append(waiting, o)
			release(false)
		})
	if len(waiting) > 0 { // the files that include it may be in another part
		for _, path := range l.includedBy(ctx, others) {
			partOf[path] = true
		}
	}
	if err := ctx.Err(); err != nil {
		return t, err
	}
	release(true)
	for _, dir := range l.found.dirs {
		if !lively[dir] && !l.lively(dir, others) {
			fail(&targetError{dir, errNoZone})
		}
	}
	return t, nil
}

var errNoZoneInFile = errors.New("no zone in this file")

var errNoZone = errors.New("no zone in this folder; name the files themselves if they are zones")

// one reads a target and has its zones worked on.
func (l *lint) one(ctx context.Context, t target, work func(z *zone.Zone, r *result)) *outcome {
	o := &outcome{target: t}
	zs, err := l.loader.loadFound(ctx, t)
	if len(zs) == 0 && err == nil {
		o.skip = true
		return o
	}
	if err != nil {
		o.part = t.path != "" && partOnly(nil, err)
		o.err = err
		return o
	}
	o.part = t.path != "" && len(zs) == 1 && partOnly(zs[0], nil)
	defer l.beside.lend(t, zs)()
	o.results = make([]*result, 0, len(zs))
	for _, z := range zs {
		if ctx.Err() != nil {
			break
		}
		o.includes = append(o.includes, l.loader.included(z)...)
		r := &result{target: t}
		if r.lane, r.err = l.lanes.of(t.config, z.Apex); r.err == nil {
			r.noPack = r.lane.packless(z)
			work(z, r)
		}
		o.results = append(o.results, r)
	}
	return o
}

// failure returns the error that a run ends with for what could not be read.
func (t totals) failure() error {
	switch {
	case t.Unread == 0:
		return nil
	case t.Unread == t.misused:
		return errUsageReported
	}
	return errReported
}

// hintPack says, once a run, how to choose a pack where none applies.
func (l *lint) hintPack(t totals) {
	switch {
	case t.noPack == 0:
	case t.Zones == 1:
		l.complain("no mail host was recognised in this zone, so only the general rules ran; choose its pack with --pack ID (\"zonelint packs\" lists them)")
	default:
		l.complain("no mail host was recognised in %d of %s, for which only the general rules ran; choose its pack with --pack ID (\"zonelint packs\" lists them)", t.noPack, report.Count(t.Zones, "zone"))
	}
}
