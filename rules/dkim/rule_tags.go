package dkim

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var restOfKey = "p=" + exampleKey[:200] + "\"\n    \"" + exampleKey[200:] + "\" )\n"

var kUnknown = &rules.Rule{
	ID:       "dkim-k-unknown",
	Severity: rules.Error,
	Summary:  "a DKIM key is of an unknown type",
	What:     "The tag k of a DKIM key is neither rsa nor ed25519. Without the tag the key is of type rsa. Capitals are a warning.",
	Why:      "Verifiers must ignore a key of a type that they do not know, so signatures with its selector fail.",
	Bad:      "s1._domainkey IN TXT ( \"v=DKIM1; k=rsa-sha256; " + restOfKey,
	Good:     "s1._domainkey IN TXT ( \"v=DKIM1; " + restOfKey,
	Refs:     []string{"RFC 6376, section 3.6.1", "RFC 8463, section 4"},
	Fix:      rules.Safe,
	Run:      record(checkType),
}

func checkType(p *rules.Pass, e *Entry) {
	d := &e.DKIM
	t := d.Tag('k')
	if t == nil {
		return
	}
	value := t.Value.Of(d.Text)
	if value == "rsa" || value == "ed25519" {
		return
	}
	at := zone.TextPart(t.Name.From, max(t.Value.To, t.Equals+1))
	if kind := d.keyType(); kind != "" {
		p.Report(rules.At(e.Record, at, fmt.Sprintf("Values are told apart by case, so verifiers may not know the key type %s and refuse the key. Write k=%s.", value, kind)).
			As(rules.Warning).
			WithFix(rules.Safe, "write the type in small letters", zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, kind))))
		return
	}
	f := rules.At(e.Record, at, fmt.Sprintf("%q is no type of a DKIM key, so verifiers ignore the key and its signatures fail. Write k=rsa or k=ed25519, as the key is.", tagvalue.Excerpt(value)))
	if value == "" {
		f.Message = "The type of this DKIM key is empty, so verifiers ignore the key and its signatures fail. Write k=rsa or k=ed25519, as the key is."
	}
	// The key itself shows its type.
	if kind := d.provenType(value); kind != "" {
		from := max(t.Value.From, t.Equals+1)
		f = f.WithFix(rules.Safe, "say of which type the key is", zone.Replace(e.Record, e.WithText(from, max(t.Value.To, from), kind)))
	} else {
		f = f.WithFix(rules.Manual, "write the type of the key")
	}
	p.Report(f)
}

// provenType returns the type of a key whose k does not tell, "" if it cannot
// be told for certain. Any 32 octets may be an Ed25519 key.
func (r *Record) provenType(k string) string {
	p := r.Tag('p')
	if p == nil {
		return ""
	}
	if readKey(r.Text, p.Value, "rsa", nil).Form == KeyRSA {
		return "rsa"
	}
	if strings.Contains(k, "25519") && readKey(r.Text, p.Value, "ed25519", nil).Form == KeyEd25519 {
		return "ed25519"
	}
	return ""
}

var hSHA1 = &rules.Rule{
	ID:       "dkim-h-sha1",
	Severity: rules.Error,
	Summary:  "a DKIM key does not allow the hash sha256",
	What:     "The tag h of a DKIM key lists hash algorithms, and sha256 is not among them. Mostly it lists sha1 alone. Without the tag all are allowed.",
	Why:      "Signatures with SHA-1 must not be made and are not accepted any more, and those with SHA-256 are refused because the key does not allow them. No signature can pass.",
	Bad:      "s1._domainkey IN TXT ( \"v=DKIM1; h=sha1; " + restOfKey,
	Good:     "s1._domainkey IN TXT ( \"v=DKIM1; h=sha256; " + restOfKey,
	Refs:     []string{"RFC 8301, section 3.1", "RFC 6376, section 3.6.1"},
	Fix:      rules.Unsafe,
	Run: record(func(p *rules.Pass, e *Entry) {
		d := &e.DKIM
		t := d.Tag('h')
		if t == nil || d.Key.Form == KeyRevoked || d.lists(t, "sha256") {
			return
		}
		message := "This key allows %s, and verifiers take no hash but sha256, so no signature can pass. Remove the tag h, or write h=sha256."
		reportList(p, e, t, message, "allow every hash: remove the tag h", "sha256")
	}),
}

