package cli

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf"
)

// spfTreeText is a tree for people. alone says that nobody was asked for names
// outside of the zone.
func spfTreeText(t *spf.Tree, p report.Painter, alone bool) []byte {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(report.EscapeLine(fmt.Sprintf(format, args...)) + "\n")
	}
	switch t.State {
	case spf.Unasked:
		if t.Err != nil {
			line("%s: unknown: %v", t.Domain, t.Err)
		} else {
			line("%s: its SPF record is unknown", t.Domain)
		}
	case spf.NoRecord:
		line("%s: no SPF record", t.Domain)
	case spf.Several:
		line("%s: several SPF records, which is a permanent error", t.Domain)
	default:
		b.WriteString(p.Bold(report.EscapeLine(t.Domain.String())) + "\n")
	}
	if t.SPF == nil {
		return []byte(b.String())
	}
	b.WriteString(p.Dim("  SUM  COST  TERM") + "\n")
	told := false // that the limit is passed
	whole := walkTree(t, func(l treeLine) {
		sum, cost := "", ""
		if l.branch.Lookups > 0 {
			sum, cost = fmt.Sprint(l.sum), fmt.Sprint(l.branch.Lookups)
		}
		term := l.branch.Term
		fmt.Fprintf(&b, "%5s %5s  %s%s", sum, cost, strings.Repeat("  ", l.depth), report.Escape(l.tree.SPF.Text[term.From:term.To]))
		var faults []string
		if f := treeFault(l.branch); f != "" {
			faults = append(faults, f)
		}
		if l.sum > spf.MaxLookups && !told {
			told = true
			faults = append(faults, fmt.Sprintf("the %dth lookup, and %d are allowed: permanent error", l.sum, spf.MaxLookups))
		}
		for _, f := range faults {
			b.WriteString("  " + p.Severity(rules.Error, "<- "+report.Escape(f)))
		}
		for _, n := range treeNotes(l.branch) {
			b.WriteString("  " + p.Dim("("+report.Escape(n)+")"))
		}
		b.WriteByte('\n')
	})
	if !whole {
		b.WriteString("  ... there is more, which is not shown\n")
	}
	b.WriteByte('\n')
	if len(t.SPF.Faults) > 0 {
		b.WriteString("The record has syntax errors, which is a permanent error; \"zonelint check\" tells which.\n")
	}
	least := ""
	if t.Unknown > 0 || !whole {
		least = "at least "
	}
	voids := fmt.Sprintf("%d of %d void lookups", t.Voided(spf.IPv4), spf.MaxVoids)
	if t.Voided(spf.IPv6) != t.Voided(spf.IPv4) {
		voids += fmt.Sprintf(" from IPv4 hosts and %d from IPv6 hosts", t.Voided(spf.IPv6))
	}
	fmt.Fprintf(&b, "%s%d of %d lookups, %s", least, t.Lookups, spf.MaxLookups, voids)
	if t.Unknown > 0 {
		fmt.Fprintf(&b, ", %s unknown", report.Count(t.Unknown, "record"))
	}
	b.WriteString(".\n")
	if t.Unknown > 0 && alone {
		b.WriteString("--zonedata takes records from other zones, --live asks the DNS.\n")
	}
	return []byte(b.String())
}

// jsonTree is the answer of "zonelint spf tree --format json". Fields may be
// added, none may change or go.
type jsonTree struct {
	Version        int        `json:"version"`
	Domain         string     `json:"domain"`
	State          string     `json:"state"`
	Record         string     `json:"record"`
	Lookups        int        `json:"lookups"` // a lower bound if something is unknown
	MaxLookups     int        `json:"max_lookups"`
	Unknown        int        `json:"unknown"` // records that are not known
	VoidIPv4       int        `json:"void_lookups_ipv4"`
	VoidIPv6       int        `json:"void_lookups_ipv6"`
	MaxVoidLookups int        `json:"max_void_lookups"`
	PermError      bool       `json:"permerror"` // certainly, for a host that no term matches
	Cut            bool       `json:"cut"`       // not all terms are told
	Terms          []jsonTerm `json:"terms"`
}

// jsonTerm is a term of the record, or of one that a term before it leads to,
// whose terms come behind it one deeper.
type jsonTerm struct {
	Depth   int    `json:"depth"`
	Domain  string `json:"domain"` // of the record that it stands in
	Term    string `json:"term"`
	Tested  bool   `json:"tested"`
	Cost    int    `json:"cost"`    // lookups of the term and of what it leads to
	Sum     int    `json:"sum"`     // lookups up to this term
	Unknown int    `json:"unknown"` // records below it that are not known
	Target  string `json:"target"`  // "" if it has none or depends on the message
	State   string `json:"state"`   // of the target's record, for include and redirect
	Void    string `json:"void"`    // "", ipv4, ipv6 or both
	MX      int    `json:"mx"`
	Fault   string `json:"fault"` // why evaluation ends here; "" if it does not
}

var (
	stateNames = map[spf.State]string{spf.Unasked: "unknown", spf.Published: "found", spf.Invalid: "invalid", spf.Several: "several", spf.NoRecord: "none"}
	voidNames  = map[spf.Family]string{spf.IPv4: "ipv4", spf.IPv6: "ipv6", spf.Both: "both"}
)

func spfTreeJSON(t *spf.Tree) jsonTree {
	out := jsonTree{
		Version: 1, Domain: t.Domain.String(), State: stateNames[t.State],
		Lookups: t.Lookups, MaxLookups: spf.MaxLookups, Unknown: t.Unknown,
		VoidIPv4: t.Voided(spf.IPv4), VoidIPv6: t.Voided(spf.IPv6), MaxVoidLookups: spf.MaxVoids,
		PermError: t.Fails() && t.State != spf.NoRecord, Terms: []jsonTerm{},
	}
	if t.SPF != nil {
		out.Record = t.SPF.Text
	}
	out.Cut = !walkTree(t, func(l treeLine) {
		b := l.branch
		term := jsonTerm{
			Depth: l.depth, Domain: l.tree.Domain.String(), Term: l.tree.SPF.Text[b.Term.From:b.Term.To], Tested: b.Tested,
			Cost: b.Lookups, Sum: l.sum, Unknown: b.Unknown, Void: voidNames[b.Void], MX: b.MX, Fault: treeFault(b),
		}
		if b.Target != "" {
			term.Target = b.Target.String()
		}
		if b.Tree != nil {
			term.State = stateNames[b.Tree.State]
		}
		out.Terms = append(out.Terms, term)
	})
	return out
}
