package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
)

var noTerminal = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-no-terminal",
		Severity: rules.Warning,
		Summary:  "an SPF record ends without all and without redirect",
		What: "An SPF record has neither an all mechanism nor a redirect modifier. " +
			"Records at names that begin with an underscore are left alone: they are there to be included, where the end does not matter.",
		Why: "For hosts that no term matches the result is neutral, as if there were no record, so anybody may forge the domain. " +
			"RFC 7208 advises to say explicitly how a record ends.",
		Bad:  "@ IN TXT \"v=spf1 mx include:_spf.example.net\"\n",
		Good: "@ IN TXT \"v=spf1 mx include:_spf.example.net ~all\"\n_spf IN TXT \"v=spf1 ip4:192.0.2.1\"\n",
		Refs: []string{"RFC 7208, section 4.7"},
		Fix:  rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		if strings.HasPrefix(c.Record.Name.Label(), "_") {
			return nil
		}
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind == All || t.Kind == Redirect || t.Kind == Unknown || endsInAll(t) {
				return nil // what is not understood may have been meant as the end
			}
		}
		v := verdict{from: c.SPF.VersionFrom, to: c.SPF.VersionTo, message: "The SPF record ends without \"all\", so for hosts that it does not name the result is neutral and forged mail is not told apart. "}
		if n := len(c.SPF.Terms); n > 0 {
			v.from, v.to = c.SPF.Terms[n-1].From, c.SPF.Terms[n-1].To
		}
		v.message += "End it with ~all or -all."
		return []verdict{v}
	},
	mend: func(c *Candidate) []mending {
		n := len(c.SPF.Terms)
		if n == 0 {
			return []mending{{safety: rules.Manual, description: "name the hosts that send mail, or write \"v=spf1 -all\" if none does"}}
		}
		end := c.SPF.Terms[n-1].To
		return []mending{{rules.Unsafe, "add ~all at the end", []Edit{{end, end, " ~all"}}}}
	},
}

var plusAll = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-plus-all",
		Severity: rules.Warning,
		Summary:  "an SPF record lets every host pass",
		What:     "The all mechanism of an SPF record has the qualifier + or none, which is the same.",
		Why:      "Every host on the Internet passes SPF for the domain, and so passes DMARC with it. Forged mail looks better than without any record.",
		Bad:      "@ IN TXT \"v=spf1 mx +all\"\n",
		Good:     "@ IN TXT \"v=spf1 mx ~all\"\n",
		Refs:     []string{"RFC 7208, section 5.1", "RFC 7208, section 4.6.2"},
		Fix:      rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		i := c.SPF.All()
		if i < 0 || c.SPF.Terms[i].Qualifier != Pass {
			return nil
		}
		t := c.SPF.Terms[i]
		return []verdict{{from: t.From, to: t.To, stays: t.Faulty, message: quote(c.SPF.Text[t.From:t.To]) +
			" lets every host pass SPF as " + c.Record.Name.String() + ", so forged mail passes too. Write ~all or -all."}}
	},
	mend: func(c *Candidate) []mending {
		t := c.SPF.Terms[c.SPF.All()]
		return []mending{{rules.Unsafe, "write ~all", []Edit{{t.From, t.To, "~all"}}}}
	},
}

var afterAll = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-after-all",
		Severity: rules.Warning,
		Summary:  "mechanisms behind all are ignored",
		What:     "Mechanisms stand behind the all mechanism of an SPF record, perhaps a second all. Modifiers may stand there.",
		Why:      "all matches every host, so receivers never come to what follows. The senders that it names do not pass.",
		Bad:      "@ IN TXT \"v=spf1 mx ~all include:_spf.example.net\"\n",
		Good:     "@ IN TXT \"v=spf1 mx include:_spf.example.net ~all exp=explain.example.net\"\n",
		Refs:     []string{"RFC 7208, section 5.1"},
		Fix:      rules.Unsafe,
	},
	judge: judgeAfterAll,
	mend:  mendAfterAll,
}

// judgeAfterAll finds the runs of mechanisms behind "all".
func judgeAfterAll(c *Candidate) []verdict {
	all := c.SPF.All()
	if all < 0 {
		return nil
	}
	var out []verdict
	run, only := false, true // of "all" and nothing else
	for i := all + 1; i < len(c.SPF.Terms); i++ {
		t := &c.SPF.Terms[i]
		if !t.Kind.Mechanism() {
			run = false
			continue
		}
		if !run {
			out = append(out, verdict{from: t.From})
		}
		run = true
		only = only && t.Kind == All
		out[len(out)-1].to = t.To
	}
	first := c.SPF.Terms[all]
	do := "so hosts that it names are not tested for. Move it before that or remove it."
	if only {
		do = "because one all is the end. Keep the one that is meant."
	}
	for i := range out {
		v := &out[i]
		v.message = quote(c.SPF.Text[v.from:v.to]) + " stands behind " + quote(c.SPF.Text[first.From:first.To]) + " and is ignored, " + do
	}
	return out
}

func mendAfterAll(c *Candidate) []mending {
	r := c.SPF
	all := r.All()
	ignored := func(i int, t Term) bool { return i > all && t.Kind.Mechanism() }
	var moved []string
	seen := map[string]bool{}
	for _, t := range r.Terms[:all] {
		seen[t.key()] = true
	}
	same, movable := true, !r.Terms[all].Faulty
	for i, t := range r.Terms {
		switch {
		case !ignored(i, t):
		case t.Kind == All:
			same = same && t.Qualifier == r.Terms[all].Qualifier
		default:
			movable = movable && !t.Faulty
			if !seen[t.key()] {
				moved = append(moved, r.Text[t.From:t.To])
			}
			seen[t.key()] = true
		}
	}
	gone := r.without(ignored)
	var out []mending
	if len(moved) > 0 && movable {
		at := r.Terms[all].From
		edits := append([]Edit{{at, at, strings.Join(moved, " ") + " "}}, gone...)
		out = append(out, mending{rules.Unsafe, "move " + quote(strings.Join(moved, " ")) + " before " + quote(r.Text[at:r.Terms[all].To]), edits})
	}
	safety := rules.Unsafe
	if len(moved) == 0 && same {
		safety = rules.Safe // the same mechanisms stand before all, and the same all
	}
	return append(out, mending{safety, "remove what is ignored", gone})
}

var redirectIgnored = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-redirect-ignored",
		Severity: rules.Warning,
		Summary:  "a redirect beside all is ignored",
		What:     "An SPF record has both an all mechanism and a redirect modifier, in whatever order.",
		Why:      "Receivers must ignore the redirect, so the senders of that domain do not pass.",
		Bad:      "@ IN TXT \"v=spf1 redirect=_spf.example.net ~all\"\n",
		Good:     "@ IN TXT \"v=spf1 redirect=_spf.example.net\"\n",
		Refs:     []string{"RFC 7208, section 5.1", "RFC 7208, section 6.1"},
		Fix:      rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		i, all := c.SPF.Redirect(), c.SPF.All()
		if i < 0 || all < 0 {
			return nil
		}
		t, a := c.SPF.Terms[i], c.SPF.Terms[all]
		return []verdict{{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) + " is ignored because the record has " +
			quote(c.SPF.Text[a.From:a.To]) + ". Remove one of them, or include the domain instead."}}
	},
	mend: func(c *Candidate) []mending {
		return []mending{{rules.Unsafe, "remove the redirect", c.SPF.without(func(_ int, t Term) bool { return t.Kind == Redirect })}}
	},
}
