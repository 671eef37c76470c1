package hygiene

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var longString = &rules.Rule{
	ID:       "zone-txt-255",
	Severity: rules.Error,
	Summary:  "a string of a TXT record is longer than 255 octets",
	What: "One string of a TXT record, in quotes or not, has more than 255 octets. A character-string holds at most that many; " +
		"a longer text is written as several quoted strings, which receivers join without anything between them.",
	Why: "BIND and others refuse the whole zone, other servers cut the text without a word. " +
		"It mostly hits DKIM keys of 2048 bits, whose signatures then fail.",
	Bad:  "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=" + exampleKey[:170] + exampleKey[170:] + "\"\n",
	Good: "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa; p=" + exampleKey[:170] + "\"\n    \"" + exampleKey[170:] + "\" )\n",
	Refs: []string{"RFC 1035, section 3.3", "RFC 1035, section 3.3.14", "RFC 7208, section 3.3"},
	Fix:  rules.Safe,
	Run:  rules.On(texts, checkLong),
}

// exampleKey is a public RSA key of 2048 bits as DKIM has it, which no mail
// server uses.
const exampleKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtbFdv8i6vybFjAbxGGieoPgPXqacKijoVpXBzwqwRsoBNE/6t+Vhnhvz" +
	"aaf2R3Do7ejcCGZcxW6QjRwD4PDVs1uf6Rwe51EActbDU++YHoFgmV7k/nUXoUHIccC2qXabg+DErfupY6Vnal5GqQc08/0Glycq" +
	"lMGjiNhuXh7lEqKDS5i2BoJZSVAEbw9Y14sMppWpQtmUjY/JWLLf5SDI8UMaajab9tgdQ7hDpvmF6UUieviy6dF0AtgMSFFlO0r6" +
	"6gCo5Q/vOkmCF0lMGKLleLCPi4A7M1FDcvUdgGnfhESJPKn0wrhqt4ZzkTld+YUPTrfp5JlCVPwiWPIYqDJMBQIDAQAB"

var semicolon = &rules.Rule{
	ID:       "zone-txt-semicolon",
	Severity: rules.Error,
	Summary:  "an unquoted semicolon cut a TXT record",
	What: "The text of a TXT record stands without quotes, and the semicolon that should part its tags begins a comment: " +
		"of v=DMARC1; p=reject only v=DMARC1 is left. It is reported where the comment goes on with tags of DMARC, DKIM, MTA-STS, TLS-RPT or BIMI.",
	Why: "The record has no policy, key or address any more: receivers treat a DMARC record as absent, and DKIM signatures fail.",
	Bad: "_dmarc IN TXT v=DMARC1; p=reject; rua=mailto:dmarc@example.com\n",
	Good: "_dmarc IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"\n" +
		"_smtp._tls IN TXT v=TLSRPTv1\\;rua=mailto:tls@example.com ; escaped is well too\n",
	Refs: []string{"RFC 1035, section 5.1"},
	Fix:  rules.Safe,
	// What is left of the record says nothing about what was meant, and moved or
	// changed as it is it would lose the rest.
	Supersedes: []string{
		"dmarc-p-missing", "dmarc-p-missing-no-rua", "dmarc-misplaced",
		"dkim-no-p", "dkim-revoked", "dkim-base64", "dkim-key-der",
		"sts-id-missing", "sts-wrong-place", "tlsrpt-rua-missing", "tlsrpt-wrong-place", "tlsrpt-old-name",
	},
	Run: rules.On(texts, checkSemicolon),
}

