package zone

import "iter"

// Record is one resource record.
type Record struct {
	Name  Name
	Type  Type
	Class Class
	TTL   uint32 // seconds
	// Data is the RDATA in wire format, uncompressed, with domain names in lower
	// case.
	Data string
	// Notes tell how the source wrote the record, where that matters.
	Notes Notes
	// Loc is where the record was read; the zero Loc for a record that zonelint
	// made itself.
	Loc Loc
}

// Notes are bits about the way in which a source wrote a record.
type Notes uint8

// The notes that readers take.
const (
	// LongString: a character-string of more than 255 octets was written
	// (RFC 1035, section 3.3). Data holds it cut into strings of 255.
	LongString Notes = 1 << iota
	// Unquoted: a character-string was written without quotes.
	Unquoted
	// Commented: a comment follows the record on its last line.
	Commented
	// Generated: made by $GENERATE, so it has no line of its own to edit.
	Generated
	// NoTTL: neither the record nor anything before it gives a TTL.
	NoTTL
)

// Same reports whether two records are the same in DNS terms and in TTL,
// wherever they were read.
func (r Record) Same(o Record) bool {
	return r.Name == o.Name && r.Type == o.Type && r.Class == o.Class && r.TTL == o.TTL && r.Data == o.Data
}

// Editable reports whether a source line of its own stands behind the record.
func (r Record) Editable() bool { return r.Loc.Source != nil && r.Notes&Generated == 0 }

// RRset is the records of one name, class and type (RFC 9499, section 4).
type RRset struct {
	Name    Name
	Type    Type
	Records []Record
}

// Filter returns the records of seq for which keep is true.
func Filter(seq iter.Seq[Record], keep func(Record) bool) []Record {
	var out []Record
	for r := range seq {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}
