// Package rrsets makes backends of APIs that keep a zone as RRsets: a name, a
// type, a TTL and RDATA in presentation format, replaced as a whole.
package rrsets

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// API is one provider.
type API interface {
	// Zones returns the names of the zones that the credentials see.
	Zones(ctx context.Context) ([]string, error)
	// Read reads a zone whole.
	Read(ctx context.Context, z zone.Name) (*Zone, error)
	// Write makes the changes, those by which something goes first, and says what
	// came of it as providers.Backend.Apply does. now is the zone as it was read
	// right before.
	Write(ctx context.Context, now *Zone, changes []Change) error
}

// Zone is a zone as the API has it.
type Zone struct {
	Apex zone.Name
	// ID is what the API calls the zone.
	ID string
	// Origin is what names in RDATA without a final dot are relative to.
	Origin zone.Name
	// Capabilities are those of this zone.
	Capabilities providers.Capabilities
	Sets         []Set
	// Unread are RRsets that are none, or that cannot be read.
	Unread []providers.Unread
}

// Set is an RRset.
type Set struct {
	Key    zone.Key
	TTL    uint32 // seconds
	Auto   bool   // the TTL is left to the provider
	Values []Value
}

// Value is one record of an RRset.
type Value struct {
	Data string // RDATA in presentation format
	// Wire is what the API calls the data, if not so.
	Wire string
	// Extra is what the API knows of the record besides.
	Extra json.RawMessage
}

// Change is an RRset that is replaced; without values there, it comes or goes.
type Change struct {
	Old, New Set
}

