package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// uri is one item of the list of a tag rua or ruf.
type uri struct {
	tag  string // as written
	span tagvalue.Span
	list tagvalue.Span // the value that it is an item of
}

// eachURI visits the items of the tags rua and ruf until visit returns false.
func (r *Record) eachURI(visit func(uri) bool) {
	for _, t := range r.Tags {
		name := t.Name.Of(r.Text)
		if len(name) == 3 && (strings.EqualFold(name, "rua") || strings.EqualFold(name, "ruf")) && !r.eachItem(t, visit) {
			return
		}
	}
}

// eachItem visits the items of a tag's list of URIs until visit returns false,
// and reports whether it went to the end.
func (r *Record) eachItem(t tagvalue.Tag, visit func(uri) bool) bool {
	if t.Value.Empty() {
		return true
	}
	for from := t.Value.From; from <= t.Value.To; {
		to := t.Value.To
		if i := strings.IndexByte(r.Text[from:to], ','); i >= 0 {
			to = from + i
		}
		s := tagvalue.Span{From: from, To: to}
		for !s.Empty() && blank(r.Text[s.From]) {
			s.From++
		}
		for !s.Empty() && blank(r.Text[s.To-1]) {
			s.To--
		}
		if !visit(uri{t.Name.Of(r.Text), s, t.Value}) {
			return false
		}
		from = to + 1
	}
	return true
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// verdict is what is wrong with a reporting URI.
type verdict uint8

const (
	goodURI   verdict = iota
	noScheme          // an address without "mailto:"
	badScheme         // a misspelt "mailto:"
	webScheme         // a URI that is no mailto
	emptyItem         // nothing between two commas
	slashes           // "mailto://"
	blanks            // blanks in it or in place of a comma
	badSize           // something else than a size behind "!"
	garbled           // not a URI
	sized             // an obsolete size
)

// judge tells what is wrong with a reporting URI and how it is to be written,
// "" if that is open.
func judge(s string) (v verdict, repaired string) {
	if s == "" {
		return emptyItem, ""
	}
	if ValidURI(s) {
		scheme, rest, _ := strings.Cut(s, ":")
		address, _, size := strings.Cut(rest, "!")
		switch {
		case !strings.EqualFold(scheme, "mailto"):
			if plainAddress(address) && misspelt(scheme) {
				return badScheme, "mailto:" + address
			}
			return webScheme, ""
		case strings.HasPrefix(rest, "//"):
			if plainAddress(strings.TrimLeft(address, "/")) {
				return slashes, "mailto:" + strings.TrimLeft(address, "/")
			}
			return slashes, ""
		case size:
			return sized, scheme + ":" + address
		}
		return goodURI, ""
	}
	if strings.ContainsAny(s, " \t") {
		return blanks, withoutBlanks(s)
	}
	bare := strings.Trim(s, "<>\"'()[]")
	if plainAddress(bare) {
		return noScheme, "mailto:" + bare
	}
	if i := strings.IndexAny(s, ":=;"); i > 0 && misspelt(s[:i]) {
		address := strings.Trim(strings.TrimLeft(s[i+1:], "/"), "<>\"'()[]")
		if plainAddress(address) {
			if strings.EqualFold(s[:i], "mailto") && s[i] == ':' {
				return garbled, "mailto:" + address
			}
			return badScheme, "mailto:" + address
		}
	}
	if before, size, ok := strings.Cut(s, "!"); ok {
		if nearSize(size) {
			if plainAddress(before) {
				return noScheme, "mailto:" + before
			}
			if v, _ := judge(before); v == goodURI {
				return badSize, before
			}
		}
		return badSize, ""
	}
	return garbled, ""
}

// withoutBlanks repairs an item with blanks in it: several URIs, or one that
// a blank got into.
func withoutBlanks(s string) string {
	items := strings.Fields(s)
	if strings.Count(s, "@") == 1 {
		for i, item := range items[1:] {
			if before := items[i]; item[0] != '@' && item[0] != ':' && before[len(before)-1] != '@' && before[len(before)-1] != ':' {
				return ""
			}
		}
		one := strings.Join(items, "")
		if v, _ := judge(one); v == goodURI {
			return one
		}
		return ""
	}
	for i, item := range items {
		v, repaired := judge(item)
		if v != goodURI {
			items[i] = repaired
		}
		if items[i] == "" {
			return ""
		}
	}
	return strings.Join(items, ",")
}

// misspelt reports whether a scheme is nearly mailto, or exactly that.
func misspelt(scheme string) bool {
	return len(scheme) <= 12 && (spelling.Distance(scheme, "mailto") <= 2 || strings.Contains(strings.ToLower(scheme), "mail"))
}

// plainAddress reports whether s is an address as people have them, which can
// stand in a URI as it is.
func plainAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(s) > 254 || !strings.Contains(domain, ".") {
		return false
	}
	for i := 0; i < len(local); i++ {
		if !letterOrDigit(local[i]) && strings.IndexByte("._+-", local[i]) < 0 {
			return false
		}
	}
	for part := range strings.SplitSeq(domain, ".") {
		if part == "" || part[0] == '-' || part[len(part)-1] == '-' {
			return false
		}
		for i := 0; i < len(part); i++ {
			if !letterOrDigit(part[i]) && part[i] != '-' {
				return false
			}
		}
	}
	return true
}

func letterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// nearSize reports whether what stands behind "!" can only be meant as a size.
func nearSize(s string) bool {
	s = strings.TrimLeft(s, "0123456789")
	switch strings.ToLower(s) {
	case "", "k", "m", "g", "t", "b", "kb", "mb", "gb", "tb":
		return true
	}
	return false
}

var uriScheme = &rules.Rule{
	ID:       "dmarc-uri-scheme",
	Severity: rules.Warning,
	Summary:  "a DMARC report address does not begin with mailto:",
	What:     "The tag rua or ruf of a DMARC record has an address without mailto: before it, with that misspelt, or a URI of another kind, such as https:.",
	Why: "Receivers skip what is not a URI and schemes that they do not support; only mailto is one that all that send reports do. " +
		"So no reports come to that address. A record without a valid policy is void without a valid rua.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rua=dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.6", "RFC 9989, section 4.7", "RFC 9989, section 4.8", "RFC 7489, section 6.2"},
	Fix:  rules.Safe,
	Run: onEntries(func(p *rules.Pass, s *Set, e *Entry) {
		checkURIs(p, s, e, "begin addresses with mailto:", func(v verdict) bool { return v == noScheme || v == badScheme || v == webScheme })
	}),
}

var uriSyntax = &rules.Rule{
	ID:       "dmarc-uri-syntax",
	Severity: rules.Warning,
	Summary:  "a DMARC report address is not a URI",
	What: "The tag rua or ruf of a DMARC record is not a list of URIs with commas between them: blanks, brackets, nothing between two commas, " +
		"slashes behind mailto:, an exclamation point that is not %21, no address.",
	Why: "Receivers skip what they cannot read, or the whole list, so no reports come. " +
		"A record without a valid policy is void without a valid rua.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:a@example.com mailto:b@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com"
`,
	Refs: []string{"RFC 9989, section 4.6", "RFC 9989, section 4.8", "RFC 6068, section 2", "RFC 7489, section 6.2"},
	Fix:  rules.Safe,
	Run: onEntries(func(p *rules.Pass, s *Set, e *Entry) {
		checkURIs(p, s, e, "write the list of URIs with commas alone between them", func(v verdict) bool { return v >= emptyItem && v <= garbled })
	}),
}

var uriSize = &rules.Rule{
	ID:       "dmarc-uri-size",
	Severity: rules.Info,
	Summary:  "a DMARC report address has a size limit, which is obsolete",
	What:     "A URI of the tag rua or ruf ends in a size, as in mailto:dmarc@example.com!10m.",
	Why:      "Receivers by RFC 9989 ignore the size; older ones do not send reports that are larger.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com!10m"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.8", "RFC 7489, section 6.2"},
	Fix:  rules.Safe,
	Run: onEntries(func(p *rules.Pass, s *Set, e *Entry) {
		checkURIs(p, s, e, "remove the size", func(v verdict) bool { return v == sized })
	}),
}

// checkURIs reports the URIs with one of the verdicts, with one fix for all
// that can be repaired.
func checkURIs(p *rules.Pass, s *Set, e *Entry, description string, ours func(verdict) bool) {
	r := &e.DMARC
	var found []rules.Finding
	var repairable []bool
	var edits []tagvalue.Edit
	r.eachURI(func(u uri) bool {
		v, repaired := judge(u.span.Of(r.Text))
		if !ours(v) {
			return true
		}
		span := u.span
		change := tagvalue.Edit{From: u.span.From, To: u.span.To, Text: repaired}
		ok := repaired != ""
		if v == emptyItem {
			if span, change, ok = comma(r.Text, u); !ok && u.span.From > u.list.From {
				return true // nothing but commas, which is one mistake
			}
		}
		if v == sized {
			span.From += strings.IndexByte(u.span.Of(r.Text), '!')
			change = tagvalue.Edit{From: span.From, To: span.To, Text: ""}
		}
		if ok {
			edits = append(edits, change)
		}
		if len(found) < tagvalue.Most {
			found = append(found, rules.At(e.Record, zone.TextPart(span.From, span.To), complaint(v, u, r.Text, repaired)))
			repairable = append(repairable, ok)
		}
		return true
	})
	if len(found) == 0 {
		return
	}
	// A valid rua brings a record without p into force: that is for its author,
	// who has to name a policy first.
	_, policy := r.Tag("p")
	safety := rules.Safe
	if !policy && s.Place != AtAuthorisation {
		safety = rules.Manual
	}
	for i, f := range found {
		if repairable[i] {
			f = e.withEdits(f, safety, description, edits...)
		} else {
			f = f.WithFix(rules.Manual, "name a mailbox as mailto:NAME@DOMAIN, or remove this")
		}
		p.Report(f)
	}
}

// comma returns the comma that is too much where an item is empty; ok is false
// if the list is nothing but commas.
func comma(text string, u uri) (span tagvalue.Span, change tagvalue.Edit, ok bool) {
	ok = strings.Trim(u.list.Of(text), ", \t") != ""
	from := u.list.From
	if i := strings.LastIndexByte(text[from:u.span.From], ','); i >= 0 {
		// The comma before it with the blanks around, but for those that go with
		// another empty item.
		at := from + i
		start := at
		for start > from && blank(text[start-1]) {
			start--
		}
		if start == from || text[start-1] == ',' {
			start = at
		}
		return tagvalue.Span{From: at, To: at + 1}, tagvalue.Edit{From: start, To: u.span.From, Text: ""}, ok
	}
	return tagvalue.Span{From: u.span.To, To: u.span.To + 1}, tagvalue.Edit{From: u.list.From, To: u.span.To + 1, Text: ""}, ok
}

// complaint is the message about a URI.
func complaint(v verdict, u uri, text, repaired string) string {
	written := tagvalue.Excerpt(u.span.Of(text))
	write := "Write " + tagvalue.Excerpt(repaired) + "."
	if repaired == "" {
		write = "Write it as mailto:NAME@DOMAIN."
	}
	switch v {
	case noScheme:
		return fmt.Sprintf("%q in %s is no URI without mailto:, so no reports come there. %s", written, u.tag, write)
	case badScheme:
		return fmt.Sprintf("%q in %s does not begin with mailto:, so receivers skip it and no reports come there. %s", written, u.tag, write)
	case webScheme:
		scheme, _, _ := strings.Cut(written, ":")
		return fmt.Sprintf("%q in %s is a URI of the scheme %s, which receivers may skip; only mailto is supported by all that send reports. Name a mailbox.", written, u.tag, scheme)
	case emptyItem:
		return fmt.Sprintf("A comma in %s has no URI on one side, so receivers that read strictly skip the list. Remove it.", u.tag)
	case slashes:
		return fmt.Sprintf("The slashes in %q become a part of the address, so no reports come there. %s", written, write)
	case blanks:
		return fmt.Sprintf("%q in %s is no URI, since it has a blank in it, so no reports come there. %s", written, u.tag, write)
	case badSize:
		return fmt.Sprintf("%q in %s is no URI, since an exclamation point must be written %%21, so no reports come there. %s", written, u.tag, write)
	case sized:
		return fmt.Sprintf("The size in %q is obsolete: receivers by RFC 9989 ignore it, older ones send no larger reports. Remove it.", written)
	}
	return fmt.Sprintf("%q in %s is no URI of a mailbox, so no reports come there. %s", written, u.tag, write)
}
