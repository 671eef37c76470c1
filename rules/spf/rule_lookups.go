package spf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var lookups = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-lookups",
		Severity: rules.Error,
		Summary:  "an SPF record has more than ten terms that query the DNS",
		What: "A host that no term matches brings receivers to more than ten of include, a, mx, ptr, exists and redirect, those of the included records counted. " +
			"Terms behind all do not count, nor a redirect beside all. A record outside of the zone counts where it is known; " +
			"that ten are reached and some record is not known is advice. Where no host passes by the eleventh or what stands behind it, it is a warning. \"zonelint spf tree\" shows what each term costs.",
		Why: "Receivers stop with a permanent error when they come to the eleventh such term: all mail that no earlier term matches fails SPF.",
		Bad: "@ IN TXT \"v=spf1 mx include:_spf.example.com -all\"\n" +
			"_spf IN TXT \"v=spf1 a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net a:h.example.net a:i.example.net -all\"\n" +
			"@ IN MX 10 mx.example.net.\n",
		Good: "@ IN TXT \"v=spf1 mx include:_spf.example.com -all\"\n" +
			"_spf IN TXT \"v=spf1 a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net ip4:192.0.2.0/28 -all\"\n" +
			"@ IN MX 10 mx.example.net.\n",
		Refs: []string{"RFC 7208, section 4.6.4"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		t := c.tree()
		if t == nil || t.Lookups < MaxLookups {
			return nil
		}
		if t.Lookups == MaxLookups {
			return uncertainLookups(c, t)
		}
		sum := 0
		var over *Branch
		for i := range t.Branches {
			over = &t.Branches[i]
			if sum += over.Lookups; sum > MaxLookups {
				break
			}
		}
		term := quote(c.SPF.Text[over.Term.From:over.Term.To])
		total := strconv.Itoa(t.Lookups)
		if t.Unknown > 0 || t.cut {
			total = "at least " + total
		}
		v := verdict{from: over.Term.From, to: over.Term.To}
		if !passesFrom(t, over) {
			v.severity = rules.Warning
		}
		if over.Lookups == 1 {
			v.message = fmt.Sprintf("%s is the 11th of %s terms that query the DNS, and 10 are allowed: a receiver that comes to it ends with a permanent error. ", term, total)
		} else {
			v.message = fmt.Sprintf("%s and the records below it bring the terms that query the DNS to %d of %s, and 10 are allowed: a receiver that comes to the 11th ends with a permanent error. ", term, sum, total)
		}
		v.message += "Name addresses with ip4 and ip6, or remove terms."
		if !c.quiet {
			v.related = costs(c, t)
		}
		return []verdict{v}
	},
	mend: func(c *Candidate) []mending {
		seen := map[string]bool{}
		last := len(c.SPF.tested())
		edits := c.SPF.without(func(i int, t Term) bool {
			again := t.Kind.Mechanism() && i < last && seen[t.key()]
			seen[t.key()] = true
			return again
		})
		// A mechanism that did not match before does not match now.
		return []mending{
			{rules.Safe, "remove the terms that are there before", edits},
			{safety: rules.Manual, description: "put ip4 and ip6 in place of terms that query the DNS, or remove some"},
		}
	},
}

// passesFrom reports whether a host may pass by the term or one behind it. If
// not, those who come to the term could only have failed anyway.
func passesFrom(t *Tree, from *Branch) bool {
	behind := false
	for i := range t.Branches {
		b := &t.Branches[i]
		behind = behind || b == from
		if behind && b.Tested && (b.Term.Kind == Redirect || b.Term.Qualifier == Pass && b.Void != Both) {
			return true
		}
	}
	// A redirect stands last wherever it is written.
	return from.Term.Kind != Redirect && slices.ContainsFunc(t.Branches, func(b Branch) bool { return b.Tested && b.Term.Kind == Redirect })
}

// uncertainLookups is the advice about a record that just keeps the limit by
// what is known of it.
func uncertainLookups(c *Candidate, t *Tree) []verdict {
	for i := range t.Branches {
		b := &t.Branches[i]
		if b.Unknown == 0 {
			continue
		}
		return []verdict{{from: b.Term.From, to: b.Term.To, severity: rules.Info, stays: true, message: fmt.Sprintf(
			"The record comes to 10 terms that query the DNS, which is the limit, and the record of %s may add more. Look what it costs, or name addresses with ip4 and ip6.",
			quote(c.SPF.Text[b.Term.From:b.Term.To]))}}
	}
	return nil
}

// costs tells what each term costs that leads to other records.
func costs(c *Candidate, t *Tree) []rules.Related {
	var out []rules.Related
	for i := range t.Branches {
		b := &t.Branches[i]
		if b.Lookups < 2 || len(out) == maxRelated {
			continue
		}
		out = append(out, rules.Related{
			Span:    c.Record.Span(zone.TextPart(b.Term.From, b.Term.To)),
			Message: "this term costs " + strconv.Itoa(b.Lookups) + ": itself" + below(b.Tree),
		})
	}
	return out
}

// maxRelated bounds the places that are told beside one finding, and the terms
// that one of them names.
const maxRelated = 10

// below lists what the terms of a record cost.
func below(t *Tree) string {
	var parts []string
	for i := range t.Branches {
		b := &t.Branches[i]
		if b.Lookups == 0 {
			continue
		}
		if len(parts) == maxRelated {
			parts = append(parts, "and more")
			break
		}
		parts = append(parts, fmt.Sprintf("%s %d", quote(b.Term.String()), b.Lookups))
	}
	if parts == nil {
		return ""
	}
	return ", " + strings.Join(parts, ", ")
}

var ptr = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-ptr",
		Severity: rules.Warning,
		Summary:  "an SPF record uses the ptr mechanism",
		What:     "An SPF record has a ptr mechanism, which by RFC 7208 should not be published.",
		Why:      "Receivers must look up the reverse mapping of every client, which is slow and unreliable. Some skip the term, so that mail which relies on it does not pass.",
		Bad:      "@ IN TXT \"v=spf1 ptr include:_spf.example.net ~all\"\n",
		Good:     "@ IN TXT \"v=spf1 include:_spf.example.net ~all\"\n",
		Refs:     []string{"RFC 7208, section 5.5"},
		Fix:      rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind == PTR {
				out = append(out, verdict{from: t.From, to: t.To, stays: t.Faulty, message: quote(c.SPF.Text[t.From:t.To]) +
					" should not be published: it is slow and fails with the reverse DNS of the client. Name the senders with other mechanisms."})
			}
		}
		return out
	},
	mend: func(c *Candidate) []mending {
		other := false
		for _, t := range c.SPF.tested() {
			other = other || t.Kind.Mechanism() && t.Kind != PTR && t.Qualifier == Pass
		}
		i := c.SPF.Redirect()
		if !other && (i < 0 || c.SPF.All() >= 0) {
			return []mending{{safety: rules.Manual, description: "name the hosts that send mail with ip4, ip6, a or mx, then remove ptr"}}
		}
		return []mending{{rules.Unsafe, "remove ptr", c.SPF.without(func(_ int, t Term) bool { return t.Kind == PTR && !t.Faulty })}}
	},
}
