package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/propagation"
	"github.com/zonelint/zonelint/zone/resolve"
)

// The bounds of --wait-timeout.
const (
	defaultWait = 5 * time.Minute
	maxWait     = 24 * time.Hour
)

// waitFlags say whether the name servers are waited for.
func waitFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.BoolFlag{Name: "wait", Category: groupProvider, Usage: "once the change is made, ask all name servers of the zone until each answers with it; they are found through --resolver, or the DNS servers of the system"},
		&urfave.DurationFlag{Name: "wait-timeout", Category: groupProvider, Usage: "`TIME`: how long to wait; implies --wait (default: 5m)"},
	}
}

// waiting is what waitFlags ask for.
type waiting struct {
	timeout   time.Duration
	resolvers []netip.AddrPort
	reply     time.Duration // how long one server may take for a reply; 0 is the default
}

// waitingOf reads waitFlags; nil says that nobody is waited for.
func waitingOf(c *urfave.Context) (*waiting, error) {
	w := &waiting{timeout: defaultWait, reply: c.Duration("dns-timeout")}
	switch {
	case c.IsSet("wait-timeout") && c.IsSet("wait") && !c.Bool("wait"):
		return nil, usagef("leave one of them out", "--wait=false and --wait-timeout")
	case c.IsSet("wait-timeout"):
		w.timeout = c.Duration("wait-timeout")
		if w.timeout < time.Second || w.timeout > maxWait {
			return nil, usagef("give a time from 1s to 24h, such as 90s or 10m", "--wait-timeout %s", w.timeout)
		}
	case !c.Bool("wait") && c.IsSet("resolver") && (c.IsSet("plan") || c.Command.Name == "rollback"):
		return nil, usagef("add --wait", "--resolver has no meaning where no name server is waited for")
	case !c.Bool("wait"):
		return nil, nil
	}
	if c.Bool("dry-run") || c.IsSet("plan-out") {
		return nil, usagef("leave one of them out", "nothing is changed that could be waited for: --wait goes with neither --dry-run nor --plan-out")
	}
	for _, s := range c.StringSlice("resolver") {
		addr, err := resolverOf(s)
		if err != nil {
			return nil, err
		}
		w.resolvers = append(w.resolvers, addr)
	}
	if len(w.resolvers) == 0 {
		var err error
		if w.resolvers, err = systemResolvers(resolvConf); err != nil {
			return nil, usagef("name a DNS server with --resolver", "--wait: %v", err)
		}
	}
	return w, nil
}

// changed is a zone that was changed and read back.
type changed struct {
	plan   *providers.Plan
	report *providers.Report
}

// await waits for the name servers of all zones that were changed. What they
// answer is told; an error is the end of ctx.
func (ch *changer) await(ctx context.Context) error {
	if ch.wait == nil {
		return nil
	}
	until := time.Now().Add(ch.wait.timeout)
	for _, m := range ch.made {
		err := ch.awaitZone(ctx, m, until)
		if ctx.Err() != nil {
			fmt.Fprintf(ch.Err, "%s: no longer waiting; the change itself is made.\n", report.EscapeLine(m.plan.Zone.String()))
			return ctx.Err()
		}
		if err != nil {
			ch.failed = true
			ch.complain("%s: %v; the change itself is made", m.plan.Zone, err)
		}
	}
	return nil
}

// errLate is told already.
var errLate = errors.New("some name servers do not answer with the change")

// awaitZone waits for the name servers of one zone.
func (ch *changer) awaitZone(ctx context.Context, m changed, until time.Time) error {
	z := m.plan.Zone
	say := func(word, format string, args ...any) {
		fmt.Fprintf(ch.Err, "  %s  %s\n", word, report.Escape(fmt.Sprintf(format, args...)))
	}
	world := resolve.NewDNS(ctx, resolve.DNSOptions{Servers: ch.wait.resolvers, Timeout: ch.wait.reply})
	servers, notes, err := propagation.Find(z, world, 0)
	if err != nil {
		return err
	}
	for _, n := range notes {
		say(ch.err.Bold("note  "), "%s", n)
	}
	want, open := propagation.Expect(m.report.After, m.plan)
	for _, k := range open {
		say(ch.err.Bold("note  "), "%s %s is not compared: what is answered for it is not the record itself", k.Name, k.Type)
	}
	if len(want) == 0 {
		return nil
	}
	start := time.Now()
	fmt.Fprintf(ch.Err, "%s: waiting for %s, %s at most.\n", report.EscapeLine(z.String()), report.Count(len(servers), "name server"), clockTime(until.Sub(start)))
	w := propagation.Waiter{Timeout: ch.wait.reply, Served: func(s propagation.Server) {
		say(ch.err.Added("served"), "%s after %s", s, clockTime(time.Since(start)))
	}}
	left, err := w.Wait(ctx, servers, want, until)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	late := 0
	for _, v := range left {
		switch {
		case v.Away:
			say(ch.err.Bold("note  "), "%s is left out: this machine has no way to it (%v)", v.Server, v.Err)
			continue
		case v.Err != nil:
			say(ch.err.Removed("late  "), "%s: %v", v.Server, v.Err)
		default:
			for _, l := range v.Late {
				say(ch.err.Removed("late  "), "%s: %s", v.Server, l)
			}
		}
		late++
	}
	switch {
	case err != nil:
		return err
	case late > 0:
		return fmt.Errorf("%w: %d of %d, after %s", errLate, late, len(servers), clockTime(time.Since(start)))
	}
	fmt.Fprintf(ch.Err, "%s: all name servers answer with the change.\n", report.EscapeLine(z.String()))
	return nil
}

// clockTime is a time that people wait.
func clockTime(d time.Duration) string {
	return max(d, 0).Round(time.Second).String()
}
