package resolve

import (
	"errors"
	"fmt"
	"slices"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// link is what a reply of the DNS says of one name: the one asked for or, behind
// CNAMEs, one that they lead to.
type link struct {
	name  zone.Name
	reply Reply
}

// Why a reply that came leaves a question open.
var (
	errReferral = errors.New("a referral to other servers, so it is not a resolver")
	errBeside   = errors.New("its reply is about other names")
	errRdata    = errors.New("its reply has RDATA that is malformed")
	errContrary = errors.New("its reply contradicts itself")
)

// readReply returns what a reply says of name, first, and of the names behind
// its CNAMEs as far as that is certain. Records that are neither are passed
// over, since a resolver has no reason to send them (RFC 2181, section 5.4.1).
func readReply(name zone.Name, t zone.Type, m *dns.Msg) ([]link, error) {
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		code, ok := dns.RcodeToString[m.Rcode]
		if !ok {
			code = fmt.Sprintf("RCODE %d", m.Rcode)
		}
		return nil, errors.New("it says " + code)
	}
	var links []link
	at := name
	for {
		found, err := rrset(m.Answer, at, t)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			if m.Rcode == dns.RcodeNameError {
				return nil, errContrary
			}
			return append(links, link{at, Reply{Status: zone.Found, Records: found, From: Live}}), nil
		}
		aliases, err := rrset(m.Answer, at, zone.TypeCNAME)
		switch {
		case err != nil:
			return nil, err
		case len(aliases) > 1: // RFC 2181, section 10.1
			return nil, errContrary
		case len(aliases) == 0:
			return absent(links, at, m)
		}
		links = append(links, link{at, Reply{Status: zone.Aliased, Records: aliases, From: Live}})
		at = aliases[0].Target()
		if slices.ContainsFunc(links, func(l link) bool { return l.name == at }) {
			return links, nil // a loop
		}
	}
}

// absent adds what the reply says of a name that has neither such records nor a
// CNAME in it (RFC 2308, section 2). Behind CNAMEs that is only certain with the
// SOA record of the name's zone: a server may have left the chain unfinished.
func absent(links []link, name zone.Name, m *dns.Msg) ([]link, error) {
	status := zone.NoData
	if m.Rcode == dns.RcodeNameError {
		status = zone.NameError
	}
	covered, other, delegated := false, false, false
	for _, rr := range m.Ns {
		owner, err := zone.ParseName(rr.Header().Name, "")
		if err != nil || rr.Header().Class != dns.ClassINET {
			continue
		}
		switch rr.Header().Rrtype {
		case dns.TypeSOA:
			covered = covered || name.Within(owner)
			other = other || !name.Within(owner)
		case dns.TypeNS:
			delegated = true
		}
	}
	if len(links) > 0 && !covered {
		return links, nil // it will be asked for by itself
	}
	switch {
	case covered:
	case other:
		return nil, errBeside
	case status == zone.NameError:
	case delegated:
		return nil, errReferral
	case len(m.Answer) > 0:
		return nil, errBeside
	}
	return append(links, link{name, Reply{Status: status, From: Live}}), nil
}

// rrset returns the records of a name and type, each once and in an order that
// does not change from one reply to the next. Their TTLs are left out, since
// those of a resolver count down.
func rrset(answer []dns.RR, name zone.Name, t zone.Type) ([]zone.Record, error) {
	var out []zone.Record
	for _, rr := range answer {
		h := rr.Header()
		if h.Class != dns.ClassINET || h.Rrtype != uint16(t) {
			continue
		}
		if owner, err := zone.ParseName(h.Name, ""); err != nil || owner != name {
			continue
		}
		r, err := zone.FromRR(rr)
		if err != nil || h.Rdlength == 0 || !zone.FoldNames(t, []byte(r.Data)) {
			return nil, errRdata
		}
		r.TTL = 0
		out = append(out, r)
	}
	slices.SortFunc(out, zone.CompareRecords)
	return slices.CompactFunc(out, zone.Record.Same), nil
}
