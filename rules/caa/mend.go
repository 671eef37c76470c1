package caa

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// mend returns the changes that make a malformed property say what it seems to
// mean, with their class; none if that is open.
func (p *property) mend() (changes zone.ChangeSet, class rules.Safety) {
	if names := p.listed(); names != nil {
		changes = zone.ChangeSet{p.with(names[0])}
		for _, name := range names[1:] {
			add := p.WithCAA(p.flags, p.written, name)
			add.Loc, add.Notes = zone.Loc{}, 0
			changes = append(changes, zone.Add(add))
		}
		return changes, rules.Unsafe
	}
	class = rules.Safe
	head, rest, more := strings.Cut(p.value, ";")
	head = strings.Trim(head, " \t")
	var parts []string
	switch bare := strings.TrimRight(strings.Trim(head, "\"'"), "."); {
	case head == "" || ValidDomain(head):
	case ValidDomain(bare):
		head = bare
	case fromURL(head) != "":
		head, class = fromURL(head), rules.Unsafe
	default:
		if n := strings.IndexAny(head, " \t"); n > 0 && ValidDomain(head[:n]) {
			parts = append(parts, head[n:])
			head = head[:n]
		}
	}
	if more {
		parts = append(parts, strings.Split(rest, ";")...)
	}
	value := head
	for _, part := range parts {
		part = strings.Trim(part, " \t")
		if part == "" {
			continue
		}
		// The methods of a list are written with blanks behind the commas by
		// many (RFC 8657, section 4 has none).
		if tag, list, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.Trim(tag, " \t"), "validationmethods") {
			part = tag + "=" + strings.NewReplacer(" ", "", "\t", "").Replace(list)
		}
		value += "; " + part
	}
	if head == "" && value == "" {
		value = ";"
	}
	if i := ParseIssue(value); len(i.Faults) > 0 {
		return nil, rules.Manual
	}
	return zone.ChangeSet{p.with(value)}, class
}

// listed returns the issuers of a value that names several, which takes a
// record for each; nil if it is no such list.
func (p *property) listed() []string {
	names := strings.FieldsFunc(p.value, func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\t' })
	if len(names) < 2 || len(names) > 16 {
		return nil
	}
	var out []string
	for _, name := range names {
		name = strings.TrimSuffix(name, ".")
		if !ValidDomain(name) || !strings.Contains(name, ".") {
			return nil
		}
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, name) }) {
			out = append(out, name)
		}
	}
	return out
}

// fromURL returns the host of a URL that stands in place of a domain name.
func fromURL(s string) string {
	for _, scheme := range []string{"https://", "http://"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			host, path, _ := strings.Cut(s[len(scheme):], "/")
			if ValidDomain(host) && path == "" {
				return host
			}
		}
	}
	return ""
}
