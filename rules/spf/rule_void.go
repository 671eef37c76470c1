package spf

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var voids = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-void",
		Severity: rules.Error,
		Summary:  "an SPF record makes more than two queries that have no answer",
		What: "More than two different queries of a, mx and exists terms, those of the included records counted, certainly have no answer: the name does not exist, or has no such record. " +
			"Where this only holds for hosts with IPv4, it is a warning. Names of which nobody knows are left alone.",
		Why: "Receivers are to end with a permanent error at the third such query: mail that no earlier term matches fails SPF.",
		Bad: "@ IN TXT \"v=spf1 a:a.example.com a:b.example.com a:c.example.com ip4:192.0.2.1 -all\"\n",
		Good: "@ IN TXT \"v=spf1 a:a.example.com ip4:192.0.2.1 -all\"\n" +
			"a IN A 192.0.2.2\n",
		Refs: []string{"RFC 7208, section 4.6.4", "RFC 7208, section 11.1"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		t := c.tree()
		if t == nil || len(t.Voids) <= MaxVoids || t.Voided(IPv4) <= MaxVoids {
			return nil
		}
		v := verdict{message: "a receiver that comes to the third ends with a permanent error"}
		counted := Both
		if t.Voided(IPv6) <= MaxVoids {
			v.severity, v.message, counted = rules.Warning, v.message+" if the host has an IPv4 address", IPv4
		}
		b := voidTerm(t, counted)
		v.from, v.to = b.Term.From, b.Term.To
		v.message = fmt.Sprintf("The record comes to more than 2 queries without an answer, of %s: %s. Correct or remove the terms that find nothing.", list(t.Voids, counted), v.message)
		return []verdict{v}
	},
	mend: func(*Candidate) []mending { return missingHosts },
}

// voidTerm returns the term of the record itself that leads to the first query
// too many.
func voidTerm(t *Tree, f Family) *Branch {
	sums := Tree{Domain: t.Domain}
	for i := range t.Branches {
		b := &t.Branches[i]
		if !b.Tested {
			continue
		}
		sums.addVoids(b, Both)
		if sums.Voided(f) > MaxVoids {
			return b
		}
	}
	return &t.Branches[0]
}

// list names queries.
func list(vs []Void, f Family) string {
	var names []string
	for _, v := range vs {
		if v.Families&f == 0 {
			continue
		}
		if s := v.Name.String(); len(names) == 0 || names[len(names)-1] != s {
			names = append(names, s)
		}
	}
	if len(names) > 5 {
		names = append(names[:5], "...")
	}
	return strings.Join(names, ", ")
}

// missingHosts is all the advice there is on names that do not exist: the mistake
// may as well be the record that is missing there.
var missingHosts = []mending{{safety: rules.Manual, description: "correct the names, publish the records that they lack, or remove the terms"}}

var aVoid = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-a-mx-void",
		Severity: rules.Warning,
		Summary:  "an SPF term names a host or domain that has no such record",
		What: "The name of an a term has no address, that of an mx term no MX record, or that of an exists term no A record, and the zone itself, another zone that was given or the DNS says so. " +
			"Without a name the term is about the domain of the record, which in an included record is the included name.",
		Why: "The term passes nobody, so mail of the host that is meant fails SPF. " +
			"It also counts as a query without an answer, of which receivers allow two.",
		Bad: "@ IN TXT \"v=spf1 a:mail.example.com ip4:192.0.2.1 -all\"\n",
		Good: "@ IN TXT \"v=spf1 a:mail.example.com -all\"\n" +
			"mail IN A 192.0.2.1\n",
		Refs: []string{"RFC 7208, section 5.3", "RFC 7208, section 5.4", "RFC 7208, section 5.7", "RFC 7208, section 4.6.4"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		t := c.tree()
		if t == nil {
			return nil
		}
		var out []verdict
		for i := range t.Branches {
			b := &t.Branches[i]
			if b.Void != Both {
				continue
			}
			what := "no address"
			switch b.Term.Kind {
			case MX:
				what = "no MX record"
			case Exists:
				what = "no A record"
			}
			out = append(out, verdict{from: b.Term.From, to: b.Term.To, message: fmt.Sprintf(
				"%s has %s, so %s passes nobody and is one of the two queries without an answer that receivers allow. Correct the name, or remove the term.",
				b.Target, what, quote(c.SPF.Text[b.Term.From:b.Term.To]))})
		}
		return out
	},
	mend: func(*Candidate) []mending { return missingHosts },
}

