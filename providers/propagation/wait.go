package propagation

import (
	"context"
	"errors"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// Waiter asks servers again and again until they answer with what is wanted.
type Waiter struct {
	// Timeout is how long a server may take for an answer; 0 is
	// resolve.DefaultTimeout.
	Timeout time.Duration
	// Pauses are the waits between rounds, the last of which is repeated; nil is
	// one, two, three and five seconds.
	Pauses []time.Duration
	// Served is told of each server that answers with all that is wanted; nil if
	// nobody asks. It is called from one goroutine.
	Served func(Server)
}

// Verdict is what a server said last.
type Verdict struct {
	Server Server
	// Late says in what its answers differ from what is wanted; nil if in nothing,
	// or if it did not answer.
	Late []string
	// Err is why it did not answer; nil if it did.
	Err error
	// Away: this machine has no way to the address (it has no IPv6), so that the
	// server was left out.
	Away bool
}

// ErrAway: this machine has no way to any of the servers.
var ErrAway = errors.New("this machine has no way to any of the name servers")

// atATime is how many servers are asked at a time.
const atATime = 16

// Wait asks the servers until each has answered with all RRsets, or until the
// time is over; every server is asked once at least. It returns those that have
// not, and those that were left out. An error is the end of ctx, or ErrAway.
func (w *Waiter) Wait(ctx context.Context, servers []Server, want []RRset, until time.Time) (late []Verdict, err error) {
	pauses := w.Pauses
	if pauses == nil {
		pauses = []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second}
	}
	var asked []*asking
	for _, s := range servers {
		asked = append(asked, &asking{Verdict: Verdict{Server: s}, authority: resolve.NewAuthority(s.Addr, w.Timeout), want: want, said: map[zone.Key]string{}})
	}
	for round := 0; ; round++ {
		limit := until
		if first := time.Now().Add(time.Minute); round == 0 && until.Before(first) {
			limit = first // each server is asked once, whatever the time is
		}
		w.round(ctx, asked, limit)
		if err := ctx.Err(); err != nil {
			return verdicts(asked), err
		}
		if !slices.ContainsFunc(asked, func(a *asking) bool { return !a.Away }) {
			return verdicts(asked), ErrAway
		}
		rest := time.Until(until)
		if rest <= 0 || !slices.ContainsFunc(asked, (*asking).pending) {
			return verdicts(asked), nil
		}
		select {
		case <-time.After(min(rest, pauses[min(round, len(pauses)-1)])):
		case <-ctx.Done():
			return verdicts(asked), ctx.Err()
		}
	}
}

// asking is a server and what it has not answered with yet.
type asking struct {
	Verdict
	authority *resolve.Authority
	want      []RRset
	said      map[zone.Key]string // in what it differed
}

func (a *asking) pending() bool { return len(a.want) > 0 && !a.Away }

// round asks each server that is late, several at a time.
func (w *Waiter) round(ctx context.Context, all []*asking, limit time.Time) {
	ctx, cancel := context.WithDeadline(ctx, limit)
	defer cancel()
	var running sync.WaitGroup
	slots, done := make(chan struct{}, atATime), make(chan *asking)
	for _, a := range all {
		if a.pending() {
			running.Go(func() {
				slots <- struct{}{}
				a.ask(ctx)
				<-slots
				done <- a
			})
		}
	}
	go func() { running.Wait(); close(done) }()
	for a := range done {
		if len(a.want) == 0 && w.Served != nil {
			w.Served(a.Server)
		}
	}
}

// ask asks the server for what it lacks. One that does not answer a question is
// not asked the next. Where the time is over meanwhile, what it said before holds.
func (a *asking) ask(ctx context.Context) {
	var left []RRset
	for i, s := range a.want {
		differs, err := s.served(ctx, a.authority)
		if err != nil {
			a.want = append(left, a.want[i:]...)
			if ctx.Err() == nil || a.Err == nil && len(a.said) == 0 {
				a.Err, a.Away = err, away(a.Server, err)
			}
			return
		}
		a.Err = nil
		if differs != "" {
			left = append(left, s)
			a.said[s.Key] = differs
		}
	}
	a.want = left
}

// away reports whether an error says that this machine has no IPv6. Without IPv4
// it has no DNS either, so there it is a failure like any other.
func away(s Server, err error) bool {
	return s.Addr.Addr().Is6() && (errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT))
}

// verdicts are those of servers that have not answered with all.
func verdicts(all []*asking) []Verdict {
	var out []Verdict
	for _, a := range all {
		if len(a.want) > 0 {
			for _, s := range a.want {
				if differs := a.said[s.Key]; differs != "" && a.Err == nil {
					a.Late = append(a.Late, differs)
				}
			}
			out = append(out, a.Verdict)
		}
	}
	return out
}
