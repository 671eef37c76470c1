package pack

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/dkim"
	"github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// textKind says how the text of a TXT record is compared.
type textKind uint8

const (
	plainText textKind = iota // octet by octet
	spfText                   // by the senders that pass
	dmarcText                 // by the policy
	dkimText                  // by the key
)

// kindOf tells what a text of a pack is for.
func kindOf(text string) textKind {
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(lower, "v=spf1"):
		return spfText
	case strings.HasPrefix(lower, "v=dmarc1"):
		return dmarcText
	case strings.HasPrefix(lower, "v=dkim1"), strings.HasPrefix(lower, "k=rsa"), strings.HasPrefix(lower, "p="):
		return dkimText
	}
	return plainText
}

// satisfies reports whether a text of the zone does what a text of the pack
// asks for, and returns what it tells of the variables.
func satisfies(want matcher, have string, b Bindings) (Bindings, bool) {
	if out, ok := want.match(have, b); ok {
		return out, true
	}
	switch kindOf(want.value.Text) {
	case spfText:
		return b, spfSatisfies(want.value, have)
	case dmarcText:
		return b, dmarcSatisfies(want.value.Text, have)
	case dkimText:
		return b, dkimSatisfies(want.value, have)
	}
	return b, false
}

// spfSatisfies reports whether a record passes what each mechanism of another
// passes. Which result others get is the domain's own affair.
func spfSatisfies(want Value, have string) bool {
	h := spf.Parse(have)
	if h.Form != spf.SPF || !want.Fixed() {
		return h.Form == spf.SPF
	}
	w := spf.Parse(want.Text)
	for _, t := range w.Terms {
		switch {
		case t.Kind == spf.All || t.Kind.Modifier() && t.Kind != spf.Redirect:
		case t.Kind == spf.Redirect && (h.RedirectsTo(t.Domain) || h.Includes(t.Domain)), t.Kind == spf.Include && h.Includes(t.Domain):
		case !slices.ContainsFunc(h.Terms, func(o spf.Term) bool { return termText(o) == termText(t) }):
			return false
		}
	}
	return true
}

// dmarcSatisfies reports whether a record asks for at least the policy of
// another.
func dmarcSatisfies(want, have string) bool {
	h := dmarc.Parse(have, true, nil)
	return h.Version.Valid() && policyOf(have) >= policyOf(want)
}

// policyOf returns the policy of a DMARC record, none where it has none
// (RFC 9989, section 4.7).
func policyOf(text string) dmarc.Policy {
	r := dmarc.Parse(text, true, nil)
	if t, ok := r.Tag("p"); ok {
		return dmarc.ParsePolicy(t.Value.Of(text))
	}
	return dmarc.NoPolicy
}

// dkimSatisfies reports whether a record holds the same key as another, or any
// key where that of the other is a variable.
func dkimSatisfies(want Value, have string) bool {
	h := dkimKey(have)
	return h != "" && (!want.Fixed() || h == dkimKey(want.Text))
}

// dkimKey returns the base64 of the key of a DKIM record without the white
// space that may stand in it (RFC 6376, section 3.6.1).
func dkimKey(text string) string {
	r := dkim.Parse(text, nil)
	t := r.Tag('p')
	if t == nil {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\r\n", c) {
			return -1
		}
		return c
	}, t.Value.Of(text))
}

// isKey reports whether a record is a DKIM key that is not revoked.
func isKey(r zone.Record) bool {
	return r.Type == zone.TypeTXT && dkimKey(r.Text()) != ""
}
