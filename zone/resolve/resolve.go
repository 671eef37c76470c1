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
	// asked.
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
	// From is where the last answer comes from, and Date its day as in Reply.
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

// query returns the first reply that is not Unknown, else the last with an
// error.
func query(z *zone.Zone, servers []Server, name zone.Name, t zone.Type) (unknown Reply) {
	if z != nil {
		if r := Ask(z, name, t); r.Status != zone.Unknown {
			r.From = Itself
			return r
		}
	}
	for _, s := range servers {
		r := s.Query(name, t)
		if r.Status != zone.Unknown {
			return r
		}
		if r.Err != nil {
			unknown = r
		}
	}
	return unknown
}

// Ask returns what a zone says, for use by a Server, which sets From.
func Ask(z *zone.Zone, name zone.Name, t zone.Type) Reply {
	a := z.Lookup(name, t)
	r := Reply{Status: a.Status}
	if a.Status == zone.Found || a.Status == zone.Aliased {
		r.Records = a.Records()
	}
	return r
}
