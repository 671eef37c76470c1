package dmarc

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var unknownTag = &rules.Rule{
	ID:       "dmarc-unknown-tag",
	Severity: rules.Info,
	Summary:  "a DMARC record has a tag that is not registered",
	What: "A DMARC record has a tag that is not in the registry of DMARC tags. " +
		"Where its name is nearly that of a tag that the record has not, it is a warning.",
	Why: "Receivers ignore such a tag. If it is a slip of the pen, what it asks for is not done: rau=mailto:... brings no reports.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=none; rau=mailto:dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section 4.7", "RFC 9989, section 4.8", "RFC 9989, section 9.3"},
	Fix:  rules.Unsafe,
	Run:  onEntries(checkUnknown),
}

// guessed are the tags whose names are long enough to know them when misspelt.
var guessed = []string{"rua", "ruf", "adkim", "aspf", "psd"}

func checkUnknown(p *rules.Pass, _ *Set, e *Entry) {
	r := &e.DMARC
	n := 0
	for _, t := range r.Tags {
		if t.Faults.Has(tagvalue.NoEquals|tagvalue.NoName|tagvalue.BadName|tagvalue.Empty) || t.Value.Empty() {
			continue // dmarc-syntax
		}
		name := t.Name.Of(r.Text)
		if known(name) || strings.EqualFold(name, "v") {
			continue
		}
		f := rules.At(e.Record, zone.TextPart(t.Name.From, t.Name.To), "")
		if near := r.nearTag(name); near != "" {
			f = f.As(rules.Warning)
			f.Message = fmt.Sprintf("%q is no tag of DMARC, so receivers ignore it. If %s is meant, write that.", tagvalue.Excerpt(name), near)
			_, policy := r.Tag("p")
			if value := t.Value.Of(r.Text); policy && fits(near, value) {
				f = e.withEdits(f, rules.Unsafe, fmt.Sprintf("write %s in place of %s", near, tagvalue.Excerpt(name)), tagvalue.Edit{From: t.Name.From, To: t.Name.To, Text: near})
			} else {
				f = f.WithFix(rules.Manual, fmt.Sprintf("write %s if that is meant, else remove it", near))
			}
		} else {
			f.Message = fmt.Sprintf("%q is no tag of DMARC, so receivers ignore it. Remove it, unless it is meant for something else.", tagvalue.Excerpt(name))
		}
		p.Report(f)
		if n++; n == tagvalue.Most {
			return
		}
	}
}

// nearTag returns the tag that a name which is none was probably meant to be,
// "" if that is open or the record has that tag.
func (r *Record) nearTag(name string) string {
	found := guessTag(name)
	if found == "" {
		return ""
	}
	if _, ok := r.Tag(found); ok {
		return ""
	}
	return found
}

// guessTag returns the tag that a name which is none was probably meant to be,
// "" if that is open.
func guessTag(name string) string {
	if len(name) < 3 || len(name) > 12 {
		return ""
	}
	found := ""
	for _, tag := range guessed {
		if spelling.Distance(name, tag) > 1 {
			continue
		}
		if found != "" {
			return ""
		}
		found = tag
	}
	return found
}

// fits reports whether a value is a right one for a tag of guessed.
func fits(tag, value string) bool {
	for i := range flags {
		if flags[i].tag == tag {
			return flags[i].has(value)
		}
	}
	for uri := range strings.SplitSeq(value, ",") {
		uri = strings.Trim(uri, " \t")
		if !strings.HasPrefix(uri, "mailto:") || !ValidURI(uri) || strings.Contains(uri, "!") {
			return false
		}
	}
	return true
}
