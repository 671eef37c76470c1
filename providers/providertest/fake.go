// Package providertest has a provider in memory that can be made to fail in
// every way that real ones do, and tests that every backend must pass.
package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Fault is a way to fail.
type Fault string

// The faults. Reads fail where the name says nothing of writes; a write fault
// at a read makes the read fail.
const (
	NoFault Fault = ""
	// Refuse, Unauthorize and Limit: nothing is made, and the provider says so.
	Refuse      Fault = "refuse"
	Unauthorize Fault = "unauthorize"
	Limit       Fault = "limit"
	// Lost: the request never arrives, and the caller cannot know.
	Lost Fault = "lost"
	// LostAnswer: the request is carried out, and the answer never arrives.
	LostAnswer Fault = "lost answer"
	// Half: the first half of a step is made; all of it or nothing if the fake is
	// atomic. The caller cannot know.
	Half Fault = "half"
	// Edit: someone else changes the zone just before the request.
	Edit Fault = "edit"
	// Slow: the answer does not come in time. What was to be written is written
	// when Land is called.
	Slow Fault = "slow"
	// Partial: a read gives a part of the zone and no error.
	Partial Fault = "partial"
	// Stale: a read gives the zone as it was before the last write.
	Stale Fault = "stale"
)

// Faults are all of them.
var Faults = []Fault{Refuse, Unauthorize, Limit, Lost, LostAnswer, Half, Edit, Slow, Partial, Stale}

// Fake is a provider in memory with one zone. It keeps something of each record
// that DNS knows nothing of, refuses what real providers refuse (a CNAME beside
// other records, the same record twice), and looks at the zone after each
// change.
type Fake struct {
	Capabilities providers.Capabilities
	// Fault comes to pass at request number At, counted from 1 over Zones,
	// Snapshot and Apply.
	Fault Fault
	At    int
	// Also are faults at further requests.
	Also map[int]Fault
	// Editor makes the change of Edit.
	Editor func([]providers.Item) []providers.Item
	// Secret stands in every error, as if the provider had put it in an address.
	Secret string
	// Watch is called with the records after each change; what it returns is
	// kept in Violations.
	Watch func([]providers.Item) error

	mu         sync.Mutex
	apex       zone.Name
	items      []providers.Item
	previous   []providers.Item
	nextID     int
	requests   int
	writes     int
	violations []error
	landing    []func()
}

// NewFake returns a provider that has the records.
func NewFake(apex zone.Name, caps providers.Capabilities, records ...zone.Record) *Fake {
	f := &Fake{Capabilities: caps, apex: apex}
	for _, r := range records {
		f.items = append(f.items, f.stored(providers.Item{Record: r}))
	}
	return f
}

// Resume returns a provider that has the items of another, with their ids.
func Resume(apex zone.Name, caps providers.Capabilities, items []providers.Item) *Fake {
	return &Fake{Capabilities: caps, apex: apex, items: items, nextID: 1000}
}

// meta is what the fake knows of a record besides DNS.
type meta struct {
	Comment string `json:"comment"`
}

// stored is a new item: it has an id, and its comment is that of its template
// or tells how it came about.
func (f *Fake) stored(it providers.Item) providers.Item {
	f.nextID++
	out := providers.Item{Record: it.Record, Auto: it.Auto && f.Capabilities.AutoTTL > 0, ID: "id" + strconv.Itoa(f.nextID)}
	out.Record.Loc, out.Record.Notes = zone.Loc{}, 0
	m := meta{Comment: "made as number " + strconv.Itoa(f.nextID)}
	if it.Raw != nil {
		_ = json.Unmarshal(it.Raw, &m)
	}
	out.Raw, _ = json.Marshal(m)
	return out
}

// Items returns the records as they are.
func (f *Fake) Items() []providers.Item {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.items)
}

// Requests and Writes count what has been asked, and the changes of the zone.
func (f *Fake) Requests() int { f.mu.Lock(); defer f.mu.Unlock(); return f.requests }

