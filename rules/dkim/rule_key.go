package dkim

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var goodKey = "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa; p=" + exampleKey[:216] + "\"\n    \"" + exampleKey[216:] + "\" )\n"

var noP = &rules.Rule{
	ID:       "dkim-no-p",
	Severity: rules.Error,
	Summary:  "a DKIM key record has no tag p",
	What:     "A record that is meant as a DKIM key has no tag p, which holds the key. An empty p is something else: it revokes the key.",
	Why:      "Without p the record is no key, so verifiers refuse it and signatures with its selector fail.",
	Bad:      "s1._domainkey IN TXT \"v=DKIM1; k=rsa\"\n",
	Good:     goodKey,
	Refs:     []string{"RFC 6376, section 3.6.1"},
	Fix:      rules.Safe,
	Run:      record(checkNoP),
}

// keyWithoutTag reports whether text that is no tag is the key that p lacks.
func (r *Record) keyWithoutTag(t *tagvalue.Tag) bool {
	return r.Key.Form == KeyMissing && keyLike(t.Name.Of(r.Text))
}

func checkNoP(p *rules.Pass, e *Entry) {
	d := &e.DKIM
	if d.Key.Form != KeyMissing {
		return
	}
	for i := range d.Tags {
		t := &d.Tags[i]
		var ed tagvalue.Edit
		switch name := t.Name.Of(d.Text); {
		case name == "P":
			ed = tagvalue.Edit{From: t.Name.From, To: t.Name.To, Text: "p"}
		case t.Faults.Has(tagvalue.NoEquals) && strings.HasPrefix(name, "p:"):
			return // dkim-syntax says it
		case t.Faults.Has(tagvalue.NoEquals) && keyLike(name):
			ed = tagvalue.Edit{From: t.Name.From, To: t.Name.From, Text: "p="}
		default:
			continue
		}
		f := rules.At(e.Record, zone.TextPart(t.Name.From, max(t.Name.To, t.Value.To)),
			"This DKIM key stands without the tag p before it, so verifiers find no key and its signatures fail. Write p= before it.")
		if ed.Text == "p" {
			f.Message = "The names of tags are told apart by case, so P is not p: verifiers find no key and its signatures fail. Write p=."
		}
		whole := Parse(tagvalue.Edited(d.Text, []tagvalue.Edit{ed}), nil)
		if whole.Sound() || ed.Text == "p" {
			f = f.WithFix(rules.Safe, "name the key with p=", zone.Replace(e.Record, tagvalue.Apply(e.Record, d.Text, []tagvalue.Edit{ed})))
		} else {
			f = f.WithFix(rules.Manual, "publish the whole key anew, behind p=")
		}
		p.Report(f)
		return
	}
	p.Report(rules.At(e.Record, zone.Part{Kind: zone.PartRData},
		"This DKIM record has no tag p, so it holds no key and signatures with its selector fail. Add p= with the public key, or remove the record.").
		WithFix(rules.Manual, "publish the record that the signing server gives, with its p="))
}

var revoked = &rules.Rule{
	ID:       "dkim-revoked",
	Severity: rules.Info,
	Summary:  "a DKIM key is revoked",
	What:     "The tag p of a DKIM key is empty. That is the way to say that a key is no longer valid. Wildcards with an empty p, which refuse all selectors of a domain without mail, are left alone.",
	Why:      "Signatures with this selector fail. That is right for a key that is out of use, and a mistake if mail is still signed with it.",
	Bad:      "s1._domainkey IN TXT \"v=DKIM1; p=\"\n",
	Good:     goodKey,
	Refs:     []string{"RFC 6376, section 3.6.1"},
	Run: record(func(p *rules.Pass, e *Entry) {
		if e.DKIM.Key.Form != KeyRevoked || e.Name.IsWildcard() {
			return
		}
		t := e.DKIM.Tag('p')
		p.Report(rules.At(e.Record, zone.TextPart(t.Name.From, t.Equals+1),
			"This key is revoked, so signatures with its selector fail. If mail is still signed with it, publish its key."))
	}),
}

