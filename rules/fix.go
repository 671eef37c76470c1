package rules

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// maxRounds bounds the fix loop: a fix may bring forth another, but not for
// ever.
const maxRounds = 10

// FixResult is what the fix loop made of a zone.
type FixResult struct {
	// Zone is the zone with the fixes made; Changes lead to it.
	Zone    *zone.Zone
	Changes zone.ChangeSet
	// Fixed are the findings whose fixes were made, in the order of Compare.
	Fixed []Finding
	// Left are the findings of Zone: those without a fix, those whose fix is
	// not allowed, and those whose fix did not hold (NotMade).
	Left []Finding
	// NotMade says of findings in Left why their allowed fix was not made, by
	// their index.
	NotMade map[int]string
}

// Fix makes the fixes up to the given class, as often as they bring forth
// others, and lints the result again. A fix that cannot be made (its record
// has no line of its own) or that does not do away with its finding is left
// and named.
func (e *Engine) Fix(z *zone.Zone, upTo Safety) (FixResult, error) {
	res := FixResult{Zone: z, NotMade: map[int]string{}}
	made := map[string]bool{}
	refused := map[string]string{}
	var touched zone.ChangeSet
	for round := 0; ; round++ {
		left := e.Run(res.Zone)
		var batch zone.ChangeSet
		var fixed []Finding
		taken := map[zone.Key]bool{}
		for _, f := range left {
			if f.Fix == nil || f.Fix.Safety == Manual || f.Fix.Safety > upTo || len(f.Fix.Changes) == 0 {
				continue
			}
			k := fixKey(f)
			if made[k] {
				refused[k] = "its fix was made and did not help"
			}
			if refused[k] == "" && uneditable(f.Fix.Changes) {
				refused[k] = "the record is made by $GENERATE, which has no line of its own to change"
			}
			if refused[k] == "" && !res.Zone.Holds(f.Fix.Changes) {
				refused[k] = "the records that it changes are not in the zone"
			}
			if refused[k] != "" || !claim(taken, f.Fix.Changes) {
				continue
			}
			batch = append(batch, f.Fix.Changes...)
			fixed = append(fixed, f)
		}
		if len(batch) == 0 {
			res.Left = left
			for i, f := range left {
				if why := refused[fixKey(f)]; why != "" && f.Fix != nil {
					res.NotMade[i] = why
				}
			}
			break
		}
		if round == maxRounds {
			return res, fmt.Errorf("zone %s: the fixes do not come to an end after %d rounds; nothing was changed", z.Apex, maxRounds)
		}
		next, ok := res.Zone.Apply(batch)
		if !ok {
			return res, fmt.Errorf("zone %s: fixes contradict each other; nothing was changed", z.Apex)
		}
		res.Zone = next
		for _, f := range fixed {
			made[fixKey(f)] = true
		}
		touched = append(touched, batch...)
		res.Fixed = append(res.Fixed, fixed...)
	}
	res.Changes = zone.Diff(z, res.Zone, touched.Keys())
	Sort(res.Fixed)
	return res, nil
}

// claim takes the RRsets of a fix for this round; a fix that shares one with an
// earlier fix waits for the next round, where it is looked at again.
func claim(taken map[zone.Key]bool, cs zone.ChangeSet) bool {
	for _, k := range cs.Keys() {
		if taken[k] {
			return false
		}
	}
	for _, k := range cs.Keys() {
		taken[k] = true
	}
	return true
}

// fixKey tells a finding and its fix apart from others across rounds.
func fixKey(f Finding) string {
	var b strings.Builder
	b.WriteString(f.Rule.ID)
	if f.Fix != nil {
		for _, c := range f.Fix.Changes {
			fmt.Fprintf(&b, "|%s %s", c.Name, c.Type)
			for _, r := range c.Before {
				b.WriteString("-" + r.Data)
			}
			for _, r := range c.After {
				b.WriteString("+" + r.Data)
			}
		}
	}
	return b.String()
}

func uneditable(cs zone.ChangeSet) bool {
	for _, c := range cs {
		for _, r := range c.Before {
			if r.Notes&zone.Generated != 0 {
				return true
			}
		}
	}
	return false
}
