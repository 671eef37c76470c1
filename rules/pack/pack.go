package pack

import (
	"errors"
	"strings"
	"time"

	"github.com/zonelint/zonelint/zone"
)

// Pack is what one mail host needs in a customer's zone. The yaml tags are its
// file format; a field without omitempty must be given.
type Pack struct {
	// ID is what --pack takes: kebab-case.
	ID string `yaml:"id"`
	// Name is the host as people know it.
	Name string `yaml:"name"`
	// Kind is what the host does for a domain.
	Kind Kind `yaml:"kind"`
	// Status says whether the host still takes customers.
	Status Status `yaml:"status,omitempty"`
	// About says in plain sentences for whom the pack is, and what the host
	// says beyond its records.
	About string `yaml:"about,omitempty"`
	// Confidence says how well the facts are known.
	Confidence Confidence `yaml:"confidence"`
	// Checked is the day on which the facts were last compared with the sources.
	Checked Date `yaml:"checked"`
	// Sources are where the facts stand.
	Sources []Source `yaml:"sources"`
	// Variables are the parts of values that differ between customers. Every
	// pack has domain, domain-dashes and m365-token besides.
	Variables []Variable `yaml:"variables,omitempty"`
	Detect    Detect     `yaml:"detect,omitempty"`
	MX        *MX        `yaml:"mx,omitempty"`
	SPF       *SPF       `yaml:"spf,omitempty"`
	DMARC     *DMARC     `yaml:"dmarc,omitempty"`
	// Records are the further records of the zone.
	Records []Record `yaml:"records,omitempty"`
	// Pinned are records outside of the zone as they were seen, so that what an
	// include costs is known without asking the DNS.
	Pinned []Pinned `yaml:"pinned,omitempty"`
	// Clients are the servers that mail programs use, the recommended first.
	Clients []Client `yaml:"clients,omitempty"`

	compiled *compiled
}

// Kind is what a host does for a domain.
type Kind string

// The kinds of host.
const (
	Mailbox   Kind = "mailbox"   // keeps the domain's mail
	Forwarder Kind = "forwarder" // takes the domain's mail and sends it on
	Receiver  Kind = "receiver"  // takes the domain's mail for programs
	Gateway   Kind = "gateway"   // filters mail before the mailbox host takes it
	Sender    Kind = "sender"    // sends mail for the domain
	Server    Kind = "server"    // software on a server of the domain's own
	NoMail    Kind = "no-mail"   // the domain has no mail
	Settings  Kind = "settings"  // takes no customers' domains; known for its client settings
)

// UnmarshalText reads a kind.
func (k *Kind) UnmarshalText(text []byte) error {
	return oneOf(k, text, Mailbox, Forwarder, Receiver, Gateway, Sender, Server, NoMail, Settings)
}

// takesMail reports whether the MX records of a domain lead to such a host.
func (k Kind) takesMail() bool {
	return k == Mailbox || k == Forwarder || k == Receiver || k == Gateway || k == Server
}

// Status says whether a host still takes customers; "" is active.
type Status string

// The states of a host.
const (
	Active Status = "active"
	Legacy Status = "legacy" // works, takes no new customers
	Ending Status = "ending" // will stop; the text about it says when
	Closed Status = "closed" // its servers are gone
)

// UnmarshalText reads a status.
func (s *Status) UnmarshalText(text []byte) error {
	return oneOf(s, text, Active, Legacy, Ending, Closed)
}

// Source is a place where a host states its facts.
type Source struct {
	// Title is the name of the page.
	Title string `yaml:"title"`
	// URL is its address on the web; "" if it is not on the web.
	URL string `yaml:"url,omitempty"`
	// Date is the day of the page's last change; "" if it tells none.
	Date Date `yaml:"date,omitempty"`
}

// Detect is what a zone of the host's customers is recognised by.
type Detect struct {
	// MX are the exchanges of the host in MX records at the apex.
	MX []Pattern `yaml:"mx,omitempty"`
	// Addresses are the networks of the host's MX servers, for one whose MX
	// records name hosts of the customer's own zone.
	Addresses []Network `yaml:"addresses,omitempty"`
	// SPF are include and redirect targets of the SPF record at the apex.
	SPF []Pattern `yaml:"spf,omitempty"`
	// Autoconfig are targets of the CNAME record at autoconfig below the apex.
	Autoconfig []Pattern `yaml:"autoconfig,omitempty"`
	// InsteadOf is the id of a pack with the same MX records. This pack takes its
	// place where a zone shows one of SPF, Autoconfig and Targets too.
	InsteadOf string `yaml:"instead-of,omitempty"`
	// Targets are what CNAME records anywhere in the zone point at, such as
	// those of DKIM keys.
	Targets []Pattern `yaml:"targets,omitempty"`
	// Names are owners below the apex, relative to it, that only the customers
	// of a sender have.
	Names []string `yaml:"names,omitempty"`
}

