package transport

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// tlsas is the subject of the TLSA records that the zone answers for.
var tlsas = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	for r := range p.Zone.OfType(zone.TypeTLSA) {
		// Three octets and the data (RFC 6698, section 2.1); the data of a
		// record in the form of RFC 3597 may be shorter.
		if len(r.Data) >= 3 && p.Zone.Cut(r.Name) == "" {
			visit(r)
		}
	}
}}

// The RDATA of a TLSA record (RFC 6698, section 2.1).
const (
	usageOctet = iota
	selectorOctet
	matchingOctet
	dataOctets
)

// private is the value that the registries keep for private use (RFC 6698,
// sections 7.2 to 7.4).
const private = 255

var tlsaUsage = &rules.Rule{
	ID:       "tlsa-usage",
	Severity: rules.Warning,
	Summary:  "a TLSA record has a certificate usage that is not assigned",
	What:     "The first field of a TLSA record, the certificate usage, is neither 0, 1, 2 nor 3, nor 255, which is for private use.",
	Why:      "Senders cannot use the record. If it is the only one, mail is sent without a check of the server's certificate.",
	Bad: `_25._tcp.mail IN TLSA 4 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Good: `_25._tcp.mail IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Refs: []string{"RFC 6698, section 2.1.1", "RFC 6698, section 7.2", "RFC 7671, section 3"},
	Fix:  rules.Manual,
	Run:  rules.On(tlsas, func(p *rules.Pass, r zone.Record) { checkAssigned(p, r, usageOctet, 3, "certificate usage") }),
}

var tlsaSelector = &rules.Rule{
	ID:       "tlsa-selector",
	Severity: rules.Warning,
	Summary:  "a TLSA record has a selector that is not assigned",
	What:     "The second field of a TLSA record, the selector, is neither 0 nor 1, nor 255, which is for private use.",
	Why:      "Senders cannot use the record. If it is the only one, mail is sent without a check of the server's certificate.",
	Bad: `_25._tcp.mail IN TLSA 3 2 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Good: `_25._tcp.mail IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Refs: []string{"RFC 6698, section 2.1.2", "RFC 6698, section 7.3"},
	Fix:  rules.Manual,
	Run:  rules.On(tlsas, func(p *rules.Pass, r zone.Record) { checkAssigned(p, r, selectorOctet, 1, "selector") }),
}

var tlsaMatching = &rules.Rule{
	ID:       "tlsa-mtype",
	Severity: rules.Warning,
	Summary:  "a TLSA record has a matching type that is not assigned",
	What:     "The third field of a TLSA record, the matching type, is neither 0, 1 nor 2, nor 255, which is for private use.",
	Why:      "Senders cannot use the record. If it is the only one, mail is sent without a check of the server's certificate.",
	Bad: `_25._tcp.mail IN TLSA 3 1 3 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Good: `_25._tcp.mail IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Refs: []string{"RFC 6698, section 2.1.3", "RFC 6698, section 7.4"},
	Fix:  rules.Manual,
	Run:  rules.On(tlsas, func(p *rules.Pass, r zone.Record) { checkAssigned(p, r, matchingOctet, 2, "matching type") }),
}

// checkAssigned reports the field of a TLSA record that is above the highest
// value that its registry has.
func checkAssigned(p *rules.Pass, r zone.Record, field int, highest byte, what string) {
	v := r.Data[field]
	if v <= highest || v == private {
		return
	}
	f := rules.At(r, zone.Field(field), fmt.Sprintf("No %s %d is assigned, so senders cannot use this TLSA record. Use one from 0 to %d.", what, v, highest))
	p.Report(f.WithFix(rules.Manual, "make the record anew from the server's certificate"))
}

var tlsaLength = &rules.Rule{
	ID:       "tlsa-len",
	Severity: rules.Error,
	Summary:  "the data of a TLSA record have the wrong length",
	What: "A TLSA record with the matching type 1 does not have the 32 octets of a SHA-256 hash, one with the type 2 not the 64 octets of a SHA-512 hash, " +
		"or one with the type 0 has no data at all.",
	Why: "No certificate can match the record. Senders pass it over and send mail without a check of the certificate, or they hold the mail back.",
	Bad: `_25._tcp.mail IN TLSA 3 1 2 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Good: `_25._tcp.mail IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Refs: []string{"RFC 6698, section 2.1.3", "RFC 6698, section 2.1.4"},
	Fix:  rules.Manual,
	Run:  rules.On(tlsas, checkLength),
}

