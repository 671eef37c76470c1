package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// batch is the body of a batch request. Cloudflare makes deletes, patches, puts
// and posts in this order, in one transaction.
type batch struct {
	Deletes []payloadID `json:"deletes,omitempty"`
	Patches []payload   `json:"patches,omitempty"`
	Posts   []payload   `json:"posts,omitempty"`
}

type payloadID struct {
	ID string `json:"id"`
}

// batchResult is what a batch answers with.
type batchResult struct {
	Deletes []json.RawMessage `json:"deletes"`
	Patches []json.RawMessage `json:"patches"`
	Posts   []json.RawMessage `json:"posts"`
}

// Apply makes the step in one transaction.
func (b *Backend) Apply(ctx context.Context, z zone.Name, s providers.Step) error {
	if len(s.Ops) == 0 {
		return nil
	}
	if err := b.apply(ctx, z, s.Ops); err != nil {
		return fmt.Errorf("cloudflare: zone %s: %w", z, err)
	}
	return nil
}

func (b *Backend) apply(ctx context.Context, z zone.Name, ops []providers.Op) error {
	if len(ops) > batchPaid {
		return fmt.Errorf("%d changes at once, and at most %d are taken: %w", len(ops), batchPaid, providers.ErrRefused)
	}
	id, err := b.zoneID(ctx, z)
	if err != nil {
		return err
	}
	if ops, err = b.withIDs(ctx, z, ops); err != nil {
		return err
	}
	body, err := newBatch(z, ops)
	if err != nil {
		return err
	}
	content, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%w: %w", providers.ErrRefused, err)
	}
	a, err := b.api.post(ctx, "zones/"+id+"/dns_records/batch", content)
	switch {
	case errors.Is(err, providers.ErrUnauthorized):
		return fmt.Errorf("%w: %s; the answer was: %s", providers.ErrUnauthorized, b.api.diagnose(ctx, "change the DNS records of "+z.String(), "Zone: DNS: Edit"), detail(err))
	case errors.Is(err, providers.ErrNoZone):
		b.mu.Lock()
		delete(b.ids, z) // the zone may have been made anew, with another id
		b.mu.Unlock()
		return err
	case err != nil:
		return err
	}
	var res batchResult
	if err := json.Unmarshal(a.Result, &res); err != nil {
		return fmt.Errorf("%w: the answer does not say what was made", providers.ErrUnknownOutcome)
	}
	return confirm(z, ops, res)
}

// withIDs gives ids to records that come without one, from the zone as it is.
func (b *Backend) withIDs(ctx context.Context, z zone.Name, ops []providers.Op) ([]providers.Op, error) {
	lacks := func(op providers.Op) bool { return op.Kind != providers.Create && op.Old.ID == "" }
	if !slices.ContainsFunc(ops, lacks) {
		return ops, nil
	}
	s, err := b.Snapshot(ctx, z)
	if err != nil {
		return nil, err
	}
	ops = slices.Clone(ops)
	used := map[string]bool{}
	for i, op := range ops {
		if !lacks(op) {
			continue
		}
		at := slices.IndexFunc(s.Items, func(it providers.Item) bool {
			return !used[it.ID] && it.Record.TTL == op.Old.Record.TTL && providers.SameRecord(it.Record, op.Old.Record)
		})
		if at < 0 {
			return nil, fmt.Errorf("%w: it does not hold %s", providers.ErrStale, op.Old.Record)
		}
		it := s.Items[at]
		used[it.ID] = true
		ops[i].Old = it
		if op.Kind == providers.Update {
			ops[i].New.ID = it.ID
		}
	}
	return ops, nil
}

