package transport

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var tlsrptURI = &rules.Rule{
	ID:       "tlsrpt-uri",
	Severity: rules.Error,
	Summary:  "an address for TLS reports is no mailto: or https: URI",
	What: "The field rua of a TLS-RPT record holds something that is no URI, such as a bare mail address or nothing between two commas, or a URI of another " +
		"scheme than mailto and https. Another scheme beside a good address is a warning.",
	Why: "With a value that is no URI the record is invalid, and to other schemes nobody sends reports, so that failing encryption goes unnoticed.",
	Bad: `_smtp._tls IN TXT "v=TLSRPTv1; rua=tls@example.com"
`,
	Good: `_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com,https://example.com/tls"
`,
	Refs: []string{"RFC 8460, section 3", "RFC 3986, section 3", "RFC 6068, section 2"},
	Fix:  rules.Safe,
	Run:  TLSRPT.checkEach(checkURIs),
}

func checkURIs(p *rules.Pass, s *Set, e *Entry) {
	type fault struct {
		tagvalue.Span
		URIFault
		repair string
	}
	var faults []fault
	good := 0
	for i := range e.Fields {
		f := &e.Fields[i]
		if !strings.EqualFold(f.Name.Of(e.Text), "rua") || f.Value.From <= f.Name.To || f.Value.Empty() {
			continue
		}
		for at, end := f.Value.From, 0; at <= f.Value.To; at = end + 1 {
			end = f.Value.To
			if comma := strings.IndexByte(e.Text[at:end], ','); comma >= 0 {
				end = at + comma
			}
			span := blanksOff(e.Text, at, end)
			fault := fault{Span: span, URIFault: CheckURI(span.Of(e.Text))}
			if fault.URIFault == 0 {
				good++
				continue
			}
			if fault.URIFault != OtherScheme {
				fault.repair = mendURI(span.Of(e.Text))
			}
			if span.Empty() { // point at the comma
				fault.From = max(at-1, f.Value.From)
				fault.To = min(fault.From+1, f.Value.To)
			}
			faults = append(faults, fault)
		}
	}
	if len(faults) == 0 {
		return
	}
	var edits []tagvalue.Edit
	for _, f := range faults {
		if f.repair != "" {
			edits = append(edits, tagvalue.Edit{From: f.From, To: f.To, Text: f.repair})
		}
	}
	var repaired zone.Record
	if len(edits) > 0 {
		repaired = tagvalue.Apply(e.RR, e.Text, edits)
	}
	for _, f := range faults[:min(len(faults), tagvalue.Most)] {
		written := tagvalue.Excerpt(f.Of(e.Text))
		found := rules.At(e.RR, zone.TextPart(f.From, f.To), "")
		switch f.URIFault {
		case OtherScheme:
			found.Message = fmt.Sprintf("Nobody sends TLS reports to %q, since only mailto: and https: are supported. Give such an address.", written)
			if good > 0 {
				found = found.As(rules.Warning)
			}
		case NoURI:
			found.Message = fmt.Sprintf("%q is no URI, so the record is invalid and senders send no reports. Write it as mailto:tls@example.com or https://example.com/tls.", written)
		case BadOctet:
			found.Message = fmt.Sprintf("%q holds a character that may not stand in this URI as it is, so the record is invalid and senders send no reports. Write it percent-encoded or remove it.", written)
		case NoAddress:
			found.Message = fmt.Sprintf("%q has no address, so reports cannot be sent. Write it as mailto:tls@example.com or https://example.com/tls.", written)
		case NoText:
			found.Message = "An address is missing beside this comma, so the record is invalid and senders send no reports. Remove the comma."
		}
		if f.repair != "" {
			found = found.WithFix(rules.Safe, "write the addresses as URIs", zone.Replace(e.RR, repaired))
		} else {
			found = found.WithFix(rules.Manual, "name an address of the form mailto:tls@example.com")
		}
		p.Report(found)
	}
}

func blanksOff(text string, from, to int) tagvalue.Span {
	for from < to && (text[from] == ' ' || text[from] == '\t') {
		from++
	}
	for from < to && (text[to-1] == ' ' || text[to-1] == '\t') {
		to--
	}
	return tagvalue.Span{From: from, To: to}
}

// URIFault is what is wrong with an address for reports; 0 is nothing.
type URIFault uint8

// The mistakes of an address for reports.
const (
	_ URIFault = iota
	// NoText: nothing stands there.
	NoText
	// NoURI: it has no scheme (RFC 3986, section 3.1).
	NoURI
	// BadOctet: a URI may not hold one of its octets, or TLS-RPT wants it
	// percent-encoded.
	BadOctet
	// OtherScheme: it is a URI, but not one that TLS-RPT supports.
	OtherScheme
	// NoAddress: a mailto URI without an address, or an https URI without a host.
	NoAddress
)

// CheckURI looks at one address of a rua field (RFC 8460, section 3,
// tlsrpt-uri): a URI of RFC 3986 in which commas, exclamation points and
// semicolons are encoded.
func CheckURI(s string) URIFault {
	if s == "" {
		return NoText
	}
	scheme, rest, ok := tagvalue.CutScheme(s)
	if !ok {
		return NoURI
	}
	if tagvalue.BadURIOctet(rest, ",!;") >= 0 {
		return BadOctet
	}
	switch {
	case strings.EqualFold(scheme, "mailto"):
		address, _, _ := strings.Cut(rest, "?")
		if at := strings.LastIndexByte(address, '@'); at <= 0 || at == len(address)-1 {
			return NoAddress
		}
	case strings.EqualFold(scheme, "https"):
		host, ok := strings.CutPrefix(rest, "//")
		if !ok || host == "" || strings.IndexByte("/?#:", host[0]) >= 0 {
			return NoAddress
		}
	default:
		return OtherScheme
	}
	return 0
}

// mendURI returns the URI that an address was certainly meant as; "" if that is
// not certain. It takes off quotes and brackets, the size limit that only DMARC
// has, and blanks behind the scheme, and puts mailto: before a mail address.
func mendURI(s string) string {
	if len(s) > 512 {
		return ""
	}
	s = strings.Trim(s, "\"'<> ")
	if uri, size, ok := strings.Cut(s, "!"); ok && strings.Trim(size, "0123456789kmgtKMGT") == "" {
		s = uri
	}
	for _, scheme := range [...]string{"mailto:", "https:"} {
		if foldPrefix(s, scheme) {
			s = scheme + strings.Trim(s[len(scheme):], "<> ")
		}
	}
	if strings.Count(s, "@") == 1 && !strings.ContainsAny(s, ":/?#") {
		s = "mailto:" + s
	}
	if CheckURI(s) != 0 {
		return ""
	}
	return s
}
