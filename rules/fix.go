package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// maxRounds bounds the fix loop: a fix may bring forth another, but not for
// ever. An RRset takes one fix a round, and three SPF records that have
// everything wrong need some thirty.
const maxRounds = 100

// maxTimes bounds how often one rule may change one record: a fix that makes
// its own mistake anew would go on for ever.
const maxTimes = 30

// FixResult is what the fix loop made of a zone.
type FixResult struct {
	// Zone is the zone with the fixes made; Changes lead to it.
	Zone    *zone.Zone
	Changes zone.ChangeSet
	// Fixed are the findings whose fixes were made, in the order of Compare.
	Fixed []Finding
	// Left are the findings of Zone: those without a fix, those whose fix is
	// not allowed, and those whose fix would not hold (NotMade).
	Left []Finding
	// NotMade says of findings in Left why their allowed fix was not made, by
	// their index.
	NotMade map[int]string
}

// Fix makes the fixes up to the given class, as often as they bring forth
// others, and lints the result again. A fix is left out, and named, if its
// record has no line of its own, if it does not do away with its finding, or
// if it leads to a finding as bad as the one that it mends.
func (e *Engine) Fix(z *zone.Zone, upTo Safety) (FixResult, error) {
	return e.FixUnless(z, upTo, nil)
}

// Refuse says why changes cannot be made where the zone is; "" if they can.
type Refuse func(zone.ChangeSet) string

// FixUnless is Fix without the fixes that are refused for their changes. nil
// refuses none.
func (e *Engine) FixUnless(z *zone.Zone, upTo Safety, refuse Refuse) (FixResult, error) {
	if refuse == nil {
		refuse = func(zone.ChangeSet) string { return "" }
	}
	res, refused, err := e.fixOnce(z, upTo, refuse)
	// A fix that was refused may do no harm once others are made, so that the
	// next run would make it: go on until there is nothing left to do.
	for round := 0; err == nil && refused && len(res.Changes) > 0; round++ {
		if round == maxRounds {
			return res, tooManyRounds(z)
		}
		var more FixResult
		more, refused, err = e.fixOnce(res.Zone, upTo, refuse)
		if len(more.Changes) == 0 {
			break
		}
		keys := append(res.Changes, more.Changes...).Keys()
		more.Changes = zone.Diff(z, more.Zone, keys)
		more.Fixed = append(res.Fixed, more.Fixed...)
		Sort(more.Fixed)
		res = more
	}
	return res, err
}

func tooManyRounds(z *zone.Zone) error {
	return fmt.Errorf("zone %s: the fixes do not come to an end after %d rounds; nothing was changed", z.Apex, maxRounds)
}

// fixOnce is Fix, but for fixes that were refused for what they led to; it
// reports whether there were such.
func (e *Engine) fixOnce(z *zone.Zone, upTo Safety, refuse Refuse) (res FixResult, blamed bool, err error) {
	before := e.Run(z)
	// What another finding hid was there before too.
	all := e.visit(z)
	refused := map[string]string{}
	for {
		var again bool
		res, again, err = e.fixAll(z, before, upTo, refuse, refused)
		if err != nil {
			return res, blamed, err
		}
		if blame(all, res, refused) {
			blamed = true
		} else if !again {
			return res, blamed, nil
		}
	}
}

// fixAll runs the fix loop without the refused fixes. It adds to refused what
// it finds cannot be made; again says that one of those has been made already,
// so that the loop must run once more without it.
func (e *Engine) fixAll(z *zone.Zone, left []Finding, upTo Safety, refuse Refuse, refused map[string]string) (res FixResult, again bool, err error) {
	res = FixResult{Zone: z, NotMade: map[int]string{}}
	made := map[string]bool{}
	times := map[string]int{} // that a rule has changed a record
	var touched zone.ChangeSet
	for round := 0; ; round++ {
		var batch zone.ChangeSet
		var fixed []Finding
		taken := map[zone.Key]*claimed{}
		for _, f := range left {
			if f.Fix == nil || f.Fix.Safety == Manual || f.Fix.Safety > upTo || len(f.Fix.Changes) == 0 {
				continue
			}
			k, record := fixKey(f), recordKey(f)
			switch {
			case refused[k] != "" || refused[record] != "":
			case times[record] >= maxTimes:
				refused[record], again = "its fix was made and did not help", true
			case made[k]:
				refused[k] = "its fix was made and did not help"
			case uneditable(f.Fix.Changes):
				refused[k] = "the record is made by $GENERATE, which has no line of its own to change"
			case !res.Zone.Holds(f.Fix.Changes):
				refused[k] = "the records that it changes are not in the zone"
			case refuse(f.Fix.Changes) != "":
				refused[k] = refuse(f.Fix.Changes)
			case claim(taken, f):
				batch = append(batch, f.Fix.Changes...)
				fixed = append(fixed, f)
			}
		}
		if len(batch) == 0 {
			break
		}
		if round == maxRounds {
			return res, false, tooManyRounds(z)
		}
		next, ok := res.Zone.Apply(batch)
		if !ok {
			return res, false, fmt.Errorf("zone %s: fixes contradict each other; nothing was changed", z.Apex)
		}
		for _, f := range fixed {
			made[fixKey(f)] = true
			times[recordKey(f)]++
		}
		res.Zone, touched, res.Fixed = next, append(touched, batch...), append(res.Fixed, fixed...)
		left = e.Run(next)
	}
	res.Left = left
	for i, f := range left {
		if f.Fix == nil {
			continue
		}
		if why := cmp.Or(refused[fixKey(f)], refused[recordKey(f)]); why != "" {
			res.NotMade[i] = why
		}
	}
	res.Changes = zone.Diff(z, res.Zone, touched.Keys())
	Sort(res.Fixed)
	return res, again, nil
}