var sNotEmail = &rules.Rule{
	ID:       "dkim-s-not-email",
	Severity: rules.Error,
	Summary:  "a DKIM key is not for e-mail",
	What: "The tag s of a DKIM key lists the services that it is for, and neither email nor * is among them. " +
		"Without the tag it is for all. Keys for TLS reports (s=tlsrpt) are left alone.",
	Why:  "Verifiers of mail must ignore the key, so signatures with its selector fail.",
	Bad:  "s1._domainkey IN TXT ( \"v=DKIM1; s=mail; " + restOfKey,
	Good: "s1._domainkey IN TXT ( \"v=DKIM1; s=email; " + restOfKey,
	Refs: []string{"RFC 6376, section 3.6.1", "RFC 8460, section 3"},
	Fix:  rules.Unsafe,
	Run: record(func(p *rules.Pass, e *Entry) {
		d := &e.DKIM
		t := d.Tag('s')
		if t == nil || d.Key.Form == KeyRevoked || d.lists(t, "email", "*", "tlsrpt") {
			return
		}
		reportList(p, e, t, "This key is for %s and not for e-mail, so verifiers ignore it and signatures of mail fail. Remove the tag s, or write s=email.",
			"make the key one for all services: remove the tag s", "email", "*")
	}),
}

// reportList reports a list that lacks a word without which the key is of no
// use. Where only the colons are missing, the words are there.
func reportList(p *rules.Pass, e *Entry, t *tagvalue.Tag, message, removed string, words ...string) {
	d := &e.DKIM
	value := t.Value.Of(d.Text)
	what := fmt.Sprintf("only %q", tagvalue.Excerpt(value))
	if value == "" {
		what = "nothing"
	}
	f := rules.At(e.Record, zone.TextPart(t.Name.From, max(t.Value.To, t.Equals+1)), fmt.Sprintf(message, what))
	if strings.ContainsAny(value, ",") {
		colons := strings.ReplaceAll(value, ",", ":")
		whole := Record{Text: colons}
		if whole.lists(&tagvalue.Tag{Value: tagvalue.Span{To: len(colons)}}, words...) {
			p.Report(f.WithFix(rules.Safe, "part the list with colons", zone.Replace(e.Record, e.WithText(t.Value.From, t.Value.To, colons))))
			return
		}
	}
	p.Report(f.WithFix(rules.Unsafe, removed, zone.Replace(e.Record, tagvalue.Apply(e.Record, d.Text, []tagvalue.Edit{tagvalue.Removal(d.Text, t)}))))
}

var tTesting = &rules.Rule{
	ID:       "dkim-t-testing",
	Severity: rules.Info,
	Summary:  "a DKIM key says that it is being tested",
	What:     "The tag t of a DKIM key has the flag y: the domain is testing DKIM.",
	Why:      "Verifiers must not treat mail with such signatures otherwise than unsigned mail, so some give a good signature no credit. The flag is often forgotten after the test.",
	Bad:      "s1._domainkey IN TXT ( \"v=DKIM1; t=y; " + restOfKey,
	Good:     "s1._domainkey IN TXT ( \"v=DKIM1; t=s; " + restOfKey,
	Refs:     []string{"RFC 6376, section 3.6.1"},
	Fix:      rules.Unsafe,
	Run: record(func(p *rules.Pass, e *Entry) {
		d := &e.DKIM
		t := d.Tag('t')
		if t == nil || d.Key.Form == KeyRevoked {
			return
		}
		for _, it := range d.items(t) {
			if !strings.EqualFold(d.Text[it.from:it.to], "y") {
				continue
			}
			f := rules.At(e.Record, zone.TextPart(it.from, it.to), "This key says that DKIM is being tested, so verifiers may give its signatures no credit. Remove the flag y when the test is over.")
			p.Report(f.WithFix(rules.Unsafe, "remove the flag y", zone.Replace(e.Record, withoutFlags(e, t, "y"))))
			return
		}
	}),
}