var mxNull = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-mx-null",
		Severity: rules.Warning,
		Summary:  "an mx term of an SPF record is about a domain that takes no mail",
		What:     "The domain of an mx term has the MX record \".\", by which it says that it takes no mail.",
		Why:      "There is no mail host to pass, so the term passes nobody but costs a query.",
		Bad:      "@ IN TXT \"v=spf1 mx ip4:192.0.2.1 -all\"\n@ IN MX 0 .\n",
		Good:     "@ IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n@ IN MX 0 .\n",
		Refs:     []string{"RFC 7505, section 3", "RFC 7208, section 5.4"},
		Fix:      rules.Unsafe,
	},
	judge: func(c *Candidate) []verdict {
		t := c.tree()
		if t == nil {
			return nil
		}
		var out []verdict
		for i := range t.Branches {
			b := &t.Branches[i]
			if b.Null && b.MX == 1 {
				out = append(out, verdict{from: b.Term.From, to: b.Term.To, message: fmt.Sprintf(
					"%s takes no mail by its MX record, so %s passes nobody. Name the hosts that send mail with ip4, ip6 or a, or remove the term.",
					b.Target, quote(c.SPF.Text[b.Term.From:b.Term.To]))})
			}
		}
		return out
	},
	mend: func(c *Candidate) []mending {
		t := c.tree()
		return []mending{{rules.Unsafe, "remove mx", c.SPF.without(func(i int, _ Term) bool { return t.Branches[i].Null && t.Branches[i].MX == 1 })}}
	},
}

var mxMany = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-mx-gt10",
		Severity: rules.Error,
		Summary:  "an mx term of an SPF record is about a domain with more than ten MX records",
		What:     "The domain of an mx term has more than ten MX records.",
		Why:      whyStopped,
		Bad:      "@ IN TXT \"v=spf1 mx -all\"\n" + manyMX(11),
		Good:     "@ IN TXT \"v=spf1 mx -all\"\n" + manyMX(10),
		Refs:     []string{"RFC 7208, section 4.6.4", "RFC 7208, section 5.4"},
		Fix:      rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		t := c.tree()
		if t == nil || !t.broken {
			return nil
		}
		var out []verdict
		for i := range t.Branches {
			b := &t.Branches[i]
			if b.Stop == StopMX {
				out = append(out, verdict{from: b.Term.From, to: b.Term.To, message: fmt.Sprintf(
					"%s has %d MX records, and an mx term may come to 10%sName the hosts with ip4 and ip6 instead.", b.Target, b.MX, stops)})
			}
		}
		return out
	},
	mend: func(*Candidate) []mending {
		return []mending{{safety: rules.Manual, description: "name the mail hosts with ip4 and ip6 in place of mx, or publish fewer MX records"}}
	},
}

func manyMX(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "@ IN MX %d mx%d.example.net.\n", 10+i, i)
	}
	return b.String()
}

// addVoids counts the queries of a term, and of what it leads to, that have no
// answer, for the families that may get there.
func (t *Tree) addVoids(b *Branch, open Family) {
	if b.Tree != nil {
		for _, v := range b.Tree.Voids {
			t.void(v.Name, v.Type, v.Families&open)
		}
	}
	switch b.Term.Kind {
	case A:
		t.void(b.Target, zone.TypeA, b.Void&open&IPv4)
		t.void(b.Target, zone.TypeAAAA, b.Void&open&IPv6)
	case Exists:
		t.void(b.Target, zone.TypeA, b.Void&open)
	case MX:
		t.void(b.Target, zone.TypeMX, b.Void&open)
	}
}
