package dmarc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

var removedTag = &rules.Rule{
	ID:       "dmarc-removed-tag",
	Severity: rules.Warning,
	Summary:  "a DMARC record has a tag that RFC 9989 has removed",
	What: "A DMARC record has the tag pct, rf or ri of RFC 7489, which RFC 9989 does not know any more. " +
		"It is a warning where the two kinds of receiver do different things with mail, which is where pct is not 100 and the policy is not none; else it is advice.",
	Why: "Receivers by RFC 9989 ignore the tag. With pct=0 or pct=20 they apply the policy to all mail, where older ones apply it to none or to a fifth.",
	Bad: `_dmarc IN TXT "v=DMARC1; p=quarantine; pct=20; rua=mailto:dmarc@example.com"
`,
	Good: `_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
`,
	Refs: []string{"RFC 9989, section C.5.2", "RFC 9989, section A.6", "RFC 9989, section 4.7", "RFC 7489, section 6.3"},
	Fix:  rules.Safe,
	Run:  onEntries(checkRemoved),
}

func checkRemoved(p *rules.Pass, _ *Set, e *Entry) {
	if !slices.ContainsFunc(e.DMARC.Tags, e.DMARC.isRemoved) {
		return
	}
	enforced := e.DMARC.enforces()
	mode := "" // of the test; "?" where the tag t has no value
	if test, ok := e.DMARC.Tag("t"); ok {
		if mode = test.Value.Of(e.DMARC.Text); mode == "" {
			mode = "?"
		}
	}
	var gone []tagvalue.Edit // the tags without which the record says the same
	for _, t := range e.DMARC.Tags {
		if !e.DMARC.isRemoved(t) {
			continue
		}
		if _, safety, _ := e.removed(t, enforced, mode); safety == rules.Safe {
			gone = append(gone, tagvalue.Removal(e.DMARC.Text, &t))
		}
	}
	n := 0
	for _, t := range e.DMARC.Tags {
		if !e.DMARC.isRemoved(t) {
			continue
		}
		f, safety, edits := e.removed(t, enforced, mode)
		name := strings.ToLower(t.Name.Of(e.DMARC.Text))
		switch {
		case safety == rules.Safe:
			f = e.withEdits(f, safety, "remove the tags that have no effect", gone...)
		case safety == rules.Unsafe && edits != nil:
			f = e.withEdits(f, safety, "write t=y in place of pct=0", edits...)
		case safety == rules.Unsafe:
			f = e.withEdits(f, safety, "remove the tag "+name, tagvalue.Removal(e.DMARC.Text, &t))
		default:
			f = f.WithFix(rules.Manual, "remove pct, or write p=none or t=y as long as the policy is not meant for all mail")
		}
		p.Report(f)
		if n++; n == tagvalue.Most {
			return
		}
	}
}

// isRemoved reports whether a tag is one of those that RFC 9989 removed. One
// without a value is for dmarc-syntax.
func (r *Record) isRemoved(t tagvalue.Tag) bool {
	if t.Value.Empty() {
		return false
	}
	switch name := t.Name.Of(r.Text); len(name) {
	case 2:
		return strings.EqualFold(name, "rf") || strings.EqualFold(name, "ri")
	case 3:
		return strings.EqualFold(name, "pct")
	}
	return false
}

// removed judges one of the removed tags in a record whose policy is enforced
// or not, with the test mode as the tag t has it, "" where there is none. The edits are those of a fix that is
// not the removal of the tag.
func (e *Entry) removed(t tagvalue.Tag, enforced bool, mode string) (f rules.Finding, safety rules.Safety, edits []tagvalue.Edit) {
	r := &e.DMARC
	name, value := strings.ToLower(t.Name.Of(r.Text)), t.Value.Of(r.Text)
	f = rules.At(e.Record, zone.TextPart(t.Name.From, t.Value.To), "").As(rules.Info)
	if name != "pct" {
		f.Message = fmt.Sprintf("RFC 9989 has removed the tag %s, and receivers by it ignore it. Remove it.", name)
		return f, rules.Safe, nil
	}
	percent, err := strconv.Atoi(value)
	switch {
	case err != nil || percent < 0 || percent > 100 || value[0] == '+' || value[0] == '-':
		f.Message = fmt.Sprintf("%q is no percentage, so older receivers take the default, 100, and those by RFC 9989 do not know the tag. Remove it.", tagvalue.Excerpt(value))
		return f.As(rules.Warning), rules.Unsafe, nil
	case percent == 100:
		f.Message = "pct=100 is what receivers do without it, and RFC 9989 has removed the tag. Remove it."
		return f, rules.Safe, nil
	case !enforced:
		f.Message = fmt.Sprintf("pct=%d has no effect on a policy of none, and RFC 9989 has removed the tag. Remove it.", percent)
		return f, rules.Safe, nil
	}
	switch {
	case percent > 0:
		f.Message = fmt.Sprintf("Older receivers apply the policy to %d of 100 messages, those by RFC 9989 ignore pct and apply it to all. Choose the policy that is meant for all mail and remove pct.", percent)
		return f.As(rules.Warning), rules.Manual, nil
	case mode == "":
		f.Message = "Older receivers take pct=0 to apply the policy to no mail, those by RFC 9989 ignore it and apply the policy to all. Their form of it is t=y."
		return f.As(rules.Warning), rules.Unsafe, []tagvalue.Edit{{From: t.Name.From, To: t.Value.To, Text: "t=y"}}
	case strings.EqualFold(mode, "y"):
		f.Message = "pct=0 tells older receivers what t=y tells those by RFC 9989, which has removed pct. Remove both when the test is over."
		return f, rules.Unsafe, nil
	}
	f.Message = "Older receivers take pct=0 to apply the policy to no mail, those by RFC 9989 ignore it, and the tag t does not say t=y. Keep one of the two that is meant."
	return f.As(rules.Warning), rules.Manual, nil
}

// enforces reports whether one of the record's policies is not none, or is
// unreadable and could be meant so.
func (r *Record) enforces() bool {
	for _, name := range [...]string{"p", "sp", "np"} {
		if _, ok := r.Tag(name); ok && r.policy(name) != None {
			return true
		}
	}
	return false
}