var badBase64 = &rules.Rule{
	ID:       "dkim-base64",
	Severity: rules.Error,
	Summary:  "the key of a DKIM record is not whole or not base64",
	What: "The tag p of a DKIM key holds characters that are not base64, or the key ends before its end, as when it was cut at 255 characters. " +
		"Blanks within the key are allowed. Missing or needless \"=\" at the end are a warning.",
	Why:  "Verifiers cannot read the key, so all signatures with its selector fail.",
	Bad:  "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=" + exampleKey[:216] + "\"\n",
	Good: goodKey,
	Refs: []string{"RFC 6376, section 3.6.1", "RFC 6376, section 2.10", "RFC 4648, section 4"},
	Fix:  rules.Safe,
	Run:  record(checkBase64),
}

func checkBase64(p *rules.Pass, e *Entry) {
	d := &e.DKIM
	k := &d.Key
	t := d.Tag('p')
	switch {
	case k.Form == KeyBadOctet:
		c := d.Text[k.Bad : k.Bad+1]
		f := rules.At(e.Record, zone.TextPart(k.Bad, k.Bad+1), fmt.Sprintf("%q is no character of base64, so verifiers cannot read the key and its signatures fail. Publish the key anew.", c))
		if c == "=" {
			f.Message = "The \"=\" ends base64, but text stands behind it or none before it, so verifiers cannot read the key and its signatures fail. Publish the key anew."
		} else if strings.IndexByte(d.Text[t.Value.From:k.Bad], '=') >= 0 {
			f.Message = fmt.Sprintf("%q stands behind the \"=\" that ends base64, so verifiers cannot read the key and its signatures fail. Publish the key anew.", c)
		}
		if clean, ok := d.cleanKey(t); ok {
			f = f.WithFix(rules.Safe, "write the key in base64 alone", zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, clean)))
		} else {
			f = f.WithFix(rules.Manual, "publish the key anew, as the signing server gives it")
		}
		p.Report(f)
	case k.Form == KeyTruncated:
		message := fmt.Sprintf("The end of this key is missing: it has %d octets and should have %d, so its signatures fail. Publish the whole key.", k.Octets, k.Octets+k.Missing)
		if k.Missing == 1 {
			message = "This key is not whole base64: a character is missing or too many, so its signatures fail. Publish the key anew."
		}
		p.Report(rules.At(e.Record, zone.TextPart(t.Value.From, t.Value.To), message).
			WithFix(rules.Manual, "publish the whole key, as the signing server gives it"))
	case k.Padding && k.sound():
		end := t.Value.To
		for end > t.Value.From && (d.Text[end-1] == '=' || blank(d.Text[end-1])) {
			end--
		}
		_, sextets, _, _ := decode(nil, d.Text, tagvalue.Span{From: t.Value.From, To: end})
		from := end
		if from == t.Value.To {
			from--
		}
		p.Report(rules.At(e.Record, zone.TextPart(from, t.Value.To), "The \"=\" at the end of this key are too few or too many, and verifiers that read base64 strictly refuse it. Write as many as base64 needs.").
			As(rules.Warning).
			WithFix(rules.Safe, "end the key with the right number of =", zone.Replace(e.Record, e.WithText(end, t.Value.To, strings.Repeat("=", (4-sextets%4)%4)))))
	}
}

// cleanKey returns the value of p without what commonly stands around or in
// base64: the lines of a PEM file, quotation marks, and the alphabet of URLs.
// ok says that a whole key is left.
func (r *Record) cleanKey(t *tagvalue.Tag) (clean string, ok bool) {
	value := t.Value.Of(r.Text)
	const dashes = "-----"
	if begin, rest, found := strings.Cut(value, dashes); found && strings.TrimSpace(begin) == "" {
		if _, rest, found = strings.Cut(rest, dashes); found {
			value, _, _ = strings.Cut(rest, dashes)
		}
	}
	clean = strings.TrimSpace(strings.NewReplacer("-", "+", "_", "/", "'", "", "“", "", "”", "").Replace(value))
	k := readKey(clean, tagvalue.Span{To: len(clean)}, r.keyType(), nil)
	return clean, k.sound() && !k.Padding && k.Trailing == 0
}

