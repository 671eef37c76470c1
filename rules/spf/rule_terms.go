package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
)

// void is what follows for mail from any syntax error (RFC 7208, section 4.6).
const void = "so the whole record is void (permerror) and no mail passes SPF"

// whyVoid is the same for the documentation of a rule.
const whyVoid = "A single syntax error voids the whole record: receivers end with permerror, mail no longer passes SPF, and many refuse it or file it as spam."

var unknownTermKinds = []FaultKind{UnknownTerm, StrayChars, Lookalike, StrayBlank, QualifierExtra, Delimiter, AllArgument}

var unknownTerm = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-unknown-term",
		Severity: rules.Error,
		Summary:  "an SPF record has a term that is neither a mechanism nor a modifier",
		What: "A term of an SPF record is none that RFC 7208 knows: a misspelt name, punctuation behind a term, a blank within one, a dash that only looks like one, " +
			"two qualifiers, or \":\" where \"=\" must stand. Modifiers of other names are allowed.",
		Why:  whyVoid,
		Bad:  "@ IN TXT \"v=spf1 inlcude:_spf.example.net; -all\"\n",
		Good: "@ IN TXT \"v=spf1 include:_spf.example.net -all\"\n",
		Refs: []string{"RFC 7208, section 4.6", "RFC 7208, section 4.6.1", "RFC 7208, section 12"},
		Fix:  rules.Safe,
	},
	syntax: true,
	judge:  func(c *Candidate) []verdict { return faults(c, explainTerm, unknownTermKinds...) },
	mend:   repair(unknownTermKinds...),
}

func explainTerm(r *Record, f *Fault) string {
	seen := r.Text[f.From:f.To]
	switch f.Kind {
	case StrayChars:
		if f.Term < 0 {
			return quote(seen) + " is no SPF term, " + void + ". Remove it: a blank is all that stands between terms."
		}
		return quote(seen) + " does not belong to the term, " + void + ". Write " + quote(f.Meant) + "."
	case Lookalike:
		return "This character only looks like the qualifier " + quote(f.Meant[:1]) + ", " + void + ". Write " + quote(f.Meant) + "."
	case StrayBlank:
		return "A blank splits the term " + quote(f.Meant) + ", " + void + ". Write it without the blank."
	case QualifierExtra:
		return quote(seen) + " is not a qualifier that may stand here, " + void + ". Write " + quote(f.Meant) + "."
	case Delimiter:
		return quote(seen) + " has the wrong delimiter, " + void + ". Write " + quote(f.Meant) + "."
	case AllArgument:
		return "\"all\" takes neither a domain nor a length, " + void + ". Remove " + quote(seen) + "."
	}
	s := quote(seen) + " is no SPF term, " + void + ". "
	switch {
	case f.Meant != "":
		return s + "Write " + quote(f.Meant) + "."
	case strings.Contains(seen, ".") && strings.Trim(seen, ".") != "" && !strings.ContainsAny(seen, ":/="):
		return s + "Before a domain stands a mechanism, such as include: or a:."
	}
	return s + "Correct or remove it."
}

var gluedTerm = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-glued-term",
		Severity: rules.Error,
		Summary:  "SPF terms stand without a blank between them",
		What: "Two terms of an SPF record run into one another, or something other than a blank parts them. Where that happens between two strings, " +
			"zone-txt-joined says it as far as the terms are plain.",
		Why: "The term is invalid, which voids the whole record, or it names a domain that nobody meant, so that the senders behind it do not pass.",
		Bad: "@ IN TXT \"v=spf1 ip4:192.0.2.1,include:_spf.example.net~all\"\n",
		Good: "@ IN TXT \"v=spf1 ip4:192.0.2.1 \" \"include:_spf.example.net -all\"\n" +
			"www IN TXT \"v=spf1 -all\"\n",
		Refs: []string{"RFC 7208, section 3.3", "RFC 7208, section 4.6.1"},
		Fix:  rules.Safe,
	},
	judge: judgeGlued,
	mend:  mendGlued,
}

func judgeGlued(c *Candidate) []verdict {
	out := faults(c, func(r *Record, f *Fault) string {
		return "A blank is missing in " + quote(r.Text[f.From:f.To]) + ", " + void + ". Write one between the terms."
	}, Glued)
	for i := range c.SPF.Terms {
		t := &c.SPF.Terms[i]
		at := swallowed(c.SPF.Text, t)
		if at < 0 {
			continue
		}
		v := verdict{from: t.From, to: t.To, severity: rules.Warning}
		v.message = "A blank seems to be missing before " + quote(c.SPF.Text[at:t.To]) + ", which makes it part of a domain name that hardly exists"
		if endsInAll(t) && (t.Kind == Include || t.Kind == Redirect) {
			// There is no record at a name that does not exist (section 5.2, 6.1).
			v.severity = rules.Error
			v.message += ", " + void
		}
		v.message += ". Write one between the terms."
		out = append(out, v)
	}
	return out
}