// Writes counts the changes of the zone.
func (f *Fake) Writes() int { f.mu.Lock(); defer f.mu.Unlock(); return f.writes }

// Violations are what Watch has found.
func (f *Fake) Violations() []error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.violations)
}

// Land carries out the writes that came too late.
func (f *Fake) Land() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, write := range f.landing {
		write()
	}
	f.landing = nil
}

// begin counts a request and returns the fault that it meets.
func (f *Fake) begin() Fault {
	f.requests++
	fault := f.Also[f.requests]
	if f.requests == f.At {
		fault = f.Fault
	}
	if fault == Edit && f.Editor != nil {
		f.set(f.Editor(slices.Clone(f.items)))
	}
	return fault
}

func (f *Fake) errorf(format string, args ...any) error {
	if f.Secret != "" {
		format += " (https://fake.invalid/?token=" + f.Secret + ")"
	}
	return fmt.Errorf(format, args...)
}

// Zones returns the one zone.
func (f *Fake) Zones(ctx context.Context) ([]zone.Name, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.readFault(ctx, f.begin()); err != nil {
		return nil, err
	}
	return []zone.Name{f.apex}, nil
}

// Snapshot returns the zone.
func (f *Fake) Snapshot(ctx context.Context, z zone.Name) (*providers.Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := f.begin()
	if err := f.readFault(ctx, fault); err != nil {
		return nil, err
	}
	if z != f.apex {
		return nil, f.errorf("%w", providers.ErrNoZone)
	}
	items := slices.Clone(f.items)
	switch {
	case fault == Partial:
		items = items[:len(items)/2]
	case fault == Stale && f.previous != nil:
		items = slices.Clone(f.previous)
	}
	return &providers.Snapshot{Apex: f.apex, Items: items, Capabilities: f.Capabilities}, nil
}

func (f *Fake) readFault(ctx context.Context, fault Fault) error {
	switch fault {
	case Unauthorize:
		return f.errorf("%w", providers.ErrUnauthorized)
	case Limit:
		return &providers.RetryError{Err: f.errorf("429")}
	case Refuse:
		return f.errorf("%w", providers.ErrRefused)
	case Lost, LostAnswer, Half:
		return f.errorf("%w: connection reset", providers.ErrUnavailable)
	case Slow:
		return f.errorf("%w: %w", providers.ErrUnavailable, context.DeadlineExceeded)
	}
	return ctx.Err()
}

// Apply makes a step.
func (f *Fake) Apply(ctx context.Context, z zone.Name, s providers.Step) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := f.begin()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
	}
	switch fault {
	case Refuse:
		return f.errorf("%w: 400", providers.ErrRefused)
	case Unauthorize:
		return f.errorf("%w: 403", providers.ErrUnauthorized)
	case Limit:
		return &providers.RetryError{Err: f.errorf("429")}
	case Lost:
		return f.errorf("connection reset")
	case LostAnswer:
		_ = f.apply(s.Ops)
		return f.errorf("500: <html>")
	case Half:
		if !f.Capabilities.Atomic {
			_ = f.apply(s.Ops[:len(s.Ops)/2])
		}
		return f.errorf("502: <html>")
	case Slow:
		f.landing = append(f.landing, func() { _ = f.apply(s.Ops) })
		return f.errorf("%w: %w", providers.ErrUnknownOutcome, context.DeadlineExceeded)
	}
	if z != f.apex {
		return f.errorf("%w", providers.ErrNoZone)
	}
	if f.Capabilities.Conditional {
		for _, st := range s.RRsets {
			if !f.holds(st) {
				return f.errorf("%w", providers.ErrStale)
			}
		}
	}
	return f.apply(s.Ops)
}

// holds reports whether an RRset is as a step expects it.
func (f *Fake) holds(st providers.RRsetState) bool {
	n := 0
	for _, it := range f.items {
		if it.Record.Name == st.Key.Name && it.Record.Type == st.Key.Type {
			n++
			if !slices.ContainsFunc(st.Before, func(b providers.Item) bool { return providers.SameRecord(b.Record, it.Record) }) {
				return false
			}
		}
	}
	return n == len(st.Before)
}

