package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
)

var macroSyntax = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-macro-syntax",
		Severity: rules.Error,
		Summary:  "an SPF record has a macro that is not valid",
		What: "A percent sign in an SPF term does not begin a macro: it must be followed by %, _, - or by a letter, digits and delimiters in braces. " +
			"The letters are s, l, o, d, i, p, h and v; a number of parts is not 0.",
		Why:  whyVoid,
		Bad:  "@ IN TXT \"v=spf1 exists:%(i)._spf.%{d} -all\"\n",
		Good: "@ IN TXT \"v=spf1 exists:%{i}._spf.%{d} -all\"\n",
		Refs: []string{"RFC 7208, section 7.1", "RFC 7208, section 7.3"},
	},
	syntax: true,
	judge: func(c *Candidate) []verdict {
		return faults(c, func(r *Record, f *Fault) string {
			seen := quote(r.Text[f.From:f.To])
			switch f.Kind {
			case MacroLetter:
				return seen + " has a letter that is no macro, " + void + ". The letters are s, l, o, d, i, p, h and v."
			case MacroDigits:
				return "A macro that takes " + seen + " parts is not valid, " + void + ". Write a number from 1 on, or none."
			}
			return seen + " begins no valid macro, " + void + ". Write it as in %{i}, and a percent sign as %%."
		}, MacroSyntax, MacroLetter, MacroDigits)
	},
}

var macroExpOnly = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-macro-crt",
		Severity: rules.Error,
		Summary:  "an SPF term uses a macro that only explanations have",
		What:     "A domain in an SPF record uses %{c}, %{r} or %{t}. These are allowed only in the text that exp= leads to.",
		Why:      whyVoid,
		Bad:      "@ IN TXT \"v=spf1 exists:%{c}._spf.example.net -all\"\n",
		Good:     "@ IN TXT \"v=spf1 exists:%{i}._spf.example.net -all\"\n",
		Refs:     []string{"RFC 7208, section 7.2"},
	},
	syntax: true,
	judge: func(c *Candidate) []verdict {
		return faults(c, func(r *Record, f *Fault) string {
			s := quote(r.Text[f.From:f.To]) + " is a macro of explanation texts only, " + void + ". "
			if r.Text[f.From+2]|0x20 == 'c' {
				return s + "The address of the client is %{i}."
			}
			return s + "Name the domain without it."
		}, MacroExpOnly)
	},
}

var macroP = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-macro-p",
		Severity: rules.Warning,
		Summary:  "an SPF record uses the macro %{p}",
		What:     "A domain in an SPF record uses %{p}, the name that the client's address maps back to. It should not be published.",
		Why:      "Receivers must look up the reverse mapping of every client, which is slow and often fails. The term then does not match and mail does not pass.",
		Bad:      "@ IN TXT \"v=spf1 exists:%{p}._spf.example.net -all\"\n",
		Good:     "@ IN TXT \"v=spf1 exists:%{i}._spf.example.net -all\"\n",
		Refs:     []string{"RFC 7208, section 7.2", "RFC 7208, section 7.3"},
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if !t.hasDomain() {
				continue
			}
			at := macroNamed(t.Domain, 'p')
			if at < 0 {
				continue
			}
			out = append(out, verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) +
				" uses the macro %{p}, which should not be published: it is slow and fails with the reverse DNS of the client. Use another macro."})
		}
		return out
	},
}

// macroNamed returns the offset of the first macro with a letter, -1 if there
// is none.
func macroNamed(d string, letter byte) int {
	for at := 0; ; {
		i := strings.IndexByte(d[at:], '%')
		if i < 0 {
			return -1
		}
		at += i
		if d[at+1] == '{' && d[at+2]|0x20 == letter {
			return at
		}
		at += 2
	}
}
