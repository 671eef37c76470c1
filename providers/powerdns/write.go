package powerdns

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// What is done with an RRset.
const (
	changeReplace = "REPLACE"
	changeDelete  = "DELETE"
)

// patch is the body of the request that changes a zone.
type patch struct {
	RRsets []rrset `json:"rrsets"`
}

// Apply makes the step in one request. The RRsets are read right before: the
// API takes no conditions, so this is as near to them as can be.
func (b *Backend) Apply(ctx context.Context, z zone.Name, s providers.Step) error {
	if len(s.Ops) == 0 {
		return nil
	}
	if err := b.apply(ctx, z, s.RRsets); err != nil {
		return fmt.Errorf("powerdns: zone %s: %w", z, err)
	}
	return nil
}

func (b *Backend) apply(ctx context.Context, z zone.Name, states []providers.RRsetState) error {
	if len(states) == 0 {
		return fmt.Errorf("%w: the step does not say which RRsets it touches", providers.ErrRefused)
	}
	now, err := b.read(ctx, z)
	if err != nil {
		return err
	}
	if why := now.readOnly(); why != "" {
		return fmt.Errorf("%w: %s", providers.ErrRefused, why)
	}
	body, err := newPatch(z, now, states)
	if err != nil {
		return err
	}
	content, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%w: %w", providers.ErrRefused, err)
	}
	return b.api.patch(ctx, zonePath(z), content)
}

// newPatch makes the body of the request. What goes stands before what comes: a
// CNAME record is refused while its name has other records.
func newPatch(z zone.Name, now *wireZone, states []providers.RRsetState) (patch, error) {
	stored := map[zone.Key]rrset{}
	for _, set := range *now.RRsets {
		if k, err := set.key(); err == nil {
			stored[k] = set
		}
	}
	var out patch
	for _, st := range states {
		if !st.Key.Name.Within(z) {
			return out, fmt.Errorf("%w: %s lies outside the zone", providers.ErrRefused, st.Key.Name)
		}
		set, err := stored[st.Key].become(z, st)
		if err != nil {
			return out, err
		}
		out.RRsets = append(out.RRsets, set)
	}
	slices.SortStableFunc(out.RRsets, func(a, b rrset) int { return cmp.Compare(len(a.Records), len(b.Records)) })
	return out, nil
}

// become makes the change of an RRset: records that stay are written as they
// are stored, and disabled ones stay too.
func (s rrset) become(z zone.Name, st providers.RRsetState) (rrset, error) {
	if err := s.fresh(z, st); err != nil {
		return rrset{}, err
	}
	out := rrset{Name: st.Key.Name.String(), Type: st.Key.Type.String(), Change: changeReplace, TTL: s.TTL}
	left := slices.Clone(s.Records)
	for i, it := range st.After {
		r := it.Record
		if r.Name != st.Key.Name || r.Type != st.Key.Type || r.Class != zone.ClassIN || r.TTL != st.After[0].Record.TTL {
			return rrset{}, fmt.Errorf("%w: %s does not fit into its RRset", providers.ErrRefused, r)
		}
		if i == 0 {
			out.TTL = r.TTL
		}
		content := r.RData()
		if at := find(left, r); at >= 0 {
			content = left[at].Content
			left = slices.Delete(left, at, at+1)
		}
		out.Records = append(out.Records, record{Content: content})
	}
	for _, r := range left {
		if r.Disabled {
			out.Records = append(out.Records, r)
		}
	}
	if len(out.Records) == 0 {
		return rrset{Name: out.Name, Type: out.Type, Change: changeDelete}, nil
	}
	if len(s.Records) == 0 && len(s.Comments) == 0 {
		out.Comments = comments(st.After)
	}
	return out, nil
}

// find returns the index of a stored record, the one that is the same to the
// octet before one whose text is cut otherwise, and one that is served before
// one that is not; -1 if there is none. TTLs are not compared.
func find(stored []record, r zone.Record) int {
	best, score := -1, 0
	for i, o := range stored {
		p, err := providers.ParseRecord(r.Name, r.Type, r.TTL, o.Content)
		if err != nil || !providers.SameRecord(p, r) {
			continue
		}
		n := 1
		if p.Data == r.Data {
			n += 2
		}
		if !o.Disabled {
			n++
		}
		if n > score {
			best, score = i, n
		}
	}
	return best
}

// fresh reports ErrStale unless the RRset is as the step takes it to be.
func (s rrset) fresh(z zone.Name, st providers.RRsetState) error {
	items, unread := s.items(z)
	if len(unread) > 0 {
		return fmt.Errorf("%w: %s %s has a record that cannot be read: %s", providers.ErrStale, st.Key.Name, st.Key.Type, unread[0].Reason)
	}
	for _, it := range st.Before {
		at := slices.IndexFunc(items, func(o providers.Item) bool {
			return o.Record.TTL == it.Record.TTL && providers.SameRecord(o.Record, it.Record)
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

// comments returns those that the RRset had when the records were read.
func comments(items []providers.Item) []json.RawMessage {
	for _, it := range items {
		var e extras
		if len(it.Raw) > 0 && json.Unmarshal(it.Raw, &e) == nil && len(e.Comments) > 0 {
			return e.Comments
		}
	}
	return nil
}