// set puts other records in the place of the present ones.
func (f *Fake) set(items []providers.Item) {
	for i, it := range items {
		if it.ID == "" {
			items[i] = f.stored(it)
		}
	}
	f.previous, f.items = f.items, items
	f.writes++
	if f.Watch != nil {
		if err := f.Watch(slices.Clone(items)); err != nil {
			f.violations = append(f.violations, err)
		}
	}
}

// apply makes operations: all or none if atomic, else one after another.
func (f *Fake) apply(ops []providers.Op) error {
	items := slices.Clone(f.items)
	if f.Capabilities.Atomic {
		// As providers with batches do: what goes, then what changes, then what comes.
		for _, kind := range []providers.OpKind{providers.Delete, providers.Update, providers.Create} {
			for _, op := range ops {
				if op.Kind == kind {
					var err error
					if items, err = f.one(items, op); err != nil {
						return err
					}
				}
			}
		}
		f.set(items)
		return nil
	}
	for i, op := range ops {
		items, err := f.one(slices.Clone(f.items), op)
		if err != nil {
			if i > 0 {
				return fmt.Errorf("%w: %w", providers.ErrPartial, err)
			}
			return err
		}
		f.set(items)
	}
	return nil
}

// one makes one operation.
func (f *Fake) one(items []providers.Item, op providers.Op) ([]providers.Item, error) {
	at := -1
	if op.Kind != providers.Create {
		at = slices.IndexFunc(items, func(it providers.Item) bool { return it.ID == op.Old.ID })
		if at < 0 {
			return nil, f.errorf("%w: 404 no record with id %q", providers.ErrRefused, op.Old.ID)
		}
	}
	if op.Kind == providers.Delete {
		return slices.Delete(items, at, at+1), nil
	}
	r := op.New.Record
	if err := f.Capabilities.Check(r); err != nil {
		return nil, err
	}
	for i, it := range items {
		switch {
		case i == at || it.Record.Name != r.Name:
		case providers.SameRecord(it.Record, r):
			return nil, f.errorf("%w: there is such a record", providers.ErrRefused)
		case it.Record.Type == zone.TypeCNAME || r.Type == zone.TypeCNAME:
			return nil, f.errorf("%w: a CNAME beside other records", providers.ErrRefused)
		}
	}
	if op.Kind == providers.Create {
		return append(items, f.stored(op.New)), nil
	}
	if !f.Capabilities.Update {
		return nil, f.errorf("%w: no change in place", providers.ErrRefused)
	}
	items[at].Record.TTL, items[at].Record.Data, items[at].Auto = r.TTL, r.Data, op.New.Auto
	return items, nil
}

// MailSafe returns a function for Watch that finds a moment without MX records
// at a name that had some in start, and one with two SPF records at a name that
// had not.
func MailSafe(start []providers.Item) func([]providers.Item) error {
	mx, spf := tally(start)
	return func(items []providers.Item) error {
		nowMX, nowSPF := tally(items)
		var errs []error
		for name := range mx {
			if nowMX[name] == 0 {
				errs = append(errs, fmt.Errorf("%s has no MX record", name))
			}
		}
		for name, n := range nowSPF {
			if n > max(1, spf[name]) {
				errs = append(errs, fmt.Errorf("%s has %d SPF records", name, n))
			}
		}
		return errors.Join(errs...)
	}
}

func tally(items []providers.Item) (mx, spf map[zone.Name]int) {
	mx, spf = map[zone.Name]int{}, map[zone.Name]int{}
	for _, it := range items {
		r := it.Record
		switch {
		case r.Type == zone.TypeMX:
			mx[r.Name]++
		case r.Type == zone.TypeTXT && strings.HasPrefix(strings.ToLower(r.Text()), "v=spf1"):
			spf[r.Name]++
		}
	}
	return mx, spf
}