// Label is the reverse of names.Owner: a relative name, and "@" for the zone itself.
// APIs do not agree on how to write names with escapes, so these are refused.
func Label(n, z zone.Name) (string, error) {
	s := n.Relative(z)
	if strings.ContainsAny(s, `\`) {
		return "", fmt.Errorf("%w: the name %s", providers.ErrUnsupported, n)
	}
	return s, nil
}

// Add adds an RRset of a type that is told by its name. One that DNS does not
// have, such as ALIAS, stands for addresses that the provider works out.
func (z *Zone) Add(name zone.Name, typ string, s Set) {
	t, ok := zone.ParseType(typ)
	if ok {
		s.Key = zone.Key{Name: name, Type: t}
		z.Sets = append(z.Sets, s)
		return
	}
	data := ""
	if len(s.Values) > 0 {
		data = s.Values[0].Data
	}
	z.Unread = append(z.Unread, names.Computed(name, typ, data)...)
}

// Backend is a provider with an API of this kind.
type Backend struct {
	// Name is put before errors.
	Name string
	API  API
}

var _ providers.Backend = (*Backend)(nil)

// Zones returns the zones that the credentials see.
func (b *Backend) Zones(ctx context.Context) ([]zone.Name, error) {
	return names.Zones(ctx, b.Name, b.API.Zones)
}

// Snapshot reads the zone.
func (b *Backend) Snapshot(ctx context.Context, z zone.Name) (*providers.Snapshot, error) {
	got, err := b.API.Read(ctx, z)
	if err != nil {
		return nil, fmt.Errorf("%s: zone %s: %w", b.Name, z, err)
	}
	s := &providers.Snapshot{Apex: z, Capabilities: got.Capabilities, Unread: slices.Clone(got.Unread)}
	for _, set := range got.Sets {
		items, unread := got.items(set)
		s.Items, s.Unread = append(s.Items, items...), append(s.Unread, unread...)
	}
	return s, nil
}

// items reads the records of an RRset.
func (z *Zone) items(s Set) (items []providers.Item, unread []providers.Unread) {
	for _, v := range s.Values {
		r, err := z.parse(s.Key, s.TTL, v)
		if err != nil {
			unread = append(unread, providers.Unread{Name: s.Key.Name, Type: s.Key.Type, Reason: rest.Clean(err.Error())})
			continue
		}
		items = append(items, providers.Item{Record: r, Auto: s.Auto, Raw: v.Extra})
	}
	return items, unread
}

func (z *Zone) parse(k zone.Key, ttl uint32, v Value) (zone.Record, error) {
	return providers.ParseRelative(k.Name, k.Type, ttl, v.Data, cmp.Or(z.Origin, zone.Root))
}

// Apply makes a step. The zone is read right before, since these APIs take no
// conditions.
func (b *Backend) Apply(ctx context.Context, z zone.Name, s providers.Step) error {
	if len(s.Ops) == 0 {
		return nil
	}
	if err := b.apply(ctx, z, s.RRsets); err != nil {
		return fmt.Errorf("%s: zone %s: %w", b.Name, z, err)
	}
	return nil
}

func (b *Backend) apply(ctx context.Context, z zone.Name, states []providers.RRsetState) error {
	if len(states) == 0 {
		return fmt.Errorf("%w: the step does not say which RRsets it touches", providers.ErrRefused)
	}
	now, err := b.API.Read(ctx, z)
	if err != nil {
		return err
	}
	if why := now.Capabilities.ReadOnly; why != "" {
		return fmt.Errorf("%w: %s", providers.ErrRefused, why)
	}
	if now.Capabilities.OneRRset && len(states) > 1 {
		return fmt.Errorf("%w: the step touches %d RRsets", providers.ErrRefused, len(states))
	}
	var changes []Change
	for _, st := range states {
		c, err := now.change(st)
		if err != nil {
			return err
		}
		changes = append(changes, c)
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(len(a.New.Values), len(b.New.Values)) })
	return b.API.Write(ctx, now, changes)
}

// change makes the change of an RRset; values that stay are written as the API
// has them.
func (z *Zone) change(st providers.RRsetState) (Change, error) {
	if !st.Key.Name.Within(z.Apex) {
		return Change{}, fmt.Errorf("%w: %s lies outside the zone", providers.ErrRefused, st.Key.Name)
	}
	old := Set{Key: st.Key}
	if i := slices.IndexFunc(z.Sets, func(s Set) bool { return s.Key == st.Key }); i >= 0 {
		old = z.Sets[i]
	}
	if err := z.fresh(old, st); err != nil {
		return Change{}, err
	}
	out := Set{Key: st.Key, TTL: old.TTL, Auto: old.Auto}
	left := slices.Clone(old.Values)
	for i, it := range st.After {
		r := it.Record
		if r.Name != st.Key.Name || r.Type != st.Key.Type || r.Class != zone.ClassIN || r.TTL != st.After[0].Record.TTL {
			return Change{}, fmt.Errorf("%w: %s does not fit into its RRset", providers.ErrRefused, r)
		}
		if i == 0 {
			out.TTL, out.Auto = r.TTL, it.Auto
		}
		v := Value{Data: r.RData(), Extra: it.Raw}
		if at := z.find(left, r); at >= 0 {
			v = left[at]
			left = slices.Delete(left, at, at+1)
		}
		out.Values = append(out.Values, v)
	}
	return Change{Old: old, New: out}, nil
}

// find returns the index of the value that says the same as the record, the one
// that is the same to the octet first; -1 if there is none. TTLs are not
// compared.
func (z *Zone) find(values []Value, r zone.Record) int {
	best := -1
	for i, v := range values {
		p, err := z.parse(zone.Key{Name: r.Name, Type: r.Type}, r.TTL, v)
		if err != nil || !providers.SameRecord(p, r) {
			continue
		}
		if p.Data == r.Data {
			return i
		}
		if best < 0 {
			best = i
		}
	}
	return best
}

// fresh reports ErrStale unless the RRset is as the step takes it to be.
func (z *Zone) fresh(s Set, st providers.RRsetState) error {
	for _, u := range z.Unread {
		if u.Name == st.Key.Name && u.Type == st.Key.Type {
			return fmt.Errorf("%w: %s %s: %s", providers.ErrStale, u.Name, u.Type, u.Reason)
		}
	}
	items, unread := z.items(s)
	if len(unread) > 0 {
		return fmt.Errorf("%w: %s %s has a record that cannot be read: %s", providers.ErrStale, st.Key.Name, st.Key.Type, unread[0].Reason)
	}
	for _, it := range st.Before {
		at := slices.IndexFunc(items, func(o providers.Item) bool {
			return o.Record.TTL == it.Record.TTL && o.Auto == it.Auto && providers.SameRecord(o.Record, it.Record)
		})
		if at < 0 {
			return fmt.Errorf("%w: %s is no longer there as it was", providers.ErrStale, it.Record)
		}
		items = slices.Delete(items, at, at+1)
	}
	if len(items) > 0 {
		return fmt.Errorf("%w: %s was not there", providers.ErrStale, items[0].Record)
	}
	return nil
}