// swallowed returns the offset of a term that stands within the domain of
// another, where the grammar does not see it; -1 if there is none.
func swallowed(text string, t *Term) int {
	if t.Faulty || len(t.Domain) < len("a.b-all") || t.Kind == OtherModifier || t.Kind >= ReportAddress {
		return -1
	}
	start := t.From + strings.IndexAny(text[t.From:t.To], ":=") + 1
	if endsInAll(t) {
		return start + len(t.Domain) - len("-all")
	}
	if strings.IndexByte(t.Domain, ':') < 0 && strings.IndexByte(t.Domain, '=') < 0 {
		return -1
	}
	for i := 1; i < len(t.Domain); i++ {
		if beginsTerm(t.Domain[i:]) {
			return start + i
		}
	}
	return -1
}

// endsInAll reports whether a domain ends in "-all", which no top-level domain
// does: their names are letters, or begin with "xn--" (RFC 3696, section 2).
func endsInAll(t *Term) bool {
	n := len(t.Domain) - len("-all")
	if n < 1 || t.Faulty || t.Kind == OtherModifier || !strings.EqualFold(t.Domain[n:], "-all") {
		return false
	}
	label := t.Domain[strings.LastIndexByte(t.Domain, '.')+1:]
	return !hasPrefixFold(label, "xn--")
}

func mendGlued(c *Candidate) []mending {
	out := repair()(c)
	var edits []Edit
	for i := range c.SPF.Terms {
		if at := swallowed(c.SPF.Text, &c.SPF.Terms[i]); at >= 0 {
			from := at
			for strings.IndexByte(",;", c.SPF.Text[from-1]) >= 0 {
				from--
			}
			edits = append(edits, Edit{from, at, " "})
		}
	}
	if len(edits) > 0 {
		out = append(out, mending{rules.Unsafe, "write the record as " + quoteLong(applied(c.SPF.Text, edits)), edits})
	}
	return out
}

var separator = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-separator",
		Severity: rules.Error,
		Summary:  "something other than a blank stands between SPF terms",
		What:     "A tab or a line break separates terms of an SPF record, or ends it. Only blanks may; several are allowed.",
		Why:      whyVoid,
		Bad:      "@ IN TXT \"v=spf1 mx\\009-all\"\n",
		Good:     "@ IN TXT \"v=spf1 mx  -all\"\n",
		Refs:     []string{"RFC 7208, section 4.6.1", "RFC 7208, section 12"},
		Fix:      rules.Safe,
	},
	syntax: true,
	judge: func(c *Candidate) []verdict {
		return faults(c, func(r *Record, f *Fault) string {
			what := "A line break"
			if strings.Trim(r.Text[f.From:f.To], "\t ") == "" {
				what = "A tab"
			}
			if f.Repair[0].Text == "" && f.To == len(r.Text) {
				return what + " ends the SPF record, " + void + ". Remove it."
			}
			return what + " stands between SPF terms, " + void + ". Write a blank instead."
		}, Separator)
	},
	mend: repair(),
}

var nonASCII = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-nonascii",
		Severity: rules.Error,
		Summary:  "an SPF record holds a character that is not visible ASCII",
		What: "An SPF record holds characters beyond ASCII or control characters: a no-break space or a quotation mark pasted from a web page, " +
			"an invisible character, or a domain name that is not in its ASCII form.",
		Why:        whyVoid,
		Bad:        "@ IN TXT \"v=spf1 a:m\\195\\164il.example.net -all\"\n",
		Good:       "@ IN TXT \"v=spf1 a:xn--mil-pla.example.net -all\"\n",
		Refs:       []string{"RFC 7208, section 3.1", "RFC 7208, section 12"},
		Fix:        rules.Safe,
		Supersedes: []string{"zone-txt-nonascii"},
	},
	syntax: true,
	judge:  func(c *Candidate) []verdict { return faults(c, explainNonASCII, NotASCII) },
	mend:   repair(NotASCII),
}

func explainNonASCII(r *Record, f *Fault) string {
	switch c, _ := classAt(r.Text[f.From:]); {
	case f.Repair != nil && c == quoteMark:
		return "A typographic quotation mark belongs to no SPF term, " + void + ". Remove it."
	case f.Repair != nil && c == invisible:
		return "An invisible character stands in the SPF record, " + void + ". Remove it."
	case f.Repair != nil && (c == dash || c == fullWidth):
		return "A character that only looks like " + quote(f.Repair[0].Text) + " stands in the SPF record, " + void + ". Write " + quote(f.Meant) + "."
	case f.Repair != nil:
		return "A blank that is not the ASCII one stands between SPF terms, " + void + ". Write an ordinary blank."
	case c == illegal && r.Text[f.From] < 0x80:
		return "A control character stands in the SPF record, " + void + ". Remove it."
	}
	return "An SPF record is ASCII only, and this is not, " + void + ". Write a domain name in its ASCII form (xn--)."
}
