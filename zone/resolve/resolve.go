// Package resolve answers questions about names inside and outside of a zone,
// and says so when it does not know: from the zone itself, then from whatever
// other Servers there are, such as the other zones of a run, facts that are
// known of mail hosts, or the DNS.
package resolve

import (
	"errors"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// Server answers for some names. It is safe for concurrent use, and gives the
// same answer to the same question as long as it lives.
type Server interface {
	// Query answers for one name and type without following a CNAME: Aliased
	// comes with the CNAME record. Unknown says that another Server is to be
	// asked, unless From is set: then the name is this Server's, and no other is
	// to speak for it.
	Query(name zone.Name, t zone.Type) Reply
}

// Reply is what one Server says.
type Reply struct {
	Status  zone.Status
	Records []zone.Record // the RRset if Found, the CNAME record if Aliased
	From    Origin
	// Date is the day on which a fact was last seen to be true, as 2006-01-02;
	// "" where the answer is of now.
	Date string
	// Err says why the answer is not known though it was asked for; nil where
	// nobody was there to ask.
	Err error
}

// Origin says where an answer comes from.
type Origin uint8

// The origins, in the order in which they are asked.
const (
	Nowhere   Origin = iota // nobody knows
	Itself                  // the zone that is being checked
	Neighbour               // another zone that was given
	Pinned                  // a fact that zonelint was built with
	Live                    // the DNS
)

// Answer is what is known of a name and type once CNAMEs are followed.
type Answer struct {
	// Status is Found, NoData, NameError or Unknown, and never Aliased.
	Status zone.Status
	// Records are the RRset if it was found.
	Records []zone.Record
	// Name is the name that the answer is about: the one asked for or, behind
	// CNAMEs, the last of them.
	Name zone.Name
	// Aliases are the owners of the CNAME records that led to Name.
	Aliases []zone.Name
	// From is where the last answer comes from, or who should have known it, and
	// Date its day as in Reply.
	From Origin
	Date string
	// Err says why an answer is Unknown: a loop of CNAMEs, or what a server
	// said; nil where nobody was there to ask.
	Err error
}

// Errors of Lookup; test with errors.Is.
var (
	ErrLoop = errors.New("the CNAME records lead back to themselves")
	ErrLong = errors.New("more than 16 CNAME records in a row")
)

// maxAliases bounds a chain of CNAME records; resolvers follow 8 to 16.
const maxAliases = 16

// Lookup asks the zone and then the servers in their order, until one knows,
// and follows CNAME records through all of them (RFC 1034, section 3.6.2). z may
// be nil.
func Lookup(z *zone.Zone, servers []Server, name zone.Name, t zone.Type) Answer {
	a := Answer{Name: name}
	for {
		r := query(z, servers, a.Name, t)
		a.From, a.Date, a.Err = r.From, r.Date, r.Err
		if r.Status != zone.Aliased {
			a.Status, a.Records = r.Status, r.Records
			return a
		}
		a.Aliases = append(a.Aliases, a.Name)
		target := r.Records[0].Target()
		switch {
		case slices.Contains(a.Aliases, target):
			a.Err = ErrLoop
			return a
		case len(a.Aliases) == maxAliases:
			a.Err = ErrLong
			return a
		}
		a.Name = target
	}
}

// query returns the first reply that is not Unknown or comes from who should
// know, else the last with an error.
func query(z *zone.Zone, servers []Server, name zone.Name, t zone.Type) (unknown Reply) {
	if z != nil {
		if r := askFor(z, name, t, Itself); r.Status != zone.Unknown || r.From != Nowhere {
			return r
		}
	}
	for _, s := range servers {
		r := s.Query(name, t)
		if r.Status != zone.Unknown || r.From != Nowhere {
			return r
		}
		if r.Err != nil {
			unknown = r
		}
	}
	return unknown
}

// askFor is Ask for a Server of the given origin. What lies outside of the zone
// or below one of its delegations is not its business; what it does not know of
// its own names nobody else does: the DNS, for one, may serve an older zone.
func askFor(z *zone.Zone, name zone.Name, t zone.Type, from Origin) Reply {
	if !name.Within(z.Apex) {
		return Reply{}
	}
	r := Ask(z, name, t)
	if r.Status != zone.Unknown || z.Cut(name) == "" {
		r.From = from
	}
	return r
}

// Ask returns what a zone says, for use by a Server, which sets From.
func Ask(z *zone.Zone, name zone.Name, t zone.Type) Reply {
	a := z.Lookup(name, t)
	switch a.Status {
	case zone.Found, zone.Aliased:
		return Reply{Status: a.Status, Records: a.Records()}
	case zone.Unknown:
		return redirect(z, name)
	}
	return Reply{Status: a.Status}
}

// errRedirect is for a DNAME that makes too long a name.
var errRedirect = errors.New("a DNAME record makes a name of more than 255 octets of it")

// redirect makes the CNAME record that a DNAME above a name stands for
// (RFC 6672, section 3.2); the reply is Unknown if there is none.
func redirect(z *zone.Zone, name zone.Name) Reply {
	for range z.OfType(zone.TypeDNAME) {
		if !name.Within(z.Apex) || z.Cut(name) != "" {
			break
		}
		for n := name.Parent(); n.Within(z.Apex); n = n.Parent() {
			rs := z.RRset(n, zone.TypeDNAME)
			if len(rs) != 1 {
				continue // several are a mistake, section 2.4
			}
			target := name.Without(n, rs[0].Target())
			if len(target) > zone.MaxName {
				return Reply{Err: errRedirect}
			}
			return Reply{Status: zone.Aliased, Records: []zone.Record{zone.NewName(name, zone.TypeCNAME, rs[0].TTL, target)}}
		}
		break
	}
	return Reply{}
}
