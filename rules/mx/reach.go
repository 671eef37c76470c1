package mx

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var loopback = &rules.Rule{
	ID:       "mx-loopback",
	Severity: rules.Error,
	Summary:  "an MX names a host that senders outside cannot reach",
	What: "A host of an MX record has an address that is not for the Internet: of the sender's own machine (loopback, unspecified), of the link, " +
		"of a private network, reserved, or of a group of hosts. It is a warning where the host has another address as well, or where the address is private. " +
		"A private address is passed over where the domain itself has one too, or nothing has a public one: the zone is then that of a network of its own. " +
		"Addresses for documentation count as public.",
	Why: "A sender that connects to 127.0.0.1 reaches itself, and one that connects to 10.0.0.1 reaches some machine of its own network or none. " +
		"Mail goes round in a circle, waits for days, or is given to a stranger.",
	Bad: `@ IN MX 10 mail
mail IN A 127.0.0.1
`,
	Good: `@ IN MX 10 mail
mail IN A 192.0.2.1
`,
	Refs: []string{"RFC 6761, section 6.3", "RFC 6890, section 2.2.2", "RFC 6890, section 2.2.3", "RFC 1918, section 3", "RFC 4193, section 4.3"},
	Fix:  rules.Manual,
	Run:  rules.On(sets, checkReach),
}

// block is addresses that the Internet has no way to.
type block struct {
	netip.Prefix
	what    string
	private bool // a network of one's own, where the zone may be served too
}

// blocks are those of RFC 6890, sections 2.2.2 and 2.2.3, that are not globally
// reachable, but for the ones that stand for others in documents; and groups of
// hosts (RFC 5771, RFC 4291, section 2.7).
var blocks = []block{
	{netip.MustParsePrefix("0.0.0.0/8"), "an address of the sender's own network", false},
	{netip.MustParsePrefix("10.0.0.0/8"), "a private address", true},
	{netip.MustParsePrefix("100.64.0.0/10"), "an address shared by customers of a provider", true},
	{netip.MustParsePrefix("127.0.0.0/8"), "the sender's own machine", false},
	{netip.MustParsePrefix("169.254.0.0/16"), "an address of the link only", false},
	{netip.MustParsePrefix("172.16.0.0/12"), "a private address", true},
	{netip.MustParsePrefix("192.168.0.0/16"), "a private address", true},
	{netip.MustParsePrefix("198.18.0.0/15"), "an address for measurements", true},
	{netip.MustParsePrefix("224.0.0.0/4"), "a group of hosts", false},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address", false},
	{netip.MustParsePrefix("::/128"), "no address at all", false},
	{netip.MustParsePrefix("::1/128"), "the sender's own machine", false},
	{netip.MustParsePrefix("100::/64"), "an address that discards all", false},
	{netip.MustParsePrefix("fc00::/7"), "a private address", true},
	{netip.MustParsePrefix("fe80::/10"), "an address of the link only", false},
	{netip.MustParsePrefix("ff00::/8"), "a group of hosts", false},
}

// unreachable returns the block that an address lies in; nil for the others.
func unreachable(a netip.Addr) *block {
	a = a.Unmap()
	for i := range blocks {
		if blocks[i].Contains(a) {
			return &blocks[i]
		}
	}
	return nil
}

// oddAddress reports whether the RDATA of an A or AAAA record may be in one of
// the blocks, as hardly any is.
func oddAddress(data string) bool {
	switch c := data[0]; {
	case len(data) == 4:
		return c == 0 || c == 10 || c == 100 || c == 127 || c == 169 || c == 172 || c == 192 || c == 198 || c >= 224
	default:
		return c <= 1 || c >= 0xfc
	}
}

var localhost = zone.MustName("localhost")

func checkReach(p *rules.Pass, s *set) {
	for _, r := range s.records {
		// RFC 6761, section 6.3: wherever it is asked for, it is the asker itself.
		if r.Target().Within(localhost) && !localhost.Within(s.zone.Apex) {
			f := rules.At(r, exchange, fmt.Sprintf("The exchange %s is the sender's own machine, so mail cannot be delivered to it. Name the mail server, or write MX 0 . if there is no mail.", r.Target()))
			p.Report(f.WithFix(rules.Manual, "name the mail server of the domain, or MX 0 . if it takes no mail"))
		}
	}
	if !slices.ContainsFunc(s.addresses, func(a address) bool { return a.odd }) {
		return
	}
	for from := 0; from < len(s.addresses); {
		to := from
		bad, firstBlock, reached := -1, (*block)(nil), false
		for ; to < len(s.addresses) && s.addresses[to].record == s.addresses[from].record; to++ {
			b := unreachable(s.addresses[to].Addr)
			switch {
			case b == nil:
				reached = true
			case bad < 0 || firstBlock.private && !b.private:
				bad, firstBlock = to, b
			}
			reached = reached || b != nil && b.private
		}
		if bad >= 0 && (!firstBlock.private || s.public(s.addresses[bad].BitLen())) {
			s.reportUnreachable(p, s.addresses[from:to], s.addresses[bad], firstBlock, reached)
		}
		from = to
	}
}

// public reports whether the zone is for the Internet to see, as far as its
// addresses of a family tell: some mail server of the set has one that can be
// reached, or the zone's own name has, and no private one besides.
func (s *set) public(family int) bool {
	found := false
	if apex, ok := s.zone.Node(s.zone.Apex); ok && (apex.Has(zone.TypeA) || apex.Has(zone.TypeAAAA)) {
		for r := range apex.Records() {
			a := r.Addr()
			if !a.IsValid() || a.BitLen() != family {
				continue
			}
			if b := unreachable(a); b != nil && b.private {
				return false
			}
			found = true
		}
	}
	for _, a := range s.addresses {
		found = found || a.BitLen() == family && unreachable(a.Addr) == nil
	}
	return found
}

// reportUnreachable reports one of the addresses of a host; reached says that
// some of them may be reached.
func (s *set) reportUnreachable(p *rules.Pass, all []address, bad address, b *block, reached bool) {
	r := s.records[bad.record]
	f := rules.At(r, exchange, "")
	switch {
	case b.private && len(all) > 1:
		f.Message = fmt.Sprintf("The exchange %s has the address %s, %s, which senders outside of that network do not reach. Unless only it sees this zone, leave that address out.", r.Target(), bad, b.what)
	case b.private:
		f.Message = fmt.Sprintf("The exchange %s has the address %s, %s: from outside of that network mail cannot be delivered to it. Unless only it sees this zone, give the public address.", r.Target(), bad, b.what)
	case reached:
		f.Message = fmt.Sprintf("One of the addresses of the exchange %s is %s, %s, so senders that try it first do not get through. Remove it.", r.Target(), bad, b.what)
	default:
		f.Message = fmt.Sprintf("The exchange %s has the address %s, %s, so mail cannot be delivered to it. Give the public address of the mail server, or MX 0 . if there is no mail.", r.Target(), bad, b.what)
	}
	if reached {
		f.Severity = rules.Warning
	}
	for _, t := range [...]zone.Type{zone.TypeA, zone.TypeAAAA} {
		for _, o := range s.zone.RRset(r.Target(), t) {
			if o.Addr() == bad.Addr {
				f.Related = append(f.Related, rules.Related{Span: o.Span(zone.Part{Kind: zone.PartRData}), Message: "the address"})
			}
		}
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("give %s the public address of the mail server", r.Target())))
}
