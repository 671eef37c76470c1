package providers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/libdns/libdns"

	"github.com/zonelint/zonelint/zone"
)

// LibDNS is what a package of libdns must be able to do. SetRecords is not
// among it: what it does to an RRset of several records differs from package
// to package.
type LibDNS interface {
	libdns.RecordGetter
	libdns.RecordAppender
	libdns.RecordDeleter
}

// LibDNSOptions say how a package of libdns departs from the contract.
type LibDNSOptions struct {
	// Capabilities are those of the provider. Through libdns nothing is atomic,
	// nothing changes in place and one record comes or goes at a time, whatever
	// they say.
	Capabilities Capabilities
	// AutoTTLs are the TTLs by which the package says that the provider chooses;
	// the first is the one to write. They need Capabilities.AutoTTL.
	AutoTTLs []time.Duration
	// QuotedText: the text of a TXT record is a row of quoted strings, as in a
	// master file, and not the octets themselves.
	QuotedText bool
	// Timeout is how long one call of the package may take, whether or not it
	// minds its context; 0 is two minutes.
	Timeout time.Duration
	// Classify gives an error of the package the meaning that it has here, by
	// wrapping one of the errors of this package; nil knows some of HTTP's words.
	Classify func(error) error
}

// NewLibDNS makes a backend of a package of libdns. Names are compared as DNS
// does, a text by its octets, and what the package says that it did is held
// against what it was asked for: a deletion that deleted nothing has failed.
func NewLibDNS(p LibDNS, opts LibDNSOptions) Backend {
	c := &opts.Capabilities
	c.Atomic, c.Conditional, c.Update, c.MaxOps = false, false, false, 1
	c.NoEmptyText = true // an empty value means any value to DeleteRecords
	if opts.Classify == nil {
		opts.Classify = classify
	}
	opts.Timeout = cmp.Or(opts.Timeout, defaultTimeout)
	return &libDNS{p, opts}
}

type libDNS struct {
	p    LibDNS
	opts LibDNSOptions
}

// Zones lists the zones if the package can.
func (l *libDNS) Zones(ctx context.Context) ([]zone.Name, error) {
	lister, ok := l.p.(libdns.ZoneLister)
	if !ok {
		return nil, fmt.Errorf("the provider's package cannot list zones; name the zone: %w", errors.ErrUnsupported)
	}
	zs, err := bounded(ctx, l, lister.ListZones)
	if err != nil {
		return nil, fmt.Errorf("list of zones: %w", l.reading(err))
	}
	var names []zone.Name
	for _, z := range zs {
		n, err := zone.ParseName(z.Name, zone.Root)
		if err != nil {
			return nil, fmt.Errorf("list of zones: %q: %w", clip(z.Name), err)
		}
		names = append(names, n)
	}
	slices.SortFunc(names, zone.CompareNames)
	return slices.Compact(names), nil
}

// Snapshot reads the zone.
func (l *libDNS) Snapshot(ctx context.Context, z zone.Name) (*Snapshot, error) {
	rs, err := bounded(ctx, l, func(ctx context.Context) ([]libdns.Record, error) { return l.p.GetRecords(ctx, z.String()) })
	if err != nil {
		return nil, fmt.Errorf("records of %s: %w", z, l.reading(err))
	}
	if slices.Contains(rs, nil) {
		return nil, fmt.Errorf("records of %s: the provider's package left one out: %w", z, ErrUnavailable)
	}
	s := &Snapshot{Apex: z, Capabilities: l.opts.Capabilities}
	full := fullNames(rs, z)
	for _, r := range rs {
		it, err := l.item(r, z, full)
		if err == nil {
			s.Items = append(s.Items, it)
			continue
		}
		s.Unread = append(s.Unread, unreadable(r, z, full, err)...)
	}
	return s, nil
}

// unreadable says what may be missing because of a record that cannot be read.
func unreadable(r libdns.Record, z zone.Name, full bool, err error) []Unread {
	rr := r.RR()
	u := Unread{Reason: err.Error()}
	if n, err := ownerOf(rr.Name, z, full); err == nil {
		u.Name = n
	} else if n, err := zone.ParseName(rr.Name, ""); err == nil {
		u.Name = n // outside the zone
	}
	t, ok := zone.ParseType(rr.Type)
	if ok {
		u.Type = t
		return []Unread{u}
	}
	// A type of the provider's own (ALIAS, ANAME, URL): it stands for addresses.
	a, aaaa := u, u
	a.Type, aaaa.Type = zone.TypeA, zone.TypeAAAA
	return []Unread{a, aaaa}
}

