package spf

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
)

// maxLookups is how many terms that query the DNS an evaluation may come to
// (RFC 7208, section 4.6.4).
const maxLookups = 10

var lookups = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-lookups",
		Severity: rules.Error,
		Summary:  "an SPF record has more than ten terms that query the DNS",
		What: "A single SPF record holds more than ten of include, a, mx, ptr, exists and redirect. " +
			"Terms behind all do not count, nor a redirect beside all. What the included records add is not counted here.",
		Why: "Receivers stop with a permanent error when they come to the eleventh such term: all mail that no earlier term matches fails SPF.",
		Bad: "@ IN TXT \"v=spf1 a mx a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net a:h.example.net a:i.example.net -all\"\n",
		Good: "@ IN TXT \"v=spf1 a mx a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net a:h.example.net " +
			"ip4:192.0.2.1 -all\"\n",
		Refs: []string{"RFC 7208, section 4.6.4"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		n := 0
		var over Term
		for _, t := range c.SPF.tested() {
			if t.looksUp() {
				if n++; n == maxLookups+1 {
					over = t
				}
			}
		}
		if n <= maxLookups {
			return nil
		}
		return []verdict{{from: over.From, to: over.To, message: fmt.Sprintf(
			"%s is the 11th of %d terms that query the DNS, and 10 are allowed: a receiver that comes to it ends with a permanent error. Name addresses with ip4 and ip6, or remove terms.",
			quote(c.SPF.Text[over.From:over.To]), n)}}
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
