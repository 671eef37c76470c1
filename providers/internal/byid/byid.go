// Package byid makes backends of APIs that keep a zone as records with ids, and
// change one at a time.
package byid

import (
	"context"
	"errors"
	"fmt"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/zone"
)

// API is one provider. What its writes return is the record as the provider then
// has it; their errors are those of providers.Backend.Apply.
type API interface {
	// Zones returns the names of the zones that the credentials see.
	Zones(ctx context.Context) ([]string, error)
	// Read reads a zone whole.
	Read(ctx context.Context, z zone.Name) (*providers.Snapshot, error)
	// Get reads one record. The error wraps ErrNoZone if there is none.
	Get(ctx context.Context, z zone.Name, id string) (providers.Item, error)
	Create(ctx context.Context, z zone.Name, it providers.Item) (providers.Item, error)
	Update(ctx context.Context, z zone.Name, id string, it providers.Item) (providers.Item, error)
	Delete(ctx context.Context, z zone.Name, id string) error
	// Publish makes what was written be served, where that is a step of its own.
	Publish(ctx context.Context, z zone.Name) error
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
	s, err := b.API.Read(ctx, z)
	if err != nil {
		return nil, fmt.Errorf("%s: zone %s: %w", b.Name, z, err)
	}
	return s, nil
}

// Apply makes the operations one after another. What was made is published also
// where the next one fails: what the API tells is then what is served.
func (b *Backend) Apply(ctx context.Context, z zone.Name, s providers.Step) error {
	made := 0
	var err error
	for _, op := range s.Ops {
		if err = b.apply(ctx, z, op); err != nil {
			break
		}
		made++
	}
	if made > 0 || errors.Is(err, providers.ErrUnknownOutcome) {
		if e := b.API.Publish(ctx, z); e != nil {
			err = errors.Join(err, fmt.Errorf("%w: the changes are stored and not served yet: %w", providers.ErrPartial, e))
		}
	}
	switch {
	case err == nil:
		return nil
	case made > 0:
		return fmt.Errorf("%s: zone %s: %w: %w", b.Name, z, providers.ErrPartial, err)
	}
	return fmt.Errorf("%s: zone %s: %w", b.Name, z, err)
}

// apply makes one operation. The record is read right before, since these APIs
// take no conditions.
func (b *Backend) apply(ctx context.Context, z zone.Name, op providers.Op) error {
	if op.Kind != providers.Create {
		now, err := b.API.Get(ctx, z, op.Old.ID)
		switch {
		case errors.Is(err, providers.ErrNoZone):
			return fmt.Errorf("%w: %s is no longer there", providers.ErrStale, op.Old.Record)
		case err != nil:
			return err
		case !providers.SameRecord(now.Record, op.Old.Record) || now.Record.TTL != op.Old.Record.TTL:
			return fmt.Errorf("%w: %s is no longer there as it was", providers.ErrStale, op.Old.Record)
		}
	}
	var got providers.Item
	var err error
	switch op.Kind {
	case providers.Create:
		got, err = b.API.Create(ctx, z, op.New)
	case providers.Update:
		got, err = b.API.Update(ctx, z, op.Old.ID, op.New)
	case providers.Delete:
		return b.API.Delete(ctx, z, op.Old.ID)
	default:
		err = fmt.Errorf("%w: %s", providers.ErrUnsupported, op.Kind)
	}
	if err == nil && !providers.SameRecord(got.Record, op.New.Record) {
		return fmt.Errorf("%w: the provider has %s, and was asked for %s", providers.ErrUnknownOutcome, got.Record, op.New.Record)
	}
	return err
}
