package pack

import (
	"errors"
	"fmt"
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
	// About says in plain sentences for whom the pack is, and what the host
	// says beyond its records.
	About string `yaml:"about,omitempty"`
	// Confidence says how well the facts are known.
	Confidence Confidence `yaml:"confidence"`
	// Checked is the day on which the facts were last compared with the sources.
	Checked Date `yaml:"checked"`
	// Sources are where the facts stand.
	Sources []Source `yaml:"sources"`
	Detect  Detect   `yaml:"detect,omitempty"`
	MX      *MX      `yaml:"mx,omitempty"`
	SPF     *SPF     `yaml:"spf,omitempty"`
	DMARC   *DMARC   `yaml:"dmarc,omitempty"`
	// Records are the further records of the zone.
	Records []Record `yaml:"records,omitempty"`
}

// Source is a place where a host states its facts.
type Source struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
	// Date is the day of the page's last change; "" if it tells none.
	Date Date `yaml:"date,omitempty"`
}

// Detect is what a zone of the host's customers is recognised by. All names
// but those of SPF are suffixes: a name matches that is one of them or lies
// below it.
type Detect struct {
	// MX are suffixes of the exchanges of the MX records at the apex.
	MX []zone.Name `yaml:"mx,omitempty"`
	// SPF are include targets of the SPF record at the apex.
	SPF []zone.Name `yaml:"spf,omitempty"`
	// Autoconfig are suffixes of the target of the CNAME record at autoconfig
	// below the apex.
	Autoconfig []zone.Name `yaml:"autoconfig,omitempty"`
}

// MX is the host's MX RRset for the apex.
type MX struct {
	// Exclusive says that no other host's MX may stand beside these: mail that
	// another server takes does not reach the mailboxes.
	Exclusive bool         `yaml:"exclusive,omitempty"`
	Records   []MXExchange `yaml:"records"`
}

// MXExchange is one MX record (RFC 1035, section 3.3.9).
type MXExchange struct {
	Preference uint16    `yaml:"preference"`
	Exchange   zone.Name `yaml:"exchange"`
}

// String returns the record data as a person says it: "MX 10 mx.example.net.".
func (x MXExchange) String() string { return fmt.Sprintf("MX %d %s", x.Preference, x.Exchange) }

// SPF is what the SPF record at the apex must do.
type SPF struct {
	Level Level `yaml:"level"`
	// Include are the names whose senders must pass: all of them.
	Include []zone.Name `yaml:"include"`
	// All is the last term that the host asks for, with its qualifier.
	All string `yaml:"all"`
	// Create is the record for a zone that has none.
	Create string `yaml:"create"`
	// Documented are the records that the host's pages print.
	Documented []string `yaml:"documented,omitempty"`
}

// DMARC is what the host wants of the DMARC record, which stands at _dmarc
// (RFC 9989, section 4.5). Any valid record does.
type DMARC struct {
	Level Level `yaml:"level"`
	// Create is the record for a zone that has none.
	Create string `yaml:"create"`
}

// Record is a further record of the zone.
type Record struct {
	// Name is the owner relative to the apex, without a final dot.
	Name string `yaml:"name"`
	// Type is the RR type: CNAME.
	Type zone.Type `yaml:"type"`
	// Target is the domain name that the record points at.
	Target zone.Name `yaml:"target"`
	Level  Level     `yaml:"level"`
}

// String returns the record as a person says it.
func (r Record) String() string { return fmt.Sprintf("%s %s %s", r.Name, r.Type, r.Target) }

// Level says how much a host wants a record.
type Level string

// The levels, from the strongest.
const (
	Required    Level = "required"    // mail or its set-up fails without it, says the host
	Recommended Level = "recommended" // the host advises it
	Optional    Level = "optional"    // right if present; its absence is no finding
)

// UnmarshalText reads a level.
func (l *Level) UnmarshalText(text []byte) error {
	return oneOf(l, text, Required, Recommended, Optional)
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
