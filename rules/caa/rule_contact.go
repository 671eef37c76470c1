package caa

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var iodef = &rules.Rule{
	ID:       "caa-iodef",
	Severity: rules.Error,
	Summary:  "a CAA iodef property is no mailto:, http: or https: URL",
	What:     "The value of an iodef property is a bare mail address, a URL of another scheme, one without an address or host, or no URL at all.",
	Why: "CAs can report to mailto:, http: and https: URLs only. Under another value nobody learns that someone asked for a certificate " +
		"of the mail server who may not have it.",
	Bad: `@ IN CAA 0 iodef "security@example.com"
`,
	Good: `@ IN CAA 0 iodef "mailto:security@example.com"
`,
	Refs: []string{"RFC 8659, section 4.4", "RFC 6068, section 2", "RFC 3986, section 3"},
	Fix:  rules.Safe,
	Run:  each(checkIODEF),
}

// reportable reports whether a CA can report to a URL.
func reportable(url string) bool {
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok || !uriOctets(rest) {
		return false
	}
	switch strings.ToLower(scheme) {
	case "mailto":
		to, _, _ := strings.Cut(rest, "?")
		for address := range strings.SplitSeq(to, ",") {
			local, domain, ok := strings.Cut(address, "@")
			if !ok || local == "" || domain == "" || strings.HasPrefix(local, "/") {
				return false
			}
		}
		return true
	case "http", "https":
		host, ok := strings.CutPrefix(rest, "//")
		return ok && host != "" && strings.IndexByte("/?#:", host[0]) < 0
	}
	return false
}

func checkIODEF(p *rules.Pass, q *property) {
	if q.tag != tagIODEF || reportable(q.value) {
		return
	}
	s := trim(q.value, 0, len(q.value))
	text := s.Of(q.value)
	bare := strings.Trim(text, "<>")
	for _, prefix := range []string{"mailto:", "//", "mailto="} {
		if len(bare) > len(prefix) && strings.EqualFold(bare[:len(prefix)], prefix) {
			bare = strings.TrimLeft(bare[len(prefix):], " \t")
		}
	}
	mended := ""
	switch {
	case reportable(text):
		mended = text
	case plainAddress(bare):
		mended = "mailto:" + bare
	}
	var f rules.Finding
	switch scheme, _, ok := strings.Cut(text, ":"); {
	case text == "":
		f = rules.At(q.Record, zone.Field(2), "The iodef property is empty, so no CA can report to it. Write a mailto: or https: URL, or remove it.")
	case mended == text:
		f = rules.At(q.Record, at(Span{0, len(q.value)}), "Blanks stand around the URL of this iodef property, so it is no URL and CAs may not report to it. Remove them.")
	case ok && uri(text) && mended == "" && !strings.EqualFold(scheme, "mailto") && !strings.HasPrefix(strings.ToLower(scheme), "http"):
		f = rules.At(q.Record, at(s), fmt.Sprintf("CAs cannot report to %q, since only mailto:, http: and https: URLs are supported. Give such a one.", excerpt(text)))
	default:
		f = rules.At(q.Record, at(s), fmt.Sprintf("%q is no mailto:, http: or https: URL with an address or host, so CAs cannot report to it. Write it as mailto:security@example.com or https://example.com/report.", excerpt(text)))
	}
	if mended != "" {
		p.Report(f.WithFix(rules.Safe, "write "+excerpt(mended), q.with(mended)))
	} else {
		p.Report(f.WithFix(rules.Manual, "name a mailto: or https: URL that takes reports"))
	}
}

// plainAddress reports whether a text is surely a mail address and stands in a
// mailto: URL as it is.
func plainAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || !ValidDomain(domain) || !strings.Contains(domain, ".") {
		return false
	}
	for j := 0; j < len(local); j++ {
		if c := local[j]; !alphanumeric(c) && strings.IndexByte(".-_+", c) < 0 {
			return false
		}
	}
	return true
}

var contact = &rules.Rule{
	ID:       "caa-contact",
	Severity: rules.Warning,
	Summary:  "a CAA contactemail or contactphone property cannot be used",
	What: "The value of contactemail is no mail address and nothing else: no mailto:, no name, no blanks around it. " +
		"The value of contactphone is no number with a plus sign and the country's code in front.",
	Why: "A CA that confirms orders through these contacts must not use another value. The certificate of the mail host that was to be confirmed " +
		"in this way is not issued.",
	Bad: `@ IN CAA 0 contactemail "mailto:hostmaster@example.com"
`,
	Good: `@ IN CAA 0 contactemail "hostmaster@example.com"
@ IN CAA 0 contactphone "+1 (555) 123-4567"
`,
	Refs: []string{"https://cabforum.org/working-groups/server/baseline-requirements/requirements/", "RFC 6532, section 3.2", "RFC 3966, section 5.1.4"},
	Fix:  rules.Safe,
	Run:  each(checkContact),
}

func checkContact(p *rules.Pass, q *property) {
	var good bool
	mended := strings.Trim(q.value, " \t<>")
	switch q.tag {
	case tagEmail:
		if good = mailAddress(q.value); good {
			return
		}
		if len(mended) > 7 && strings.EqualFold(mended[:7], "mailto:") {
			mended = mended[7:]
		}
		good = plainAddress(mended)
	case tagPhone:
		if good = phoneNumber(q.value); good {
			return
		}
		if len(mended) > 4 && strings.EqualFold(mended[:4], "tel:") {
			mended = mended[4:]
		}
		good = phoneNumber(mended)
	default:
		return
	}
	part := at(Span{0, len(q.value)})
	what, how := "mail address", "Write the address alone, such as hostmaster@example.com."
	if q.tag == tagPhone {
		what, how = "telephone number with its country's code", "Write it such as +1-555-123-4567."
	}
	f := rules.At(q.Record, part, fmt.Sprintf("%q is no %s and nothing else, so CAs must not use it. %s", excerpt(q.value), what, how))
	if good {
		p.Report(f.WithFix(rules.Safe, "write "+excerpt(mended), q.with(mended)))
	} else {
		p.Report(f.WithFix(rules.Manual, "write a "+what))
	}
}

// mailAddress reports whether a text may be an addr-spec of RFC 6532, section
// 3.2, as far as that can be told from its parts: UTF-8 and quoted local parts
// are allowed.
func mailAddress(s string) bool {
	n := strings.LastIndexByte(s, '@')
	if n <= 0 {
		return false
	}
	local, domain := s[:n], s[n+1:]
	if strings.HasPrefix(local, `"`) && strings.HasSuffix(local, `"`) && len(local) > 1 {
		return domain != "" && !strings.ContainsAny(domain, " \t<>,;:()\"")
	}
	return !strings.ContainsAny(local, " \t<>,;:@()[]\"\\") && domain != "" && (domain[0] == '[' || !strings.ContainsAny(domain, " \t<>,;:()\"[]\\"))
}

// phoneNumber reports whether a text is a global number of RFC 3966, section
// 5.1.4. The Baseline Requirements' own example has a blank in it.
func phoneNumber(s string) bool {
	rest, ok := strings.CutPrefix(s, "+")
	digits := 0
	for j := 0; j < len(rest); j++ {
		switch c := rest[j]; {
		case '0' <= c && c <= '9':
			digits++
		case strings.IndexByte("-.() ", c) < 0:
			return false
		}
	}
	return ok && digits > 0 && s[len(s)-1] != ' '
}