// blame looks for findings that the fixes brought and that are as bad as one
// that was mended at the same owner: a second DMARC record made readable takes
// the first one away. The fixes at that owner are refused, and true is
// returned, so that the zone is fixed anew without them.
func blame(before []Finding, res FixResult, refused map[string]string) bool {
	type key struct {
		id   string
		name zone.Name
	}
	count := map[key]int{}
	packs := map[string]bool{"": true}
	for _, f := range before {
		count[key{f.Rule.ID, f.Name}]++
		packs[f.Pack] = true
	}
	again := false
	for _, f := range res.Left {
		k := key{f.Rule.ID, f.Name}
		if count[k]--; count[k] >= 0 || f.Severity <= Info {
			continue
		}
		// A mended record may show which mail host the zone belongs to; what
		// that host asks for besides was missing before.
		if !packs[f.Pack] {
			continue
		}
		same := func(g Finding, typ zone.Type) bool {
			return f.Severity >= g.Severity && slices.ContainsFunc(g.Fix.Changes, func(c zone.Change) bool {
				return c.Name == f.Name && (typ == 0 || c.Type == typ)
			})
		}
		typ := f.Type // the fixes of that RRset, else those of that owner
		if !slices.ContainsFunc(res.Fixed, func(g Finding) bool { return same(g, typ) }) {
			typ = 0
		}
		for _, g := range res.Fixed {
			if k := fixKey(g); same(g, typ) && refused[k] == "" {
				refused[k] = fmt.Sprintf("its fix would lead to another mistake, %s", f.Rule.ID)
				again = true
			}
		}
	}
	return again
}

// claimed is what has been taken of an RRset for a round.
type claimed struct {
	by      *Rule
	records map[zone.Loc]bool
	adds    bool
}

// claim takes the RRsets of a fix for this round; a fix that shares one with an
// earlier fix waits for the next round, where it is looked at again. Fixes of
// one rule that change different records of an RRset go together.
func claim(taken map[zone.Key]*claimed, f Finding) bool {
	adds := false
	for _, c := range f.Fix.Changes {
		adds = adds || slices.ContainsFunc(c.After, func(r zone.Record) bool { return r.Loc.Source == nil })
	}
	for _, c := range f.Fix.Changes {
		t := taken[zone.Key{Name: c.Name, Type: c.Type}]
		if t == nil {
			continue
		}
		if t.by != f.Rule || t.adds || adds || slices.ContainsFunc(c.Before, func(r zone.Record) bool { return t.records[r.Loc] }) {
			return false
		}
	}
	for _, c := range f.Fix.Changes {
		k := zone.Key{Name: c.Name, Type: c.Type}
		if taken[k] == nil {
			taken[k] = &claimed{by: f.Rule, records: map[zone.Loc]bool{}}
		}
		taken[k].adds = taken[k].adds || adds
		for _, r := range c.Before {
			taken[k].records[r.Loc] = true
		}
	}
	return true
}

// fixKey tells a finding and its fix apart from others across rounds.
func fixKey(f Finding) string {
	var b strings.Builder
	b.WriteString(f.Rule.ID)
	for _, c := range f.Fix.Changes {
		fmt.Fprintf(&b, "|%s %s", c.Name, c.Type)
		for _, r := range c.Before {
			fmt.Fprintf(&b, "-%d:%d %s", r.Loc.File, r.Loc.Offset, r.Data)
		}
		for _, r := range c.After {
			b.WriteString("+" + r.Data)
		}
	}
	return b.String()
}

// recordKey tells apart the records that a rule has fixed.
func recordKey(f Finding) string {
	return fmt.Sprintf("%s@%s %s %d:%d", f.Rule.ID, f.Name, f.Type, f.Loc.File, f.Loc.Offset)
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
