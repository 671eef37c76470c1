package bimi

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var locationMissing = &rules.Rule{
	ID:       "bimi-l-missing",
	Severity: rules.Error,
	Summary:  "a BIMI record does not say where the logo is",
	What:     "A BIMI record has no tag l. A domain that wants no logo shown says so with an empty one: v=BIMI1; l=; a=;",
	Why:      "The tag is required, and without it the record is in error, so mailbox providers show no logo.",
	Bad: `default._bimi IN TXT "v=BIMI1; a=https://example.com/logo.pem"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem"
`,
	Refs: []string{draft + ", section 4.3", draft + ", section 7.3"},
	Fix:  rules.Manual,
	Run:  each(checkLocationMissing),
}

func checkLocationMissing(p *rules.Pass, _ *Set, e *Entry) {
	if e.folded("l") != nil {
		return
	}
	for i := range e.Tags {
		if e.Tags[i].Faults.Has(tagvalue.NoEquals | tagvalue.NoName) {
			return // the syntax rule speaks of what may be meant as the tag
		}
	}
	part := zone.TextPart(e.Version.Span.From, e.Version.Span.To)
	if e.Version.Span.Empty() {
		part = zone.Part{Kind: zone.PartRData}
	}
	f := rules.At(e.RR, part, "This BIMI record has no tag l, which is required, so mailbox providers show no logo. Add it with the address of the logo, such as l=https://example.com/logo.svg.")
	p.Report(f.WithFix(rules.Manual, "add l= with the address of the logo"))
}

var locationURI = &rules.Rule{
	ID:       "bimi-l-https",
	Severity: rules.Error,
	Summary:  "the address of a BIMI logo is no https: URI",
	What:     "The tag l of a BIMI record is neither empty nor a single URI that begins with https:// and has a host.",
	Why:      "Logos are only fetched over HTTPS, and a value that is not well-formed is an error, so mailbox providers show no logo.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=http://example.com/logo.svg; a="
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a="
`,
	Refs: []string{draft + ", section 4.3", draft + ", section 7.3", "RFC 3986, section 2"},
	Fix:  rules.Safe,
	Run: onTag("l", func(p *rules.Pass, e *Entry, t *tagvalue.Tag) {
		checkURI(p, e, t, "logo", "https://example.com/logo.svg")
	}),
}

var evidenceURI = &rules.Rule{
	ID:       "bimi-a-https",
	Severity: rules.Error,
	Summary:  "the address of a BIMI mark certificate is no https: URI",
	What:     "The tag a of a BIMI record is neither empty nor a single URI that begins with https:// and names its host by a fully qualified domain name.",
	Why: "Evidence is only fetched over HTTPS, and a value that is not well-formed is an error, so mailbox providers show no logo. " +
		"A tag that is meant to be empty is written a= without a value.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=self"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a="
`,
	Refs: []string{draft + ", section 4.3", "RFC 3986, section 2"},
	Fix:  rules.Safe,
	Run: onTag("a", func(p *rules.Pass, e *Entry, t *tagvalue.Tag) {
		checkURI(p, e, t, "mark certificate", "https://example.com/logo.pem")
	}),
}

func checkURI(p *rules.Pass, e *Entry, t *tagvalue.Tag, what, like string) {
	if t.Value.Empty() {
		return
	}
	uri := t.Value.Of(e.Text)
	fault := CheckURI(uri)
	if fault == 0 || fault == NoDomain && what == "logo" {
		return // only for the evidence the draft demands a domain name
	}
	written := tagvalue.Excerpt(uri)
	f := rules.At(e.RR, zone.TextPart(t.Value.From, t.Value.To), "")
	const void = "so mailbox providers show no logo. "
	switch fault {
	case NoURI:
		f.Message = fmt.Sprintf("%q is no URI, %sWrite it like %s.", written, void, like)
	case OtherScheme:
		f.Message = fmt.Sprintf("%q is not fetched, since only https: is, %sPublish the %s at an https: URI.", written, void, what)
	case Several:
		f.Message = fmt.Sprintf("%q holds a comma, and only one URI may stand here, %sName one, and write a comma in it as %%2C.", written, void)
	case BadOctet:
		f.Message = fmt.Sprintf("%q holds a character that may not stand in a URI, %sWrite it percent-encoded or remove it.", written, void)
	case NoHost:
		f.Message = fmt.Sprintf("%q has no host, %sWrite it like %s.", written, void, like)
	case NoDomain:
		f.Message = fmt.Sprintf("%q does not name its host by a fully qualified domain name, %sWrite it like %s.", written, void, like)
	}
	if good := mended(uri); good != "" && good != uri {
		f = f.WithFix(rules.Safe, "write the address as a URI", zone.Replace(e.RR, e.RR.WithText(t.Value.From, t.Value.To, good)))
	} else {
		f = f.WithFix(rules.Manual, fmt.Sprintf("publish the %s at an https: URI and write that", what))
	}
	p.Report(f)
}

