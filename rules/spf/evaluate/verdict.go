// Package evaluate answers as receivers do whether a host may send mail for a
// domain: the check_host() function of RFC 7208, on zones that need not be
// published. It says which term decided, what was tested on the way, and what
// it could not know.
package evaluate

import (
	"net/netip"
	"time"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// The limits of RFC 7208, section 4.6.4.
const (
	MaxLookups = spf.MaxLookups // terms that query the DNS
	MaxVoids   = spf.MaxVoids   // terms whose query has no answer
	maxPTR     = 10             // names of an address; the others are ignored
)

// Query is the arguments of check_host() (RFC 7208, section 4.1) and the DNS
// to ask.
type Query struct {
	// Zone is asked first, then the Servers in their order; it may be nil.
	Zone    *zone.Zone
	Servers []resolve.Server
	// IP is the address of the client. An IPv4-mapped one is taken as IPv4.
	IP netip.Addr
	// Sender is the reverse-path of MAIL FROM without its angle brackets; if it
	// is "", Helo is judged instead (section 2.4).
	Sender string
	// Helo is what the client said with HELO or EHLO, "" if that is not known.
	Helo string
	// Receiver is the name of the host that performs the check, "" if it has
	// none, and Now the time of the check. Only explanations tell them.
	Receiver string
	Now      time.Time
}

// Result is a result of check_host() (RFC 7208, section 2.6).
type Result uint8

// The results. Unknown is none of the RFC: it says that the answer hangs on
// names of which nothing is known here.
const (
	Unknown Result = iota
	None
	Neutral
	Pass
	Fail
	SoftFail
	TempError
	PermError
)

var resultNames = [...]string{"unknown", "none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"}

// String returns the result as the Received-SPF field has it (RFC 7208, section
// 9.1), or "unknown".
func (r Result) String() string { return resultNames[r] }

// Outcome is what became of one term.
type Outcome uint8

// The outcomes. Broken and Failed are the exceptions that end the evaluation.
const (
	NotMatched Outcome = iota
	Matched
	Unclear // nobody knows a name that it asks for
	Failed  // the DNS failed: temperror
	Broken  // permerror
	Taken   // a redirect that was followed
)

var outcomeNames = [...]string{"no match", "match", "unknown", "temperror", "permerror", "followed"}

// String returns the outcome in words.
func (o Outcome) String() string { return outcomeNames[o] }

// Place is a stretch of a record: a term, or where the record is wrong.
type Place struct {
	Domain zone.Name   // whose record it is
	Record zone.Record // the TXT record
	// From and To bound the place in Record.Text(); Text is what stands there.
	From, To int
	Text     string
}

// Span returns where the place stands in a source, the zero Span if it is in
// none.
func (p Place) Span() zone.Span {
	if p.Record.Loc.Source == nil {
		return zone.Span{}
	}
	return p.Record.Span(zone.TextPart(p.From, p.To))
}

// Step is a term that was tested.
type Step struct {
	Place
	Depth   int // how many includes and redirects lead to the record
	Outcome Outcome
	Detail  string // why, in a few words; "" where the term says it
	// Lookups and Voids were used up when the term was done.
	Lookups, Voids int

	void bool // counted already
}

// Gap is a question that nobody here can answer.
type Gap struct {
	Name zone.Name
	Type zone.Type
	// Step is the index of the term that asks in Trace, -1 for the domain's own
	// record.
	Step int

	// gives is the result of the term's record if it matched, and Unknown where
	// more hangs on the answer than whether it does.
	gives Result
}

// Pinned is an answer of resolve.Pinned that was used: a fact of a past day.
type Pinned struct {
	Name zone.Name
	Date string // as 2006-01-02
}

// Verdict is the answer to a Query.
type Verdict struct {
	Result Result
	// Otherwise is, where Result is Unknown, what it is if no term that hangs on
	// a Gap matches; Unknown if even that cannot be told.
	Otherwise Result
	// Domain is the domain that was judged, "" if it is no domain name; Identity
	// is the <sender> of RFC 7208, with its local-part.
	Domain   zone.Name
	Identity string
	// Reason says why, in a sentence without its full stop.
	Reason string
	// Path is the terms that decided: that of the domain's own record, then
	// those of the records that it includes or redirects to. Empty if no term
	// did.
	Path []Place
	// Syntax says that a record breaks the grammar, and ended the evaluation.
	Syntax bool
	Trace  []Step
	Gaps   []Gap
	// Pinned are the answers that are not of now, each name once.
	Pinned []Pinned
	// Lookups and Voids are those counted by RFC 7208, section 4.6.4. With Gaps
	// they may be more.
	Lookups, Voids int
	// Explanation is the text that an exp modifier gives for a fail, at the
	// owner ExplainedBy; both are "" if there is none. It comes from a third
	// party and may hold any ASCII octet. NotExplained says why there is none
	// in spite of an exp modifier.
	Explanation  string
	ExplainedBy  zone.Name
	NotExplained string
	// WantsHelo says that a macro asked for Query.Helo, which was "", and got
	// "unknown".
	WantsHelo bool
}
