package spf

import (
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Rules returns the rules about SPF.
func Rules() []*rules.Rule {
	s := ruleset{
		unknownTerm, gluedTerm, separator, nonASCII,
		ip4Address, ip4Length, ip6Address, ip6Length, ipFamily, dualLength,
		domainEmpty, domainTopLabel, domainChars, macroSyntax, macroExpOnly, macroP,
		redirectTwice, expTwice, modifierUnknown, modifier6652,
		noTerminal, plusAll, afterAll, redirectIgnored, ptr,
		lookups, voids, mxMany, includeNone, redirectNone, includeBad, loop,
		aVoid, mxNull, dupInclude, ipRedundant, hostBits, prefixZero, expTarget, expUnused, size, parked,
	}
	out := []*rules.Rule{missing, s.multiple(), s.rrtype(), s.versionToken()}
	for _, r := range s {
		out = append(out, s.rule(r))
	}
	return out
}

// ruleset is the rules whose verdict rests on one record.
type ruleset []*recordRule

// recordRule is a rule about one record.
type recordRule struct {
	rules.Rule // but for Run
	// syntax says that judge looks at the faults alone.
	syntax bool
	// judge returns what is wrong with a record, nil if nothing.
	judge func(c *Candidate) []verdict
	// mend returns ways to take all its verdicts that can be mended away, the
	// best first; nil if there is none.
	mend func(c *Candidate) []mending
}

// verdict is a finding in the making.
type verdict struct {
	from, to int // octets of the text
	message  string
	severity rules.Severity // the rule's if 0
	related  []rules.Related
	// stays says that mend does nothing about it.
	stays bool
}

// mending is a fix in the making: edits of the text, or none if it is Manual.
type mending struct {
	safety      rules.Safety
	description string
	edits       []Edit
}

// rule returns the rule as the engine runs it.
func (s ruleset) rule(r *recordRule) *rules.Rule {
	out := r.Rule
	out.Run = rules.On(Candidates, func(p *rules.Pass, c *Candidate) {
		if r.syntax && len(c.SPF.Faults) == 0 {
			return
		}
		vs := r.judge(c)
		if vs == nil {
			return
		}
		var fix *rules.Fix
		if r.mend != nil && c.SPF.mendable() && slices.ContainsFunc(vs, func(v verdict) bool { return !v.stays }) {
			fix = s.fix(c, r, r.mend(c))
		}
		for _, v := range vs[:min(len(vs), maxVerdicts)] {
			f := c.At(v.from, v.to, v.message).As(v.severity)
			f.Related = v.related
			if !v.stays {
				f.Fix = fix
			}
			p.Report(f)
		}
	})
	return &out
}

// mendable reports whether a record is small enough to be mended.
func (r *Record) mendable() bool { return len(r.Terms) <= maxTerms && len(r.Faults) <= maxTerms }

// fix returns the first of the mendings that takes a verdict of the rule away
// and brings none of any.
func (s ruleset) fix(c *Candidate, r *recordRule, ways []mending) *rules.Fix {
	var before []int
	for _, m := range ways {
		if m.safety == rules.Manual {
			return &rules.Fix{Safety: m.safety, Description: m.description}
		}
		if before == nil {
			before = s.count(c)
		}
		after := Candidate{Record: edited(c.Record, m.edits), grower: c.grower}
		after.SPF = Parse(after.Record.Text())
		if after.SPF.Form != c.SPF.Form || !s.better(before, s.count(&after), slices.Index(s, r)) {
			continue
		}
		return &rules.Fix{Safety: m.safety, Description: m.description, Changes: zone.ChangeSet{zone.Replace(c.Record, after.Record)}}
	}
	return nil
}

// count returns how many verdicts each rule has on a record.
func (s ruleset) count(c *Candidate) []int {
	out := make([]int, len(s))
	c.quiet = true
	for i, r := range s {
		out[i] = len(r.judge(c))
	}
	c.quiet = false
	return out
}

// better reports whether no count has grown, advice aside that other verdicts
// hid, and that of the index has shrunk; index is -1 for a rule that is not in
// the set.
func (s ruleset) better(before, after []int, index int) bool {
	for i := range before {
		advice := s[i].Severity == rules.Info && (index < 0 || s[index].Severity > rules.Info)
		if after[i] > before[i] && !advice {
			return false
		}
	}
	return index < 0 || after[index] < before[index]
}

// Records that nobody wrote by hand are not told everything about, and not
// mended: text of a hostile source must not cost more than it is worth.
const (
	maxVerdicts = 200 // of one rule on one record
	maxTerms    = 500 // of a record that is mended
)

// faults returns the verdicts on the faults of a record that are of some
// kinds.
func faults(c *Candidate, explain func(r *Record, f *Fault) string, kinds ...FaultKind) []verdict {
	var out []verdict
	for i := range c.SPF.Faults {
		f := &c.SPF.Faults[i]
		if slices.Contains(kinds, f.Kind) && len(out) < maxVerdicts {
			out = append(out, verdict{from: f.From, to: f.To, message: explain(c.SPF, f), stays: f.Repair == nil})
		}
	}
	return out
}

// repair makes the repairs that are sure, of all rules at once, since they
// share the record; failing that, those of some kinds that are a guess too.
func repair(kinds ...FaultKind) func(c *Candidate) []mending {
	return func(c *Candidate) []mending {
		var sure, guessed []Edit
		var what *Fault
		only := true
		for i := range c.SPF.Faults {
			f := &c.SPF.Faults[i]
			if f.Repair == nil || isVersionFault(f.Kind) {
				continue
			}
			if f.Sure {
				sure = append(sure, f.Repair...)
			} else if slices.Contains(kinds, f.Kind) {
				guessed = append(guessed, f.Repair...)
			} else {
				continue
			}
			only = only && what == nil
			what = f
		}
		var out []mending
		for i, edits := range [][]Edit{sure, append(guessed, sure...)} {
			if len(edits) == 0 || i == 1 && len(guessed) == 0 {
				continue
			}
			edits = ordered(slices.Clone(edits))
			m := mending{safety: rules.Safe, edits: edits}
			if i == 1 {
				m.safety = rules.Unsafe
			}
			if only && what.Meant != "" {
				m.description = "write " + quote(what.Meant)
			} else {
				m.description = "write the record as " + quoteLong(applied(c.SPF.Text, edits))
			}
			out = append(out, m)
		}
		return out
	}
}
