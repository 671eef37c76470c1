package spf

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

var expTarget = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-exp-target",
		Severity: rules.Info,
		Summary:  "the explanation that an SPF record names cannot be used",
		What: "The domain of an exp modifier certainly has no TXT record, or several. " +
			"Domains of which nobody knows are left alone.",
		Why:  "Receivers leave the explanation out, so that a sender whose mail is refused is not told why. Delivery does not change.",
		Bad:  "@ IN TXT \"v=spf1 mx -all exp=explain.example.com\"\n@ IN MX 10 mx.example.net.\n",
		Good: "@ IN TXT \"v=spf1 mx -all exp=explain.example.com\"\n@ IN MX 10 mx.example.net.\nexplain IN TXT \"%{i} may not send mail for %{d}\"\n",
		Refs: []string{"RFC 7208, section 6.2"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		var out []verdict
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind != Exp || t.Faulty || c.grower == nil {
				continue
			}
			name, ok := target(t, c.Record.Name)
			if !ok {
				continue
			}
			var what string
			switch a := resolve.Lookup(c.grower.zone, c.grower.servers, name, zone.TypeTXT); {
			case a.Status.Absent():
				what = "no TXT record"
			case distinct(a.Records) > 1:
				what = fmt.Sprintf("%d TXT records", distinct(a.Records))
			default:
				continue
			}
			out = append(out, verdict{from: t.From, to: t.To, message: name.String() + " has " + what +
				", so receivers leave the explanation out. Publish one TXT record there, or remove " + quote(c.SPF.Text[t.From:t.To]) + "."})
		}
		return out
	},
	mend: func(*Candidate) []mending {
		return []mending{{safety: rules.Manual, description: "publish one TXT record with the explanation, or remove exp"}}
	},
}

// distinct counts records of different RDATA.
func distinct(rs []zone.Record) int {
	seen := map[string]bool{}
	for _, r := range rs {
		seen[r.Data] = true
	}
	return len(seen)
}

var expUnused = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-exp-unused",
		Severity: rules.Info,
		Summary:  "an SPF record has an explanation that is never given",
		What:     "A record has an exp modifier but no term in force with the qualifier -. Where a redirect decides, receivers use the exp of the record that it leads to.",
		Why:      "An explanation is only given when the result is fail by a term of the record itself, so this one never is.",
		Bad:      "@ IN TXT \"v=spf1 ip4:192.0.2.1 ~all exp=explain.example.net\"\n",
		Good:     "@ IN TXT \"v=spf1 ip4:192.0.2.1 -all exp=explain.example.net\"\n",
		Refs:     []string{"RFC 7208, section 6.2"},
		Fix:      rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		exp := -1
		for i := range c.SPF.Terms {
			t := &c.SPF.Terms[i]
			if t.Kind == Exp && exp < 0 {
				exp = i
			}
			if t.Kind == Unknown {
				return nil // it may be meant as one that fails
			}
		}
		if exp < 0 {
			return nil
		}
		end := c.SPF.All()
		for i := range c.SPF.Terms {
			if c.SPF.Terms[i].Qualifier == Fail && (end < 0 || i <= end) {
				return nil
			}
		}
		t := &c.SPF.Terms[exp]
		return []verdict{{from: t.From, to: t.To, stays: t.Faulty, message: quote(c.SPF.Text[t.From:t.To]) +
			" is never used, because no term of this record gives the result fail. Remove it, or end the record with -all."}}
	},
	mend: func(c *Candidate) []mending {
		return []mending{{rules.Unsafe, "remove exp", c.SPF.without(func(_ int, t Term) bool { return t.Kind == Exp && !t.Faulty })}}
	},
}
