package spf

import (
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules"
)

var redirectTwice = twice("spf-redirect-dup", "redirect", RedirectTwice, "RFC 7208, section 6.1")

var expTwice = twice("spf-exp-dup", "exp", ExpTwice, "RFC 7208, section 6.2")

func twice(id, name string, kind FaultKind, ref string) *recordRule {
	return &recordRule{
		Rule: rules.Rule{
			ID:       id,
			Severity: rules.Error,
			Summary:  "an SPF record has the modifier " + name + " more than once",
			What:     "The modifier " + name + " stands in one SPF record twice or more. It may stand once.",
			Why:      whyVoid,
			Bad:      "@ IN TXT \"v=spf1 mx " + name + "=a.example.net " + name + "=b.example.net\"\n",
			Good:     "@ IN TXT \"v=spf1 mx " + name + "=a.example.net\"\n",
			Refs:     []string{"RFC 7208, section 6", ref},
			Fix:      rules.Safe,
		},
		syntax: true,
		judge: func(c *Candidate) []verdict {
			return faults(c, func(r *Record, f *Fault) string {
				s := quote(r.Text[f.From:f.To]) + " is the second " + name + " of the record, " + void + ". "
				if f.Repair != nil {
					return s + "Remove it."
				}
				return s + "Keep the one that is meant."
			}, kind)
		},
		mend: repair(kind),
	}
}

var modifierUnknown = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-modifier-unknown",
		Severity: rules.Warning,
		Summary:  "an SPF term that receivers ignore seems to be meant as another",
		What: "A term such as include=host is a modifier of an unknown name by the grammar. It is reported where the name is that of a mechanism, " +
			"nearly that of redirect or exp, or v. Other unknown modifiers are left alone, since RFC 7208 allows them.",
		Why:  "Receivers ignore modifiers that they do not know, so the senders that the term was meant to pass do not pass.",
		Bad:  "@ IN TXT \"v=spf1 include=_spf.example.net -all\"\n",
		Good: "@ IN TXT \"v=spf1 include:_spf.example.net -all\"\n",
		Refs: []string{"RFC 7208, section 4.6.1", "RFC 7208, section 6"},
		Fix:  rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind != OtherModifier || t.Faulty {
				continue
			}
			meant, suspect := meantModifier(c.SPF.Text, t)
			if !suspect {
				continue
			}
			v := verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) + " is a modifier of an unknown name, which receivers ignore. ", stays: meant == "" && !isVersion(t)}
			switch {
			case isVersion(t):
				v.message += "A record begins with v=spf1 only once: remove it."
			case meant != "":
				v.message += "Write " + quote(meant) + "."
			default:
				v.message += "Correct or remove it."
			}
			out = append(out, v)
		}
		return out
	},
	mend: func(c *Candidate) []mending {
		m := mending{safety: rules.Safe}
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind != OtherModifier || t.Faulty {
				continue
			}
			if isVersion(t) {
				m.edits = append(m.edits, Edit{c.SPF.endBefore(i), t.To, ""})
			} else if meant, _ := meantModifier(c.SPF.Text, t); meant != "" {
				m.edits = append(m.edits, Edit{t.From, t.To, meant})
				m.safety = rules.Unsafe
			}
		}
		m.description = "write the record as " + quoteLong(applied(c.SPF.Text, m.edits))
		return []mending{m}
	},
}

// isVersion reports whether a term is a second version section.
func isVersion(t *Term) bool {
	return len(t.Name) == 1 && t.Name[0]|0x20 == 'v' && strings.EqualFold(t.Domain, "spf1")
}

// meantModifier returns what an unknown modifier was meant as; suspect is false
// if it may well be meant as it stands.
func meantModifier(text string, t *Term) (meant string, suspect bool) {
	if isVersion(t) {
		return "", true
	}
	value := text[t.From+len(t.Name)+1 : t.To]
	if mechanismKind(t.Name) != Unknown {
		meant, suspect = t.Name+":"+value, true
	} else if near := nearestName(t.Name, false); near == "redirect" || near == "exp" && len(t.Name) > 2 {
		meant = near + "=" + value
	}
	_, ok := clean(meant)
	if !ok {
		return "", suspect
	}
	return meant, true
}

var modifier6652 = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-modifier-6652",
		Severity: rules.Warning,
		Summary:  "a modifier that asks for SPF failure reports has no effect",
		What: "The modifiers of RFC 6652 ask receivers for reports: ra= names the local part of their address, rp= the percentage and rr= the kinds. " +
			"It is reported where rp or rr stand without ra, or a value is none of those defined.",
		Why:  "Receivers ignore them, so no reports come. The record is otherwise in force.",
		Bad:  "@ IN TXT \"v=spf1 mx -all ra=postmaster@example.com rr=all\"\n",
		Good: "@ IN TXT \"v=spf1 mx -all ra=postmaster rr=all\"\n",
		Refs: []string{"RFC 6652, section 3"},
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		address := false
		for i := range c.SPF.Terms {
			address = address || c.SPF.Terms[i].Kind == ReportAddress
		}
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind < ReportAddress || t.Kind == OtherModifier || t.Faulty {
				continue
			}
			if what := uselessReport(t, address); what != "" {
				out = append(out, verdict{from: t.From, to: t.To, message: quote(c.SPF.Text[t.From:t.To]) + what})
			}
		}
		return out
	},
}

// uselessReport says why a modifier of RFC 6652 has no effect, "" if it has.
func uselessReport(t *Term, address bool) string {
	switch {
	case t.Kind == ReportAddress && strings.Contains(t.Domain, "@"):
		return " names a whole address, but ra= takes the local part alone, so no reports come. Remove the @ and what follows it."
	case t.Kind == ReportAddress:
		return ""
	case !address:
		return " has no effect without ra=, which names the address of the reports. Add ra= or remove it."
	case t.Kind == ReportPercentage:
		if n, err := strconv.Atoi(t.Domain); err != nil || n < 0 || n > 100 || !isDigit(t.Domain[0]) {
			return " is no percentage, so receivers ignore it. Write a number from 0 to 100."
		}
		return ""
	}
	for kind := range strings.SplitSeq(t.Domain, ":") {
		switch strings.ToLower(kind) {
		case "all", "e", "f", "s", "n":
		default:
			return " asks for reports of a kind that does not exist, which receivers ignore. The kinds are all, e, f, s and n."
		}
	}
	return ""
}