var keyDER = &rules.Rule{
	ID:       "dkim-key-der",
	Severity: rules.Error,
	Summary:  "the key of a DKIM record is not an RSA key",
	What: "The tag p of a key of type rsa, which is the default, does not hold an RSA key as SubjectPublicKeyInfo in DER. " +
		"The older form RSAPublicKey (PKCS #1), which the RFC names and its erratum 3017 corrects, and octets behind the key are a warning.",
	Why:  "Verifiers cannot use the key, so signatures with its selector fail. The older form is read by some and refused by others.",
	Bad:  "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Good: goodKey + "s2._domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Refs: []string{"RFC 6376, section 3.6.1", "https://www.rfc-editor.org/errata/eid3017", "RFC 5280, section 4.1.2.7"},
	Fix:  rules.Safe,
	Run:  record(checkDER),
}

func checkDER(p *rules.Pass, e *Entry) {
	d := &e.DKIM
	k := &d.Key
	strange := k.Form == KeyStrange && d.keyType() == "rsa"
	if !strange && k.Form != KeyPKCS1 && k.Trailing == 0 {
		return
	}
	t := d.Tag('p')
	data, _, _, _ := decode(nil, d.Text, t.Value)
	f := rules.At(e.Record, zone.TextPart(t.Value.From, t.Value.To), "")
	switch {
	case k.Form == KeyPKCS1:
		f.Message = "This RSA key is in the form of PKCS #1, which some verifiers refuse, so signatures fail there. Publish it as SubjectPublicKeyInfo."
		f = f.As(rules.Warning)
		if key := subjectPublicKeyInfo(data); key != "" {
			f = f.WithFix(rules.Safe, "write the same key as SubjectPublicKeyInfo", zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, key)))
		} else {
			f = f.WithFix(rules.Manual, "publish the key as SubjectPublicKeyInfo")
		}
	case k.Trailing > 0:
		f.Message = fmt.Sprintf("%d octets stand behind the end of this key, and verifiers that read strictly refuse it. Publish the key alone.", k.Trailing)
		key := base64.StdEncoding.EncodeToString(data[:len(data)-k.Trailing])
		f = f.As(rules.Warning).WithFix(rules.Safe, "write the key without what stands behind it", zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, key)))
	default:
		f.Message = fmt.Sprintf("This should be an RSA key and is %s, so signatures with its selector fail. Publish the public key that the signing server gives.", describe(data))
		if raw := ed25519Key(data); raw != nil {
			f.Message = fmt.Sprintf("This should be an RSA key and is %s, so signatures with its selector fail. If it is an Ed25519 key, write k=ed25519.", describe(data))
			key := base64.StdEncoding.EncodeToString(raw)
			f = f.WithFix(rules.Unsafe, "say that it is an Ed25519 key", zone.Replace(e.Record, withType(e, "ed25519", key)))
		} else {
			f = f.WithFix(rules.Manual, "publish the public key that the signing server gives")
		}
	}
	p.Report(f)
}

// ed25519Key returns the 32 octets of an Ed25519 key, raw or in DER (RFC 8410,
// section 4); nil if data is none.
func ed25519Key(data []byte) []byte {
	const info = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"
	if len(data) == len(info)+32 && string(data[:len(info)]) == info {
		return data[len(info):]
	}
	if len(data) == 32 {
		return data
	}
	return nil
}

// withType returns the record with another type of key and another key.
func withType(e *Entry, keyType, key string) zone.Record {
	d := &e.DKIM
	p := d.Tag('p')
	edits := []tagvalue.Edit{{From: p.Value.From, To: p.Value.To, Text: key}}
	switch k := d.Tag('k'); {
	case k == nil:
		edits = append([]tagvalue.Edit{{From: p.Name.From, To: p.Name.From, Text: "k=" + keyType + "; "}}, edits...)
	case k.Value.From < p.Value.From:
		edits = append([]tagvalue.Edit{{From: k.Value.From, To: k.Value.To, Text: keyType}}, edits...)
	default:
		edits = append(edits, tagvalue.Edit{From: k.Value.From, To: k.Value.To, Text: keyType})
	}
	return tagvalue.Apply(e.Record, d.Text, edits)
}

