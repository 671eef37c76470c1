package spf

import (
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules"
)

var domainEmpty = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-domain-empty",
		Severity: rules.Error,
		Summary:  "an SPF term names no domain where it must",
		What:     "include, exists, redirect and exp stand without a domain, or a, mx or ptr have a colon with nothing behind it.",
		Why:      whyVoid,
		Bad:      "@ IN TXT \"v=spf1 a: mx -all\"\n",
		Good:     "@ IN TXT \"v=spf1 a mx -all\"\n",
		Refs:     []string{"RFC 7208, section 5", "RFC 7208, section 6", "RFC 7208, section 12"},
	},
	syntax: true,
	judge: func(c *Candidate) []verdict {
		return faults(c, func(r *Record, f *Fault) string {
			s := quote(r.Text[f.From:f.To]) + " names no domain, " + void + ". "
			switch t := r.Terms[f.Term]; t.Kind {
			case A, MX, PTR:
				return s + "Name one, or write " + t.Kind.String() + " alone for the domain itself."
			}
			return s + "Name one, or remove the term."
		}, DomainEmpty)
	},
}

var domainTopLabel = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-domain-toplabel",
		Severity: rules.Error,
		Summary:  "the domain of an SPF term is not a full domain name",
		What: "The domain of a term does not end in a dot and a top-level domain: it has a single label, its last label is a number or has characters that no such label has, " +
			"or it is an IP address. A label that is empty or longer than 63 octets gives a warning, since receivers differ about it.",
		Why:  whyVoid,
		Bad:  "@ IN TXT \"v=spf1 a:mailserver mx:192.0.2.1 -all\"\n",
		Good: "@ IN TXT \"v=spf1 a:mailserver.example.net ip4:192.0.2.1 -all\"\n",
		Refs: []string{"RFC 7208, section 7.1", "RFC 7208, section 4.8"},
		Fix:  rules.Safe,
	},
	judge: func(c *Candidate) []verdict {
		out := faults(c, explainDomain, DomainEnd, DomainAddress)
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if what := badLabel(t); what != "" {
				out = append(out, verdict{from: t.From, to: t.To, severity: rules.Warning, stays: true, message: quote(t.Domain) + " has " + what +
					", so no such name exists: some receivers skip the term, others report a permanent error. Correct the name."})
			}
		}
		return out
	},
	mend: repair(DomainAddress),
}

func explainDomain(r *Record, f *Fault) string {
	seen := quote(r.Text[f.From:f.To])
	if f.Kind == DomainAddress {
		return seen + " is an address where a domain name must stand, " + void + ". Write " + quote(f.Meant) + "."
	}
	domain := r.Terms[f.Term].Domain
	switch last := strings.TrimSuffix(r.Text[f.From:f.To], "."); {
	case last == strings.TrimSuffix(domain, "."):
		return seen + " is no full domain name, " + void + ". Write the name with its top-level domain."
	case strings.Trim(last, "0123456789") == "":
		return quote(domain) + " ends in a number, which no domain name does, " + void + ". Correct the name."
	}
	return seen + " at the end of " + quote(domain) + " is no top-level domain, " + void + ". Correct the name."
}

// hasDomain reports whether the domain of a term is looked up as a name.
func (t *Term) hasDomain() bool {
	return t.Domain != "" && !t.Faulty && t.Kind < ReportAddress
}

// badLabel says what keeps a domain from being a name: a label that is empty or
// too long, as far as it is literal (RFC 7208, section 4.8).
func badLabel(t *Term) string {
	if !t.hasDomain() {
		return ""
	}
	d := strings.TrimSuffix(t.Domain, ".")
	length, macro := 0, false // of the label at hand
	for i := 0; i <= len(d); i++ {
		switch {
		case i == len(d) || d[i] == '.':
			if length == 0 && !macro {
				return "an empty label"
			}
			if length > 63 {
				return "a label of " + strconv.Itoa(length) + " octets"
			}
			length, macro = 0, false
		case d[i] == '%':
			macro = true
			if d[i+1] == '{' {
				i += strings.IndexByte(d[i:], '}')
			} else {
				i++
			}
		default:
			length++
		}
	}
	return ""
}

var domainChars = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-domain-chars",
		Severity: rules.Warning,
		Summary:  "the domain of an SPF term holds characters that no host name has",
		What: "The domain of a term is valid by the grammar but holds a character other than letters, digits, hyphens, underscores and dots, " +
			"such as the slashes of a URL, an at sign or a comma.",
		Why:  "Receivers look such a name up and do not find it. An include of it is a permanent error that voids the record; other terms pass nobody.",
		Bad:  "@ IN TXT \"v=spf1 a:http://mail.example.net -all\"\n",
		Good: "@ IN TXT \"v=spf1 a:mail.example.net -all\"\n",
		Refs: []string{"RFC 7208, section 4.8", "RFC 7208, section 5.2"},
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if !t.hasDomain() {
				continue
			}
			if char := oddChar(t.Domain); char != 0 && swallowed(c.SPF.Text, t) < 0 {
				out = append(out, verdict{from: t.From, to: t.To, message: quote(t.Domain) + " holds " + quote(string(char)) +
					", which no host name does, so receivers do not find it. Write the domain name alone."})
			}
		}
		return out
	},
}

// oddChar returns the first literal character of a domain that is none of a
// host name, 0 if there is none.
func oddChar(d string) byte {
	for i := 0; i < len(d); i++ {
		switch {
		case isName(d[i]):
		case d[i] == '%' && d[i+1] == '{':
			i += strings.IndexByte(d[i:], '}')
		case d[i] == '%':
			i++ // "%%", "%_" and "%-" are there on purpose
		default:
			return d[i]
		}
	}
	return 0
}