// MX is the host's MX RRset for the apex.
type MX struct {
	// Level says how much the host wants the records; without it, required.
	Level Level `yaml:"level,omitempty"`
	// Exclusive says that no other host's MX may stand beside these: mail that
	// another server takes does not reach the mailboxes.
	Exclusive bool `yaml:"exclusive,omitempty"`
	// AnyPreference says that the order of the servers does not matter, or is
	// different from customer to customer.
	AnyPreference bool `yaml:"any-preference,omitempty"`
	// AnySubset says that each single server of the host is enough.
	AnySubset bool `yaml:"any-subset,omitempty"`
	// Records are the MX records of a customer's zone.
	Records []MXExchange `yaml:"records"`
	// Alternatives are other sets that are as good.
	Alternatives []MXSet `yaml:"alternatives,omitempty"`
}

// MXSet is an RRset that stands in the place of the first one.
type MXSet struct {
	// About says when it is used.
	About string `yaml:"about,omitempty"`
	// Records are the MX records of the set.
	Records []MXExchange `yaml:"records"`
}

// MXExchange is one MX record (RFC 1035, section 3.3.9).
type MXExchange struct {
	// Preference is lower for servers that are tried first.
	Preference uint16 `yaml:"preference"`
	// Exchange is the name of the server.
	Exchange Value `yaml:"exchange"`
}

// SPF is what the SPF record at the apex must do.
type SPF struct {
	Level Level `yaml:"level"`
	// Terms are the mechanisms, or the redirect, that the record needs: all of
	// them.
	Terms []Value `yaml:"terms"`
	// Alternatives are other lists of terms that are as good.
	Alternatives [][]Value `yaml:"alternatives,omitempty"`
	// All is the last term that the host asks for, with its qualifier; "" if it
	// asks for none, as with a redirect.
	All string `yaml:"all,omitempty"`
	// Create is the record for a zone that has none; "" if it is Terms and All.
	Create string `yaml:"create,omitempty"`
	// Documented are the records that the host's pages print.
	Documented []string `yaml:"documented,omitempty"`
}

// DMARC is what the host wants of the DMARC record, which stands at _dmarc
// (RFC 9989, section 4.5). Any valid record of at least the minimum does.
type DMARC struct {
	Level Level `yaml:"level"`
	// Minimum is the mildest policy that does; "" if any does.
	Minimum string `yaml:"minimum,omitempty"`
	// Create is the record for a zone that has none. This or the alias must be given.
	Create string `yaml:"create,omitempty"`
	// CNAME is the name that _dmarc is an alias of where the host keeps the
	// record.
	CNAME *Value `yaml:"cname,omitempty"`
	// Policy is that of the record at CNAME; "" if it is not known.
	Policy string `yaml:"policy,omitempty"`
}

// Record is a further record of the zone.
type Record struct {
	// Name is the owner relative to the apex, without a final dot; "@" is the
	// apex.
	Name Value `yaml:"name"`
	// Type is the RR type: CNAME, TXT, SRV, MX, A, AAAA, NS, TLSA or CAA.
	Type zone.Type `yaml:"type"`
	// Target is the domain name that CNAME, NS, MX and SRV records point at.
	Target *Value `yaml:"target,omitempty"`
	// Text is the text of a TXT record, its strings joined. A text of SPF,
	// DMARC or DKIM is compared by what it means.
	Text *Value `yaml:"text,omitempty"`
	// Addresses are networks, one of which the address of an A or AAAA record
	// must be in; those of a single address are what is written.
	Addresses []Network `yaml:"addresses,omitempty"`
	// Data is the RDATA of another type as in a master file.
	Data *Value `yaml:"data,omitempty"`
	// Preference is that of an MX record, the priority of an SRV record.
	Preference uint16 `yaml:"preference,omitempty"`
	// Weight is that of an SRV record.
	Weight uint16 `yaml:"weight,omitempty"`
	// Port is that of an SRV record.
	Port  uint16 `yaml:"port,omitempty"`
	Level Level  `yaml:"level"`
	// Alternatives are other targets or texts that are as good.
	Alternatives []Value `yaml:"alternatives,omitempty"`
	// Purpose says what the record is for; it chooses the words of findings.
	Purpose Purpose `yaml:"purpose,omitempty"`
	// About says what to know about the record, such as where the customer finds
	// its value.
	About string `yaml:"about,omitempty"`
}

// Purpose is what a record is for.
type Purpose string

// The purposes of records; "" is anything else.
const (
	ForDKIM         Purpose = "dkim"
	ForVerification Purpose = "verification"
	ForClients      Purpose = "clients" // mail programs find their settings by it
	ForBounces      Purpose = "bounces" // the domain of the return path
	ForTracking     Purpose = "tracking"
	ForService      Purpose = "service" // another service than mail
)

// UnmarshalText reads a purpose.
func (p *Purpose) UnmarshalText(text []byte) error {
	return oneOf(p, text, ForDKIM, ForVerification, ForClients, ForBounces, ForTracking, ForService)
}

// Pinned is a TXT record outside of the customer's zone as it was seen.
type Pinned struct {
	// Name is the owner of the record.
	Name zone.Name `yaml:"name"`
	// Text is its text, the strings joined.
	Text string `yaml:"text"`
	// Date is the day on which it was seen.
	Date Date `yaml:"date"`
}

