package spf

import (
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

const (
	whyStopped = "Receivers end with a permanent error when they come to the term, as if the whole record were void: mail that no earlier term matches fails SPF."
	stops      = ": a receiver that comes to this term ends with a permanent error. "
)

var includeNone = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-include-none",
		Severity: rules.Error,
		Summary:  "an SPF record includes a domain without an SPF record",
		What: "The domain of an include certainly has no SPF record: the zone itself, another zone that was given or the DNS says so. " +
			"Domains of which nobody knows are left alone.",
		Why: whyStopped,
		Bad: "@ IN TXT \"v=spf1 include:_spf.example.com -all\"\n",
		Good: "@ IN TXT \"v=spf1 include:_spf.example.com -all\"\n" +
			"_spf IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n",
		Refs: []string{"RFC 7208, section 5.2"},
		Fix:  rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict { return withoutRecord(c, Include) },
	mend: func(c *Candidate) []mending {
		t := c.tree()
		return []mending{{rules.Unsafe, "remove the include", c.SPF.without(func(i int, _ Term) bool {
			return t.Branches[i].Stop == StopNone && t.Branches[i].Term.Kind == Include
		})}}
	},
}

var redirectNone = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-redirect-none",
		Severity: rules.Error,
		Summary:  "an SPF record redirects to a domain without an SPF record",
		What: "The domain of a redirect that is in force certainly has no SPF record: the zone itself, another zone that was given or the DNS says so. " +
			"Domains of which nobody knows are left alone.",
		Why: whyStopped,
		Bad: "@ IN TXT \"v=spf1 redirect=_spf.example.com\"\n",
		Good: "@ IN TXT \"v=spf1 redirect=_spf.example.com\"\n" +
			"_spf IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n",
		Refs: []string{"RFC 7208, section 6.1"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict { return withoutRecord(c, Redirect) },
	mend: func(*Candidate) []mending {
		return []mending{{safety: rules.Manual, description: "publish an SPF record at that domain, or end the record with ~all or -all instead"}}
	},
}

func withoutRecord(c *Candidate, k Kind) []verdict {
	t := c.tree()
	if t == nil || !t.broken {
		return nil
	}
	var out []verdict
	for i := range t.Branches {
		b := &t.Branches[i]
		if b.Term.Kind != k || b.Stop != StopNone {
			continue
		}
		v := verdict{from: b.Term.From, to: b.Term.To, message: b.Target.String() + " has no SPF record" + stops + "Publish one there, or remove the term."}
		if k == Redirect {
			v.message = b.Target.String() + " has no SPF record" + stops + "Publish one there, or end this record with all."
		}
		out = append(out, v)
	}
	return out
}

var includeBad = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-include-bad",
		Severity: rules.Error,
		Summary:  "an SPF record includes a record that ends in a permanent error",
		What: "The domain of an include or redirect has several SPF records or one with syntax errors, or its record leads to such a one or to a domain without any. " +
			"Records that are not known are left alone.",
		Why: whyStopped,
		Bad: "@ IN TXT \"v=spf1 include:_spf.example.com -all\"\n" +
			"_spf IN TXT \"v=spf1 ip4:192.0.2.0/33 -all\"\n",
		Good: "@ IN TXT \"v=spf1 include:_spf.example.com -all\"\n" +
			"_spf IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n",
		Refs: []string{"RFC 7208, section 5.2", "RFC 7208, section 6.1", "RFC 7208, section 4.6"},
	},
	judge: func(c *Candidate) []verdict {
		return stopped(c, func(way []*Branch) (string, bool) {
			first, last := way[0], way[len(way)-1]
			switch {
			case last.Stop == StopLoop || len(way) == 1 && (last.Stop == StopNone || last.Stop == StopMX):
				return "", false // of other rules
			case len(way) == 1 && last.Stop == StopSeveral:
				return last.Target.String() + " has several SPF records" + stops + "Merge them there, or remove the term.", true
			case len(way) == 1:
				return "The SPF record of " + last.Target.String() + " has a syntax error, " + firstFault(last.Tree) + stops + "Mend it there, or remove the term.", true
			}
			return "The SPF record of " + first.Target.String() + " leads to " + quote(last.Term.String()) + ", " + stopWords(last) + stops + "Mend it there, or remove the term.", true
		})
	},
}

