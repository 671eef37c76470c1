package zone

import "fmt"

// Position is a place in a source file.
type Position struct {
	Offset int // octets from the start of the file, from 0
	Line   int // from 1
	Column int // octets from the start of the line, from 1
}

// Span is a stretch of a source file; End is the position behind its last
// octet. A zero Span is no place in a file: the record came from a provider or
// is yet to be made.
type Span struct {
	File       string // as it was named by the user, or by $INCLUDE below that
	Start, End Position
	// Address is what the source itself calls the thing that stands there, where
	// people know it by that rather than by its line: the address of a Terraform
	// resource. "" for most sources.
	Address string
}

// IsZero reports whether the span names no place.
func (s Span) IsZero() bool { return s.File == "" && s.Start.Line == 0 && s.Address == "" }

// String returns file:line:column.
func (s Span) String() string { return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Column) }

// Loc says where a record was read: an entry of a source.
type Loc struct {
	Source Source
	File   uint16 // index of the file within the source
	Offset uint32 // of the entry's first octet, or another key of the source's own
}

// Source is what records were read from. It can point at them and into them.
// Its methods may be called by several goroutines at once.
type Source interface {
	// Span returns the place of a part of the record read at loc; the place of
	// the whole record if the part has none of its own (a TTL that is not
	// written), and the zero Span if the source has no places.
	Span(loc Loc, part Part) Span
	// Comment returns the text of the comment on the entry's last line,
	// without the semicolon; "" if there is none.
	Comment(loc Loc) string
	// Comments returns the comments that contain a text, in the order of the
	// source.
	Comments(containing string) []Comment
	// Text returns the whole content of the named file, nil if it has none.
	Text(file string) []byte
}

// Editor is a Source whose files can be changed.
type Editor interface {
	Source
	// Edit returns the files of a zone that it read that change, and their new
	// text, so that reading them again gives the records of z with the changes
	// made. What does not belong to a record concerned stays, byte for byte. An
	// edit that would not give exactly the intended records is an error.
	Edit(z *Zone, cs ChangeSet) ([]FileEdit, error)
	// Reread returns the zone that the files of z give with the edits made, as
	// reading them from the disk would once they are written.
	Reread(z *Zone, edits []FileEdit) *Zone
	// Files returns the names of the files that the zone was read from, as spans
	// show them: the one that was named first.
	Files() []string
}

// Refuser is an Editor that cannot make every change: what a record is written
// with may say more than the record does, or stand for others too.
type Refuser interface {
	// Refuse says in a few words why the changes cannot be made; "" if nothing
	// speaks against them.
	Refuse(cs ChangeSet) string
}

// Phraser is a Source that cannot be edited and says in its own terms how a
// change is made.
type Phraser interface {
	Source
	// Phrase returns what to write for the new records of a change to a zone
	// that it read, a line each; nothing where it has no words.
	Phrase(z *Zone, c Change) []string
}

// FileEdit is the content of a file before and after an edit.
type FileEdit struct {
	Name     string // as in the spans of the zone
	Old, New []byte
}

// Comment is a comment of a source, with the lines of the record that it
// stands with: its own entry, or the one below if it is alone on its line.
type Comment struct {
	Span Span
	Text string // without the mark that begins it
	// First and Last are the lines of the entry that it speaks of; 0 if none.
	First, Last int
	// Shared says that records of several zones come of the entry.
	Shared bool
}

// PartKind says which part of a record is meant.
type PartKind uint8

// The kinds of part.
const (
	PartRecord  PartKind = iota // owner (or the first thing written) to last RDATA field
	PartOwner                   // the owner, or the blank before an inherited one
	PartTTL                     // the TTL
	PartClass                   // the class
	PartType                    // the type
	PartRData                   // all RDATA fields
	PartField                   // one RDATA field, by Index from 0
	PartText                    // octets From to To of the joined character-strings
	PartComment                 // the comment on the last line
	PartValue                   // octets From to To of the value of a CAA record
)

// Part names a part of a record.
type Part struct {
	Kind     PartKind
	Index    int // for PartField
	From, To int // for PartText: octets of the strings joined, as DNS does; for PartValue: of the value; To is exclusive
}

// Field is the RDATA field with the index i from 0.
func Field(i int) Part { return Part{Kind: PartField, Index: i} }

// TextPart is the octets from to to of the text that a TXT record's strings
// give when joined (RFC 7208, section 3.3).
func TextPart(from, to int) Part { return Part{Kind: PartText, From: from, To: to} }

// ValuePart is the octets from to to of the value of a CAA record (RFC 8659,
// section 4.1).
func ValuePart(from, to int) Part { return Part{Kind: PartValue, From: from, To: to} }

// Span returns where the part of the record stands.
func (r Record) Span(part Part) Span {
	if r.Loc.Source == nil {
		return Span{}
	}
	return r.Loc.Source.Span(r.Loc, part)
}

// Comment returns the comment on the record's last line, "" if there is none.
func (r Record) Comment() string {
	if r.Loc.Source == nil {
		return ""
	}
	return r.Loc.Source.Comment(r.Loc)
}

// ProblemKind says what kind of mistake a reader met.
type ProblemKind uint8

// The kinds of problem.
const (
	ProblemSyntax     ProblemKind = iota // an entry that cannot be read
	ProblemNoTTL                         // a record without any TTL
	ProblemLongString                    // a character-string of more than 255 octets
	ProblemInclude                       // an $INCLUDE that was not followed
	ProblemLimit                         // a limit of the reader was reached
	ProblemDialect                       // an entry that some name servers read, as it was read here, and others refuse
	ProblemComputed                      // no mistake: records that the provider works out when it is asked, and that are not known here
	ProblemHidden                        // no mistake: a record that is there, whose data the source does not tell
	ProblemSplitText                     // a text without quotes, whose words the provider publishes without the blanks between them
)

// Problem is something in the source that the reader could not take, or had to
// guess at; reading goes on behind it.
type Problem struct {
	Kind    ProblemKind
	Span    Span
	Name    Name   // the owner, if it was understood
	Type    Type   // the type, if it was understood
	Message string // what was seen and what to do, one or two sentences
	// Lost says that a record may be missing from the zone because of it: one
	// of Name and Type as far as those were understood.
	Lost bool
}
