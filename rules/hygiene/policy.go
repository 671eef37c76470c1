package hygiene

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// policy is what the text of a TXT record is meant as, whether or not it is
// valid.
type policy uint8

const (
	none policy = iota
	spf
	dmarc
	dkim
	mtaSTS
	tlsRPT
	bimi
)

func (p policy) String() string {
	return [...]string{"text", "SPF", "DMARC", "DKIM", "MTA-STS", "TLS-RPT", "BIMI"}[p]
}

// versions begin the texts of each policy: RFC 7208, section 4.5; RFC 9989,
// section 4.7; RFC 6376, section 3.6.1; RFC 8461, section 3.1; RFC 8460,
// section 3.
var versions = [...]struct {
	value string
	policy
}{
	{"spf1", spf}, {"dmarc1", dmarc}, {"dkim1", dkim}, {"stsv1", mtaSTS}, {"tlsrptv1", tlsRPT}, {"bimi1", bimi},
}

// tags are those that the tag list of each policy knows; the first is the one
// without which it says nothing.
var tags = [...][]string{
	dmarc:  {"p", "v", "sp", "np", "rua", "ruf", "adkim", "aspf", "fo", "pct", "rf", "ri", "psd", "t"},
	dkim:   {"p", "v", "k", "h", "s", "t", "n", "g"},
	mtaSTS: {"id", "v"},
	tlsRPT: {"rua", "v"},
	bimi:   {"l", "v", "a", "avp", "lps"},
}

// meant returns what a text at an owner is meant as. It looks past typographic
// quotation marks and blanks at the front, which is where pasted texts have
// them.
func meant(owner zone.Name, text string) policy {
	const enough = 48 // octets, for marks, blanks and a version
	text = strings.TrimLeft(typeset(text[:min(len(text), enough)]), " \t\"'")
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return none
	}
	value = strings.TrimLeft(value, " ")
	switch name = strings.TrimRight(name, " "); {
	case strings.EqualFold(name, "v"):
		for _, v := range versions {
			if len(value) >= len(v.value) && strings.EqualFold(value[:len(v.value)], v.value) && !alphanumeric(value[len(v.value):]) {
				return v.policy
			}
		}
	case name == "k" || name == "p":
		// RFC 6376, section 3.6.1: v= is not required.
		if belowDomainKey(owner) {
			return dkim
		}
	}
	return none
}

// alphanumeric reports whether s begins with a letter or digit.
func alphanumeric(s string) bool {
	return s != "" && (s[0] >= '0' && s[0] <= '9' || letter(s[0]))
}

// belowDomainKey reports whether DKIM keys stand at a name (RFC 6376, section
// 3.6.2.1).
func belowDomainKey(name zone.Name) bool { return strings.Contains(string(name), "\x0a_domainkey") }

// tag is one tag=value of a tag list; from and to are its octets in the list.
type tag struct {
	name, value string
	from, to    int
}

// readTags splits a text as the tag lists of RFC 6376, section 3.2, are; a
// part that is no tag=value has no name.
func readTags(list string) []tag {
	var out []tag
	for at := 0; at <= len(list); {
		end := at + strings.IndexByte(list[at:], ';')
		if end < at {
			end = len(list)
		}
		if part := strings.TrimSpace(list[at:end]); part != "" {
			t := tag{from: at, to: end}
			if name, value, ok := strings.Cut(part, "="); ok {
				t.name, t.value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
			}
			out = append(out, t)
		}
		at = end + 1
	}
	return out
}

// has reports whether a tag list has a tag.
func has(list []tag, name string) bool {
	return slices.ContainsFunc(list, func(t tag) bool { return t.name == name })
}

// belongs reports whether a tag is one of the policy, with a value that the
// policy may have written so. Only report addresses, a key and a note may hold
// blanks; that tells a tag from a sentence.
func (t tag) belongs(p policy) bool {
	if int(p) >= len(tags) || !slices.Contains(tags[p], t.name) || strings.ContainsAny(t.value, "\"") {
		return false
	}
	switch t.name {
	case "rua", "ruf":
		for uri := range strings.SplitSeq(t.value, ",") {
			if strings.ContainsAny(strings.TrimSpace(uri), " \t") || !strings.Contains(uri, ":") {
				return false
			}
		}
		return true
	case "n":
		return true
	case "p":
		if p == dkim {
			return !strings.ContainsAny(t.value, ".:;!?")
		}
	}
	return !strings.ContainsAny(t.value, " \t")
}

// spfTerms reports whether each term behind the version of an SPF text is one
// that RFC 7208, section 12, knows by its name.
func spfTerms(text string) bool {
	for i, term := range strings.Fields(text) {
		if i == 0 {
			if !strings.EqualFold(term, "v=spf1") {
				return false
			}
			continue
		}
		if at := strings.IndexByte(term, '='); at > 0 && (strings.EqualFold(term[:at], "redirect") || strings.EqualFold(term[:at], "exp")) {
			continue
		}
		term = strings.ToLower(strings.TrimLeft(term, "+-~?"))
		name := term
		if at := strings.IndexAny(term, ":/"); at >= 0 {
			name = term[:at]
		}
		switch name {
		case "all", "a", "mx", "ptr", "ip4", "ip6", "include", "exists":
		default:
			return false
		}
	}
	return true
}