// Apply makes the operations one after another.
func (l *libDNS) Apply(ctx context.Context, z zone.Name, s Step) error {
	for i, op := range s.Ops {
		var err error
		switch op.Kind {
		case Create:
			err = l.create(ctx, z, op.New)
		case Delete:
			err = l.delete(ctx, z, op.Old)
		default:
			err = fmt.Errorf("%s: %w", op.Kind, ErrUnsupported)
		}
		if err != nil && i > 0 {
			return fmt.Errorf("%w: %w", ErrPartial, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// create appends a record and looks at what was appended.
func (l *libDNS) create(ctx context.Context, z zone.Name, it Item) error {
	r, err := l.record(it, z)
	if err != nil {
		return err
	}
	got, err := bounded(ctx, l, func(ctx context.Context) ([]libdns.Record, error) {
		return l.p.AppendRecords(ctx, z.String(), []libdns.Record{r})
	})
	if err != nil {
		return l.failed("create", it, err)
	}
	if !l.answered(got, it, z) {
		return fmt.Errorf("create %s: %w: the provider's package answers with %s", it.Record, ErrUnknownOutcome, describe(got))
	}
	return nil
}

// delete deletes a record, in the words in which the package told of it, and
// looks at what was deleted.
func (l *libDNS) delete(ctx context.Context, z zone.Name, it Item) error {
	r, ok := it.Handle.(libdns.Record)
	if !ok {
		var err error
		if r, err = l.record(it, z); err != nil {
			return err
		}
	}
	if rr := r.RR(); rr.Data == "" || rr.Type == "" || rr.Name == "" {
		return fmt.Errorf("delete %s: to libdns that would be any record of the name: %w", it.Record, ErrUnsupported)
	}
	got, err := bounded(ctx, l, func(ctx context.Context) ([]libdns.Record, error) {
		return l.p.DeleteRecords(ctx, z.String(), []libdns.Record{r})
	})
	if err != nil {
		return l.failed("delete", it, err)
	}
	if !l.answered(got, it, z) {
		return fmt.Errorf("delete %s: %w: the provider's package says that it deleted %s", it.Record, ErrUnknownOutcome, describe(got))
	}
	return nil
}

// bounded calls a package, which may forget its context or panic: the call has
// its time, and what then still goes on is left alone.
func bounded[T any](ctx context.Context, l *libDNS, call func(context.Context) ([]T, error)) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, l.opts.Timeout)
	defer cancel()
	type result struct {
		got []T
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{err: fmt.Errorf("the provider's package broke down: %v", p)}
			}
		}()
		got, err := call(ctx)
		done <- result{got, err}
	}()
	select {
	case r := <-done:
		return r.got, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("no answer in time: %w", ctx.Err())
	}
}

// reading is the error of a read.
func (l *libDNS) reading(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return l.opts.Classify(err)
}

// failed is the error of a write: the contract leaves open what was made.
func (l *libDNS) failed(what string, it Item, err error) error {
	return fmt.Errorf("%s %s: %w: %w", what, it.Record, ErrUnknownOutcome, l.opts.Classify(err))
}

// answered reports whether a package names exactly the record that was meant.
func (l *libDNS) answered(got []libdns.Record, it Item, z zone.Name) bool {
	if len(got) != 1 || got[0] == nil {
		return false
	}
	for _, full := range []bool{false, true} {
		if g, err := l.item(got[0], z, full); err == nil && SameRecord(g.Record, it.Record) {
			return true
		}
	}
	return false
}

func describe(got []libdns.Record) string {
	if len(got) == 0 {
		return "nothing"
	}
	if len(got) > 1 {
		return fmt.Sprintf("%d records", len(got))
	}
	if got[0] == nil {
		return "nothing"
	}
	rr := got[0].RR()
	return fmt.Sprintf("%s %s %s", clip(rr.Name), clip(rr.Type), clip(rr.Data))
}

var (
	unauthorizedWords = regexp.MustCompile(`(?i)\b(401|403)\b|unauthori[sz]ed|forbidden|authentication|invalid (api )?(token|key|credentials)`)
	limitedWords      = regexp.MustCompile(`(?i)\b429\b|rate.?limit|too many requests`)
)

// classify knows what most APIs say.
func classify(err error) error {
	switch s := err.Error(); {
	case limitedWords.MatchString(s):
		return fmt.Errorf("%w: %w", ErrRateLimited, err)
	case unauthorizedWords.MatchString(s):
		return fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	return err
}
