package spf

// FaultKind says which production of the grammar a fault breaks.
type FaultKind uint8

// The kinds of fault; sections are those of RFC 7208.
const (
	_ FaultKind = iota
	// The version section (4.5).
	LeadingText  // something stands before it
	VersionEnd   // neither a blank nor the end follows it
	VersionToken // it is another version, or misspelt
	// The list of terms (4.6.1).
	Separator      // something other than a blank between terms
	NotASCII       // an octet that is not a visible ASCII character (3.1)
	UnknownTerm    // neither a mechanism nor a modifier
	StrayChars     // punctuation before or behind a term
	Lookalike      // a dash or tilde that only looks like a qualifier
	StrayBlank     // a blank within a term
	Glued          // terms without a blank between them
	QualifierExtra // two qualifiers, or one before a modifier
	Delimiter      // ":" and "=" mixed up
	AllArgument    // "all" with a domain or a length (5.1)
	// Networks (5.6) and prefix lengths (5.3, 5.4).
	IP4Address
	IP4Length
	IP6Address
	IP6Length
	IPFamily
	DualLength
	NoLength // a length where none may stand
	// domain-spec and macros (7.1 to 7.3).
	DomainEmpty
	DomainEnd
	DomainAddress // an address where a name must stand
	MacroSyntax
	MacroLetter
	MacroDigits
	MacroExpOnly // c, r or t outside of an explanation
	// Modifiers (6).
	RedirectTwice
	ExpTwice
)

// Fault is a place where a record breaks the grammar.
type Fault struct {
	Kind FaultKind
	// From and To bound the fault in Record.Text; they are equal where
	// something is missing.
	From, To int
	// Term is the index of the term with the fault, -1 for the version section
	// and what stands between terms.
	Term int
	// Meant is what was probably meant instead of the whole term, "" if that
	// is not known.
	Meant string
	// Repair mends the fault; nil if nothing can.
	Repair []Edit
	// Sure says that Repair says nothing but what the record says already, in
	// a form that is valid; else it is a guess.
	Sure bool
}

// Edit replaces the octets From to To of a text. Edits of one text are in its
// order and do not overlap.
type Edit struct {
	From, To int
	Text     string
}