var unquoted = &rules.Rule{
	ID:       "zone-txt-unquoted",
	Severity: rules.Error,
	Summary:  "the blanks of an SPF record without quotes are lost",
	What: "The text of an SPF record stands without quotes. Each word is then a string of its own, and strings are joined without anything between them: " +
		"v=spf1 mx -all becomes v=spf1mx-all.",
	Why:        "Receivers find no SPF record, or one with terms that they do not know. Mail is then not protected, or refused.",
	Bad:        "@ IN TXT v=spf1 mx -all\n",
	Good:       "@ IN TXT \"v=spf1 mx -all\"\n",
	Refs:       []string{"RFC 1035, section 5.1", "RFC 7208, section 3.3"},
	Fix:        rules.Safe,
	Supersedes: []string{"spf-version-token", "spf-glued-term", "spf-unknown-term", "spf-no-terminal", "spf-nonascii"},
	Run:        rules.On(texts, checkUnquoted),
}

var nonASCII = &rules.Rule{
	ID:       "zone-txt-nonascii",
	Severity: rules.Error,
	Summary:  "a mail policy in a TXT record holds characters beyond ASCII",
	What: "The text of an SPF, DMARC, DKIM, MTA-STS, TLS-RPT or BIMI record holds typographic quotation marks, no-break spaces, long dashes or other characters " +
		"beyond ASCII, as texts copied from web pages do. Other texts may be in any characters; one that begins with a typographic quotation mark is pointed out.",
	Why:  "These records are ASCII by their RFCs. Receivers do not find the version at the front, or do not know the term, and ignore the record or report an error.",
	Bad:  "_dmarc IN TXT “v=DMARC1; p=none”\n",
	Good: "_dmarc IN TXT \"v=DMARC1; p=none\"\nabout IN TXT \"Société Exemple\"\n",
	Refs: []string{"RFC 7208, section 3.1", "RFC 6376, section 3.2", "RFC 8616, section 4"},
	Fix:  rules.Safe,
	Supersedes: []string{
		"dmarc-version", "dmarc-syntax", "dmarc-p-missing", "dmarc-p-missing-no-rua", "dmarc-misplaced",
		"dkim-version", "dkim-syntax", "dkim-no-p", "dkim-base64", "dkim-k-unknown", "dkim-h-sha1", "dkim-s-not-email", "dkim-t-unknown",
		"sts-version", "sts-syntax", "sts-id-missing", "sts-id-format", "sts-wrong-place",
		"tlsrpt-version", "tlsrpt-syntax", "tlsrpt-rua-missing", "tlsrpt-uri", "tlsrpt-wrong-place", "tlsrpt-old-name",
	},
	Run: rules.On(texts, checkNonASCII),
}

var backslash = &rules.Rule{
	ID:       "zone-txt-backslash",
	Severity: rules.Error,
	Summary:  "a mail policy in a TXT record holds a backslash before a semicolon",
	What: "The text of a DMARC, DKIM, MTA-STS, TLS-RPT or BIMI record, once read, still holds a backslash before a semicolon. " +
		"Some exports escape the semicolon twice. A single \\; is read as a semicolon and is right.",
	Why:        "The backslash becomes part of the value before it: v=DMARC1\\ is no version, so receivers ignore the record.",
	Bad:        "_dmarc IN TXT \"v=DMARC1\\\\; p=none\"\n",
	Good:       "_dmarc IN TXT \"v=DMARC1\\; p=none\"\n",
	Refs:       []string{"RFC 1035, section 5.1", "RFC 6376, section 3.2"},
	Fix:        rules.Safe,
	Supersedes: misread,
	Run:        rules.On(texts, checkBackslash),
}

func checkLong(p *rules.Pass, t text) {
	if t.Notes&zone.LongString == 0 {
		return
	}
	part, length := zone.Part{Kind: zone.PartRData}, len(t.joined)
	var related []rules.Related
	found := false
	for i, w := range words(t.Record) {
		switch n := w.to - w.from; {
		case n <= zone.MaxString:
		case !found:
			part, length, found = zone.Field(i), n, true
		case len(related) < 9:
			related = append(related, rules.Related{Span: t.Span(zone.Field(i)), Message: fmt.Sprintf("this string has %d octets", n)})
		}
	}
	f := rules.At(t.Record, part, fmt.Sprintf(
		"This string has %d octets, and a string holds at most 255: name servers refuse the zone or cut the text. Split it into several quoted strings.", length))
	f.Related = related
	if len(t.gaps) > 0 || t.tail != "" {
		p.Report(t.mend(f, "put the text in quotes, in strings of at most 255 octets"))
		return
	}
	p.Report(f.WithFix(rules.Safe, "split the text into strings of at most 255 octets", zone.Replace(t.Record, t.Record)))
}