var locationFormat = &rules.Rule{
	ID:       "bimi-l-format",
	Severity: rules.Error,
	Summary:  "the address of a BIMI logo ends like an image that is no SVG",
	What:     "The tag l of a BIMI record is a URI whose path ends with the suffix of another image format than .svg and .svgz, such as .png.",
	Why:      "Only SVG is a format of BIMI. For any other suffix of an image the record is permanently in error, so mailbox providers show no logo.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.png; a="
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a="
`,
	Refs: []string{draft + ", section 4.3.2"},
	Fix:  rules.Manual,
	Run:  onTag("l", checkFormat),
}

// images are suffixes of image formats that BIMI does not know. Another suffix,
// or none, does not tell what the server sends.
var images = map[string]bool{"png": true, "jpg": true, "jpeg": true, "gif": true, "webp": true, "bmp": true, "ico": true, "tif": true, "tiff": true, "avif": true, "heic": true}

func checkFormat(p *rules.Pass, e *Entry, t *tagvalue.Tag) {
	uri := t.Value.Of(e.Text)
	end := suffix(uri)
	if !images[end] {
		return
	}
	f := rules.At(e.RR, zone.TextPart(t.Value.From, t.Value.To), fmt.Sprintf(
		"%q is an image of the format %s, and BIMI knows only SVG, so mailbox providers show no logo. Publish the logo as SVG Tiny PS and name that.", tagvalue.Excerpt(uri), end))
	p.Report(f.WithFix(rules.Manual, "publish the logo as SVG and name that"))
}

var locationEmpty = &rules.Rule{
	ID:       "bimi-l-empty",
	Severity: rules.Warning,
	Summary:  "a BIMI record has a mark certificate but no logo",
	What:     "The tag l of a BIMI record is empty, which declines BIMI, while its tag a names a mark certificate.",
	Why:      "The domain has declined only if both are empty. With an empty l mailbox providers that follow the draft find no logo and show none; a few take the one in the certificate.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=; a=https://example.com/logo.pem"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem"
www IN TXT "v=spf1 -all"
default._bimi.www IN TXT "v=BIMI1; l=; a=;"
`,
	Refs: []string{draft + ", section 4.3.1", draft + ", section 7.3"},
	Fix:  rules.Manual,
	Run: onTag("l", func(p *rules.Pass, e *Entry, l *tagvalue.Tag) {
		if a := e.folded("a"); !l.Value.Empty() || a == nil || a.Value.Empty() {
			return
		}
		f := rules.At(e.RR, zone.TextPart(l.Name.From, l.Equals+1), "The tag l is empty, but the tag a names a mark certificate, so most mailbox providers show no logo. Name the logo in l, or leave both empty to decline BIMI.")
		p.Report(f.WithFix(rules.Manual, "name the logo in l, or leave both tags empty"))
	}),
}

var noEvidence = &rules.Rule{
	ID:       "bimi-no-mark-certificate",
	Severity: rules.Info,
	Summary:  "a BIMI record names a logo but no mark certificate",
	What:     "The tag l of a BIMI record names a logo, and its tag a is empty or missing.",
	Why:      "The draft allows it, but several large mailbox providers only show logos that a mark certificate (VMC or CMC) vouches for.",
	Bad: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg"
`,
	Good: `default._bimi IN TXT "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem"
`,
	Refs: []string{draft + ", section 4.3", draft + ", section 7.4"},
	Fix:  rules.Manual,
	Run: onTag("l", func(p *rules.Pass, e *Entry, l *tagvalue.Tag) {
		if a := e.folded("a"); l.Value.Empty() || a != nil && !a.Value.Empty() || !e.Version.Valid() {
			return
		}
		f := rules.At(e.RR, zone.TextPart(l.Name.From, l.Value.To), "The record names no mark certificate, and several large mailbox providers show no logo without one. Name it in the tag a once there is one.")
		p.Report(f.WithFix(rules.Manual, "add a= with the address of a mark certificate"))
	}),
}
