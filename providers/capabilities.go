package providers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Capabilities are what a backend can do with a zone and what the provider can
// store. The zero value is a provider that makes one record at a time come or
// go and stores everything.
type Capabilities struct {
	// Atomic: all operations of a step are made or none.
	Atomic bool
	// OneRRset: a step has operations on one RRset only. With Atomic that says
	// that an RRset is replaced in one go, and that two are not.
	OneRRset bool
	// MaxOps is the most operations of a step; 0 is no limit if Atomic, else 1.
	MaxOps int
	// Update: the provider can change a record in place.
	Update bool
	// Conditional: the provider itself refuses a step whose RRsets are not as
	// Step.RRsets says, with ErrStale.
	Conditional bool
	// ReadOnly says why nothing may be written; "" if it may.
	ReadOnly string

	// RRsetTTL: the TTL belongs to the RRset, not to the record.
	RRsetTTL bool
	// MinTTL and MaxTTL bound the TTLs that the provider takes, in seconds; 0 is
	// no bound. A plan brings what it writes within them and says so.
	MinTTL, MaxTTL uint32
	// AutoTTL is the TTL that resolvers see of records whose TTL is left to the
	// provider; 0 if there is nothing of the kind.
	AutoTTL uint32

	// Types are the types that can be written; nil is all.
	Types []zone.Type
	// NoNullMX: an MX record with the target "." cannot be stored (RFC 7505).
	NoNullMX bool
	// NoPreferenceZero: an MX record with preference 0 cannot be stored.
	NoPreferenceZero bool
	// NoEmptyText: a TXT record without a single octet cannot be stored.
	NoEmptyText bool
	// MaxText is the most octets of a TXT record's joined strings; 0 is no limit.
	MaxText int
	// TextASCII: TXT records hold printable ASCII only.
	TextASCII bool
	// NoBackslash: a TXT record with a backslash cannot be stored.
	NoBackslash bool
}

// maxOps returns the most operations that a step may have.
func (c Capabilities) maxOps() int {
	switch {
	case c.MaxOps > 0:
		return c.MaxOps
	case c.Atomic:
		return int(^uint(0) >> 1)
	}
	return 1
}

// Check says why the provider cannot store the record: nil, or an error that
// wraps ErrUnsupported.
func (c Capabilities) Check(r zone.Record) error {
	no := func(why string) error {
		return fmt.Errorf("%s %s: the provider %s: %w", r.Name, r.Type, why, ErrUnsupported)
	}
	if c.Types != nil && !slices.Contains(c.Types, r.Type) {
		return no("does not take this type")
	}
	switch r.Type {
	case zone.TypeMX:
		if c.NoNullMX && r.Target() == zone.Root {
			return no(`cannot store a null MX (target ".")`)
		}
		if c.NoPreferenceZero && r.Preference() == 0 {
			return no("cannot store an MX record with preference 0")
		}
	case zone.TypeTXT, zone.TypeSPF:
		text := r.Text()
		if c.NoEmptyText && text == "" {
			return no("cannot store or name a TXT record without text")
		}
		if c.MaxText > 0 && len(text) > c.MaxText {
			return no(fmt.Sprintf("takes at most %d octets of text, and the record has %d", c.MaxText, len(text)))
		}
		if c.TextASCII && strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' }) {
			return no("takes only printable ASCII characters in a TXT record")
		}
		if c.NoBackslash && strings.Contains(text, `\`) {
			return no("cannot store a TXT record with a backslash")
		}
	}
	return nil
}

// Words lists what is to be known of the capabilities, one short phrase each.
func (c Capabilities) Words() []string {
	var w []string
	add := func(cond bool, s string) {
		if cond {
			w = append(w, s)
		}
	}
	add(c.ReadOnly != "", "read only: "+c.ReadOnly)
	add(c.Atomic && c.OneRRset, "atomic within an RRset")
	add(c.Atomic && !c.OneRRset && c.MaxOps == 0, "atomic")
	add(c.Atomic && !c.OneRRset && c.MaxOps > 0, fmt.Sprintf("atomic up to %d changes", c.MaxOps))
	add(!c.Atomic, "one change at a time")
	add(!c.Atomic && !c.Update, "no change in place")
	add(c.Conditional, "the server refuses a stale plan")
	add(c.RRsetTTL, "one TTL an RRset")
	add(c.MinTTL > 0, fmt.Sprintf("TTL at least %d", c.MinTTL))
	add(c.MaxTTL > 0, fmt.Sprintf("TTL at most %d", c.MaxTTL))
	add(c.AutoTTL > 0, "automatic TTL")
	add(c.NoNullMX, "no null MX")
	add(c.NoPreferenceZero, "no MX preference 0")
	add(c.NoEmptyText, "no empty TXT")
	add(c.MaxText > 0, fmt.Sprintf("TXT up to %d octets", c.MaxText))
	add(c.TextASCII, "TXT in ASCII only")
	add(c.NoBackslash, "no backslash in TXT")
	return w
}
