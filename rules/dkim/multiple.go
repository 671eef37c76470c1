package dkim

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var multiple = &rules.Rule{
	ID:       "dkim-multiple-txt",
	Severity: rules.Error,
	Summary:  "a selector has several TXT records",
	What: "Several TXT records stand at a DKIM selector. Often one key was split over two records, where it should be two strings of one record. " +
		"Records that all hold the same key are a warning.",
	Why: "The text of a selector must be in one TXT record; with several the result is undefined. DNS gives them in no order and does not join them, " +
		"so a verifier takes any one of them, and signatures fail by chance or always.",
	Bad: "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=" + exampleKey[:216] + "\"\n" +
		"s1._domainkey IN TXT \"" + exampleKey[216:] + "\"\n",
	Good: "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa; p=" + exampleKey[:216] + "\"\n" +
		"    \"" + exampleKey[216:] + "\" )\n",
	Refs: []string{"RFC 6376, section 3.6.2.2", "RFC 6376, section 6.1.2"},
	Fix:  rules.Safe,
	Run:  rules.On(Sets, checkMultiple),
}

// exampleKey is a public RSA key of 2048 bits that no mail server uses.
const exampleKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" + exampleModulus + "IDAQAB"

// exampleModulus is the part of exampleKey that tells it from other keys.
const exampleModulus = "tbFdv8i6vybFjAbxGGieoPgPXqacKijoVpXBzwqwRsoBNE/6t+Vhnhvzaaf2R3Do7ejcCGZcxW6QjRwD4PDVs1uf6Rwe51EActbDU++YHoFgmV" +
	"7k/nUXoUHIccC2qXabg+DErfupY6Vnal5GqQc08/0GlycqlMGjiNhuXh7lEqKDS5i2BoJZSVAEbw9Y14sMppWpQtmUjY/JWLLf5SDI8UMaajab" +
	"9tgdQ7hDpvmF6UUieviy6dF0AtgMSFFlO0r66gCo5Q/vOkmCF0lMGKLleLCPi4A7M1FDcvUdgGnfhESJPKn0wrhqt4ZzkTld+YUPTrfp5JlCVP" +
	"wiWPIYqDJMBQ"

func checkMultiple(p *rules.Pass, s *Set) {
	part := zone.Part{Kind: zone.PartRData}
	if s.Split {
		head := &s.Entries[0]
		text, whole := s.joined()
		f := rules.At(s.Others[0], part, fmt.Sprintf("The key of %s is split over %d TXT records, which nobody joins, so no signature can be verified. Make them strings of one record.", s.Name, len(s.Others)+1))
		f.Related = related(head.Record, "the record that begins the key")
		if !whole {
			p.Report(f.WithFix(rules.Manual, "publish the whole key anew in one record"))
			return
		}
		// The tag p shows which piece is the first. The order of several others
		// is only that of the source.
		safety := rules.Safe
		if len(s.Others) > 1 {
			safety = rules.Unsafe
		}
		d := head.DKIM.Text
		p.Report(f.WithFix(safety, "join the pieces to one record",
			zone.Replace(head.Record, head.WithText(len(d), len(d), text[len(d):])), zone.Remove(s.Others...)))
		return
	}
	// Records of the same RDATA are one record to DNS (RFC 2181, section 5).
	first := s.Entries[0].Record
	var extra []zone.Record
	data := map[string]bool{first.Data: true}
	alike := true
	for i := range s.Entries[1:] {
		e := &s.Entries[i+1]
		if !data[e.Data] {
			extra = append(extra, e.Record)
			data[e.Data] = true
			alike = alike && sameRecord(&s.Entries[0].DKIM, &e.DKIM)
		}
	}
	keys := len(extra) + 1
	for _, r := range s.Others {
		if !data[r.Data] {
			data[r.Data] = true
			extra = append(extra, r)
		}
	}
	switch {
	case len(extra) == 0:
		return
	case keys == len(extra)+1 && alike:
		f := rules.At(extra[0], part, fmt.Sprintf("%s has %d TXT records that say the same, where one must stand. Keep one of them.", s.Name, keys)).As(rules.Warning)
		f.Related = related(first, "the first record")
		p.Report(f.WithFix(rules.Safe, "keep one of the records, which say the same", zone.Remove(extra...)))
	case keys == 1:
		f := rules.At(extra[0], part, fmt.Sprintf("This TXT record stands at the DKIM selector %s beside its key. Verifiers take either of the two for the key, so signatures fail by chance. Remove it from here.", s.Name))
		f.Related = related(first, "the key")
		p.Report(f.WithFix(rules.Manual, "move the record to the name that it is for"))
	default:
		f := rules.At(extra[0], part, fmt.Sprintf("%s has %d DKIM keys, and verifiers take any one of them, so signatures fail by chance. Keep one and give the others selectors of their own.", s.Name, keys))
		f.Related = related(first, "the first key")
		p.Report(f.WithFix(rules.Manual, "keep the key that is in use"))
	}
}

func related(r zone.Record, message string) []rules.Related {
	return []rules.Related{{Span: r.Span(zone.Part{Kind: zone.PartRData}), Message: message}}
}

// sameRecord reports whether two records have the same tags with the same
// values in the same order, however their blanks and strings are set.
func sameRecord(a, b *Record) bool {
	if len(a.Tags) != len(b.Tags) || a.Debris != b.Debris {
		return false
	}
	for i, t := range a.Tags {
		u := b.Tags[i]
		if t.Name.Of(a.Text) != u.Name.Of(b.Text) || t.Value.Of(a.Text) != u.Value.Of(b.Text) || t.Faults != u.Faults {
			return false
		}
	}
	return true
}

// Keys for examples, of 768 and 1024 bits, that no mail server uses.
const (
	key768 = "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAK+Uxt1lVAhj6MUoFcLuq17yw0F9Jhm6+tLolU6FG6xdUxVW7tDfQ1TkUvNUpImc9KZn" +
		"7qM4YljpxOjD6A24DNvc8FgwM7Os2NEksTwV5lvWDPsK4KhrilsbkF10i0vdOQIDAQAB"
	key1024 = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC8r9XxjX72CEDQO/kVHknFnxh1n/7qLRrNf/6SYyGmewXVGnGm5VnZET5c5sqb" +
		"B2WYL7ulRXqxsLLh5YUXyLC5liTHqPN+b0AgHFEou9+Q3SDO5BqaWzZSdP4aXt4cQS3VopKSL4Kx0dOeVkfRbmWe30Q7lZFy0obk2VgrhZIfyQIDAQAB"
)