func checkLength(p *rules.Pass, r zone.Record) {
	n := len(r.Data) - dataOctets
	var message string
	switch matching := r.Data[matchingOctet]; {
	case matching == 0 && n == 0:
		message = "This TLSA record has no data, so no certificate can match it. Make it anew from the server's certificate."
	case matching == 1 && n != 32, matching == 2 && n != 64:
		hash, want := "SHA-256", 32
		if matching == 2 {
			hash, want = "SHA-512", 64
		}
		message = fmt.Sprintf("The matching type %d is a hash by %s with %d octets, but the data have %d, so no certificate can match them. Make the record anew from the server's certificate.", matching, hash, want, n)
	default:
		return
	}
	f := rules.At(r, zone.Field(dataOctets), message)
	p.Report(f.WithFix(rules.Manual, "make the record anew from the server's certificate"))
}

var tlsaSMTPChoice = &rules.Rule{
	ID:       "tlsa-smtp-choice",
	Severity: rules.Warning,
	Summary:  "a TLSA record for SMTP has a certificate usage that is not for SMTP",
	What:     "A TLSA record at _25._tcp has the certificate usage 0 or 1, which ask for a certificate of a public authority. For mail between servers there are 2 and 3.",
	Why:      "What a sender does with such a record is not defined: many cannot use it, and send mail without a check of the server's certificate.",
	Bad: `_25._tcp.mail IN TLSA 1 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Good: `_25._tcp.mail IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Refs: []string{"RFC 7672, section 3.1.3"},
	Fix:  rules.Unsafe,
	Run:  rules.On(tlsas, checkSMTPChoice),
}

func checkSMTPChoice(p *rules.Pass, r zone.Record) {
	usage := r.Data[usageOctet]
	if usage > 1 || !strings.HasPrefix(string(r.Name), "\x03_25\x04_tcp") {
		return
	}
	f := rules.At(r, zone.Field(usageOctet), fmt.Sprintf("The certificate usage %d is not meant for SMTP, and many senders cannot use the record. Use 3, or 2 for an authority.", usage))
	if usage == 0 {
		// A server must send the certificate of the authority for the usage 2.
		p.Report(f.WithFix(rules.Manual, "make the record anew with the usage 3 from the server's certificate"))
		return
	}
	// Usages 1 and 3 both match the server's own certificate.
	mended := r
	mended.Data = "\x03" + r.Data[1:]
	for _, o := range p.Zone.RRset(r.Name, zone.TypeTLSA) {
		if o.Data == mended.Data {
			p.Report(f.WithFix(rules.Unsafe, "remove it, since the same record with the usage 3 is there", zone.Remove(r)))
			return
		}
	}
	p.Report(f.WithFix(rules.Unsafe, "set the usage to 3 (DANE-EE), with the same certificate", zone.Replace(r, mended)))
}

var tlsaNoSHA256 = &rules.Rule{
	ID:       "tlsa-no-sha256",
	Severity: rules.Info,
	Summary:  "a mail server has TLSA records with SHA-512 hashes but none with a SHA-256 hash",
	What:     "The TLSA records at _25._tcp of a host have the matching type 2, and none has 1.",
	Why:      "Some senders only support SHA-256, which is the one that all must. They cannot use the records, and send mail without a check of the server's certificate.",
	Bad: `_25._tcp.mail IN TLSA 3 1 2 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b42b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Good: `_25._tcp.mail IN TLSA 3 1 1 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
_25._tcp.mail IN TLSA 3 1 2 2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b42b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4
`,
	Refs: []string{"RFC 7672, section 3.1"},
	Fix:  rules.Manual,
	Run:  rules.On(tlsas, checkSHA256),
}

func checkSHA256(p *rules.Pass, r zone.Record) {
	if r.Data[matchingOctet] != 2 || r.Data[usageOctet] < 2 || !strings.HasPrefix(string(r.Name), "\x03_25\x04_tcp") {
		return
	}
	for _, o := range p.Zone.RRset(r.Name, zone.TypeTLSA) {
		if len(o.Data) > dataOctets && o.Data[matchingOctet] < 2 {
			return // the whole certificate needs no hash
		}
		if o.Data < r.Data && o.Data[usageOctet] >= 2 && len(o.Data) > dataOctets && o.Data[matchingOctet] == 2 {
			return // told of that one
		}
	}
	f := rules.At(r, zone.Field(matchingOctet), fmt.Sprintf("%s has TLSA records with SHA-512 hashes only, and some senders only know SHA-256. Add one with the matching type 1.", r.Name))
	p.Report(f.WithFix(rules.Manual, "add a record with the matching type 1 made from the server's certificate"))
}
