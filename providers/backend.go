package providers

import (
	"context"
	"encoding/json"

	"github.com/zonelint/zonelint/zone"
)

// Backend reads and writes the zones of one account at a DNS provider. It does
// what it is told, once, and says exactly what came of it; plans, order,
// guards, journal and verification are the business of this package.
//
// Its methods may be called by several goroutines at once, honour the context,
// and return errors without credentials in them that wrap one of the errors of
// this package where one fits. They may retry what is safe to retry, with a
// bound: reads, and writes of which it is certain that they were not made (429).
// They never retry a write whose outcome is not known.
type Backend interface {
	// Zones returns the zones that the account can see, in the order of
	// zone.CompareNames. A backend that cannot list them returns an error that
	// wraps errors.ErrUnsupported.
	Zones(ctx context.Context) ([]zone.Name, error)

	// Snapshot reads the whole zone: every record or an error, never a part.
	// An error wraps ErrNoZone if the account has no such zone.
	Snapshot(ctx context.Context, z zone.Name) (*Snapshot, error)

	// Apply makes one step of a plan. nil says that all operations of the step
	// were made, and that what the provider answered is what was asked for.
	//
	// An error that wraps ErrRefused, ErrUnauthorized, ErrRateLimited,
	// ErrStale, ErrUnavailable, ErrUnsupported or ErrNoZone, and neither of the
	// following two, says that none was made, for certain. ErrPartial says that
	// some were made, or more than was asked for. Every other error, labelled
	// ErrUnknownOutcome or not, leaves the outcome open, and the zone is read
	// before anything else is written.
	//
	// If the capabilities say Atomic, all operations are made or none. Else
	// they are made one after another, in the order of the step.
	Apply(ctx context.Context, z zone.Name, s Step) error
}

// Snapshot is a zone as the provider had it at one moment.
type Snapshot struct {
	// Apex is the name of the zone.
	Apex zone.Name
	// Items are all records, in the order of the provider.
	Items []Item
	// Unread are records that the provider has and that zonelint cannot read.
	// They are never touched, and RRsets that may hold one are not either.
	Unread []Unread
	// Capabilities are those of this zone: limits may depend on what is paid for.
	Capabilities Capabilities
}

// Item is a record at a provider.
type Item struct {
	// Record is the record in DNS terms. Its TTL is the one that resolvers see,
	// also where Auto is set. Its Loc is of no meaning here.
	Record zone.Record
	// Auto says that the TTL is left to the provider (Cloudflare writes that as
	// 1); Record.TTL then is Capabilities.AutoTTL. In an operation it asks for
	// such a TTL.
	Auto bool
	// ID is the provider's name for the record; "" if it has none. A record
	// that comes into being is given one by the provider.
	ID string
	// Raw is the record as the provider tells it, for what DNS does not know of:
	// proxied, comment, tags, settings. Only the backend looks into it. An
	// update keeps these fields as Old.Raw has them, and a creation takes them
	// from New.Raw if that is set (a record that is put back). nil if there is
	// nothing of the kind. It is written into journals: no credentials.
	Raw json.RawMessage
	// Locked says why the provider lets nobody change the record; "" if it does not
	// say so. Plans and journals do not keep it.
	Locked string
	// Masked says that the name servers of the provider do not answer with the
	// record but with something of their own, such as the addresses of a proxy.
	Masked bool
	// Comment is what a master file of the zone says beside the record, so that
	// rules can see what is not DNS: "cf_tags=cf-proxied:true". It is in the
	// backend's own words and holds no text of users; plans and journals do not
	// keep it.
	Comment string
	// Handle is what the backend likes to have back within this process. It is
	// not kept in plans and journals: operations are bound to the items of a
	// fresh snapshot before they are made.
	Handle any
}

// Unread is a record that could not be read.
type Unread struct {
	Name   zone.Name // "" if the owner is not known
	Type   zone.Type // 0 if the type is not known
	Reason string    // what was seen and why it cannot be read
	// Computed says that nothing is wrong: the provider works the records out when
	// it is asked, such as the addresses of an alias at the top of a zone.
	Computed bool
}

// OpKind says what an operation does.
type OpKind string

// The kinds of operation.
const (
	Create OpKind = "create" // New comes
	Delete OpKind = "delete" // Old goes
	// Update turns Old into New with no moment in between that has neither or
	// both. Name and type stay. It is only planned where the capabilities say so.
	Update OpKind = "update"
)

// Op is one operation on one record.
type Op struct {
	Kind OpKind
	// Old is the record that goes or is updated, as the zone holds it: the
	// backend finds it by its ID, else by owner, type, TTL and data.
	Old Item
	// New is the record that comes. Its ID is "" for a creation and that of Old
	// for an update.
	New Item
}

// Step is operations that the backend makes in one go.
type Step struct {
	Ops []Op
	// RRsets are the RRsets that the step touches, whole, before and after it,
	// for providers that write RRsets rather than records, and for those that
	// refuse a step whose prerequisites do not hold (RFC 2136, section 2.4).
	RRsets []RRsetState
	// Gap says what is missing from the zone between this step and the next; ""
	// if nothing is.
	Gap string
}

// RRsetState is an RRset around a step. No items: there is no such RRset.
type RRsetState struct {
	Key           zone.Key
	Before, After []Item
}