// Client is a server that mail programs use.
type Client struct {
	// Protocol is what the server speaks; smtp is the submission of mail.
	Protocol Protocol `yaml:"protocol"`
	// Host is the name of the server.
	Host Value `yaml:"host"`
	// Port is the TCP port that it listens on.
	Port     uint16   `yaml:"port"`
	Security Security `yaml:"security"`
	// Advice is what to think of it; "" is as good as others.
	Advice Advice `yaml:"advice,omitempty"`
	// User is the form of the user name; "" is the whole address.
	User UserName `yaml:"user,omitempty"`
	// Auth is what the server asks for; "" is a password.
	Auth Auth `yaml:"auth,omitempty"`
	// Note says what else to know, such as the product that it is for.
	Note string `yaml:"note,omitempty"`
	// Unconfirmed says that no source confirms the row.
	Unconfirmed bool `yaml:"unconfirmed,omitempty"`
}

// Protocol is what a mail program speaks with a server.
type Protocol string

// The protocols of mail programs.
const (
	IMAP        Protocol = "imap"
	POP3        Protocol = "pop3"
	Submission  Protocol = "smtp"
	ManageSieve Protocol = "managesieve"
)

// UnmarshalText reads a protocol.
func (p *Protocol) UnmarshalText(text []byte) error {
	return oneOf(p, text, IMAP, POP3, Submission, ManageSieve)
}

// Security is how a connection is encrypted.
type Security string

// The kinds of security.
const (
	TLS      Security = "tls"      // from the first octet (RFC 8314, section 3)
	StartTLS Security = "starttls" // after a command
	Plain    Security = "none"
)

// UnmarshalText reads a kind of security.
func (s *Security) UnmarshalText(text []byte) error { return oneOf(s, text, TLS, StartTLS, Plain) }

// Advice is what to think of a server.
type Advice string

// The kinds of advice; "" is as good as others.
const (
	Advised     Advice = "recommended"
	Discouraged Advice = "discouraged" // works, but better ones are there
	Retired     Advice = "retired"     // works no more
)

// UnmarshalText reads an advice.
func (a *Advice) UnmarshalText(text []byte) error {
	return oneOf(a, text, Advised, Discouraged, Retired)
}

// UserName is the form of a user name.
type UserName string

// The forms of user names; "" is the whole address.
const (
	WholeAddress UserName = "address"
	LocalPart    UserName = "local-part"
	Account      UserName = "account" // a name that the host gives
)

// UnmarshalText reads the form of a user name.
func (u *UserName) UnmarshalText(text []byte) error {
	return oneOf(u, text, WholeAddress, LocalPart, Account)
}

// Auth is what a server asks for.
type Auth string

// The kinds of authentication; "" is a password.
const (
	Password    Auth = "password"
	AppPassword Auth = "app-password" // one made for the program in the host's panel
	OAuth2      Auth = "oauth2"
)

// UnmarshalText reads a kind of authentication.
func (a *Auth) UnmarshalText(text []byte) error {
	return oneOf(a, text, Password, AppPassword, OAuth2)
}

// Level says how much a host wants a record.
type Level string

// The levels, from the strongest.
const (
	Required    Level = "required"    // mail or its set-up fails without it, says the host
	Recommended Level = "recommended" // the host advises it
	Optional    Level = "optional"    // right if present; its absence is no finding
	Obsolete    Level = "obsolete"    // once asked for; may be removed
	Forbidden   Level = "forbidden"   // does harm
)

// UnmarshalText reads a level.
func (l *Level) UnmarshalText(text []byte) error {
	return oneOf(l, text, Required, Recommended, Optional, Obsolete, Forbidden)
}

// Confidence says where the facts of a pack come from.
type Confidence string

// The degrees of confidence, from the best.
const (
	VendorPage Confidence = "vendor-page" // from a page of the host that says what customers must set
	Documented Confidence = "documented"  // from other documentation or code of the host
	Template   Confidence = "template"    // from a machine-readable template or the zones of customers
	Memory     Confidence = "memory"      // confirmed by nothing that could be read
)

// UnmarshalText reads a degree of confidence.
func (c *Confidence) UnmarshalText(text []byte) error {
	return oneOf(c, text, VendorPage, Documented, Template, Memory)
}

// Confirmed reports whether the host itself states the facts.
func (c Confidence) Confirmed() bool { return c == VendorPage || c == Documented }

// Date is a day as YYYY-MM-DD.
type Date string

// UnmarshalText reads a day.
func (d *Date) UnmarshalText(text []byte) error {
	if _, err := time.Parse(time.DateOnly, string(text)); err != nil {
		return errors.New("not a day of the form 2006-01-02")
	}
	*d = Date(text)
	return nil
}

func oneOf[T ~string](dst *T, text []byte, values ...T) error {
	names := make([]string, len(values))
	for i, v := range values {
		if string(v) == string(text) {
			*dst = v
			return nil
		}
		names[i] = string(v)
	}
	return errors.New("not one of " + strings.Join(names, ", "))
}
