package rfc2136

import (
	"context"
	"slices"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Apply makes the step with one UPDATE message, which is sent once.
func (b *Backend) Apply(ctx context.Context, z zone.Name, s providers.Step) error {
	if len(s.RRsets) == 0 {
		return nil
	}
	a := action{zone: z, write: true}
	m, err := message(z, s, b.isSigned(z))
	if err != nil {
		return b.errorf("%s: %w: %w", a, providers.ErrUnsupported, err)
	}
	sig := exchange{key: b.key}
	raw, err := sig.sign(m, b.now().Unix())
	if err != nil || len(raw) > dns.MaxMsgSize {
		return b.errorf("%s: the changes do not fit in one UPDATE message; make them in parts: %w", a, providers.ErrUnsupported)
	}
	c, err := b.dial(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	c.id, c.sig = m.Id, sig
	if sent, err := c.send(raw); !sent {
		return b.errorf("%s: %w: %w", a, providers.ErrUnavailable, err)
	}
	raw, m, err = c.receive()
	if err != nil {
		return b.errorf("%s: %w: %w", a, providers.ErrUnknownOutcome, err)
	}
	err = c.sig.verify(raw, m)
	if m.Rcode != dns.RcodeSuccess {
		return b.refused(ctx, a, m, err)
	}
	if err != nil {
		return b.untrusted(a, err)
	}
	return nil
}

// message makes the UPDATE of a step; signed says whether the zone is.
func message(z zone.Name, s providers.Step, signed bool) (*dns.Msg, error) {
	m := new(dns.Msg)
	m.SetUpdate(z.String())
	m.RecursionDesired = false
	m.Compress = true
	for _, st := range s.RRsets {
		if err := require(m, st); err != nil {
			return nil, err
		}
	}
	requireNames(m, s.RRsets)
	// The server goes through the updates in their order and silently leaves out
	// what a CNAME forbids (RFC 2136, section 3.4.2.2): what goes, goes first.
	var come []zone.Record
	for _, st := range s.RRsets {
		gone, more := difference(st)
		come = append(come, more...)
		switch {
		case st.Key.Type == zone.TypeCNAME && len(more) > 0:
			// A CNAME takes the place of the one before it.
			continue
		case len(gone) == len(st.Before) && len(gone) > 0:
			m.RemoveRRset([]dns.RR{empty(st.Key)})
			continue
		}
		for _, r := range gone {
			rr, err := r.RR()
			if err != nil {
				return nil, err
			}
			m.Remove([]dns.RR{rr})
		}
	}
	for _, r := range come {
		if signed && r.Type == zone.TypeCNAME && held(s.RRsets, r.Name) {
			// Signatures and NSEC are still there, and for Knot DNS (3.2) they forbid
			// the CNAME, unless all of the name is taken away. That nothing else is
			// there is a prerequisite.
			m.RemoveName([]dns.RR{empty(zone.Key{Name: r.Name})})
		}
		rr, err := r.RR()
		if err != nil {
			return nil, err
		}
		m.Insert([]dns.RR{rr})
	}
	return m, nil
}

// difference returns what goes from the RRset and what comes. All of it goes and
// comes if its TTL changes, which is one for the RRset (RFC 2181, section 5.2):
// servers differ in what they make of one record with another TTL.
func difference(st providers.RRsetState) (gone, come []zone.Record) {
	has := func(items []providers.Item, r zone.Record, same func(a, b zone.Record) bool) bool {
		return slices.ContainsFunc(items, func(it providers.Item) bool { return same(it.Record, r) })
	}
	data := func(a, b zone.Record) bool { return a.Data == b.Data }
	before, after := records(st.Before), records(st.After)
	for _, r := range after {
		if has(st.Before, r, data) && !has(st.Before, r, zone.Record.Same) {
			return before, after
		}
	}
	for _, r := range before {
		if !has(st.After, r, data) {
			gone = append(gone, r)
		}
	}
	for _, r := range after {
		if !has(st.Before, r, data) {
			come = append(come, r)
		}
	}
	return gone, come
}

func records(items []providers.Item) []zone.Record {
	var rs []zone.Record
	for _, it := range items {
		rs = append(rs, it.Record)
	}
	return rs
}

// require makes the RRset as it was planned on a prerequisite: that it does not
// exist (RFC 2136, section 2.4.3) or has exactly these records (section 2.4.2).
func require(m *dns.Msg, st providers.RRsetState) error {
	if len(st.Before) == 0 {
		m.RRsetNotUsed([]dns.RR{empty(st.Key)})
		return nil
	}
	for _, r := range records(st.Before) {
		rr, err := r.RR()
		if err != nil {
			return err
		}
		m.Used([]dns.RR{rr})
	}
	return nil
}

// ordinary are the types that one finds at a name.
var ordinary = []uint16{
	dns.TypeA, dns.TypeAAAA, dns.TypeMX, dns.TypeTXT, dns.TypeSRV, dns.TypeNS, dns.TypeDS, dns.TypePTR, dns.TypeCAA, dns.TypeTLSA, dns.TypeHTTPS,
	dns.TypeSVCB, dns.TypeDNAME, dns.TypeSSHFP, dns.TypeNAPTR, dns.TypeURI, dns.TypeSPF, dns.TypeHINFO, dns.TypeLOC, dns.TypeRP, dns.TypeSMIMEA, dns.TypeOPENPGPKEY,
}

// requireNames makes it a prerequisite that nothing is there that would make the
// server leave out a record that comes, without a word (RFC 2136, section
// 3.4.2.2): no CNAME where other records come, and nothing else where a CNAME
// comes.
func requireNames(m *dns.Msg, sets []providers.RRsetState) {
	known, done := map[zone.Key]bool{}, map[zone.Name]bool{}
	for _, st := range sets {
		known[st.Key] = true
	}
	for _, st := range sets {
		n := st.Key.Name
		alias := zone.Key{Name: n, Type: zone.TypeCNAME}
		if len(st.After) == 0 || len(st.Before) > 0 || done[n] {
			continue
		}
		switch {
		case st.Key != alias && !known[alias]:
			m.RRsetNotUsed([]dns.RR{empty(alias)})
		case st.Key != alias:
			continue // the CNAME of this name is among the RRsets
		case !held(sets, n):
			m.NameNotUsed([]dns.RR{empty(alias)})
		default: // there is no way to say "nothing but these"
			for _, t := range ordinary {
				if k := (zone.Key{Name: n, Type: zone.Type(t)}); !known[k] {
					m.RRsetNotUsed([]dns.RR{empty(k)})
				}
			}
		}
		done[n] = true
	}
}

// held reports whether a name had records other than a CNAME before the step.
func held(sets []providers.RRsetState, n zone.Name) bool {
	return slices.ContainsFunc(sets, func(st providers.RRsetState) bool {
		return st.Key.Name == n && st.Key.Type != zone.TypeCNAME && len(st.Before) > 0
	})
}

// empty is an RR that names an RRset.
func empty(k zone.Key) dns.RR {
	return &dns.ANY{Hdr: dns.RR_Header{Name: k.Name.String(), Rrtype: uint16(k.Type)}}
}
