package rules

import (
	"cmp"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// Finding is one thing that a rule found.
type Finding struct {
	Rule     *Rule    // set by Pass.Report
	Severity Severity // the rule's if not set
	// Message says what was seen, what follows for mail and what to do, in one
	// or two short sentences. It may quote hostile record data: printers escape.
	Message string
	Zone    zone.Name // set by Pass.Report
	Name    zone.Name // the owner concerned
	Type    zone.Type // the type concerned; 0 if none
	Span    zone.Span // zero if the zone is from no file
	Loc     zone.Loc  // of the record concerned; zero if it is about none or several
	Related []Related
	// About is what the finding is about where no record is, such as the text of
	// an entry that cannot be read. It tells findings of a rule at one owner
	// apart; see Fingerprints.
	About string
	Pack  string // the rule pack that asks for it, "" for the general rules
	Fix   *Fix   // nil if there is none
}

// Related is another place that belongs to a finding.
type Related struct {
	Span    zone.Span
	Message string
}

// Fix is how a finding can be mended.
type Fix struct {
	Safety Safety
	// Description is an imperative phrase without a final period: "add MX 10
	// mx.webmo.fr.".
	Description string
	Changes     zone.ChangeSet // empty if Safety is Manual
}

// At returns a finding about a record that points at a part of it.
func At(r zone.Record, part zone.Part, message string) Finding {
	return Finding{Name: r.Name, Type: r.Type, Loc: r.Loc, Span: r.Span(part), Message: message}
}

// WithFix returns the finding with a fix.
func (f Finding) WithFix(s Safety, description string, changes ...zone.Change) Finding {
	f.Fix = &Fix{Safety: s, Description: description, Changes: changes}
	return f
}

// As returns the finding with a severity of its own.
func (f Finding) As(s Severity) Finding {
	f.Severity = s
	return f
}

// Compare orders findings by file, line, column and rule, then by zone, owner and
// message, so that the same input gives the same output. Findings without a
// place come last.
func Compare(a, b Finding) int {
	place := func(f Finding) int {
		if f.Span.IsZero() {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(place(a), place(b)),
		cmp.Compare(a.Span.File, b.Span.File),
		cmp.Compare(a.Span.Start.Line, b.Span.Start.Line),
		cmp.Compare(a.Span.Start.Column, b.Span.Start.Column),
		cmp.Compare(a.Rule.ID, b.Rule.ID),
		zone.CompareNames(a.Zone, b.Zone),
		zone.CompareNames(a.Name, b.Name),
		cmp.Compare(a.Message, b.Message),
	)
}

// Sort puts findings in the order of Compare.
func Sort(fs []Finding) { slices.SortStableFunc(fs, Compare) }