func checkSemicolon(p *rules.Pass, t text) {
	if t.tail == "" || t.pasted() {
		return
	}
	f := rules.At(t.Record, zone.Part{Kind: zone.PartComment}, fmt.Sprintf(
		"This unquoted semicolon begins a comment, so the %s record ends as %s. Put the whole text in quotes.", t.kind, zone.Quote(excerpt(t.joined))))
	p.Report(t.mend(f, "put the whole text in quotes"))
}

func checkUnquoted(p *rules.Pass, t text) {
	if len(t.gaps) == 0 {
		return
	}
	what := "which is no SPF record"
	if len(t.joined) > 6 && t.joined[6] == ' ' { // RFC 7208, section 4.5
		what = "with SPF terms run together"
	}
	why := "Without quotes the blanks are lost"
	if t.pasted() {
		why = "Typographic quotation marks quote nothing, so that the blanks are lost"
	}
	f := rules.At(t.Record, zone.Part{Kind: zone.PartRData}, fmt.Sprintf(
		"%s: this text is %s, %s. Put it in plain quotes.", why, zone.Quote(excerpt(t.joined)), what))
	p.Report(t.mend(f, "put the text in quotes"))
}

func checkNonASCII(p *rules.Pass, t text) {
	if len(t.typo) == 0 && !t.foreign || len(t.gaps) > 0 || t.kind == spf && t.onlyQualifiers() {
		return // with gaps: zone-txt-unquoted mends both
	}
	from, to, what := firstForeign(t.joined)
	f := rules.At(t.Record, zone.TextPart(from, to), "")
	if t.kind == none {
		if !t.pasted() {
			return
		}
		f.Message = fmt.Sprintf("This text begins with %s, which is part of the text and quotes nothing. If the text was to be quoted, use \".", what)
		p.Report(f.As(rules.Info))
		return
	}
	f.Message = fmt.Sprintf("This %s record holds %s, but only ASCII may stand there, so receivers do not understand it. Write the plain character.", t.kind, what)
	fix := "write the text in ASCII"
	if t.pasted() {
		f.Message = fmt.Sprintf("This %s record begins with %s, which quotes nothing and keeps receivers from seeing the record. Use \" instead.", t.kind, what)
		fix = "put the text in plain quotes"
	}
	p.Report(t.mend(f, fix))
}

func checkBackslash(p *rules.Pass, t text) {
	if len(t.slashes) == 0 || t.tail != "" {
		return // with a tail: zone-txt-semicolon mends both
	}
	at := t.slashes[0].from
	end := at
	for end < len(t.joined) && t.joined[end] == '\\' {
		end++
	}
	f := rules.At(t.Record, zone.TextPart(at, min(end+1, len(t.joined))), fmt.Sprintf(
		"This %s record holds a backslash before its semicolon, which was escaped twice, so receivers do not understand it. Inside quotes write the semicolon alone.", t.kind))
	p.Report(t.mend(f, "remove the backslashes before semicolons"))
}

// firstForeign returns the octets of the first character beyond ASCII, and
// what it is.
func firstForeign(s string) (from, to int, what string) {
	for ascii(s[from : from+1]) {
		from++
	}
	c, n := nextChar(s[from:])
	what = "a character beyond ASCII"
	switch a, ok := typographic(c); {
	case !ok:
	case a == " ":
		what = "a no-break or other special space"
	case a == "-":
		what = "a long dash"
	case a != "":
		what = "a full-width " + a
	case quotationMark(c):
		what = "a typographic quotation mark"
	default:
		what = "an invisible character"
	}
	return from, from + n, fmt.Sprintf("%s (U+%04X)", what, c)
}