var rsaLT1024 = &rules.Rule{
	ID:       "dkim-rsa-lt1024",
	Severity: rules.Error,
	Summary:  "an RSA key of a DKIM record has less than 1024 bits",
	What:     "The RSA key of a DKIM record is shorter than 1024 bits.",
	Why:      "Verifiers must not take signatures with such a key for valid, since others can compute the private key.",
	Bad:      "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=" + key768 + "\"\n",
	Good:     goodKey,
	Refs:     []string{"RFC 8301, section 3.2"},
	Fix:      rules.Manual,
	Run: record(func(p *rules.Pass, e *Entry) {
		if k := &e.DKIM.Key; (k.Form == KeyRSA || k.Form == KeyPKCS1) && k.Bits < 1024 {
			p.Report(weak(e, "This RSA key has %d bits, and verifiers must refuse signatures with less than 1024. Sign with a new key of 2048 bits."))
		}
	}),
}

var rsaLT2048 = &rules.Rule{
	ID:       "dkim-rsa-lt2048",
	Severity: rules.Warning,
	Summary:  "an RSA key of a DKIM record has less than 2048 bits",
	What:     "The RSA key of a DKIM record has at least 1024 and less than 2048 bits.",
	Why:      "Signatures with it are accepted today, but keys should have at least 2048 bits, and shorter ones come within the reach of attackers who would then sign mail in your name.",
	Bad:      "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=" + key1024 + "\"\n",
	Good:     goodKey,
	Refs:     []string{"RFC 8301, section 3.2"},
	Fix:      rules.Manual,
	Run: record(func(p *rules.Pass, e *Entry) {
		if k := &e.DKIM.Key; (k.Form == KeyRSA || k.Form == KeyPKCS1) && k.Bits >= 1024 && k.Bits < 2048 {
			p.Report(weak(e, "This RSA key has %d bits. Verifiers accept it today, but 2048 bits or more should be used. Sign with a longer key under a new selector."))
		}
	}),
}

func weak(e *Entry, format string) rules.Finding {
	t := e.DKIM.Tag('p')
	return rules.At(e.Record, zone.TextPart(t.Value.From, t.Value.To), fmt.Sprintf(format, e.DKIM.Key.Bits)).
		WithFix(rules.Manual, "make a new key of 2048 bits on the signing server and publish it")
}

var ed25519Len = &rules.Rule{
	ID:       "dkim-ed25519-len",
	Severity: rules.Error,
	Summary:  "an Ed25519 key of a DKIM record has not 32 octets",
	What:     "The tag p of a key with k=ed25519 is not the 32 octets of an Ed25519 key. Often it is wrapped in DER, as RSA keys are, or is an RSA key.",
	Why:      "Verifiers cannot use the key, so Ed25519 signatures with its selector fail.",
	Bad:      "s1._domainkey IN TXT \"v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Good:     "s1._domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Refs:     []string{"RFC 8463, section 4"},
	Fix:      rules.Safe,
	Run:      record(checkEd25519),
}

func checkEd25519(p *rules.Pass, e *Entry) {
	d := &e.DKIM
	if d.Key.Form != KeyStrange || d.keyType() != "ed25519" {
		return
	}
	t := d.Tag('p')
	data, _, _, _ := decode(nil, d.Text, t.Value)
	f := rules.At(e.Record, zone.TextPart(t.Value.From, t.Value.To),
		fmt.Sprintf("This Ed25519 key has %d octets instead of 32, so its signatures fail. Publish the key that the signing server gives.", len(data)))
	if raw := ed25519Key(data); raw != nil {
		f.Message = "This Ed25519 key is wrapped in DER, but DKIM has its 32 octets alone, so its signatures fail. Publish these."
		p.Report(f.WithFix(rules.Safe, "write the 32 octets of the same key", zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, base64.StdEncoding.EncodeToString(raw)))))
		return
	}
	if n, _, missing := rsaInfo(data); n != nil && missing == 0 {
		f.Message = "This is an RSA key and not one of k=ed25519, so its signatures fail. Write k=rsa."
		p.Report(f.WithFix(rules.Safe, "say that it is an RSA key", zone.Replace(e.Record, withType(e, "rsa", t.Value.Of(d.Text)))))
		return
	}
	p.Report(f.WithFix(rules.Manual, "publish the key that the signing server gives"))
}