// withoutFlags returns the record without a flag, and without the tag t if no
// other is left.
func withoutFlags(e *Entry, t *tagvalue.Tag, flag string) zone.Record {
	d := &e.DKIM
	var kept []string
	for _, it := range d.items(t) {
		if w := d.Text[it.from:it.to]; w != "" && !strings.EqualFold(w, flag) {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return tagvalue.Apply(e.Record, d.Text, []tagvalue.Edit{tagvalue.Removal(d.Text, t)})
	}
	return e.WithText(t.Value.From, t.Value.To, strings.Join(kept, ":"))
}

var tUnknown = &rules.Rule{
	ID:       "dkim-t-unknown",
	Severity: rules.Info,
	Summary:  "a DKIM key has a flag that means nothing",
	What:     "The tag t of a DKIM key has a flag other than y and s. What is no flag at all, such as flags parted by commas or no flag, is a warning.",
	Why:      "Verifiers ignore a flag that they do not know, so it has no effect; if y or s was meant, neither is in force. What has not the form of flags may make a strict verifier refuse the key.",
	Bad:      "s1._domainkey IN TXT ( \"v=DKIM1; t=n; " + restOfKey,
	Good:     "s1._domainkey IN TXT ( \"v=DKIM1; t=s; " + restOfKey,
	Refs:     []string{"RFC 6376, section 3.6.1"},
	Fix:      rules.Unsafe,
	Run:      record(checkFlags),
}

func checkFlags(p *rules.Pass, e *Entry) {
	d := &e.DKIM
	t := d.Tag('t')
	if t == nil {
		return
	}
	told := 0
	for _, it := range d.items(t) {
		word := d.Text[it.from:it.to]
		if strings.EqualFold(word, "y") || strings.EqualFold(word, "s") {
			continue
		}
		if told++; told > tagvalue.Most {
			return
		}
		f := rules.At(e.Record, zone.TextPart(it.from, it.to), fmt.Sprintf("The flag %s means nothing, and verifiers ignore it. Remove it.", tagvalue.Excerpt(word)))
		switch colons := strings.NewReplacer(", ", ":", ",", ":", " ", ":").Replace(word); {
		case word == "":
			f = rules.At(e.Record, zone.TextPart(t.Name.From, max(t.Value.To, t.Equals+1)), "A flag is missing in the tag t, and verifiers that read strictly refuse the key. Remove the tag or the needless colon.").As(rules.Warning)
		case !hyphenated(word) && onlyFlags(colons):
			f = f.As(rules.Warning).WithFix(rules.Safe, "part the flags with a colon", zone.Replace(e.Record, e.WithText(it.from, it.to, colons)))
			f.Message = fmt.Sprintf("%q are not two flags, since a colon must part them, so neither has its effect. Write %s.", tagvalue.Excerpt(word), colons)
			p.Report(f)
			continue
		case !hyphenated(word):
			f = f.As(rules.Warning)
			f.Message = fmt.Sprintf("%q is no flag, and verifiers that read strictly refuse the key. Remove it.", tagvalue.Excerpt(word))
		}
		safety := rules.Unsafe
		if word == "" {
			safety = rules.Safe
		}
		p.Report(f.WithFix(safety, "remove the flag", zone.Replace(e.Record, withoutFlags(e, t, word))))
		if word == "" {
			return // one word on all that are missing
		}
	}
}

func onlyFlags(list string) bool {
	for w := range strings.SplitSeq(list, ":") {
		if !strings.EqualFold(w, "y") && !strings.EqualFold(w, "s") {
			return false
		}
	}
	return true
}

// hyphenated reports whether a word is a hyphenated-word (RFC 6376, section
// 2.10).
func hyphenated(w string) bool {
	for i := 0; i < len(w); i++ {
		c := w[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && (c != '-' || i == len(w)-1)) {
			return false
		}
	}
	return w != ""
}

var oldTags = &rules.Rule{
	ID:       "dkim-old-tags",
	Severity: rules.Info,
	Summary:  "a DKIM key has a tag that is no longer one",
	What:     "A DKIM key has the tag g, which the first version of DKIM had, or q, which belongs in signatures.",
	Why:      "Verifiers ignore these tags. Some old ones still read g, and then take the key for no address if its value is empty or names others.",
	Bad:      "s1._domainkey IN TXT ( \"v=DKIM1; g=*; " + restOfKey,
	Good:     "s1._domainkey IN TXT ( \"v=DKIM1; " + restOfKey,
	Refs:     []string{"RFC 6376, section 3.6.1", "RFC 6376, section 7.5"},
	Fix:      rules.Safe,
	Run: record(func(p *rules.Pass, e *Entry) {
		d := &e.DKIM
		for _, name := range [...]byte{'g', 'q'} {
			t := d.Tag(name)
			if t == nil {
				continue
			}
			f := rules.At(e.Record, zone.TextPart(t.Name.From, max(t.Value.To, t.Equals+1)), fmt.Sprintf("The tag %c is no longer one of DKIM keys, and verifiers ignore it. Remove it.", name))
			safety := rules.Unsafe
			if name == 'q' || t.Value.Of(d.Text) == "*" {
				safety = rules.Safe // it says what is so without it
			}
			p.Report(f.WithFix(safety, fmt.Sprintf("remove the tag %c", name), zone.Replace(e.Record, tagvalue.Apply(e.Record, d.Text, []tagvalue.Edit{tagvalue.Removal(d.Text, t)}))))
		}
	}),
}