// newBatch makes the body of the request.
func newBatch(z zone.Name, ops []providers.Op) (batch, error) {
	var out batch
	for _, op := range ops {
		if op.Kind != providers.Create {
			var old record
			if json.Unmarshal(op.Old.Raw, &old) == nil && old.managed() != "" {
				return out, fmt.Errorf("%w: %s belongs to %s", providers.ErrRefused, op.Old.Record, old.managed())
			}
			if !op.Old.Record.Name.Within(z) {
				return out, fmt.Errorf("%w: %s lies outside the zone", providers.ErrRefused, op.Old.Record.Name)
			}
		}
		if op.Kind == providers.Delete {
			out.Deletes = append(out.Deletes, payloadID{op.Old.ID})
			continue
		}
		if !op.New.Record.Name.Within(z) {
			return out, fmt.Errorf("%w: %s lies outside the zone", providers.ErrRefused, op.New.Record.Name)
		}
		p, err := newPayload(op.New)
		if err != nil {
			return out, err
		}
		if op.Kind == providers.Update {
			p.ID = op.Old.ID
			out.Patches = append(out.Patches, p)
			continue
		}
		p.ID = ""
		p.restore(op.New.Raw)
		out.Posts = append(out.Posts, p)
	}
	return out, nil
}

// confirm compares what was made with what was asked for.
func confirm(z zone.Name, ops []providers.Op, res batchResult) error {
	var want [3]int
	for _, op := range ops {
		want[kindIndex(op.Kind)]++
	}
	if len(res.Deletes) != want[0] || len(res.Patches) != want[1] || len(res.Posts) != want[2] {
		return fmt.Errorf("%w: the answer tells of %d deletes, %d changes and %d new records, and %d, %d and %d were asked for",
			providers.ErrUnknownOutcome, len(res.Deletes), len(res.Patches), len(res.Posts), want[0], want[1], want[2])
	}
	gone := map[string]bool{}
	for _, raw := range res.Deletes {
		var d payloadID
		if json.Unmarshal(raw, &d) == nil {
			gone[d.ID] = true
		}
	}
	made := map[string]json.RawMessage{}
	for _, raw := range res.Patches {
		var d payloadID
		if json.Unmarshal(raw, &d) == nil {
			made[d.ID] = raw
		}
	}
	posts := res.Posts
	for _, op := range ops {
		switch op.Kind {
		case providers.Delete:
			if !gone[op.Old.ID] {
				return fmt.Errorf("%w: another record than %s was deleted", providers.ErrPartial, op.Old.Record)
			}
		case providers.Update:
			if err := confirmUpdate(z, op, made[op.Old.ID]); err != nil {
				return err
			}
		case providers.Create:
			i := slices.IndexFunc(posts, func(raw json.RawMessage) bool {
				it, un := readItem(z, raw)
				return un == nil && it.ID != "" && asked(it, op.New)
			})
			if i < 0 {
				return fmt.Errorf("%w: something else than %s was made", providers.ErrPartial, op.New.Record)
			}
			posts = slices.Delete(slices.Clone(posts), i, i+1)
		}
	}
	return nil
}

func kindIndex(k providers.OpKind) int {
	switch k {
	case providers.Delete:
		return 0
	case providers.Update:
		return 1
	}
	return 2
}

// confirmUpdate makes sure that the record is what it was to be, and has kept
// what is not DNS.
func confirmUpdate(z zone.Name, op providers.Op, raw json.RawMessage) error {
	it, un := readItem(z, raw)
	if un != nil || !asked(it, op.New) {
		return fmt.Errorf("%w: %s became something else than %s", providers.ErrPartial, op.Old.Record, op.New.Record)
	}
	var before, after extras
	if len(op.Old.Raw) > 0 && json.Unmarshal(op.Old.Raw, &before) == nil && json.Unmarshal(raw, &after) == nil && !before.same(after) {
		return fmt.Errorf("%w: proxied flag, comment, tags or settings of %s have changed too", providers.ErrPartial, op.New.Record)
	}
	return nil
}

// asked reports whether the record is the one asked for, to those who look it
// up. A proxied record has an automatic TTL whatever is asked for.
func asked(got, want providers.Item) bool {
	return providers.SameRecord(got.Record, want.Record) && (got.Record.TTL == want.Record.TTL || got.Auto && proxied(got))
}

// proxied reports whether Cloudflare answers for the record with addresses of
// its own.
func proxied(it providers.Item) bool {
	var e extras
	return len(it.Raw) > 0 && json.Unmarshal(it.Raw, &e) == nil && e.Proxied
}
