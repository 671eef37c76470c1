package transport

import (
	"strings"

	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// Standard is what MTA-STS and TLS-RPT differ in. Their records have the same
// form (RFC 8461, section 3.1; RFC 8460, section 3).
type Standard struct {
	// Name is what the standard is called.
	Name string
	// Version is the value of its only version.
	Version string
	// Labels are those of its records in front of the domain, as in a name.
	Labels string

	version tagvalue.VersionGrammar
	wire    string // Labels in wire format
	field   string // the field without which a record says nothing
	grammar tagvalue.Grammar
}

// The standards.
var (
	STS    = &Standard{Name: "MTA-STS", Version: "STSv1", version: versionOf("STSv1", "STS", "id"), Labels: "_mta-sts", wire: "\x08_mta-sts", field: "id", grammar: grammarOf("id")}
	TLSRPT = &Standard{Name: "TLS-RPT", Version: "TLSRPTv1", version: versionOf("TLSRPTv1", "TLSRPT", "rua"), Labels: "_smtp._tls", wire: "\x05_smtp\x04_tls", field: "rua", grammar: grammarOf("rua")}
)

// oldWire is the label of TLS-RPT records in the drafts of RFC 8460.
const oldWire = "\x0c_smtp-tlsrpt"

// grammarOf returns the grammar of a standard with one field of its own. The
// names of fields are case-sensitive (RFC 7405), but a semicolon is missing
// before one in any case.
func grammarOf(field string) tagvalue.Grammar {
	return tagvalue.Grammar{Known: func(name string) bool { return strings.EqualFold(name, field) }}
}

func versionOf(value, stem, field string) tagvalue.VersionGrammar {
	return tagvalue.VersionGrammar{Value: value, Stem: stem, Follows: func(text string) bool {
		eq := tagvalue.SkipBlanks(text, min(len(field), len(text)))
		return foldPrefix(text, field) && eq < len(text) && text[eq] == '='
	}}
}

// named reports whether a name begins with the labels of the standard, or with
// those that it once had.
func (s *Standard) named(n zone.Name) bool {
	return strings.HasPrefix(string(n), s.wire) || s.old(n)
}

// old reports whether a name begins with the label of the drafts.
func (s *Standard) old(n zone.Name) bool { return s == TLSRPT && strings.HasPrefix(string(n), oldWire) }

// domain returns the domain that a record is probably for, and whether the
// owner's labels say so rather than that there are none before it.
func (s *Standard) domain(owner zone.Name) (domain zone.Name, told bool) {
	if s.old(owner) {
		return owner.Parent(), true
	}
	if len(owner) <= 1 {
		return owner, false
	}
	first := plain(owner.Label())
	if s == STS {
		if spelling.Distance(first, "mta-sts") <= 1 || first == "sts" {
			return owner.Parent(), true
		}
		return owner, false
	}
	switch parent := owner.Parent(); {
	case len(parent) > 1 && (first == "smtp" && plain(parent.Label()) == "tls" || first == "tls" && plain(parent.Label()) == "smtp"):
		return parent.Parent(), true
	case first == "tls" || first == "tlsrpt" || first == "tls-rpt" || first == "smtp-tlsrpt" || first == "smtp-tls":
		return parent, true
	}
	return owner, false
}

// plain returns a label without underscores and hyphens around it; nothing of
// one that is too long to be compared.
func plain(label string) string {
	if len(label) > 16 {
		return ""
	}
	return strings.ToLower(strings.Trim(label, "_-"))
}