// firstFault quotes the place of the first fault of a record.
func firstFault(t *Tree) string {
	f := t.SPF.Faults[0]
	if f.Term >= 0 {
		return "in " + quote(t.SPF.Text[t.SPF.Terms[f.Term].From:t.SPF.Terms[f.Term].To])
	}
	return "in " + quote(t.SPF.Text)
}

// stopWords says why evaluation stops at a term.
func stopWords(b *Branch) string {
	switch b.Stop {
	case StopNone:
		return "which has no SPF record"
	case StopSeveral:
		return "which has several SPF records"
	case StopInvalid:
		return "whose record has a syntax error"
	case StopLoop:
		return "which leads back to a record before it"
	}
	return "which has more than 10 MX records"
}

var loop = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-loop",
		Severity: rules.Error,
		Summary:  "an SPF record leads back to itself",
		What:     "An include or redirect names the domain of the record itself, or a record that leads back to this one or to one on the way.",
		Why:      "Receivers go round until the limit of ten terms that query the DNS ends it with a permanent error: mail that no earlier term matches fails SPF.",
		Bad: "@ IN TXT \"v=spf1 ip4:192.0.2.1 include:_spf.example.com -all\"\n" +
			"_spf IN TXT \"v=spf1 ip4:192.0.2.2 include:example.com -all\"\n",
		Good: "@ IN TXT \"v=spf1 ip4:192.0.2.1 include:_spf.example.com -all\"\n" +
			"_spf IN TXT \"v=spf1 ip4:192.0.2.2 -all\"\n",
		Refs: []string{"RFC 7208, section 4.6.4", "RFC 7208, section 5.2", "RFC 7208, section 6.1"},
		Fix:  rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		return stopped(c, func(way []*Branch) (string, bool) {
			last := way[len(way)-1]
			switch {
			case last.Stop != StopLoop:
				return "", false
			case len(way) == 1:
				return quote(last.Term.String()) + " names the domain of the record itself: a receiver that comes to this term goes round and ends with a permanent error. Remove it.", true
			}
			return "The SPF record of " + way[0].Target.String() + " leads to " + quote(last.Term.String()) +
				", which goes round: a receiver that comes to this term ends with a permanent error. Remove one of the terms on the way.", true
		})
	},
	mend: func(c *Candidate) []mending {
		t := c.tree()
		itself := c.SPF.without(func(i int, _ Term) bool { return t.Branches[i].Stop == StopLoop })
		if itself == nil {
			return []mending{{safety: rules.Manual, description: "remove one of the terms on the way round"}}
		}
		return []mending{{rules.Unsafe, "remove the term", itself}}
	},
}

// stopped returns a verdict on each include and redirect that leads to a
// permanent error, if it is one that words are found for.
func stopped(c *Candidate, words func(way []*Branch) (string, bool)) []verdict {
	t := c.tree()
	if t == nil || !t.broken {
		return nil
	}
	var out []verdict
	for i := range t.Branches {
		b := &t.Branches[i]
		if b.Term.Kind != Include && b.Term.Kind != Redirect {
			continue
		}
		way := b.Stopped()
		if way == nil {
			continue
		}
		message, ok := words(way)
		if !ok {
			continue
		}
		v := verdict{from: b.Term.From, to: b.Term.To, message: message}
		for _, w := range way[:min(len(way), maxRelated)] {
			if !c.quiet && w.Tree != nil && w.Tree.SPF != nil && w.Tree.Record.Loc.Source != nil {
				v.related = append(v.related, rules.Related{
					Span: w.Tree.Record.Span(zone.Part{Kind: zone.PartRData}), Message: "the record of " + w.Target.String(),
				})
			}
		}
		out = append(out, v)
	}
	return out
}
