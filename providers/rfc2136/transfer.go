package rfc2136

import (
	"context"
	"fmt"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// maxRecords bounds what a server can make us keep.
const maxRecords = 5_000_000

// maxTimeouts is how many times as long as for one message may be waited for the
// whole zone: each message may come late, and a zone may have many.
const maxTimeouts = 20

// Snapshot reads the zone by transfer (RFC 5936).
func (b *Backend) Snapshot(ctx context.Context, z zone.Name) (*providers.Snapshot, error) {
	a := action{zone: z}
	limit := maxTimeouts * b.timeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the zone had not come whole after %s: %w", limit, context.DeadlineExceeded))
	defer cancel()
	c, err := b.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	m := new(dns.Msg)
	m.SetAxfr(z.String())
	m.RecursionDesired = false
	c.id = m.Id
	raw, err := c.sig.sign(m, b.now().Unix())
	if err != nil {
		return nil, b.errorf("%s: %w", a, err)
	}
	if _, err := c.send(raw); err != nil {
		return nil, b.errorf("%s: %w: %w", a, providers.ErrUnavailable, err)
	}
	t := transfer{apex: z, snapshot: &providers.Snapshot{Apex: z, Capabilities: capabilities}}
	for first := true; !t.done; first = false {
		raw, m, err := c.receive()
		if err != nil {
			return nil, b.errorf("%s: %w: %w", a, providers.ErrUnavailable, err)
		}
		if m.Rcode != dns.RcodeSuccess {
			return nil, b.refused(ctx, a, m, c.sig.verify(raw, m))
		}
		if err := c.sig.verify(raw, m); err != nil {
			return nil, b.untrusted(a, err)
		}
		if first && len(m.Answer) == 0 {
			return nil, b.errorf("%s: the answer is empty: %w", a, providers.ErrUnavailable)
		}
		if err := t.add(m.Answer); err != nil {
			return nil, b.errorf("%s: %w", a, err)
		}
	}
	if err := c.sig.complete(); err != nil {
		return nil, b.untrusted(a, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.signed[z] = t.signed
	return t.snapshot, nil
}

// transfer puts a zone together.
type transfer struct {
	apex     zone.Name
	soa      string // RDATA of the first record
	snapshot *providers.Snapshot
	signed   bool
	done     bool
}

// add takes the records of one message. The SOA record begins the zone and ends
// it (RFC 5936, section 2.2).
func (t *transfer) add(rrs []dns.RR) error {
	for i, rr := range rrs {
		if t.done {
			return fmt.Errorf("%d records behind the end of the zone", len(rrs)-i)
		}
		h := rr.Header()
		r, err := zone.FromRR(rr)
		if err != nil {
			t.snapshot.Unread = append(t.snapshot.Unread, unread(h, err))
			continue
		}
		soa := r.Type == zone.TypeSOA && r.Name == t.apex
		switch {
		case t.soa == "" && !soa:
			return fmt.Errorf("it begins with %s %s, not with the SOA record of the zone", r.Name, r.Type)
		case t.soa == "":
			t.soa = r.Data
		case soa && r.Data != t.soa:
			return fmt.Errorf("the SOA record at the end is not that of the start; the zone changed meanwhile: %w", providers.ErrUnavailable)
		case soa:
			t.done = true
			continue
		case !r.Name.Within(t.apex):
			return fmt.Errorf("%s %s does not belong to the zone", r.Name, r.Type)
		}
		if r.Class != zone.ClassIN {
			return fmt.Errorf("%s %s is of the class %s", r.Name, r.Type, r.Class)
		}
		if len(t.snapshot.Items) == maxRecords {
			return fmt.Errorf("the zone has more than %d records", maxRecords)
		}
		t.signed = t.signed || r.Type == zone.TypeRRSIG
		t.snapshot.Items = append(t.snapshot.Items, providers.Item{Record: r})
	}
	return nil
}

// unread is a record that the model has no place for.
func unread(h *dns.RR_Header, err error) providers.Unread {
	name, nerr := zone.ParseName(h.Name, "")
	if nerr != nil {
		name = ""
	}
	return providers.Unread{Name: name, Type: zone.Type(h.Rrtype), Reason: err.Error()}
}
